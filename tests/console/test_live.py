"""The live stream: whoever looks at a ticket sees within a second what happened to it, and only who may see it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from mainstay.console import live
from mainstay.console.live import Stream
from mainstay.lib.time import now as real_now
from mainstay.orgs import signins
from mainstay.orgs.models import Person
from mainstay.phone import reports
from mainstay.tickets import actions as tickets
from mainstay.tickets import queries
from mainstay.tickets.models import Ticket
from mainstay.writing import presence
from tests.desk import Desk
from tests.stalls import stalls

SOON = 60.0  # seconds after which a test gives up; what is promised within one is measured beside the machine's stalls

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None, settings: Any) -> tuple[Desk, Ticket]:
    """A desk whose commits other connections can see, with one ticket."""
    settings.DEMO = True
    desk = Desk()
    return desk, desk.mail("ana")


def cookie_of(person: Person) -> bytes:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return f"sessionid={client.cookies['sessionid'].value}".encode()


class Reader:
    """A browser's end of one stream."""

    def __init__(self, stream: Stream, cookie: bytes, method: str = "GET", after: str = "") -> None:
        self.gone = asyncio.Event()
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        headers = [(b"cookie", cookie)] if cookie else []
        scope = {"type": "http", "path": "/events", "method": method, "headers": headers, "query_string": f"after={after}".encode()}
        self.task = asyncio.create_task(stream(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.said.put_nowait(message)

    async def status(self) -> int:
        first = await asyncio.wait_for(self.said.get(), SOON)
        status: int = first["status"]
        return status

    async def news(self) -> list[int]:
        """Return the tickets of the next change."""
        while True:
            body = (await asyncio.wait_for(self.said.get(), SOON))["body"].decode()
            if body.startswith("event: change"):
                tickets: list[int] = json.loads(body.partition("data: ")[2])["tickets"]
                return tickets

    async def last_word(self) -> str:
        await asyncio.wait_for(self.task, SOON)
        word = ""
        while not self.said.empty():
            word = self.said.get_nowait()["body"].decode() or word
        return word


@asynccontextmanager
async def reading(stream: Stream, cookie: bytes, after: str = "") -> AsyncIterator[Reader]:
    reader = Reader(stream, cookie, after=after)
    try:
        assert await reader.status() == 200
        yield reader
    finally:
        reader.gone.set()
        await asyncio.wait_for(reader.task, SOON)


def run(scene: Any) -> None:
    """Play a scene, and let go of what the hub's thread held."""
    stream = Stream()

    async def whole() -> None:
        try:
            await scene(stream)
        finally:
            await stream.hub.let_go()

    asyncio.run(whole())


async def happens(desk: Desk, ticket: Ticket, text: str = "Something happened.") -> None:
    """Have something happen to a ticket in another thread, on another connection, as in a real desk."""

    def note() -> None:
        try:
            tickets.add_note(ticket=ticket, by=desk.person["ida"], text=text, at=desk.now)
        finally:
            connection.close()

    await asyncio.to_thread(note)


def test_a_change_reaches_an_open_page_within_a_second(world: tuple[Desk, Ticket]) -> None:
    desk, ticket = world
    cookie = cookie_of(desk.person["ida"])

    async def scene(stream: Stream) -> None:
        async with reading(stream, cookie) as page:
            await asyncio.sleep(0.1)
            with stalls() as machine:
                began = asyncio.get_running_loop().time()
                await happens(desk, ticket)
                assert await page.news() == [ticket.pk]
                took = asyncio.get_running_loop().time() - began
            assert took < 2 + 10 * machine.longest

    run(scene)


def test_every_open_page_hears_it_and_what_was_before_is_not_told(world: tuple[Desk, Ticket]) -> None:
    desk, ticket = world
    cookies = [cookie_of(desk.person[who]) for who in ("ida", "jon")]

    async def scene(stream: Stream) -> None:
        async with reading(stream, cookies[0]) as one, reading(stream, cookies[1]) as two:
            await happens(desk, ticket)
            assert await one.news() == [ticket.pk]
            assert await two.news() == [ticket.pk]
            await happens(desk, ticket, "Again.")
            assert await one.news() == [ticket.pk]

    run(scene)


def test_what_is_rolled_back_is_not_told(world: tuple[Desk, Ticket]) -> None:
    desk, ticket = world
    cookie = cookie_of(desk.person["ida"])

    def try_and_fail() -> None:
        from django.db import transaction

        try:
            with transaction.atomic():
                tickets.add_note(ticket=ticket, by=desk.person["ida"], text="x", at=desk.now)
                raise KeyError
        except KeyError:
            connection.close()

    async def scene(stream: Stream) -> None:
        async with reading(stream, cookie) as page:
            await asyncio.to_thread(try_and_fail)
            await asyncio.sleep(0.8)
            await happens(desk, ticket)
            assert await page.news() == [ticket.pk]
            assert page.said.empty()

    run(scene)


@pytest.mark.parametrize("cookie", [b"", b"sessionid=made-up", b"sessionid", b"\xff;=;", b"other=1"])
def test_nobody_listens_without_a_session(cookie: bytes, world: tuple[Desk, Ticket]) -> None:
    """Class C12: a malformed cookie gets the same plain answer as none."""

    async def scene(stream: Stream) -> None:
        assert await Reader(stream, cookie).status() == 401
        assert stream.hub.listeners == set()

    run(scene)


def test_a_client_may_not_listen_to_the_desk(world: tuple[Desk, Ticket]) -> None:
    cookie = cookie_of(world[0].person["ana"])

    async def scene(stream: Stream) -> None:
        assert await Reader(stream, cookie).status() == 401

    run(scene)


def test_a_stream_is_only_read(world: tuple[Desk, Ticket]) -> None:
    cookie = cookie_of(world[0].person["ida"])

    async def scene(stream: Stream) -> None:
        assert await Reader(stream, cookie, "POST").status() == 405

    run(scene)


def test_somebody_shut_out_loses_the_stream(
    world: tuple[Desk, Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Class C12: disabling a user ends live streams too; here every moment instead of every half minute."""
    desk, _ = world
    cookie = cookie_of(desk.person["ida"])
    monkeypatch.setattr(live, "ASK_AGAIN_EVERY", 0.0)
    monkeypatch.setattr(live, "LISTEN_FOR", 0.2)

    def shut_out() -> None:
        Person.objects.filter(pk=desk.person["ida"].pk).update(is_active=False)
        connection.close()

    async def scene(stream: Stream) -> None:
        page = Reader(stream, cookie)
        assert await page.status() == 200
        await asyncio.to_thread(shut_out)
        assert "event: bye" in await page.last_word()
        assert stream.hub.listeners == set()

    run(scene)


def test_a_session_that_is_ended_loses_the_stream(
    world: tuple[Desk, Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Class C12: so do sessions that somebody ends from elsewhere, in truth within half a minute."""
    desk, _ = world
    cookie = cookie_of(desk.person["ida"])
    assert live.ASK_AGAIN_EVERY <= 60
    monkeypatch.setattr(live, "ASK_AGAIN_EVERY", 0.0)
    monkeypatch.setattr(live, "LISTEN_FOR", 0.2)

    def end() -> None:
        signins.end_all(desk.person["ida"], at=desk.now, by=desk.person["ida"])
        connection.close()

    async def scene(stream: Stream) -> None:
        page = Reader(stream, cookie)
        assert await page.status() == 200
        await asyncio.to_thread(end)
        assert "event: bye" in await page.last_word()

    run(scene)


def test_a_process_that_stops_says_goodbye(world: tuple[Desk, Ticket]) -> None:
    cookie = cookie_of(world[0].person["ida"])

    async def scene(stream: Stream) -> None:
        page = Reader(stream, cookie)
        assert await page.status() == 200
        said: asyncio.Queue[str] = asyncio.Queue()
        asked = iter(["lifespan.startup", "lifespan.shutdown"])

        async def receive() -> dict[str, str]:
            return {"type": next(asked)}

        async def send(message: Any) -> None:
            said.put_nowait(message["type"])

        await stream.lifespan(receive, send)
        assert [said.get_nowait(), said.get_nowait()] == [
            "lifespan.startup.complete",
            "lifespan.shutdown.complete",
        ]
        assert "event: bye" in await page.last_word()

    run(scene)


def test_a_quiet_stream_shows_that_it_is_there(
    world: tuple[Desk, Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = cookie_of(world[0].person["ida"])
    monkeypatch.setattr(live, "STILL_THERE_EVERY", 0.05)

    async def scene(stream: Stream) -> None:
        async with reading(stream, cookie) as page:
            said = [(await asyncio.wait_for(page.said.get(), SOON))["body"] for _ in range(2)]
            assert said[1] == b": still there\n\n"

    run(scene)


def test_a_database_that_cannot_be_asked_is_asked_again(
    world: tuple[Desk, Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    desk, ticket = world
    cookie, troubles = cookie_of(desk.person["ida"]), [OperationalError("gone"), OperationalError("gone")]
    real = live.Hub._look
    monkeypatch.setattr(live, "REST_AFTER_FAULT", 0.05)
    monkeypatch.setattr(live, "LISTEN_FOR", 0.2)

    def look(self: live.Hub) -> set[int]:
        if troubles:
            raise troubles.pop()
        return real(self)

    monkeypatch.setattr(live.Hub, "_look", look)

    async def scene(stream: Stream) -> None:
        async with reading(stream, cookie) as page:
            await asyncio.sleep(0.3)
            await happens(desk, ticket)
            assert await page.news() == [ticket.pk]

    run(scene)


def test_somebody_who_begins_to_type_shows_within_a_second_and_only_as_that(world: tuple[Desk, Ticket]) -> None:
    """It is told apart from what happened: no page fetches the thread for it."""
    desk, ticket = world
    cookie = cookie_of(desk.person["ida"])

    def types(typing: str) -> None:
        try:
            presence.say(ticket=ticket, by=desk.person["jon"], page="one", typing=typing, at=real_now())
        finally:
            connection.close()

    async def scene(stream: Stream) -> None:
        async with reading(stream, cookie) as page:
            await asyncio.wait_for(page.said.get(), SOON)  # how soon to come back
            await asyncio.sleep(0.1)
            for typing in ("", "reply"):
                with stalls() as machine:
                    began = asyncio.get_running_loop().time()
                    await asyncio.to_thread(types, typing)
                    body = (await asyncio.wait_for(page.said.get(), SOON))["body"].decode()
                    took = asyncio.get_running_loop().time() - began
                assert body == f'event: here\ndata: {{"tickets": [{ticket.pk}]}}\n\n'
                assert took < 2 + 10 * machine.longest
            await asyncio.to_thread(types, "reply")  # said again: nothing to be seen
            await happens(desk, ticket)
            assert await page.news() == [ticket.pk]

    run(scene)


def test_a_telephone_that_rings_is_told_to_every_open_page(world: tuple[Desk, Ticket]) -> None:
    desk, _ = world
    cookie = cookie_of(desk.person["ida"])

    def rings(kind: str) -> None:
        at = real_now()
        body = {"type": kind, "timestamp": at.isoformat(), "data": {"call": "c-1"}}
        try:
            reports.take(webhook_id=kind, body=body, at=at)
        finally:
            connection.close()

    async def word(page: Reader) -> str:
        while True:
            body = (await asyncio.wait_for(page.said.get(), SOON))["body"].decode()
            if body.startswith("event: ringing"):
                return str(body)

    async def scene(stream: Stream) -> None:
        async with reading(stream, cookie) as page:
            await asyncio.to_thread(rings, "call.ringing")
            assert await word(page)
            async with reading(stream, cookie) as late:
                assert await word(late), "who comes later is told what rings already"
            await asyncio.to_thread(rings, "call.missed")
            assert await word(page)

    run(scene)


def test_a_page_is_told_what_it_missed_before_its_stream_was_open(world: tuple[Desk, Ticket]) -> None:
    desk, ticket = world
    cookie, seen = cookie_of(desk.person["ida"]), queries.newest_event_id()

    async def scene(stream: Stream) -> None:
        await happens(desk, ticket)
        async with reading(stream, cookie, after=str(seen)) as page:
            assert await page.news() == [ticket.pk]
        for nothing_missed in (str(seen + 1_000), "", "x", "9" * 30):
            async with reading(stream, cookie, after=nothing_missed) as page:
                await happens(desk, ticket)
                assert await page.news() == [ticket.pk]

    run(scene)


def test_a_page_that_gives_way_to_another_takes_nothing_from_it(world: tuple[Desk, Ticket]) -> None:
    """The look of the page before may still wait for word, and hears of the next change first."""
    desk, ticket = world
    cookie = cookie_of(desk.person["ida"])

    async def scene(stream: Stream) -> None:
        async with reading(stream, cookie):
            await asyncio.sleep(0.3)
        async with reading(stream, cookie) as page:
            await happens(desk, ticket)
            assert await page.news() == [ticket.pk]

    run(scene)
