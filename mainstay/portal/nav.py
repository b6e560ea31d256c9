"""The line of places on top of every page. A place that somebody may not open is not shown to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext_lazy as _

from mainstay.portal.access import ADMINISTRATES, ANY, Standing
from mainstay.portal.environment import url


@dataclass(frozen=True, slots=True)
class Place:
    """One place: `key` is what a page calls itself by, `label` what people read."""

    key: str
    label: str
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class _Line:
    key: str
    label: object  # translated when it is shown
    address: Callable[[], str]
    right: str = ANY
    signed_in: bool = True  # False: also for whoever has not signed in


LINES = (
    _Line("home", _("Home"), partial(url, "home")),
    _Line("requests", _("Requests"), partial(url, "requests")),
    _Line("promises", _("What we promise"), partial(url, "promises")),
    _Line("hub", _("Support Hub"), partial(url, "hub:start"), signed_in=False),
    _Line("issues", _("Known issues"), partial(url, "issues")),
    _Line("releases", _("Releases"), partial(url, "releases")),
    _Line("people", _("People"), partial(url, "people"), ADMINISTRATES),
    _Line("complaints", _("Complaints"), partial(url, "complaints")),
    _Line("contact", _("Hours and contact"), partial(url, "contact")),
)  # fmt: skip


def places(standing: Standing | None, *, current: str) -> tuple[Place, ...]:
    """Return the places of whoever asks; `standing` is None for somebody who is not signed in."""
    return tuple(
        Place(line.key, str(line.label), line.address(), line.key == current) for line in LINES if _may(line, standing)
    )


def _may(line: _Line, standing: Standing | None) -> bool:
    return not line.signed_in if standing is None else standing.may(line.right)
