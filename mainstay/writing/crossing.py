"""What crossed another: the client or a colleague wrote while a reply was written, or while an act was decided on.

Neither is lost and neither is done unseen: whoever decides is shown what came, and decides again (class F26).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max, Q

from mainstay.orgs.models import Person
from mainstay.outbox.models import Letter
from mainstay.tickets.models import Direction, Message, Ticket


class Crossed(ValueError):
    """Something came that whoever decides had not before them. `messages` are what came, oldest first."""

    def __init__(self, messages: Sequence[Message]) -> None:
        super().__init__("Something came meanwhile. Nothing was done yet.")
        self.messages = messages

    @property
    def newest(self) -> int:
        """The message up to which they have now been shown everything."""
        return max(message.pk for message in self.messages)


def newest(ticket: Ticket) -> int:
    """Return the message up to which somebody has seen everything who looks now; 0 where there is none."""
    return int(Message.objects.filter(ticket=ticket).aggregate(newest=Max("pk"))["newest"] or 0)


def check(ticket: Ticket, *, by: Person, seen: int) -> None:
    """Raise Crossed where people wrote after message `seen`. `ticket` must be locked, or another may still slip in.

    What machines write crosses nothing, and neither does what was taken back, a note, or one's own.
    """
    theirs = Q(direction=Direction.IN)
    ours = Q(direction=Direction.OUT) & ~Q(author=by) & ~Q(letter__state=Letter.State.WITHDRAWN)
    came = Message.objects.filter(theirs | ours, ticket=ticket, automatic=False, pk__gt=seen)
    found = list(came.select_related("author").order_by("pk"))
    if found:
        raise Crossed(found)
