"""Links, splits and merges from the ticket's page."""

from __future__ import annotations

import re

import pytest

from mainstay.tickets.models import Link, Ticket
from tests.console import pages
from tests.console.conftest import Browse
from tests.console.test_acts import do
from tests.desk import Desk


@pytest.fixture
def two(desk: Desk) -> tuple[Ticket, Ticket]:
    desk.at("Mon 09:00")
    first = desk.mail("ana")
    desk.at("Mon 09:30")
    return first, desk.mail("ana", "The same again")


def test_a_link_shows_on_both_sides_with_state_and_severity(browse: Browse, two: tuple[Ticket, Ticket]) -> None:
    ida, (first, second) = browse("ida"), two
    assert do(ida, second, "link", kind="duplicate", reference=first.reference).status_code == 302
    here = pages.text(ida.get(f"/tickets/{second.reference}/"))
    assert f"Duplicate of {first.reference} Cards are not read New" in here
    there = pages.text(ida.get(f"/tickets/{first.reference}/"))
    assert f"Duplicated by {second.reference} The same again" in there
    assert f"Merge with {first.reference}" in here


def test_a_link_the_other_way_round(browse: Browse, two: tuple[Ticket, Ticket]) -> None:
    do(browse("ida"), two[0], "link", kind="blocks:back", reference=two[1].reference)
    assert (Link.objects.get().source, Link.objects.get().kind) == (two[1], "blocks")


@pytest.mark.parametrize("reference", ["MST-100001-0", "MST-999999-9", "nonsense"])
def test_a_ticket_that_is_not_there_is_no_such_ticket(
    reference: str, browse: Browse, two: tuple[Ticket, Ticket]
) -> None:
    refused = do(browse("ida"), two[0], "link", kind="related", reference=reference)
    assert refused.status_code == 422
    assert "There is no such ticket." in pages.text(refused)


def test_a_link_is_taken_away_and_put_back(browse: Browse, two: tuple[Ticket, Ticket]) -> None:
    ida, (first, second) = browse("ida"), two
    do(ida, first, "link", kind="caused", reference=second.reference)
    off = f"/tickets/{second.reference}/links/{Link.objects.get().pk}/off/"
    shown = ida.post(off, follow=True).content.decode()
    assert not Link.objects.exists()
    back = re.findall(r'action="([^"]+/on/)"', shown)
    assert back == [f"/tickets/{second.reference}/links/caused-back/{first.reference}/on/"]
    ida.post(back[0])
    assert (Link.objects.get().source, Link.objects.get().kind) == (first, "caused")


def test_a_link_of_other_tickets_is_no_link_of_this_one(
    desk: Desk, browse: Browse, two: tuple[Ticket, Ticket]
) -> None:
    do(browse("ida"), two[0], "link", kind="related", reference=two[1].reference)
    third = desk.mail("cleo")
    answer = browse("ida").post(f"/tickets/{third.reference}/links/{Link.objects.get().pk}/off/")
    assert (answer.status_code, Link.objects.count()) == (404, 1)


def test_merging_shows_which_start_wins_and_changes_nothing(browse: Browse, two: tuple[Ticket, Ticket]) -> None:
    ida, (first, second) = browse("ida"), two
    address = f"/tickets/{first.reference}/merging/"
    shown = pages.text(ida.post(address, {"into": second.reference, "way": "into"}))
    assert f"The start of {first.reference} wins: 09:00 GMT." in shown
    assert f"{first.reference} closes, {second.reference} goes on." in shown
    assert Ticket.objects.filter(merged_into=None).count() == 2
    assert "There is no such ticket." in pages.text(ida.post(address, {"into": "MST-999999-9", "way": "into"}))
    assert "cannot be merged into itself" in pages.text(
        ida.post(address, {"into": first.reference, "way": "into"})
    )


def test_merging_goes_either_way(desk: Desk, browse: Browse, two: tuple[Ticket, Ticket]) -> None:
    do(browse("ida"), two[0], "merge", into=two[1].reference, way="from")
    assert desk.look(two[1]).merged_into == two[0]


def test_a_message_is_split_off_and_the_client_gets_its_reference(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.opened(), browse("ida")
    desk.at("Mon 10:30")
    desk.answer("ana", ticket, "By the way, the printer is out too.")
    page = ida.get(f"/tickets/{ticket.reference}/").content.decode()
    address = re.findall(r'href="([^"]+/split/[^"]+)"', page)[-1]
    form = ida.get(address)
    assert re.search(r'value="\d+" checked><label[^>]*>12 Jan 10:30 [^<]*printer', form.content.decode())
    message = address.partition("=")[2]
    said = {"messages": [message], "subject": "Printer", "nonce": pages.nonce(form)}
    assert ida.post(address, said).status_code == 302
    desk.work()
    new = Ticket.objects.latest("pk")
    assert f"[{new.reference}]" in desk.sent("ana", kind="acknowledgement")[-1].subject
    assert f"Also in {new.reference}" in pages.text(ida.get(f"/tickets/{ticket.reference}/"))
    shown = pages.text(ida.get(f"/tickets/{new.reference}/"))
    assert f"From {ticket.reference}" in shown
    assert "the printer is out too" in shown
