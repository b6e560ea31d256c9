"""The acts on a request that is held: whose it is, or that it is refused; `acts` holds those that follow the clocks."""

from __future__ import annotations

from datetime import datetime

from mainstay.console import verifying_forms as forms
from mainstay.console.act import Act, Values
from mainstay.console.forms import ReasonForm
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Person
from mainstay.tickets import verification
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Ticket


def _authorise(ticket: Ticket, by: Person, said: Values, at: datetime) -> object:
    """Authorise the sender for a client that is there, or for a new one, which is added with it or not at all."""
    organisation = said["organisation"]
    if organisation is None:
        try:
            organisation = orgs.add_organisation(name=said["new_client"], at=at, by=by)
        except orgs.NameTaken as taken:
            raise CannotDo(str(taken)) from taken
    return verification.authorise(
        ticket=ticket,
        organisation=organisation,
        person_name=said["person_name"],
        role=said["role"],
        by=by,
        at=at,
    )


VERIFYING: tuple[Act, ...] = (
    Act(
        "authorise",
        "Authorise",
        "Authorise the sender",
        "Authorise",
        "shield",
        forms.AuthoriseForm,
        _authorise,
        lambda now: now.held,
        "From now on this address may raise requests for that organisation.",
        "Authorised; the ticket goes on.",
    ),
    Act(
        "attach",
        "Take this one only",
        "Take this request for an organisation",
        "Take it",
        "link",
        forms.AttachForm,
        lambda ticket, by, said, at: verification.attach(
            ticket=ticket, organisation=said["organisation"], by=by, at=at
        ),
        lambda now: now.held,
        "Only this request; the sender gains no right to raise more.",
        "The ticket belongs to the organisation.",
    ),
    Act(
        "ring-back",
        "Rang back",
        "Note that you rang back",
        "Save the note",
        "phone",
        forms.RingBackForm,
        lambda ticket, by, said, at: verification.ring_back(ticket=ticket, by=by, text=said["text"], at=at),
        lambda now: now.held,
        "",
        "Noted; the request stays held.",
    ),
    Act(
        "refuse",
        "Refuse",
        "Refuse the request",
        "Refuse",
        "cross",
        ReasonForm,
        lambda ticket, by, said, at: verification.refuse(ticket=ticket, by=by, reason=said["reason"], at=at),
        lambda now: now.held,
        "It stays on record with your reason; nothing is deleted.",
        "Refused, and kept with your reason.",
        grave=True,
    ),
)
