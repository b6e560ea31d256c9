"""The columns that the list of tickets can have. `cell` says how one is drawn (jinja/tickets/row.html)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mainstay.tickets.rows.fields import Field


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, its place in the style sheet, and the sort that its heading asks for."""

    key: str
    label: str
    cell: str
    style: str
    sort: str = ""


ALL: tuple[Column, ...] = (
    Column("severity", "Severity", "severity", "c-sev", "severity"),
    Column("subject", "Ticket", "subject", "c-subject", "reported"),
    Column("organisation", "Organisation", "organisation", "c-org"),
    Column("state", "State", "state", "c-state", "changed"),
    Column("assignee", "Assignee", "assignee", "c-who"),
    Column("due", "Next promise", "due", "c-due", "due"),
    Column("reported", "Reported", "moment", "c-when", "reported"),
    Column("changed", "Changed", "moment", "c-when", "changed"),
    Column("closed", "Closed", "moment", "c-when"),
    Column("requester", "Requester", "words", "c-more"),
    Column("tags", "Tags", "words", "c-more"),
    Column("team", "Team", "words", "c-more"),
    Column("product", "Product", "words", "c-more"),
    Column("kind", "Kind", "words", "c-more"),
    Column("channel", "Channel", "words", "c-more"),
    Column("level", "Escalated to", "words", "c-more"),
    Column("verification", "Verified", "words", "c-more"),
    Column("cause", "Cause", "words", "c-more"),
)
BY_KEY = {column.key: column for column in ALL}
USUAL = ("severity", "subject", "organisation", "state", "assignee", "due")
ALWAYS = "subject"  # the link to the ticket
BEFORE = "field-"  # before the id of a field of the desk's own
NONE_OWN: Mapping[str, Column] = {}


def chosen(keys: Iterable[str], own: Mapping[str, Column] = NONE_OWN) -> tuple[Column, ...]:
    """Return the columns of `keys` in their order, without what is unknown or said twice; the usual ones for none."""
    all_of_them = {**BY_KEY, **own}
    known = [key for key in dict.fromkeys(keys) if key in all_of_them] or list(USUAL)
    if ALWAYS not in known:
        known.insert(0, ALWAYS)
    return tuple(all_of_them[key] for key in known)


def own(keys: Iterable[str] | None = None) -> dict[str, Column]:
    """Return the desk's own fields as columns: those of `keys`, or all that are not retired.

    One query; none where `keys` has no field of the desk's own.
    """
    rows = Field.objects.filter(retired_at=None)
    if keys is not None:
        ids = [number for key in keys if (number := field_in(key))]
        if not ids:
            return {}
        rows = Field.objects.filter(pk__in=ids)
    named = ((row, f"{BEFORE}{row.pk}") for row in rows.order_by("name", "pk"))
    return {key: Column(key, row.name, "words", "c-more") for row, key in named}


def field_in(key: str) -> int | None:
    """Return the id of the field of the desk's own that a column shows, None for any other column."""
    number = key.removeprefix(BEFORE)
    return int(number) if key != number and number.isascii() and number.isdecimal() and len(number) < 19 else None


def moved(keys: list[str], key: str, *, up: bool) -> list[str]:
    """Return `keys` with one of them a place further up or down; the ends stay."""
    if key not in keys:
        return keys
    at = keys.index(key)
    other = at + (-1 if up else 1)
    if 0 <= other < len(keys):
        keys = keys.copy()
        keys[at], keys[other] = keys[other], keys[at]
    return keys
