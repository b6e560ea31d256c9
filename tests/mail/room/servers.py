"""Mail servers for tests: a real IMAP server in memory, Dovecot where it is installed, and one that fails by script."""

from __future__ import annotations

import contextlib
import imaplib
import os
import re
import shutil
import socket
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

USER, PASSWORD = "support", "a password"
DOVECOT = shutil.which("dovecot")


@dataclass(frozen=True)
class Server:
    """A running server. `append` puts a mail into a folder as delivery would, with its INTERNALDATE."""

    port: int

    def client(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=60)
        client.login(USER, PASSWORD)
        return client

    def append(self, *raws: bytes, at: datetime, folder: str = "INBOX") -> None:
        client = self.client()
        for raw in raws:
            kind, data = client.append(folder, "", at, raw)
            assert kind == "OK", data
        client.logout()

    def flags(self, folder: str = "INBOX") -> list[str]:
        client = self.client()
        client.select(folder, readonly=True)
        _, data = client.fetch("1:*", "(FLAGS)")
        client.logout()
        return [re.search(rb"FLAGS \(([^)]*)\)", one)[1].decode() for one in data if isinstance(one, bytes)]  # type: ignore[index]

    def count(self, folder: str = "INBOX") -> int:
        client = self.client()
        _, data = client.select(folder, readonly=True)
        client.logout()
        return int(data[0] or 0)

    def create(self, folder: str) -> None:
        client = self.client()
        client.create(folder)
        client.logout()

    def see(self) -> None:
        """Mark everything as read, as somebody does who looks into the mailbox first."""
        client = self.client()
        client.select("INBOX")
        client.store("1:*", "+FLAGS", r"(\Seen)")
        client.logout()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(3_000):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as sock:
            if sock.recv(10):
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing answers on {port}")


@contextlib.contextmanager
def pymap() -> Iterator[Server]:
    """Start pymap, an IMAP server that keeps its mail in memory."""
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("pymap")), "--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict",
        "--demo-user", USER, "--demo-password", PASSWORD,
    ]  # fmt: skip
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        server = Server(port)
        empty(server)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=300)


def empty(server: Server) -> None:
    """Leave no mail in the mailbox."""
    client = server.client()
    _, data = client.select("INBOX")
    if int(data[0] or 0):
        client.store("1:*", "+FLAGS", r"(\Deleted)")
        client.expunge()
    client.logout()


@contextlib.contextmanager
def dovecot() -> Iterator[Server]:
    """Start Dovecot with one user, everything below a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="mainstay-dovecot-", dir="/tmp"))
    folder.chmod(0o755)
    port = free_port()
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    (folder / "mail").mkdir()
    shutil.chown(folder / "mail", "nobody", "nogroup")
    (folder / "dovecot.conf").write_text(_DOVECOT.format(folder=folder, port=port))
    with (folder / "out").open("wb") as out:  # a daemon keeps its pipe open for ever
        process = subprocess.Popen(
            [str(DOVECOT), "-F", "-c", str(folder / "dovecot.conf")],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        _wait_for(port)
        yield Server(port)
    finally:
        process.terminate()
        process.wait(timeout=300)
        shutil.rmtree(folder, ignore_errors=True)


_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = nobody
default_login_user = nobody
default_internal_group = nogroup
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
"""


# ---- a server that fails by script ---------------------------------------------------------------------------


@dataclass
class Script:
    """What the failing server has and does. `mode` may be changed while it runs.

    Modes: "" works; refuse, unavailable (at sign-in); hang, bye, drip, half (in FETCH); keep back (one UID);
    vanish (expunged between SEARCH and FETCH); no answer (accepts and says nothing).
    """

    mails: dict[int, bytes] = field(default_factory=dict)
    uidvalidity: int = 1
    mode: str = ""
    kept_back: int = 0
    logins: int = 0
    commands: list[str] = field(default_factory=list)
    received_at: datetime = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    claimed_size: int = 0


class _Failing(socketserver.StreamRequestHandler):
    script: Script

    def handle(self) -> None:
        if self.script.mode == "no answer":
            time.sleep(30)
            return
        self._say(b"* OK [CAPABILITY IMAP4rev1] ready")
        for line in self.rfile:
            tag, _, rest = line.strip().decode("latin-1").partition(" ")
            command = rest.split(" ")[0].upper()
            self.script.commands.append(rest)
            answer = getattr(self, f"do_{command.lower()}", None)
            try:
                if answer is None or answer(tag, rest) is False:
                    return
            except OSError:
                return

    def do_capability(self, tag: str, rest: str) -> None:
        self._say(b"* CAPABILITY IMAP4rev1", tag)

    def do_login(self, tag: str, rest: str) -> None:
        self.script.logins += 1
        if self.script.mode == "refuse":
            self._line(f"{tag} NO [AUTHENTICATIONFAILED] wrong password")
        elif self.script.mode == "unavailable":
            self._line(f"{tag} NO [UNAVAILABLE] come again")
        else:
            self._line(f"{tag} OK in")

    def do_select(self, tag: str, rest: str) -> None:
        self._line(f"* {len(self.script.mails)} EXISTS")
        self._line(f"* OK [UIDVALIDITY {self.script.uidvalidity}] here")
        self._line(f"{tag} OK [READ-ONLY] open")

    do_examine = do_select

    def do_logout(self, tag: str, rest: str) -> bool:
        self._line("* BYE")
        self._line(f"{tag} OK bye")
        return False

    def do_uid(self, tag: str, rest: str) -> bool | None:
        words = rest.split(" ")
        if words[1].upper() == "SEARCH":
            first = int(words[3].split(":")[0])
            found = [uid for uid in sorted(self.script.mails) if uid >= first] or sorted(self.script.mails)[
                -1:
            ]
            self._line("* SEARCH " + " ".join(map(str, found)))
            self._line(f"{tag} OK done")
            return None
        return self._fetch(tag, _uids(words[2]), rest)

    def _fetch(self, tag: str, uids: list[int], rest: str) -> bool | None:
        script = self.script
        if "BODY" not in rest:
            for uid in [uid for uid in uids if uid in script.mails]:
                size = script.claimed_size or len(script.mails[uid])
                self._line(f"* {uid} FETCH (UID {uid} RFC822.SIZE {size})")
            self._line(f"{tag} OK done")
            return None
        if script.mode == "vanish":
            script.mails.clear()
        if script.mode == "hang":
            time.sleep(30)
            return False
        if script.mode == "bye":
            self._line("* BYE going down")
            return False
        if script.kept_back in uids and script.mode == "keep back":
            self._line(f"{tag} NO this message cannot be read")
            return None
        for uid in [uid for uid in uids if uid in script.mails]:
            raw = script.mails[uid]
            if "HEADER" in rest:
                raw = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            when = script.received_at.strftime("%d-%b-%Y %H:%M:%S +0000")
            # The date stands behind the body, where some servers put it.
            self.wfile.write(f"* {uid} FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode())
            if script.mode == "half":
                self.wfile.write(raw[: len(raw) // 2])
                return False
            if script.mode == "drip":
                for byte in raw:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(0.2)
            else:
                self.wfile.write(raw)
            self.wfile.write(f' INTERNALDATE "{when}")\r\n'.encode())
        self._line(f"{tag} OK done")
        return None

    def _say(self, line: bytes, tag: str = "") -> None:
        self.wfile.write(line + b"\r\n")
        if tag:
            self._line(f"{tag} OK done")

    def _line(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


def _uids(words: str) -> list[int]:
    found = []
    for piece in words.split(","):
        first, _, last = piece.partition(":")
        found += range(int(first), int(last or first) + 1)
    return found


class _Threads(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


@contextlib.contextmanager
def failing(script: Script, *, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Run the failing server; yields its port."""
    handler = type("Handler", (_Failing,), {"script": script})
    with _Threads(("127.0.0.1", 0), handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


def until(happens: Callable[[], bool], *, seconds: float = 300) -> None:
    """Wait for something that another thread or process does."""
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


IS_ROOT = os.geteuid() == 0
