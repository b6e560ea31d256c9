"""R3.10a (pack, clause 3.10): a mail with the subject COMPLAINT is a complaint, answered within seven days."""

from __future__ import annotations

import pytest

from tests.desk import Desk, when

WORDS = "Nobody has rung us back since last week, and we are not amused."


@pytest.mark.parametrize(
    "subject", ["COMPLAINT", "complaint", "Re: Complaint", "  C O M P L A I N T  ", "FW: [EXT] Complaint!"]
)
def test_the_subject_makes_the_complaint_however_it_is_written(desk: Desk, subject: str) -> None:
    desk.at("Mon 09:00")
    case = desk.mail("ana", subject, WORDS)

    assert (case.kind, case.verified) == ("complaint", True)
    complaint = desk.clock(case, "complaint")
    assert (complaint.state, complaint.target, complaint.due) == ("running", "7 calendar days", "+1 Mon 09:00")


@pytest.mark.parametrize("subject", ["Where is your complaints procedure?", "Patient complaint about a card"])
def test_the_word_within_a_longer_subject_is_offered_and_not_forced(desk: Desk, subject: str) -> None:
    ticket = desk.mail("ana", subject)

    assert (ticket.kind, ticket.offered_as_complaint) == ("incident", True)


def test_a_hostile_subject_makes_no_complaint_by_itself_hides_none_and_breaks_nothing(desk: Desk) -> None:
    """Encoded words, look-alike letters, marks that turn or hide letters, 4 000 signs, and marks on marks."""
    hidden, long = "=?utf-8?q?COM=E2=80=8BPL?= =?utf-8?b?QUlOVA==?=", "x" * 4_000
    cases = {
        hidden: ("complaint", False), "=?utf-8?q?=E2=80=AECOMPLAINT?=": ("complaint", False),
        "Re: Re: COMPLAINT": ("complaint", False), f"{'Re: ' * 100}COMPLAINT": ("complaint", False),
        "=?utf-8?b?UmU6IENPTVBMQUlOVA==?=": ("complaint", False), "=?us-askey?q?COMPLAINT?=": ("complaint", False),
        "COMPL\u0410INT": ("incident", True), "=?utf-8?q?COMPL=D0=90INT?=": ("incident", True),
        f"COMPLAINT {long}": ("incident", True), f"{long} COMPLAINT": ("incident", False),
        "COMPLAINANT": ("incident", False), "COMPLIANT": ("incident", False), "TNIALPMOC": ("incident", False),
        "COMPLAINT\u2028Bcc: x@evil.example": ("incident", True), "COMPLAINT <script>alert(1)</script>": ("incident", True),
    }  # fmt: skip
    for subject, expected in cases.items():
        ticket = desk.mail("ana", subject, WORDS)
        assert (ticket.kind, ticket.offered_as_complaint) == expected, subject
        assert len(ticket.subject) <= 500, subject
        desk.advance(minutes=1)
    assert {to for letter in desk.sent() for to in letter.to} <= {"ana", "mara"}, "and nobody else has a letter"


def test_a_complaint_about_a_request_is_a_case_of_its_own_beside_it(desk: Desk) -> None:
    ticket = desk.opened()
    known = desk.history(ticket)
    case = desk.mail("ana", f"COMPLAINT [{ticket.reference}]", WORDS)

    assert (case.kind, case.about) == ("complaint", ticket)
    assert case.reference != ticket.reference
    assert desk.history(ticket) == known
    assert "logged your complaint under the reference" in " ".join(desk.sent("ana")[-1].text.split())


def test_a_complaint_of_somebody_unknown_is_held_and_its_days_run(desk: Desk) -> None:
    desk.at("Mon 09:00")
    case = desk.mail("stranger@elsewhere.example", "COMPLAINT", WORDS)

    assert (case.kind, case.verified) == ("complaint", False)
    assert desk.clock(case, "complaint").due == "+1 Mon 09:00"


def test_somebody_elses_reference_links_no_complaint_to_it(desk: Desk) -> None:
    ticket = desk.opened()
    case = desk.mail("cleo", f"COMPLAINT [{ticket.reference}]", WORDS)

    assert (case.kind, case.about, case.organisation) == ("complaint", None, desk.carrow)


def test_seven_days_end_at_the_same_time_on_the_local_clock(desk: Desk) -> None:
    """Reading 22: over the spring change that is 167 hours, nights and weekends included."""
    desk.at("2026-03-26T12:00+00:00")
    case = desk.mail("ana", "COMPLAINT", WORDS)

    clock = desk.reading(case).clock("complaint")
    assert clock is not None
    assert clock.due == when("2026-04-02T12:00+01:00")


def test_the_answer_ends_it_in_time(desk: Desk) -> None:
    desk.at("Mon 09:00")
    case = desk.mail("ana", "COMPLAINT", WORDS)
    desk.answer_complaint("mara", case, arrives="+1 Mon 09:00")

    complaint = desk.clock(case, "complaint")
    assert (complaint.state, complaint.stopped) == ("met", "+1 Mon 09:00")
    assert desk.look(case).state == "resolved"
    (letter,) = desk.sent("ana", kind="complaint_answer")
    assert "answer to your complaint" in letter.text


def test_only_an_answer_to_the_complaint_ends_it(desk: Desk) -> None:
    desk.at("Mon 09:00")
    case = desk.mail("ana", "COMPLAINT", WORDS)
    desk.reply("mara", case, "We are looking into what happened.", arrives="Tue 10:00")
    desk.update("mara", case, arrives="Wed 10:00")

    assert desk.clock(case, "complaint").state == "running"


def test_a_request_cannot_be_answered_as_a_complaint(desk: Desk) -> None:
    with pytest.raises(ValueError, match="This is no complaint"):
        desk.answer_complaint("mara", desk.opened())


def test_it_climbs_the_same_ladder(desk: Desk) -> None:
    """The Chief Technical Officer at three quarters, the coordinator at the breach; the client is told of both."""
    desk.at("Mon 09:00")
    case = desk.mail("ana", "COMPLAINT", WORDS)
    desk.at("+1 Mon 09:01")

    assert desk.firings(case) == [
        "Thu 21:00 complaint warning 50%",
        "Sat 15:00 complaint warning 75%",
        "Sat 15:00 complaint escalate cto",
        "Sun 16:12 complaint warning 90%",
        "+1 Mon 09:00:01 complaint breached",
        "+1 Mon 09:00:01 complaint escalate coordinator",
    ]
    assert [letter.at for letter in desk.sent("ana", kind="escalation_notice")] == ["Sat 15:00", "+1 Mon 09:00:01"]
    assert [letter.kind for letter in desk.sent("nia")] == ["breach_notice"]
