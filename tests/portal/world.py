"""Two clients whose every word is marked, so that what is whose can be told on any page by reading it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.db.models import Field, Model

from mainstay.contracts import actions as contracts
from mainstay.contracts.models import ContractProduct, Product
from mainstay.feedback import complaints, sources
from mainstay.feedback.models import Remark, Source, Survey
from mainstay.knowledge import actions as knowledge
from mainstay.knowledge import articles, attaching, publishing
from mainstay.knowledge.articles import Content
from mainstay.knowledge.rows.articles import Audience
from mainstay.orgs import actions as orgs
from mainstay.orgs.invitations import Rights, invite
from mainstay.orgs.models import Organisation
from mainstay.releases import actions as releases
from mainstay.releases import announcing
from mainstay.tickets import actions as tickets
from mainstay.tickets import clients
from mainstay.tickets import complaints as casework
from mainstay.tickets.content import NewFile
from mainstay.tickets.models import Ticket
from tests.desk import LONG_AGO, Desk

STAFF_ONLY = "amongourselves"  # in what staff write for each other


@dataclass(frozen=True)
class World:
    """One client's people, and the word that marks what is theirs."""

    organisation: Organisation
    word: str
    administrator: str
    colleague: str  # raises requests, and sees their own alone
    reader: str  # may not even raise
    copied: str  # may not raise either, and is copied in on one request of the administrator's

    @property
    def shared_word(self) -> str:
        """The word that marks the one request that somebody is copied in on."""
        return f"{self.word}shared"

    @property
    def own_word(self) -> str:
        """The word that marks what the administrator raised: the colleague is not shown it either."""
        return f"{self.word}first"

    @property
    def grief(self) -> str:
        """The word that marks the colleague's complaint, which is theirs alone: the administrator is not shown it."""
        return f"{self.word}grief"


def furnish(desk: Desk, organisation: Organisation, word: str) -> World:
    """Fill one client's half of the desk: people, and requests of every kind in every state a client can see."""
    Organisation.objects.filter(pk=organisation.pk).update(name=f"{word} Trust", notes=f"{STAFF_ONLY} about {word}")
    organisation.refresh_from_db()
    world = World(organisation, word, f"{word}-admin", f"{word}-colleague", f"{word}-reader", f"{word}-copied")
    _people(desk, world)
    _requests(desk, world)
    _known(desk, world)
    _written(desk, world)
    _complained(desk, world)
    rights = Rights(role=f"{word} clerk", may_raise=True)
    invite(
        organisation=organisation, email=f"invited@{word}.example", name=f"{word} Invited", rights=rights,
        by=desk.person[world.administrator], at=desk.now,
    )  # fmt: skip
    desk.work()
    return world


def _people(desk: Desk, world: World) -> None:
    for who, rights in (
        (world.administrator, {"administrates": True}),
        (world.colleague, {}),
        (world.reader, {"may_raise": False}),
        (world.copied, {"may_raise": False}),
    ):
        person = orgs.add_person(name=f"{who} Person", email=f"{who}@{world.word}.example", at=LONG_AGO)
        orgs.authorise(person=person, organisation=world.organisation, role=f"{who} role", at=LONG_AGO, **rights)
        desk.person[who] = person


def _requests(desk: Desk, world: World) -> None:
    word, first = world.word, world.own_word
    for who, mark in ((world.administrator, first), (world.colleague, word)):
        address = desk.person[who].email
        asked = desk.mail(address, f"Printer {mark} is down", f"The {mark} printer prints nothing.")
        desk.confirm("ida", asked, 2, text=f"We look at the {mark} printer.")
        desk.ask("ida", asked, f"Which {mark} printer?")
        fixed = desk.mail(address, f"Label {mark} is askew", f"The {mark} labels are askew.")
        desk.confirm("ida", fixed, 3)
        desk.update("ida", fixed, f"We found the {mark} place.")
        complaint = desk.mail(address, f"COMPLAINT about {mark}", f"Nobody rang back about {mark}.")
        closed = desk.mail(address, f"Question {mark}", f"How do I print {mark}?")
        for one in (asked, fixed, complaint, closed):
            desk.does(tickets.add_note, "ida", one, text=f"{STAFF_ONLY}: {mark} is impatient.")
        desk.advance(seconds=20)
        desk.fix("ida", fixed)
        desk.close("ida", closed)
        file = NewFile(f"{mark}.txt", "text/plain", f"The {mark} file.".encode())
        said = f"Here is the {mark} file."
        clients.write(ticket=desk.look(asked), by=desk.person[who], text=said, files=[file], at=desk.now)
        desk.advance(seconds=20)


    administrator, copied = desk.person[world.administrator], desk.person[world.copied]
    shared = desk.mail(administrator.email, f"Scanner {world.shared_word}", f"The {world.shared_word} scanner is dark.")
    desk.confirm("ida", shared, 3)
    clients.share(ticket=desk.look(shared), colleague=copied, by=administrator, at=desk.now)


def _known(desk: Desk, world: World) -> None:
    ticket = Ticket.objects.filter(organisation=world.organisation).order_by("pk").first()
    assert ticket is not None
    ida = desk.person["ida"]
    said = knowledge.Said(title="Printers stop", symptoms="A printer prints nothing.")
    issue = knowledge.add_issue(said=said, by=ida, at=desk.now)
    desk.does(knowledge.link, "ida", ticket, issue=issue)
    product = contracts.add_product(key=f"printer-{world.word}", name=f"Printer {world.word}")
    ContractProduct.objects.create(contract=desk.contract(world.organisation), product=product)
    said = knowledge.Said(title=f"Printers at {world.word} are slow", symptoms="They are.", products=[product])
    publishing.publish(issue=knowledge.add_issue(said=said, by=ida, at=desk.now), by=ida, at=desk.now)


def _written(desk: Desk, world: World) -> None:
    """An article and a release for this client alone, and an article that is not published yet."""
    word, ida = world.word, desk.person["ida"]
    content = Content(
        title=f"Printers at {word}", text=f"The {word} printers.\n\nSee [the list](list.pdf).",
        audience=Audience.CLIENTS, organisations=[world.organisation],
    )  # fmt: skip
    article = articles.begin(content=content, by=ida, at=desk.now)
    attaching.attach(article=article, name="list.pdf", data=f"%PDF-1.7 {word}".encode(), by=ida, at=desk.now)
    articles.ask_review(article=article, by=ida, at=desk.now)
    articles.publish(article=article, by=desk.person["jon"], at=desk.now)
    articles.begin(content=Content(title=f"Printers of {STAFF_ONLY}", text=STAFF_ONLY), by=ida, at=desk.now)
    product = Product.objects.filter(key="lantern").first() or contracts.add_product(key="lantern", name="Lantern")
    releases.plan(
        product=product, name=f"{word} 5.0", kind="minor", planned_on=date(2027, 1, 11), by=desk.person["mara"],
        at=desk.now, notes=f"For {word} alone.", organisations=[world.organisation],
    )  # fmt: skip


def _complained(desk: Desk, world: World) -> None:
    """A complaint of the colleague's with what managers wrote of it, an answered survey, and words inside a product."""
    mara, colleague = desk.person["mara"], desk.person[world.colleague]
    case = complaints.from_person(
        person=colleague, organisation=world.organisation, role="Clerk", text=f"We are full of {world.grief}.",
        subject=f"Much {world.grief}", files=[NewFile(f"{world.grief}.txt", "text/plain", world.grief.encode())], at=desk.now,
    )  # fmt: skip
    desk.does(tickets.add_note, "mara", case, text=f"{STAFF_ONLY} about {world.grief}.")
    desk.does(
        casework.record_outcome, "mara", case, finding="partly", reason=f"{STAFF_ONLY} of {world.grief}", lesson=STAFF_ONLY
    )
    asked = Survey.objects.filter(ticket__organisation=world.organisation)
    asked.update(answered_at=desk.now, comment=f"The {world.word} desk was slow.")
    product = Product.objects.get(key=f"printer-{world.word}")
    lantern = Product.objects.get(key="lantern")  # which either client has: its form says its name to everybody
    source = Source.objects.first() or sources.open_source(product=lantern, origins=[], by=mara, at=desk.now)[0]
    Remark.objects.create(
        source=source, person=colleague, organisation=world.organisation, name=world.word, text=world.word, at=desk.now
    )
    told = announcing.Wording(f"News for {world.word}", "Two columns.", date(2027, 2, 1), (product,), (world.organisation,))
    announcing.send(announcement=announcing.draft(wording=told, by=mara, at=desk.now), by=mara, at=desk.now)
    told = announcing.Wording(f"News of {STAFF_ONLY}", STAFF_ONLY, date(2027, 2, 1), (product,), (world.organisation,))
    announcing.draft(wording=told, by=mara, at=desk.now)


ROOMS = ("tickets", "orgs", "knowledge", "releases", "feedback")
MOST = 12  # of each model, from either end: some of either client
THREAD = ("tickets.message", "tickets.attachment", "tickets.diagnosticrequest")


def keys(where: Collection[str]) -> set[int]:
    """Return the number of every row, in those rooms or models, that a page of a client's could be asked for."""
    found: set[int] = set()
    for model in _models(where):
        if model._meta.pk is not None and model._meta.pk.get_internal_type().endswith("AutoField"):
            rows = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
            found |= {*rows[:MOST], *rows[-MOST:]}
    return found


def words(*names: str) -> set[str]:
    """Return what stands in any column of one of those names."""
    found: set[str] = set()
    for model in _models(ROOMS):
        for field in model._meta.get_fields():
            if isinstance(field, Field) and field.name in names:
                found |= {str(value) for value in model._default_manager.values_list(field.name, flat=True) if value}
    return found


def _models(where: Collection[str]) -> list[type[Model]]:
    return [model for model in apps.get_models() if {model._meta.app_label, model._meta.label_lower} & set(where)]
