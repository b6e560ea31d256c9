"""What the palette answers: sections of options, the section with the best fit first, and only what one may see."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from mainstay.console import commands
from mainstay.console.commands import Command
from mainstay.console.presenters.articles import state_of
from mainstay.console.rails import Place, places
from mainstay.core.naming import BEGINS, BY_LETTERS, BY_WORDS, INSIDE, Fit, fit
from mainstay.core.words import Piece, marked, words_of
from mainstay.knowledge import finding
from mainstay.orgs.access import active_memberships
from mainstay.orgs.models import Organisation, Person
from mainstay.tickets import search
from mainstay.tickets.access import ticket_id_in, visible_tickets
from mainstay.tickets.models import Ticket
from mainstay.writing import macros

MOST = 8  # options of a section
FEW = 5
SHORTEST = 2  # letters by which people and clients are looked for
CANDIDATES = 60
LONGEST = 200
SAVED = {"own", "shared"}  # headings of saved views
WORST = BY_LETTERS * 3
Ranked = tuple[tuple[int, int, int], "Option"]


@dataclass(frozen=True, slots=True)
class Option:
    """One option. `label` are pieces of raw text, what was typed marked; `hint` stands small behind it."""

    command: Command
    label: tuple[Piece, ...]
    hint: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with its options. `best` is how well the best of them fits: the smaller the better."""

    label: str
    options: tuple[Option, ...]
    best: int = BEGINS


def first(desk: Iterable[Command], lines: Iterable[Command], can: Collection[str]) -> list[Part]:
    """Return what is shown before anything is typed, without a query: what the page can do, commands, places."""
    parts = [
        Part("On this page", tuple(_plain(command) for command in commands.on_page(can))),
        Part("Do", tuple(_plain(command) for command in desk)),
        Part("Go to", tuple(_plain(command) for command in lines)),
    ]
    return [part for part in parts if part.options]


def answer(
    person: Person, text: str, *, can: Collection[str], recent: Sequence[str], macros_too: bool, at: datetime
) -> list[Part]:
    """Return what fits `text`; nothing typed: what was opened and used last, then what there is."""
    lines = places(person)
    if not text.strip():
        seen = _recent(person, lines, can, recent, at=at)
        first_of_all = first(commands.of_desk(person)[:FEW], map(commands.place, lines), can)
        return [*([Part("Recent", seen)] if seen else []), *first_of_all]
    parts = [
        _tickets(person, text, at=at),
        _fitting("On this page", text, _of_page(person, can, macros_too=macros_too)),
        _fitting("Do", text, commands.of_desk(person)),
        *_places(text, lines),
        _clients(text),
        _people(text, at=at),
    ]
    parts += _known(person, text, mend=not any(part.options for part in parts), at=at)
    found = sorted((part for part in parts if part.options), key=lambda part: part.best)
    return [*found, _everything(text)]


def _plain(command: Command, hint: str = "") -> Option:
    return Option(command, (Piece(command.label, False),), hint)


def _of_page(person: Person, can: Collection[str], *, macros_too: bool) -> Iterator[Command]:
    yield from commands.on_page(can)
    if macros_too:
        for one in macros.visible(person):
            yield Command(f"macro-{one.pk}", f"Macro: {one.name}", "file", macro=str(one.pk))


def _fitting(label: str, text: str, among: Iterable[Command], *, most: int = MOST) -> Part:
    """Return those of `among` that fit, the best first; ties stay in the order in which they came."""
    found = [(fits, command) for command in among if (fits := command.fits(text))]
    found.sort(key=lambda one: one[0].order)
    options = tuple(Option(command, fits.pieces) for fits, command in found[:most])
    return Part(label, options, found[0][0].rank if found else WORST)


def _places(text: str, lines: Sequence[Place]) -> Iterator[Part]:
    """Return saved views apart from the places of the desk: they are called what somebody called them."""
    yield _fitting("Views", text, (commands.place(one) for one in lines if one.group in SAVED), most=FEW)
    yield _fitting("Go to", text, (commands.place(one) for one in lines if one.group not in SAVED), most=FEW)


def _tickets(person: Person, text: str, *, at: datetime) -> Part:
    """Return the ticket of a reference before all else, or the newest that hold the words."""
    words = words_of(text)
    found = search.while_typing(person, text, at=at)
    if ticket_id_in(text.upper()) is not None:
        best = BEGINS - 1
    else:  # what is said in a message says less than what a thing is called
        fits = [fit(text, one.subject) for one in found]
        best = max(min((one.rank for one in fits if one), default=INSIDE), BY_WORDS)
    return Part("Tickets", tuple(_ticket(one, words) for one in found), best)


def _ticket(ticket: Ticket, words: Sequence[str] = ()) -> Option:
    reference = ticket.reference
    command = Command(reference, reference, "file", href=reverse("console:ticket", args=[reference]))
    subject = ticket.subject or "(no subject)"
    label = marked(subject, words, prefix=words[-1]) if words else (Piece(subject, False),)
    return Option(command, label, ticket.organisation.name if ticket.organisation else "Not known yet", reference)


def _clients(text: str) -> Part:
    if not _long_enough(text):
        return Part("Clients", ())
    named = [
        Command(f"client-{one.key}", one.name, "globe", href=reverse("console:client", args=[one.key]))
        for one in Organisation.objects.filter(_holding(text, "name")).order_by("name", "pk")[:CANDIDATES]
    ]
    return _fitting("Clients", text, named, most=FEW)


def _people(text: str, *, at: datetime) -> Part:
    """Return clients' people where they may be looked at, and colleagues with the tickets that they keep."""
    if not _long_enough(text):
        return Part("People", ())
    asked = Q(_holding(text, "name") | _holding(text, "email"), is_active=True)
    people = {one.pk: one for one in Person.objects.filter(asked).order_by("name", "pk")[:CANDIDATES]}
    where = {
        one.person_id: one
        for one in active_memberships(at).filter(person__in=people).select_related("organisation").order_by("-pk")
    }
    found: list[Ranked] = []
    for person in people.values():
        option = _person(person, text, where.get(person.pk))
        if option is not None:
            found.append(option)
    found.sort(key=lambda one: one[0])
    return Part("People", tuple(option for _, option in found[:FEW]), found[0][0][0] if found else WORST)


def _person(person: Person, text: str, membership: object) -> Ranked | None:
    by_name, by_mail = fit(text, person.name), fit(text, person.email)
    fits: Fit | None = by_name or by_mail
    if fits is None:
        return None
    organisation = getattr(membership, "organisation", None)
    if person.is_staff:
        href = reverse("console:view", args=["all"]) + "?" + urlencode({"assignee": person.pk})
        hint = "On the staff: their tickets"
    elif organisation is not None:
        href = reverse("console:client_user", args=[organisation.key, getattr(membership, "pk", 0)])
        hint = organisation.name
    else:
        href = reverse("console:search") + "?" + urlencode({"q": f"from:{person.email}"})
        hint = "At no client: what they wrote"
    label = by_name.pieces if by_name else (Piece(person.name, False),)
    command = Command(f"person-{person.pk}", person.name, "person", href=href)
    return fits.order, Option(command, label, f"{person.email}, {hint}")


def _known(person: Person, text: str, *, mend: bool, at: datetime) -> Iterator[Part]:
    """Return what the desk has written: known issues, and articles in every state. `mend`: with slips forgiven."""
    if not _long_enough(text):
        return
    found = finding.known(person, text, at=at, limit=FEW, mend=mend)

    def options(kind: str, icon: str, rows: Iterable[tuple[int, str, str]]) -> tuple[Option, ...]:
        return tuple(
            Option(
                Command(f"{kind}-{pk}", title, icon, href=reverse(f"console:{kind}", args=[pk])),
                marked(title, found.words, prefix=found.words[-1]),
                hint,
            )
            for pk, title, hint in rows
        )

    issues = [(one.pk, one.title, one.get_status_display()) for one in found.issues]
    articles = [(one.pk, one.title, state_of(one).text) for one in found.articles]
    yield Part("Known issues", options("issue", "eye", issues), BY_WORDS)
    yield Part("Articles", options("article", "book", articles), BY_WORDS)


def _everything(text: str) -> Part:
    href = reverse("console:search") + "?" + urlencode({"q": text.strip()})
    option = Option(
        Command("search-all", "Search everything", "search", href=href),
        (Piece("Search everything for ", False), Piece(text.strip(), True)),
    )
    return Part("Search", (option,), WORST)


def _recent(
    person: Person, lines: Sequence[Place], can: Collection[str], names: Sequence[str], *, at: datetime
) -> tuple[Option, ...]:
    """Return what somebody opened and used last: tickets first, each only while it may be seen, then commands."""
    keys = {name: key for name in names if (key := ticket_id_in(name)) is not None}
    tickets = visible_tickets(person, at=at).select_related("organisation").in_bulk(list(keys.values()))
    known = {one.name: one for one in map(commands.place, lines)}
    known |= {one.name: one for one in commands.of_desk(person)} | {one.name: one for one in commands.on_page(can)}
    seen = [_ticket(tickets[key]) for key in keys.values() if key in tickets]
    return (*seen, *(_plain(known[name]) for name in names if name in known))


def _long_enough(text: str) -> bool:
    return any(len(word) >= SHORTEST for word in words_of(text))


def _holding(text: str, field: str) -> Q:
    """Return what holds each word that was typed, as it was typed: accents count here, case does not."""
    found = Q()
    for word in re.findall(r"[^\s,;]+", text)[:6]:
        found &= Q(**{f"{field}__icontains": word})
    return found
