"""How long this machine keeps a thread waiting, measured beside what must be quick: a busy machine breaks no promise."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stalls:
    """The longest that a thread was kept waiting, in seconds, which had only asked for a hundredth of one."""

    longest = 0.0


@contextmanager
def stalls() -> Iterator[Stalls]:
    """Measure for as long as the block lasts."""
    found, done = Stalls(), threading.Event()

    def watch() -> None:
        while not done.is_set():
            began = time.monotonic()
            time.sleep(0.01)
            found.longest = max(found.longest, time.monotonic() - began - 0.01)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        done.set()
        thread.join()
