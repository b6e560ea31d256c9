"""Looking things up once for a whole piece of work, such as a batch of mails in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Found = TypeVar("Found")

_looked_up: ContextVar[dict[Hashable, Any] | None] = ContextVar("looked up once", default=None)


@contextmanager
def for_all() -> Iterator[None]:
    """Remember within the block what `look` found.

    Around a moment's work only: what others write meanwhile is missed.
    """
    token = _looked_up.set({})
    try:
        yield
    finally:
        _looked_up.reset(token)


def remember(key: Hashable, found: object) -> None:
    """Let `look` return `found` for `key` within the block: what was looked up with others of its kind."""
    known = _looked_up.get()
    if known is not None:
        known[key] = found


def look(key: Hashable, find: Callable[[], Found]) -> Found:
    """Return what `find` returned for `key` before within the block; outside of one it is asked each time.

    Nothing found (None) is not remembered, so that what is then made is seen.
    """
    known = _looked_up.get()
    if known is None:
        return find()
    found: Found | None = known.get(key)
    if found is None:
        found = known[key] = find()
    return found
