"""The process that reads mails for the desk, so that a mail which kills its reader kills nothing else.

It is started by `guard.Guard`, imports no framework, answers one frame after the other, and ends when the
desk does.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import socket
import threading
from collections.abc import Callable
from functools import lru_cache

from mainstay.mail import frames, parse

OUT_OF_MEMORY = 77  # exit codes that the desk puts into words
_READY, _DONE, _FAILED = b"H", b"D", b"F"

Answer = Callable[[bytes, bytes], tuple[bytes, bytes]]


def main(descriptor: int, memory_bytes: int, cpu_seconds: int) -> None:
    """Serve the desk on the socket `descriptor` until it hangs up."""
    serve(descriptor, memory_bytes, cpu_seconds, read)


def serve(descriptor: int, memory_bytes: int, cpu_seconds: int, answer: Answer) -> None:
    """Answer every frame with `answer`, within limits on memory and on processor time for each."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the desk, which hangs up
    connection = socket.socket(fileno=descriptor)
    _end_with(descriptor)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    frames.send(connection, _READY, b"")
    while True:
        try:
            _serve_one(connection, cpu_seconds, answer)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        except (frames.Hangup, OSError):
            os._exit(0)


def _serve_one(connection: socket.socket, cpu_seconds: int, answer: Answer) -> None:
    _, head, raw = frames.receive(connection)
    _allow(cpu_seconds)
    try:
        told = answer(head, bytes(raw))
    except MemoryError:
        raise
    except Exception as problem:
        frames.send(connection, _FAILED, type(problem).__name__.encode())
    else:
        del raw
        frames.send(connection, _DONE, *told)


def read(head: bytes, raw: bytes) -> tuple[bytes, bytes]:
    """Read one mail."""
    limits, trust = _asked(head)
    return frames.answer(parse.read(raw, limits=limits, trust=trust))


_asked = lru_cache(maxsize=16)(frames.read_question)


def _allow(cpu_seconds: int) -> None:
    """Grant this much more processor time; the kernel ends the process when it is used up."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _end_with(descriptor: int) -> None:
    """End this process as soon as the desk has gone, even in the midst of a mail.

    The kernel's parent-death signal is not used: it fires when the thread that started us ends, and the
    desk's threads come and go. A hang-up of the socket means the process.
    """
    threading.stack_size(256 * 1024)
    threading.Thread(target=_watch, args=(descriptor,), daemon=True).start()


def _watch(descriptor: int) -> None:
    poll = select.poll()
    poll.register(descriptor, 0)  # a hang-up is reported unasked
    poll.poll()
    os._exit(0)
