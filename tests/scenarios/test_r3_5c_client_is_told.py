"""R3.5c (pack, clause 3.5): the client is told of every internal escalation."""

from __future__ import annotations

from mainstay.escalation import actions as escalation
from tests.desk import Desk


def test_one_letter_for_each_step_of_the_ladder(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.at("Tue 12:00")

    letters = desk.sent("ana", kind="escalation_notice")
    assert [letter.at for letter in letters] == ["Mon 13:00", "Mon 16:00:01", "Mon 16:00:01"]
    for letter, whom in zip(
        letters, ("Technical Team", "Chief Technical Officer", "NHS Digital service coordinator"), strict=True
    ):
        assert f"It is now also with: {whom}." in " ".join(letter.text.split())
        assert "because of the time that the resolution takes" in " ".join(letter.text.split())
        assert letter.headers["Auto-Submitted"] == "auto-generated"
    assert len(desk.history(ticket, "escalated")) == 3


def test_a_step_by_hand_is_told_in_the_same_way(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.at("Mon 10:30")
    desk.does(escalation.escalate, "ida", ticket, level="cto", reason="Ana asked for it. She is unhappy.")

    (letter,) = desk.sent("ana", kind="escalation_notice")
    assert letter.at == "Mon 10:30"
    assert "Chief Technical Officer" in letter.text
    assert "unhappy" not in letter.text  # the reason is for us


def test_each_step_is_told_once_however_often_the_worker_looks(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.at("Mon 13:00")
    for _ in range(3):
        desk.work()
        desk.advance(minutes=1)

    assert len(desk.sent("ana", kind="escalation_notice", about=ticket)) == 1
