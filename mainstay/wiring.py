"""The one page that says who hears what, and every recurring duty.

Rooms never call upward: `tickets` and `outbox` keep lists of listeners, `jobs` keeps a list of duties, and only this
page fills them. Listeners run in the order given here, inside the transaction that wrote the event.
"""

from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig


class Wiring(AppConfig):
    """Django calls `ready` once all rooms are loaded."""

    name = "mainstay.wiring"
    label = "wiring"

    def ready(self) -> None:
        wire()


def wire() -> None:
    """Join the rooms. Safe to repeat."""
    from mainstay.clocks import actions as clocks
    from mainstay.escalation import actions as escalation
    from mainstay.jobs import duties, handlers
    from mainstay.lib import live
    from mainstay.mail import correspondence, intake
    from mainstay.outbox import events as outbox
    from mainstay.tickets import delivery
    from mainstay.tickets import events as tickets

    tickets.listen(clocks.fold)  # first: whoever comes after may look at the clocks
    tickets.listen(escalation.hear)
    tickets.listen(correspondence.hear)
    tickets.listen(live.hear)

    outbox.on_accepted(delivery.letter_accepted)
    outbox.on_failed(delivery.letter_failed)

    handlers.register("mail.take", intake.take)

    duties.register("clocks: notice what is due", timedelta(seconds=1), clocks.notice_due)
    duties.register("mail: tell staff by mail", timedelta(seconds=30), correspondence.mail_notices)
    duties.register("tickets: close after silence", timedelta(minutes=5), correspondence.close_after_silence)
