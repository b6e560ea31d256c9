"""Who hears how a letter ended. Only `wiring` fills the lists; all are called in the recording transaction.

A listener that raises does not undo what the server said: the end is recorded without it, and it is told
again until it can take it in. What it wrote itself is rolled back, so it may treat each call as the first.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from .models import Letter

Listener = Callable[[Letter, datetime], object]
CopyListener = Callable[[Letter, tuple[str, ...], datetime], object]

Heard = TypeVar("Heard", Listener, CopyListener)

_accepted: list[Listener] = []
_failed: list[Listener] = []
_copies_refused: list[CopyListener] = []


def on_accepted(listener: Listener) -> Listener:
    """Call `listener(letter, at)` once, when the first recipient's server has taken the letter."""
    return _add(_accepted, listener)


def on_failed(listener: Listener) -> Listener:
    """Call `listener(letter, at)` once, when the first recipient will not get it: refused, or 3 days over."""
    return _add(_failed, listener)


def on_copies_refused(listener: CopyListener) -> CopyListener:
    """Call `listener(letter, addresses, at)` when others than the first recipient turn out unreachable."""
    return _add(_copies_refused, listener)


def forget(listener: object) -> None:
    """Take a listener off all lists. For tests."""
    for heard in (_accepted, _failed, _copies_refused):
        if listener in heard:
            heard.remove(listener)  # type: ignore[arg-type]  # it was found in it


def tell_accepted(letter: Letter, at: datetime) -> None:
    for listener in _accepted:
        listener(letter, at)


def tell_failed(letter: Letter, at: datetime) -> None:
    for listener in _failed:
        listener(letter, at)


def tell_copies_refused(letter: Letter, addresses: tuple[str, ...], at: datetime) -> None:
    for listener in _copies_refused:
        listener(letter, addresses, at)


def _add(heard: list[Heard], listener: Heard) -> Heard:
    if listener not in heard:
        heard.append(listener)
    return listener
