"""Plain words: an agreement told to people, and what changes for whom from one agreement to the next.

Both are made of the same facts, one for each thing that is promised, so that whatever `describe` says
`difference` notices.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import TypeVar

from mainstay.core.promises import Commitment, NamedCalendar, Rule, Target, Terms
from mainstay.core.terms import Agreement
from mainstay.core.units import say_percent, say_span

EVERYONE = "every client"
DAYS = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday",
    "sat": "Saturday", "sun": "Sunday",
}  # fmt: skip
READINGS = {
    "severity_change": "when the severity changes",
    "reopening": "when a fix fails or a ticket is opened again",
    "breach": "a promise is judged by",
    "landing": "a target used up at closing time is due at",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that an agreement says: in which part, to whom, about what, and the clause."""

    part: str
    who: str
    what: str
    text: str
    clause: str

    def __str__(self) -> str:
        whom = "" if self.who == EVERYONE else f" ({self.who})"
        return f"{self.what}{whom}: {self.text}"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different. `before` or `after` is empty where it is new, or no longer there."""

    part: str
    who: str
    what: str
    before: str
    after: str
    clause: str

    def __str__(self) -> str:
        before, after = self.before.rstrip("."), self.after.rstrip(".")
        if not before:
            return f"For {self.who}, {self.what} is new: {after}."
        if not after:
            return f"For {self.who}, {self.what} is dropped; it was {before}."
        return f"For {self.who}, {self.what} changes from {before} to {after}."


@dataclass(frozen=True, slots=True)
class Fact:
    """What is said about `what` under one coverage."""

    part: str
    what: str
    text: str
    clause: str


Key = tuple[str, str]
Names = Mapping[str, str]  # what people call the keys of the file; a key that is not in it is said as it is
AS_WRITTEN: Names = {}
T = TypeVar("T", str, tuple[str, str])


def describe(agreement: Agreement, names: Names = AS_WRITTEN) -> tuple[Line, ...]:
    """Return everything the agreement says, part by part. What differs between coverages is said for each."""
    told = _by_coverage(agreement, names)
    lines = []
    for key in _keys(told):
        for text, coverages in _alike({name: facts[key].text for name, facts in told.items()}):
            fact = told[coverages[0]][key]
            lines.append(Line(fact.part, _who(coverages, told), fact.what, text, fact.clause))
    return tuple(lines)


def difference(before: Agreement, after: Agreement, names: Names = AS_WRITTEN) -> tuple[Change, ...]:
    """Return what changes for whom from one agreement to the other, in the order of the later one."""
    old, new = _by_coverage(before, names), _by_coverage(after, names)
    both = [name for name in new if name in old]
    changes = [_coverage(before, name, names, sold=False) for name in old if name not in new]
    changes += [_coverage(after, name, names, sold=True) for name in new if name not in old]
    for key in dict.fromkeys((*_keys(new), *_keys(old))):
        pairs = {name: (_text(old, name, key), _text(new, name, key)) for name in both}
        for (was, becomes), coverages in _alike(pairs):
            if was != becomes:
                fact = new[coverages[0]].get(key) or old[coverages[0]][key]
                changes.append(Change(fact.part, _who(coverages, both), fact.what, was, becomes, fact.clause))
    return tuple(changes)


def _coverage(agreement: Agreement, name: str, names: Names, *, sold: bool) -> Change:
    coverage = agreement.coverages[name].coverage
    text = f"incidents may be reported in {_hours_of(coverage.reports, names)}"
    before, after = ("", text) if sold else (text, "")
    return Change("Hours", _who([name], ()), f"{name} coverage", before, after, coverage.clause)


def _by_coverage(agreement: Agreement, names: Names) -> dict[str, dict[Key, Fact]]:
    return {
        name: {(fact.part, fact.what): fact for fact in _facts(agreement, terms, names)}
        for name, terms in agreement.coverages.items()
    }


def _keys(told: Mapping[str, Mapping[Key, Fact]]) -> list[Key]:
    return list(dict.fromkeys(key for facts in told.values() for key in facts))


def _text(told: Mapping[str, Mapping[Key, Fact]], coverage: str, key: Key) -> str:
    fact = told[coverage].get(key)
    return fact.text if fact else ""


def _alike(texts: Mapping[str, T]) -> list[tuple[T, list[str]]]:
    """Group the coverages of which the same is said."""
    groups: dict[T, list[str]] = {}
    for name, text in texts.items():
        groups.setdefault(text, []).append(name)
    return list(groups.items())


def _who(coverages: list[str], of: Collection[str]) -> str:
    return EVERYONE if len(coverages) == len(of) else f"clients with {' and '.join(coverages)} coverage"


def _called(key: str, names: Names) -> str:
    return names.get(key, key.replace("_", " "))


def _hours_of(calendar: NamedCalendar, names: Names) -> str:
    return f"{_called(calendar.name, names)} hours"


def _facts(agreement: Agreement, terms: Terms, names: Names) -> Iterator[Fact]:
    day = agreement.effective_from
    first = f"version {agreement.version} from {day.day} {day:%B %Y}, {agreement.source}"
    yield Fact("Agreement", agreement.name, first, agreement.clause)
    yield from _hours(agreement, terms, names)
    for severity in terms.severities:
        text = f"{severity.name}. {severity.impact} {severity.description}"
        yield Fact("Severities", f"severity {severity.level}", text, severity.clause)
    for (urgency, impact), grade in terms.matrix.items():
        text = (
            f"severity {grade.severity}"
            if grade.severity
            else f"a person grades; {grade.suggested} is suggested"
        )
        yield Fact("Severities", f"urgency {urgency} and impact {impact}", text, grade.clause)
    for commitment in terms.commitments:
        yield from _promise(commitment, terms, names)
    yield from _ladder(terms, names)
    yield from _service(terms)
    yield from _diagnostics(terms, names)
    yield from _closing(terms, names)
    yield from _survey(terms)
    yield from _money(terms)
    for entitlement in terms.entitlements:
        limit = "unlimited" if entitlement.limit is None else f"up to {entitlement.limit} a year"
        text = f"included, {limit}" if entitlement.included else "not included"
        yield Fact("Package", entitlement.name, f"{text}. {entitlement.description}", entitlement.clause)
    for name, question in READINGS.items():
        yield Fact("Readings", question, getattr(terms.readings, name), terms.readings.clause)


def _hours(agreement: Agreement, terms: Terms, names: Names) -> Iterator[Fact]:
    written = agreement.data["calendars"]
    tables = written if isinstance(written, Mapping) else {}
    for name, calendar in terms.calendars.items():
        yield Fact("Hours", f"{_called(name, names)} hours", _week(tables.get(name, {}), calendar), calendar.clause)
    coverage = terms.coverage
    yield Fact("Hours", "incidents may be reported", f"in {_hours_of(coverage.reports, names)}", coverage.clause)


def _week(table: Mapping[str, object], calendar: NamedCalendar) -> str:
    """Say the week, days with the same hours together: "Monday to Friday 09:00-17:00, Europe/London, ..."."""
    hours = table.get("hours")
    days = hours if isinstance(hours, Mapping) else {}
    runs: list[tuple[str, str, str]] = []  # first day, last day, windows
    for key, windows in days.items():
        day = DAYS.get(str(key), str(key))
        said = " and ".join("-".join(w) if not isinstance(w, str) else w for w in windows)
        if runs and runs[-1][2] == said:
            runs[-1] = runs[-1][0], day, said
        else:
            runs.append((day, day, said))
    week = ", ".join(f"{a if a == b else f'{a} to {b}'} {said}" for a, b, said in runs)
    where = str(table.get("holidays", "")).capitalize()
    closed = f", closed on the holidays of {where} ({calendar.version})" if where else ""
    return f"{week}, {calendar.calendar.zone.key}{closed}; a working day is {say_span(calendar.day)}"


def _promise(commitment: Commitment, terms: Terms, names: Names) -> Iterator[Fact]:
    name = _called(commitment.name, names)
    part = f"Promise: {name}"
    yield Fact(part, f"how {name} is measured", _measured(commitment, names), commitment.clause)
    for severity, rule in commitment.rules.items():
        whose = "before it is graded" if severity is None else f"severity {severity}"
        yield Fact(part, f"{name}, {whose}", _target(rule, names), rule.clause)
    for severity, rule in commitment.rules_escalated.items():
        if rule is not commitment.rules.get(severity):
            yield Fact(
                part, f"{name}, severity {severity}, once escalated", _target(rule, names), rule.clause
            )
    shares = ", ".join(map(say_percent, commitment.warnings)) or "none"
    yield Fact(part, f"warnings about {name}", f"at {shares} of the target", terms.warnings.clause)


def _measured(commitment: Commitment, names: Names) -> str:
    details = ", with complete details" if commitment.needs_details else ""
    after = f"the end of the {_called(commitment.starts_after, names)}"
    starts = _event(commitment.starts) if commitment.starts else after
    stops = (" and " if commitment.stops_at_last else " or ").join(map(_event, commitment.stops))
    judged = "the severity given" if commitment.judged_by_given else "the severity in force"
    text = f"from {starts}{details} to {stops}; judged by {judged}"
    for verb, words in (("goes on after", commitment.resumes), ("begins anew at", commitment.restarts)):
        if words:
            text += f"; {verb} {' or '.join(map(_event, words))}"
    left_out = ", ".join(pause.ledger for pause in commitment.pauses)
    return f"{text}; leaves out {left_out}" if left_out else text


def _event(kind: str) -> str:
    return kind.replace("_", " ")


def _target(rule: Rule, names: Names) -> str:
    target = rule.target
    return "no target" if target is None else f"{_time(target)} in {_hours_of(rule.calendar, names)}"


def _time(target: Target) -> str:
    """Say the target: "4 h", "5d (40 h)" where a working day is meant, "7 calendar days", "next release"."""
    if target.budget is None:
        return target.text
    return f"{target.text} ({say_span(target.budget)})" if "d" in target.text else say_span(target.budget)


def _ladder(terms: Terms, names: Names) -> Iterator[Fact]:
    for pause in terms.pauses:
        ends = " or ".join(map(_event, pause.ends))
        yield Fact("Time left out", pause.ledger, f"from {_event(pause.begins)} to {ends}", pause.clause)
    for number, level in enumerate(terms.levels, 1):
        yield Fact("Ladder", f"level {number}", level.whom, level.clause)
    for rung in terms.ladder:
        when = "when it is broken" if rung.share is None else f"at {say_percent(rung.share)} of the target"
        told = (
            ["is told"] + ["with the evidence"] * rung.evidence + ["and so is the client"] * rung.tells_client
        )
        what = f"{rung.whom} about the {_called(rung.commitment, names)}"
        yield Fact("Ladder", what, f"{' '.join(told)} {when}", rung.clause)
    for notice in terms.client_notices:
        yield Fact("Ladder", f"the client on: {notice.occasion}", "is told", notice.clause)


def _service(terms: Terms) -> Iterator[Fact]:
    if terms.availability:
        least = f"at least {float(terms.availability.percent):g}% of each {terms.availability.period}"
        yield Fact("Hosted service", "availability", least, terms.availability.clause)
    for tier in terms.notices:
        what = "longer" if tier.shorter_than is None else f"shorter than {say_span(tier.shorter_than)}"
        yield Fact("Hosted service", f"downtime {what}", f"{say_span(tier.notice)} of notice", tier.clause)


def _diagnostics(terms: Terms, names: Names) -> Iterator[Fact]:
    asked = terms.diagnostics
    if asked is None:
        return
    hours = f"in {_hours_of(asked.calendar, names)}"
    part, said = "Questions to the client", ", ".join(say_span(after) for after in asked.reminders)
    yield Fact(part, "are to be answered within", f"{say_span(asked.answer_within)} {hours}", asked.clause)
    yield Fact(part, "the client is reminded", f"after {said} {hours}" if said else "never", asked.clause)


def _closing(terms: Terms, names: Names) -> Iterator[Fact]:
    closing = terms.closing
    hours = f"in {_hours_of(closing.calendar, names)}"
    for what, text in (
        ("silence closes a resolved ticket after", f"{say_span(closing.silence)} {hours}"),
        ("a closed ticket can be opened again for", f"{say_span(closing.reopening)} {hours}"),
        ("the survey can be answered for", f"{closing.survey_valid.days} days"),
    ):
        yield Fact("Closing", what, text, closing.clause)


def _survey(terms: Terms) -> Iterator[Fact]:
    survey = terms.survey
    if survey is None:
        return
    if survey.apart is not None:
        days, rest = divmod(survey.apart, timedelta(days=1))
        span = say_span(survey.apart) if rest else f"{days} days"
        yield Fact("Survey", "nobody is asked again within", span, survey.clause)
    for part in survey.parts:
        where = f", where the {part.commitment} is promised" if part.commitment else ""
        yield Fact("Survey", f"rates {part.name}", f"{part.words}{where}", survey.clause)


def _money(terms: Terms) -> Iterator[Fact]:
    money = terms.money
    for key, what, text in (
        (
            "late_interest",
            "interest on late payments",
            f"{_rate(money.late_interest)} over the {money.base_rate}",
        ),
        ("demand", "payment after a written demand", f"within {money.days_after_demand} days"),
        ("remedy", "remedy of a breach", f"within {money.remedy_days} days"),
        ("term", "first term", f"{money.term_years} year(s), then {money.renews_years} at a time"),
        ("term", "notice to end the contract", f"{money.notice_days} days before the anniversary"),
        ("uplift", "rise of charges", f"at most {money.uplift_limit}"),
    ):
        yield Fact("Money", what, text, money.clauses[key])


def _rate(percent: Fraction) -> str:
    return f"{float(percent):g}% a year"
