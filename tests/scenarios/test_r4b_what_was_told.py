"""Pack, clause 4: a release that slips tells its old day, which is the one that this client was last told of."""

from __future__ import annotations

from datetime import date

import pytest

from mainstay.contracts.models import Product
from mainstay.outbox.models import Letter
from mainstay.releases import actions, choosing, foresight, placing, rounds
from mainstay.releases.models import Hearing, Release, Round
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Ticket
from tests.desk import Desk
from tests.scenarios.test_r4b_releases import LATER, THURSDAY, TUESDAY, due, place, planned, wish

SOONER = date(2026, 1, 19)
IN_WORDS = {
    SOONER: "Monday 19 January 2026", TUESDAY: "Tuesday 20 January 2026", THURSDAY: "Thursday 22 January 2026",
    LATER: "Tuesday 3 February 2026",
}  # fmt: skip


@pytest.fixture
def rota(db: None) -> Product:
    return Product.objects.create(key="rota", name="Rota")


@pytest.fixture
def release(desk: Desk, rota: Product, ticket: Ticket) -> Release:
    """Planned for Tuesday, of which Ana was told."""
    made = planned(desk, rota)
    assert IN_WORDS[TUESDAY] in only(desk, "release_planned")
    return made


@pytest.fixture
def ticket(desk: Desk, rota: Product) -> Ticket:
    return wish(desk, rota)


def only(desk: Desk, kind: str) -> str:
    (letter,) = desk.sent(kind=kind)
    return letter.text


def says(desk: Desk) -> list[tuple[str, str]]:
    """Return the old and the new day of each letter of a moved release that has left."""
    found = []
    for letter in desk.sent(kind="release_moved"):
        days = [letter.text.find(words) for words in IN_WORDS.values()]
        named = sorted((place, words) for place, words in zip(days, IN_WORDS.values(), strict=True) if place >= 0)
        found.append((named[0][1], named[1][1]))
    return found


def move(desk: Desk, release: Release, day: date, reason: str = "A test failed.") -> Round:
    """Move a release; the worker tells nobody yet."""
    actions.move(release=release, planned_on=day, reason=reason, by=desk.person["mara"], at=desk.now)
    return Round.objects.latest("pk")


def write(desk: Desk, told: Round) -> None:
    """Have the letters of a round written; they wait in the outbox."""
    rounds.work({"round": told.pk}, at=desk.now)


def test_the_old_day_is_the_one_that_was_told_and_not_one_in_between(desk: Desk, release: Release) -> None:
    move(desk, release, THURSDAY)
    move(desk, release, LATER)
    desk.work()
    assert says(desk) == [(IN_WORDS[TUESDAY], IN_WORDS[LATER])]


def test_whoever_got_no_letter_reads_the_day_that_stood_on_the_clock(desk: Desk, rota: Product) -> None:
    """The release was planned before the request came: its day was never mailed, but the portal shows it."""
    release = planned(desk, rota)
    wish(desk, rota)
    move(desk, release, THURSDAY)
    move(desk, release, LATER)
    desk.work()
    assert says(desk) == [(IN_WORDS[TUESDAY], IN_WORDS[LATER])]


def test_a_letter_that_still_waits_is_taken_back_and_the_next_names_the_day_that_was_told(
    desk: Desk, release: Release, ticket: Ticket
) -> None:
    write(desk, move(desk, release, THURSDAY))
    assert Letter.objects.get(kind="release_moved").state == "queued"
    write(desk, move(desk, release, LATER))
    desk.work()
    assert says(desk) == [(IN_WORDS[TUESDAY], IN_WORDS[LATER])]
    first, second = Hearing.objects.filter(round__change="moved").order_by("pk")
    assert (first.outcome, first.reason) == ("silent", "Taken back before it left: what came later says what holds.")
    assert (second.was_on, second.now_on) == (TUESDAY, LATER)
    assert desk.faults() == []


def test_moving_back_to_the_day_that_was_told_tells_nothing(desk: Desk, release: Release, ticket: Ticket) -> None:
    move(desk, release, THURSDAY)
    move(desk, release, TUESDAY)
    desk.work()
    assert says(desk) == []
    assert placing.day_heard(ticket, release) == TUESDAY


def test_moving_back_takes_back_the_letter_that_still_waits(desk: Desk, release: Release, ticket: Ticket) -> None:
    write(desk, move(desk, release, THURSDAY))
    write(desk, move(desk, release, TUESDAY))
    desk.work()
    assert says(desk) == []
    assert Letter.objects.get(kind="release_moved").state == "withdrawn"
    assert [one.outcome for one in Hearing.objects.filter(round__change="moved")] == ["silent", "silent"]
    assert placing.day_heard(ticket, release) == TUESDAY
    move(desk, release, LATER)
    desk.work()
    assert says(desk) == [(IN_WORDS[TUESDAY], IN_WORDS[LATER])]


def test_a_letter_that_has_left_is_what_they_know(desk: Desk, release: Release) -> None:
    for day in (THURSDAY, TUESDAY):
        move(desk, release, day)
        desk.work()
    assert says(desk) == [(IN_WORDS[TUESDAY], IN_WORDS[THURSDAY]), (IN_WORDS[THURSDAY], IN_WORDS[TUESDAY])]


def test_a_first_day_that_was_not_mailed_yet_is_told_as_the_first_one(
    desk: Desk, rota: Product, ticket: Ticket
) -> None:
    release = actions.plan(
        product=rota, name="5.4", kind="minor", planned_on=TUESDAY, by=desk.person["mara"], at=desk.now
    )
    write(desk, Round.objects.get())
    write(desk, move(desk, release, THURSDAY))
    desk.work()
    assert says(desk) == []
    assert IN_WORDS[THURSDAY] in only(desk, "release_planned")


def test_what_did_not_arrive_is_nothing_that_they_know(desk: Desk, release: Release) -> None:
    write(desk, move(desk, release, THURSDAY))
    letter = Letter.objects.filter(kind="release_moved")
    letter.update(state="failed", next_attempt_at=None, failed_at=desk.now)
    move(desk, release, LATER)
    desk.work()
    assert says(desk) == [(IN_WORDS[TUESDAY], IN_WORDS[LATER])]


def test_another_requester_reads_the_day_that_stood_and_not_what_the_first_one_was_told(
    desk: Desk, release: Release, ticket: Ticket
) -> None:
    move(desk, release, THURSDAY)
    desk.work()
    Ticket.objects.filter(pk=ticket.pk).update(requester_address=desk.person["bo"].email)
    move(desk, release, LATER)
    desk.work()
    assert says(desk)[1:] == [(IN_WORDS[THURSDAY], IN_WORDS[LATER])]


def test_a_release_that_came_and_went_in_between_is_not_named(
    desk: Desk, rota: Product, release: Release, ticket: Ticket
) -> None:
    """Planned sooner and withdrawn before its letter left: they go on waiting for the one that they know of."""
    sooner = actions.plan(
        product=rota, name="5.3", kind="minor", planned_on=SOONER, by=desk.person["mara"], at=desk.now
    )
    write(desk, Round.objects.latest("pk"))
    actions.withdraw(release=sooner, reason="No.", by=desk.person["mara"], at=desk.now)
    write(desk, Round.objects.latest("pk"))
    desk.work()
    assert desk.sent(kind="release_changed") == []
    assert Letter.objects.get(kind="release_changed").state == "withdrawn"


def test_a_letter_of_a_new_day_does_not_leave_after_the_release_is_out(desk: Desk, release: Release) -> None:
    write(desk, move(desk, release, THURSDAY))
    actions.ship(release=release, by=desk.person["mara"], at=desk.now)
    write(desk, Round.objects.latest("pk"))
    desk.work()
    assert (says(desk), len(desk.sent(kind="release_shipped"))) == ([], 1)


def test_looking_first_says_that_nobody_is_told_what_they_know(desk: Desk, release: Release) -> None:
    move(desk, release, THURSDAY)
    desk.work()
    write(desk, move(desk, release, LATER))
    release.refresh_from_db()
    for day, tells in ((THURSDAY, False), (TUESDAY, True)):
        (one,) = foresight.of_moving(release, day)
        assert (one.changes, one.tells) == (True, tells)


def test_choosing_another_release_for_a_request_tells_its_requester_why(
    desk: Desk, rota: Product, release: Release, ticket: Ticket
) -> None:
    later = planned(desk, rota, "5.5", LATER)
    foreseen = choosing.foresee(ticket=ticket, release=later, by=desk.person["ida"], at=desk.now)
    assert (foreseen.after.name, foreseen.due, foreseen.due_then) == ("Rota 5.5", TUESDAY, TUESDAY)
    assert place(ticket) == "Rota 5.4"
    desk.does(choosing.choose, "ida", ticket, release=later, reason="It needs longer.")
    desk.work()
    said = only(desk, "release_changed")
    assert "no longer waits for Rota 5.4." in said
    assert "Rota 5.5, on Tuesday 3 February 2026." in said
    assert "It needs longer." in said
    move(desk, later, date(2026, 2, 10))
    desk.work()
    assert "It was planned for Tuesday 3 February 2026." in only(desk, "release_moved").replace("\r", "")


def test_choosing_back_before_the_letter_has_left_tells_nothing(
    desk: Desk, rota: Product, release: Release, ticket: Ticket
) -> None:
    later = planned(desk, rota, "5.5", LATER)
    for wanted in (later, None):
        choosing.choose(ticket=ticket, release=wanted, reason="Why.", by=desk.person["ida"], at=desk.now)
        write(desk, Round.objects.latest("pk"))
    desk.work()
    assert desk.sent(kind="release_changed") == []
    assert Letter.objects.get(kind="release_changed").state == "withdrawn"


def test_choosing_for_one_request_does_not_silence_what_others_are_told(
    desk: Desk, rota: Product, release: Release, ticket: Ticket
) -> None:
    other = wish(desk, rota, "cleo")
    told = move(desk, release, THURSDAY)
    manual = planned(desk, rota, "Handbook 3", kind="documentation")
    desk.does(choosing.choose, "ida", other, release=manual, reason="Only words.")
    desk.does(choosing.choose, "ida", other, release=None, tells=False)
    write(desk, told)
    desk.work()
    assert (IN_WORDS[TUESDAY], IN_WORDS[THURSDAY]) in says(desk)


def test_choosing_without_a_reason_tells_nobody_or_is_refused(
    desk: Desk, rota: Product, release: Release, ticket: Ticket
) -> None:
    later = planned(desk, rota, "5.5", LATER)
    with pytest.raises(CannotDo, match="Say why"):
        desk.does(choosing.choose, "ida", ticket, release=later)
    desk.does(choosing.choose, "ida", ticket, release=later, tells=False)
    desk.work()
    assert desk.sent(kind="release_changed") == []


def test_who_is_moved_on_by_the_round_of_another_release_is_told_all_the_same(
    desk: Desk, rota: Product, release: Release, ticket: Ticket
) -> None:
    """Moved behind another release; before its own round comes, a silent one of a third release places the request."""
    planned(desk, rota, "5.5", THURSDAY)
    by = desk.person["mara"]
    actions.plan(
        product=rota, name="6.0", kind="major", planned_on=date(2026, 6, 1), by=by, at=desk.now, tells=False
    )
    third = Round.objects.latest("pk")
    told = move(desk, release, LATER)
    write(desk, third)
    assert place(ticket) == "Rota 5.5"
    write(desk, told)
    desk.work()
    said = only(desk, "release_changed")
    assert "no longer waits for Rota 5.4." in said
    assert IN_WORDS[THURSDAY] in said
    assert due(desk, ticket) == "2026-01-22 23:59:59"
    assert desk.faults() == []


def test_a_letter_that_waits_and_says_what_holds_is_left_as_it_is(
    desk: Desk, rota: Product, release: Release, ticket: Ticket
) -> None:
    """Its reason would be lost with it."""
    planned(desk, rota, "5.5", THURSDAY)
    write(desk, move(desk, release, LATER, "The printer failed."))
    actions.plan(
        product=rota, name="6.0", kind="major", planned_on=date(2026, 6, 1), by=desk.person["mara"], at=desk.now
    )
    write(desk, Round.objects.latest("pk"))
    desk.work()
    assert "The printer failed." in only(desk, "release_changed")
