"""`python -m bench`: working time, reading a ticket, and the running desk and its pages on both databases.

Each part has a folder and a database of its own, so that none counts what another left behind.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from bench.measure import said
from tests.postgres import server

DESK = ("bench.desk", "bench.queues", "bench.pages")


def main() -> None:
    run("bench.worktime")
    run("bench.reading")
    run("bench.search")
    on_sqlite = {name: figure for module in DESK for name, figure in run(module).items()}
    with server() as url:
        on_postgres = {
            name: figure
            for module in DESK
            for name, figure in run(module, MAINSTAY_DATABASE_URL=fresh(url, module)).items()
        }
        run("bench.search", MAINSTAY_DATABASE_URL=fresh(url, "bench.search"))
    print("\n==== PostgreSQL beside SQLite")
    for name in (name for name in on_sqlite if name in on_postgres):
        here, there = on_sqlite[name], on_postgres[name]
        print(f"{name}: {said(here)} and {said(there)}, {there / here:.2f} x")


def run(module: str, *arguments: str, **settings: str) -> dict[str, float]:
    """Run one part in a process of its own; return the figures that it noted, in seconds."""
    print(f"\n==== {module} {'on PostgreSQL' if 'MAINSTAY_DATABASE_URL' in settings else ''}", flush=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAINSTAY_")}
    with tempfile.TemporaryDirectory() as folder:
        noted = Path(folder) / "figures"
        settings |= {"MAINSTAY_DATA": folder, "BENCH_FIGURES": str(noted)}
        subprocess.run([sys.executable, "-m", module, *arguments], check=True, env=environment | settings)
        return dict(map(json.loads, noted.read_text().splitlines())) if noted.exists() else {}


def fresh(url: str, module: str) -> str:
    """Make an empty database for `module` on the server of `url`; return its URL."""
    name = module.replace(".", "_")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.replace("/mainstay?", f"/{name}?")


if __name__ == "__main__":
    main()
