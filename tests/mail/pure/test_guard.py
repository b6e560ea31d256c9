"""A mail that kills its reader costs that mail alone, and the next one is read at once (classes B9, F7)."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mainstay.mail import frames, guard
from mainstay.mail.guard import Guard, ParserDied, ReaderUnavailable
from mainstay.mail.parse import Limits, Trust, read
from tests.mail.pure.corpus import CORPUS, TRUST, raw, written

ROOT = str(Path(__file__).resolve().parents[3])

# A reader that does what the mail says, as one would whose parser has a fault that nobody knows yet.
_FAULTY = """
import os, sys, time
sys.path.insert(0, sys.argv[1])
from mainstay.mail import guard_child
def answer(head, raw):
    if b"LOOP" in raw:
        while True: pass
    if b"SPIN" in raw:
        began = time.process_time()
        while time.process_time() < began + 0.6: pass
    if b"SLEEP" in raw: time.sleep(60)
    if b"MEMORY" in raw: bytearray(2_000_000_000)
    if b"CRASH" in raw: os.abort()
    if b"RAISE" in raw: raise RuntimeError
    if b"LEAVE" in raw: os._exit(3)
    if b"LIE" in raw: return b'{"size": 1}', b""
    if b"MORE" in raw:
        head, data = guard_child.read(head, raw)
        return head, data + b"x"
    return guard_child.read(head, raw)
guard_child.serve(int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), answer)
"""
PROGRAM = (sys.executable, "-I", "-S", "-c", _FAULTY)


@pytest.fixture
def faulty():
    made = Guard(seconds=1.0, cpu_seconds=30, program=PROGRAM)
    yield made
    made.close()


@pytest.fixture
def sound():
    made = Guard()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("LOOP", "longer than 1 seconds"),
        ("SLEEP", "longer than 1 seconds"),
        ("MEMORY", "more memory than is allowed"),
        ("CRASH", "ended by SIGABRT"),
        ("RAISE", "failed with RuntimeError"),
        ("LEAVE", "exit code 3"),
        ("LIE", "made no sense"),
        ("MORE", "made no sense"),
    ],
)
def test_a_mail_that_kills_its_reader_is_told_and_the_next_one_is_read(faulty, order, reason):
    faulty.read(written())
    with pytest.raises(ParserDied, match=reason) as caught:
        faulty.read(written(body=order))
    assert reason in caught.value.reason
    assert faulty.read(written(body="Hello")).body_text == "Hello"


def test_a_mail_that_only_computes_is_ended_by_the_kernel():
    slow = Guard(seconds=60, cpu_seconds=1, program=PROGRAM)
    with pytest.raises(ParserDied, match="more processor time than is allowed"):
        slow.read(written(body="LOOP"))
    slow.close()


def test_processor_time_is_counted_for_each_mail_and_not_for_all_together():
    patient = Guard(seconds=60, cpu_seconds=20, program=PROGRAM)
    patient.read(written())
    first = _processor_limit(patient.pid)
    for _ in range(2):
        patient.read(written(body="SPIN"))
    patient.read(written())
    assert _processor_limit(patient.pid) > first
    patient.close()


def _processor_limit(pid: int) -> int:
    return resource.prlimit(pid, resource.RLIMIT_CPU)[0]


def test_real_memory_is_bounded_too():
    small = Guard(memory_bytes=150 * 1024 * 1024)
    with pytest.raises(ParserDied, match="more memory"):
        small.read(written(body=b"x" * 60_000_000))
    assert small.read(written()).body_text == "Hello"
    small.close()


@pytest.mark.parametrize("name", sorted(path.stem for path in CORPUS.glob("*.eml")))
def test_a_guarded_reading_is_the_same_reading(sound, name):
    assert sound.read(raw(name), trust=TRUST) == read(raw(name), trust=TRUST)


def test_limits_and_trust_reach_the_reader(sound):
    limits = Limits(body_chars=10)
    trust = Trust("mx.desk.example", ("edge.desk.example",))
    result = b"Authentication-Results: mx.desk.example; spf=pass smtp.mailfrom=acme.example;"
    result += b" dkim=pass header.d=a.example\r\n"
    mail = (
        result
        + b"Received: by edge.desk.example; Mon, 23 Nov 2026 09:12:35 +0000\r\n"
        + written(body="x" * 50)
    )
    got = sound.read(mail, limits=limits, trust=trust)
    assert got == read(mail, limits=limits, trust=trust)
    assert (got.body_text, got.auth.spf, got.auth.dkim_domains) == ("x" * 10, "pass", ("a.example",))


def test_large_mails_and_files_pass_through_whole(sound):
    data = os.urandom(3_000_000)
    mail = written("Content-Type: application/x-thing", "Content-Transfer-Encoding: binary", body=data)
    got = sound.read(mail)
    assert got.files[0].data == data
    assert sound.read(b"").size == 0


def test_the_reader_starts_late_stays_and_is_replaced_in_time():
    careful = Guard(mails_per_child=3)
    assert careful.pid is None
    pids = []
    for _ in range(5):
        careful.read(written())
        pids.append(careful.pid)
    assert pids[0] == pids[1]
    assert pids[2] is None
    assert pids[3] == pids[4] != pids[0]
    careful.close()
    assert careful.pid is None
    careful.close()


def test_large_mails_wear_the_reader_out_sooner():
    careful = Guard(mails_per_child=10)
    careful.read(written(body="x" * 1_000_000))
    assert careful.pid is None


def test_a_reader_that_was_killed_between_mails_is_nobodys_fault(sound):
    sound.read(written())
    os.kill(sound.pid, signal.SIGKILL)
    time.sleep(0.1)
    assert sound.read(written()).body_text == "Hello"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ((sys.executable, "-c", "raise SystemExit(5)"), "exit code 5"),
        (("/nowhere/at/all",), "No such file"),
    ],
)
def test_a_reader_that_does_not_start_is_no_fault_of_the_mail(program, reason):
    with pytest.raises(ReaderUnavailable, match=reason):
        Guard(program=program).read(written())


def test_threads_take_turns(sound):
    got: dict[int, str] = {}

    def work(number: int) -> None:
        for _ in range(20):
            got[number] = sound.read(written(body=f"mail {number}")).body_text
            assert got[number] == f"mail {number}"

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {number: f"mail {number}" for number in range(6)}


def test_a_forked_process_gets_a_reader_of_its_own(sound):
    sound.read(written())
    child = os.fork()
    if child == 0:
        before = sound.pid
        ok = sound.read(written()).body_text == "Hello" and sound.pid != before
        sound.close()
        os._exit(0 if ok else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert sound.read(written()).body_text == "Hello"


_PARENT = """
import sys, threading
sys.path.insert(0, sys.argv[1])
from mainstay.mail.guard import Guard
guard = Guard(seconds=600, cpu_seconds=600, program=(sys.executable, "-I", "-S", "-c", sys.argv[2]))
guard.read(b"From: ana@acme.example\\n\\nHello")
print(guard.pid, flush=True)
guard.read(b"From: ana@acme.example\\n\\n" + sys.argv[3].encode())
"""


@pytest.mark.parametrize("busy_with", ["LOOP", "SLEEP"])
def test_the_reader_ends_with_the_desk_even_in_the_midst_of_a_mail(busy_with):
    command = (sys.executable, "-c", _PARENT, ROOT, _FAULTY, busy_with)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        time.sleep(0.2)
        parent.kill()
    assert _gone(pid, within=60.0)


def _gone(pid: int, *, within: float) -> bool:
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_the_reader_loads_no_framework_and_nothing_from_outside():
    seen = (
        "import sys; sys.path.insert(0, sys.argv[1]); import mainstay.mail.guard_child; print(*sys.modules)"
    )
    modules = subprocess.run(
        (sys.executable, "-I", "-S", "-c", seen, ROOT), capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"django", "nh3", "ctypes", "asyncio"} & set(modules)


def test_many_ways_of_reading_are_remembered_and_not_for_ever(sound):
    for most in range(150):
        assert sound.read(written(), limits=Limits(references=most + 1)).body_text == "Hello"
    assert len(sound._questions) <= 101


def test_a_frame_that_breaks_off_is_a_hangup():
    import socket

    for sent in (b"", b"R\0", b"R\0\0\0\x05\0\0\0\x05ab"):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.sendall(sent)
            theirs.shutdown(socket.SHUT_WR)
            with pytest.raises(frames.Hangup):
                frames.receive(ours)


def test_the_shared_guard_reads():
    assert guard.read(written()).body_text == "Hello"
    guard._shared.close()
