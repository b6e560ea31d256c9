"""Errors as text that a database can keep and a person can read."""

from __future__ import annotations

import traceback

LONGEST = 4_000


def describe(error: BaseException) -> str:
    """Return the end of the traceback of `error`: at most 4 000 characters, no NUL for PostgreSQL's sake."""
    return "".join(traceback.format_exception(error)).replace("\x00", "\ufffd")[-LONGEST:].strip()
