"""What follows from a server's answers: when a letter is tried again, and when it has ended."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from mainstay.outbox.settle import Answer, pending, settle, wait_after

from .conftest import ANA, BO, CLEO, MONDAY

OK, GREY, GONE, BROKEN = (
    Answer(250, "OK"),
    Answer(451, "later"),
    Answer(550, "no such user"),
    Answer(0, "broke"),
)
LATER = {ANA: GREY, BO: OK, CLEO: OK}
NONE, HOUR, DAY = timedelta(), timedelta(hours=1), timedelta(days=1)


def settled(answers, *, before=None, attempts=1, tried_for=timedelta(), recipients=(ANA, BO, CLEO)):
    return settle(
        recipients, before or {}, answers, attempts=attempts, first_tried_at=MONDAY, at=MONDAY + tried_for,
        random=Random(1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("case", "attempts", "tried_for", "shortest", "longest"),
    [
        ("first", 1, timedelta(), 22.5, 30),
        ("second", 2, timedelta(seconds=30), 45, 60),
        ("fourth", 4, timedelta(minutes=4), 180, 240),
        ("at most five minutes in the first hour", 30, timedelta(minutes=59), 225, 300),
        ("then at most fifteen", 30, HOUR, 675, 900),
        ("on the third day too", 300, 2 * DAY, 675, 900),
    ],
)
def test_a_deferred_letter_is_tried_again_after(case, attempts, tried_for, shortest, longest):
    waits = [
        wait_after(attempts, tried_for=tried_for, random=Random(seed)).total_seconds() for seed in range(200)
    ]
    assert shortest <= min(waits), case
    assert max(waits) <= longest, case


@pytest.mark.parametrize(
    ("case", "answers", "tried_for", "ended", "accepted", "failed", "copies_refused"),
    [
        ("all take it", {ANA: OK, BO: OK, CLEO: OK}, NONE, True, True, False, ()),
        ("one copy is refused", {ANA: OK, BO: GONE, CLEO: OK}, NONE, True, True, False, (BO,)),
        ("one copy is deferred", {ANA: OK, BO: GREY, CLEO: OK}, NONE, False, True, False, ()),
        ("the one it is for is deferred", LATER, NONE, False, False, False, ()),
        ("the one it is for is refused", {ANA: GONE, BO: OK, CLEO: OK}, NONE, True, False, True, ()),
        ("all are refused", {ANA: GONE, BO: GONE, CLEO: GONE}, NONE, True, False, True, (BO, CLEO)),
        ("the connection broke", dict.fromkeys((ANA, BO, CLEO), BROKEN), NONE, False, False, False, ()),
        ("still deferred", LATER, 3 * DAY - HOUR, False, False, False, ()),
        ("deferred for three days", {ANA: GREY, BO: OK, CLEO: GREY}, 3 * DAY, True, False, True, (CLEO,)),
        ("an answer of no known class", {ANA: Answer(354, "?")}, NONE, False, False, False, ()),
    ],
)  # fmt: skip
def test_after_the_answers(case, answers, tried_for, ended, accepted, failed, copies_refused):
    after = settled(answers, tried_for=tried_for)
    told = (after.next_attempt_at is None, after.accepted, after.failed, after.copies_refused)
    assert told == (ended, accepted, failed, copies_refused), case


def test_who_has_it_or_is_refused_is_not_sent_to_again_and_is_no_news_again():
    first = settled({ANA: OK, BO: GONE, CLEO: GREY})
    assert pending((ANA, BO, CLEO), first.results) == [CLEO]
    second = settled({CLEO: OK}, before=first.results, attempts=2)
    assert pending((ANA, BO, CLEO), second.results) == []
    assert (second.next_attempt_at, second.accepted, second.failed, second.copies_refused) == (
        None,
        False,
        False,
        (),
    )
    assert second.ended_as_accepted(ANA)


def test_the_answers_are_kept_word_for_word():
    after = settled({ANA: OK, BO: GONE, CLEO: BROKEN})
    assert after.peer_answer == "250 OK"
    assert after.last_error == f"{BO}: 550 no such user\n{CLEO}: broke"
    assert after.results[BO] == {
        "state": "refused", "code": 550, "answer": "no such user", "at": "2026-11-23T09:00:00Z",
    }  # fmt: skip
