"""What a client has filled in and not sent: kept while they type, found again on another device, gone once sent.

Nobody else ever sees it, not even that there is something. It belongs to a person and a request, so there is no number
of a draft that anybody could guess (class C17).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from mainstay.orgs.models import Person
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.content import NUL
from mainstay.tickets.models import Ticket
from mainstay.writing.models import Unsent

MOST = 50  # drafts of one person; beyond that the oldest goes
LONGEST = 100_000  # characters of one draft, all its fields together
KEPT_FOR = timedelta(days=30)  # since it was last touched


@transaction.atomic
def save(*, by: Person, ticket: Ticket | None, form: str, said: Mapping[str, str], at: datetime) -> Unsent | None:
    """Keep what `by` has filled into `form` so far; where nothing is left in it, the draft ends. Raises CannotDo.

    `ticket` is the request that it is about, None for a new one that is about none.
    """
    fields = {name: text.replace(NUL, "\ufffd") for name, text in said.items() if text.strip()}
    if not fields:
        drop(by=by, ticket=ticket, form=form)
        return None
    if sum(len(text) for text in fields.values()) > LONGEST:
        raise CannotDo("This is too long to be kept as a draft. Send it, or put a part of it into a file.")
    kept, made = Unsent.objects.update_or_create(
        person=by, ticket=ticket, form=form, defaults={"said": fields, "saved_at": at}
    )
    if made:
        newest = Unsent.objects.filter(person=by).order_by("-saved_at", "-pk")
        Unsent.objects.filter(pk__in=list(newest.values_list("pk", flat=True)[MOST:])).delete()
    return kept


def drop(*, by: Person, ticket: Ticket | None, form: str) -> None:
    """Forget the draft, because it was sent or emptied."""
    Unsent.objects.filter(person=by, ticket=ticket, form=form).delete()


def of(person: Person, ticket: Ticket | None) -> dict[str, Unsent]:
    """Return what `person` has begun about `ticket`, or about no request, by form. One query."""
    return {one.form: one for one in Unsent.objects.filter(person=person, ticket=ticket)}


def forget_old(at: datetime) -> None:
    """Forget what nobody has touched for so long."""
    Unsent.objects.filter(saved_at__lt=at - KEPT_FOR).delete()
