"""A letter is a row first; until a worker has it, it can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from mainstay.lib import sql
from mainstay.outbox import actions, queries
from mainstay.outbox.addresses import BadAddress
from mainstay.outbox.delivery import deliver
from mainstay.outbox.models import Letter

from .conftest import ANA, BO, CLEO, MONDAY, text

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True


def test_a_letter_of_a_transaction_that_rolled_back_never_leaves(post):
    """D5: a notice about a ticket that does not exist."""
    with transaction.atomic():
        post()
        transaction.set_rollback(True)
    assert deliver(MONDAY) == 0
    assert Letter.objects.count() == 0


def test_posting_the_same_message_id_twice_is_one_letter(post):
    first, second = (post(message_id="<same@x>", body=text("<same@x>")) for _ in "ab")
    assert first.pk == second.pk
    with pytest.raises(actions.BadLetter, match="goes elsewhere"):
        post(message_id="<same@x>", body=text("<same@x>"), recipients=[BO])


@pytest.mark.parametrize(
    ("case", "wrong", "message"),
    [
        ("no recipient", {"recipients": []}, "needs a recipient"),
        ("no message id", {"message_id": "7@x", "body": text("7@x")}, "no message id"),
        ("two lines in it", {"message_id": "<7@x>\r\nBcc: c@x", "body": text("<7@x>")}, "no message id"),
        ("another one in the letter", {"message_id": "<7@x>", "body": text("<8@x>")}, "'<8@x>', not '<7@x>'"),
        ("none in the letter", {"message_id": "<7@x>", "body": b"Subject: x\r\n\r\n"}, "None, not '<7@x>'"),
    ],
)
def test_a_letter_that_cannot_be_sent_is_refused_at_the_door(post, case, wrong, message):
    with pytest.raises(actions.BadLetter, match=message):
        post(**wrong)
    assert Letter.objects.count() == 0


@pytest.mark.parametrize("wrong", [{"recipients": [ANA, "bo@acme.test\r\nx"]}, {"sender": "-oQ/tmp@x"}])
def test_an_address_that_hides_something_is_refused_at_the_door(post, wrong):
    """C9"""
    with pytest.raises(BadAddress):
        post(**wrong)


def test_line_ends_are_made_right_so_that_no_dot_can_end_the_letter_early(post):
    """A bare line feed around a dot ends the letter for some servers, and what follows is a second one."""
    smuggled = text("<7@x>") + b"a\n.\nMAIL FROM:<x@y>\r.\rb"
    letter = post(message_id="<7@x>", body=smuggled)
    fresh = Letter.objects.get(pk=letter.pk)
    assert fresh.body.replace(b"\r\n", b"").count(b"\n") == fresh.body.replace(b"\r\n", b"").count(b"\r") == 0
    assert fresh.body.endswith(b"a\r\n.\r\nMAIL FROM:<x@y>\r\n.\r\nb")


def test_the_same_recipient_twice_gets_one(post):
    assert post(recipients=[ANA, BO, ANA]).recipients == [ANA, BO]


# --- undo ------------------------------------------------------------------------------------------


def test_a_held_letter_can_be_taken_back_until_it_leaves(post, heard):
    letter = post(not_before=MONDAY + 10 * SECOND)
    assert deliver(MONDAY + 9 * SECOND) == 0
    gone = actions.withdraw(letter, MONDAY + 9 * SECOND)
    assert (gone.state, gone.withdrawn_at) == ("withdrawn", MONDAY + 9 * SECOND)
    assert deliver(MONDAY + MINUTE) == 0
    assert heard == []
    with pytest.raises(actions.TooLate):
        actions.withdraw(letter, MONDAY + MINUTE)


def test_after_the_hold_it_leaves_and_it_is_too_late(post, heard):
    letter = post(not_before=MONDAY + 10 * SECOND)
    assert deliver(MONDAY + 10 * SECOND) == 1
    assert heard == [("accepted", letter.message_id)]
    with pytest.raises(actions.TooLate):
        actions.withdraw(letter, MONDAY + 11 * SECOND)


def test_a_letter_that_a_worker_has_cannot_be_taken_back(post):
    letter = post()
    Letter.objects.update(state="leased")
    with pytest.raises(actions.TooLate):
        actions.withdraw(letter, MONDAY)


def test_trying_again_by_hand_does_not_shorten_the_hold(post):
    letter = post(not_before=MONDAY + MINUTE)
    assert actions.retry(letter, MONDAY).next_attempt_at == MONDAY + MINUTE


# --- the demonstration, and nowhere -----------------------------------------------------------------


def test_in_the_demonstration_a_letter_is_accepted_at_once_and_shown(post, heard):
    letter = post(recipients=[ANA, BO])
    assert deliver(MONDAY) == 1
    letter.refresh_from_db()
    assert (letter.state, letter.accepted_at) == ("accepted", MONDAY)
    assert letter.peer_answer == "250 Shown, not sent: this is a demonstration"
    assert heard == [("accepted", letter.message_id)]
    assert queries.way_out(at=MONDAY).where == "the demonstration's page of outgoing letters; nothing is sent"


def test_while_no_way_out_is_set_letters_wait_and_the_reason_is_plain(post, settings, heard):
    settings.DEMO, settings.MAIL_OUT = False, ""
    letter = post()
    for day in range(10):
        assert deliver(MONDAY + timedelta(days=day)) == 0
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, heard) == ("queued", 0, [])
    way = queries.way_out(at=MONDAY + MINUTE)
    assert (way.open, way.waiting, way.oldest_due_at) == (False, 1, MONDAY)
    assert "MAINSTAY_MAIL_OUT is not set" in way.reason
    with pytest.raises(actions.NothingToRetry):
        actions.retry(actions.withdraw(letter, MONDAY), MONDAY)


# --- account mail -----------------------------------------------------------------------------------


@pytest.fixture
def account_mail(settings):
    settings.EMAIL_BACKEND = "mainstay.outbox.django_mail.OutboxBackend"
    settings.DEFAULT_FROM_EMAIL = "desk@mainstay.test"


def test_mail_of_the_sign_in_pages_goes_through_the_outbox(account_mail):
    message = EmailMultiAlternatives(
        "Reset", "Grüße", "Desk <desk@mainstay.test>", [f"Ana <{ANA}>"], bcc=[CLEO]
    )
    message.attach_alternative("<p>Grüße</p>", "text/html")
    assert message.send() == 1
    (letter,) = queries.letters(kind="account")
    assert (letter.sender, letter.recipients) == ("desk@mainstay.test", [ANA, CLEO])
    assert letter.message_id.encode() in letter.body
    assert letter.message_id.endswith("@mainstay.test>")
    assert CLEO.encode() not in letter.body
    assert b"\n" not in letter.body.replace(b"\r\n", b"")


def test_mail_to_a_bad_address_is_refused_unless_it_may_fail_silently(account_mail):
    with pytest.raises(BadAddress):
        mail.send_mail("Reset", "x", None, ["-oQ/tmp@x"])
    assert mail.send_mail("Reset", "x", None, ["-oQ/tmp@x"], fail_silently=True) == 0
    assert mail.send_mail("Reset", "x", None, []) == 0


# --- lists ------------------------------------------------------------------------------------------


def test_letters_are_listed_newest_first_page_by_page(post):
    made = [post(at=MONDAY + minute // 2 * MINUTE) for minute in range(6)]
    post(about="ticket:8", kind="alert", at=MONDAY - MINUTE)
    first = queries.letters(about="ticket:7", limit=4)
    last = first[-1]
    rest = queries.letters(about="ticket:7", before=(last.created_at, last.pk), limit=4)
    assert [letter.pk for letter in [*first, *rest]] == [letter.pk for letter in reversed(made)]
    assert [letter.about for letter in queries.letters(kind="alert")] == ["ticket:8"]
    assert queries.letter(made[0].pk) == made[0]


def test_letters_are_counted_and_filtered_by_state(post):
    post()
    deliver(MONDAY)
    actions.withdraw(post(), MONDAY)
    waiting = post()
    assert queries.counts() == queries.Counts(queued=1, leased=0, failed=0, untold=0)
    assert [letter.pk for letter in queries.letters(state="queued")] == [waiting.pk]
    assert [letter.state for letter in queries.letters()] == ["queued", "withdrawn", "accepted"]
    assert queries.oldest_due(at=MONDAY) == waiting
    assert queries.oldest_due(at=MONDAY - SECOND) is None


def test_looking_for_due_letters_reads_the_partial_index_and_nothing_else(post, django_assert_num_queries):
    """The index on state and age must not be preferred: a plan that walks ended letters is right and slow."""
    ended = [
        Letter(kind="old", recipients=[ANA], message_id=f"<old{n}@x>", state="accepted", created_at=MONDAY)
        for n in range(2_000)
    ]
    Letter.objects.bulk_create(ended)
    due = Letter.objects.filter(next_attempt_at__lte=MONDAY).order_by("next_attempt_at", "id")
    plan = sql.plan(due.values_list("pk", flat=True)[:10])
    assert "letter_due" in plan
    assert "SCAN" not in plan.replace("Index Scan", "").replace("Index Only Scan", "")
    untold = Letter.objects.filter(tell_at__lte=MONDAY).order_by("tell_at").values_list("pk", flat=True)[:10]
    assert "letter_untold" in sql.plan(untold)
    with django_assert_num_queries(1):
        assert deliver(MONDAY) == 0
