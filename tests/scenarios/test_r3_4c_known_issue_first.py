"""Pack, clause 3.4, step 1: is it a known issue? What is known is found first, and offered to the client."""

from __future__ import annotations

import pytest

from mainstay.knowledge import actions, queries
from mainstay.knowledge.actions import Said
from mainstay.knowledge.models import IssueLink, KnownIssue
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Ticket
from tests.desk import Desk

PRINTING = Said(
    title="Labels are printed askew after update 4.2",
    symptoms="The label printer prints skewed labels, barcodes cannot be scanned.",
    status="workaround",
    workaround="Choose the driver of 4.1 in the printer's settings.",
)


@pytest.fixture
def issue(desk: Desk) -> KnownIssue:
    desk.at("Mon 09:00")
    return actions.add_issue(said=PRINTING, by=desk.person["ida"], at=desk.now)


def like(desk: Desk, subject: str, who: str = "ida") -> list[str]:
    return [one.title for one in queries.like(desk.person[who], subject, at=desk.now)]


def log(ticket: Ticket) -> list[tuple[str, object, str]]:
    told = ticket.events.filter(kind__startswith="known_issue").order_by("number")
    return [(event.kind, event.payload["issue"], event.actor) for event in told]


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("Our labels are printed skewed", True),
        ("barcodes cannot be scanned any more", True),
        ("LABEL PRINTING", True),
        ("Our label is lost", False),  # one word alone says little beside others
        ("Password forgotten", False),
        ("please help", False),
        ("", False),
    ],
)
def test_the_issue_is_found_while_the_subject_is_typed(
    desk: Desk, issue: KnownIssue, subject: str, found: bool
) -> None:
    assert bool(like(desk, subject)) is found


def test_nobody_outside_the_desk_sees_an_issue_that_is_not_published(desk: Desk, issue: KnownIssue) -> None:
    assert like(desk, "labels are printed askew", "ana") == []
    assert list(queries.issues(desk.person["ana"], at=desk.now, text="labels")) == []


def test_linking_says_who_and_when_and_offers_what_helps(desk: Desk, issue: KnownIssue) -> None:
    ticket = desk.mail("ana", "Labels skewed")
    desk.does(actions.link, "ida", ticket, issue=issue)
    assert log(ticket) == [("known_issue_linked", issue.pk, desk.person["ida"].ref)]
    (link,) = queries.tickets_about(issue, desk.person["jon"], at=desk.now)
    assert (link.ticket, link.by, link.at) == (ticket, desk.person["ida"], desk.now)
    assert queries.linked_to(ticket) == [issue]
    assert queries.ready_reply(issue) == (
        "This is a known issue: Labels are printed askew after update 4.2.\n\n"
        "Choose the driver of 4.1 in the printer's settings."
    )


def test_linking_twice_says_nothing_twice(desk: Desk, issue: KnownIssue) -> None:
    ticket = desk.mail("ana", "Labels skewed")
    for _ in range(2):
        desk.does(actions.link, "ida", ticket, issue=issue)
    assert len(log(ticket)) == 1


def test_a_link_that_was_taken_away_keeps_when_it_was_and_can_come_back(desk: Desk, issue: KnownIssue) -> None:
    ticket = desk.mail("ana", "Labels skewed")
    desk.does(actions.link, "ida", ticket, issue=issue)
    desk.advance(minutes=5)
    desk.does(actions.unlink, "jon", ticket, issue=issue)
    assert queries.linked_to(ticket) == []
    ended = IssueLink.objects.get()
    assert (ended.ended_at, ended.ended_by) == (desk.now, desk.person["jon"])
    with pytest.raises(CannotDo, match="somebody has taken it away"):
        desk.does(actions.unlink, "ida", ticket, issue=issue)
    desk.does(actions.link, "ida", ticket, issue=issue)
    kinds = [kind for kind, _, _ in log(ticket)]
    assert kinds == ["known_issue_linked", "known_issue_unlinked", "known_issue_linked"]
    assert desk.faults() == []


def test_linking_moves_no_clock(desk: Desk, issue: KnownIssue) -> None:
    """Only what reaches the client does: the reply that the agent sends."""
    ticket = desk.opened()
    before = desk.clock(ticket, "resolution")
    desk.does(actions.link, "ida", ticket, issue=issue)
    assert desk.clock(ticket, "resolution") == before


def test_an_issue_of_another_client_s_ticket_shows_that_ticket_to_staff_only(
    desk: Desk, issue: KnownIssue
) -> None:
    desk.does(actions.link, "ida", desk.mail("cleo", "Labels skewed"), issue=issue)
    assert queries.tickets_about(issue, desk.person["ana"], at=desk.now) == []
    assert len(queries.tickets_about(issue, desk.person["ida"], at=desk.now)) == 1


@pytest.mark.parametrize(
    ("status", "release", "solution", "ends"),
    [
        ("investigating", "", "", "Choose the driver of 4.1 in the printer's settings."),
        ("planned", "4.3", "", "A fix is planned for 4.3."),
        ("planned", "", "", "A fix is planned."),
        ("fixed", "4.3", "Install release 4.3.", "Install release 4.3.\n\nIt is fixed in 4.3."),
    ],
)
def test_the_reply_says_how_far_it_has_come(
    desk: Desk, issue: KnownIssue, status: str, release: str, solution: str, ends: str
) -> None:
    said = Said(PRINTING.title, PRINTING.symptoms, status, release, PRINTING.workaround, solution)
    actions.change_issue(issue=issue, said=said, by=desk.person["ida"], at=desk.now)
    assert queries.ready_reply(KnownIssue.objects.get()).endswith(ends)


def test_there_is_no_reply_while_nothing_helps(desk: Desk) -> None:
    said = Said("Something odd", "It blinks.")
    assert queries.ready_reply(actions.add_issue(said=said, by=desk.person["ida"], at=desk.now)) == ""


def test_every_change_is_kept_with_who_and_when(desk: Desk, issue: KnownIssue) -> None:
    desk.advance(hours=1)
    said = Said(PRINTING.title, PRINTING.symptoms, "fixed", "4.3", PRINTING.workaround, "Install 4.3.")
    actions.change_issue(issue=issue, said=said, by=desk.person["jon"], at=desk.now)
    actions.change_issue(issue=issue, said=said, by=desk.person["ida"], at=desk.now)  # says nothing new
    added, changed = issue.changes.order_by("pk")
    assert (added.fields, added.by) == ({}, desk.person["ida"])
    assert (changed.by, changed.at, changed.fields["status"]) == (desk.person["jon"], desk.now, ["workaround", "fixed"])
    assert set(changed.fields) == {"status", "release", "solution"}
    assert like(desk, "blinking install") == []
    assert [one.pk for one in queries.issues(desk.person["ida"], at=desk.now, text="install 4.3")] == [issue.pk]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Said("Odd", "It blinks.", "workaround"), "Write the workaround"),
        (Said("Odd", "It blinks.", "fixed"), "Say in which release"),
    ],
)
def test_a_status_promises_only_what_is_written(desk: Desk, said: Said, why: str) -> None:
    with pytest.raises(CannotDo, match=why):
        actions.add_issue(said=said, by=desk.person["ida"], at=desk.now)
