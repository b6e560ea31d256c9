"""F13: the wall clock of the machine is set while a worker runs: nothing fires twice, and nothing waits for ever."""

from __future__ import annotations

import mmap
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from .account import settle, wait_until_quiet
from .conftest import ADOPT
from .desk import Desk, Template, until
from .due import ALWAYS, fired, seed
from .haste import HASTE
from .mailboxes import Mailbox, Relay
from .post import mail
from .sink import Sink

pytestmark = pytest.mark.faults

# The wall clock of a process is moved by what stands in a file; the steady clocks stay as they are.
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
static long long shift(void) {
    static volatile long long none, *at;
    if (!at) {
        const char *name = getenv("CLOCK_SHIFT");
        int file = name ? open(name, O_RDONLY) : -1;
        at = file < 0 ? &none : mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
    }
    return *at;
}
int clock_gettime(clockid_t id, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(id, now);
    if (!result && id == CLOCK_REALTIME) now->tv_sec += shift();
    return result;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *now) {
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (now) *now = precise.tv_sec;
    return precise.tv_sec;
}
"""
# A test has no two minutes to wait for the hold to end; where the clock comes back within it, it lasts as it does.
WATCHFUL = f"{HASTE}\nfrom mainstay.jobs import clockwatch\nclockwatch.HOLD = _span(seconds=4)\n"
HOUR, DAY = 3600, 86400
BEATS = "SELECT count(*) FROM jobs_workerbeat WHERE alarm <> ''"


class Clock:
    """The wall clock of the desk's processes."""

    def __init__(self, file: mmap.mmap) -> None:
        self._file = file

    def ahead(self, seconds: int) -> None:
        self._file[:8] = struct.pack("q", seconds)


@pytest.fixture
def clock_and_desk(
    template: Template, tmp_path, mailbox: Mailbox, front: Relay, out: Sink
) -> Iterator[tuple[Clock, Desk]]:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if not compiler:
        pytest.skip("NOT RUN: F13 needs a C compiler (apt install gcc) to move the clock of a process")
    (tmp_path / "shim.c").write_text(SHIM)
    shim = tmp_path / "shim.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", str(shim), str(tmp_path / "shim.c"), "-ldl"], check=True
    )
    path = tmp_path / "shift"
    path.write_bytes(bytes(8))
    handle = os.open(path, os.O_RDWR)
    with mmap.mmap(handle, 8) as file:
        environment = {"LD_PRELOAD": str(shim), "CLOCK_SHIFT": str(path)}
        settings = {"MAINSTAY_MAIL_IN": mailbox.url(front.port), "MAINSTAY_MAIL_OUT": out.url}
        with template.desk(tmp_path / "desk", **settings, **environment) as desk:
            desk.ask(ADOPT)
            yield Clock(file), desk
    os.close(handle)


def due_in(seconds: float) -> datetime:
    """Return when a ticket of severity 1 was reported whose resolution is half used up in so many seconds."""
    return datetime.now(UTC) + timedelta(seconds=seconds) - timedelta(hours=1)


def halves(desk: Desk) -> list[str]:
    return [row[0] for row in fired(desk) if row[1] == "resolution" and row[2].startswith("warning 50%")]


def test_a_clock_that_jumps_and_comes_back_fires_nothing(clock_and_desk: tuple[Clock, Desk]):
    """A day ahead for two seconds: work is held, an alarm is written down, and all goes on as before."""
    clock, desk = clock_and_desk
    seed(desk, [("tomorrow", ALWAYS, due_in(3 * HOUR), 1)])
    worker = desk.start("worker", code=HASTE)
    until(lambda: desk.rows("SELECT count(*) FROM jobs_workerbeat")[0][0] >= 4, why=worker.said)
    time.sleep(1.5)
    clock.ahead(DAY)
    until(lambda: desk.rows(BEATS)[0][0], why=worker.said)
    clock.ahead(0)
    time.sleep(6)
    assert fired(desk) == []
    seed(desk, [("now", ALWAYS, due_in(1), 1)])
    until(lambda: halves(desk) == ["now"], why=worker.said)
    desk.kill_all()
    desk.verify()


def test_a_clock_that_goes_ahead_and_back_doubles_nothing_and_strands_nothing(
    clock_and_desk: tuple[Clock, Desk], mailbox: Mailbox, out: Sink, figures
):
    """Two hours ahead, work, two hours back, and a kill: leases written in the wrong time must not hold anything up."""
    clock, desk = clock_and_desk
    seed(desk, [("before", ALWAYS, due_in(0), 1), ("in an hour", ALWAYS, due_in(HOUR), 1)])
    worker = desk.start("worker", code=WATCHFUL)
    until(lambda: halves(desk) == ["before"], why=worker.said)

    clock.ahead(2 * HOUR)
    sent = [mail(files=1)]
    mailbox.put(*sent)
    until(lambda: sorted(halves(desk)) == ["before", "in an hour"], why=worker.said)
    wait_until_quiet(desk, 3)
    sent.append(mail())
    mailbox.put(sent[-1])
    # Killed with a mailbox leased, and perhaps a mail and a letter, until a moment two hours from now.
    until(lambda: desk.rows("SELECT count(*) FROM mail_arrival") == [(2,)], why=worker.said)
    worker.kill()

    clock.ahead(0)
    seed(desk, [("after", ALWAYS, due_in(2), 1)])
    worker = desk.start("worker", code=WATCHFUL)
    began = time.monotonic()
    sent.append(mail())
    mailbox.put(sent[-1])
    until(lambda: "after" in halves(desk), why=worker.said)
    wait_until_quiet(desk, 6)
    took = time.monotonic() - began
    account = settle(desk, sent, out)
    assert not account.lost | account.doubled | account.damaged | account.unanswered, account
    assert sorted(halves(desk)) == ["after", "before", "in an hour"]
    figures(f"F13: clock +1 day and back, +2 h, -2 h and a kill: 0 double, 0 missed, all caught up in {took:.0f} s")
