"""The acts that keep tickets in order; `acts` holds those that follow the clocks."""

from __future__ import annotations

from datetime import datetime

from mainstay.console import organising_forms as forms
from mainstay.console.act import Act, Values
from mainstay.orgs.models import Person
from mainstay.tickets import tags
from mainstay.tickets.models import Ticket


def _tags(ticket: Ticket, by: Person, said: Values, at: datetime) -> object:
    return tags.set_tags(ticket=ticket, names=[*said.get("keep", []), *said["add"]], by=by, at=at)


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
)
