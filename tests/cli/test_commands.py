"""The commands as somebody types them: a process of its own, an empty directory, nothing loaded beforehand."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.faults.desk import until
from tests.outbox.server import free_port

START = [sys.executable, "-c", "from mainstay.cli import main; main()"]
READING = (
    ("ticket", "list"), ("ticket", "show", "MST-100001-2"), ("verify",), ("clocks", "rebuild"), ("search", "rebuild"),
    ("user", "list"), ("client", "list"), ("worker",), ("web", "--bind", "127.0.0.1:0"),
)  # fmt: skip


def environment(data: Path, **settings: str) -> dict[str, str]:
    bare = {key: value for key, value in os.environ.items() if not key.startswith(("MAINSTAY_", "DJANGO_"))}
    return bare | {"MAINSTAY_DATA": str(data)} | settings


def run(*command: str, data: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*START, *command], env=environment(data, **settings), capture_output=True, text=True, timeout=600
    )


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_where_there_is_no_desk_a_command_says_how_to_make_one(command: tuple[str, ...], tmp_path: Path):
    ended = run(*command, data=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        f"mainstay: there is no desk in {tmp_path} yet. Make one with `mainstay migrate`, or just run `mainstay serve`."
    ]


@pytest.mark.parametrize("command", ["verify", "migrate", "serve", "worker"])
def test_a_database_that_is_not_there_is_named_without_its_password(command: str, tmp_path: Path):
    ended = run(command, data=tmp_path, MAINSTAY_DATABASE_URL="postgresql://desk:s3cret@127.0.0.1:1/desk")
    assert ended.returncode == 1
    assert ended.stderr.startswith("mainstay: the database cannot be reached: ")
    assert "MAINSTAY_DATABASE_URL" in ended.stderr
    assert "s3cret" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


WORKS = "SELECT count(*) FROM jobs_workerbeat"


def works(data: Path) -> bool:
    """Say whether a worker has given a sign of life in the desk of this directory."""
    with closing(sqlite3.connect(data / "mainstay.sqlite3")) as desk:
        return desk.execute(WORKS).fetchone()[0] > 0


def answers(said: Path) -> bool:
    """Say whether the pages of the process that wrote `said` can be read."""
    found = re.search(r"Mainstay on http://127.0.0.1:(\d+)", said.read_text())
    if not found:
        return False
    try:
        with urlopen(f"http://127.0.0.1:{found[1]}/", timeout=60) as page:
            return page.status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("desk")
    assert run("migrate", data=data).returncode == 0
    return data


@pytest.mark.parametrize("command", ["web", "worker", "serve"])
def test_each_process_runs_by_itself_and_stops_when_asked(command: str, desk: Path, tmp_path: Path):
    """What the page on scaling says: migrate once, then each in a process of its own. SIGTERM ends them in order."""
    said = tmp_path / "said"
    own = {"MAINSTAY_BIND": f"127.0.0.1:{free_port()}"}
    with closing(sqlite3.connect(desk / "mainstay.sqlite3")) as rows, rows:
        rows.execute("DELETE FROM jobs_workerbeat")
    with said.open("w") as output, subprocess.Popen(
        [*START, command], env=environment(desk, **own), stdout=output, stderr=output
    ) as process:
        try:
            until(lambda: command == "worker" or answers(said), why=said.read_text)
            until(lambda: command == "web" or works(desk), why=said.read_text)
            process.send_signal(signal.SIGTERM)
            assert process.wait(300) == 0, said.read_text()
        finally:
            process.kill()
    assert "Traceback" not in said.read_text()
