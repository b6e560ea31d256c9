"""Live sessions as the account page and the administrator's page show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mainstay.orgs.models import SignIn
from mainstay.orgs.signins import signs_of_sharing
from mainstay.screens.moments import Moment, moment
from mainstay.screens.people import Face, face


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One live session."""

    id: int
    device: str
    network: str
    began: Moment | None
    seen: Moment | None
    this_one: bool


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody with their live sessions, and what in them looks like sharing."""

    face: Face
    lines: tuple[SessionLine, ...]
    signs: tuple[str, ...]


def session_line(sign_in: SignIn, zone: ZoneInfo, *, mine: int | None, at: datetime) -> SessionLine:
    """Return one session; `mine` is the number of the one that looks."""
    return SessionLine(
        sign_in.pk,
        sign_in.device,
        sign_in.network or "Unknown",
        moment(sign_in.began_at, zone, now=at),
        moment(sign_in.seen_at, zone, now=at),
        sign_in.pk == mine,
    )


def signed(live: Iterable[SignIn], zone: ZoneInfo, *, mine: int | None, at: datetime) -> list[Signed]:
    """Return everybody who is signed in, those with signs of sharing first, then by name."""
    of: dict[int, list[SignIn]] = {}
    for sign_in in live:
        of.setdefault(sign_in.person_id, []).append(sign_in)
    found = [
        Signed(
            face(rows[0].person),
            tuple(session_line(row, zone, mine=mine, at=at) for row in rows),
            tuple(signs_of_sharing(rows)),
        )
        for rows in of.values()
    ]
    return sorted(found, key=lambda one: (not one.signs, one.face.name, one.face.id))
