"""Complaints by the doors that are no mail: survey, portal and product (R3.10a). Each is acknowledged at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mainstay.mail import correspondence, letters
from mainstay.orgs.models import Organisation, Person
from mainstay.tickets import actions as tickets
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.content import NewFile, NewMessage
from mainstay.tickets.models import Direction, Kind, Ticket


@transaction.atomic
def from_survey(*, about: Ticket, text: str, ratings: Sequence[str], at: datetime) -> Ticket:
    """Make a complaint of an answer to the survey about `about`, by whoever the survey was sent to."""
    words = "\n".join([text, *(["", _("Rated in the survey:"), *ratings] if ratings else [])])
    message = NewMessage(
        Direction.IN, "survey", words, author=about.requester, author_name=about.requester_name,
        author_address=about.requester_address,
    )  # fmt: skip
    return _filed(
        message, about=about, organisation=about.organisation, person=about.requester, role=about.requester_role,
        subject=_("Complaint about %(reference)s") % {"reference": about.reference}, at=at,
    )  # fmt: skip


@transaction.atomic
def from_person(
    *,
    person: Person,
    organisation: Organisation,
    role: str,
    text: str,
    at: datetime,
    subject: str = "",
    about: Ticket | None = None,
    channel: str = "portal",
    files: Sequence[NewFile] = (),
) -> Ticket:
    """Take a complaint of somebody of `organisation`, whom the caller knows. Whoever may use a door may complain.

    `about` is a request that the caller has found them able to see. Raises CannotDo.
    """
    if not text.strip():
        raise CannotDo("Write what went wrong, so that a manager can answer it.")
    if about is not None and about.organisation_id != organisation.pk:
        raise CannotDo("That request belongs to another organisation. Choose the organisation that it is of.")
    message = NewMessage(
        Direction.IN, channel, text.strip(), author=person, author_name=person.name, author_address=person.email,
        files=tuple(files),
    )  # fmt: skip
    usual = _("Complaint about %(reference)s") % {"reference": about.reference} if about else _("Complaint")
    return _filed(
        message, about=about, organisation=organisation, person=person, role=role, subject=subject.strip() or usual,
        at=at,
    )  # fmt: skip


def _filed(
    message: NewMessage,
    *,
    about: Ticket | None,
    organisation: Organisation | None,
    person: Person | None,
    role: str,
    subject: str,
    at: datetime,
) -> Ticket:
    ticket = tickets.open_ticket(
        at=at, channel=message.channel, subject=subject, message=message, requester=person,
        requester_name=message.author_name, requester_address=message.author_address, requester_role=role,
        organisation=organisation, product=about.product if about else None, kind=Kind.COMPLAINT, verified=True,
        about=about,
    )  # fmt: skip
    with letters.in_hand(ticket):
        correspondence.acknowledge(ticket, at)
    return ticket
