"""Reads mails in a process of their own: one that loops, eats memory or crashes costs that mail alone (class
B9, F7).

The process is started at the first mail and kept. A mail that it dies of raises ParserDied, and the next
mail gets a fresh process; what to do with the mail itself (try again, then quarantine) is the caller's
decision.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Sequence
from pathlib import Path

from mainstay.mail import frames, guard_child
from mainstay.mail.parsed import Limits, ParsedMail, Trust

_ROOT = str(Path(__file__).resolve().parents[2])
_CHILD = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from mainstay.mail.guard_child import main; main(*map(int, sys.argv[2:]))"
)
_START_SECONDS = 60.0
_BYTES_A_SECOND = 2_000_000
_LARGE = 100_000
_LIMITS = Limits()
_NOBODY = Trust()


class ParserDied(Exception):
    """The process that read a mail did not survive it, or had to be ended.

    `reason` says in words what happened.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ReaderUnavailable(Exception):
    """No reading process could be started. That is no fault of the mail: it can be tried again when this has passed."""


class Guard:
    """One reading process, started when it is first needed. Threads may share it; they take turns.

    `seconds` is the longest a mail may take on the wall clock; a large one gets a second more for every two
    megabytes, for the machine may be busy. `cpu_seconds` is the longest on the processor, `memory_bytes` the
    address space of the process. After `mails_per_child` mails, of which a large one counts for many, it is
    replaced, so that memory cannot creep.
    """

    def __init__(
        self,
        *,
        seconds: float = 10.0,
        cpu_seconds: int = 10,
        memory_bytes: int = 512 * 1024 * 1024,
        mails_per_child: int = 5_000,
        program: Sequence[str] = (sys.executable, "-I", "-S", "-c", _CHILD),
    ) -> None:
        self._seconds = seconds
        self._settings = (str(memory_bytes), str(cpu_seconds))
        self._mails_per_child = mails_per_child
        self._program = tuple(program)
        self._turn = threading.Lock()
        self._child: _Child | None = None
        self._questions: dict[tuple[Limits, Trust], bytes] = {}

    def read(self, raw: bytes, *, limits: Limits = _LIMITS, trust: Trust = _NOBODY) -> ParsedMail:
        """Read a mail as `parse.read` does.

        Raises ParserDied with the reason, after which the next call works again; ReaderUnavailable where no
        process could be started. Starting one is not counted against the mail.
        """
        question = self._questions.get((limits, trust)) or self._ask(limits, trust)
        with self._turn:
            head, data = self._exchange(question, raw)
        try:
            return frames.read_answer(head, data)
        except (ValueError, KeyError, TypeError) as problem:
            raise ParserDied(f"the reader's answer made no sense ({type(problem).__name__})") from None

    def close(self) -> None:
        """End the process. The next call starts another."""
        with self._turn:
            self._end_child()

    @property
    def pid(self) -> int | None:
        """The process in use, if one has been started."""
        return self._child.process.pid if self._child else None

    def _ask(self, limits: Limits, trust: Trust) -> bytes:
        if len(self._questions) > 100:
            self._questions.clear()
        return self._questions.setdefault((limits, trust), frames.question(limits, trust))

    def _exchange(self, question: bytes, raw: bytes) -> tuple[bytes, bytearray]:
        child = self._ready_child()
        allowed = self._seconds + len(raw) / _BYTES_A_SECOND
        ends = time.monotonic() + allowed
        try:
            child.connection.settimeout(allowed)
            frames.send(child.connection, b"R", question, raw)
            child.connection.settimeout(max(ends - time.monotonic(), 0.001))
            kind, head, data = frames.receive(child.connection)
        except TimeoutError:
            self._end_child()
            raise ParserDied(f"reading the mail took longer than {allowed:.0f} seconds") from None
        except (frames.Hangup, OSError):
            raise ParserDied(self._end_child()) from None
        child.mails += 1 + len(raw) // _LARGE
        if child.mails >= self._mails_per_child:
            self._end_child()
        if kind != b"D":
            raise ParserDied(f"the reader failed with {head[:100].decode('ascii', 'replace')}")
        return head, data

    def _ready_child(self) -> _Child:
        child = self._child
        if child is not None and (child.owner != os.getpid() or child.process.poll() is not None):
            # After a fork the process belongs to our parent; and one that died between mails is nobody's
            # fault.
            self._end_child()
            child = None
        if child is None:
            child = self._child = _Child.start(self._program, self._settings)
        return child

    def _end_child(self) -> str:
        """End the process and say in words how it ended."""
        child, self._child = self._child, None
        if child is None:
            return "the reader was closed"
        if child.owner != os.getpid():
            child.abandon()
            return "the reader belonged to another process"
        return _ending(child.end())


class _Child:
    """A running reader and our end of the socket to it."""

    def __init__(self, process: subprocess.Popen[bytes], connection: socket.socket) -> None:
        self.process = process
        self.connection = connection
        self.owner = os.getpid()
        self.mails = 0
        self._finalizer = weakref.finalize(self, _end, process, connection)

    @classmethod
    def start(cls, program: Sequence[str], settings: Sequence[str]) -> _Child:
        """Start a process and wait until it is ready. Raises ReaderUnavailable."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = subprocess.Popen(
                    (*program, _ROOT, str(theirs.fileno()), *settings),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                    env={"MALLOC_ARENA_MAX": "1", "PATH": os.environ.get("PATH", "")},
                )
            except OSError as problem:
                ours.close()
                raise ReaderUnavailable(f"the reader did not start: {problem}") from problem
        child = cls(process, ours)
        child.greet()
        return child

    def greet(self) -> None:
        """Wait until the process is ready to read."""
        self.connection.settimeout(_START_SECONDS)
        try:
            frames.receive(self.connection)
        except (frames.Hangup, OSError) as problem:
            raise ReaderUnavailable(f"the reader did not start: {_ending(self.end())}") from problem

    def end(self) -> int:
        """End the process if it still runs. Returns how it ended; a negative number is a signal."""
        code = _end(self.process, self.connection)
        self._finalizer.detach()
        return code

    def abandon(self) -> None:
        """Forget the process without touching it."""
        self.connection.close()
        self._finalizer.detach()


def _end(process: subprocess.Popen[bytes], connection: socket.socket) -> int:
    connection.close()
    try:
        # One that is dying by itself gets the moment it needs, so that the reason is its own.
        return process.wait(timeout=0.05)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _ending(code: int) -> str:
    if code == guard_child.OUT_OF_MEMORY:
        return "reading the mail took more memory than is allowed"
    if code == -signal.SIGXCPU:
        return "reading the mail took more processor time than is allowed"
    if code < 0:
        return f"the reader was ended by {signal.Signals(-code).name}"
    return f"the reader ended by itself (exit code {code})"


_shared = Guard()


def read(raw: bytes, *, limits: Limits = _LIMITS, trust: Trust = _NOBODY) -> ParsedMail:
    """Read a mail in this process's shared reader. Raises ParserDied."""
    return _shared.read(raw, limits=limits, trust=trust)
