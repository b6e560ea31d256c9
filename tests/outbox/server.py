"""A real SMTP server on the loopback that misbehaves on demand, and keeps its own account of what it took.

The account is outside of the product: a test compares what the server took with what the outbox believes.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True)
class Taken:
    """One mail that the server has taken."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    client: tuple[str, int]  # of the connection it came by

    @property
    def message_id(self) -> str:
        return str(BytesHeaderParser(policy=compat32).parsebytes(self.content)["Message-ID"])


@dataclass
class Account:
    """What the server does, and what it has seen. One mail, or one RCPT, after another uses a list up."""

    data: list[str] = field(default_factory=list)  # "drop", "hang" before or after, "late", an answer
    mail: list[str] = field(default_factory=list)  # answers to MAIL
    bad: dict[str, list[str]] = field(
        default_factory=dict
    )  # recipient -> answers to RCPT; the last one stays
    password: str = ""
    taken: list[Taken] = field(default_factory=list)
    connections: set[tuple[str, int]] = field(default_factory=set)
    logins: int = 0
    on_taken: threading.Event = field(default_factory=threading.Event)
    answers_now: threading.Event = field(default_factory=threading.Event)  # ends "late"

    def ids(self) -> list[str]:
        return [mail.message_id for mail in self.taken]


class _Behaviour:
    """What aiosmtpd calls."""

    def __init__(self, account: Account) -> None:
        self.account = account

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, name: str, answers: Any
    ) -> Any:
        session.host_name = name
        self.account.connections.add(session.peer)
        return answers

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.account.mail:
            return self.account.mail.pop(0)
        envelope.mail_from, envelope.mail_options = address, options
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answers = self.account.bad.get(address, [])
        if answers:
            return answers.pop(0) if len(answers) > 1 else answers[0]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        mode = self.account.data.pop(0) if self.account.data else "250 OK: queued as 7F3A"
        if mode == "hang before":
            await asyncio.sleep(3600)
        if mode == "drop before":
            server.transport.abort()
        elif mode in {"drop after", "hang after", "late"} or mode.startswith("250"):
            self.account.taken.append(
                Taken(
                    envelope.mail_from.removeprefix("<>"),
                    tuple(envelope.rcpt_tos),
                    envelope.original_content,
                    session.peer,
                )
            )
            self.account.on_taken.set()
            if mode == "drop after":
                server.transport.abort()
            elif mode == "hang after":
                await asyncio.sleep(3600)
            elif mode == "late":
                while not self.account.answers_now.is_set():
                    await asyncio.sleep(0.02)
                return "250 OK: late"
        return mode


class _At(Controller):
    """A server at a socket that listens already."""

    def __init__(self, handler: object, *, door: socket.socket, **how: Any) -> None:
        super().__init__(handler, **how)
        self._door = door

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._door, ssl=self.ssl_context)


@contextlib.contextmanager
def smtp_server(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, password: str = "", port: int = 0
) -> Iterator[tuple[int, Account]]:
    """Run a server on 127.0.0.1; give its port and its account. `tls` offers STARTTLS, or is `implicit`."""
    account = Account(password=password)

    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        account.logins += 1
        good = isinstance(data, LoginPassword) and data.password.decode() == account.password
        return AuthResult(success=good, handled=False)

    how: dict[str, Any] = {}
    if password:
        how = {"auth_required": True, "auth_require_tls": False, "authenticator": authenticate}
    if tls is not None:
        how["ssl_context" if implicit else "tls_context"] = tls
    door = socket.create_server(("127.0.0.1", port))  # held from here on, so that nobody else gets it meanwhile
    controller = _At(
        _Behaviour(account), door=door, hostname="127.0.0.1", port=int(door.getsockname()[1]),
        server_hostname="mx.test", ready_timeout=60, **how,
    )  # fmt: skip
    controller.start()
    try:
        yield controller.port, account
    finally:
        controller.stop()


def free_port() -> int:
    """Return a port on which nobody listens at this moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextlib.contextmanager
def raw_server(*lines: bytes, pause: float = 0.0) -> Iterator[int]:
    """Run a server that says these bytes to whoever comes, with a pause after each, and never listens."""
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)

    def speak() -> None:
        while not stop.is_set():
            try:
                visitor, _ = listener.accept()
            except TimeoutError:
                continue
            with visitor, contextlib.suppress(OSError):
                for line in lines:
                    visitor.sendall(line)
                    if stop.wait(pause):
                        break
                else:
                    stop.wait(30)

    thread = threading.Thread(target=speak)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        stop.set()
        thread.join()
        listener.close()
