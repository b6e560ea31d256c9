"""The one place that reads the system clock.

Only the doors (`console`, `cli`), `jobs` and the intakes (`mail`) call `now()`; everything below takes `at=`.
"""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, aware, UTC, whole seconds cut off to microseconds as the system gives it."""
    return datetime.now(UTC)


def to_text(at: datetime) -> str:
    """Return `at` as ISO 8601 in UTC with `Z`, seconds exact (fractions are kept only where there are any)."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """Return the aware UTC moment written in `text` (ISO 8601). Raises ValueError where it has no zone."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone; write it with Z or an offset")
    return at.astimezone(UTC)
