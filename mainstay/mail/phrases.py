"""Hours, targets and missing details in the words of our letters, in the language that is spoken. No query."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import ngettext

from mainstay.core.saying import marked
from mainstay.core.terms import Rule, Target, Terms
from mainstay.lib.language import in_ours as _
from mainstay.lib.language import moment

__all__ = [
    "asked", "closing", "greeting", "length", "moment", "out_of_hours", "out_of_hours_number", "span", "target",
    "zone_of",
]  # fmt: skip

ASSESSMENT = "severity"  # the requester's own; asked for when something is asked, never a reason to wait
_ASKED = {
    "organisation": marked("the organisation you write for"),
    "role": marked("your role there"),
    "description": marked("what happens, since when, and what you were doing"),
    ASSESSMENT: marked("how urgent it is for you and how far it reaches: high, medium or low for each"),
}
_OPTIONAL = marked(
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
        return _(_OPTIONAL)
    items = "\n".join(f"- {_(words)}" for name, words in _ASKED.items() if name in missing)
    return _("Please answer this mail and tell us:") + f"\n\n{items}"


def greeting(name: str) -> str:
    """Return how a letter begins. A name that holds an address or a link is not repeated."""
    plain = " ".join(name.split())
    named = plain and not set(plain) & set("@/:<>") and len(plain) <= 80
    return _("Dear %(name)s,") % {"name": plain} if named else _("Hello,")


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
    words = _("We received it outside service hours. The time of our promises begins to run on %(opens)s.")
    words %= {"opens": opens}
    at_once = [
        level for level, rule in rules.items() if level is not None and rule.calendar.calendar.is_open(at)
    ]
    if at_once:
        levels = _(" or ").join(str(level) for level in sorted(at_once))
        words += " " + _("For a request of severity %(levels)s it runs from now.") % {"levels": levels}
    return words


def out_of_hours_number(number: str, words: str) -> str:
    """Return how a client's own out-of-hours number is told to it; nothing where it has none."""
    if not number:
        return ""
    told = _("If it cannot wait until then, ring your out-of-hours number %(number)s.") % {"number": number}
    return f"{told} {words}".strip()


def target(rule: Rule | None) -> str:
    """Return what is promised for a resolution by `rule`, as a sentence; nothing where nothing is."""
    if rule is None or rule.target is None:
        return ""
    return _("Our target for a resolution: %(length)s.") % {"length": length(rule.target, day=rule.calendar.day)}


def length(promised: Target, *, day: timedelta) -> str:
    """Return a target in words: '6 hours of service time', '7 calendar days', 'the next release'."""
    if promised.next_release:
        return _("the next release")
    if promised.days is not None:
        return ngettext("%(count)d calendar day", "%(count)d calendar days", promised.days) % {"count": promised.days}
    budget = promised.budget or timedelta()
    return _("%(length)s of service time") % {"length": span(budget, day=day)}


def span(budget: timedelta, *, day: timedelta) -> str:
    """Return working time in days of `day` where it is whole days of more than one, else in hours and
    minutes.
    """
    if budget > day and not budget % day:
        count = budget // day
        return ngettext("%(count)d working day", "%(count)d working days", count) % {"count": count}
    hours, rest = divmod(budget, timedelta(hours=1))
    minutes = rest // timedelta(minutes=1)
    parts = []
    if hours:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if minutes:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    return " ".join(parts) or _("no time")


def closing(silence: str) -> str:
    """Return what happens if nobody answers a solution within `silence`, a span in words."""
    return _("If we hear nothing from you within %(span)s, we close the request.") % {"span": silence}
