"""Who does which kind of job. Filled once, by `wiring`, before the first worker runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from .retry import Policy

LEASE = timedelta(minutes=2)
LONGEST_LEASE = timedelta(hours=1)


class Handler(Protocol):
    """Does one job. It may be called twice for it, so its effects must be the database's or repeatable."""

    def __call__(self, payload: dict[str, Any], /, *, at: datetime) -> object: ...


@dataclass(frozen=True, slots=True)
class Registered:
    """A handler and how it wants to be called."""

    handler: Handler
    own_transactions: bool
    lease: timedelta
    policy: Policy


_handlers: dict[str, Registered] = {}


def register(
    kind: str,
    handler: Handler,
    *,
    own_transactions: bool = False,
    lease: timedelta = LEASE,
    policy: Policy = Policy(),  # noqa: B008  frozen
) -> None:
    """Let `handler` do the jobs of `kind`. Registering again replaces the earlier handler.

    The handler runs inside the transaction that also marks the job done: both commit or neither. With
    `own_transactions` it runs outside of any, for work that waits on a network; then it may have run to its
    end and be called once more, and must be made for that. `lease` is how long it may take before another
    worker thinks that this one is dead.
    """
    if not timedelta() < lease <= LONGEST_LEASE:
        raise ValueError(f"lease={lease}: longer than nothing and at most {LONGEST_LEASE}")
    _handlers[kind] = Registered(handler, own_transactions, lease, policy)


def find(kind: str) -> Registered | None:
    """Return who does jobs of `kind`, or None in a release that does not know it."""
    return _handlers.get(kind)


def registered() -> Mapping[str, Registered]:
    """Return all kinds this process can do."""
    return dict(_handlers)


def unregister(kind: str) -> None:
    """Forget a kind. For tests."""
    _handlers.pop(kind, None)
