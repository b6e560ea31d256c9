"""Telling the sleeping loops of this process that there is something to do.

Only a shortening of the wait: a worker in another process finds the same rows at its next look, so nothing
may depend on being heard.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_waiting: set[threading.Event] = set()
_lock = threading.Lock()


@contextmanager
def waiter() -> Iterator[threading.Event]:
    """Give an event that `wake()` sets for as long as the block lasts. The one who waits clears it."""
    event = threading.Event()
    with _lock:
        _waiting.add(event)
    try:
        yield event
    finally:
        with _lock:
            _waiting.discard(event)


def wake() -> None:
    """Wake every loop of this process. Cheap; call it after commit."""
    with _lock:
        for event in _waiting:
            event.set()
