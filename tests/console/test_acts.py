"""What can be done from the ticket's page: each act does its one thing, asks for what it needs, and says what came of it."""

from __future__ import annotations

from typing import Any

import pytest

from mainstay.console.acts import ACTS
from mainstay.outbox.models import Letter
from mainstay.tickets import actions as tickets
from mainstay.tickets.models import State, Ticket, Verification
from tests.console import pages
from tests.console.conftest import Browse
from tests.console.pages import settled
from tests.desk import Desk


def do(browser: Any, ticket: Ticket, act: str, **said: Any) -> Any:
    """Fill in the form of an act and send it."""
    address = f"/tickets/{ticket.reference}/{act}/"
    return browser.post(address, {**said, "nonce": pages.nonce(browser.get(address))})


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    """An incident of Acme's, reported on Monday at nine."""
    desk.at("Mon 09:00")
    return desk.mail("ana")


def test_a_severity_is_confirmed_with_its_reason_and_ends_the_response(
    desk: Desk, browse: Browse, ticket: Ticket
) -> None:
    """R3.3c: the response clock ends once a message with number and severity has been handed over."""
    said = {
        "urgency": "high",
        "impact": "medium",
        "severity": "2",
        "reason": "One site only.",
        "text": "We are on it.",
    }
    assert do(browse("ida"), ticket, "severity", **said).status_code == 302
    assert desk.clock(ticket, "response").state == "running"  # assessed and written is not yet provided
    desk.advance(seconds=20)
    assert desk.clock(ticket, "response").state == "met"
    assert "We are on it." in desk.sent("ana", kind="severity_confirmation")[0].text


def test_the_grid_says_what_the_agreement_makes_of_each_pair(browse: Browse, ticket: Ticket) -> None:
    """R3.2c: four pairs have no severity in the agreement; there a person grades, and only a suggestion is shown."""
    shown = browse("ida").get(f"/tickets/{ticket.reference}/severity/").content.decode()
    assert shown.count("only a suggestion") == 4
    assert 'aria-label="High urgency, medium impact: 2 Serious"' in shown
    assert 'aria-label="High urgency, low impact: 3 Minor, only a suggestion"' in shown


def test_a_letter_can_be_read_before_it_goes_and_reading_it_sends_nothing(
    desk: Desk, browse: Browse, ticket: Ticket
) -> None:
    ida, before = browse("ida"), (Letter.objects.count(), ticket.last_number)
    address = f"/tickets/{ticket.reference}/severity/preview/"
    shown = pages.text(
        ida.post(address, {"urgency": "high", "impact": "high", "severity": "1", "text": "At once."})
    )
    assert "At once." in shown
    assert f"[{ticket.reference}]" in shown
    assert (Letter.objects.count(), desk.look(ticket).last_number) == before
    assert "Fill in the form" in pages.text(ida.post(address, {}))


def test_asking_the_client_pauses_the_resolution(desk: Desk, browse: Browse, ticket: Ticket) -> None:
    settled(desk, ticket, 2)
    assert do(browse("ida"), ticket, "ask", text="Which readers?").status_code == 302
    desk.advance(minutes=1)
    assert desk.clock(ticket, "resolution").state == "paused"


def test_a_progress_update_names_its_time_in_the_contracts_zone(
    desk: Desk, browse: Browse, ticket: Ticket
) -> None:
    """R3.6a: current status and, where there is one, the estimated time."""
    settled(desk, ticket, 2)
    do(browse("ida"), ticket, "progress", text="Found it.", eta="2026-07-01T14:30")
    desk.advance(minutes=1)
    assert "14:30 BST" in desk.sent("ana", kind="progress_update")[0].text


@pytest.mark.parametrize(("available", "state"), [("yes", "met"), ("no", "running")])
def test_a_workaround_ends_the_clock_only_with_the_service_back(
    available: str, state: str, desk: Desk, browse: Browse, ticket: Ticket
) -> None:
    settled(desk, ticket, 2)
    do(browse("ida"), ticket, "workaround", text="Use the second reader.", service_available=available)
    desk.advance(minutes=1)
    assert desk.clock(ticket, "resolution").state == state


def test_a_fix_is_accepted_or_rejected(desk: Desk, browse: Browse, ticket: Ticket) -> None:
    """R5.S3: a fix that fails acceptance resumes the same clock."""
    settled(desk, ticket, 2)
    ida = browse("ida")
    do(ida, ticket, "fix", text="Please try again.", cause="software")
    desk.advance(minutes=30)
    assert (desk.look(ticket).state, desk.look(ticket).cause) == (State.RESOLVED, "software")
    do(ida, ticket, "rejected", text="Still nothing at the back door.")
    assert (desk.look(ticket).state, desk.clock(ticket, "resolution").state) == (State.OPEN, "running")
    do(ida, ticket, "fix", text="And now?", cause="software")
    desk.advance(minutes=1)
    do(ida, ticket, "accepted", text="By telephone.")
    do(ida, ticket, "close", text="Thank you.", cause="software")
    assert desk.look(ticket).state == State.CLOSED
    do(ida, ticket, "reopen", reason="It is back.")
    assert desk.look(ticket).state == State.OPEN


def test_a_workaround_that_no_longer_holds_lets_the_clock_go_on(
    desk: Desk, browse: Browse, ticket: Ticket
) -> None:
    settled(desk, ticket, 2)
    ida = browse("ida")
    do(ida, ticket, "workaround", text="Use the second reader.", service_available="yes")
    desk.advance(minutes=1)
    do(ida, ticket, "lost", text="The second one is dead too.")
    assert desk.clock(ticket, "resolution").state == "running"


def test_escalating_by_hand_tells_the_client(desk: Desk, browse: Browse, ticket: Ticket) -> None:
    """R3.5c."""
    settled(desk, ticket, 2)
    do(browse("ida"), ticket, "escalate", level="technical", reason="Needs a developer.")
    desk.advance(minutes=1)
    assert desk.look(ticket).escalation_level == "technical"
    assert len(desk.sent("ana", kind="escalation_notice")) == 1


def test_a_third_party_needs_evidence_and_stops_no_clock(desk: Desk, browse: Browse, ticket: Ticket) -> None:
    settled(desk, ticket, 2)
    ida = browse("ida")
    refused = do(ida, ticket, "third-party", reason="Their proxy.", evidence="")
    assert refused.status_code == 422
    assert "Their proxy.</textarea>" in refused.content.decode()
    do(ida, ticket, "third-party", reason="Their proxy.", evidence="Their ticket 8812.")
    assert desk.clock(ticket, "resolution").state == "running"
    shown = pages.text(ida.get(f"/tickets/{ticket.reference}/"))
    assert "Evidence: Their ticket 8812." in shown
    do(ida, ticket, "third-party-over")
    assert desk.look(ticket).exclusions.get().ended_at == desk.now


def test_only_a_manager_suspends_clocks(desk: Desk, browse: Browse, ticket: Ticket) -> None:
    """R5.10: force majeure is a recorded decision of a manager."""
    settled(desk, ticket, 2)
    assert "Force majeure" not in pages.text(browse("ida").get(f"/tickets/{ticket.reference}/"))
    mara = browse("mara")
    do(mara, ticket, "force-majeure", reason="The data centre is flooded.")
    assert desk.clock(ticket, "resolution").state == "paused"
    do(mara, ticket, "force-majeure-over")
    assert desk.clock(ticket, "resolution").state == "running"


def test_merging_needs_the_right_reference(desk: Desk, browse: Browse, ticket: Ticket) -> None:
    other, ida = desk.mail("ana", "The same again"), browse("ida")
    wrong = do(ida, ticket, "merge", into="MST-100001-0")
    assert "Check its last digit" in pages.text(wrong)
    assert 'value="MST-100001-0"' in wrong.content.decode()
    assert do(ida, ticket, "merge", into=f"[{other.reference.lower()}]").status_code == 302
    assert desk.look(ticket).merged_into == other


def test_assigning_offers_oneself_first(desk: Desk, browse: Browse, ticket: Ticket) -> None:
    ida = desk.person["ida"]
    shown = browse("ida").get(f"/tickets/{ticket.reference}/assign/").content.decode()
    assert f'<option value="{ida.pk}" selected>Ida Flint · free</option>' in shown
    do(browse("ida"), ticket, "assign", assignee=str(ida.pk), team="")
    assert desk.look(ticket).assignee == ida


def test_details_that_were_missing_are_written_down(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Help", "")
    assert "description" in ticket.missing
    said = {
        "subject": "Cards",
        "requester_role": "Nurse",
        "urgency": "high",
        "impact": "low",
        "described": "on",
    }
    do(browse("ida"), ticket, "details", **said)
    now = desk.look(ticket)
    assert ("description" in now.missing, now.subject, now.claimed_urgency) == (False, "Cards", "high")


def test_a_complaint_is_answered_within_its_own_clock(desk: Desk, browse: Browse) -> None:
    """R3.10a: 7 days for a complaint."""
    complaint = desk.mail("ana", "COMPLAINT", "Nobody rang.")
    do(browse("mara"), complaint, "answer", text="We are sorry.")
    desk.advance(minutes=1)
    assert desk.clock(complaint, "complaint").state == "met"


# ---- Who is asking? -----------------------------------------------------------------------------------------------


@pytest.fixture
def held(desk: Desk) -> Ticket:
    """A request of somebody whom nobody knows, from a domain that belongs to Acme."""
    desk.at("Mon 09:00")
    return desk.mail("jo.brown@acme.example", "Reset of a PIN")


def test_the_queue_shows_who_asks_and_what_is_known(browse: Browse, held: Ticket) -> None:
    shown = pages.text(browse("ida").get("/verification/"))
    for words in (
        "jo.brown@acme.example",
        "Reset of a PIN",
        held.verification_reason,
        "none of our smartcards",
        "4 h left",
    ):
        assert words in shown


def test_authorising_is_one_form_that_already_knows_the_domain(
    desk: Desk, browse: Browse, held: Ticket
) -> None:
    """R3.2b."""
    shown = browse("ida").get(f"/tickets/{held.reference}/authorise/").content.decode()
    assert f'<option value="{desk.acme.pk}" selected>Acme Health</option>' in shown
    said = {"organisation": str(desk.acme.pk), "person_name": "Jo Brown", "role": "Receptionist"}
    do(browse("ida"), held, "authorise", **said)
    now = desk.look(held)
    assert (now.verified, now.organisation, now.requester.name) == (True, desk.acme, "Jo Brown")  # type: ignore[union-attr]  # just authorised
    assert now.reported_at == held.reported_at


def test_a_request_can_be_taken_without_authorising_its_sender(
    desk: Desk, browse: Browse, held: Ticket
) -> None:
    do(browse("ida"), held, "attach", organisation=str(desk.acme.pk))
    assert (desk.look(held).verified, desk.look(held).requester) == (True, None)


def test_ringing_back_is_noted_and_decides_nothing(desk: Desk, browse: Browse, held: Ticket) -> None:
    do(browse("ida"), held, "ring-back", text="Rang the switchboard; they look.")
    assert desk.look(held).verification == Verification.HELD


def test_refusing_needs_a_reason_and_keeps_the_request(desk: Desk, browse: Browse, held: Ticket) -> None:
    assert do(browse("ida"), held, "refuse", reason="").status_code == 422
    do(browse("ida"), held, "refuse", reason="Not known to the trust.")
    assert (desk.look(held).verification, desk.look(held).state) == (Verification.REFUSED, State.CLOSED)
    assert "Not known to the trust." in pages.text(browse("ida").get(f"/tickets/{held.reference}/"))


def test_a_held_request_can_be_answered_by_nobody(browse: Browse, held: Ticket) -> None:
    shown = browse("ida").get(f"/tickets/{held.reference}/").content.decode()
    assert 'id="tab-reply"' not in shown
    assert 'id="tab-note"' in shown


@pytest.mark.parametrize("act", [act.key for act in ACTS])
def test_an_act_at_the_wrong_moment_says_so_and_breaks_nothing(
    act: str, desk: Desk, browse: Browse, ticket: Ticket
) -> None:
    """Two people work on a ticket at once: what was offered may be past when it is sent."""
    settled(desk, ticket, 2)
    mara = browse("mara")
    desk.close("ida", ticket)
    desk.advance(minutes=1)
    said = {
        "text": "x", "reason": "x", "evidence": "x", "severity": "2", "urgency": "high", "impact": "medium",
        "cause": "software", "service_available": "yes", "level": "technical", "into": ticket.reference,
        "organisation": str(desk.acme.pk), "person_name": "x", "role": "x", "subject": "x",
        "kind": "related", "until": "client", "agreed_with": "x", "how": "phone", "reference": ticket.reference,
        "messages": ticket.messages.earliest("pk").pk, "finding": "upheld", "lesson": "x", "about": ticket.reference,
    }  # fmt: skip
    answer = do(mara, ticket, act, **said)
    assert answer.status_code in (302, 422)
    if answer.status_code == 422:
        assert 'role="alert"' in answer.content.decode()


def test_a_dialog_gets_a_fragment_and_goes_on_to_the_ticket(
    desk: Desk, browse: Browse, ticket: Ticket
) -> None:
    ida, headers = browse("ida"), {"HX-Request": "true"}
    address = f"/tickets/{ticket.reference}/assign/"
    assert "<html" not in ida.get(address, headers=headers).content.decode()
    answer = ida.post(address, {"assignee": "", "team": ""}, headers=headers)
    assert (answer.status_code, answer["Mainstay-Go"]) == (204, f"/tickets/{ticket.reference}/")


# ---- By telephone -------------------------------------------------------------------------------------------------

CALL = {
    "name": "Ana Okafor", "address": "ana@acme.example", "channel": "phone", "subject": "Cards", "text": "None is read.",
    "urgency": "high", "impact": "high", "kind": "incident",
}  # fmt: skip


def test_a_call_becomes_a_ticket_and_the_caller_gets_its_reference(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 09:00")
    answer = browse("ida").post("/tickets/new/", CALL, follow=True)
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.organisation, ticket.verified) == ("phone", desk.acme, True)
    assert f"{ticket.reference} is open. Read the reference out to the caller." in pages.text(answer)
    desk.advance(minutes=1)
    assert ticket.reference in desk.sent("ana", kind="acknowledgement")[0].subject


def test_a_caller_whom_nobody_knows_is_held(desk: Desk, browse: Browse) -> None:
    browse("ida").post("/tickets/new/", {**CALL, "address": "who@elsewhere.example"})
    assert Ticket.objects.get().verification == Verification.HELD


def test_a_call_that_is_not_whole_is_asked_for_again(desk: Desk, browse: Browse) -> None:
    answer = browse("ida").post("/tickets/new/", {**CALL, "address": "not an address"})
    assert answer.status_code == 422
    assert "None is read.</textarea>" in answer.content.decode()


def test_a_complaint_about_a_ticket_is_linked_to_it(desk: Desk, browse: Browse, ticket: Ticket) -> None:
    ida = browse("ida")
    shown = ida.get(f"/tickets/new/?about={ticket.reference}").content.decode()
    assert 'value="ana@acme.example"' in shown
    answer = ida.post(f"/tickets/new/?about={ticket.reference}", {**CALL, "kind": "complaint"})
    case = Ticket.objects.get(kind="complaint")
    assert case.about == ticket
    assert answer["Location"] == f"/tickets/{ticket.reference}/"
    assert "A complaint is for managers" in pages.text(ida.get(answer["Location"]))
    assert case.reference not in pages.text(ida.get(f"/tickets/{ticket.reference}/"))
    assert case.reference in pages.text(browse("mara").get(f"/tickets/{ticket.reference}/"))


# ---- Acts that cross (F26) ----------------------------------------------------------------------------------------

DECIDED = {
    "severity": {"urgency": "high", "impact": "high", "severity": "1", "reason": "As agreed."},
    "ask": {"text": "Which readers?"},
    "workaround": {"text": "Use the other desk.", "service_available": "yes"},
    "fix": {"text": "Mended.", "cause": "use"},
    "close": {"text": "Done.", "cause": "use"},
    "third-party": {"reason": "The carrier.", "evidence": "Their status page."},
}


def opened(browser: Any, ticket: Ticket, act: str) -> dict[str, str]:
    """Open the form of an act; return what it carries by itself."""
    shown = browser.get(f"/tickets/{ticket.reference}/{act}/")
    return {name: pages.part(shown, f'name="{name}" value="', '"') for name in ("nonce", "seen")}


@pytest.mark.parametrize("act", DECIDED)
def test_what_rests_on_what_was_read_is_stopped_by_what_came_since(
    act: str, desk: Desk, browse: Browse, ticket: Ticket
) -> None:
    settled(desk, ticket, 3)
    ida, address = browse("ida"), f"/tickets/{ticket.reference}/{act}/"
    form = opened(ida, ticket, act)
    desk.answer("ana", ticket, "It works again, thank you!")
    before = desk.look(ticket).last_number
    stopped = ida.post(address, {**DECIDED[act], **form})
    assert stopped.status_code == 422
    shown = pages.text(stopped)
    for words in ("Nothing was done yet", "It works again, thank you!", "all the same", "Look at the ticket first"):
        assert words in shown
    assert desk.look(ticket).last_number == before

    despite = pages.part(stopped, 'name="despite" value="', '"')
    again = {**DECIDED[act], "nonce": pages.nonce(stopped), "seen": form["seen"], "despite": despite}
    assert ida.post(address, again).status_code == 302
    assert desk.look(ticket).last_number > before


def test_a_colleagues_word_to_the_client_stops_an_act_and_ones_own_does_not(
    desk: Desk, browse: Browse, ticket: Ticket
) -> None:
    settled(desk, ticket, 3)
    ida, address = browse("ida"), f"/tickets/{ticket.reference}/close/"
    form = opened(ida, ticket, "close")
    desk.reply("ida", ticket, "I look into it.")
    desk.does(tickets.add_note, "jon", ticket, text="Nobody outside reads this.")
    jon, severity = browse("jon"), f"/tickets/{ticket.reference}/severity/"
    assert jon.post(severity, {**DECIDED["severity"], **opened(jon, ticket, "severity")}).status_code == 302
    stopped = ida.post(address, {**DECIDED["close"], **form})
    assert "Jon Reyes to the client" in pages.text(stopped)
    assert "I look into it." not in pages.text(stopped)
    assert desk.look(ticket).state != State.CLOSED


def test_all_the_same_answers_for_what_was_shown_and_for_nothing_later(
    desk: Desk, browse: Browse, ticket: Ticket
) -> None:
    settled(desk, ticket, 3)
    ida, address = browse("ida"), f"/tickets/{ticket.reference}/close/"
    form = opened(ida, ticket, "close")
    desk.answer("ana", ticket, "One more thing.")
    despite = pages.part(ida.post(address, {**DECIDED["close"], **form}), 'name="despite" value="', '"')
    desk.answer("ana", ticket, "And another.")
    stopped = ida.post(address, {**DECIDED["close"], **form, "despite": despite})
    assert "And another." in pages.part(stopped, 'class="crossed"', "Look at the ticket first")
    assert desk.look(ticket).state != State.CLOSED


def test_what_rests_on_nothing_that_was_read_is_never_stopped(desk: Desk, browse: Browse, ticket: Ticket) -> None:
    ida, address = browse("ida"), f"/tickets/{ticket.reference}/assign/"
    shown = ida.get(address)
    assert 'name="seen"' not in shown.content.decode()
    desk.answer("ana", ticket, "One more thing.")
    said = {"assignee": desk.person["ida"].pk, "team": "", "nonce": pages.nonce(shown), "seen": "1"}
    assert ida.post(address, said).status_code == 302
