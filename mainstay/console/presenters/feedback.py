"""What clients said, as managers read it: results, answers, complaints, remarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mainstay.feedback.casework import Case
from mainstay.feedback.models import BEST, Remark, Survey
from mainstay.feedback.results import FEW, Line
from mainstay.screens.moments import Moment, moment
from mainstay.tickets.models import Finding, State


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One line of the table of results. A cell is empty where too few answered."""

    name: str
    asked: int
    answered: int
    rate: str
    cells: tuple[str, ...]
    overall: str
    few: bool


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer: what was rated how, and what was written."""

    reference: str
    subject: str
    client: str
    when: Moment | None
    ratings: tuple[tuple[str, int, bool], ...]  # words, value, whether it is low
    comment: str
    complaint: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One complaint with its clock and its outcome."""

    reference: str
    subject: str
    client: str
    came: Moment | None
    holder: str
    about: str
    clock: str
    tone: str
    due: Moment | None
    finding: str
    lesson: str


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """One remark from inside a product."""

    id: int
    who: str
    client: str
    product: str
    page: str
    text: str
    when: Moment | None
    seen: str


def result_lines(lines: Iterable[Line]) -> list[ResultLine]:
    """Return the table of results in words."""
    return [
        ResultLine(
            line.name, line.asked, line.answered, rate(line.answered, line.asked),
            tuple(average(value) for value in line.averages), average(line.overall), line.answered < FEW,
        )
        for line in lines
    ]  # fmt: skip


def rate(answered: int, asked: int) -> str:
    """Return which share answered: '40 %'."""
    return f"{round(100 * answered / asked)} %" if asked else ""


def average(value: float | None) -> str:
    """Return an average with one decimal, empty where there is none to tell."""
    return "" if value is None else f"{value:.1f}"


def answer_line(survey: Survey, zone: ZoneInfo, *, low: int, at: datetime) -> AnswerLine:
    """Return one answer. No query where its ratings are loaded."""
    rated = sorted(survey.ratings.all(), key=lambda one: (one.part.position, one.pk))
    ticket = survey.ticket
    return AnswerLine(
        ticket.reference, ticket.subject or "(no subject)", ticket.organisation.name if ticket.organisation else "",
        moment(survey.answered_at, zone, now=at, days=True),
        tuple((one.part.words, one.value, one.value <= low) for one in rated),
        survey.comment, survey.complaint.reference if survey.complaint else "",
    )  # fmt: skip


def case_line(case: Case, zone: ZoneInfo, *, at: datetime) -> CaseLine:
    """Return one complaint. No query."""
    ticket, clock, outcome = case.ticket, case.clock, case.outcome
    words, tone = _standing(case, at)
    return CaseLine(
        ticket.reference, ticket.subject or "(no subject)", ticket.organisation.name if ticket.organisation else "",
        moment(ticket.reported_at, zone, now=at, days=True), ticket.assignee.name if ticket.assignee else "",
        ticket.about.reference if ticket.about else "", words, tone,
        moment(clock.due, zone, now=at, days=True) if clock else None,
        Finding(outcome.finding).label if outcome else "", outcome.lesson if outcome else "",
    )  # fmt: skip


def _standing(case: Case, at: datetime) -> tuple[str, str]:
    """Return how the promise of an answer stands, and the tone of it."""
    clock = case.clock
    if clock is None:
        return "No promise", ""
    if clock.stopped is not None:
        return ("Answered late", "grave") if clock.breached_while_in_force or clock.breached else ("Answered", "good")
    if case.ticket.state == State.CLOSED:
        return "Closed", ""
    late = clock.due is not None and clock.due < at
    return ("Overdue", "grave") if late else ("To be answered", "warn")


def remark_line(remark: Remark, zone: ZoneInfo, *, at: datetime) -> RemarkLine:
    """Return one remark. Who is not known is shown with the address that the product signed."""
    who = remark.person.name if remark.person else f"{remark.name} {remark.address}".strip()
    return RemarkLine(
        remark.pk, who, remark.organisation.name if remark.organisation else "", remark.source.product.name,
        remark.page, remark.text, moment(remark.at, zone, now=at, days=True),
        (remark.seen_by.name if remark.seen_by else "somebody") if remark.seen_at else "",
    )  # fmt: skip


def sheet(lines: Sequence[Line], parts: Sequence[str], name: str) -> list[list[str]]:
    """Return the results as rows of a file: what is too little to tell is empty there too."""
    head = [name, "Asked", "Answered", "Share answered", *parts, f"Overall (of {BEST})"]
    found = result_lines(lines)
    return [head, *([one.name, str(one.asked), str(one.answered), one.rate, *one.cells, one.overall] for one in found)]
