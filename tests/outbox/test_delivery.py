"""A letter leaves at least once, with one Message-ID, and ends where a person sees it (P3, F4, F5)."""

from __future__ import annotations

import contextlib
import time
from datetime import timedelta

import pytest
from django.db import OperationalError

from mainstay.lib import environment as env
from mainstay.outbox import actions, delivery, events, queries
from mainstay.outbox.delivery import deliver
from mainstay.outbox.models import Channel, Letter
from mainstay.outbox.transport import smtp
from tests.stalls import stalls

from .certificates import authority
from .conftest import ANA, BO, CLEO, MONDAY, text
from .server import free_port, raw_server, smtp_server

pytestmark = [
    pytest.mark.django_db,
    # The servers of these tests ask for a password without encryption on purpose.
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def deliver_until(end, *, start=MONDAY, step=10 * SECOND):
    """Let a worker look every few seconds; return the moments at which it did something."""
    busy = []
    at = start
    while at <= end:
        if deliver(at):
            busy.append(at - start)
        at += step
    return busy


def fresh(letter):
    letter.refresh_from_db()
    return letter


# --- the ordinary way -------------------------------------------------------------------------------


def test_a_letter_arrives_as_it_was_written(post, server, heard):
    letter = post(
        recipients=[ANA, BO], body=text("<7@x>", "Dear Ana,\r\n.hidden\r\n..dots"), message_id="<7@x>"
    )
    assert deliver(MONDAY) == 1
    (taken,) = server.taken
    assert (taken.sender, taken.recipients) == ("desk@mainstay.test", (ANA, BO))
    assert taken.content == letter.body
    letter = fresh(letter)
    assert (letter.state, letter.attempts, letter.next_attempt_at) == ("accepted", 1, None)
    assert letter.peer_answer == "250 OK: queued as 7F3A"
    assert MONDAY <= letter.accepted_at < MONDAY + 5 * SECOND
    assert letter.results[BO]["state"] == "accepted"
    assert heard == [("accepted", "<7@x>")]
    assert deliver(MONDAY + HOUR) == 0


def test_letters_of_a_batch_share_a_connection(post, server):
    letters = [post(about=f"ticket:{number}") for number in range(delivery.BATCH)]
    assert deliver(MONDAY) == delivery.BATCH
    assert server.ids() == [letter.message_id for letter in letters]
    assert len({taken.client for taken in server.taken}) == 1


def test_automatic_mail_has_the_null_sender(post, server):
    post(sender="")
    deliver(MONDAY)
    assert server.taken[0].sender == ""


def test_a_connection_that_the_server_closed_meanwhile_costs_no_try(post, server):
    """Some servers hang up after each letter."""
    transport = smtp.Smtp.from_url(f"smtp://127.0.0.1:{_port()}", greet_as="localhost", key="k")
    with transport.session() as session:
        assert session.send("", [ANA], text("<1@x>")).answers[ANA].code == 250
        session._client.sock.close()
        assert session.send("", [ANA], text("<2@x>")).answers[ANA].code == 250
    assert server.ids() == ["<1@x>", "<2@x>"]


def _port():
    from django.conf import settings

    return int(settings.MAIL_OUT.rpartition(":")[2])


def test_accepted_is_dated_by_the_answer_and_not_by_the_look(post, server):
    """A slow server's seconds count: the contract's clock stops when the mail was accepted."""
    server.mail.append("450 4.7.1 once more")
    post()
    real = time.monotonic
    ahead = [0.0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery.time, "monotonic", lambda: real() + ahead.__getitem__(0))
        watch = delivery.Stopwatch(MONDAY)
        ahead[0] = 42.0
        assert MONDAY + 42 * SECOND <= watch.now() < MONDAY + 43 * SECOND


# --- F5: what the server does in the middle ----------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "copies"),
    [
        ("drop before", 1),
        ("drop after", 2),
        ("451 4.7.1 greylisted", 1),
        ("hang before", 1),
        ("hang after", 2),
        ("421 too many", 1),
    ],
)
def test_whatever_breaks_the_letter_arrives_and_repeats_only_where_smtp_leaves_no_choice(
    post, server, heard, monkeypatch, mode, copies
):
    monkeypatch.setattr(smtp, "WAIT_SECONDS", 0.5)
    server.data.append(mode)
    letter = post()
    busy = deliver_until(MONDAY + 2 * MINUTE)
    assert server.ids() == [letter.message_id] * copies
    assert len(busy) == 2
    letter = fresh(letter)
    assert (letter.state, letter.attempts) == ("accepted", 2)
    assert heard == [("accepted", letter.message_id)]


def test_of_three_recipients_the_good_ones_get_it_once_and_the_bad_one_is_seen(post, server, heard):
    server.bad[BO] = ["550 5.1.1 no such user"]
    letter = post(recipients=[ANA, BO, CLEO])
    deliver_until(MONDAY + HOUR, step=MINUTE)
    assert [taken.recipients for taken in server.taken] == [(ANA, CLEO)]
    letter = fresh(letter)
    assert (letter.state, letter.results[BO]["answer"]) == ("accepted", "5.1.1 no such user")
    assert letter.last_error == f"{BO}: 550 5.1.1 no such user"
    assert heard == [("accepted", letter.message_id), ("copies refused", BO)]


def test_a_recipient_that_is_deferred_gets_it_later_and_alone(post, server, heard):
    server.bad[BO] = ["450 4.2.1 later", "450 4.2.1 later", "250 OK"]
    letter = post(recipients=[ANA, BO, CLEO])
    assert deliver(MONDAY) == 1
    half = fresh(letter)
    assert (half.state, half.accepted_at is not None) == ("queued", True)
    with pytest.raises(actions.TooLate):
        actions.withdraw(half, MONDAY + SECOND)
    server.bad[BO] = []
    deliver_until(MONDAY + 5 * MINUTE)
    assert [taken.recipients for taken in server.taken] == [(ANA, CLEO), (BO,)]
    assert fresh(letter).state == "accepted"
    assert heard == [("accepted", letter.message_id)]


def test_a_permanent_refusal_is_seen_at_once_and_a_person_sends_it_again(post, server, heard):
    server.bad[ANA] = ["550 5.1.1 no such user"]
    letter = post()
    assert deliver(MONDAY) == 1
    letter = fresh(letter)
    assert (letter.state, letter.next_attempt_at) == ("failed", None)
    assert MONDAY <= letter.failed_at < MONDAY + 5 * SECOND
    assert heard == [("failed", letter.message_id)]
    assert queries.counts().failed == 1
    assert [found.pk for found in queries.letters(state="failed")] == [letter.pk]

    server.bad.clear()
    again = actions.retry(letter, MONDAY + HOUR)
    assert (again.state, again.failed_at, again.attempts) == ("queued", None, 0)
    deliver(MONDAY + HOUR)
    assert server.ids() == [letter.message_id]
    with pytest.raises(actions.NothingToRetry):
        actions.retry(fresh(letter), MONDAY + HOUR)


def test_a_person_sends_again_to_the_refused_copy_only(post, server):
    server.bad[BO] = ["550 no"]
    letter = post(recipients=[ANA, BO])
    deliver(MONDAY)
    server.bad.clear()
    actions.retry(letter, MONDAY + HOUR)
    deliver(MONDAY + HOUR)
    assert [taken.recipients for taken in server.taken] == [(ANA,), (BO,)]


def test_a_server_that_says_later_for_three_days_fails_the_letter(post, server, heard):
    server.bad[ANA] = ["450 4.2.2 mailbox full"]
    letter = post()
    tries = deliver_until(MONDAY + HOUR, step=5 * MINUTE)
    rest = deliver_until(MONDAY + timedelta(days=3, hours=1), start=MONDAY + HOUR, step=20 * MINUTE)
    letter = fresh(letter)
    assert (letter.state, letter.results[ANA]["state"]) == ("failed", "given up")
    assert heard == [("failed", letter.message_id)]
    assert len(tries) >= 12
    assert len(rest) >= 200
    assert timedelta(days=3) <= HOUR + rest[-1] <= timedelta(days=3, minutes=40)


@pytest.mark.parametrize("answer", ["554 5.7.1 no", "552 5.3.4 too big"])
def test_a_sender_or_letter_that_is_refused_for_good_fails(post, server, answer):
    server.mail.append(answer)
    first = post()
    second = post()
    deliver(MONDAY)
    assert (fresh(first).state, fresh(second).state) == ("failed", "accepted")
    server.data.append(answer)
    third = post()
    deliver(MONDAY)
    assert fresh(third).state == "failed"


def test_a_letter_larger_than_the_server_takes_fails_without_being_sent(post, server):
    huge = text("<7@x>") + b"x" * 33_554_433
    letter = post(message_id="<7@x>", body=huge)
    deliver(MONDAY)
    assert fresh(letter).state == "failed"
    assert "takes at most 33554432" in letter.last_error


# --- who may write it down ---------------------------------------------------------------------------


def test_a_worker_that_was_killed_after_the_answer_costs_one_repeat_with_the_same_id(post, server, heard):
    """Between the server's 250 and our commit there is a moment that no order of steps can close."""
    letter = post()
    with contextlib.suppress(SystemExit), pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery, "_record_whatever_happens", _die)
        deliver(MONDAY)
    assert deliver(MONDAY + actions.LEASE - SECOND) == 0
    assert deliver(MONDAY + actions.LEASE) == 1
    assert server.ids() == [letter.message_id] * 2
    assert heard == [("accepted", letter.message_id)]


def _die(*_, **__):
    raise SystemExit


def test_a_worker_that_slept_past_its_lease_before_sending_sends_nothing(post, server):
    """F9: the one that took over has sent it; the sleeper sees that before it speaks."""
    letter = post()
    (idas,) = delivery._claim(delivery._due(MONDAY), at=MONDAY)
    assert deliver(MONDAY + actions.LEASE) == 1
    assert delivery._body_if_still_ours(idas, delivery.Stopwatch(MONDAY)) is None
    assert server.ids() == [letter.message_id]


def test_a_worker_that_slept_past_its_lease_while_sending_writes_nothing(post, server, heard):
    """F9: two mails of one id, one record, and the listeners heard once."""
    letter = post()
    (idas,) = delivery._claim(delivery._due(MONDAY), at=MONDAY)
    assert deliver(MONDAY + actions.LEASE) == 1
    said = smtp.Sent({ANA: smtp.Answer(550, "what the sleeper was told")})
    delivery._record_whatever_happens(idas, said, at=MONDAY + HOUR)
    assert (fresh(letter).state, letter.last_error) == ("accepted", "")
    assert heard == [("accepted", letter.message_id)]


def test_a_long_wait_in_a_batch_makes_the_lease_longer_first(post, server):
    post()
    (letter,) = delivery._claim(delivery._due(MONDAY), at=MONDAY)
    watch = delivery.Stopwatch(MONDAY)
    watch._started -= 280
    assert delivery._body_if_still_ours(letter, watch) is not None
    assert fresh(letter).lease_until > MONDAY + 2 * actions.LEASE


@pytest.mark.parametrize("error", [ValueError, OperationalError])
def test_a_listener_that_raises_cannot_make_the_letter_leave_twice(post, server, heard, error):
    """A fault of ours must not become a mail storm: the end is written down, and told until it is heard."""
    trouble = ["first", "second"]

    def listen(letter, at):
        Letter.objects.filter(pk=letter.pk).update(about="half done")
        if trouble:
            raise error(trouble.pop())

    events.on_accepted(listen)
    try:
        letter = post()
        deliver_until(MONDAY + 5 * MINUTE)
    finally:
        events.forget(listen)
    assert server.ids() == [letter.message_id]
    letter = fresh(letter)
    assert (letter.state, letter.untold, letter.untold_error, letter.about) == (
        "accepted",
        [],
        "",
        "half done",
    )
    assert (
        heard.count(("accepted", letter.message_id)) == 3
    )  # its own list is no database, so it heard each try


def test_while_a_listener_has_not_heard_a_person_can_see_it(post, server):
    def listen(letter, at):
        raise ValueError("no such ticket")

    events.on_accepted(listen)
    try:
        letter = post()
        deliver_until(MONDAY + MINUTE)
    finally:
        events.forget(listen)
    letter = fresh(letter)
    assert (letter.state, queries.counts().untold) == ("accepted", 1)
    assert letter.untold_error.endswith("ValueError: no such ticket")
    deliver(MONDAY + HOUR)
    assert queries.counts().untold == 0


# --- F4: the server as a whole -----------------------------------------------------------------------


def test_an_outage_of_six_hours_pauses_the_way_and_costs_no_letter_a_try(post, settings, heard):
    port = free_port()
    settings.DEMO, settings.MAIL_OUT = False, f"smtp://127.0.0.1:{port}"
    letters = [post() for _ in range(30)]
    deliver_until(MONDAY + 6 * HOUR, step=MINUTE)
    way = queries.way_out(at=MONDAY + 6 * HOUR)
    assert (way.open, way.waiting, way.oldest_due_at, way.last_ok_at) == (False, 30, MONDAY, None)
    assert way.reason == f"smtp 127.0.0.1 port {port}: nobody listens there"
    assert MONDAY <= way.failing_since < MONDAY + 5 * SECOND
    assert way.next_try_at - MONDAY <= 6 * HOUR + 5 * MINUTE
    assert set(Letter.objects.values_list("state", "attempts")) == {("queued", 0)}
    assert 72 <= Channel.objects.get().failures <= 110  # every five minutes, a little more often at first
    with smtp_server(port=port) as (_, account):
        deliver_until(MONDAY + 6 * HOUR + 6 * MINUTE, start=MONDAY + 6 * HOUR)
        assert sorted(account.ids()) == sorted(letter.message_id for letter in letters)
    way = queries.way_out(at=MONDAY + 7 * HOUR)
    assert (way.open, way.reason, way.failing_since, way.waiting) == (True, "", None, 0)
    assert len(heard) == 30


def test_a_refused_password_is_tried_once_in_five_minutes_and_no_more(post, settings):
    with smtp_server(password="right") as (port, account):
        settings.DEMO, settings.MAIL_OUT = False, f"smtp://desk:wrong@127.0.0.1:{port}"
        letters = [post() for _ in range(5)]
        deliver_until(MONDAY + HOUR - SECOND)
        assert account.logins == 12
        way = queries.way_out(at=MONDAY + HOUR)
        assert way.reason.startswith("The server refused our user name or password: 535")
        assert "wrong" not in way.reason
        assert set(Letter.objects.values_list("state", "attempts")) == {("queued", 0)}
        settings.MAIL_OUT = f"smtp://desk:right@127.0.0.1:{port}"  # a new password is tried at once
        assert deliver(MONDAY + HOUR) == 5
        assert len(account.ids()) == len(letters)


def test_a_server_that_wants_a_password_where_none_is_set_is_a_fault_of_the_way(post, settings):
    with smtp_server(password="right") as (port, account):
        settings.DEMO, settings.MAIL_OUT = False, f"smtp://127.0.0.1:{port}"
        letter = post()
        deliver_until(MONDAY + 9 * MINUTE)
        assert len(account.connections) == 2
        assert "wants to know who we are: 530" in queries.way_out(at=MONDAY).reason
        assert fresh(letter).attempts == 0


@pytest.mark.parametrize("sick", ["421 4.3.2 shutting down"])
def test_a_server_that_asks_to_come_back_later_is_left_alone_for_a_while(post, server, sick):
    server.mail += [sick] * 3
    letter = post()
    busy = deliver_until(MONDAY + 2 * MINUTE)
    assert len(busy) == 1
    assert len(server.connections) == 4
    assert (fresh(letter).state, letter.attempts) == ("accepted", 1)


@pytest.mark.parametrize(
    ("case", "lines", "pause", "reason"),
    [
        ("it says nothing", (b"",), 0.0, "no answer within"),
        ("it trickles a greeting for ever", (b"2",) * 300, 0.1, "2222"),
        ("it greets line after line for ever", (b"220-x\r\n",) * 300, 0.1, "the connection broke"),
        ("it is no SMTP server", (b"HTTP/1.1 400 Bad Request\r\n\r\n",), 0.0, "answered -1"),
        ("it does not want us", (b"554 go away\r\n",), 0.0, "554"),
    ],
)
def test_no_socket_is_held_by_a_server_that_hangs(post, settings, monkeypatch, case, lines, pause, reason):
    """F4: the watchdog ends what a timeout between two bytes never would."""
    monkeypatch.setattr(smtp, "WAIT_SECONDS", 0.5)
    monkeypatch.setattr(smtp, "HOLD_SECONDS", 1.0)
    with raw_server(*lines, pause=pause) as port:
        settings.DEMO, settings.MAIL_OUT = False, f"smtp://127.0.0.1:{port}"
        letter = post()
        with stalls() as machine:
            began = time.monotonic()
            deliver(MONDAY)
            took = time.monotonic() - began
        assert took < 3 + 10 * machine.longest, case
        assert (fresh(letter).state, letter.attempts) == ("queued", 0)
        assert reason in queries.way_out(at=MONDAY).reason


def test_a_name_that_does_not_exist_is_said_so(post, settings):
    settings.DEMO, settings.MAIL_OUT = False, "smtp://nowhere.invalid:25"
    post()
    deliver(MONDAY)
    assert "its name is not known" in queries.way_out(at=MONDAY).reason


def test_a_pause_that_a_wrong_clock_wrote_does_not_last(post, server):
    """F13: one day ahead and back."""
    from mainstay.outbox.transport import chosen

    Channel.objects.create(name=chosen().name, failures=3, paused_until=MONDAY + timedelta(days=1))
    post()
    assert deliver(MONDAY) == 1


def test_what_a_wrong_clock_put_far_ahead_is_brought_back(post, server):
    """F13: a retry, a lease and a letter never tried, a day ahead, are brought back; an honest hold is kept."""
    tomorrow = MONDAY + timedelta(days=1)
    server.bad[ANA] = ["450 later"]
    post()
    deliver(tomorrow)
    post(recipients=[BO], at=tomorrow)
    delivery._claim(delivery._due(tomorrow), at=tomorrow)
    post(recipients=[CLEO], not_before=tomorrow)
    post(recipients=[ANA], at=tomorrow, not_before=tomorrow + timedelta(seconds=10))
    post(recipients=[BO], at=tomorrow)
    assert actions.mend_leases(MONDAY) == 4
    server.bad.clear()
    assert [deliver(MONDAY), deliver(MONDAY + actions.LEASE), deliver(MONDAY + HOUR)] == [3, 1, 0]


# --- TLS ---------------------------------------------------------------------------------------------


@pytest.fixture
def trusted(tmp_path, monkeypatch):
    made = authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.trust))
    return made


@pytest.mark.parametrize(("scheme", "implicit"), [("smtps", True), ("smtp+starttls", False)])
def test_letters_and_the_password_travel_encrypted(post, settings, trusted, scheme, implicit):
    with smtp_server(tls=trusted.context(), implicit=implicit, password="p@ss/word") as (port, account):
        settings.DEMO, settings.MAIL_OUT = False, f"{scheme}://desk:p%40ss%2Fword@127.0.0.1:{port}"
        letter = post()
        assert deliver(MONDAY) == 1
        assert account.ids() == [letter.message_id]


@pytest.mark.parametrize(("scheme", "implicit"), [("smtps", True), ("smtp+starttls", False)])
@pytest.mark.parametrize(
    ("case", "certificate", "reason"),
    [
        ("expired", {"days_left": -1}, "certificate has expired"),
        ("for another host", {"address": "127.0.0.2"}, "IP address mismatch"),
    ],
)
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(
    post, settings, trusted, scheme, implicit, case, certificate, reason
):
    with smtp_server(tls=trusted.context(**certificate), implicit=implicit, password="p") as (port, account):
        settings.DEMO, settings.MAIL_OUT = False, f"{scheme}://desk:p@127.0.0.1:{port}"
        post()
        assert deliver(MONDAY) == 0, case
        assert (account.logins, account.taken) == (0, [])
        assert reason in queries.way_out(at=MONDAY).reason


def test_a_certificate_of_an_unknown_authority_is_not_believed(post, settings, tmp_path):
    with smtp_server(tls=authority(tmp_path).context(), implicit=True) as (port, _):
        settings.DEMO, settings.MAIL_OUT = False, f"smtps://127.0.0.1:{port}"
        post()
        assert deliver(MONDAY) == 0
        assert "certificate is not valid" in queries.way_out(at=MONDAY).reason


def test_a_server_that_offers_no_encryption_gets_nothing_when_it_was_asked_for(post, settings):
    with smtp_server() as (port, account):
        settings.DEMO, settings.MAIL_OUT = False, f"smtp+starttls://127.0.0.1:{port}"
        post()
        assert deliver(MONDAY) == 0
        assert account.taken == []
        assert "STARTTLS" in queries.way_out(at=MONDAY).reason


def test_a_setting_that_cannot_be_read_says_what_to_write(settings):
    settings.DEMO, settings.MAIL_OUT = False, "mailto:desk@x"
    with pytest.raises(env.BadSetting, match="'mailto' is none of smtp, smtps, smtp\\+starttls"):
        queries.way_out(at=MONDAY)
    settings.MAIL_OUT = "smtp://"
    with pytest.raises(env.BadSetting, match="names no host"):
        queries.way_out(at=MONDAY)


# --- letters beyond ASCII ----------------------------------------------------------------------------


def test_an_address_beyond_ascii_goes_out_as_it_is_or_fails_plainly(post, settings):
    address = "müller@bücher.example"
    with smtp_server() as (port, account):
        settings.DEMO, settings.MAIL_OUT = False, f"smtp://127.0.0.1:{port}"
        letter = post(recipients=[address])
        plain = post()
        deliver(MONDAY)
        offered = "accepted" if account.taken[0].recipients == (address,) else "failed"
        assert fresh(letter).state == offered
        assert fresh(plain).state == "accepted"
