"""Who gets copies of what people write, and whether that is wise (class A5).

A copy shows somebody the whole of a letter, so whose an address is stands beside it; one of another client's needs a
second word, and our own are no recipients at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from mainstay.mail import addresses, desk
from mainstay.mail.parsed import Address
from mainstay.orgs import access
from mainstay.orgs.models import Organisation, Person
from mainstay.tickets import participants
from mainstay.tickets.access import speaks_for, visible_tickets
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Participant, Ticket

MOST = 10  # new names in copy that one mail may add


class NeedsASecondWord(CannotDo):
    """The address is another client's. The message says whose; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose an address is, as far as we know. `elsewhere` names another client that it belongs to."""

    words: str
    outsider: bool
    elsewhere: str = ""
    staff: bool = False
    links_only: bool = False  # their organisation takes no content by mail


def note(
    ticket: Ticket, others: Iterable[Address], *, by: Person | None, received_at: datetime, at: datetime
) -> None:
    """Put those in copy of a mail of `by` down as taking part. Only colleagues with authority are accepted at once.

    Where `by` speaks for the client, that is their word for it, and the colleague sees the request's page too.
    """
    new = {one.key: one for one in others if one.key != ticket.requester_address.casefold()}
    if not new:
        return
    people = _people_at(list(new))
    rows = [
        Participant(
            ticket=ticket,
            address=key,
            name=one.name[:200],
            accepted=_is_colleague(people.get(key), ticket, received_at),
            added_at=at,
        )
        for key, one in list(new.items())[:MOST]
        if not (key in people and people[key].staff_role)
    ]
    Participant.objects.bulk_create(rows, ignore_conflicts=True)
    accepted = [row.address for row in rows if row.accepted]
    if accepted and by is not None and speaks_for(ticket, by, at=received_at):
        nobodys = ticket.participants.filter(address__in=accepted, accepted=True, decided_by=None)
        nobodys.update(decided_by=by, decided_at=at)


def _is_colleague(person: Person | None, ticket: Ticket, at: datetime) -> bool:
    if person is None or not person.is_active or not ticket.verified:
        return False
    return any(one.organisation_id == ticket.organisation_id for one in access.authority_of(person, at=at))


def add(
    *, ticket: Ticket, address: str, name: str, by: Person, at: datetime, confirmed: bool = False
) -> Participant:
    """Have an address that somebody typed take part. Raises CannotDo, NeedsASecondWord."""
    checked = _checked(address)
    if checked in desk.own().addresses:
        raise CannotDo("That is the desk's own address; it gets everything already.")
    if checked == ticket.requester_address.casefold():
        raise CannotDo("That is the requester, who gets every letter already.")
    _ask_about(ticket, checked, confirmed=confirmed, at=at)
    return participants.add(ticket=ticket, address=checked, name=name, by=by, at=at)


def accept(*, ticket: Ticket, participant: int, by: Person, at: datetime, confirmed: bool = False) -> Participant:
    """Let somebody who was in copy take part. Raises CannotDo, NeedsASecondWord."""
    known = ticket.participants.filter(pk=participant).first()
    if known is not None:
        _ask_about(ticket, known.address, confirmed=confirmed, at=at)
    return participants.accept(ticket=ticket, participant=participant, by=by, at=at)


def all_see(ticket: Ticket, asked: list[str], *, at: datetime) -> bool:
    """Whether everybody at these addresses may look at the request online. No query where nobody is asked about."""
    people = _people_at(asked) if asked else {}
    return len(people) == len(set(asked)) and all(
        visible_tickets(person, at=at).filter(pk=ticket.pk).exists() for person in people.values()
    )


def standings(ticket: Ticket, asked: Iterable[str], *, at: datetime) -> Mapping[str, Standing]:
    """Return whose each address is. Three queries, none where nothing is asked."""
    wanted = list(dict.fromkeys(asked))
    if not wanted:
        return {}
    people = _people_at(wanted)
    by_person: dict[int, list[tuple[int, str, bool]]] = {}
    bound: set[int] = set()
    for row in access.active_memberships(at).filter(person__in=people.values()).select_related("organisation"):
        by_person.setdefault(row.person_id, []).append(
            (row.organisation_id, row.organisation.name, row.may_raise)
        )
        bound |= {row.organisation_id} if row.organisation.links_only else set()
    domains: dict[str, tuple[int, str]] = {}
    for pk, name, listed, links_only in Organisation.objects.order_by("-id").values_list(
        "pk", "name", "domains", "links_only"
    ):
        bound |= {pk} if links_only else set()
        domains |= dict.fromkeys(listed, (pk, name))
    found = {one: _standing(ticket, one, people.get(one), by_person, domains) for one in wanted}
    return {
        one: replace(standing, links_only=bool(bound & _organisations(one, people.get(one), by_person, domains)))
        for one, standing in found.items()
    }


def _organisations(
    address: str,
    person: Person | None,
    by_person: Mapping[int, list[tuple[int, str, bool]]],
    domains: Mapping[str, tuple[int, str]],
) -> set[int]:
    hinted = domains.get(address.rpartition("@")[2])
    of_person = by_person.get(person.pk, []) if person else []
    return {organisation for organisation, _, _ in of_person} | ({hinted[0]} if hinted else set())


def _standing(
    ticket: Ticket,
    address: str,
    person: Person | None,
    by_person: Mapping[int, list[tuple[int, str, bool]]],
    domains: Mapping[str, tuple[int, str]],
) -> Standing:
    if person is not None and access.works_the_desk(person):
        return Standing("works this desk", outsider=False, staff=True)
    belongs = by_person.get(person.pk, []) if person else []
    hinted = domains.get(address.rpartition("@")[2])
    ours = ticket.organisation_id
    colleague = Standing("colleague, not an authorised user", outsider=False)
    for organisation, _, may_raise in belongs:
        if organisation == ours:
            return Standing("authorised user", outsider=False) if may_raise else colleague
    others = [(organisation, name) for organisation, name, _ in belongs] + ([hinted] if hinted else [])
    for organisation, name in others:
        if organisation != ours:
            return Standing(f"of {name}, another client", outsider=True, elsewhere=name)
    if hinted:
        return colleague
    return Standing("outsider", outsider=True)


def _ask_about(ticket: Ticket, address: str, *, confirmed: bool, at: datetime) -> None:
    standing = standings(ticket, [address], at=at)[address]
    if standing.staff:
        raise CannotDo("That person works this desk and sees the ticket already; mention them in a note.")
    if standing.elsewhere and not confirmed:
        raise NeedsASecondWord(
            "%(address)s belongs to %(client)s, another client. They would read what is written to "
            "this one. Tick the box to have it so all the same.",
            address=address,
            client=standing.elsewhere,
        )


def _checked(address: str) -> str:
    try:
        return addresses.check(address.strip()).casefold()
    except addresses.BadAddress as error:
        raise CannotDo(
            "%(address)r is no address to write to: %(error)s.", address=address.strip()[:100], error=error
        ) from None


def _people_at(asked: list[str]) -> dict[str, Person]:
    rows = Person.objects.filter(Q(email__in=asked) | Q(addresses__email__in=asked)).distinct()
    found = {}
    for person in rows.prefetch_related("addresses"):
        for address in (person.email, *(one.email for one in person.addresses.all())):
            found[address] = person
    return {address: found[address] for address in asked if address in found}
