"""Telling processes apart, so that what a dead one held need not wait for its lease to end.

Only on one machine: of a process elsewhere, or in another container, nothing can be known and its leases hold.
"""

from __future__ import annotations

import os
import socket
from functools import lru_cache
from pathlib import Path


def identity() -> str:
    """Return a name for this process that no other process had, has, or will have."""
    return _identity(os.getpid())


def is_gone(name: str) -> bool:
    """Say whether the process of that `identity` is known to have ended. False: it lives, or nobody here can know."""
    here, _, process = name.rpartition("/")
    pid, _, began = process.partition(":")
    if not here or here != _here() or not pid.isdigit() or not began:
        return False
    return _began(int(pid)) != began


@lru_cache(maxsize=4)
def _identity(pid: int) -> str:
    began = _began(pid)
    return f"{_here()}/{pid}:{began}"


def _here() -> str:
    """Return where process numbers mean the same as here: this machine, and within it this container."""
    try:
        return f"{socket.gethostname()[:50]}/{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return ""


def _began(pid: int) -> str:
    """Return when a process began, in ticks since the machine did; "" if there is none, or it has been killed."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state in "ZX" else fields[18]
