"""The commitments of an agreement file: how each clock runs, and its target at each severity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from functools import partial
from itertools import pairwise

from mainstay.core.agreement_calendars import STAND_IN
from mainstay.core.agreement_ladder import read_shares
from mainstay.core.agreement_page import Page
from mainstay.core.event import KINDS
from mainstay.core.promises import Commitment, NamedCalendar, Pause, Rule, Target
from mainstay.core.units import KNOWN_UNITS, read_target

JUDGED_BY = ("severity in force", "severity given")
STOPS_AT = ("first", "last")
UNKNOWN = "unknown"  # the target of a request that nobody has graded
LONGEST = timedelta(days=366)

Texts = Mapping[int | None, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A commitment with its targets still as text: what `5d` is depends on the calendar of the coverage."""

    commitment: Commitment
    calendar: NamedCalendar
    targets: Texts
    targets_escalated: Texts


@dataclass(frozen=True, slots=True)
class Commitments:
    """All commitments of a file, ready to be put under a coverage."""

    drafts: tuple[Draft, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(draft.commitment.name for draft in self.drafts)

    def under(self, moved: Mapping[int, NamedCalendar]) -> tuple[Commitment, ...]:
        """Return the commitments where `moved` puts some severities on other calendars."""
        return tuple(_under(draft, moved) for draft in self.drafts)


def _under(draft: Draft, moved: Mapping[int, NamedCalendar]) -> Commitment:
    rules = _rules(draft, draft.targets, moved)
    faster = _rules(draft, draft.targets_escalated, moved)
    return replace(draft.commitment, rules=rules, rules_escalated={**rules, **faster})


def _rules(draft: Draft, targets: Texts, moved: Mapping[int, NamedCalendar]) -> dict[int | None, Rule]:
    rules = {}
    for severity, text in targets.items():
        calendar = draft.calendar if severity is None else moved.get(severity, draft.calendar)
        target = read_target(text, calendar.day) if text else None
        rules[severity] = Rule(severity, target, calendar, draft.commitment.clause)
    return rules


def read_commitments(
    file: Page,
    calendars: Mapping[str, NamedCalendar],
    levels: tuple[int, ...],
    pauses: Mapping[str, Pause],
    shares: tuple[Fraction, ...],
) -> Commitments:
    """Read every [[commitment]]. `shares` are the warnings of those that name none."""
    drafts: dict[str, Draft] = {}
    pages = file.pages("commitment")
    if not pages:
        file.fault("commitment", "is missing: the agreement promises nothing", "Add a [[commitment]].")
    for page in pages:
        draft = _commitment(page, calendars, levels, pauses, shares, tuple(drafts))
        page.once("name", draft.commitment.name, drafts)
        drafts[draft.commitment.name] = draft
        page.close()
    return Commitments(tuple(drafts.values()))


def _commitment(
    page: Page,
    calendars: Mapping[str, NamedCalendar],
    levels: tuple[int, ...],
    pauses: Mapping[str, Pause],
    shares: tuple[Fraction, ...],
    earlier: tuple[str, ...],
) -> Draft:
    name, clause = page.text("name"), page.clause()
    starts, starts_after = _start(page, earlier)
    calendar_name = page.known("calendar", calendars, "calendar")
    calendar = calendars.get(calendar_name, STAND_IN)
    commitment = Commitment(
        name=name,
        clause=clause,
        starts=starts,
        starts_after=starts_after,
        needs_details=page.flag("needs_details", default=False),
        stops=_stops(page),
        stops_at_last=page.known("stops_at", STOPS_AT, "way to stop", "first") == "last",
        resumes=page.known_words("resumes", KINDS, "event"),
        cancelled_by=page.known_words("cancelled_by", KINDS, "event"),
        restarts=page.known_words("restarts", KINDS, "event"),
        repeats=page.flag("repeats", default=False),
        judged_by_given=page.known("judged_by", JUDGED_BY, "way to judge", JUDGED_BY[0]) == JUDGED_BY[1],
        pauses=tuple(pauses[word] for word in page.known_words("pauses", pauses, "pause") if word in pauses),
        rules={},
        rules_escalated={},
        warnings=_own_warnings(page, shares),
    )
    targets = _targets(page, "targets", levels, calendar, whole=True)
    faster = _targets(page, "targets_escalated", levels, calendar, whole=False)
    return Draft(commitment, calendar, targets, faster)


def _start(page: Page, earlier: tuple[str, ...]) -> tuple[str, str]:
    """Read what starts the clock: an event, or the end of a commitment further up in the file."""
    starts = page.known("starts", KINDS, "event") if page.has("starts") else ""
    after = (
        page.known("starts_after", earlier, "commitment above this one") if page.has("starts_after") else ""
    )
    if page.has("starts") == page.has("starts_after"):
        page.fault(
            "starts", "must say one thing", 'Write either starts = "reported" or starts_after = "response".'
        )
    return starts, after


def _stops(page: Page) -> tuple[str, ...]:
    stops = page.known_words("stops", KINDS, "event")
    if not stops:
        page.fault("stops", "is missing, so the clock would never stop", 'Write stops = ["fix_provided"].')
    return stops


def _own_warnings(page: Page, shares: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    return read_shares(page, "warnings") if page.has("warnings") else shares


def _targets(page: Page, key: str, levels: tuple[int, ...], calendar: NamedCalendar, *, whole: bool) -> Texts:
    """Read the targets at `key`: one text for every severity, or a table by level and `unknown`.

    `whole` asks for every severity. A faulty text is left out, so that it is named once and not computed
    with.
    """
    value = page.get(key)
    if isinstance(value, str):
        text = value if _promise(page, key, value, calendar) is not None else ""
        return dict.fromkeys((None, *levels), text)
    if value is None and not whole:
        return {}
    table = page.page(key)
    texts: dict[int | None, str] = {None: ""} if whole else {}
    budgets: list[tuple[int, timedelta]] = []
    for level in levels:
        if whole and not table.has(str(level)) and value is not None:
            table.fault(
                str(level), f"severity {level} has no target", 'Write a time such as "4h", or "next release".'
            )
        elif table.has(str(level)):
            target = _promise(table, str(level), table.table[str(level)], calendar)
            texts[level] = target.text if target else ""
            if target and target.budget:
                budgets.append((level, target.budget))
    if table.has(UNKNOWN):
        target = _promise(table, UNKNOWN, table.table[UNKNOWN], calendar)
        texts[None] = target.text if target else ""
    _graver_is_faster(table, budgets)
    table.close()
    return texts


def _promise(page: Page, key: str, text: object, calendar: NamedCalendar) -> Target | None:
    """Return the target, None for one that is no time, no time at all, or longer than a year of hours."""
    target = page.measure(key, text, partial(read_target, day=calendar.day), None, KNOWN_UNITS)
    if target is None:
        return None
    if target.budget == timedelta(0) or target.days == 0:
        page.fault(
            key, "is no time at all, so it would be broken at once", "Write the time that is promised."
        )
        return None
    if target.days and calendar.day < timedelta(days=1):
        page.fault(
            key,
            f"{target.text!r} runs through nights and weekends, which {calendar.name} hours leave out",
            f'Count working days, "{target.days}d", or use a calendar that is always open.',
        )
        return None
    if (target.budget or timedelta(days=target.days or 0)) > LONGEST:
        page.fault(
            key, f"{target.text!r} is longer than a year", "Check the unit: h are hours, d working days."
        )
        return None
    return target


def _graver_is_faster(table: Page, budgets: list[tuple[int, timedelta]]) -> None:
    for (level, budget), (milder, longer) in pairwise(budgets):
        if budget > longer:
            table.fault(
                str(level),
                f"gives more time than severity {milder}",
                "A graver severity is answered at least as fast.",
            )
