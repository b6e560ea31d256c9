"""Tags: words of the desk's own that tickets carry, for finding and counting them again.

A tag has one spelling, whoever types it. Whether anybody may make a new one or only managers is theirs to decide.
The log holds a tag's id, never its name: what somebody writes into a tag is not ours to keep for ever.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from mainstay.orgs import access
from mainstay.orgs.models import Person, StaffRole
from mainstay.tickets import events
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Event, Ticket
from mainstay.tickets.rows.tags import LONGEST, Tag, TagChoice, Tagging

MOST = 20  # tags of one ticket
OFFERED = 300  # names offered while somebody types
_GAPS = re.compile(r"[\s_]+")
_STRANGE = re.compile(r"[^\w\-./:+&]")


def normal(name: str) -> str:
    """Return the one spelling of a tag: small letters, words joined by a hyphen, no leading '#'. Raises CannotDo."""
    said = unicodedata.normalize("NFKC", name).casefold().strip().lstrip("#").strip()
    said = _GAPS.sub("-", said).strip("-")
    if not said:
        raise CannotDo("Write a word for the tag.")
    if len(said) > LONGEST:
        raise CannotDo(
            "A tag has at most %(most)s characters; this one has %(length)s.", most=LONGEST, length=len(said)
        )
    if found := _STRANGE.search(said):
        raise CannotDo(
            "A tag is made of letters, digits and - . / : + &; it cannot hold '%(character)s'.",
            character=found[0],
        )
    return said


def names_in(text: str) -> list[str]:
    """Return the tags in what somebody typed, with commas between them, each once. Raises CannotDo."""
    return list(dict.fromkeys(normal(part) for part in text.split(",") if part.strip(" \t#")))


@transaction.atomic
def set_tags(*, ticket: Ticket, names: Sequence[str], by: Person, at: datetime) -> None:
    """Let the ticket carry exactly these tags. One event for each that comes or goes; none where nothing changes."""
    wanted = list(dict.fromkeys(normal(name) for name in names))
    if len(wanted) > MOST:
        raise CannotDo("A ticket carries at most %(most)s tags. Take one off first.", most=MOST)
    ticket = locked(ticket)
    has = {one.tag.name: one.tag for one in ticket.taggings.select_related("tag")}
    coming = [_tag(name, by=by, at=at) for name in wanted if name not in has]
    going = [tag for name, tag in has.items() if name not in wanted]
    Tagging.objects.bulk_create(Tagging(ticket=ticket, tag=tag, at=at, by=by) for tag in coming)
    Tagging.objects.filter(ticket=ticket, tag__in=going).delete()
    happenings = [Happening(events.TAGGED, at, {"tag": tag.pk}) for tag in coming]
    happenings += [Happening(events.UNTAGGED, at, {"tag": tag.pk}) for tag in going]
    if happenings:
        append(ticket, happenings, actor=by.ref, recorded_at=at)


@transaction.atomic
def tag(*, ticket: Ticket, name: str, by: Person, at: datetime) -> None:
    """Put one tag on the ticket. Says nothing where it is there already."""
    ticket = locked(ticket)
    set_tags(ticket=ticket, names=[*names_of(ticket), name], by=by, at=at)


@transaction.atomic
def untag(*, ticket: Ticket, name: str, by: Person, at: datetime) -> None:
    """Take one tag off the ticket. Says nothing where it is not there."""
    ticket = locked(ticket)
    gone = normal(name)
    set_tags(ticket=ticket, names=[one for one in names_of(ticket) if one != gone], by=by, at=at)


@transaction.atomic
def add(*, name: str, by: Person, at: datetime) -> Tag:
    """Put a tag on the list, or back on it. Raises NotAllowed for anybody but a manager."""
    access.require(by, StaffRole.MANAGER)
    tag, made = Tag.objects.get_or_create(name=normal(name), defaults={"made_at": at, "made_by": by})
    if not made and tag.retired_at is None:
        raise CannotDo("There is a tag %(tag)s already.", tag=tag.name)
    tag.retired_at = tag.retired_by = None
    tag.save(update_fields=["retired_at", "retired_by"])
    return tag


@transaction.atomic
def retire(*, tag: Tag, by: Person, at: datetime) -> None:
    """Offer the tag no more. Tickets that carry it keep it. Raises NotAllowed for anybody but a manager."""
    access.require(by, StaffRole.MANAGER)
    Tag.objects.filter(pk=tag.pk, retired_at=None).update(retired_at=at, retired_by=by)


@transaction.atomic
def rename(*, tag: Tag, name: str, by: Person) -> None:
    """Give the tag another name, on every ticket at once. Raises NotAllowed for anybody but a manager."""
    access.require(by, StaffRole.MANAGER)
    wanted = normal(name)
    if Tag.objects.filter(name=wanted).exclude(pk=tag.pk).exists():
        raise CannotDo("There is a tag %(wanted)s already.", wanted=wanted)
    Tag.objects.filter(pk=tag.pk).update(name=wanted)


@transaction.atomic
def let_anybody_make(*, free: bool, by: Person, at: datetime) -> None:
    """Decide whether anybody at the desk may make a new tag. Raises NotAllowed for anybody but a manager."""
    access.require(by, StaffRole.MANAGER)
    if free != anybody_makes():
        TagChoice.objects.create(free=free, by=by, at=at)


def anybody_makes() -> bool:
    """Whether anybody at the desk may make a new tag: so it is until a manager decides otherwise."""
    newest = TagChoice.objects.order_by("-pk").values_list("free", flat=True).first()
    return newest is None or newest


def names_of(ticket: Ticket) -> list[str]:
    """Return the tags of one ticket by name. One query."""
    return list(
        Tag.objects.filter(taggings__ticket=ticket).order_by("name", "pk").values_list("name", flat=True)
    )


def of_tickets(ticket_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the tags of the tickets of one page, by ticket. One query over the index of the page's tickets."""
    found: dict[int, list[str]] = {}
    rows = Tagging.objects.filter(ticket_id__in=list(ticket_ids)).order_by("tag__name")
    for ticket_id, name in rows.values_list("ticket_id", "tag__name"):
        found.setdefault(ticket_id, []).append(name)
    return found


def having(name: str) -> Q:
    """Return the condition that a ticket carries the tag; nothing fits a name that no tag has."""
    try:
        spelled = normal(name)
    except CannotDo:
        return Q(pk__in=[])
    return Q(pk__in=Tagging.objects.filter(tag__name=spelled).values("ticket"))


def offered() -> list[str]:
    """Return the names to be offered while somebody types, by name."""
    return list(
        Tag.objects.filter(retired_at=None).order_by("name").values_list("name", flat=True)[:OFFERED]
    )


def listed() -> QuerySet[Tag]:
    """Return all tags with the number of tickets that carry each (`tickets`), those in use first."""
    number = Tagging.objects.filter(tag=OuterRef("pk")).values("tag").annotate(number=Count("pk"))
    return Tag.objects.annotate(tickets=Subquery(number.values("number"))).order_by("retired_at", "name")


def faults(ticket: Ticket, history: Iterable[Event]) -> Iterator[str]:
    """Say where the rows of one ticket's tags are not what its events make of them."""
    told: set[int] = set()
    for event in history:
        if event.kind == events.TAGGED:
            told.add(event.payload["tag"])
        elif event.kind == events.UNTAGGED:
            told.discard(event.payload["tag"])
    if told != set(ticket.taggings.values_list("tag_id", flat=True)):
        yield f"{ticket.reference}: the tags it carries are not those that its events tell of"


def _tag(name: str, *, by: Person, at: datetime) -> Tag:
    """Return the tag of that spelling; make it where the one who asks may."""
    found = Tag.objects.filter(name=name).first()
    if found is not None and found.retired_at is None:
        return found
    if not anybody_makes() and not access.at_least(by, StaffRole.MANAGER):
        raise CannotDo("There is no tag %(name)s. Tags come from a list; ask a manager to add it.", name=name)
    if found is not None:
        raise CannotDo(
            "The tag %(name)s was retired. Choose another, or ask a manager to bring it back.", name=name
        )
    return Tag.objects.get_or_create(name=name, defaults={"made_at": at, "made_by": by})[0]
