"""What must be filled in before a ticket is resolved."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from mainstay.core.saying import Saying, say
from mainstay.tickets.models import ComplaintOutcome, Kind, Ticket
from mainstay.tickets.rows.fields import Field, FieldValue


def applying(ticket: Ticket) -> QuerySet[Field]:
    """Return the fields that can be filled in on `ticket`, in the order of their names."""
    fitting = Q(product=None) | Q(product=ticket.product_id)
    return Field.objects.filter(fitting, retired_at=None).order_by("name", "pk")


def missing(ticket: Ticket) -> list[str]:
    """Return the names of the fields that a resolution needs and that hold nothing yet. One query."""
    filled = FieldValue.objects.filter(ticket=ticket).values("field")
    return list(applying(ticket).filter(required=True).exclude(pk__in=filled).values_list("name", flat=True))


def complaint(ticket: Ticket) -> Saying | None:
    """Say what is to be filled in before the ticket is resolved; None where all is there."""
    names = missing(ticket)
    if not names:
        return None
    return say("Fill in before it is resolved: %(fields)s. They are under Fields.", fields=", ".join(names))


def lacks_outcome(ticket: Ticket) -> bool:
    """Whether it is a complaint of which nobody has said what came of it (R3.10a)."""
    if ticket.kind != Kind.COMPLAINT or not ticket.verified:
        return False
    return not ComplaintOutcome.objects.filter(ticket=ticket).exists()
