"""`python -m bench`: working time, reading a ticket, and the running desk on both databases."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from tests.postgres import server


def main() -> None:
    run("bench.worktime")
    run("bench.reading")
    with tempfile.TemporaryDirectory() as folder:
        run("bench.desk", MAINSTAY_DATA=folder)
        run("bench.queues", MAINSTAY_DATA=folder)
    with tempfile.TemporaryDirectory() as folder, server() as url:
        run("bench.desk", MAINSTAY_DATA=folder, MAINSTAY_DATABASE_URL=url)
        run("bench.queues", MAINSTAY_DATA=folder, MAINSTAY_DATABASE_URL=url)


def run(module: str, **settings: str) -> None:
    print(f"\n==== {module} {'on PostgreSQL' if 'MAINSTAY_DATABASE_URL' in settings else ''}", flush=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAINSTAY_")}
    subprocess.run([sys.executable, "-m", module], check=True, env=environment | settings)


main()
