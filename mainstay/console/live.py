"""The live stream: one hub per process hears of every new event and tells each open page which tickets changed.

The stream carries ticket numbers only, and only of tickets that the listener may see; pages fetch what they show
through their ordinary, guarded routes. A listener costs no thread and no database connection: the hub has two of each.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, close_old_connections, connection
from django.http import HttpRequest

from mainstay.lib import live
from mainstay.lib.time import now
from mainstay.orgs.access import works_the_desk
from mainstay.orgs.models import Person
from mainstay.phone import ringing
from mainstay.tickets import queries
from mainstay.tickets.access import visible_tickets
from mainstay.writing import presence

log = logging.getLogger(__name__)

LOOK_EVERY = 0.1  # seconds between looks at SQLite's data version, which costs microseconds
LISTEN_FOR = 5.0  # seconds that PostgreSQL is listened to before we look all the same
REST_AFTER_FAULT = 2.0  # seconds
STILL_THERE_EVERY = 15.0  # seconds; keeps proxies from closing a quiet stream, and finds out who has gone
ASK_AGAIN_EVERY = 30.0  # seconds; somebody shut out loses the stream within them
OVERLAP = 200  # ids looked at again, because PostgreSQL commits them out of order
MOST_MISSED = 2_000  # events that a page which comes back is told of; it fetches all it shows for one of them
MOST_AT_ONCE = 500  # tickets in one message; beyond that the page is told to look at everything

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(slots=True, eq=False)
class Listener:
    """One open page. `pending` is what it has not been told yet, so a slow one costs a set and no queue."""

    session: str
    person: Person
    pending: set[int] = field(default_factory=set)
    moved: set[int] = field(default_factory=set)  # tickets at which people came, went or began to type
    rings: bool = False  # a telephone began to ring, or stopped
    news: asyncio.Event = field(default_factory=asyncio.Event)
    gone: bool = False


class Hub:
    """Hears of new events while anybody listens."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        # Two, because PostgreSQL is listened to by waiting, and nobody who comes may wait for that.
        self._watching = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-watch")
        self._asking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-ask")
        self._watch: asyncio.Task[None] | None = None
        self._version: int | None = None
        self._last = 0
        self._seen: set[int] = set()
        self._here: presence.Here = {}
        self._moved: set[int] = set()
        self._ringing: frozenset[int] = frozenset()
        self._rings = False

    async def join(self, session: str, person: Person, *, after: int | None = None) -> Listener:
        """Add a listener; from now on it hears of everything that is committed, and of what came after event `after`,
        the newest that its page knew: something always happens between the making of a page and its stream."""
        listener = Listener(session, person)
        self.listeners.add(listener)
        rings = self._ringing
        if self._watch is None or self._watch.done():
            last, here = await self.ask(queries.newest_event_id), await self.ask(presence.here, now())
            rings = await self.ask(ringing.now_ringing, now())
            self._watch = asyncio.create_task(self._keep_watch(last, here, rings))
        if after is not None:
            await self.ask(self._tell_missed, listener, after)
        if rings:  # it may have begun after the page was made
            listener.rings = True
            listener.news.set()
        return listener

    def leave(self, listener: Listener) -> None:
        """Take a listener away. Without any, the hub rests."""
        self.listeners.discard(listener)
        if not self.listeners and self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def close(self) -> None:
        """End every stream, for a process that stops."""
        for listener in self.listeners:
            listener.gone = True
            listener.news.set()

    async def ask(self, work: Callable[..., Any], *args: Any) -> Any:
        """Do `work` with the database, in the thread that never waits."""
        return await asyncio.get_running_loop().run_in_executor(self._asking, work, *args)

    async def watch(self, work: Callable[[], Any]) -> Any:
        """Do `work` with the database, in the thread that may wait for news."""
        return await asyncio.get_running_loop().run_in_executor(self._watching, work)

    async def let_go(self) -> None:
        """Close both connections."""
        await self.ask(let_go)
        await self.watch(let_go)

    async def _keep_watch(self, last: int, here: presence.Here, calls: frozenset[int]) -> None:
        # In the watching thread: a look of the watch before, which waits for word there, must not take what is ours.
        await self.watch(lambda: self._begin(last, here, calls))
        asked = asyncio.get_running_loop().time()
        while True:
            try:
                tickets = await self.watch(self._look)
                moved, self._moved = self._moved, set()
                rings, self._rings = self._rings, False
                if tickets or moved:
                    await self.ask(self._tell, tickets, moved, list(self.listeners))
                for listener in self.listeners:
                    listener.rings |= rings
                    if listener.pending or listener.moved or listener.rings:
                        listener.news.set()
                if asyncio.get_running_loop().time() - asked > ASK_AGAIN_EVERY:
                    asked = asyncio.get_running_loop().time()
                    await self._turn_out()
            except DatabaseError:
                log.warning("The live stream cannot look at the database; it tries again", exc_info=True)
                await self.let_go()
                await asyncio.sleep(REST_AFTER_FAULT)
            except Exception:  # whatever it is, pages go on being told
                log.exception("The live stream stumbled; it goes on")
                await asyncio.sleep(REST_AFTER_FAULT)
            if connection.vendor == "sqlite":
                await asyncio.sleep(LOOK_EVERY)

    def _begin(self, last: int, here: presence.Here, calls: frozenset[int]) -> None:
        """Take what was there when the first listener came as told. In the watching thread."""
        self._last, self._seen, self._version = last, set(), None
        self._here, self._moved = here, set()
        self._ringing, self._rings = calls, False

    def _look(self) -> set[int]:
        """Return the tickets that something has happened to since the last look. In the watching thread."""
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                version = cursor.execute("PRAGMA data_version").fetchone()[0]
            if version == self._version:
                return set()
            self._version = version
            return self._news()
        # Look first: what was committed before we listened is told by nobody.
        listen()
        fresh = self._news()
        return fresh if fresh or self._moved or self._rings else (wait_for_word(LISTEN_FOR) and self._news()) or set()

    def _news(self) -> set[int]:
        """Return the tickets that something has happened to; note where people came or went, and whether it rings."""
        here = presence.here(now())
        self._moved |= presence.moved(self._here, here)
        self._here = here
        rings = ringing.now_ringing(now())
        self._rings |= rings != self._ringing
        self._ringing = rings
        return self._fresh()

    def _fresh(self) -> set[int]:
        found = queries.events_since(max(self._last - OVERLAP, 0), limit=OVERLAP + 5000)
        fresh = {
            ticket for event, ticket in found if event not in self._seen and event > self._last - OVERLAP
        }
        if not self._seen:  # the first look: what lies in the overlap was there before anybody listened
            fresh = {ticket for event, ticket in found if event > self._last}
        self._last = max([self._last, *(event for event, _ in found)])
        self._seen = {event for event, _ in found if event > self._last - OVERLAP} | {0}
        return fresh

    def _tell_missed(self, listener: Listener, after: int) -> None:
        """Note for a new listener what its page has missed. Two queries where it missed something, or else one."""
        missed = {ticket for _, ticket in queries.events_since(after, limit=MOST_MISSED)}
        if missed:
            self._tell(missed, set(), [listener])
        if listener.pending:
            listener.news.set()

    def _tell(self, tickets: set[int], moved: set[int], listeners: Iterable[Listener]) -> None:
        """Note for each listener what it may hear of. One query per person, not per page."""
        visible: dict[int, set[int]] = {}
        for listener in listeners:
            person = listener.person
            if person.pk not in visible:
                allowed = visible_tickets(person, at=now()).filter(pk__in=tickets | moved)
                visible[person.pk] = set(allowed.values_list("pk", flat=True))
            listener.pending |= visible[person.pk] & tickets
            listener.moved |= visible[person.pk] & moved

    async def _turn_out(self) -> None:
        """End the streams of those who signed out or were shut out."""
        for listener in list(self.listeners):
            person = await self.ask(person_of, listener.session)
            if person is None:
                listener.gone = True
                listener.news.set()
            else:
                listener.person = person


def let_go() -> None:
    """Close the calling thread's own connection. (`connection.close`, handed over, would be the handing thread's.)"""
    connection.close()


def listen() -> None:
    """Have PostgreSQL tell this connection of changes. Safe to repeat."""
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {live.CHANNEL}")


def wait_for_word(seconds: float) -> bool:
    """Wait until PostgreSQL says that something changed, at most `seconds`; look all the same."""
    raw: Any = connection.connection
    for _ in raw.notifies(timeout=seconds, stop_after=1):
        break
    return True


def person_of(session_key: str) -> Person | None:
    """Return who is signed in with that session and works the desk. Causes two queries."""
    close_old_connections()
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    person = get_user(request)
    return person if isinstance(person, Person) and works_the_desk(person) else None


class Stream:
    """The ASGI application of `/events`."""

    def __init__(self) -> None:
        self.hub = Hub()

    def close(self) -> None:
        """End every stream, so that a server can stop at once."""
        self.hub.close()

    async def lifespan(self, receive: Receive, send: Send) -> None:
        """Answer the server's start and stop."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            else:
                self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one stream until the page goes, or its person is shut out."""
        session = session_in(scope)
        person = await self.hub.ask(person_of, session) if session else None
        if person is None or scope["method"] != "GET":
            await _refuse(send, 405 if person else 401)
            return
        listener = await self.hub.join(session, person, after=after_in(scope))
        left = asyncio.create_task(_until_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await _write(send, "retry: 2000\n\n")
            while not left.done() and not listener.gone:
                await self._next(listener, left, send)
            await send(
                {"type": "http.response.body", "body": b"event: bye\ndata: {}\n\n" if listener.gone else b""}
            )
        except OSError:  # the page went while we wrote
            pass
        finally:
            left.cancel()
            self.hub.leave(listener)

    async def _next(self, listener: Listener, left: asyncio.Task[None], send: Send) -> None:
        news = asyncio.create_task(listener.news.wait())
        await asyncio.wait({news, left}, timeout=STILL_THERE_EVERY, return_when=asyncio.FIRST_COMPLETED)
        news.cancel()
        if left.done() or listener.gone:
            return
        listener.news.clear()
        tickets, listener.pending = listener.pending, set()
        moved, listener.moved = listener.moved, set()
        if moved:
            await _write(send, f"event: here\ndata: {json.dumps({'tickets': sorted(moved)[:MOST_AT_ONCE]})}\n\n")
        rings, listener.rings = listener.rings, False
        if rings:
            await _write(send, "event: ringing\ndata: {}\n\n")
        if not tickets:
            if not moved and not rings:
                await _write(send, ": still there\n\n")
            return
        data = {"tickets": sorted(tickets)[:MOST_AT_ONCE], "all": len(tickets) > MOST_AT_ONCE}
        await _write(send, f"event: change\ndata: {json.dumps(data)}\n\n")


HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


def session_in(scope: Message) -> str:
    """Return the session key of a request's cookies, empty where there is none."""
    cookies: SimpleCookie = SimpleCookie()
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                cookies.load(value.decode("latin-1"))
            except CookieError:
                return ""
    found = cookies.get(settings.SESSION_COOKIE_NAME)
    return found.value if found else ""


def after_in(scope: Message) -> int | None:
    """Return the newest event that the page knew, None where it does not say."""
    said = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"))).get("after", "")
    return int(said) if said.isdecimal() and len(said) < 19 else None


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _refuse(send: Send, status: int) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]}
    )
    await send({"type": "http.response.body", "body": b""})
