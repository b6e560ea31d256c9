"""Who hears that a release has shipped. `wiring` fills the listeners; each runs in the transaction that ships it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstay.releases.models import Round

Listener = Callable[["Round"], None]
_shipped: list[Listener] = []


def on_shipped(listener: Listener) -> None:
    """Have `listener(round)` called when a release ships. Registering twice adds nothing."""
    if listener not in _shipped:
        _shipped.append(listener)


def tell_shipped(told: Round) -> None:
    """Call every listener; what one of them raises undoes the shipping."""
    for listener in _shipped:
        listener(told)
