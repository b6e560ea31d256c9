"""What a wrong clock wrote into the mail ledger and the mailboxes does not hold mail up (F13)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mainstay.mail.mending import mend_leases
from mainstay.mail.models import Arrival, Mailbox

from .conftest import Desk, tickets
from .mails import mail

pytestmark = pytest.mark.django_db
AHEAD = timedelta(hours=2)


def test_a_mail_that_came_while_the_clock_was_ahead_is_taken_in_when_it_is_right_again(room: Desk) -> None:
    room.at += AHEAD
    room.arrive(mail())
    room.at -= AHEAD
    assert mend_leases(room.at) == 1
    room.advance(seconds=30)
    room.take()

    assert len(tickets()) == 1


def test_a_mailbox_leased_by_a_wrong_clock_is_free_again_and_its_old_holder_is_not(checked: Desk) -> None:
    mailbox = checked.mailbox
    assert mailbox is not None
    Mailbox.objects.update(lease_until=checked.at + AHEAD, next_try_at=checked.at + AHEAD)
    assert mend_leases(checked.at) == 2
    mended = Mailbox.objects.get()
    assert mended.lease_until <= checked.at + timedelta(minutes=2)
    assert mended.next_try_at == checked.at
    assert mended.fence == mailbox.fence + 1


def test_honest_leases_and_rests_are_left_alone(checked: Desk) -> None:
    checked.arrive(mail())
    soon = checked.at + timedelta(minutes=5)
    Arrival.objects.update(due_at=soon, leased=True)
    Mailbox.objects.update(lease_until=soon, next_try_at=soon)
    assert mend_leases(checked.at) == 0
