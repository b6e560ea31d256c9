"""Search: which tickets hold what somebody asks for, where it was found, and what is like a subject being typed.

Every result, count and excerpt goes through `visible_tickets` (class C2). What was made of an internal note is looked
at for staff only: a client's words never match one, not even by leaving a word out (class C3). The newest come first,
cut by key; or the best of the newest, for somebody who knows what they look for and not when it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from mainstay.core import asking
from mainstay.core.asking import Asked, Term
from mainstay.core.words import Piece, enough, excerpt, holds, marked, telling, words_of
from mainstay.lib import sql
from mainstay.orgs.access import works_the_desk
from mainstay.orgs.models import Organisation, Person
from mainstay.outbox.models import Letter
from mainstay.tickets import narrowing
from mainstay.tickets.access import ticket_id_in, visible_tickets
from mainstay.tickets.delivery import SIGN_UP_CODE, TO_OTHERS
from mainstay.tickets.models import Cause, Direction, Message, Passage, State, Ticket
from mainstay.tickets.passages import whose_word

PAGE = 20
BATCH = 200  # passages looked at in one go; a long thread may hold the word in each of its messages
BATCHES = 10  # in one page: then the page is shorter, and the next one goes on from there
FEW = 200  # tickets that are sooner looked through, word by word, than all that holds a common word
CANDIDATES = 300  # of the newest, among which the best are chosen
SHORTEST = 2  # letters that are looked for while somebody types; nearly everything begins with one letter
MOST_ORGANISATIONS = 20  # that one word may stand for

SOLVING = ("workaround", "fix")  # purposes of letters that say how a ticket ended

Standings = Mapping[str, Q]


@dataclass(frozen=True, slots=True)
class Hit:
    """One ticket that was found, with its newest passage that holds the words, and those words marked in it."""

    ticket: Ticket
    passage_id: int
    source: str
    message: Message | None
    at: datetime
    subject: tuple[Piece, ...]
    excerpt: tuple[Piece, ...]
    people: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Similar:
    """A ticket like another, its subject marked; `solved_by` is the letter of ours that ended it, if one did."""

    ticket: Ticket
    subject: tuple[Piece, ...]
    solved_by: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """One page. `after` is where the next one begins, None at the end; `troubles` say what could not be understood."""

    asked: Asked
    hits: Sequence[Hit]
    after: int | None
    troubles: Sequence[str]


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks, and everything that it takes to answer them and nobody else."""

    person: Person
    asked: Asked
    at: datetime
    passages: QuerySet[Passage]
    troubles: tuple[str, ...]
    joined: bool  # the passages are joined with the index of words, by which they are then sorted too


def find(
    person: Person,
    text: str,
    *,
    at: datetime,
    zone: ZoneInfo,
    standings: Standings,
    after: int | None = None,
    best: bool = False,
    size: int = PAGE,
) -> Found:
    """Return a page of what `person` asks for. `standings` say what `is:` may ask; days are those of `zone`.

    With `best` there is one page only: the best among the newest that hold all the words.
    """
    question = understand(person, text, at=at, zone=zone, standings=standings)
    if question.asked.empty:
        return Found(question.asked, (), None, question.troubles)
    if best and question.asked.terms:
        places, further = _best(question, size), None
    else:
        places, further = _newest(question, after, size)
    return Found(question.asked, _hits(question, places), further, question.troubles)


def understand(
    person: Person, text: str, *, at: datetime, zone: ZoneInfo, standings: Standings, typing: bool = False
) -> Question:
    """Read what was typed. What makes no sense narrows nothing and is said in `troubles`, one sentence each."""
    staff, seen = works_the_desk(person), visible_tickets(person, at=at)
    asked = asking.read(text, operators=narrowing.OPERATORS if staff else narrowing.FOR_CLIENTS, typing=typing)
    tickets, by_ticket = seen, not staff
    passages = rows = Passage.objects.all() if staff else _of_clients()
    terms, without = _with_organisations(asked.terms), list(asked.without)
    troubles = [narrowing.unknown(name, staff) for name in asked.unknown]
    leading: list[Q] = []
    for one in asked.narrowings:
        try:
            asks = narrowing.read(one, person=person, at=at, zone=zone, standings=standings, staff=staff)
        except narrowing.MakesNoSense as error:
            troubles.append(str(error))
            continue
        if asks.term is not None:
            (without if one.turned else terms).append(asks.term)
        if asks.tickets is not None:
            tickets, by_ticket = tickets.filter(~asks.tickets if one.turned else asks.tickets), True
            leading += [asks.tickets] if asks.leads and not one.turned else []
        if asks.passages is not None:
            passages = passages.filter(~asks.passages if one.turned else asks.passages)
    for term in without:
        held = rows.filter(pk__in=sql.keys_matching(Passage, [term]))
        passages = passages.exclude(ticket__in=held.values("ticket"))
    if by_ticket:
        passages = passages.filter(Exists(tickets.filter(pk=OuterRef("ticket"))))
    few = _few_of(tickets, [seen.filter(condition) for condition in leading]) if terms else None
    if few is not None:
        passages = sql.few_matching(passages.filter(ticket__in=few), terms)
    elif terms:
        passages = sql.matching(passages, terms)
    elif not any(one.name in narrowing.OF_MESSAGES for one in asked.narrowings):
        passages = passages.filter(source=Passage.Source.ABOUT)
    joined = bool(terms) and few is None
    return Question(person, replace(asked, terms=tuple(terms)), at, passages, tuple(troubles), joined)


def _few_of(tickets: QuerySet[Ticket], leading: Sequence[QuerySet[Ticket]]) -> list[int] | None:
    """Return the keys of `tickets` where one of the conditions leading to them leaves few. A query for each.

    Each is asked by itself and no further than a few tickets, so that this costs the same however many there are; what
    only several of them together make rare is found by its words, as ever.
    """
    for one in leading:
        keys = list(one.values_list("pk", flat=True)[: FEW + 1])
        if len(keys) <= FEW:
            return list(tickets.filter(pk__in=keys).values_list("pk", flat=True))
    return None


def _with_organisations(terms: Sequence[Term]) -> list[Term]:
    """Let a word also stand for the organisations whose name it begins a word of. One query."""
    single = [term for term in terms if len(term.words) == 1 and len(term.words[0]) > 2]
    if not single:
        return list(terms)
    named = Q()
    for term in single:
        named |= Q(name__icontains=term.words[0])
    rows = list(Organisation.objects.filter(named).order_by("pk").values_list("pk", "name")[:200])
    names = [(whose_word(pk), words_of(name)) for pk, name in rows]
    meant = {
        term: tuple(word for word, name in names if any(part.startswith(term.words[0]) for part in name))
        for term in single
    }
    return [replace(term, also=meant.get(term, ())[:MOST_ORGANISATIONS]) for term in terms]


Place = tuple[int, int]  # keys of a passage and of its ticket


def _newest(question: Question, after: int | None, size: int) -> tuple[list[Place], int | None]:
    """Return the newest passage of each ticket that has one, older than `after`, and where the next page begins."""
    found: dict[int, int] = {}
    below, looked = after, 0
    while looked < BATCHES:
        batch = _batch(question, below, BATCH)
        fresh = {ticket for _, ticket in batch} - set(found)
        shown = _shown_before(question, fresh, after) if after is not None and fresh else set()
        for passage, ticket in batch:
            below = passage
            if ticket in found or ticket in shown:
                continue
            if len(found) == size:
                return _places(found), min(found.values())
            found[ticket] = passage
        looked += 1
        if len(batch) < BATCH:
            return _places(found), None
    return _places(found), below


def _batch(question: Question, below: int | None, size: int) -> list[Place]:
    rows = question.passages if below is None else question.passages.filter(pk__lt=below)
    rows = sql.newest_first(rows, matched=question.joined)
    return list(rows.values_list("pk", "ticket_id")[:size])


def _shown_before(question: Question, tickets: set[int], after: int) -> set[int]:
    """Return which of `tickets` were on an earlier page, by a passage at or above `after`."""
    rows = question.passages.filter(ticket__in=tickets, pk__gte=after)
    return set(rows.values_list("ticket_id", flat=True))


def _places(found: dict[int, int]) -> list[Place]:
    return [(passage, ticket) for ticket, passage in found.items()]


def _best(question: Question, size: int) -> list[Place]:
    """Return the best of the newest: those whose subject holds more of the words come first."""
    words = question.asked.words
    newest = sql.newest_first(question.passages, matched=question.joined)
    rows = newest.values_list("pk", "ticket_id", "head", "source")
    scored: dict[int, tuple[int, int]] = {}
    for pk, ticket, head, source in rows[:CANDIDATES]:
        score = (2 * holds(head, words) + (source == Passage.Source.ABOUT), pk)
        scored[ticket] = max(scored.get(ticket, (0, 0)), score)
    ranked = sorted(scored, key=lambda ticket: scored[ticket], reverse=True)
    return [(scored[ticket][1], ticket) for ticket in ranked[:size]]


def _hits(question: Question, places: Sequence[Place]) -> list[Hit]:
    """Load what a page of results shows. Three queries, whatever is on it."""
    tickets = {
        ticket.pk: ticket
        for ticket in visible_tickets(question.person, at=question.at)
        .filter(pk__in=[ticket for _, ticket in places])
        .select_related("organisation", "assignee", "terms__agreement")
    }
    passages = Passage.objects.select_related("message").in_bulk([passage for passage, _ in places])
    return [
        hit_of(tickets[ticket], passages[passage], question.asked)
        for passage, ticket in places
        if ticket in tickets and passage in passages
    ]


def hit_of(ticket: Ticket, passage: Passage, asked: Asked) -> Hit:
    """Return one result with its words marked. The pieces are raw: templates escape them."""
    words = asked.words
    prefix = next((term.words[-1] for term in asked.terms if term.prefix), "")
    message = passage.message
    who = (
        f"{message.author_name} {message.author_address}"
        if message is not None
        else f"{ticket.requester_name} {ticket.requester_address}"
    )
    return Hit(
        ticket=ticket,
        passage_id=passage.pk,
        source=passage.source,
        message=message,
        at=passage.at,
        subject=marked(ticket.subject, words, prefix=prefix),
        excerpt=excerpt(message.text, words, prefix=prefix) if message is not None else (),
        people=marked(who.strip(), words, prefix=prefix),
    )


def while_typing(person: Person, text: str, *, at: datetime, limit: int = 8) -> list[Ticket]:
    """Return tickets for what stands in a box so far: the one of a reference, else the newest that begin so."""
    ticket_id = ticket_id_in(text.upper())
    tickets = visible_tickets(person, at=at).select_related("organisation")
    if ticket_id is not None:
        return list(tickets.filter(pk=ticket_id))
    question = understand(person, text, at=at, zone=ZoneInfo("UTC"), standings={}, typing=True)
    if not any(len(word) >= SHORTEST for word in question.asked.words):
        return []
    places, _ = _newest(question, None, limit)
    rows = tickets.in_bulk([ticket for _, ticket in places])
    return [rows[ticket] for _, ticket in places if ticket in rows]


def _of_clients() -> QuerySet[Passage]:
    """Return what a client may find words in: what `shown` shows them, but for the seconds that a letter is held."""
    hidden = Q(letter__state=Letter.State.WITHDRAWN) | Q(purpose__in={SIGN_UP_CODE, *TO_OTHERS})
    hidden |= Q(direction=Direction.IN, automatic=True)
    found = Passage.objects.exclude(source=Passage.Source.NOTE)
    return found.filter(~Exists(Message.objects.filter(hidden, pk=OuterRef("message"))))


def saying(person: Person, text: str) -> Q:
    """Return which tickets hold the words of `text`, for a list; operators are words here."""
    asked = asking.read(text, operators=(), typing=True)
    rows = Passage.objects.all() if works_the_desk(person) else _of_clients()
    found = Q()
    for terms, turned in [(_with_organisations(asked.terms), False), *(([one], True) for one in asked.without)]:
        if terms:
            holding = Q(pk__in=rows.filter(pk__in=sql.keys_matching(Passage, terms)).values("ticket"))
            found &= ~holding if turned else holding
    return found


def similar(
    person: Person, subject: str, *, at: datetime, but: Ticket | None = None, limit: int = 5
) -> list[Similar]:
    """Return tickets whose subject says much the same, solved ones with a cause first, the words in it marked.

    A ticket is like another if its subject has half of the telling words, and no fewer than two where there are two.
    """
    words = telling(subject)
    if not words:
        return []
    terms = [Term((word,), where="head", prefix=word == words[-1]) for word in words]
    rows = Passage.objects.filter(source=Passage.Source.ABOUT)
    rows = sql.newest_first(sql.matching(rows, terms, least=2), matched=True)
    keys = list(rows.values_list("ticket_id", flat=True)[:CANDIDATES])
    found = visible_tickets(person, at=at).filter(pk__in=keys, merged_into=None)
    if but is not None:
        found = found.exclude(pk=but.pk)

    def likeness(ticket: Ticket) -> tuple[int, bool, int]:
        solved = ticket.state in (State.RESOLVED, State.CLOSED) and ticket.cause not in ("", Cause.NO_FAULT)
        return holds(ticket.subject, words) + solved, solved, ticket.pk

    alike = found.select_related("organisation", "terms")
    likely = [ticket for ticket in alike if holds(ticket.subject, words) >= enough(words)]
    likely.sort(key=likeness, reverse=True)
    likely = likely[:limit]
    solving = Message.objects.filter(ticket__in=likely, direction=Direction.OUT, purpose__in=SOLVING)
    solved = dict(solving.order_by("pk").values_list("ticket_id", "pk"))  # the newest of each stays
    return [
        Similar(ticket, marked(ticket.subject, words, prefix=words[-1]), solved.get(ticket.pk))
        for ticket in likely
    ]
