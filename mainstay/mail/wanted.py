"""Which letters people do not want, as they chose in the portal (`orgs.wishes`).

What the contract prescribes, what asks for something, and what a person writes to the requester goes out whatever was
chosen: the promise is kept and proven with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db.models import Q

from mainstay.orgs import wishes
from mainstay.orgs.models import Person
from mainstay.tickets import delivery
from mainstay.tickets.models import Ticket

# News that the portal shows too: nothing is to be done, and no promise hangs on it.
OPTIONAL = frozenset({"known_issue_update", "release_planned", "release_changed"})
ASKING = frozenset({delivery.REQUEST_FOR_INFORMATION, delivery.FIX})
Copy = TypeVar("Copy", bound=tuple[str, ...])


def why_not(ticket: Ticket, key: str) -> str:
    """Return why the requester is not mailed this, "" where they are. One query for what is optional, none else."""
    if key not in OPTIONAL or ticket.requester_id is None:
        return ""
    if wishes.of_all([ticket.requester_id])[ticket.requester_id].own != wishes.ACT:
        return ""
    return "The requester wants mail only where something is to be done, and reads news in the portal."


def copies(accepted: Iterable[Copy], key: str) -> list[Copy]:
    """Return who of those in copy gets a letter of that kind; a copy begins with its address. A query where any is."""
    rows = list(accepted)
    unwanted = _unwanted([row[0] for row in rows], key) if rows else set()
    return [row for row in rows if row[0].casefold() not in unwanted]


def _unwanted(addresses: Sequence[str], key: str) -> set[str]:
    """Return the addresses of people who want no copy of such a letter."""
    refusing = [wishes.NONE] if key in ASKING else [wishes.NONE, wishes.ACT]
    asked = [one.casefold() for one in addresses]
    people = Person.objects.filter(
        Q(email__in=asked) | Q(addresses__email__in=asked),
        wishes__about=wishes.COLLEAGUES,
        wishes__wants__in=refusing,
    )
    pairs = people.values_list("email", "addresses__email")
    return {address for pair in pairs for address in pair if address}
