"""In a language where every translated sentence stands in brackets, no letter that leaves says anything outside of them."""

from __future__ import annotations

import re
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from mainstay.contracts.models import ContractProduct, Product
from mainstay.feedback import complaints
from mainstay.knowledge import actions as knowledge
from mainstay.knowledge import publishing
from mainstay.mail import account_letters, correspondence, invitations, kinds, secure
from mainstay.orgs.invitations import Rights
from mainstay.outbox.models import Letter
from mainstay.releases import actions as releases
from mainstay.releases import announcing
from mainstay.releases.announcing import Wording
from mainstay.tickets import clients
from tests.brackets import outside, outside_of, speak
from tests.desk import Desk, tickets

WRITTEN_HERE = set(kinds.KINDS) - secure.INSTEAD - {"staff_notices"}
TYPED = (
    "Typed by somebody. Lantern. Rota. Minor. Ana Okafor. Dee Marsh. Ida Flint. Acme Health. Carrow Trust. Mara Quist. "
    "Please use the second reader meanwhile. Please test the new driver. This is done. "
    "Receptionist. Isosec Limited."
)
GIVEN = "mst gmt utc ana@acme.example"
CUT_SHORT = re.compile(r'<div style="display:none.*?</div>', re.S)  # how it begins, for a list of mails
ADDRESS = re.compile(r"https?://[^\s<>\"⟦⟧]+")
T = "Typed by somebody."


@pytest.fixture
def product(desk: Desk) -> Product:
    made = Product.objects.create(key="rota", name="Rota")
    ContractProduct.objects.create(contract=desk.contract(desk.acme), product=made)
    return made


def requests(desk: Desk) -> None:
    """Ida writes every letter that she can, and the desk those that go by themselves."""
    at = desk.now
    ticket = desk.mail("ana", T, T)
    desk.mail("stranger@nowhere.example", T, T)
    tickets.set_details(ticket=ticket, at=at, actor="test", missing=("role", "description"))
    correspondence.ask_for_missing(desk.look(ticket), at)
    desk.confirm("ida", ticket, 2, arrives="Mon 10:00")
    desk.confirm("ida", desk.mail("cleo", T, T), 1)  # and nobody mends it
    desk.reply("ida", ticket, T)
    desk.ask("ida", ticket, T)
    desk.advance(days=6)  # the reminder and the ladder
    desk.update("ida", ticket, T, eta="2026-02-20T10:00+00:00")
    desk.work_around("ida", ticket)
    desk.does(correspondence.answer_on_site, "ida", ticket, text=T, words=T)
    desk.fix("ida", ticket)
    desk.advance(seconds=30)
    clients.accept(ticket=desk.look(ticket), by=desk.person["ana"], text=T, at=desk.now)
    silent = desk.mail("ana", T, T)
    desk.confirm("ida", silent, 3)
    desk.fix("ida", silent)
    closed = desk.mail("ana", T, T)
    desk.close("ida", closed)
    complaint = complaints.from_person(
        person=desk.person["ana"], organisation=desk.acme, role="Receptionist", text=T, channel="portal", at=desk.now
    )
    desk.does(correspondence.answer_complaint, "mara", complaint, text=T)
    desk.advance(days=9)


def news(desk: Desk, product: Product) -> None:
    """Releases come, move, change and ship; an issue is published; something is announced; somebody is invited."""
    mara, ida = desk.person["mara"], desk.person["ida"]
    waiting = [desk.mail("ana", T, T) for _ in range(2)]
    for ticket in waiting:
        tickets.set_details(ticket=ticket, at=desk.now, actor="test", missing=(), product=product)
        desk.confirm("ida", ticket, 4)
    desk.advance(seconds=30)
    first, _other = (
        releases.plan(product=product, name=name, kind="minor", planned_on=day, by=mara, at=desk.now)
        for name, day in (("5.4", date(2026, 3, 3)), ("5.5", date(2026, 4, 7)))
    )
    desk.work()
    releases.move(release=first, planned_on=date(2026, 3, 10), reason=T, by=mara, at=desk.now)
    desk.work()
    releases.ship(release=first, by=mara, at=desk.now, left_out=[waiting[1].pk])
    desk.work()
    said = knowledge.Said(T, T, "workaround", workaround=T, products=[product])
    issue = knowledge.add_issue(said=said, by=ida, at=desk.now)
    desk.does(knowledge.link, "ida", waiting[1], issue=issue)
    publishing.publish(issue=issue, by=ida, at=desk.now)
    publishing.give_news(issue=issue, text=T, tells=True, by=ida, at=desk.now)
    announce(desk, product)
    rights = Rights("Receptionist")
    invitations.invite(
        organisation=desk.acme, email="eve@acme.example", name="Ana Okafor", rights=rights, by=mara, at=desk.now
    )


def announce(desk: Desk, product: Product) -> None:
    made = announcing.draft(wording=Wording(T, T, date(2026, 5, 4), [product]), by=desk.person["mara"], at=desk.now)
    announcing.send(announcement=made, by=desk.person["mara"], at=desk.now)
    desk.work()
    announcing.withdraw(announcement=made, reason=T, by=desk.person["mara"], at=desk.now)
    desk.work()


def accounts(desk: Desk) -> None:
    """Letters that people ask for on the sign-in page."""
    ana, at = desk.person["ana"], desk.now
    account_letters.sign_in(person=ana, address=ana.email, code="123456", goal="", at=at)
    account_letters.new_password(person=ana, address=ana.email, path="/", at=at)
    account_letters.no_account(address=ana.email, at=at)


def links_only(desk: Desk, product: Product) -> None:
    secure.set_rule(organisation=desk.acme, links_only=True, by=desk.person["mara"], at=desk.now)
    ticket = desk.mail("ana", T, T)
    desk.confirm("ida", ticket, 2)
    desk.close("ida", ticket)
    announce(desk, product)


def unbracketed(letter: Letter) -> set[str]:
    """Return the words that a letter says outside of brackets, in either form, and that nobody typed."""
    mail = message_from_bytes(letter.body, policy=default)
    assert isinstance(mail, EmailMessage)
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain
    assert rich
    shown, read = (ADDRESS.sub("", CUT_SHORT.sub("", one.get_content())) for one in (rich, plain))
    found = {*outside_of(str(mail["Subject"])), *outside_of(read), *outside(shown)}
    return found - set(outside_of(f"{TYPED} {GIVEN}"))


def test_no_letter_says_an_untranslated_word(desk: Desk, product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch)
    requests(desk)
    news(desk, product)
    accounts(desk)
    links_only(desk, product)
    assert [one for one in Letter.objects.all() if b"/portal/" in one.body and T.encode() not in one.body]
    letters = Letter.objects.exclude(kind="staff_notices")
    assert {one.kind for one in letters} == WRITTEN_HERE, "each kind of letter is written here"
    assert {(one.kind, word) for one in letters for word in unbracketed(one)} == set()
