"""Pure: moments, hours, targets and missing details in the words of our letters."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mainstay.core.terms import Rule, Target, Terms

ASSESSMENT = "severity"  # the requester's own; asked for when something is asked, never a reason to wait
_ASKED = {
    "organisation": "the organisation you write for",
    "role": "your role there",
    "description": "what happens, since when, and what you were doing",
    ASSESSMENT: "how urgent it is for you and how far it reaches: high, medium or low for each",
}
_OPTIONAL = (
    "If you can, tell us how urgent it is for you and how far it reaches: high, medium or low for each. "
    "It helps us to assess it."
)


def asked(missing: Collection[str]) -> str:
    """Return what to ask for, as a list; a missing assessment alone is only invited. Nothing missing:
    nothing said.
    """
    if not missing:
        return ""
    if set(missing) == {ASSESSMENT}:
        return _OPTIONAL
    items = "\n".join(f"- {words}" for name, words in _ASKED.items() if name in missing)
    return f"Please answer this mail and tell us:\n\n{items}"


def greeting(name: str) -> str:
    """Return how a letter begins. A name that holds an address or a link is not repeated."""
    plain = " ".join(name.split())
    return f"Dear {plain}," if plain and not set(plain) & set("@/:<>") and len(plain) <= 80 else "Hello,"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment as a letter says it, with its zone: 'Monday 23 November 2026, 09:00 GMT'."""
    local = at.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} {local.tzname()}"


def zone_of(terms: Terms) -> ZoneInfo:
    """Return the zone that the contract's hours are written in."""
    return terms.coverage.reports.calendar.zone


def out_of_hours(terms: Terms, at: datetime) -> str:
    """Return what to say when a request comes while the hours of its promises are closed, else nothing."""
    rules = terms.commitments[0].rules
    usual = rules[None].calendar.calendar
    if usual.is_open(at):
        return ""
    opens = moment(usual.next_open(at), zone_of(terms))
    words = f"We received it outside service hours. The time of our promises begins to run on {opens}."
    at_once = [
        level for level, rule in rules.items() if level is not None and rule.calendar.calendar.is_open(at)
    ]
    if at_once:
        levels = " or ".join(str(level) for level in sorted(at_once))
        words += f" For a request of severity {levels} it runs from now."
    return words


def out_of_hours_number(number: str, words: str) -> str:
    """Return how a client's own out-of-hours number is told to it; nothing where it has none."""
    if not number:
        return ""
    return f"If it cannot wait until then, ring your out-of-hours number {number}. {words}".strip()


def target(rule: Rule | None, what: str) -> str:
    """Return what is promised by `rule`, as a sentence; nothing where nothing is."""
    if rule is None or rule.target is None:
        return ""
    return f"Our target for {what}: {length(rule.target, day=rule.calendar.day)}."


def length(promised: Target, *, day: timedelta) -> str:
    """Return a target in words: '6 hours of service time', '7 calendar days', 'the next release'."""
    if promised.next_release:
        return "the next release"
    if promised.days is not None:
        return "1 calendar day" if promised.days == 1 else f"{promised.days} calendar days"
    budget = promised.budget or timedelta()
    return f"{span(budget, day=day)} of service time"


def span(budget: timedelta, *, day: timedelta) -> str:
    """Return working time in days of `day` where it is whole days of more than one, else in hours and
    minutes.
    """
    if budget > day and not budget % day:
        return f"{budget // day} working days"
    hours, rest = divmod(budget, timedelta(hours=1))
    minutes = rest // timedelta(minutes=1)
    parts = [(hours, "hour"), (minutes, "minute")]
    return (
        " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count) or "no time"
    )
