"""A database of its own for tests with several processes: a file, or a new one on the same server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PRELUDE = "import django; django.setup()\n"


# Answers questions, so that a test pays for the start of Python once.
CONSOLE = """
import json, sys
for line in sys.stdin:
    question = json.loads(line)
    world = dict(question["values"])
    exec(question["code"], world)
    print(json.dumps(world.get("answer")), flush=True)
"""


class Scratch:
    """Where the database is, and how to run Python beside it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self._console = self.start(CONSOLE)

    def start(self, script: str, *arguments: object) -> subprocess.Popen[str]:
        """Start a process that runs `script` with Django ready; the caller waits for it or kills it."""
        return subprocess.Popen(
            [sys.executable, "-c", PRELUDE + script, *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def ask(self, code: str, **values: Any) -> Any:
        """Run `code` in a process of its own with those values, and return what it calls `answer`."""
        console = self._console
        assert console.stdin is not None
        assert console.stdout is not None
        console.stdin.write(json.dumps({"code": code, "values": values}) + "\n")
        console.stdin.flush()
        line = console.stdout.readline()
        assert line, console.communicate()[1]
        return json.loads(line)

    def close(self) -> None:
        """End the console."""
        self._console.communicate()


@contextmanager
def scratch_database(folder: Path) -> Iterator[Scratch]:
    """Give a database with the tables of `jobs` and `outbox`, on the engine that the test run uses."""
    name = f"scratch_{uuid.uuid4().hex}"
    environment = {**os.environ, "MAINSTAY_DATA": str(folder), "MAINSTAY_LOG_LEVEL": "ERROR"}
    environment["MAINSTAY_DATABASE_URL"] = _url(name, folder)
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), environment.get("PYTHONPATH", "")])
    if connection.vendor == "postgresql":
        _on_the_server(f"CREATE DATABASE {name}")
    scratch = Scratch(environment)
    try:
        scratch.ask(
            "from django.core.management import call_command\n"
            "for room in ('jobs', 'outbox'): call_command('migrate', room, verbosity=0)"
        )
        yield scratch
    finally:
        scratch.close()
        if connection.vendor == "postgresql":
            _on_the_server(f"DROP DATABASE {name} WITH (FORCE)")


def _url(name: str, folder: Path) -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:///{folder / name}.sqlite3"
    settings = connection.settings_dict
    user = f"{quote(settings['USER'])}:{quote(settings['PASSWORD'])}"
    return f"postgresql://{user}@/{name}?host={settings['HOST']}"


def _on_the_server(statement: str) -> None:
    """Run what PostgreSQL refuses inside a transaction, over a connection of its own."""
    import psycopg

    parameters = {
        **connection.get_connection_params(),
        "dbname": "postgres",
        "cursor_factory": psycopg.Cursor,
    }
    with psycopg.connect(**parameters, autocommit=True) as server:
        server.execute(statement)  # type: ignore[arg-type]  # the name is ours
