"""The one page that says who hears what, and every recurring duty.

Rooms never call upward: `tickets` and `outbox` keep lists of listeners, `jobs` keeps a list of duties, and only this
page fills them. Listeners run in the order given here, inside the transaction that wrote the event.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.apps import AppConfig

from mainstay.lib import live

if TYPE_CHECKING:
    from mainstay.tickets.models import Event, Ticket


class Wiring(AppConfig):
    """Django calls `ready` once all rooms are loaded."""

    name = "mainstay.wiring"
    label = "wiring"

    def ready(self) -> None:
        wire()


def wire() -> None:
    """Join the rooms. Safe to repeat."""
    from mainstay.clocks import actions as clocks
    from mainstay.clocks import holidays
    from mainstay.escalation import actions as escalation
    from mainstay.escalation import followers
    from mainstay.feedback import products, surveys
    from mainstay.jobs import actions as jobs
    from mainstay.jobs import duties, handlers, lanes
    from mainstay.knowledge import cleaning, publishing
    from mainstay.mail import (
        closing,
        correspondence,
        enclosures,
        intake,
        mending,
        restraint,
        silence,
        telling,
    )
    from mainstay.orgs import signin_links, signins
    from mainstay.outbox import actions as posting
    from mainstay.outbox import delivery as letters
    from mainstay.outbox import events as outbox
    from mainstay.phone import call_backs
    from mainstay.releases import announcing, flags, placing, rounds
    from mainstay.releases import events as releases
    from mainstay.tickets import allocation, delivery, diagnostics, passages
    from mainstay.tickets import attention as following
    from mainstay.tickets import events as tickets
    from mainstay.views import acts, batches
    from mainstay.writing import unsent

    tickets.listen(clocks.fold)  # first: whoever comes after may look at the clocks
    tickets.listen(passages.hear)
    tickets.listen(allocation.hear)
    tickets.listen(diagnostics.hear)
    tickets.listen(following.hear)
    tickets.listen(escalation.hear)
    tickets.listen(followers.hear)
    tickets.listen(correspondence.hear)
    tickets.listen(closing.hear)
    tickets.listen(placing.hear)
    tickets.listen(surveys.hear)
    enclosures.register("survey", surveys.enclose)
    tickets.listen(_tell_open_pages)

    outbox.on_accepted(delivery.letter_accepted)
    outbox.on_failed(delivery.letter_failed)
    outbox.on_copies_refused(delivery.copies_refused)
    outbox.on_failed(restraint.hear_failed)
    outbox.on_copies_refused(restraint.hear_copies_refused)

    # A lane each, so that a mail that is slow to read never delays an escalation.
    lanes.register("clocks", clocks.notice_due)
    lanes.register("letters", letters.free_what_the_dead_held, letters.deliver)
    lanes.register("mail", intake.take_due)
    lanes.register("telephone", call_backs.notice_due)

    batches.register("assign", acts.ASSIGN)
    batches.register("tag", acts.TAG)
    batches.register("note", acts.NOTE)
    batches.register("close", closing.CLOSE)
    lanes.register(batches.LANE)  # somebody looks on, so nothing else may be before it
    handlers.register(batches.JOB, batches.work, own_transactions=True)

    lanes.register(telling.LANE)
    handlers.register(rounds.JOB, rounds.work, own_transactions=True)
    releases.on_shipped(publishing.hear_shipped)
    handlers.register(publishing.JOB, publishing.work, own_transactions=True)
    handlers.register(announcing.JOB, announcing.work, own_transactions=True)

    # Long, and each ticket is moved in a transaction of its own: what is done is not done again.
    handlers.register(holidays.MOVE, holidays.move, own_transactions=True, lease=handlers.LONGEST_LEASE)

    duties.register("mail: tell staff by mail", timedelta(seconds=30), correspondence.mail_notices)
    duties.register("mail: remind clients of questions", timedelta(minutes=1), silence.remind)
    duties.register("tickets: wake what was snoozed", timedelta(seconds=30), followers.wake_due)
    duties.register("tickets: close after silence", timedelta(minutes=5), silence.close_after_silence)
    duties.register("mail: mend what a wrong clock did", timedelta(minutes=5), mending.mend_leases)
    duties.register("mail: forget old budgets", timedelta(days=1), restraint.forget_old_budgets)
    duties.register("letters: mend what a wrong clock did", timedelta(minutes=5), posting.mend_leases)
    duties.register("releases: place what waits for one", timedelta(minutes=15), placing.place_waiting)
    duties.register("releases: say which are late", timedelta(hours=1), flags.say_late)
    duties.register("feedback: forget tokens that were refused", timedelta(days=1), products.forget_knocks)
    duties.register("articles: forget files that nothing names", timedelta(days=1), cleaning.clean)
    duties.register("people: forget old sessions", timedelta(days=1), signins.forget_old)
    duties.register("people: forget old links to sign in by", timedelta(days=1), signin_links.forget_old)
    duties.register("writing: forget drafts that nobody touches", timedelta(days=1), unsent.forget_old)
    duties.register("search: take in what is missing", timedelta(hours=1), passages.take_in_missing)
    duties.register("jobs: forget finished ones", timedelta(days=1), jobs.forget_old)


def _tell_open_pages(ticket: Ticket, events: Sequence[Event], recorded_at: datetime) -> None:
    live.say(f"ticket:{ticket.pk}")
