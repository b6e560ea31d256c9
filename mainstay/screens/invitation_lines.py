"""Invitations that wait, and whether somebody has an account, as both doors show them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from mainstay.orgs import changes
from mainstay.orgs.models import Invitation
from mainstay.screens.moments import Moment, moment


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """One invitation that waits: to whom, as what, since when, and how it stands."""

    id: int
    name: str
    email: str
    role: str
    rights: str
    by: str
    sent: Moment | None
    until: Moment | None
    tone: str
    icon: str
    state: str


def invitation_lines(
    found: Iterable[Invitation], undelivered: Collection[int], zone: ZoneInfo, *, at: datetime
) -> list[InvitationLine]:
    """Return invitations for a screen. No query where `invited_by` is loaded."""
    return [_line(one, one.pk in undelivered, zone, at) for one in found]


def _line(one: Invitation, undelivered: bool, zone: ZoneInfo, at: datetime) -> InvitationLine:
    tone, icon, state = "", "clock", _("Waiting")
    if one.expires_at <= at:
        tone, icon, state = "warn", "over", _("Expired")
    elif undelivered:
        tone, icon, state = "grave", "cross", _("The letter did not arrive")
    return InvitationLine(
        id=one.pk,
        name=one.name or one.email,
        email=one.email,
        role=one.role,
        rights=changes.rights_in_words({key: getattr(one, key) for key in changes.RIGHTS}),
        by=one.invited_by.name if one.invited_by else "",
        sent=moment(one.sent_at, zone, now=at),
        until=moment(one.expires_at, zone, now=at),
        tone=tone,
        icon=icon,
        state=state,
    )
