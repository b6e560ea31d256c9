"""F1: kill -9 at each step of taking one mail with two attachments, then go on: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections import Counter
from pathlib import Path

import pytest

from tests.outbox.server import free_port

from .account import settle
from .conftest import ADOPT
from .desk import FULL, GUARD, Desk, Running, Template, until
from .mailboxes import Mailbox
from .post import Mail, deliver, mail
from .sink import Sink

pytestmark = pytest.mark.faults

STEPS = "write,pwrite64,writev,fsync,fdatasync,sendto,sendmsg,connect,rename,renameat2,unlink,mkdir,ftruncate"
SAMPLES = int(os.environ.get("FAULTS_SAMPLES", "9"))

# All that a worker does, in one thread, so that the K-th step is the same one each time. `ahead` is how much later it
# is than now: a process that follows a killed one begins when its leases have ended.
TURNS = """
from datetime import timedelta
from mainstay.jobs.worker import Worker
from mainstay.lib.time import now
from mainstay.mail import imap
from mainstay.mail.models import Mailbox
ahead = timedelta(minutes=ahead)
worker, idle = Worker(), False
while not idle:
    taken = [imap.fetch_once(mailbox, at=now() + ahead).taken for mailbox in Mailbox.objects.all()]
    idle = not worker.tick(now() + ahead) and not sum(taken)
"""

TAKEN = "SELECT count(*) FROM outbox_letter WHERE state = 'accepted'"


@pytest.fixture(autouse=True)
def _strace_is_here() -> None:
    if not shutil.which("strace"):
        pytest.skip(
            "NOT RUN: the crash sweep F1 needs strace (apt install strace); no crash point was tried here"
        )


def take(desk: Desk, *, ahead: int, kill_at: int = 0, log: Path | None = None) -> int:
    """Take what there is, killed at the step of that number; return how the process ended."""
    if not kill_at and log is None:
        return desk.start(code=TURNS, values={"ahead": ahead}).wait()
    running = desk.start(code=TURNS, values={"ahead": ahead}, traced=True)
    tracer = trace(running, kill_at=kill_at, log=log)
    code = running.wait()
    said = tracer.communicate(timeout=GUARD)[1]
    assert code in (0, -9), (code, running.said(), said)
    return code


def trace(running: Running, *options: str, kill_at: int, log: Path | None = None) -> subprocess.Popen[bytes]:
    """Let strace count the steps of a process that waits for it, and kill it at the step of that number."""
    inject = ["-e", f"inject={STEPS}:signal=KILL:when={kill_at}"] if kill_at else []
    return subprocess.Popen(
        ["strace", *options, "-o", str(log or "/dev/null"), "-s", "24", "-e", f"trace={STEPS}", *inject,
         "-p", str(running.pid)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def steps_of(log: Path) -> list[str]:
    """Return the steps of a run by name, without those that are the tracer's own."""
    return [
        found[1]
        for line in log.read_text(errors="replace").splitlines()
        if (found := re.match(r"(\w+)\(", line))
    ]


def spread_over(steps: list[str]) -> list[int]:
    """Return the numbers of the steps that are tried: all, or a sample of those at which something becomes final.

    Between two of those a kill leaves the same behind, whichever step it hits. PostgreSQL's commits look like its
    other messages, so there the sample is of all.
    """
    last = len(steps) + 1
    if FULL or last <= SAMPLES:
        return list(range(1, last + 1))
    final = [place for place, name in enumerate(steps, start=1) if name in ("fsync", "fdatasync", "sendto")] + [last]
    return sorted({final[round(place * (len(final) - 1) / (SAMPLES - 1))] for place in range(SAMPLES)})


def once_more(template: Template, desk: Desk, mailbox: Mailbox, out: Sink) -> Mail:
    """Begin again: a fresh desk, and one new mail in the mailbox."""
    template.renew(desk)
    mailbox.empty()
    out.begin_anew()
    desk.ask(ADOPT)
    sent = mail(files=2)
    mailbox.put(sent)
    return sent


def test_a_mail_survives_a_kill_at_any_step(
    desk: Desk, template: Template, mailbox: Mailbox, out: Sink, tmp_path: Path, figures
):
    """Reliability F1, P1 to P3: one ticket, one message, two whole files, one acknowledgement."""
    once_more(template, desk, mailbox, out)
    assert take(desk, ahead=0, log=tmp_path / "steps") == 0
    steps = steps_of(tmp_path / "steps")
    assert {"sendto", "connect"} <= set(steps)
    spread = spread_over(steps)
    kills = repeats = 0
    for step in spread:
        name = f"step {step} of {len(steps)} ({steps[step - 1] if step <= len(steps) else 'none'})"
        sent = once_more(template, desk, mailbox, out)
        kills += take(desk, ahead=0, kill_at=step) == -9
        # The one case in which nobody can know: the peer has it, and we had not yet written that down.
        in_doubt = len(out.account.taken) - desk.rows(TAKEN)[0][0]
        assert take(desk, ahead=10) == 0, name
        account = settle(desk, [sent], out)
        assert account.clean, f"{name}: {account}"
        assert account.repeats <= in_doubt, f"{name}: {account}"
        repeats += account.repeats
        desk.verify()
        for running in desk.started:
            assert running.poll() is not None
        desk.started.clear()
    kinds = ", ".join(f"{count} {name}" for name, count in Counter(steps).most_common(4))
    figures(f"F1: {len(steps)} steps ({kinds} ...), {kills} kills, {repeats} repeats in doubt, 0 lost, 0 doubled")
    # A run is never quite as long as the one before, so the last few steps may not be reached.
    assert kills >= len(spread) * 2 // 3 - 1


# Our own mail server alone, so that nothing but the handing over is killed.
SERVER = """
import threading
from mainstay.mail import smtp
smtp.run(threading.Event(), listen=f"127.0.0.1:{port}")
"""


def test_a_mail_handed_over_by_smtp_survives_a_kill_at_any_step(
    desk: Desk, template: Template, mailbox: Mailbox, out: Sink, tmp_path: Path, figures
):
    """Until it hears 250 the peer keeps the mail and comes again; what it was told 250 for is here."""

    def handed_over(*, kill_at: int, log: Path | None = None) -> bool:
        """Hand one mail over, and return whether the server was killed on the way."""
        once_more(template, desk, mailbox, out)
        mailbox.empty()
        sent = mail(files=2)
        traced = desk.start(code=SERVER, values={"port": port}, traced=True)
        tracer = trace(traced, "-f", kill_at=kill_at, log=log)  # counted in each thread by itself
        peer = threading.Thread(target=deliver, args=(port, sent))
        peer.start()
        until(lambda: not peer.is_alive() or traced.poll() is not None)
        killed = traced.poll() == -9
        if killed:
            desk.start(code=SERVER, values={"port": port})
        peer.join(timeout=GUARD + 60)
        assert not peer.is_alive()
        desk.kill_all()
        tracer.communicate(timeout=GUARD)
        assert take(desk, ahead=10) == 0
        account = settle(desk, [sent], out)
        assert account.clean, f"step {kill_at}: {account}"
        return killed

    port = free_port()
    assert not handed_over(kill_at=0, log=tmp_path / "steps")
    most = most_steps_of_a_thread(tmp_path / "steps")
    spread = range(1, most + 1) if FULL else sorted({1 + place * most // SAMPLES for place in range(SAMPLES)})
    kills = sum(handed_over(kill_at=step) for step in spread)
    desk.verify()
    figures(f"F1 by SMTP: {most} steps, {kills} kills, 0 lost, 0 doubled")
    # A run is never quite as long as the one before, so the last few steps may not be reached.
    assert kills >= len(spread) * 2 // 3


def most_steps_of_a_thread(log: Path) -> int:
    """Return how many steps the busiest thread took; strace puts the thread before each."""
    lines = log.read_text(errors="replace").splitlines()
    return max(Counter(found[1] for line in lines if (found := re.match(r"(\d+) +\w+\(", line))).values())
