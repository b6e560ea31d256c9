"""The demo world as `mainstay demo` sees it: a folder of its own, built once, alive from then on."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mainstay.cli.output import Refused
from mainstay.lib import environment
from mainstay.lib.time import now, to_text

if TYPE_CHECKING:
    import threading

    from mainstay.cli.demo.desk import Desk

BUILT = "built_at"  # a file that says when the world was complete; without it the world is begun anew
IN_USE = "in_use"
KEPT_SETTINGS = ("DATA", "BASE_URL", "BIND", "LOG_LEVEL", "DEBUG", "LANGUAGE")
_held: list[int] = []  # the lock lives as long as the process


def prepare_settings(*, fresh: bool) -> None:
    """Point every setting at the demo's own folder, before Django reads them. Nothing real can be reached then.

    Raises Refused where another demo runs in that folder.
    """
    folder = Path(environment.text("DATA", "./data")).resolve() / "demo"
    _forget_real_settings()
    os.environ |= {
        "MAINSTAY_DATA": str(folder),
        "MAINSTAY_DEMO": "yes",
        "MAINSTAY_SUPPORT_ADDRESS": "support@vendor.example",
        "MAINSTAY_SUPPORT_PHONE": "+44 1632 960100",
    }
    folder.mkdir(parents=True, exist_ok=True)
    _hold(folder)
    if fresh or not (folder / BUILT).exists():
        _clear(folder)


def _forget_real_settings() -> None:
    """Take away the settings of a real desk: its database, its mailboxes, its mail server, its secret."""
    kept = {f"MAINSTAY_{name}{file}" for name in KEPT_SETTINGS for file in ("", "_FILE")}
    for name in [name for name in os.environ if name.startswith("MAINSTAY_") and name not in kept]:
        del os.environ[name]
    os.environ.pop("MAINSTAY_DATA_FILE", None)


def _hold(folder: Path) -> None:
    handle = os.open(folder / IN_USE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise Refused(f"a demo is running in {folder} already. Stop it first, or set MAINSTAY_DATA") from None
    _held.append(handle)


def _clear(folder: Path) -> None:
    """Remove an old world, or one whose building was interrupted. The folder is the demo's own."""
    for path in folder.iterdir():
        if path.name == IN_USE:
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def build() -> None:
    """Build the world, unless it stands already. Takes some seconds and says how far it is."""
    from django.conf import settings

    marker = settings.DATA / BUILT
    if marker.exists():
        built_at = marker.read_text(encoding="utf-8").strip()
        print(f"The demo world of {built_at} goes on. For a new one: mainstay demo --fresh", file=sys.stderr)
        return
    at, began = now(), time.monotonic()
    print("Building the demo world: some weeks of mail and work go through the desk.", file=sys.stderr)
    populate(at=at, progress=_show_share)
    marker.write_text(to_text(at) + "\n", encoding="utf-8")
    print(f"Built in {time.monotonic() - began:.1f} s.", file=sys.stderr)


def populate(*, at: datetime, progress: Callable[[float], object] | None = None) -> Desk:
    """Fill an empty, migrated database with the world as it is at `at`. Returns the desk at that moment."""
    from mainstay.cli.demo import (
        cast,
        desk,
        feedback,
        history,
        known,
        order,
        playback,
        shelf,
        shipping,
        stories,
        telephone,
    )
    from mainstay.lib import sql

    with (
        sql.hasty_commits()
    ):  # an interrupted world is begun anew, so its commits need not outlive a power cut
        long_ago = at - cast.YEAR
        cast.settle_in(at=long_ago)
        telephone.connect(at=long_ago)
        past = playback.Playback(
            since=at - desk.LOOK_BACK,
            until=at,
            mailbox=cast.open_mailbox(at=long_ago),
            progress=progress,
        )
        cast.invite(at=at)
        played = desk.Desk(past)
        past.run(
            [
                *history.all_of(played),
                *stories.all_of(played),
                playback.working_days(past, since=at - timedelta(days=35)),
            ]
        )
        known.write_down(at=at)
        shelf.fill(at=at)
        order.keep(at=at)
        telephone.ring(at=at)
        feedback.speak(at=at)
        shipping.plan(at=at)
        past.pass_time(to=at)  # the letters of all this leave
    return played


def keep_mail_coming(stop: threading.Event) -> None:
    """Let mails arrive while somebody watches, until `stop` is set. Blocks."""
    from mainstay.cli.demo import stream

    stream.keep_mail_coming(stop)


def say_how_to_sign_in(bind: str) -> None:
    """Print where the desk is and who can sign in, with the password of these invented people."""
    from django.conf import settings

    from mainstay.cli.demo import cast

    where = f"http://{bind}" if bind else settings.BASE_URL
    wide = max(len(one.address) for one in cast.STAFF)
    print(f"\nMainstay demo on {where}   (Ctrl+C ends it; the world is kept)\n")
    for one in cast.STAFF:
        print(f"  {one.address:{wide}}  {one.name}, {one.does}")
    print("\nClients, in the portal:")
    for key in (*cast.ADMINISTRATORS, *cast.USERS):
        client, contact = cast.find(key)
        does = "administrator of" if contact.administrates else "of"
        print(f"  {client.address_of(contact)}  {contact.name}, {does} {client.name}")
    print(f"\nTheir password: {cast.PASSWORD}")
    print(f"Nothing leaves: what is sent is shown on {where}/outgoing/\n", flush=True)


def _show_share(share: float) -> None:
    """Show how far the world is, on one line of a terminal; silent where nobody watches."""
    if sys.stderr.isatty():
        print(
            f"\r{min(100, int(share * 100))} %", end="\n" if share >= 1 else "", file=sys.stderr, flush=True
        )
