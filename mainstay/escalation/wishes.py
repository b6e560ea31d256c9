"""A client's own wish that somebody higher up looks at their request: managers are told, and one of them decides."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mainstay.escalation.actions import first_line, responsible_for, tell_people
from mainstay.orgs.models import Person, StaffRole
from mainstay.tickets import clients
from mainstay.tickets.models import Message, Ticket

KIND = "escalation_request"


@transaction.atomic
def ask(*, ticket: Ticket, by: Person, text: str, at: datetime) -> Message:
    """Record the wish, and tell every manager and whoever is responsible for `ticket`. No promise is broken by it."""
    said = clients.ask_for_escalation(ticket=ticket, by=by, text=text, at=at)
    told = f"{said.ticket.reference}: the client asks for escalation"
    tell_people([*managers(), *responsible_for(said.ticket)], ticket=said.ticket, kind=KIND, text=told, at=at)
    return said


def managers() -> list[Person]:
    """Return the active managers; where there are none, the first line: somebody always hears of it."""
    roles = (StaffRole.MANAGER, StaffRole.ADMINISTRATOR)
    return list(Person.objects.filter(is_active=True, staff_role__in=roles).order_by("pk")) or first_line()
