"""Filters in words: the chips above the list, and the form in which one of them is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from mainstay.clocks.filters import FIELDS, MINE, NONE, Asked, Field, LeftOut, known, named_by, own_key
from mainstay.console.places import Question, address, pairs, without
from mainstay.contracts.names import PROMISES
from mainstay.contracts.names import promise as name_of
from mainstay.core.terms import Terms
from mainstay.orgs.models import Person
from mainstay.tickets.rows.fields import Field as OwnField
from mainstay.tickets.rows.fields import FieldKind

MOST_ROWS = 1_000  # options of one filter
SPANS: dict[str, tuple[tuple[str, str], ...]] = {
    "due": (
        ("..now", "Before now"),
        ("now..+1h", "Within the hour"),
        ("now..+4h", "Within 4 hours"),
        ("now..today", "Today"),
        ("now..+7d", "Within 7 days"),
    ),
    "reported": (),
    "changed": (),
    "closed": (),
}
OF_DAYS = (
    ("today..today", "Today"),
    ("today..+7d", "Within 7 days"),
    ("today..+30d", "Within 30 days"),
    ("..-1d", "Gone by"),
)
OWN = "own"  # where one of the desk's own fields is chosen
PAST = (
    ("-1h..", "In the last hour"),
    ("today..", "Today"),
    ("-1d..", "In the last 24 hours"),
    ("-7d..", "In the last 7 days"),
    ("-30d..", "In the last 30 days"),
    ("..-7d", "Longer ago than 7 days"),
)


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is set: 'Severity', 'is', '1, 2', where it is changed and where one is without it."""

    key: str
    label: str
    verb: str
    words: str
    href: str
    without: str


@dataclass(frozen=True, slots=True)
class Option:
    """One value that can be chosen."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A filter that can be chosen, or a span with a name."""

    key: str
    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Editor:
    """The form of one filter. `typed` is what a field of free text holds; `start` and `end` the days of a span."""

    key: str
    label: str
    negated: bool
    options: tuple[Option, ...]
    spans: tuple[Link, ...]
    typed: str
    start: str
    end: str
    hidden: tuple[tuple[str, str], ...]
    action: str
    without: str
    set: bool
    free: bool
    span: bool
    number: bool
    hint: str


def chips(asked: Question) -> tuple[Chip, ...]:
    """Return one chip for each filter that is set."""
    return tuple(_chip(asked, one) for one in asked.wanted.filters)


def _chip(asked: Question, one: Asked) -> Chip:
    place, wanted = asked.place, replace(asked.wanted, after="", before="")
    return Chip(
        one.key,
        label_of(asked, one.key),
        _verb(one),
        words(one, asked.names.get(one.key, {})),
        address(place, wanted, "filter", one.key),
        address(place, without(wanted, one.key)),
    )


def label_of(asked: Question, key: str) -> str:
    """Return what a filter is called."""
    return asked.labels.get(key, known(key).label)


def _verb(one: Asked) -> str:
    field = known(one.key)
    if field.span and one.values != (NONE,):
        return ""
    if field.holds == FieldKind.TEXT and one.values != (NONE,):
        return "does not contain" if one.negated else "contains"
    return "is not" if one.negated else "is"


def words(asked: Asked, names: dict[str, str]) -> str:
    """Return the values of a filter as people say them: '1, 2 or not graded'."""
    field = known(asked.key)
    if field.span and asked.values != (NONE,):
        return span_words(asked.key, asked.values[0])
    said = [_word(asked.key, field, value, names) for value in asked.values]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"


def _word(key: str, field: Field, value: str, names: dict[str, str]) -> str:
    if value == NONE and field.nothing:
        return field.nothing.lower()
    if field.own and value == field.own:
        return "my team" if value == MINE else "me"
    if key == "promise":
        return name_of(value)
    return (field.words or names).get(value, value)


def span_words(key: str, text: str) -> str:
    """Return a span in words: 'in the last 7 days', 'from 12 Jan 2026 until 14 Jan 2026'."""
    if known(key).holds == FieldKind.NUMBER:
        start, _, end = text.partition("..")
        return f"from {start} to {end}" if start and end else f"{start} or more" if start else f"{end} or less"
    for value, name in _spans(key):
        if text == value:
            return name[:1].lower() + name[1:]
    start, _, end = text.partition("..")
    said = [f"from {_end_words(start)}"] if start else []
    return " ".join(said + ([f"until {_end_words(end)}"] if end else []))


def _spans(key: str) -> tuple[tuple[str, str], ...]:
    return OF_DAYS if known(key).holds else (*SPANS[key], *PAST)


def _end_words(end: str) -> str:
    if end in ("today", "now"):
        return end
    if end[0] in "+-":
        unit = "hours" if end[-1] == "h" else "days"
        return f"in {end[1:-1]} {unit}" if end[0] == "+" else f"{end[1:-1]} {unit} ago"
    day, _, clock = end.partition("T")
    try:
        shown = date.fromisoformat(day)
    except ValueError:
        return end  # 31 February; it counts as 3 March
    return f"{shown.day} {shown:%b %Y}{' ' + clock if clock else ''}"


def choices(asked: Question) -> tuple[Link, ...]:
    """Return every filter there is, with where it is chosen; the desk's own stand behind the last."""
    wanted, chosen = replace(asked.wanted, after="", before=""), {one.key for one in asked.wanted.filters}
    return tuple(
        Link(key, label, address(asked.place, wanted, "filter", key), key in chosen)
        for key, label in (*((key, field.label) for key, field in FIELDS.items()), (OWN, "A field of our own"))
    )


def own_choices(asked: Question) -> tuple[Link, ...]:
    """Return the desk's own fields, with where each is chosen. One query."""
    wanted, chosen = replace(asked.wanted, after="", before=""), {one.key for one in asked.wanted.filters}
    rows = OwnField.objects.filter(retired_at=None).select_related("product").order_by("name", "pk")[:MOST_ROWS]
    return tuple(
        Link(
            own_key(row),
            f"{row.name} ({row.product.name})" if row.product else row.name,
            address(asked.place, wanted, "filter", own_key(row)),
            own_key(row) in chosen,
        )
        for row in rows
    )


def left_out_words(left_out: Iterable[LeftOut]) -> str:
    """Return what of an address was not understood, in a sentence; nothing where all was."""
    said = [f"{one.label} '{one.value}'" for one in left_out]
    if not said:
        return ""
    return f"Left out, because it is not known here: {', '.join(said[:6])}{' and more' if len(said) > 6 else ''}."


def editor(asked: Question, key: str, *, terms: Terms | None) -> Editor:
    """Return the form of one filter. One query for the names of rows, where it has some. Raises Field.DoesNotExist."""
    field, place = known(key), asked.place
    row = OwnField.objects.get(pk=field.column, kind=field.holds) if field.holds else None
    wanted = replace(asked.wanted, after="", before="")
    now = next((one for one in wanted.filters if one.key == key), Asked(key, ()))
    start, _, end = now.values[0].partition("..") if field.span and now.values else ("", "", "")
    start, end = ("", "") if start == NONE else (start, end)
    options = () if field.span else tuple(_options(key, field, now, terms, row))
    return Editor(
        key=key,
        label=row.name if row else field.label,
        negated=now.negated,
        options=options,
        spans=tuple(_span_links(asked, key, now)) if field.span else (),
        typed=", ".join(now.values) if not options else "",
        start=start if _is_day(start) or field.holds == FieldKind.NUMBER else "",
        end=end if _is_day(end) or field.holds == FieldKind.NUMBER else "",
        hidden=tuple(pairs(place, wanted, but=key)),
        action=address(place, place.usual),
        without=address(place, without(wanted, key)),
        set=bool(now.values),
        free=not options and not field.span,
        span=field.span,
        number=field.holds == FieldKind.NUMBER,
        hint="Part of what it says." if field.holds else "E-mail addresses, with commas between them.",
    )


def _is_day(text: str) -> bool:
    return len(text) == 10 and text[:1].isdecimal()


def _span_links(asked: Question, key: str, now: Asked) -> Iterable[Link]:
    field = known(key)
    spans = () if field.holds == FieldKind.NUMBER else OF_DAYS if field.holds else SPANS[key] or PAST
    for text, name in (*spans, *([(NONE, field.nothing)] if field.nothing else [])):
        others = without(asked.wanted, key)
        wanted = replace(others, filters=(*others.filters, Asked(key, (text,))))
        yield Link(text, name, address(asked.place, wanted), now.values == (text,))


def _options(
    key: str, field: Field, now: Asked, terms: Terms | None, row: OwnField | None
) -> Iterable[Option]:
    found: list[tuple[str, str]] = []
    if field.own:
        found.append((field.own, "Me" if field.own != MINE else "My team"))
    found += [(one, one) for one in row.options] if row else []
    found += _values(key, field, terms)
    if not found:
        return
    if field.nothing:
        found.append((NONE, field.nothing))
    found += [(value, value) for value in now.values if value not in dict(found)]
    for value, label in found:
        yield Option(value, label, value in now.values)


def _values(key: str, field: Field, terms: Terms | None) -> list[tuple[str, str]]:
    if field.words is not None:
        return list(field.words.items())
    if key == "severity":
        levels = terms.severities if terms else ()
        return [(str(level.level), f"{level.level} {level.name}") for level in levels]
    if key == "promise":
        return [(key, name_of(key)) for key in PROMISES]
    if key == "level":
        return list(dict.fromkeys((rung.level, rung.whom) for rung in terms.ladder)) if terms else []
    if field.rows is Person:
        staff = Person.objects.exclude(staff_role="").filter(is_active=True).order_by("name", "pk")
        return [(str(pk), name) for pk, name in staff.values_list("pk", "name")[:MOST_ROWS]]
    if field.rows is not None:
        rows = field.rows._default_manager.order_by("name", "pk").values_list(named_by(field.rows), "name")
        return [(str(one), name) for one, name in rows[:MOST_ROWS]]
    return []
