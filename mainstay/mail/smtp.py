"""Takes mail directly, by SMTP or LMTP: 250 is said only after the commit, and nothing is passed on to
anybody.

Meant to stand behind the organisation's own mail server, which does the checks of the open internet. Only
addresses of this desk are recipients here. When the database is unwell the peer is told to come again (4xx)
and keeps the mail.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session, syntax
from django.conf import settings
from django.db import close_old_connections, connection

from mainstay.lib import time
from mainstay.lib.environment import host_and_port
from mainstay.mail import arrivals, desk

log = logging.getLogger(__name__)

LARGEST = 50 * 1024 * 1024  # bytes of one mail; said in the greeting (SIZE), so that peers do not try
LONGEST_LINE = 1024 * 1024  # many programs write lines beyond the standard's 998 characters
MOST_RECIPIENTS = 100
SILENCE = 60.0  # seconds that a peer may be silent
LATER = "451 4.3.0 This cannot be kept just now; please try again later"
KNOW_ADDRESSES_FOR = 15.0  # seconds
THREADS = 4  # that write to the database
Result = TypeVar("Result")


def run(stop: threading.Event, *, listen: str = "") -> None:
    """Take mail on `listen` (`host:port`, by default MAINSTAY_SMTP_LISTEN) until `stop` is set. Blocks."""
    host, port = host_and_port(listen or settings.SMTP_LISTEN, name="SMTP_LISTEN")
    asyncio.run(_serve(stop, host, port, ready=None))


async def _serve(
    stop: threading.Event, host: str, port: int, *, ready: Callable[[int], object] | None
) -> None:
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="smtp") as threads:
        desk_of_mail = _Desk(threads)
        server = await loop.create_server(partial(_Protocol, desk_of_mail, loop=loop), host, port)
        log.info("Taking mail on %s:%s", host, port)
        if ready is not None:
            ready(server.sockets[0].getsockname()[1])
        try:
            while not stop.is_set():
                await asyncio.sleep(0.2)
        finally:
            server.close()
            with suppress(TimeoutError):
                await asyncio.wait_for(server.wait_closed(), timeout=5)
            _close_connections(threads)


def _close_connections(threads: ThreadPoolExecutor) -> None:
    """Let each thread close its own connection to the database; nobody else can."""
    all_of_them = threading.Barrier(THREADS)

    def close() -> None:
        with suppress(threading.BrokenBarrierError):
            all_of_them.wait(timeout=10)
        connection.close()

    for _ in range(THREADS):
        threads.submit(close)


class _Protocol(SMTP):
    """Speaks SMTP and LMTP on the same port: the peer's greeting says which."""

    line_length_limit = LONGEST_LINE
    is_lmtp = False

    def __init__(self, handler: _Desk, *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            handler,
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            hostname=desk.domain(),
            ident="Mainstay",
            timeout=SILENCE,
            loop=loop,
        )

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, arg: str) -> None:
        """Greet as LMTP does; from here on each recipient gets an answer of its own."""
        self.is_lmtp = True
        await super().smtp_EHLO(arg)


class _Desk:
    """Says what aiosmtpd asks: who is a recipient here, and whether a mail has been kept."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._addresses: frozenset[str] = frozenset()
        self._known_until = 0.0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if not await self._is_ours(address):
            return "550 5.1.1 There is no such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        received_at = time.now()
        envelope_from = "".join(char for char in envelope.mail_from or "" if char.isprintable()).strip("<>")
        trace = f"Return-Path: <{envelope_from}>\r\n".encode("utf-8", "replace")
        content = bytes(envelope.original_content or b"")
        incoming = arrivals.Incoming(
            raw=trace + content,
            received_at=received_at,
            size=len(content),
            peer=str(session.peer[0] if isinstance(session.peer, tuple) else session.peer),
            envelope_from=envelope_from,
            envelope_to=tuple(envelope.rcpt_tos),
        )
        await self._in_thread(partial(arrivals.keep_delivered, incoming, at=received_at))
        answers = len(envelope.rcpt_tos) if getattr(server, "is_lmtp", False) else 1
        return "\r\n".join(["250 2.0.0 OK, kept"] * answers)

    async def handle_exception(self, error: Exception) -> str:
        """Answer a peer when something broke: come again. The peer keeps the mail until we have said 250."""
        log.error("A delivery could not be taken", exc_info=error)
        return LATER

    async def _is_ours(self, address: str) -> bool:
        loop = asyncio.get_running_loop()
        if loop.time() >= self._known_until:
            known = await self._in_thread(desk.own)
            self._addresses = known.addresses
            self._known_until = loop.time() + KNOW_ADDRESSES_FOR
        return address.casefold() in self._addresses or desk.signer().reply_token(address) is not None

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _with_connection, work)


def _with_connection(work: Callable[[], Any]) -> Any:
    close_old_connections()
    try:
        return work()
    except BaseException:
        connection.close()
        raise
    finally:
        close_old_connections()
