"""R5.S3 (pack, section 5, 'Resolution Time'): from the end of the response to a fix that can be tested, or a workaround
with the service available."""

from __future__ import annotations

from mainstay.tickets import acceptance
from tests.desk import Desk


def test_it_begins_when_the_response_ends(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")

    resolution = desk.clock(ticket, "resolution")
    assert (resolution.start, resolution.due, resolution.used) == ("Mon 10:00", "Mon 16:00", "none")


def test_before_the_response_it_has_not_begun(desk: Desk) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana")

    resolution = desk.clock(ticket, "resolution")
    assert (resolution.state, resolution.why) == ("pending", "begins when the response is given")


def test_a_fix_for_testing_ends_it(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.fix("ida", ticket, arrives="Mon 14:30")

    resolution = desk.clock(ticket, "resolution")
    assert (resolution.state, resolution.used) == ("met", "4 h 30 min")
    assert desk.look(ticket).state == "resolved"


def test_a_workaround_ends_it_only_with_the_service_available(desk: Desk) -> None:
    """Reading 13."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.work_around("ida", ticket, service_available=False, arrives="Mon 11:00")
    assert desk.clock(ticket, "resolution").state == "running"
    desk.work_around("ida", ticket, service_available=True, arrives="Mon 12:00")

    assert (desk.clock(ticket, "resolution").state, desk.clock(ticket, "resolution").used) == ("met", "2 h")


def test_a_workaround_that_fails_resumes_the_same_clock(desk: Desk) -> None:
    """Reading 11: what the service was up for is the client's time, not ours."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.work_around("ida", ticket, arrives="Mon 12:00")
    desk.at("Mon 13:00")
    desk.does(acceptance.lose_service, "ida", ticket, text="The second reader gave up as well.")

    resolution = desk.clock(ticket, "resolution")
    assert (resolution.state, resolution.used, resolution.due) == ("running", "2 h", "Mon 17:00")


def test_a_fix_that_fails_its_test_resumes_the_same_clock(desk: Desk) -> None:
    """Reading 11: four of six hours used, a day with the client, two hours left."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.fix("ida", ticket, arrives="Mon 14:00")
    desk.at("Tue 14:00")
    desk.answer("ana", ticket, "It still does not read the cards.")
    desk.does(acceptance.reject_fix, "ida", ticket, text="Ana: it still does not read the cards.")

    resolution = desk.clock(ticket, "resolution")
    assert (desk.look(ticket).state, resolution.state, resolution.cycle) == ("open", "running", 1)
    assert (resolution.used, resolution.left, resolution.due) == ("4 h", "2 h", "Tue 16:00")
    assert resolution.ledger == (
        "Mon 10:00 to Mon 14:00 counted, 4 h",
        "Mon 14:00 to Tue 14:00 with client for testing, none",
    )


def test_after_the_rejection_the_ladder_goes_on_where_it_stood(desk: Desk) -> None:
    """Half was used before, so the Technical Team has it; no step is taken twice."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.fix("ida", ticket, arrives="Mon 14:00")
    desk.at("Tue 14:00")
    desk.does(acceptance.reject_fix, "ida", ticket, text="It still does not read them.")
    desk.at("Tue 16:01")

    assert desk.firings(ticket, "resolution") == [
        "Mon 13:00 resolution warning 50%",
        "Mon 13:00 resolution escalate technical",
        "Tue 14:30 resolution warning 75%",
        "Tue 15:24 resolution warning 90%",
        "Tue 16:00:01 resolution breached",
        "Tue 16:00:01 resolution escalate cto",
        "Tue 16:00:01 resolution escalate coordinator",
    ]


def test_acceptance_is_the_end(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.fix("ida", ticket, arrives="Mon 14:00")
    desk.at("Mon 15:00")
    desk.does(acceptance.accept_fix, "ida", ticket, text="Ana rang: it works.")

    resolution = desk.clock(ticket, "resolution")
    assert (resolution.state, resolution.stopped) == ("met", "Mon 14:00")
