"""Real IMAP servers, and a relay in front of them that misbehaves on demand."""

from __future__ import annotations

import contextlib
import grp
import imaplib
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.outbox.server import free_port

from .desk import GUARD, until
from .post import Mail

USER, PASSWORD = "support", "secret"
DOVECOT = shutil.which("dovecot") or ("/usr/sbin/dovecot" if Path("/usr/sbin/dovecot").exists() else "")


class Mailbox:
    """A mailbox on a running server, as the people whose mailbox it is see it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, port: int = 0, query: str = "") -> str:
        return f"imap://{USER}:{PASSWORD}@127.0.0.1:{port or self.port}/INBOX{query}"

    @contextlib.contextmanager
    def client(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=60) as client:
            client.login(USER, PASSWORD)
            client.select("INBOX")
            yield client

    def put(self, *mails: Mail) -> None:
        with self.client() as client:
            for one in mails:
                kind, said = client.append("INBOX", "", imaplib.Time2Internaldate(time.time()), one.raw)
                assert kind == "OK", said

    def flag(self, flag: str = r"\Seen") -> None:
        """Do to all mails what a human with a mail program does."""
        with self.client() as client:
            client.store("1:*", "+FLAGS", flag)

    def flags(self) -> list[bytes]:
        with self.client() as client:
            return [line for line in client.fetch("1:*", "(FLAGS)")[1] if isinstance(line, bytes)]

    def empty(self) -> None:
        """Expunge everything."""
        with self.client() as client:
            if client.search(None, "ALL")[1] != [b""]:
                client.store("1:*", "+FLAGS", r"\Deleted")
                client.expunge()


@contextlib.contextmanager
def pymap(folder: Path, port: int = 0) -> Iterator[Mailbox]:
    """Run pymap, an IMAP server that comes by pip. A new start is a new UIDVALIDITY and an empty mailbox."""
    port = port or free_port()
    # Its console script, whichever way the environment was made.
    program = [sys.executable, "-c", "import sys; from pymap.main import main; sys.exit(main())"]
    with (folder / f"pymap-{port}.log").open("ab") as log:
        process = subprocess.Popen(
            [*program, "--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict",
             "--demo-user", USER, "--demo-password", PASSWORD],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield _answering(port, process, folder)
    finally:
        process.kill()
        process.wait()


_DOVECOT = """
protocols = imap
listen = 127.0.0.1
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
ssl = no
auth_failure_delay = 0  # its two seconds would race with the patience of the tests
disable_plaintext_auth = no
mail_location = maildir:{base}/mail/%u
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 0
first_valid_gid = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {base}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
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
namespace inbox {{
  inbox = yes
  mailbox Taken {{
    auto = create
  }}
}}
"""


class Dovecot(Mailbox):
    """A mailbox on Dovecot, with the doors that only its administrator has."""

    def __init__(self, port: int, base: Path) -> None:
        super().__init__(port)
        self.base = base

    def set_password(self, password: str) -> None:
        (self.base / "users").write_text(f"{USER}:{{PLAIN}}{password}\n")

    def renumber(self) -> None:
        """Lose the index, as a restore of the mail server does: the same mails under a new UIDVALIDITY."""
        for name in (
            "dovecot-uidlist",
            "dovecot.index",
            "dovecot.index.log",
            "dovecot.index.cache",
            "dovecot-uidvalidity",
        ):
            (self.base / "mail" / USER / name).unlink(missing_ok=True)
        for path in (self.base / "mail" / USER).glob("dovecot-uidvalidity.*"):
            path.unlink()


@contextlib.contextmanager
def dovecot(port: int = 0) -> Iterator[Dovecot]:
    """Run Dovecot, the server that most mailboxes live on. The caller has made sure that it is installed.

    It keeps mails for no root, so for root they are `nobody`'s, in a folder that `nobody` can reach.
    """
    port = port or free_port()
    base = Path(tempfile.mkdtemp(prefix="mainstay-dovecot-", dir="/tmp"))
    base.chmod(0o755)
    root = os.geteuid() == 0
    owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
    (base / "mail").mkdir()
    os.chown(base / "mail", owner.pw_uid, owner.pw_gid)
    mailbox = Dovecot(port, base)
    mailbox.set_password(PASSWORD)
    (base / "conf").write_text(
        _DOVECOT.format(
            base=base, port=port, uid=owner.pw_uid, gid=owner.pw_gid,
            internal="dovecot" if root else owner.pw_name,
            group="dovecot" if root else grp.getgrgid(owner.pw_gid).gr_name,
            login="dovenull" if root else owner.pw_name,
        )
    )  # fmt: skip
    with (base / "out").open("ab") as log:  # never our own pipe: its children would hold it open
        process = subprocess.Popen(
            [DOVECOT, "-F", "-c", str(base / "conf")], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        _answering(port, process, base)
        yield mailbox
    finally:
        process.terminate()
        process.wait(timeout=GUARD)
        shutil.rmtree(base, ignore_errors=True)


def _answering(port: int, process: subprocess.Popen[bytes], folder: Path) -> Mailbox:
    mailbox = Mailbox(port)

    def answers() -> bool:
        with contextlib.suppress(OSError, imaplib.IMAP4.error), mailbox.client():
            return True
        return process.poll() is not None

    def said() -> str:
        return "".join(path.read_text(errors="replace")[-1000:] for path in folder.glob("*") if path.is_file())

    until(answers, why=said)
    assert process.poll() is None, said()
    return mailbox


class Relay:
    """A relay to a server that can refuse, hang up, or fall silent in the middle of a mail."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.mode = "pass"  # refuse | hang up | silent | silent in a mail | hang up in a mail | late in a mail
        self.before_fetch: Callable[[], None] | None = None  # called once, before a mail is asked for
        self.in_a_mail = threading.Event()
        self.goes_on = threading.Event()  # ends "late"
        self.visits = 0
        self.silences: list[float] = []  # how long each visitor was held in silence before it left
        self._stop = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def begin_anew(self) -> None:
        self.mode, self.before_fetch, self.visits = "pass", None, 0
        self.in_a_mail.clear()
        self.goes_on.clear()
        self.silences.clear()

    def close(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=5)
        self._listener.close()

    def _accept(self) -> None:
        self._listener.settimeout(0.1)
        while not self._stop.is_set():
            try:
                visitor, _ = self._listener.accept()
            except TimeoutError:
                continue
            self.visits += 1
            thread = threading.Thread(target=self._visit, args=(visitor,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _visit(self, visitor: socket.socket) -> None:
        with visitor, contextlib.suppress(OSError):
            if self.mode == "refuse":
                visitor.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"
                )  # a reset, not a goodbye
                return
            if self.mode == "silent":
                self._hold(visitor)
                return
            with socket.create_connection(("127.0.0.1", self.to)) as server:
                self._relay(visitor, server)

    def _relay(self, visitor: socket.socket, server: socket.socket) -> None:
        for one in (visitor, server):
            one.settimeout(0.05)
        mail = False
        while not self._stop.is_set():
            if self.mode == "hang up":
                return
            asked = _receive(visitor)
            if asked == b"":
                return
            if asked is not None:
                if b"BODY.PEEK[]" in asked:
                    mail = True
                    if self.before_fetch is not None:
                        hook, self.before_fetch = self.before_fetch, None
                        hook()
                server.sendall(asked)
            told = _receive(server)
            if told == b"":
                return
            if told is not None:
                begun = re.search(rb"BODY\[\] \{\d+\}\r\n.{40}", told, re.S) if mail else None
                if begun and self.mode.endswith("in a mail"):
                    visitor.sendall(told[: begun.end()])
                    late = self.mode.startswith("late")
                    self.in_a_mail.set()
                    if self.mode.startswith("silent"):
                        self._hold(visitor)
                    if not late:
                        return
                    self.goes_on.wait(GUARD)
                    told, mail = told[begun.end() :], False
                visitor.sendall(told)

    def _hold(self, visitor: socket.socket) -> None:
        began = time.monotonic()
        visitor.settimeout(0.1)
        while not self._stop.is_set() and self.mode.startswith("silent"):
            if _receive(visitor) == b"":
                break
        self.silences.append(time.monotonic() - began)


def _receive(one: socket.socket) -> bytes | None:
    """Return what came, b"" at the end, None when nothing has come yet."""
    try:
        return one.recv(65536)
    except TimeoutError:
        return None
    except OSError:
        return b""


@contextlib.contextmanager
def relay(to: int) -> Iterator[Relay]:
    made = Relay(to)
    try:
        yield made
    finally:
        made.close()
