"""Fetching from real IMAP servers: pymap in memory, and Dovecot where it is installed (F1 to F3)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from mainstay.lib import sealed
from mainstay.mail import actions, arrivals, imap, intake
from mainstay.mail.models import Arrival, Mailbox

from .conftest import LONG_AGO, MONDAY, Desk, furnish, tickets
from .mails import mail
from .servers import DOVECOT, IS_ROOT, PASSWORD, USER, Server, dovecot, empty, pymap, until

pytestmark = pytest.mark.django_db
TOOK = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)  # past: Dovecot takes no mail from the future


@pytest.fixture(scope="module", params=["pymap", "dovecot"])
def real_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    if request.param == "dovecot" and not (DOVECOT and IS_ROOT):
        pytest.skip("Dovecot is not installed, or may not be started by this user")
    with pymap() if request.param == "pymap" else dovecot() as server:
        yield server


@pytest.fixture
def server(real_server: Server) -> Server:
    empty(real_server)
    return real_server


def mailbox(server: Server, **fields: object) -> Mailbox:
    given = {
        "name": "Support",
        "security": "imap",
        "host": "127.0.0.1",
        "port": server.port,
        "username": USER,
    }
    return actions.add_mailbox(password=PASSWORD, at=LONG_AGO, **{**given, **fields})


def fetched(box: Mailbox, at: datetime = MONDAY) -> imap.Pass:
    box.refresh_from_db()
    result = imap.fetch_once(box, at=at)
    while intake.take_due(at):
        pass
    return result


def test_a_mail_is_fetched_once_and_reported_when_the_server_took_it(room: Desk, server: Server) -> None:
    """R2.2: INTERNALDATE counts, not the Date header and not the moment of fetching."""
    box = mailbox(server)
    server.append(mail(), at=TOOK)

    assert fetched(box).taken == 1
    assert fetched(box).taken == 0
    (ticket,) = tickets()
    assert ticket.reported_at == TOOK


def test_no_flag_is_touched_and_nothing_leaves_the_mailbox(room: Desk, server: Server) -> None:
    box = mailbox(server)
    server.append(mail(), mail(), at=TOOK)
    fetched(box)

    assert server.count() == 2
    assert not any("Seen" in flags for flags in server.flags())


def test_a_mail_that_somebody_read_first_is_fetched_all_the_same(room: Desk, server: Server) -> None:
    """F3: whether a mail is read is no cursor."""
    box = mailbox(server)
    server.append(mail(), at=TOOK)
    server.see()

    assert fetched(box).taken == 1


def test_taken_mail_is_moved_to_a_folder_when_that_is_wished(room: Desk, server: Server) -> None:
    server.create("Taken")
    before = server.count("Taken")
    box = mailbox(server, after="move", move_to="Taken")
    server.append(mail(), mail(), at=TOOK)

    result = fetched(box)
    assert (result.taken, result.moved, result.error) == (2, 2, "")
    assert server.count() == 0
    assert server.count("Taken") == before + 2


def test_a_crash_between_keeping_and_moving_is_made_good_by_the_next_look(room: Desk, server: Server) -> None:
    """F1: the mail is in the ledger and still in the folder; it is moved, and taken once."""
    server.create("Taken")
    box = mailbox(server)
    server.append(mail(), at=TOOK)
    fetched(box)
    Mailbox.objects.update(after="move", move_to="Taken")

    result = fetched(box)
    assert (result.taken, result.moved) == (0, 1)
    assert len(tickets()) == 1


def test_a_folder_that_is_not_there_keeps_the_mail_where_it_is_and_says_so(
    room: Desk, server: Server
) -> None:
    box = mailbox(server, after="move", move_to="No such folder")
    server.append(mail(), at=TOOK)
    result = fetched(box)

    box.refresh_from_db()
    assert result.taken == 1
    assert server.count() == 1
    assert "No such folder" in box.last_error


def test_a_new_uidvalidity_doubles_nothing(room: Desk, server: Server) -> None:
    """F3: the server numbers anew; all is read again and recognised."""
    box = mailbox(server)
    server.append(mail(), mail(message_id=""), at=TOOK)
    fetched(box)
    Mailbox.objects.update(uidvalidity=12345, last_uid=99)
    Arrival.objects.update(uidvalidity=12345)

    assert fetched(box).taken == 2
    assert len(tickets()) == 2
    assert Arrival.objects.exclude(duplicate_of=None).count() == 2


def test_a_mail_that_is_too_large_is_not_fetched_and_shown_to_staff(room: Desk, server: Server) -> None:
    """B9: the size is asked for first; the mail stays on the server, and a person can have it fetched."""
    box = mailbox(server, max_bytes=2_000)
    server.append(mail(subject="Huge", text="x" * 5_000), mail(subject="Small"), at=TOOK)
    fetched(box)

    large, small = Arrival.objects.order_by("uid")
    assert large.outcome == "quarantined"
    assert "larger than" in large.reason
    assert large.subject == "Huge"
    assert small.outcome == "ticket"
    actions.reimport(arrival=large, by=room.ida, at=MONDAY)
    while intake.take_due(MONDAY):
        pass
    large.refresh_from_db()
    assert large.outcome == "ticket"
    assert large.ticket is not None
    assert large.ticket.subject == "Huge"


def test_a_wrong_password_is_tried_once_in_five_minutes(room: Desk, server: Server) -> None:
    """F4: no storm of refused sign-ins that locks the account."""
    box = mailbox(server)
    box = actions.change_mailbox(mailbox=box, password="wrong")
    first = fetched(box)
    again = fetched(box, MONDAY + timedelta(minutes=4))
    later = fetched(box, MONDAY + timedelta(minutes=5))

    assert "Signing in failed" in first.error
    assert again.busy
    assert "Signing in failed" in later.error


def test_two_fetchers_share_a_mailbox_and_double_nothing(room: Desk, server: Server) -> None:
    """F3: the second finds the lease taken; one that outlived its lease can keep nothing."""
    box = mailbox(server)
    server.append(mail(), at=TOOK)
    held = imap._lease(box.pk, owner="first", at=MONDAY)
    assert held is not None
    assert imap.fetch_once(box, at=MONDAY).busy
    after = MONDAY + imap.LEASE + timedelta(seconds=1)
    assert imap.fetch_once(box, at=after).taken == 1
    session = imap.imap_session.Session(imap.mailboxes.account_of(box), writable=False)
    with pytest.raises(imap.arrivals.CursorMoved):
        imap._look(held, session, lambda: after)
    session.close()
    assert Arrival.objects.count() == 1


def test_f9_a_fetcher_that_outlived_its_lease_keeps_nothing(room: Desk) -> None:
    """The cursor moves only for who holds the lease, and only forward; the bytes go with it or not at all."""
    box = Mailbox.objects.create(
        name="S", host="h", username="u", uidvalidity=1, last_uid=5, created_at=LONG_AGO
    )
    one = arrivals.Incoming(mail(), MONDAY, 10, uid=6)
    stale = Mailbox.objects.get()
    Mailbox.objects.update(fence=7)
    with pytest.raises(arrivals.CursorMoved):
        arrivals.keep_fetched([one], mailbox=stale, uidvalidity=1, cursor=6, at=MONDAY)
    box.refresh_from_db()
    with pytest.raises(arrivals.CursorMoved):
        arrivals.keep_fetched([one], mailbox=box, uidvalidity=2, cursor=6, at=MONDAY)
    arrivals.keep_fetched([one], mailbox=box, uidvalidity=1, cursor=6, at=MONDAY)
    assert Mailbox.objects.get().last_good_fetch_at == MONDAY  # a long backlog is no silent mailbox
    with pytest.raises(arrivals.CursorMoved):
        arrivals.keep_fetched([one], mailbox=box, uidvalidity=1, cursor=6, at=MONDAY)
    assert Arrival.objects.count() == 1


def test_the_password_is_sealed_in_the_database(room: Desk, server: Server) -> None:
    box = mailbox(server)

    assert PASSWORD not in box.sealed_secret
    assert sealed.unseal(box.sealed_secret, purpose="mailbox") == PASSWORD
    with pytest.raises(sealed.Unreadable):
        sealed.unseal(box.sealed_secret, purpose="something else")


@pytest.mark.django_db(transaction=True)
def test_the_running_fetcher_takes_mail_as_it_arrives(server: Server) -> None:
    """IDLE or polling: within seconds, in threads, until told to stop."""
    furnish()
    box = mailbox(server)
    stop = threading.Event()
    thread = threading.Thread(target=imap.run, args=(stop,))
    thread.start()
    try:
        server.append(mail(subject="One"), at=TOOK)
        until(lambda: Arrival.objects.count() == 1)
        server.append(mail(subject="Two"), at=TOOK)
        until(lambda: Arrival.objects.count() == 2)
    finally:
        stop.set()
        thread.join(timeout=300)
    assert not thread.is_alive()
    box.refresh_from_db()
    assert box.last_good_fetch_at is not None
    assert box.lease_until is None
    connection.close()


def test_pausing_and_resuming_a_mailbox(checked: Desk) -> None:
    assert checked.mailbox is not None
    actions.pause(mailbox=checked.mailbox)
    checked.mailbox.refresh_from_db()
    assert checked.mailbox.paused
    actions.resume(mailbox=checked.mailbox)
    checked.mailbox.refresh_from_db()
    assert not checked.mailbox.paused
