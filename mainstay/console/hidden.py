"""Which letters are not for whoever looks through the outbox (R3.10a, class C2).

What leaves is a row of the outbox whoever it is about, and the outbox knows no tickets. A complaint's letters are for
those who may see the complaint, and what a colleague was told of their own tickets is for them and for managers.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from mainstay.mail.rehearsal import TEST
from mainstay.orgs.access import manages
from mainstay.orgs.models import Person
from mainstay.outbox.models import Letter
from mainstay.tickets.access import hidden_tickets
from mainstay.tickets.models import Message, Ticket

A_COMPLAINT = "A complaint, for managers and for whom they gave it"  # what a row says of it to everybody else
COLLEAGUES = ("staff_notices", TEST)  # letters to staff: what they were told, and what they tried


def letters_hidden_from(person: Person, *, at: datetime) -> Q | None:
    """Return what is true of each letter that `person` may not read; None where that is true of none."""
    if manages(person):
        return None
    tickets = hidden_tickets(person, at=at)
    told = Message.objects.filter(letter=OuterRef("pk"), ticket__in=tickets)
    theirs = Q(kind__in=COLLEAGUES) & ~Q(about=f"person:{person.pk}")
    return theirs | Q(about__in=_named(tickets)) | Q(Exists(told))


def is_hidden(letter: Letter, person: Person, *, at: datetime) -> bool:
    """Whether `person` may not read that letter. One query at most."""
    hidden = letters_hidden_from(person, at=at)
    return hidden is not None and Letter.objects.filter(hidden, pk=letter.pk).exists()


def _named(tickets: QuerySet[Ticket]) -> QuerySet[Ticket, str]:
    """Return what letters about those tickets say that they are about."""
    key = Concat(Value("ticket:"), Cast("pk", CharField()), output_field=CharField())
    return tickets.annotate(named=key).values_list("named", flat=True)
