"""One installation in a folder of its own, and the processes that a test starts, stops and kills in it."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
# The full run starts each process from nothing; the sampled one forks it from one that has Python's modules loaded.
FULL = bool(os.environ.get("FAULTS_FULL"))
SUPPORT = "support@vendor.example"
# Seconds after which something is believed to hang. A bound on the test alone: what is promised is measured beside it.
GUARD = 300
_count = itertools.count(1)


class Running:
    """A process of the product."""

    def __init__(
        self, desk: Desk, pid: int, popen: subprocess.Popen[bytes] | None, log: Path, name: str
    ) -> None:
        self.desk, self.pid, self.popen, self.log, self.name = desk, pid, popen, log, name
        self.code: int | None = None

    def poll(self) -> int | None:
        """Return how it ended (a negative number is a signal), or None while it runs."""
        if self.code is None:
            if self.popen is not None:
                self.code = self.popen.poll()
            else:
                self.code = self.desk.order({"poll": self.pid})["code"]
        return self.code

    def wait(self, seconds: float = GUARD) -> int:
        until(
            lambda: self.poll() is not None,
            seconds=seconds,
            why=lambda: f"{self.name} goes on\n{self.said()}",
        )
        assert self.code is not None
        return self.code

    def signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as a power cut would: nothing of its own runs any more."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGKILL)
        self.wait()

    def pause(self) -> None:
        """Stop it with SIGSTOP, at a moment when it does not hold SQLite's one write lock: then all would wait."""

        def stopped_without_the_lock() -> bool:
            os.kill(self.pid, signal.SIGSTOP)
            until(self._stands_still, every=0.005)
            if self.desk.may_write():
                return True
            os.kill(self.pid, signal.SIGCONT)
            return False

        until(stopped_without_the_lock)

    def _stands_still(self) -> bool:
        """Say whether the signal has reached every thread; the call that sends it does not wait for that."""
        stats = [path.read_text() for path in Path(f"/proc/{self.pid}/task").glob("*/stat")]
        return {stat.rpartition(")")[2].split()[0] for stat in stats} == {"T"}

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-6000:] if self.log.exists() else ""


class Desk:
    """An installation: its folder, its database, its environment."""

    def __init__(self, folder: Path, database: str, environment: dict[str, str]) -> None:
        self.folder, self.database = folder, database
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MAINSTAY_")},
            "DJANGO_SETTINGS_MODULE": "mainstay.settings",
            "MAINSTAY_DATA": str(folder / "data"),
            "MAINSTAY_DATABASE_URL": database,
            "MAINSTAY_SUPPORT_ADDRESS": SUPPORT,
            "MAINSTAY_LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        self.started: list[Running] = []
        self._nursery: subprocess.Popen[str] | None = None

    def order(self, order: dict[str, Any]) -> dict[str, Any]:
        nursery = self._ready_nursery()
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        nursery.stdin.write(json.dumps(order) + "\n")
        nursery.stdin.flush()
        line = nursery.stdout.readline()
        assert line, "the nursery has died"
        return json.loads(line)

    def _ready_nursery(self) -> subprocess.Popen[str]:
        if self._nursery is None:
            self._nursery = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            assert self._nursery.stdout is not None
            assert json.loads(self._nursery.stdout.readline()) == {"ready": True}
        return self._nursery

    def start(self, *command: str, code: str = "", forked: bool | None = None, **order: Any) -> Running:
        """Start `mainstay <command>`. `code` runs in the new process first: shorter leases, a faulty reader."""
        name = command[0] if command else "code"
        log = self.folder / f"{name}-{next(_count)}.log"
        if forked or not FULL or not command:
            answer = self.order({"start": list(command), "code": code, "log": str(log), **order})
            running = Running(self, answer["pid"], None, log, name)
        else:
            prelude = f"{code}\nimport sys; sys.argv = {['mainstay', *command]!r}\n"
            popen = subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    f"import django; django.setup()\n{prelude}\nfrom mainstay.cli import main; main()",
                ],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log.open("ab"),
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            running = Running(self, popen.pid, popen, log, name)
        self.started.append(running)
        return running

    def ask(self, code: str, **values: Any) -> Any:
        """Run `code` in a process of its own with those values, and return what it calls `answer`."""
        path = self.folder / f"answer-{next(_count)}"
        running = self.start(code=code, values=values, answer=str(path))
        assert running.wait() == 0, running.said()
        self.started.remove(running)
        return json.loads(path.read_text())

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Read the database past the product, and so cheaply that it can be asked again and again."""
        if self.database.startswith("sqlite"):
            import sqlite3

            with contextlib.closing(sqlite3.connect(self.folder / "data" / "mainstay.sqlite3", timeout=20)) as found:
                return found.execute(statement).fetchall()
        import psycopg

        with psycopg.connect(self.database) as connection:
            return connection.execute(statement).fetchall()  # type: ignore[arg-type]  # the statements are ours

    def may_write(self) -> bool:
        """Say whether nobody holds the write lock of SQLite. PostgreSQL has none for all."""
        if not self.database.startswith("sqlite"):
            return True
        import sqlite3

        with contextlib.closing(sqlite3.connect(self.folder / "data" / "mainstay.sqlite3", timeout=0.1)) as found:
            try:
                found.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            found.rollback()
            return True

    def verify(self) -> None:
        """Let the product prove its own account: exit code 0 and not a word of complaint."""
        running = self.start("verify")
        assert running.wait() == 0, running.said()

    def kill_all(self) -> None:
        for running in self.started:
            running.kill()
        self.started.clear()

    def close(self) -> None:
        if self._nursery is not None:
            self.kill_all()
            self._nursery.communicate()


def until(
    true: Callable[[], Any],
    *,
    seconds: float = GUARD,
    why: Callable[[], object] = lambda: "",
    every: float = 0.05,
) -> Any:
    """Wait until `true()` says something, and return it. Fails after `seconds` with what `why` says."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, f"not within {seconds:g} s: {why()}"
        time.sleep(every)
    return found


class Databases:
    """Makes databases for desks: SQLite files, or databases on the server that the test run uses."""

    def __init__(self) -> None:
        self.server = (
            None if "sqlite" in settings.DATABASES["default"]["ENGINE"] else settings.DATABASES["default"]
        )

    @property
    def on_sqlite(self) -> bool:
        return self.server is None

    def url(self, folder: Path, name: str) -> str:
        if self.server is None:
            return f"sqlite:///{folder / 'data' / 'mainstay.sqlite3'}"
        user = f"{quote(self.server['USER'])}:{quote(self.server['PASSWORD'])}"
        return f"postgresql://{user}@/{name}?host={self.server['HOST']}"

    def run(self, *statements: str) -> None:
        import psycopg

        assert self.server is not None
        with psycopg.connect(
            host=self.server["HOST"], user=self.server["USER"], dbname="postgres", autocommit=True
        ) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]  # the names are ours


class Template:
    """A desk that is migrated and furnished, to be copied: a copy is ready in a moment."""

    def __init__(self, databases: Databases, folder: Path, furnish: str) -> None:
        self.databases, self.folder = databases, folder
        self.name = f"faults_{uuid.uuid4().hex}"
        (folder / "data").mkdir(parents=True)
        if not databases.on_sqlite:
            databases.run(f"CREATE DATABASE {self.name}")
        desk = Desk(folder, databases.url(folder, self.name), {})
        try:
            assert (running := desk.start("migrate")).wait() == 0, running.said()
            desk.ask(furnish)
        finally:
            desk.close()

    def drop(self) -> None:
        if not self.databases.on_sqlite:
            self.databases.run(f"DROP DATABASE {self.name} WITH (FORCE)")

    @contextlib.contextmanager
    def desk(self, folder: Path, **environment: str) -> Iterator[Desk]:
        """Give a copy of its own, whose processes all end with the block."""
        name = f"{self.name}_{next(_count)}"
        desk = Desk(folder, self.databases.url(folder, name), environment)
        self.renew(desk)
        try:
            yield desk
        finally:
            desk.close()
            if not self.databases.on_sqlite:
                self.databases.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def renew(self, desk: Desk) -> None:
        """Put a desk back to the beginning: the same place, nothing of what happened."""
        data = desk.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(self.folder / "data", data)
        if not self.databases.on_sqlite:
            name = desk.database.partition("@/")[2].partition("?")[0]
            self.databases.run(
                f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {self.name}"
            )
