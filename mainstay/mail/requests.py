"""A request that somebody makes on a page: the same ticket and the same acknowledgement as by mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mainstay.contracts.models import Product
from mainstay.mail import correspondence, letters
from mainstay.orgs import access
from mainstay.orgs.models import Membership, Organisation, Person
from mainstay.tickets import actions, clients
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.content import NewFile, NewMessage
from mainstay.tickets.models import Direction, Ticket


def make(
    *,
    by: Person,
    organisation: Organisation,
    product: Product | None,
    subject: str,
    text: str,
    urgency: str,
    impact: str,
    files: Sequence[NewFile] = (),
    about: Ticket | None = None,
    key: str,
    at: datetime,
) -> tuple[Ticket, bool]:
    """Make a request of `by` for `organisation`, and acknowledge it by mail (R3.2a, R3.3a).

    `key` belongs to one showing of the form: sent again, it returns the ticket that it made, and False. Raises
    CannotDo where `by` may raise nothing for that organisation.
    """
    authority = _authority(by, organisation, at)

    def open_it() -> Ticket:
        message = NewMessage(
            Direction.IN, clients.CHANNEL, text, subject=subject, author=by, author_name=by.name,
            author_address=by.email, files=tuple(files),
        )  # fmt: skip
        ticket = actions.open_ticket(
            at=at, channel=clients.CHANNEL, subject=subject, message=message, requester=by, requester_name=by.name,
            requester_address=by.email, requester_role=authority.role, organisation=organisation, product=product,
            verified=True, urgency=urgency, impact=impact, about=about,
        )  # fmt: skip
        with letters.in_hand(ticket):
            correspondence.acknowledge(ticket, at)
        return ticket

    return clients.once(by=by, key=key, at=at, act=open_it)


def _authority(by: Person, organisation: Organisation, at: datetime) -> Membership:
    for one in access.authority_of(by, at=at):
        if one.organisation_id == organisation.pk:
            return one
    raise CannotDo("You may not make requests for this organisation. Ask one of its administrators.")
