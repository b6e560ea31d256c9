"""The commands that run the desk."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable

import typer

from mainstay.cli import django_room
from mainstay.cli.output import Refused
from mainstay.lib import environment

log = logging.getLogger("mainstay.serving")
RESTART_SECONDS = 2.0
DRAIN_SECONDS = 60.0  # a letter in hand may need this long; cutting it off costs its repeat


def serve(bind: str = typer.Option("", help="host:port for the pages; default MAINSTAY_BIND.")) -> None:
    """Run everything in one process: pages, worker, mail. Migrates and creates what is missing first."""
    django_room.migrated()
    _say_first_steps()
    stop = threading.Event()
    threads = [*_start_workers(stop)]
    try:
        _serve_pages(bind)
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=DRAIN_SECONDS)


def demo(
    bind: str = typer.Option("", help="host:port for the pages; default MAINSTAY_BIND."),
    fresh: bool = typer.Option(False, help="Begin with a new demo world, leaving out the old one."),
    quiet: bool = typer.Option(False, help="No further mail arrives by itself."),
) -> None:
    """Serve a live demo world: plausible clients, tickets in every state, mail that arrives while you watch.

    Nothing leaves: outgoing mail is shown on a page instead of sent. Lives in its own folder, `demo` inside the data
    directory, and never touches real data.
    """
    from mainstay.cli.demo import world

    world.prepare_settings(fresh=fresh)
    django_room.migrated()
    world.build()
    stop = threading.Event()
    threads = [*_start_workers(stop)]
    if not quiet:
        threads.append(_supervised("demo mail", world.keep_mail_coming, stop))
    world.say_how_to_sign_in(bind)
    try:
        _serve_pages(bind)
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=DRAIN_SECONDS)


def web(bind: str = typer.Option("", help="host:port; default MAINSTAY_BIND.")) -> None:
    """Run the pages only; any number of them on PostgreSQL. Workers run elsewhere."""
    django_room.prepared()
    _serve_pages(bind)


def worker() -> None:
    """Run clocks, jobs, outbox and mail intake, without pages; any number of them on PostgreSQL."""
    django_room.prepared()

    from mainstay.jobs.worker import stop_on_signals

    stop = threading.Event()
    stop_on_signals(stop)
    threads = _start_workers(stop)
    stop.wait()
    for thread in threads:
        thread.join(timeout=DRAIN_SECONDS)


def migrate() -> None:
    """Bring the database to this version's shape and install what ships with it (`serve` does it by itself)."""
    django_room.migrated(quiet=False)


def _start_workers(stop: threading.Event) -> list[threading.Thread]:
    """Start the worker, the mailbox readers and, where configured, the mail server; each is restarted if it dies."""
    from django.conf import settings

    from mainstay.jobs.worker import Worker
    from mainstay.mail import imap, smtp

    threads = [
        _supervised("worker", lambda stop: Worker().run(stop), stop),
        _supervised("mailboxes", imap.run, stop),
    ]
    if settings.SMTP_LISTEN:
        threads.append(_supervised("mail server", smtp.run, stop))
    return threads


def _supervised(
    name: str, body: Callable[[threading.Event], object], stop: threading.Event
) -> threading.Thread:
    def keep_running() -> None:
        while not stop.is_set():
            try:
                body(stop)
            except Exception:
                log.exception("%s stopped; starting it again in %s s", name, RESTART_SECONDS)
            stop.wait(RESTART_SECONDS)

    thread = threading.Thread(target=keep_running, name=name, daemon=True)
    thread.start()
    return thread


def _serve_pages(bind: str) -> None:
    """Serve pages and live streams until SIGTERM or Ctrl+C. Blocks."""
    import uvicorn
    from django.conf import settings

    host, port = environment.host_and_port(bind or settings.BIND, name="BIND")
    config = uvicorn.Config(
        "mainstay.asgi:application",
        host=host,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=5,
        proxy_headers=True,
    )
    log.info("Mainstay on http://%s:%s", host, port)
    server = uvicorn.Server(config)
    # The server raises the signal that ended it once more; by default that would kill the worker with a letter in hand.
    signal.signal(signal.SIGTERM, lambda *_: log.info("stopping"))
    try:
        server.run()
    except KeyboardInterrupt:
        log.info("stopped")
    if not server.started:
        raise Refused(
            f"could not listen on {host}:{port}. Is something else running there? Try --bind 127.0.0.1:8001"
        )


def _say_first_steps() -> None:
    from mainstay.orgs.models import Person

    if not Person.objects.filter(staff_role="administrator").exists():
        log.warning(
            "Nobody can sign in yet. Add an administrator: mainstay user add you@example.org --administrator"
        )
