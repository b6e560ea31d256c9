"""What follows from a server's answers for a letter. Pure: values in, a value out; the delivery writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from mainstay.lib.backoff import backoff
from mainstay.lib.time import to_text

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT_AT_FIRST = timedelta(minutes=5)
AT_FIRST = timedelta(hours=1)
LONGEST_WAIT = timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(days=3)

ACCEPTED, REFUSED, GIVEN_UP, DEFERRED = "accepted", "refused", "given up", "deferred"
FINAL = {ACCEPTED, REFUSED, GIVEN_UP}

# One recipient's result as it is stored: state (one of the four above), code, answer, at (ISO 8601).
Results = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said about one recipient. Code 0: nothing, the connection broke or time ran out."""

    code: int
    text: str

    @property
    def state(self) -> str:
        return {2: ACCEPTED, 5: REFUSED}.get(self.code // 100, DEFERRED)


@dataclass(frozen=True, slots=True)
class Settled:
    """The letter after a try. The first three flags and `copies_refused` are news: true of this try only."""

    results: dict[str, dict[str, Any]]
    next_attempt_at: datetime | None  # None: ended
    accepted: bool  # the first recipient's server has just taken it
    failed: bool  # the first recipient has just turned out unreachable
    copies_refused: tuple[str, ...]  # other recipients that have just turned out unreachable
    last_error: str
    peer_answer: str

    def ended_as_accepted(self, first: str) -> bool:
        """Say whether the letter, when it has ended, reached the one it is for."""
        return bool(self.results[first]["state"] == ACCEPTED)


def pending(recipients: Sequence[str], results: Results) -> list[str]:
    """Return whom the letter must still be sent to."""
    return [name for name in recipients if name not in results or results[name]["state"] not in FINAL]


def settle(
    recipients: Sequence[str],
    results: Results,
    answers: Mapping[str, Answer],
    *,
    attempts: int,
    first_tried_at: datetime,
    at: datetime,
    random: Random,
) -> Settled:
    """Fold the answers of the `attempts`-th try into the results so far.

    The first recipient is whom the letter is for: it is accepted or failed with that one, and it goes on
    being tried for the copies. An answer 5xx is final at once; all others are tried for three days.
    """
    late = at - first_tried_at >= GIVE_UP_AFTER
    news = {name: _result(answers[name], late=late, at=at) for name in recipients if name in answers}
    merged = {name: dict(result) for name, result in results.items()} | news
    unreachable = [name for name, result in news.items() if result["state"] in {REFUSED, GIVEN_UP}]
    taken = [name for name, result in news.items() if result["state"] == ACCEPTED]
    wait = wait_after(attempts, tried_for=at - first_tried_at, random=random)
    return Settled(
        results=merged,
        next_attempt_at=at + wait if pending(recipients, merged) else None,
        accepted=recipients[0] in taken,
        failed=recipients[0] in unreachable,
        copies_refused=tuple(name for name in unreachable if name != recipients[0]),
        last_error=_worst(news),
        peer_answer=next((_line(news[name]) for name in taken), ""),
    )


def wait_after(attempts: int, *, tried_for: timedelta, random: Random) -> timedelta:
    """Return how long to wait after the `attempts`-th try: at most 5 minutes in the first hour, then 15."""
    cap = LONGEST_WAIT_AT_FIRST if tried_for < AT_FIRST else LONGEST_WAIT
    return backoff(attempts, first=FIRST_WAIT, cap=cap, random=random)


def _result(answer: Answer, *, late: bool, at: datetime) -> dict[str, Any]:
    state = GIVEN_UP if late and answer.state == DEFERRED else answer.state
    return {"state": state, "code": answer.code, "answer": answer.text, "at": to_text(at)}


def _worst(news: Results) -> str:
    """Return the lines of all recipients that did not get it, for a person."""
    return "\n".join(
        f"{name}: {_line(result)}" for name, result in news.items() if result["state"] != ACCEPTED
    )


def _line(result: Mapping[str, Any]) -> str:
    return f"{result['code']} {result['answer']}" if result["code"] else str(result["answer"])
