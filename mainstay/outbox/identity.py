"""Ids of letters: UUIDs of version 7 (RFC 9562), which sort by the moment they were posted."""

from __future__ import annotations

import itertools
import secrets
from datetime import datetime
from uuid import UUID

_count = itertools.count()


def new_id(at: datetime) -> UUID:
    """Return an id for something made at `at`. Those of one process and moment sort in the order of calls."""
    milliseconds = int(at.timestamp() * 1000) & (1 << 48) - 1
    order = next(_count) & 0xFFF
    return UUID(int=milliseconds << 80 | 7 << 76 | order << 64 | 2 << 62 | secrets.randbits(62))
