"""What a list of tickets can be asked for: the fields that narrow it, and what each of their values stands for.

Names are allow-listed and values are bound; what is not known is left out and said, so that no address breaks a page
(class C6). A field takes several values, 'none' where nothing may stand there, and most can be turned round.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Exists, OuterRef, Q

from mainstay.clocks.projection import NOTHING_DUE
from mainstay.contracts.models import Product
from mainstay.orgs.models import Organisation, Person, Team
from mainstay.tickets import holding
from mainstay.tickets.models import Cause, Kind, State, Tag, Tagging, Verification
from mainstay.tickets.rows.fields import Field as OwnField
from mainstay.tickets.rows.fields import FieldKind

NONE, ME, MINE = "none", "me", "mine"
MOST = 20  # values of one filter
CHANNELS = {"mail": "Mail", "phone": "Telephone", "portal": "Portal", "api": "API", "console": "Desk"}
PROMISE_STATES = {"running": "Running", "paused": "Paused", "ungraded": "Waits for a severity"}
YES_NO = {"yes": "Yes", "no": "No"}
_KEY = r"[a-z0-9][a-z0-9_-]{0,79}"


@dataclass(frozen=True, slots=True)
class Asked:
    """One filter as somebody asked for it. A span has one value, 'from..to'; an end may be left empty."""

    key: str
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of a question that nobody here understands."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to filter by. `words` are its fixed values, `rows` whose keys or ids are its values, else `pattern`."""

    label: str
    column: str
    words: Mapping[str, str] | None = None
    rows: type[models.Model] | None = None
    pattern: str = ""
    nothing: str | None = None  # in words: what 'none' means; None where it means nothing
    empty: object = None  # what stands in the column then
    own: str = ""  # the value that means the person who asks: 'me', 'mine'
    indexed: bool = False  # led by an index together with the state
    span: bool = False  # of moments, or of numbers, from and to
    holds: str = ""  # of the desk's own fields: what it holds, one of FieldKind
    whole: bool = False  # a comma is part of a value

    def takes(self, value: str) -> bool:
        """Whether `value` can be meant; whether such a row exists is asked by `names_of`."""
        if self.span and value != NONE:
            return _is_range(value) if self.holds == FieldKind.NUMBER else is_span(value)
        if (value == NONE and self.nothing is not None) or (self.own and value == self.own):
            return True
        if self.words is not None:
            return value in self.words
        return re.fullmatch(self.pattern, value) is not None


FIELDS: Mapping[str, Field] = {
    "severity": Field("Severity", "severity", pattern=r"[1-9]", nothing="Not graded", indexed=True),
    "state": Field("State", "state", words={value: str(label) for value, label in State.choices}),
    "organisation": Field(
        "Organisation", "organisation", rows=Organisation, pattern=_KEY, nothing="Not known yet", indexed=True
    ),
    "assignee": Field(
        "Assignee", "assignee", rows=Person, pattern=r"[0-9]{1,18}", nothing="Nobody", own=ME, indexed=True
    ),
    "team": Field("Team", "team", rows=Team, pattern=_KEY, nothing="No team", own=MINE, indexed=True),
    "kind": Field(
        "Kind", "kind", words={value: str(label) for value, label in Kind.choices}, indexed=True
    ),
    "product": Field("Product", "product", rows=Product, pattern=_KEY, nothing="Not said", indexed=True),
    "requester": Field("Requester", "requester_address", pattern=r"[^\s,\x00]{1,254}"),
    "channel": Field("Channel", "channel", words=CHANNELS),
    "promise": Field("Next promise", "promise__clock", pattern=_KEY, nothing="Nothing is due", empty=""),
    "promise_state": Field("Promise is", "promise__state", words=PROMISE_STATES),
    "breached": Field("Promise broken", "promise__breached", words=YES_NO),
    "level": Field(
        "Escalated to",
        "escalation_level",
        pattern=r"[\w .-]{1,40}",
        nothing="Not escalated",
        empty="",
        indexed=True,
    ),
    "verification": Field(
        "Verified", "verification", words={value: str(label) for value, label in Verification.choices}
    ),
    "tag": Field("Tag", "pk", rows=Tag, pattern=r"[^\s,\x00]{1,60}", nothing="No tag"),
    "cause": Field(
        "Cause",
        "cause",
        words={value: str(label) for value, label in Cause.choices},
        nothing="Not recorded",
        empty="",
    ),
    "due": Field("Due", "promise__sort_at", span=True),
    "reported": Field("Reported", "reported_at", span=True),
    "changed": Field("Changed", "changed_at", span=True),
    "closed": Field("Closed", "closed_at", span=True),
}


_OWN_KEY = re.compile(rf"({'|'.join(FieldKind.values)})-([1-9][0-9]{{0,17}})")


def own_key(row: OwnField) -> str:
    """Return the key of a field of the desk's own in an address: its kind, which never changes, and its id."""
    return f"{row.kind}-{row.pk}"


def field_of(key: str) -> Field | None:
    """Return the field of `key`: one of FIELDS, or one of the desk's own such as `number-12`. No query.

    Whether there is such a field of the desk's own is asked by `labels_of`.
    """
    found = _OWN_KEY.fullmatch(key)
    if found is None:
        return FIELDS.get(key)
    kind, number = found[1], found[2]
    return Field(
        "Field",
        number,
        words=YES_NO if kind == FieldKind.YES_NO else None,
        pattern=r"[^\x00]{1,200}",
        nothing="Not filled in",
        span=kind in (FieldKind.NUMBER, FieldKind.DATE),
        holds=kind,
        whole=kind in (FieldKind.TEXT, FieldKind.CHOICE, FieldKind.CHOICES),
    )


def known(key: str) -> Field:
    """Return the field of a key that was read before."""
    field = field_of(key)
    if field is None:
        raise KeyError(key)
    return field


# ---- Reading -----------------------------------------------------------------------------------------------------


def read(said: Mapping[str, Sequence[str]]) -> tuple[tuple[Asked, ...], tuple[LeftOut, ...]]:
    """Return the filters in an address or a form, in the order of the fields, and what made no sense.

    `severity=1,2` or `severity=1&severity=2` is one of two; `severity-is=not` turns it round. A span is `due=from..to`,
    or `due-from` and `due-to`; an end is a day, a moment without its zone, 'today', 'now', '-7d', '+4h'.
    """
    asked, left_out = [], []
    for key in (*FIELDS, *_own_keys(said)):
        field = known(key)
        values = _span_values(key, said) if field.span else _values(said.get(key, ()), whole=field.whole)
        good = tuple(value for value in values if field.takes(value))
        left_out += [LeftOut(field.label, value[:80]) for value in values if value not in good]
        left_out += [LeftOut(field.label, f"more than {MOST} values")] if len(good) > MOST else []
        if good:
            negated = not field.span and list(said.get(f"{key}-is", ())) == ["not"]
            asked.append(Asked(key, good[:MOST], negated))
    return tuple(asked), tuple(left_out)


def key_in(name: str) -> str:
    """Return the key of the filter that a part of an address called `name` speaks of."""
    return re.sub("-(is|from|to)$", "", name)


def _own_keys(said: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(key for name in said if _OWN_KEY.fullmatch(key := key_in(name))))


def _values(said: Iterable[str], *, whole: bool) -> list[str]:
    parts = (part.strip() for one in said for part in ([one] if whole else one.split(",")))
    return list(dict.fromkeys(part for part in parts if part))


def _span_values(key: str, said: Mapping[str, Sequence[str]]) -> list[str]:
    ends = ["".join(said.get(f"{key}-{end}", ())[:1]).strip() for end in ("from", "to")]
    if any(ends):
        return ["..".join(ends)]
    return [one for one in said.get(key, ())[:1] if one]


def is_span(text: str) -> bool:
    """Whether `text` is a span with at least one end that can be read."""
    start, dots, end = text.partition("..")
    return bool(dots and (start or end)) and all(not part or _END.fullmatch(part) for part in (start, end))


def _is_range(text: str) -> bool:
    """Whether `text` is a range of numbers with at least one end: '3..5', '-2..', '..0.5'."""
    start, dots, end = text.partition("..")
    return bool(dots and (start or end)) and all(not part or _NUMBER.fullmatch(part) for part in (start, end))


_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,4})?")
_END = re.compile(
    r"today|now|[+-][0-9]{1,4}[hd]"
    r"|(?:19[7-9]|2[0-9]{2})[0-9]-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?:T(?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)


def names_of(asked: Iterable[Asked]) -> dict[str, dict[str, str]]:
    """Return the names of the rows that `asked` speaks of, by field and value. One query for each such field."""
    found: dict[str, dict[str, str]] = {}
    for one in asked:
        rows = known(one.key).rows
        if rows is not None:
            by = named_by(rows)
            wanted = [value for value in one.values if value not in (NONE, known(one.key).own)]
            pairs = rows._default_manager.filter(**{f"{by}__in": wanted}).values_list(by, "name") if wanted else ()
            found[one.key] = {str(value): name for value, name in pairs}
    return found


def labels_of(asked: Iterable[Asked]) -> dict[str, str]:
    """Return the names of the desk's own fields that `asked` speaks of, by key. One query where it speaks of any."""
    ids = [int(found[2]) for one in asked if (found := _OWN_KEY.fullmatch(one.key))]
    rows = OwnField.objects.filter(pk__in=ids) if ids else ()
    return {own_key(row): row.name for row in rows}


def named_by(rows: type[models.Model]) -> str:
    """Return the column by which an address names such rows."""
    return "pk" if rows is Person else "name" if rows is Tag else "key"


# ---- Asking ------------------------------------------------------------------------------------------------------


def condition(asked: Asked, person: Person, *, at: datetime, zone: ZoneInfo) -> Q:
    """Return which tickets `asked` lets through, for `person` at `at`; days are those of `zone`."""
    field = known(asked.key)
    if field.holds:
        return _holding(field, asked, at=at, zone=zone)
    if field.span:
        return _within(field, asked.values[0], at=at, zone=zone)
    if field.words is YES_NO:
        return _yes_or_no(field, asked)
    found: Any = Q()
    plain = [value for value in asked.values if value not in (NONE, field.own)]
    if plain:
        found |= Q(**{f"{field.column}__in": _stored(asked.key, field, plain)})
    if NONE in asked.values and asked.key == "tag":
        found |= ~Exists(Tagging.objects.filter(ticket=OuterRef("pk")))
    elif NONE in asked.values:
        found |= Q(**{field.column: field.empty} if field.empty is not None else {f"{field.column}__isnull": True})
    if field.own and field.own in asked.values:
        found |= Q(assignee=person) if field.own == ME else Q(team__in=person.teams.values("pk"))
    return Q(~found) if asked.negated else Q(found)


def _yes_or_no(field: Field, asked: Asked) -> Q:
    """Return one plain condition, which a partial index can serve; asked for both, nothing is left out."""
    if len(asked.values) > 1:
        return ~Q(pk__in=()) if not asked.negated else Q(pk__in=())
    return Q(**{field.column: (asked.values[0] == "yes") != asked.negated})


def _holding(field: Field, asked: Asked, *, at: datetime, zone: ZoneInfo) -> Q:
    """Return which tickets hold what is asked in a field of the desk's own."""
    key, plain = int(field.column), [value for value in asked.values if value != NONE]
    found: Any = Q()
    if plain and field.span:
        start, _, end = plain[0].partition("..")
        if field.holds == FieldKind.NUMBER:
            found |= holding.numbers(key, float(start) if start else None, float(end) if end else None)
        else:
            days = [_moment(one, at=at, zone=zone, ends=False).astimezone(zone).date() if one else None
                    for one in (start, end)]  # fmt: skip
            found |= holding.days(key, *days)
    elif plain:
        found |= holding.one_of(field.holds, key, plain)
    if NONE in asked.values:
        found |= ~holding.anything(key)
    return Q(~found) if asked.negated else Q(found)


def _stored(key: str, field: Field, values: Sequence[str]) -> object:
    """Return `values` as the column holds them."""
    if field.rows is Tag:
        return Tagging.objects.filter(tag__name__in=values).values("ticket")
    if field.rows is not None:
        rows = field.rows._default_manager.filter(**{f"{named_by(field.rows)}__in": values})
        return list(rows.values_list("pk", flat=True))  # looked up here: then the planner knows how few there are
    if key == "severity":
        return [int(value) for value in values]
    return [value.lower() for value in values] if key == "requester" else list(values)


def _within(field: Field, text: str, *, at: datetime, zone: ZoneInfo) -> Q:
    start, _, end = text.partition("..")
    limits = Q()
    if start:
        limits &= Q(**{f"{field.column}__gte": _moment(start, at=at, zone=zone, ends=False)})
    if end:
        limits &= Q(**{f"{field.column}__lt": _moment(end, at=at, zone=zone, ends=True)})
    elif field.column == "promise__sort_at":
        limits &= Q(promise__sort_at__lt=NOTHING_DUE)
    return limits


def _moment(text: str, *, at: datetime, zone: ZoneInfo, ends: bool) -> datetime:
    """Return the moment of one end. A day that ends a span is in it as a whole; 31 February counts as 3 March."""
    if text == "now":
        return at
    if text[0] in "+-":
        size = int(text[1:-1]) * (1 if text[0] == "+" else -1)
        return at + (timedelta(hours=size) if text[-1] == "h" else timedelta(days=size))
    if "T" in text:
        day, _, clock = text.partition("T")
        return datetime.combine(_day(day), time.fromisoformat(clock), tzinfo=zone)
    day_at = at.astimezone(zone).date() if text == "today" else _day(text)
    return datetime.combine(day_at + timedelta(days=int(ends)), time(), tzinfo=zone)


def _day(text: str) -> date:
    year, month, day = (int(part) for part in text.split("-"))
    return date(year, month, 1) + timedelta(days=day - 1)
