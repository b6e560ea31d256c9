"""Who gets what is written: the requester, the copies, and who in copy waits for a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mainstay.mail import copies, letters
from mainstay.screens.moments import Moment, moment
from mainstay.tickets.queries import File

LINKS_ONLY = "Goes as a link: {name} takes no content by mail. Your words and files stand in the portal."


@dataclass(frozen=True, slots=True)
class Copied:
    """Somebody in copy, whose they are, and what was decided about them."""

    id: int
    name: str
    address: str
    whose: str
    outsider: bool
    elsewhere: bool
    accepted: bool
    refused: bool
    decided_by: str
    decided: Moment | None


@dataclass(frozen=True, slots=True)
class Recipients:
    """Exactly who gets the next reply. `to` is empty where no mail reaches the requester."""

    to: str
    to_address: str
    copies: tuple[Copied, ...]
    waiting: tuple[Copied, ...]
    refused: tuple[Copied, ...]
    unreached: tuple[Copied, ...]  # they take part, and want no copy of a reply
    links_only: str = ""  # why a letter goes as a link and without its words, empty where it has them

    @property
    def all(self) -> tuple[Copied, ...]:
        """Everybody who was ever in copy, those who wait for a decision first."""
        return (*self.waiting, *self.copies, *self.unreached, *self.refused)


def recipients(file: File, zone: ZoneInfo, *, at: datetime) -> Recipients:
    """Return who gets what. One query, and four more where somebody is in copy."""
    to, sent = letters.recipients_of(file.ticket, file.participants)
    standings = copies.standings(file.ticket, (one.address for one in file.participants), at=at)
    reached = {one.address for one in sent}
    found = [
        Copied(
            id=row.pk,
            name=row.name,
            address=row.address,
            whose=standings[row.address].words,
            outsider=standings[row.address].outsider,
            elsewhere=bool(standings[row.address].elsewhere),
            accepted=row.accepted,
            refused=not row.accepted and row.decided_at is not None,
            decided_by=row.decided_by.name if row.decided_by else "",
            decided=moment(row.decided_at, zone, now=at),
        )
        for row in file.participants
    ]
    organisation = file.ticket.organisation
    bound = [one.address for one in sent if standings[one.address].links_only]
    if organisation is not None and organisation.links_only:
        bound.insert(0, organisation.name)
    return Recipients(
        links_only=LINKS_ONLY.format(name=bound[0]) if bound else "",
        to=to.name or to.address if to else "",
        to_address=to.address if to else "",
        copies=tuple(one for one in found if one.accepted and one.address in reached),
        waiting=tuple(one for one in found if not one.accepted and not one.refused),
        refused=tuple(one for one in found if one.refused),
        unreached=tuple(one for one in found if one.accepted and one.address not in reached),
    )
