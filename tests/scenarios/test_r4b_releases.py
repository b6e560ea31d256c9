"""Pack, clause 4 and table 5: releases. What is promised for the next release is due on its day, and told when it comes."""

from __future__ import annotations

from datetime import date

import pytest

from mainstay.contracts.models import Product
from mainstay.core import clock as core
from mainstay.orgs.models import Organisation
from mainstay.releases import actions, flags, placing, queries, rounds
from mainstay.releases.models import Hearing, Place, Release, Round
from mainstay.tickets import acceptance
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Ticket
from tests.desk import Desk, tickets

TUESDAY, THURSDAY, LATER = date(2026, 1, 20), date(2026, 1, 22), date(2026, 2, 3)


@pytest.fixture
def rota(db: None) -> Product:
    return Product.objects.create(key="rota", name="Rota")


def planned(
    desk: Desk, rota: Product, name: str = "5.4", day: date = TUESDAY, *clients: Organisation, kind: str = "minor"
) -> Release:
    made = actions.plan(
        product=rota, name=name, kind=kind, planned_on=day, by=desk.person["mara"], at=desk.now, organisations=clients
    )
    desk.work()
    return made


def wish(desk: Desk, rota: Product, who: str = "ana", *, severity: int = 4) -> Ticket:
    """A request about Rota whose severity has reached the client."""
    ticket = desk.mail(who, "A wish", "Please print the lists in two columns.")
    tickets.set_details(ticket=ticket, at=desk.now, actor="test", missing=(), product=rota)
    desk.confirm("ida", ticket, severity)
    desk.advance(seconds=15)
    return desk.look(ticket)


def does(desk: Desk, act: object, release: Release, **named: object) -> None:
    act(release=release, by=desk.person["mara"], at=desk.now, **named)  # type: ignore[operator]
    desk.work()


def place(ticket: Ticket) -> str:
    found = placing.current(ticket)
    return "" if found is None else str(found.release) if found.release else "none planned"


def resolution(desk: Desk, ticket: Ticket) -> core.Clock:
    found = desk.reading(ticket).clock("resolution")
    assert found is not None
    return found


def due(desk: Desk, ticket: Ticket) -> str | None:
    at = resolution(desk, ticket).due
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else None


def test_the_next_release_is_due_to_the_last_second_of_its_day(desk: Desk, rota: Product) -> None:
    planned(desk, rota)
    ticket = wish(desk, rota)
    assert place(ticket) == "Rota 5.4"
    assert due(desk, ticket) == "2026-01-20 23:59:59"
    assert desk.faults() == []


def test_a_day_is_that_of_the_client_s_zone(desk: Desk, rota: Product) -> None:
    """In summer London is an hour ahead of UTC: the day ends at 22:59:59 there."""
    planned(desk, rota, day=date(2026, 7, 7))
    clock = resolution(desk, wish(desk, rota))
    assert clock.due is not None
    assert clock.due.isoformat() == "2026-07-07T22:59:59+00:00"


def test_another_severity_waits_for_no_release(desk: Desk, rota: Product) -> None:
    planned(desk, rota)
    assert place(wish(desk, rota, severity=3)) == ""


def test_a_severity_that_is_changed_takes_its_place_and_leaves_it(desk: Desk, rota: Product) -> None:
    planned(desk, rota)
    ticket = wish(desk, rota, severity=3)
    for severity, where in ((4, "Rota 5.4"), (3, "")):
        desk.confirm("ida", ticket, severity, "Seen anew.")
        desk.advance(seconds=15)
        assert place(ticket) == where
    assert desk.faults() == []


def test_what_waits_takes_a_release_that_is_planned_later_and_is_told(desk: Desk, rota: Product) -> None:
    ticket = wish(desk, rota)
    assert (place(ticket), due(desk, ticket)) == ("none planned", None)
    planned(desk, rota)
    assert place(ticket) == "Rota 5.4"
    (letter,) = desk.sent(kind="release_planned")
    assert letter.to == ("ana",)
    assert "Tuesday 20 January 2026" in letter.text
    assert ticket.reference in letter.subject


def test_nobody_is_told_where_that_is_not_wanted(desk: Desk, rota: Product) -> None:
    ticket = wish(desk, rota)
    actions.plan(
        product=rota, name="5.4", kind="minor", planned_on=TUESDAY, by=desk.person["mara"], at=desk.now, tells=False
    )
    desk.work()
    assert (place(ticket), desk.sent(kind="release_planned")) == ("Rota 5.4", [])


def test_no_planned_release_is_flagged_to_managers_once(desk: Desk, rota: Product) -> None:
    first = wish(desk, rota)
    wish(desk, rota, "cleo")
    assert desk.notices("mara") == ["Rota: a request waits for its next release, and none is planned"]
    assert [(one.name, one.count) for one in queries.unplanned()] == [("Rota", 2)]
    planned(desk, rota)
    assert queries.unplanned() == []
    assert place(first) == "Rota 5.4"


def test_slipping_tells_the_old_and_the_new_day_and_why_and_moves_the_clock(desk: Desk, rota: Product) -> None:
    release = planned(desk, rota)
    ticket = wish(desk, rota)
    does(desk, actions.move, release, planned_on=THURSDAY, reason="A test found a fault.")
    assert due(desk, ticket) == "2026-01-22 23:59:59"
    (letter,) = desk.sent(kind="release_moved")
    assert "Tuesday 20 January 2026" in letter.text
    assert "Thursday 22 January 2026" in letter.text
    assert "A test found a fault." in letter.text
    assert len(desk.history(ticket, "release_scheduled")) == 2
    [before, after] = Round.objects.order_by("pk").values_list("after", flat=True)
    assert (before, after) == (TUESDAY, THURSDAY)
    assert desk.faults() == []


def test_a_day_that_has_passed_stays_promised_and_missed(desk: Desk, rota: Product) -> None:
    """Moving a release afterwards does not heal the promise: it was due on the day that the client was told."""
    release = planned(desk, rota)
    ticket = wish(desk, rota)
    desk.at("2026-01-21T09:00:00+00:00")
    does(desk, actions.move, release, planned_on=THURSDAY, reason="Late.")
    clock = resolution(desk, ticket)
    assert clock.breached
    assert clock.due is not None
    assert clock.due.day == 20
    assert len(desk.sent(kind="release_moved")) == 1
    assert desk.faults() == []


def test_shipping_resolves_for_acceptance_and_tells(desk: Desk, rota: Product) -> None:
    release = planned(desk, rota)
    ticket = wish(desk, rota)
    desk.at("2026-01-19T15:00:00+00:00")
    does(desk, actions.ship, release)
    ticket = desk.look(ticket)
    assert (ticket.state, ticket.cause, place(ticket)) == ("resolved", "software", "")
    assert (desk.clock(ticket, "resolution").state, resolution(desk, ticket).breached) == ("met", False)
    (letter,) = desk.sent(kind="release_shipped")
    assert "Rota 5.4" in letter.text
    assert ticket.reference in letter.subject
    assert "If we hear nothing from you within" in letter.text
    assert desk.faults() == []


def test_silence_after_a_release_closes_as_after_a_fix(desk: Desk, rota: Product) -> None:
    ticket = wish(desk, rota) if planned(desk, rota) else None
    assert ticket is not None
    does(desk, actions.ship, Release.objects.get())
    desk.advance(days=40)
    assert (desk.look(ticket).state, desk.look(ticket).cause) == ("closed", "software")


def test_a_rejected_release_goes_on_to_the_next_one(desk: Desk, rota: Product) -> None:
    planned(desk, rota)
    planned(desk, rota, "5.5", LATER)
    ticket = wish(desk, rota)
    desk.at("2026-01-20T15:00:00+00:00")
    does(desk, actions.ship, Release.objects.get(name="5.4"))
    desk.at("2026-01-21T10:00:00+00:00")
    desk.does(acceptance.reject_fix, "ida", ticket, text="Still one column.")
    assert (desk.look(ticket).state, place(ticket)) == ("open", "Rota 5.5")
    assert due(desk, ticket) == "2026-02-03 23:59:59"


def test_what_was_left_out_is_missed_goes_on_and_is_told(desk: Desk, rota: Product) -> None:
    """Reading 14: left out of the next release, the promise is broken; with the release after it goes on."""
    release = planned(desk, rota)
    planned(desk, rota, "5.5", LATER)
    ticket = wish(desk, rota)
    desk.at("2026-01-20T15:00:00+00:00")
    does(desk, actions.ship, release, left_out=[ticket.pk])
    assert (desk.look(ticket).state, place(ticket)) == ("open", "Rota 5.5")
    desk.at("2026-01-21T00:00:00+00:00")
    assert resolution(desk, ticket).breached
    (letter,) = desk.sent(kind="release_changed")
    assert "no longer waits for Rota 5.4" in letter.text
    assert "Rota 5.5, on Tuesday 3 February 2026" in letter.text
    assert desk.faults() == []


def test_withdrawing_leaves_no_date_and_flags_it(desk: Desk, rota: Product) -> None:
    release = planned(desk, rota)
    ticket = wish(desk, rota)
    does(desk, actions.withdraw, release, reason="It goes into 6.0.")
    assert (place(ticket), due(desk, ticket)) == ("none planned", None)
    (letter,) = desk.sent(kind="release_changed")
    assert "There is no date for another release yet." in letter.text
    assert "It goes into 6.0." in letter.text
    assert len(desk.notices("mara")) == 1


def test_only_clients_who_get_a_release_wait_for_it(desk: Desk, rota: Product) -> None:
    planned(desk, rota, "5.4", TUESDAY, desk.carrow)
    planned(desk, rota, "5.5", LATER)
    assert (place(wish(desk, rota)), place(wish(desk, rota, "cleo"))) == ("Rota 5.5", "Rota 5.4")


def test_a_documentation_release_is_nobody_s_next_one_by_itself(desk: Desk, rota: Product) -> None:
    manual = planned(desk, rota, "Handbook 3", kind="documentation")
    ticket = wish(desk, rota)
    assert place(ticket) == "none planned"
    desk.does(placing.choose, "ida", ticket, release=manual)
    assert (place(ticket), due(desk, ticket)) == ("Rota Handbook 3", "2026-01-20 23:59:59")
    does(desk, actions.ship, manual)
    assert (desk.look(ticket).state, desk.look(ticket).cause) == ("resolved", "use")


def test_choosing_a_later_release_does_not_move_the_promise(desk: Desk, rota: Product) -> None:
    release, later = planned(desk, rota), planned(desk, rota, "5.5", LATER)
    ticket = wish(desk, rota)
    desk.does(placing.choose, "ida", ticket, release=later)
    assert (place(ticket), due(desk, ticket)) == ("Rota 5.5", "2026-01-20 23:59:59")
    does(desk, actions.ship, release)
    assert (place(ticket), desk.look(ticket).state) == ("Rota 5.5", "open")
    desk.at("2026-01-21T00:00:00+00:00")
    assert resolution(desk, ticket).breached
    assert desk.sent(kind="release_shipped") == []


def test_an_earlier_release_takes_what_nobody_chose_for(desk: Desk, rota: Product) -> None:
    later = planned(desk, rota, "5.5", LATER)
    free, chosen = wish(desk, rota), wish(desk, rota, "cleo")
    desk.does(placing.choose, "ida", chosen, release=later)
    planned(desk, rota)
    assert (place(free), place(chosen)) == ("Rota 5.4", "Rota 5.5")
    desk.does(placing.choose, "ida", chosen, release=None)
    assert place(chosen) == "Rota 5.4"


def test_the_job_goes_on_where_it_stopped_and_tells_once(
    desk: Desk, rota: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Class B: a worker that dies in the midst of a round leaves the rest to the next; nobody hears twice."""
    release = planned(desk, rota)
    everybody = [wish(desk, rota) for _ in range(5)]
    actions.move(release=release, planned_on=THURSDAY, reason="Late.", by=desk.person["mara"], at=desk.now)
    told = Round.objects.get(change="moved")
    for _ in range(2):  # a slice of it, twice over, as if by two workers
        rounds.telling.go_on(told.hearings.all(), lambda one: rounds._hear(told, one, desk.now), at=desk.now, size=2)
    desk.work()
    assert len(desk.sent(kind="release_moved")) == len(everybody) == 5
    assert Round.objects.get(change="moved").finished_at == desk.now
    rounds.work({"round": told.pk}, at=desk.now)
    assert len(desk.sent(kind="release_moved")) == 5


def test_a_request_that_fails_delays_nobody_and_can_be_tried_again(
    desk: Desk, rota: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = planned(desk, rota)
    first, second = wish(desk, rota), wish(desk, rota, "cleo")
    real = rounds.letters.moved

    def failing(ticket: Ticket, *args: object, **named: object) -> object:
        if ticket.pk == first.pk:
            raise RuntimeError("the disk is full")
        return real(ticket, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(rounds.letters, "moved", failing)
    does(desk, actions.move, release, planned_on=THURSDAY, reason="Late.")
    told = Round.objects.get(change="moved")
    assert [one.outcome for one in told.hearings.order_by("ticket")] == ["failed", "told"]
    assert due(desk, first) == "2026-01-20 23:59:59"  # nothing of it was written
    monkeypatch.setattr(rounds.letters, "moved", real)
    assert rounds.try_again(told, at=desk.now) == 1
    desk.work()
    assert [one.outcome for one in told.hearings.order_by("ticket")] == ["told", "told"]
    assert due(desk, first) == due(desk, second) == "2026-01-22 23:59:59"


def test_who_cannot_be_written_to_is_shown_and_the_clock_moves_all_the_same(desk: Desk, rota: Product) -> None:
    release = planned(desk, rota)
    ticket = wish(desk, rota)
    Ticket.objects.filter(pk=ticket.pk).update(requester_address="")
    does(desk, actions.move, release, planned_on=THURSDAY, reason="Late.")
    hearing = Hearing.objects.get(round__change="moved")
    assert (hearing.outcome, due(desk, ticket)) == ("unreached", "2026-01-22 23:59:59")
    assert "no e-mail address" in hearing.reason


def test_a_closed_request_hears_nothing_more(desk: Desk, rota: Product) -> None:
    release = planned(desk, rota)
    ticket = wish(desk, rota)
    desk.close("ida", ticket)
    assert (place(ticket), Place.objects.get(end="over").ticket) == ("", ticket)
    does(desk, actions.move, release, planned_on=THURSDAY, reason="Late.")
    assert desk.sent(kind="release_moved") == []


def test_requests_from_before_there_were_releases_get_their_place(desk: Desk, rota: Product) -> None:
    ticket = wish(desk, rota)
    Place.objects.all().delete()
    assert placing.place_waiting(desk.now) == 1
    assert place(ticket) == "none planned"
    assert placing.place_waiting(desk.now) == 0


def test_a_request_placed_at_the_moment_of_planning_is_found(desk: Desk, rota: Product) -> None:
    ticket = wish(desk, rota)
    Release.objects.create(
        product=rota, name="5.4", kind="minor", planned_on=TUESDAY, added_at=desk.now, changed_at=desk.now
    )
    placing.place_waiting(desk.now)
    assert place(ticket) == "Rota 5.4"


def test_a_day_that_passes_is_flagged_to_managers_once(desk: Desk, rota: Product) -> None:
    planned(desk, rota)
    desk.at("2026-01-22T09:00:00+00:00")
    flags.say_late(desk.now)
    late = [one for one in desk.notices("mara") if "has not shipped" in one]
    assert late == ["Rota 5.4 was planned for 20.01.2026 and has not shipped. Ship it, or move it."]


@pytest.mark.parametrize(
    ("act", "named", "why"),
    [
        (actions.move, {"planned_on": THURSDAY, "reason": " "}, "Say why"),
        (actions.move, {"planned_on": TUESDAY, "reason": "Late."}, "for that day already"),
        (actions.move, {"planned_on": date(2026, 1, 1), "reason": "Late."}, "That day is past"),
        (actions.withdraw, {"reason": ""}, "Say why"),
    ],
)
def test_what_cannot_be_done_says_why(desk: Desk, rota: Product, act: object, named: dict[str, object], why: str) -> None:
    release = planned(desk, rota)
    with pytest.raises(CannotDo, match=why):
        does(desk, act, release, **named)


def test_a_release_ships_once_and_its_name_is_its_own(desk: Desk, rota: Product) -> None:
    release = planned(desk, rota)
    with pytest.raises(CannotDo, match="already"):
        planned(desk, rota)
    does(desk, actions.ship, release)
    for act, named in ((actions.ship, {}), (actions.withdraw, {"reason": "No."})):
        with pytest.raises(CannotDo, match="has shipped meanwhile"):
            does(desk, act, release, **named)


def test_of_two_changes_at_once_each_client_hears_what_holds(desk: Desk, rota: Product) -> None:
    """A round whose turn comes after a newer change tells nobody what is no longer so."""
    release = planned(desk, rota)
    ticket = wish(desk, rota)
    by = desk.person["mara"]
    actions.move(release=release, planned_on=THURSDAY, reason="Late.", by=by, at=desk.now)
    actions.move(release=release, planned_on=LATER, reason="Later.", by=by, at=desk.now)
    desk.work()
    (letter,) = desk.sent(kind="release_moved")
    assert "Tuesday 3 February 2026" in letter.text
    actions.move(release=release, planned_on=THURSDAY, reason="Sooner.", by=by, at=desk.now)
    actions.ship(release=release, by=by, at=desk.now)
    desk.does(tickets.add_note, "ida", ticket, text="Meanwhile.")
    assert (desk.look(ticket).state, len(desk.sent(kind="release_moved"))) == ("resolved", 1)
    assert (desk.sent(kind="release_changed"), Place.objects.get(end="shipped").ticket) == ([], ticket)


def test_a_request_that_is_graded_anew_before_its_turn_is_told_all_the_same(desk: Desk, rota: Product) -> None:
    release = planned(desk, rota)
    ticket = wish(desk, rota)
    actions.withdraw(release=release, reason="It goes into 6.0.", by=desk.person["mara"], at=desk.now)
    placing.settle(tickets.locked(ticket), at=desk.now)
    assert place(ticket) == "Rota 5.4"
    desk.work()
    assert (place(ticket), len(desk.sent(kind="release_changed"))) == ("none planned", 1)
