"""A process that has the product loaded and forks one for each command, so that a kill costs no new start of Python.

It reads one order per line and answers each with one line. Nothing of the database is open when it forks, and it has
one thread, so a forked `mainstay worker` is the same as one that was started from the shell, two seconds earlier.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any


def main() -> None:
    load()
    gc.freeze()
    say({"ready": True})
    children: dict[int, int | None] = {}
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            pid = os.fork()
            if pid == 0:
                child(order)
            children[pid] = None
            say({"pid": pid})
        elif "poll" in order:
            pid = order["poll"]
            if children[pid] is None:
                found, status = os.waitpid(pid, os.WNOHANG)
                children[pid] = os.waitstatus_to_exitcode(status) if found else None
            say({"code": children[pid]})


def load() -> None:
    """Import what the commands would, without touching the database."""
    import django

    django.setup()
    import uvicorn  # noqa: F401  imported by `mainstay web`

    import mainstay.asgi
    import mainstay.cli.program
    import mainstay.jobs.worker
    import mainstay.mail.imap
    import mainstay.mail.smtp  # noqa: F401  imported by `mainstay worker`


def say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def child(order: dict[str, Any]) -> None:
    """Become the process that was ordered. Never returns."""
    code = 1
    try:
        become(order)
        code = run(order)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def become(order: dict[str, Any]) -> None:
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.closerange(3, 256)
    gc.unfreeze()
    if order.get("traced"):
        while "TracerPid:\t0\n" in Path("/proc/self/status").read_text():
            time.sleep(0.005)


def run(order: dict[str, Any]) -> int:
    world: dict[str, Any] = dict(order.get("values") or {})
    if order.get("code"):
        exec(compile(order["code"], "<order>", "exec"), world)
    if order.get("answer"):
        Path(order["answer"]).write_text(json.dumps(world.get("answer")))
    if order["start"]:
        from mainstay.cli.program import run as command

        sys.argv = ["mainstay", *order["start"]]
        command()
    return 0


if __name__ == "__main__":
    main()
