"""The wire to an IMAP server: asks, fetches, moves and waits. Knows no database.

Nothing here sets a flag, so `\\Seen` stays as people left it, and nothing deletes. Every wait is bounded: a
read by the socket's timeout, a whole command by a deadline that cuts the connection, even where the server
drips.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar

import imap_tools
from imap_tools import errors
from imap_tools.utils import encode_folder

READ_TIMEOUT = 30.0  # seconds that one read may be silent
COMMAND_TIMEOUT = 60.0  # seconds that a command may take, plus the time its bytes need at SLOWEST
SLOWEST = 64 * 1024  # bytes per second
_INTERNALDATE = re.compile(
    rb'INTERNALDATE "\s?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"', re.I
)
_MONTHS = {name: number for number, name in enumerate(
    b"jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}  # fmt: skip
_UID = re.compile(rb"\bUID (\d+)", re.I)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)", re.I)
_SECTION = re.compile(rb"\bBODY\[(?:HEADER)?\]\s*(?:<\d+>\s*)?", re.I)
_QUOTED = re.compile(rb'"((?:[^"\\\r\n]|\\.)*)"')
_TEMPORARY = re.compile(rb"\[(UNAVAILABLE|INUSE|LIMIT|OVERQUOTA|SERVERBUG|CONTACTADMIN)\]", re.I)
Result = TypeVar("Result")


class ImapTrouble(Exception):
    """The server could not be used just now; the message says why. Try again later."""


class LoginRefused(ImapTrouble):
    """The server refused name and password. Trying again soon can lock the account."""


class NotHandedOver(ImapTrouble):
    """The server refused to hand over this one message, though it lists it."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox is and how to get in."""

    security: str  # imaps, imap+starttls, imap
    host: str
    port: int
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"


@dataclass(frozen=True, slots=True)
class Listed:
    """A message that the server has: its size in bytes is what the server says before anything is fetched."""

    uid: int
    size: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message as handed over. `received_at` is INTERNALDATE in UTC, None where the server gave none."""

    uid: int
    received_at: datetime | None
    size: int
    raw: bytes


class Session:
    """One connection with its folder open. Every method raises ImapTrouble when the server fails."""

    def __init__(self, account: Account, *, writable: bool) -> None:
        """Connect, sign in and open the folder; read-only unless `writable`, so that no flag can change."""
        self._client: Any = _connected(account)  # the stubs of imaplib know less than it can
        try:
            self._sign_in(account)
            self._do(lambda: self._open(account.folder, writable))
        except BaseException:
            self.cut()
            raise
        self.uidvalidity = self._uidvalidity()

    def uids_after(self, uid: int) -> list[int]:
        """Return the UIDs above `uid`, rising.

        A folder whose newest message is older answers with that one too.
        """
        found = self._do(lambda: self._client.uid("SEARCH", f"UID {uid + 1}:*"))
        return sorted(number for number in _numbers(found) if number > uid)

    def uids_up_to(self, uid: int) -> list[int]:
        """Return the UIDs up to and with `uid`, rising."""
        if uid < 1:
            return []
        return sorted(
            number for number in _numbers(self._do(lambda: self._client.uid("SEARCH", f"UID 1:{uid}")))
        )

    def listed(self, uids: Sequence[int]) -> list[Listed]:
        """Return the sizes of these messages, rising by UID; those expunged meanwhile are left out."""
        if not uids:
            return []
        answer = self._do(lambda: self._client.uid("FETCH", _uid_set(uids), "(UID RFC822.SIZE)"))
        found = {}
        for attributes, _ in _items(answer):
            uid, size = _UID.search(attributes), _SIZE.search(attributes)
            if uid and size:
                found[int(uid[1])] = int(size[1])
        return [Listed(uid, found[uid]) for uid in uids if uid in found]

    def fetch(self, wanted: Sequence[Listed]) -> list[Fetched]:
        """Return these messages whole, rising by UID; those expunged meanwhile are left out.

        Raises NotHandedOver.
        """
        return self._fetch(wanted, "BODY.PEEK[]", sum(one.size for one in wanted))

    def fetch_head(self, wanted: Listed) -> Fetched | None:
        """Return only the header of a message that is too large to be taken, or None where it is gone."""
        return next(iter(self._fetch([wanted], "BODY.PEEK[HEADER]", 1024 * 1024)), None)

    @property
    def can_move(self) -> bool:
        """Whether the server can move a message in one step. Without it nothing is moved: copying deletes."""
        return "MOVE" in self._client.capabilities

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move these messages to `folder`."""
        if uids:
            target = encode_folder(folder)
            self._do(lambda: self._client.uid("MOVE", _uid_set(uids), target))

    @property
    def can_wait(self) -> bool:
        """Whether the server tells of new mail by itself (IDLE)."""
        return "IDLE" in self._client.capabilities

    def wait(self, *, seconds: float, ended: Callable[[], bool]) -> None:
        """Wait until the server tells of a change, `seconds` have passed, or `ended()`.

        It is asked every second.
        """
        box: Any = _Idler(self._client)
        with _trouble():
            with self._deadline(COMMAND_TIMEOUT):
                box.idle.start()
            for _ in range(int(seconds)):
                if ended() or box.idle.poll(timeout=1):
                    break
            with self._deadline(COMMAND_TIMEOUT):
                box.idle.stop()

    def close(self) -> None:
        """Say goodbye; a server that does not answer is left without."""
        with suppress(ImapTrouble):
            self._do(self._client.logout, expected="BYE")
        self.cut()

    def cut(self) -> None:
        """Drop the connection at once."""
        with suppress(OSError):
            self._client.shutdown()

    def _sign_in(self, account: Account) -> None:
        if "LOGINDISABLED" in self._client.capabilities:
            raise LoginRefused("the server takes no password on an unprotected connection: use imaps")
        try:
            with _trouble(), self._deadline(COMMAND_TIMEOUT):
                kind, data = self._login(account)
        except ImapTrouble as trouble:
            if isinstance(trouble.__cause__, imaplib.IMAP4.error) and not _is_abort(trouble.__cause__):
                raise LoginRefused(str(trouble)) from trouble
            raise
        if kind != "OK":
            words = b" ".join(part for part in data if isinstance(part, bytes))
            if _TEMPORARY.search(words):
                raise ImapTrouble(_text(words))
            raise LoginRefused(_text(words) or "the server refused name and password")
        self._client.state = "AUTH"
        with _trouble(), self._deadline(COMMAND_TIMEOUT):
            self._client._get_capabilities()  # servers tell most of what they can only to those who are in

    def _login(self, account: Account) -> Any:
        client = self._client
        if account.username.isascii() and account.password.isascii():
            return client._simple_command(
                "LOGIN", client._quote(account.username), client._quote(account.password)
            )
        secret = f"\0{account.username}\0{account.password}".encode()
        return client.authenticate("PLAIN", lambda _: secret)

    def _open(self, folder: str, writable: bool) -> Any:
        return self._client.select(encode_folder(folder), readonly=not writable)

    def _uidvalidity(self) -> int:
        _, data = self._client.response("UIDVALIDITY")
        value = data[0] if data else None
        if not isinstance(value, bytes) or not value.isdigit():
            self.cut()
            raise ImapTrouble("the server gives no UIDVALIDITY, so its messages cannot be told apart")
        return int(value)

    def _fetch(self, wanted: Sequence[Listed], section: str, expected_bytes: int) -> list[Fetched]:
        if not wanted:
            return []
        uids = [one.uid for one in wanted]
        sizes = {one.uid: one.size for one in wanted}
        seconds = COMMAND_TIMEOUT + expected_bytes / SLOWEST
        with _trouble(), self._deadline(seconds):
            kind, data = self._client.uid("FETCH", _uid_set(uids), f"(UID INTERNALDATE {section})")
        if kind != "OK":
            raise NotHandedOver(_text(b" ".join(part for part in data if isinstance(part, bytes))))
        found = {}
        for attributes, raw in _items(data):
            uid = _UID.search(attributes)
            if uid and raw is not None and int(uid[1]) in sizes:
                number = int(uid[1])
                found[number] = Fetched(number, internal_date(attributes), sizes[number], raw)
        return [found[uid] for uid in uids if uid in found]

    def _do(self, command: Callable[[], tuple[str, list[Any]]], expected: str = "OK") -> list[Any]:
        with _trouble(), self._deadline(COMMAND_TIMEOUT):
            kind, data = command()
        if kind != expected:
            raise ImapTrouble(_text(b" ".join(part for part in data if isinstance(part, bytes))) or kind)
        return data

    @contextmanager
    def _deadline(self, seconds: float) -> Iterator[None]:
        """Cut the connection if the block takes longer.

        A socket timeout alone never ends a server that drips.
        """
        timer = threading.Timer(seconds, _shut, (self._client.sock,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


class _Idler(imap_tools.BaseMailBox):
    """Lends imap-tools' IDLE to a client that is connected already."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self._connected = client
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return self._connected


def internal_date(attributes: bytes) -> datetime | None:
    """Return the INTERNALDATE in a FETCH answer as UTC, or None where there is none that can be read."""
    found = _INTERNALDATE.search(attributes)
    if not found:
        return None
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    try:
        zone = timezone(offset if sign == b"+" else -offset)
        local = datetime(
            int(year), _MONTHS[month.lower()], int(day), int(hour), int(minute), int(second), tzinfo=zone
        )
        return local.astimezone(UTC)
    except (ValueError, KeyError, OverflowError):
        return None


def _connected(account: Account) -> imaplib.IMAP4:
    box: imap_tools.BaseMailBox
    with _trouble():
        if account.security == "imaps":
            context = ssl.create_default_context()
            box = imap_tools.MailBox(account.host, account.port, READ_TIMEOUT, ssl_context=context)
        elif account.security == "imap+starttls":
            context = ssl.create_default_context()
            box = imap_tools.MailBoxStartTls(account.host, account.port, READ_TIMEOUT, ssl_context=context)
        else:
            box = imap_tools.MailBoxUnencrypted(account.host, account.port, READ_TIMEOUT)
    return box.client


@contextmanager
def _trouble() -> Iterator[None]:
    """Turn whatever the network, TLS or the protocol throws into ImapTrouble with words for a person."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise ImapTrouble(f"the server's certificate is not valid: {error.verify_message}") from error
    except TimeoutError as error:
        raise ImapTrouble(f"the server did not answer within {READ_TIMEOUT:.0f} seconds") from error
    except (OSError, EOFError, imaplib.IMAP4.error, errors.ImapToolsError, ValueError) as error:
        raise ImapTrouble(_text(str(error).encode()) or type(error).__name__) from error


def _is_abort(error: BaseException) -> bool:
    return isinstance(error, imaplib.IMAP4.abort | imaplib.IMAP4.readonly)


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _items(data: Sequence[Any]) -> Iterator[tuple[bytes, bytes | None]]:
    """Walk the messages of a FETCH answer: all their attributes in one piece, and the body where there is
    one.

    Servers may put UID and INTERNALDATE before the body or behind it, and may quote a short body instead of
    counting it.
    """
    attributes, body = b"", None
    for part in data:
        if isinstance(part, tuple):
            if body is not None:  # a second literal belongs to the next message
                yield attributes, body
                attributes = b""
            attributes, body = attributes + part[0], part[1]
            continue
        if not isinstance(part, bytes):
            continue
        if body is None:
            yield part, _quoted_body(part)
        else:
            yield attributes + part, body
            attributes, body = b"", None
    if body is not None:
        yield attributes, body


def _quoted_body(part: bytes) -> bytes | None:
    section = _SECTION.search(part)
    quoted = _QUOTED.match(part, section.end()) if section else None
    return re.sub(rb"\\(.)", rb"\1", quoted[1]) if quoted else None


def _numbers(data: Sequence[Any]) -> list[int]:
    return [int(word) for part in data if isinstance(part, bytes) for word in part.split() if word.isdigit()]


def _uid_set(uids: Sequence[int]) -> str:
    """Return a rising list of UIDs as IMAP writes it, neighbours joined: `4:6,9`."""
    ranges: list[list[int]] = []
    for uid in uids:
        if ranges and uid == ranges[-1][1] + 1:
            ranges[-1][1] = uid
        else:
            ranges.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in ranges)


def _text(words: bytes) -> str:
    return " ".join(words.decode("utf-8", "replace").split())[:300]
