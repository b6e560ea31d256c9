"""The operators of search: `org:acme`, `is:breached`, `before:2026-01-31`; explained where they make no sense."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from math import inf, isfinite, nextafter
from operator import or_
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from mainstay.core import reference
from mainstay.core.asking import Narrowing, Term
from mainstay.core.words import words_of
from mainstay.orgs.models import Organisation, Person, Team
from mainstay.tickets import holding, tags
from mainstay.tickets.access import ticket_id_in
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import DEFAULT_PREFIX, Attachment, Direction, State, Tag, Tagging
from mainstay.tickets.passages import whose_word
from mainstay.tickets.rows.fields import Field, FieldKind

_End = TypeVar("_End", float, date)

EXPLAINED: Mapping[str, tuple[str, str]] = {
    "org": ("org:acme", "of that client"),
    "from": ("from:ana", "asked, written or received by that person"),
    "to": ("to:me", "assigned to that person, to me or to nobody"),
    "assignee": ("assignee:jon", "the same as to:"),
    "team": ("team:support", "with that team"),
    "tag": ("tag:printing", "with that tag"),
    "sev": ("sev:1", "of that severity, or sev:none"),
    "state": ("state:waiting", "new, open, waiting, resolved or closed"),
    "is": ("is:breached", "open, closed, breached, held, unassigned, waiting, complaint or mine"),
    "before": ("before:2026-01-31", "older than that day"),
    "after": ("after:yesterday", "from that day on"),
    "on": ("on:today", "of that day"),
    "ref": ("ref:INC0012345", "with that reference, ours or anybody's"),
    "has": ("has:attachment", "with a file"),
    "field": ('field:"reader=omni"', "with that in a field of our own; also >, <, or the name alone for filled in"),
}
OPERATORS = frozenset(EXPLAINED)
FOR_CLIENTS = frozenset({"from", "sev", "state", "before", "after", "on", "ref", "has"})  # nothing about our inside
OF_MESSAGES = frozenset({"before", "after", "on"})
MOST = 200  # organisations, people or teams that one value may mean
STATE_WORDS = {"waiting": State.WAITING_CLIENT.value, **{value: value for value in State.values}}


class MakesNoSense(ValueError):
    """The value of an operator cannot be meant; the message says what can be."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What an operator asks: of the ticket, of the passage, or for a word of the index.

    `leads` says that an index leads to the tickets, so that it costs nothing to ask whether they are few.
    """

    tickets: Q | None = None
    leads: bool = False
    passages: Q | None = None
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class _Asker:
    person: Person
    at: datetime
    zone: ZoneInfo
    standings: Mapping[str, Q]
    staff: bool


def unknown(name: str, staff: bool) -> str:
    """Return what to say about an operator that there is not."""
    there = ", ".join(f"{one}:" for one in EXPLAINED if staff or one in FOR_CLIENTS)
    return f"There is no operator '{name}:', so it was looked for as words. There are {there}."


def read(
    one: Narrowing, *, person: Person, at: datetime, zone: ZoneInfo, standings: Mapping[str, Q], staff: bool
) -> Narrowed:
    """Return what an operator asks. Raises MakesNoSense."""
    return _READERS[one.name](one.value, _Asker(person, at, zone, standings, staff))


def _organisation(value: str, asker: _Asker) -> Narrowed:
    named = Q(key__iexact=value) | Q(name__icontains=value)
    keys = list(Organisation.objects.filter(named).order_by("pk").values_list("pk", flat=True)[:MOST])
    if not keys:
        raise MakesNoSense(f"No client is called '{value}', so org: narrows nothing.")
    first, *others = map(whose_word, keys)
    return Narrowed(term=Term((first,), where="head", also=tuple(others)))


def _from(value: str, asker: _Asker) -> Narrowed:
    words = tuple(words_of(asker.person.email if value.lower() == "me" else value))
    if not words:
        raise MakesNoSense("Write a name or an address after from:.")
    return Narrowed(term=Term(words, where="people", prefix=True))


def _assignee(value: str, asker: _Asker) -> Narrowed:
    word = value.lower()
    if word in ("me", "mine"):
        return Narrowed(tickets=Q(assignee=asker.person), leads=True)
    if word in ("nobody", "none", "unassigned"):
        return Narrowed(tickets=Q(assignee=None), leads=True)
    staff = Person.objects.exclude(staff_role="").filter(Q(name__icontains=value) | Q(email__icontains=value))
    keys = list(staff.order_by("pk").values_list("pk", flat=True)[:MOST])
    if not keys:
        raise MakesNoSense(f"Nobody at the desk is called '{value}', so to: narrows nothing.")
    return Narrowed(tickets=Q(assignee__in=keys), leads=True)


def _team(value: str, asker: _Asker) -> Narrowed:
    named = Q(key__iexact=value) | Q(name__icontains=value)
    keys = list(Team.objects.filter(named).order_by("pk").values_list("pk", flat=True)[:MOST])
    if not keys:
        raise MakesNoSense(f"No team is called '{value}', so team: narrows nothing.")
    return Narrowed(tickets=Q(team__in=keys), leads=True)


def _tag(value: str, asker: _Asker) -> Narrowed:
    try:
        tag = Tag.objects.filter(name=tags.normal(value)).first()
    except CannotDo:
        tag = None
    if tag is None:
        raise MakesNoSense(f"There is no tag '{value}', so tag: narrows nothing.")
    return Narrowed(tickets=Q(pk__in=Tagging.objects.filter(tag=tag).values("ticket")), leads=True)


def _severity(value: str, asker: _Asker) -> Narrowed:
    if value.lower() in ("none", "?"):
        return Narrowed(tickets=Q(severity=None), leads=True)
    if not (value.isascii() and value.isdecimal() and len(value) < 3):
        raise MakesNoSense(f"'{value}' is no severity: write sev:1, or sev:none for what is not graded.")
    return Narrowed(tickets=Q(severity=int(value)), leads=True)


def _state(value: str, asker: _Asker) -> Narrowed:
    state = STATE_WORDS.get(value.lower())
    if state is None:
        raise MakesNoSense(f"'{value}' is no state: write new, open, waiting, resolved or closed.")
    return Narrowed(tickets=Q(state=state))


def _standing(value: str, asker: _Asker) -> Narrowed:
    standing = asker.standings.get(value.lower())
    if standing is None:
        raise MakesNoSense(f"'is:{value}' says nothing. It can be {', '.join(asker.standings)}.")
    return Narrowed(tickets=standing)


def _before(value: str, asker: _Asker) -> Narrowed:
    return Narrowed(passages=Q(at__lt=_midnight(_day(value, asker), asker)))


def _after(value: str, asker: _Asker) -> Narrowed:
    return Narrowed(passages=Q(at__gte=_midnight(_day(value, asker), asker)))


def _on(value: str, asker: _Asker) -> Narrowed:
    day = _day(value, asker)
    return Narrowed(
        passages=Q(at__gte=_midnight(day, asker), at__lt=_midnight(day + timedelta(days=1), asker))
    )


def _day(value: str, asker: _Asker) -> date:
    today = asker.at.astimezone(asker.zone).date()
    named = {"today": 0, "yesterday": 1}
    if value.lower() in named:
        return today - timedelta(days=named[value.lower()])
    day, month, year = [*value.split("/"), "", ""][:3]
    text = f"{year}-{month:0>2}-{day:0>2}" if "/" in value else value
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MakesNoSense(
            f"'{value}' is no day: write 2026-01-31, 31/01/2026, today or yesterday."
        ) from None


def _midnight(day: date, asker: _Asker) -> datetime:
    if not 1900 < day.year < 2200:
        raise MakesNoSense(f"Nothing was written on {day}; check the year.")
    return datetime(day.year, day.month, day.day, tzinfo=asker.zone)


def _reference(value: str, asker: _Asker) -> Narrowed:
    """Ours by its key, if the check digit holds; anybody else's as the words that it is made of."""
    ticket_id = ticket_id_in(value.upper())
    if ticket_id is not None:
        return Narrowed(tickets=Q(pk=ticket_id), leads=True)
    if mistaken := reference.find_mistaken(value, DEFAULT_PREFIX):
        raise MakesNoSense(f"{mistaken[0]} has a wrong digit; check it against where it came from.")
    words = tuple(words_of(value))
    if not words:
        raise MakesNoSense("Write a reference after ref:.")
    return Narrowed(term=Term(words))


def _has(value: str, asker: _Asker) -> Narrowed:
    if value.lower() not in ("attachment", "attachments", "file", "files"):
        raise MakesNoSense(f"'has:{value}' says nothing. It can be has:attachment.")
    files = Attachment.objects.filter(message__ticket=OuterRef("pk"))
    if not asker.staff:
        files = files.exclude(message__direction=Direction.NOTE)
    return Narrowed(tickets=Q(Exists(files)))


_FIELD = re.compile(r"(?P<name>[^=<>]+)(?:(?P<how>[=<>])(?P<value>.*))?", re.S)


def _field(value: str, asker: _Asker) -> Narrowed:
    """A field of the desk's own by a part of its name: filled in at all, or with a value, or beyond one."""
    said = _FIELD.fullmatch(value)
    name = said["name"].strip() if said else ""
    rows = list(Field.objects.filter(name__icontains=name).order_by("pk")[:MOST]) if name else []
    if said is None or not rows:
        raise MakesNoSense(f"No field is called '{name or value}', so field: narrows nothing.")
    rows = [row for row in rows if row.name.lower() == name.lower()] or rows
    if said["how"] is None:
        found = [holding.anything(row.pk) for row in rows]
    else:
        found = [_held(row, said["how"], said["value"].strip(), asker) for row in rows]
    return Narrowed(tickets=reduce(or_, found))


def _held(row: Field, how: str, value: str, asker: _Asker) -> Q:
    if row.kind == FieldKind.NUMBER:
        number = _number(row, value)
        above, below = nextafter(number, inf), nextafter(number, -inf)
        return holding.numbers(row.pk, *_ends(how, number, just_above=above, just_below=below))
    if row.kind == FieldKind.DATE:
        day, one = _day(value, asker), timedelta(days=1)
        return holding.days(row.pk, *_ends(how, day, just_above=day + one, just_below=day - one))
    if how != "=" or not value:
        raise MakesNoSense(f"{row.name} is compared with =, such as field:\"{row.name}=…\".")
    if row.kind == FieldKind.YES_NO:
        return holding.one_of(row.kind, row.pk, [value.lower()])
    return holding.one_of(FieldKind.TEXT, row.pk, [value])


def _ends(how: str, value: _End, *, just_above: _End, just_below: _End) -> tuple[_End | None, _End | None]:
    return {"=": (value, value), ">": (just_above, None), "<": (None, just_below)}[how]


def _number(row: Field, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = inf
    if not isfinite(number):
        raise MakesNoSense(f"'{value}' is no number, and {row.name} holds numbers.")
    return number


_READERS: Mapping[str, Callable[[str, _Asker], Narrowed]] = {
    "org": _organisation,
    "from": _from,
    "to": _assignee,
    "assignee": _assignee,
    "team": _team,
    "tag": _tag,
    "sev": _severity,
    "state": _state,
    "is": _standing,
    "before": _before,
    "after": _after,
    "on": _on,
    "ref": _reference,
    "has": _has,
    "field": _field,
}
