"""No page of the desk tells who may not see a complaint a word of it, whatever is asked for (R3.10a, class C2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client

from mainstay.console import hidden
from mainstay.lib import files
from mainstay.mail.models import Arrival
from mainstay.orgs import actions as orgs
from mainstay.outbox.models import Letter
from mainstay.tickets import actions
from mainstay.tickets.access import hidden_tickets, visible_tickets
from mainstay.tickets.models import Attachment, Message, Ticket
from tests.console import matrix, pages
from tests.console.conftest import Browse
from tests.desk import LONG_AGO, Desk

SOUGHT, WORD = "frobnicated", "zanzibar"  # in all that the complainant wrote, and what was said of it
HER, NAME = "quentina", "okoro"  # in her name and address
LISTS = {
    "arrivals": ("", f"?text={SOUGHT}", f"?text={HER}", "?text=complaint", "?outcome=ticket"),
    "outbox": ("", f"?text={HER}", "?text=acme.example", "?state=accepted", "?state=failed"),
    "quarantine": ("",),
    "search": (f"?q={SOUGHT}", f"?q={HER}"),
    "palette": (f"?q={SOUGHT}",),
    "calls": ("",),
    "notices": ("", "?show=all"),
}


@pytest.fixture
def case(desk: Desk) -> Ticket:
    """A complaint about a request, acknowledged and half settled, of somebody who has no other request."""
    matrix.everybody(desk)
    her = orgs.add_person(name=f"{HER} {NAME}", email=f"{HER}.{NAME}@acme.example", at=LONG_AGO)
    orgs.authorise(person=her, organisation=desk.acme, role="Matron", at=LONG_AGO)
    about = desk.opened()
    case = desk.mail(her.email, f"Complaint [{about.reference}]", f"We are {SOUGHT}, {WORD}, by your telephone.")
    Ticket.objects.filter(pk=case.pk).update(subject=f"Complaint: {SOUGHT} {WORD}")
    Arrival.objects.filter(ticket=case).update(subject=f"Complaint {SOUGHT} {WORD}", reason=f"A complaint: {SOUGHT} {WORD}")
    desk.does(actions.add_note, "mara", case, text=f"They are {SOUGHT}, {WORD}.")
    digest = files.put(WORD.encode())
    message = Message.objects.filter(ticket=case).earliest("pk")
    Attachment.objects.create(message=message, name=f"{WORD}.txt", content_type="text/plain", size=6, digest=digest)
    desk.reply("mara", case, f"We heard that you are {SOUGHT}, {WORD}.", arrives="Mon 12:00")
    desk.advance(hours=1)
    return desk.look(case)


def addresses(desk: Desk, case: Ticket) -> Iterator[str]:
    """Return what of the desk can be asked for that has to do with the complaint, and every other page."""
    message = Message.objects.filter(ticket=case).earliest("pk")
    of_the_case = {
        "reference": case.reference, "message_id": message.pk, "file_id": message.attachments.get().pk,
        "arrival_id": Arrival.objects.get(ticket=case).pk,
        "letter_id": Letter.objects.filter(about=f"ticket:{case.pk}").earliest("created_at").pk,
    }  # fmt: skip
    usual = matrix.things(desk)
    for name, needs in matrix.routes().items():
        if name in matrix.TABLE:
            for known in (usual, usual | of_the_case) if needs & set(of_the_case) else (usual,):
                path = matrix.address_of(name, needs, known)
                yield from (path + asked for asked in LISTS.get(name, ("",)))
    yield from (matrix.address_of("letter", {"letter_id"}, {"letter_id": one.pk}) for one in Letter.objects.all())


def said(answer: HttpResponseBase) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return f"{dict(answer.headers)} {content.decode('utf-8', 'replace')}".lower()


def test_no_page_says_a_word_of_a_complaint_to_who_may_not_see_it(desk: Desk, case: Ticket, browse: Browse) -> None:
    ida, leaks = browse("ida"), []
    for path in list(addresses(desk, case)):
        text = said(ida.get(path))
        kept = {WORD, NAME, case.reference.lower()} - ({NAME} if path.startswith("/clients/") else set())  # her account
        leaks += [f"{path}: {word}" for word in kept if word in text]
    assert leaks == []


def test_it_has_its_rows_in_the_ledger_and_the_outbox_which_say_no_more_and_which_no_search_finds(
    desk: Desk, case: Ticket, browse: Browse
) -> None:
    """Or whoever guesses words and addresses would learn from the number of rows what a complaint says."""
    ida, mara, jon = browse("ida"), browse("mara"), browse("jon")
    for path, number in (("/arrivals/", Arrival.objects.count()), ("/outbox/", Letter.objects.count())):
        assert (rows(ida, path), rows(mara, path)) == (number, number)
        assert hidden.A_COMPLAINT in pages.text(ida.get(path))
        assert hidden.A_COMPLAINT not in pages.text(mara.get(path))
    searches = (f"/arrivals/?text={SOUGHT}", f"/arrivals/?text={HER}", f"/arrivals/?text={case.reference}", f"/outbox/?text={HER}")
    assert [rows(ida, path) for path in searches] == [0, 0, 0, 0]
    assert all(rows(mara, path) for path in searches)
    Ticket.objects.filter(pk=case.pk).update(assignee=desk.person["jon"])
    assert all(rows(jon, path) for path in searches), "a manager gave it to him"
    told = Letter.objects.filter(kind="staff_notices", about=f"person:{desk.person['mara'].pk}").earliest("created_at")
    assert [one.get(f"/outbox/{told.pk}/").status_code for one in (ida, mara)] == [404, 200]


def rows(browser: Client, path: str) -> int:
    return browser.get(path).content.decode().count("<tr data-stop>")


@pytest.mark.parametrize(("path", "most"), [("/arrivals/", 9), ("/outbox/", 10)])
def test_the_lists_take_the_same_queries_however_long_they_are(
    path: str, most: int, desk: Desk, case: Ticket, browse: Browse, django_assert_max_num_queries: Any
) -> None:
    ida = browse("ida")
    ida.get(path)
    for number in range(8):
        desk.mail("ana", f"Printer {number}")
    with django_assert_max_num_queries(most):
        ida.get(path)


def test_seen_and_hidden_are_all_there_is(desk: Desk, case: Ticket) -> None:
    for who in ("ida", "jon", "mara", "ana", "cleo", "shut out"):
        seen, hidden = visible_tickets(desk.person[who], at=desk.now), hidden_tickets(desk.person[who], at=desk.now)
        assert sorted([*seen, *hidden], key=lambda one: one.pk) == list(Ticket.objects.order_by("pk")), who
