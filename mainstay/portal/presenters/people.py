"""People as their organisation's administrator sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

from mainstay.orgs import changes, signins
from mainstay.orgs.models import Change, Membership, SignIn
from mainstay.screens.moments import Moment, moment
from mainstay.screens.people import Face, face
from mainstay.tickets.vouching import Asked


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One authorised user, past or present."""

    id: int
    face: Face
    role: str
    organisation: str
    rights: tuple[str, ...]
    administrates: bool
    since: str
    until: str
    by: str
    account: str
    signs: tuple[str, ...]
    me: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of history."""

    at: Moment | None
    who: str
    what: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who wrote to support from a domain of the organisation, and is not known."""

    id: int
    name: str
    address: str
    organisation: str
    at: Moment | None


def person_lines(
    found: Sequence[Membership], live: Iterable[SignIn], zone: ZoneInfo, *, me: int
) -> list[PersonLine]:
    """Return authorised users for a screen. `found` must say `invited_in`; no query."""
    of: dict[int, list[SignIn]] = {}
    for one in live:
        of.setdefault(one.person_id, []).append(one)
    return [_person_line(one, of, zone, me) for one in found]


def _person_line(
    one: Membership, live: Mapping[int, list[SignIn]], zone: ZoneInfo, me: int
) -> PersonLine:
    there = one.person.has_usable_password() or bool(getattr(one, "invited_in", False))
    return PersonLine(
        id=one.pk,
        face=face(one.person),
        role=one.role,
        organisation=one.organisation.name,
        rights=rights_words(one),
        administrates=one.administrates,
        since=_day(one.active_from, zone),
        until=_day(one.active_to, zone) if one.active_to else "",
        by=one.granted_by.name if one.granted_by else "",
        account=_("Has an account") if there else _("By mail and telephone only"),
        signs=tuple(signins.signs_of_sharing(live.get(one.person_id, []))),
        me=one.person_id == me,
    )


def _day(at: datetime, zone: ZoneInfo) -> str:
    return formats.date_format(at.astimezone(zone), "j F Y")


def rights_words(one: Membership) -> tuple[str, ...]:
    """Return what somebody may do, in plain words."""
    said = []
    if one.may_raise:
        said.append(_("asks for support"))
    if one.sees_all or one.administrates:
        said.append(_("sees all requests"))
    if one.administrates:
        said.append(_("administrator"))
    return tuple(said) or (_("may not ask for support"),)


def happened(found: Iterable[Change], zone: ZoneInfo, *, at: datetime) -> list[Happened]:
    """Return lines of history. No query where people are loaded."""
    return [
        Happened(
            moment(one.at, zone, now=at),
            one.by.name if one.by else _("Support"),
            changes.words(one),
            one.organisation.name if one.organisation else "",
        )
        for one in found
    ]


def strangers(found: Iterable[Asked], zone: ZoneInfo, *, at: datetime) -> list[Stranger]:
    """Return who wrote and when; what they wrote stays with support until somebody vouches for them."""
    return [
        Stranger(
            one.ticket.pk,
            one.ticket.requester_name or one.ticket.requester_address,
            one.ticket.requester_address,
            one.organisation.name,
            moment(one.ticket.reported_at, zone, now=at),
        )
        for one in found
    ]
