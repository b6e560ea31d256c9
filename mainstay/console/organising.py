"""The acts that keep tickets in order; `acts` holds those that follow the clocks."""

from __future__ import annotations

from datetime import datetime

from mainstay.console import moments
from mainstay.console import organising_forms as forms
from mainstay.console.act import Act, Values
from mainstay.console.field_forms import BEFORE, FieldsForm
from mainstay.contracts import queries as contracts
from mainstay.mail import correspondence
from mainstay.orgs.models import Person
from mainstay.screens.promises import zone_of
from mainstay.tickets import attention, fields, links, resolution, splitting, tags
from mainstay.tickets.access import TicketNotFound
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import by_reference


def _tags(ticket: Ticket, by: Person, said: Values, at: datetime) -> object:
    return tags.set_tags(ticket=ticket, names=[*said.get("keep", []), *said["add"]], by=by, at=at)


def _other(text: str, by: Person, at: datetime) -> Ticket:
    """Return the ticket that somebody names, if they may see it."""
    try:
        return by_reference(text.strip().strip("[]"), person=by, at=at)
    except TicketNotFound as error:
        raise CannotDo(f"{error} Check the last digit of the reference.") from None


def _link(ticket: Ticket, by: Person, said: Values, at: datetime) -> object:
    other = _other(said["reference"], by, at)
    kind, _, backwards = said["kind"].partition(":")
    source, target = (other, ticket) if backwards else (ticket, other)
    return links.link(ticket=source, other=target, kind=kind, by=by, at=at)


def _split(ticket: Ticket, by: Person, said: Values, at: datetime) -> object:
    """Open the new ticket and give the client its reference."""
    chosen = list(ticket.messages.filter(pk__in=said["messages"]))
    new = splitting.split(ticket=ticket, messages=chosen, subject=said["subject"], by=by, at=at)
    correspondence.acknowledge(new, at)
    return new


def _fields(ticket: Ticket, by: Person, said: Values, at: datetime) -> object:
    values = {int(name.removeprefix(BEFORE)): value for name, value in said.items()}
    return fields.fill_in(ticket=ticket, values=values, by=by, at=at)


def _snooze(ticket: Ticket, by: Person, said: Values, at: datetime) -> object:
    zone = zone_of(contracts.load(ticket.terms))
    until = moments.until(said["until"], said["moment"], zone, at=at)
    return attention.snooze(ticket=ticket, person=by, until=until, at=at)


ORGANISING: tuple[Act, ...] = (
    Act(
        "tags",
        "Tags",
        "Tags",
        "Save",
        "hash",
        forms.TagsForm,
        _tags,
        lambda now: not now.merged,
        "Words of our own for finding and counting. Clients never see them.",
        "The tags are saved.",
    ),
    Act(
        "snooze",
        "Snooze",
        "Snooze the ticket",
        "Snooze",
        "moon",
        forms.SnoozeForm,
        _snooze,
        lambda now: now.open,
        "It leaves your own open list, nobody else's. Its promises run on as they are; a warning, a breach or a word "
        "of the client brings it back at once.",
        "Snoozed. It comes back by itself.",
    ),
    Act(
        "fields",
        "Fields",
        "Fields of our own",
        "Save",
        "file",
        FieldsForm,
        _fields,
        lambda now: not now.merged,
        "Managers decide which there are. Clients never see them.",
        "Saved.",
    ),
    Act(
        "method",
        "Agree the method",
        "Method of resolution agreed with the client",
        "Record",
        "tick",
        forms.MethodForm,
        lambda ticket, by, said, at: resolution.agree_method(
            ticket=ticket, text=said["text"], agreed_with=said["agreed_with"], way=said["how"], by=by, at=at
        ),
        lambda now: now.open and now.verified and not now.complaint,
        "Part of every package (clause 4). It stands with the properties and in the thread.",
        "Recorded.",
    ),
    Act(
        "on-site",
        "Asked for on-site support",
        "The client asks for support on site",
        "Record and answer",
        "globe",
        forms.OnSiteForm,
        lambda ticket, by, said, at: correspondence.answer_on_site(
            ticket=ticket, by=by, text=said["text"], words=said["words"], at=at
        ),
        lambda now: now.open and now.verified,
        "Where their contract does not include it, the client is answered so, with the clause. It is logged anyhow.",
        "Recorded; if it is not included, the answer is about to be sent.",
        sends=True,
        letter=True,
    ),
    Act(
        "link",
        "Link",
        "Link to another ticket",
        "Link",
        "link",
        forms.LinkForm,
        _link,
        lambda now: not now.merged,
        "Stands on both tickets. No clock moves. A duplicate can be merged afterwards.",
        "Linked.",
    ),
    Act(
        "split",
        "Split",
        "Split off into a ticket of its own",
        "Split off",
        "merge",
        forms.SplitForm,
        _split,
        lambda now: now.verified and not now.merged,
        "For a second thing that the client wrote about. The new ticket's clocks start when that message was "
        "received, on the terms of then; the client gets its reference. The messages stay here too.",
        "Split off; the client is given the new reference.",
    ),
)
