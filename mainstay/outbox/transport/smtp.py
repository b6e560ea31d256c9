"""Handing letters to an SMTP server: plain, TLS from the start, or STARTTLS; certificates are verified.

No socket is held longer than a minute without getting on: every wait has an end of its own, and a watchdog
cuts a server that trickles. One connection serves several letters.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from django.utils.crypto import salted_hmac

from mainstay.lib import environment as env
from mainstay.outbox.addresses import check, check_sender
from mainstay.outbox.settle import Answer

from .base import ChannelFault, Sent, Session

PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
WAIT_SECONDS = 20.0  # for one answer
HOLD_SECONDS = 50.0  # for one letter, and a second more for each 64 KiB of it
FRESH_SECONDS = 45.0  # a connection older than this is not used for another letter
BYTES_A_SECOND = 64 * 1024
LONGEST_ANSWER = 500


@dataclass(frozen=True, slots=True)
class Smtp:
    """An SMTP server and how to reach it."""

    name: str
    words: str
    scheme: str
    host: str
    port: int
    user: str
    password: str
    greet_as: str  # the name in our EHLO
    missing: str = ""
    instant: bool = False

    @classmethod
    def from_url(cls, url: str, *, greet_as: str, key: str) -> Smtp:
        """Read `smtp://user:password@host:port` (or smtps, smtp+starttls). Raises BadSetting."""
        parts = env.url(url, name="MAIL_OUT", schemes=tuple(PORTS))
        if not parts.hostname:
            raise env.BadSetting("MAINSTAY_MAIL_OUT names no host")
        port = parts.port or PORTS[parts.scheme]
        digest = salted_hmac("mainstay.outbox.channel", url, secret=key, algorithm="sha256").hexdigest()
        return cls(
            name=f"{parts.hostname}:{port} {digest[:12]}",
            words=f"{parts.scheme} {parts.hostname} port {port}",
            scheme=parts.scheme,
            host=parts.hostname,
            port=port,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            greet_as=_greeting(greet_as),
        )

    def session(self) -> AbstractContextManager[Session]:
        return _session(self)


@contextmanager
def _session(server: Smtp) -> Iterator[Session]:
    visit = Visit(server)
    try:
        yield visit
    finally:
        visit.leave()


class Visit:
    """One visit: a connection that is opened for the first letter and again when it breaks or grows old."""

    def __init__(self, server: Smtp) -> None:
        self._server = server
        self._client: smtplib.SMTP | None = None
        self._since = 0.0

    def send(self, sender: str, recipients: Sequence[str], body: bytes) -> Sent:
        """Hand one letter over. Raises ChannelFault while nothing has been handed over yet."""
        check_sender(sender)
        for address in recipients:
            check(address)
        client = self._connected()
        with _watchdog(client, HOLD_SECONDS + len(body) / BYTES_A_SECOND):
            try:
                return self._hand_over(client, sender, recipients, body)
            except (OSError, smtplib.SMTPException, UnicodeError) as error:
                words = _words(error)
                self._drop()
                return Sent(dict.fromkeys(recipients, Answer(0, words)), broken=words)

    def leave(self) -> None:
        """End the visit, politely if the server lets us."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError, smtplib.SMTPException), _watchdog(client, 5):
                client.quit()
            client.close()

    def _connected(self) -> smtplib.SMTP:
        """Return a connection that answers: the one in hand if fresh, or a new one. Raises ChannelFault."""
        if self._client is not None:
            if time.monotonic() - self._since < FRESH_SECONDS and _answers(self._client):
                return self._client
            self.leave()
        self._client, self._since = _connect(self._server), time.monotonic()
        return self._client

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _hand_over(self, client: smtplib.SMTP, sender: str, recipients: Sequence[str], body: bytes) -> Sent:
        """Speak MAIL, RCPT for each, DATA; an answer 421 means that the server hangs up."""
        refusal = _unable(client, sender, recipients, body)
        if refusal:
            return Sent(dict.fromkeys(recipients, refusal))
        mail = _answer(client.docmd("MAIL", f"FROM:<{sender}>{_options(client, sender, recipients, body)}"))
        if mail.code == 421:
            self._drop()
            raise ChannelFault(f"The server asks to come back later: {mail.code} {mail.text}")
        if mail.code == 530:
            self._drop()
            raise ChannelFault(f"The server wants to know who we are: {mail.code} {mail.text}", slow=True)
        if mail.state != "accepted":
            client.rset()
            return Sent(dict.fromkeys(recipients, mail))
        answers = {name: _answer(client.docmd("RCPT", f"TO:<{name}>")) for name in recipients}
        taken = [name for name, answer in answers.items() if answer.state == "accepted"]
        if taken:
            answers |= dict.fromkeys(taken, _data(client, body))
        else:
            client.rset()
        if any(answer.code == 421 for answer in answers.values()):
            self._drop()
            return Sent(answers, broken="The server asks to come back later (421).")
        return Sent(answers)


def _unable(client: smtplib.SMTP, sender: str, recipients: Sequence[str], body: bytes) -> Answer | None:
    """Return why this server can never take this letter, by what it said of itself."""
    limit = client.esmtp_features.get("size", "")
    if limit.isdigit() and 0 < int(limit) < len(body):
        return Answer(552, f"The letter has {len(body)} bytes, and this server takes at most {limit}")
    if not _ascii(sender, recipients) and not client.has_extn("smtputf8"):
        return Answer(553, "This server cannot take addresses with letters beyond ASCII")
    return None


def _connect(server: Smtp) -> smtplib.SMTP:
    """Open a connection, encrypt it, sign in. Raises ChannelFault, whose text a person can act on."""
    client = _client(server)
    try:
        with _watchdog(client, HOLD_SECONDS):
            welcome = _answer(client.connect(server.host, server.port))
            if welcome.code != 220:
                raise smtplib.SMTPConnectError(welcome.code, welcome.text)
            _greet(client, server)
            if server.user:
                _sign_in(client, server)
        return client
    except smtplib.SMTPAuthenticationError as error:
        client.close()
        answer = _answer((error.smtp_code, error.smtp_error))
        reason = f"The server refused our user name or password: {answer.code} {answer.text}"
        raise ChannelFault(reason, slow=True) from error
    except (OSError, smtplib.SMTPException) as error:
        client.close()
        raise ChannelFault(f"{server.words}: {_words(error)}") from error


def _client(server: Smtp) -> smtplib.SMTP:
    """Return a client that is not connected yet, so that the watchdog sees the greeting too."""
    if server.scheme == "smtps":
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            local_hostname=server.greet_as, timeout=WAIT_SECONDS, context=ssl.create_default_context()
        )
    else:
        client = smtplib.SMTP(local_hostname=server.greet_as, timeout=WAIT_SECONDS)
    client._host = server.host  # type: ignore[attr-defined]  # the name that certificates are checked against
    return client


def _greet(client: smtplib.SMTP, server: Smtp) -> None:
    client.ehlo_or_helo_if_needed()
    if server.scheme == "smtp+starttls":
        client.starttls(context=ssl.create_default_context())
        client.ehlo()


def _sign_in(client: smtplib.SMTP, server: Smtp) -> None:
    """Try one mechanism, once: smtplib's own `login` would knock with each of three."""
    offered = client.esmtp_features.get("auth", "").upper().split()
    encrypted = isinstance(client.sock, ssl.SSLSocket)
    wanted = ("PLAIN", "LOGIN", "CRAM-MD5") if encrypted else ("CRAM-MD5", "PLAIN", "LOGIN")
    client.user, client.password = server.user, server.password
    mechanism = next((name for name in wanted if name in offered), "")
    if mechanism == "PLAIN":
        client.auth(mechanism, client.auth_plain)
    elif mechanism == "LOGIN":
        client.auth(mechanism, client.auth_login)
    elif mechanism == "CRAM-MD5":
        client.auth(mechanism, client.auth_cram_md5)
    else:
        raise smtplib.SMTPNotSupportedError(f"it offers no way to sign in that we know (only {offered})")


def _options(client: smtplib.SMTP, sender: str, recipients: Sequence[str], body: bytes) -> str:
    """Return the parameters of MAIL, and let the addresses be UTF-8 where they must be."""
    options = f" SIZE={len(body)}" if client.has_extn("size") else ""
    if not body.isascii() and client.has_extn("8bitmime"):
        options += " BODY=8BITMIME"
    if not _ascii(sender, recipients):
        client.command_encoding = "utf-8"  # as smtplib's own mail() does
        return options + " SMTPUTF8"
    return options


def _data(client: smtplib.SMTP, body: bytes) -> Answer:
    """Send the letter itself. A connection that breaks in here leaves it open whether the server has it."""
    _patience(client, WAIT_SECONDS + len(body) / BYTES_A_SECOND)  # sendall counts its whole length
    try:
        return _answer(client.data(body))
    except smtplib.SMTPDataError as error:
        return _answer((error.smtp_code, error.smtp_error))
    finally:
        _patience(client, WAIT_SECONDS)


def _patience(client: smtplib.SMTP, seconds: float) -> None:
    if client.sock is not None:
        client.sock.settimeout(seconds)


def _answers(client: smtplib.SMTP) -> bool:
    """Say whether an idle connection still lives: RSET costs one round trip and saves a doubtful try."""
    with suppress(OSError, smtplib.SMTPException), _watchdog(client, WAIT_SECONDS):
        return client.rset()[0] == 250
    return False


@contextmanager
def _watchdog(client: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Cut the connection if the block takes longer; the block then sees it closed by the other side."""
    timer = threading.Timer(seconds, _cut, (client,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(client: smtplib.SMTP) -> None:
    connection = client.sock  # looked up now, for STARTTLS has exchanged it
    if connection is not None:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


def _answer(reply: tuple[int, Any]) -> Answer:
    code, text = reply
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    if code < 200:
        raise smtplib.SMTPServerDisconnected(f"answered {code} {words[:LONGEST_ANSWER]!r}, which is no SMTP")
    return Answer(code, words.replace("\x00", "\ufffd")[:LONGEST_ANSWER])


def _words(error: Exception) -> str:
    """Return what went wrong in words that a person can act on."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return f"no answer within {WAIT_SECONDS:.0f} seconds"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return f"the connection broke: {error}"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there"
    if isinstance(error, smtplib.SMTPResponseException):
        answer = _answer((error.smtp_code, error.smtp_error))
        return f"it answers {answer.code} {answer.text}"
    if isinstance(error, socket.gaierror):
        return f"its name is not known: {error.strerror}"
    return f"{type(error).__name__}: {error}"[:LONGEST_ANSWER]


def _ascii(sender: str, recipients: Sequence[str]) -> bool:
    return sender.isascii() and all(name.isascii() for name in recipients)


def _greeting(host: str) -> str:
    """Return `host` as EHLO wants it: an address literal stands in brackets."""
    if ":" in host:
        return f"[IPv6:{host}]"
    return f"[{host}]" if host.replace(".", "").isdigit() else host
