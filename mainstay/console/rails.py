"""The rail on the left of every page: views and places below a heading each, which everybody folds as they like.

What is folded away still says how much waits in it: its heading carries the counts that ask for somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mainstay.clocks import listing
from mainstay.console import counts
from mainstay.console.environment import url
from mainstay.orgs.access import at_least
from mainstay.orgs.models import Person, StaffRole
from mainstay.screens.zones import desk_zone
from mainstay.views.queries import MOST_COUNTED, views_seen
from mainstay.views.queries import counts as saved_counts

VIEW_NAMES = {
    "open": ("All open", "inbox"),
    "mine": ("Mine", "person"),
    "team": ("My team", "people"),
    "unassigned": ("Unassigned", "circle"),
    "soon": ("Due within the hour", "clock"),
    "breached": ("Breached", "over"),
    "client": ("Waiting on client", "pause"),
    "third_party": ("Waiting on third party", "link"),
    "held": ("Held for verification", "shield"),
    "complaints": ("Complaints", "flag"),
    "snoozed": ("Snoozed", "moon"),
    "closed": ("Closed", "tick"),
    "all": ("All tickets", "list"),
}
MORE = ("third_party", "complaints", "snoozed", "closed", "all")  # views that few people open every day
SAVED_ICONS = {False: "flag", True: "people"}
TONES = {
    "breached": "grave",
    "soon": "warn",
    "held": "warn",
    "quarantine": "grave",
    "failed": "grave",
    "notices": "warn",
    "call_backs": "warn",
}
PLACES: dict[str, tuple[str, tuple[tuple[str, str, str], ...]]] = {
    "desk": (
        "Desk",
        (
            ("notices", "Notices", "bell"),
            ("calls", "Calls", "phone"),
            ("call_backs", "Call-backs", "ring"),
            ("issues", "Known issues", "over"),
            ("articles", "Articles", "book"),
            ("releases", "Releases", "box"),
            ("announcements", "Announcements", "mail"),
            ("macros", "Macros", "file"),
            ("complaint_list", "Complaint outcomes", "flag"),
            ("feedback", "Satisfaction", "half"),
            ("remarks", "Remarks", "note"),
            ("workload", "Workload", "half"),
            ("wallboard", "Wallboard", "eye"),
        ),
    ),
    "mail": (
        "Mail",
        (
            ("quarantine", "Quarantine", "box"),
            ("failed", "Outbox", "out"),
            ("arrivals", "Mail ledger", "list"),
        ),
    ),
    "clients": (
        "Clients",
        (
            ("clients", "Clients", "globe"),
            ("agreements", "Agreements", "file"),
            ("products", "Products", "box"),
        ),
    ),
    "order": (
        "How we work",
        (
            ("teams", "Teams", "people"),
            ("assignment", "Assignment", "person"),
            ("tags", "Tags", "hash"),
            ("fields", "Fields", "file"),
        ),
    ),
    "manage": (
        "Running the desk",
        (
            ("health", "Health", "pulse"),
            ("people", "People and roles", "people"),
            ("mailboxes", "Mailboxes", "mail"),
            ("texts", "Message templates", "file"),
            ("brand", "Look of letters", "flag"),
            ("sources", "Inside products", "link"),
            ("components", "Components", "circle"),
        ),
    ),
}
ROUTES = {"failed": "outbox"}  # the others are called as their line
ADMINISTRATORS = {"people", "mailboxes", "texts", "brand", "components", "sources"}
MANAGERS = {"complaint_list", "feedback"}
GROUPS = ("views", "more", "own", "shared", *PLACES)
FOLDED = ("more", "mail", "order", "manage")  # until somebody says otherwise
MOST = 999  # a count beyond this is shown as such
GRAVEST = ("grave", "warn", "")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the rail."""

    key: str
    label: str
    icon: str
    href: str
    count: str
    tone: str
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the rail with its lines. `count` is what waits below it and asks for somebody."""

    key: str
    label: str
    items: tuple[Item, ...]
    open: bool
    count: str = ""
    tone: str = ""


def rail(
    person: Person, *, current: str, at: datetime, waiting: Mapping[str, int] | None = None
) -> tuple[Group, ...]:
    """Return the rail as `person` may use it. One query less where `waiting` (`counts.around`) is known already."""
    saved = views_seen(person)
    numbers = listing.counts(person, at=at) | (
        dict(counts.around(person, at=at).waiting) if waiting is None else dict(waiting)
    )
    shown = {key: _shown(number) for key, number in numbers.items()}
    held = saved_counts(saved, person, zone=desk_zone(), at=at)
    shown |= {key: _shown(number, most=MOST_COUNTED - 1) for key, number in held.items()}
    folded = folded_by(person)

    def line(key: str, label: str, icon: str, route: str, *args: str) -> Item:
        return Item(key, label, icon, url(route, *args), shown.get(key, ""), TONES.get(key, ""), key == current)

    closed = _closed_to(person)

    def of_view(key: str) -> Item:
        route = ("verification",) if key == "held" else ("view", key)
        return line(key, *VIEW_NAMES[key], *route)

    def group(key: str, label: str, items: Iterable[Item]) -> Group:
        lines = tuple(items)
        number, tone = _asking(lines, numbers)
        is_open = key not in folded or any(item.current for item in lines)
        return Group(key, label, lines, is_open, _shown(number), tone)

    kept = {False: [one for one in saved if not one.shared], True: [one for one in saved if one.shared]}
    groups = [
        group("views", "Tickets", (of_view(key) for key in VIEW_NAMES if key not in MORE)),
        group("more", "More views", (of_view(key) for key in MORE)),
        *(
            group(key, label, (line(one.key, one.name, SAVED_ICONS[shared], "view", one.key) for one in kept[shared]))
            for key, label, shared in (("own", "My views", False), ("shared", "Shared views", True))
            if kept[shared]
        ),
        *(
            group(key, label, (line(*one, ROUTES.get(one[0], one[0])) for one in places if one[0] not in closed))
            for key, (label, places) in PLACES.items()
        ),
    ]
    return tuple(groups)


@dataclass(frozen=True, slots=True)
class Place:
    """One place that a line of the rail leads to, without what is counted there."""

    group: str
    key: str
    label: str
    icon: str
    href: str


def places(person: Person) -> list[Place]:
    """Return all places that `person` may go to from the rail, in its order. One query, for their saved views."""
    saved = views_seen(person)
    found = [Place("views", key, *VIEW_NAMES[key], _view(key)) for key in VIEW_NAMES if key not in MORE]
    found += [Place("more", key, *VIEW_NAMES[key], _view(key)) for key in MORE]
    found += [
        Place("shared" if one.shared else "own", one.key, one.name, SAVED_ICONS[one.shared], url("view", one.key))
        for one in sorted(saved, key=lambda view: view.shared)
    ]
    closed = _closed_to(person)
    return found + [
        Place(group, key, label, icon, url(ROUTES.get(key, key)))
        for group, (_, lines) in PLACES.items()
        for key, label, icon in lines
        if key not in closed
    ]


def _closed_to(person: Person) -> set[str]:
    """Return the places that `person` may not go to."""
    closed = set() if at_least(person, StaffRole.ADMINISTRATOR) else set(ADMINISTRATORS)
    return closed if at_least(person, StaffRole.MANAGER) else closed | MANAGERS


def _view(key: str) -> str:
    return url("verification") if key == "held" else url("view", key)


def folded_by(person: Person) -> frozenset[str]:
    """Return the headings that `person` keeps folded."""
    return frozenset(FOLDED if person.folded is None else person.folded)


def _asking(items: Iterable[Item], numbers: Mapping[str, int]) -> tuple[int, str]:
    """Return how many below a heading ask for somebody, and how gravely."""
    asking = [item for item in items if item.tone and numbers.get(item.key)]
    tone = min((item.tone for item in asking), key=GRAVEST.index, default="")
    return sum(numbers[item.key] for item in asking), tone


def _shown(number: int, *, most: int = MOST) -> str:
    return "" if not number else f"{most}+" if number > most else str(number)
