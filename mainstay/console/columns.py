"""The columns that the list of tickets can have. `cell` says how one is drawn (jinja/tickets/row.html)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


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


def chosen(keys: Iterable[str]) -> tuple[Column, ...]:
    """Return the columns of `keys` in their order, without what is unknown or said twice; the usual ones for none."""
    known = [key for key in dict.fromkeys(keys) if key in BY_KEY] or list(USUAL)
    if ALWAYS not in known:
        known.insert(0, ALWAYS)
    return tuple(BY_KEY[key] for key in known)


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
