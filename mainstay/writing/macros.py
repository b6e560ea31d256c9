"""Macros: texts with names in them, put into the composer, and what follows once they are sent.

A macro never sends by itself. Its text is plain and without logic: names from a short list, filled once, and what a
value holds is never read as a text again (class C20).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from mainstay.mail import letters, phrases, wording
from mainstay.orgs import access
from mainstay.orgs.models import Person, StaffRole, Team
from mainstay.tickets import actions as tickets
from mainstay.tickets import tags
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Tag, Ticket
from mainstay.writing.models import Macro

NAMES = ("agent", "greeting", "organisation", "reference", "severity", "subject", "vendor")
LONGEST = 20_000  # characters of a macro's text
MOST_AT_ONCE = 5  # macros that one message may come from


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody fills in about a macro."""

    name: str
    text: str
    shared: bool = False
    how: str = ""
    team: Team | None = None
    takes: bool = False
    tag: Tag | None = None


def visible(person: Person) -> QuerySet[Macro]:
    """Return the macros that `person` may use: everybody's, and their own; by name."""
    mine = Macro.objects.filter(Q(owner=None) | Q(owner=person), deleted_at=None)
    return mine.select_related("owner", "team", "tag").order_by("name", "id")


def may_change(macro: Macro, person: Person) -> bool:
    """Whether `person` may change or delete it: one's own, or a shared one with the role for that."""
    if macro.owner_id is None:
        return access.at_least(person, StaffRole.MANAGER)
    return macro.owner_id == person.pk


def faults(text: str) -> list[str]:
    """Say everything that is wrong with a macro's text, in words for whoever writes it."""
    found = wording.faults_in(text, NAMES)
    if not text.strip():
        found.append("The macro has no text yet.")
    if len(text) > LONGEST:
        found.append(f"It is longer than {LONGEST} characters.")
    return found


@transaction.atomic
def save(*, said: Said, by: Person, at: datetime, macro: Macro | None = None) -> Macro:
    """Add a macro, or change one. Raises CannotDo with what is wrong, NotAllowed for a shared one without the role."""
    if said.shared:
        access.require(by, StaffRole.MANAGER)
    if macro is not None and not may_change(macro, by):
        raise CannotDo("This macro is somebody else's. Make one of your own.")
    if found := faults(said.text):
        raise CannotDo(" ".join(found))
    if _is_taken(said, by, macro):
        raise CannotDo(
            "There is a macro called %(name)s already. Give this one another name.", name=said.name.strip()
        )
    macro = macro or Macro(made_by=by)
    macro.name, macro.text, macro.how = " ".join(said.name.split())[:80], said.text.strip(), said.how
    macro.owner = None if said.shared else by
    macro.team, macro.takes, macro.tag, macro.changed_at = said.team, said.takes, said.tag, at
    macro.save()
    return macro


def _is_taken(said: Said, by: Person, macro: Macro | None) -> bool:
    shelf = Macro.objects.filter(owner=None if said.shared else by, deleted_at=None)
    twins = shelf.filter(name__iexact=" ".join(said.name.split())).values_list("pk", flat=True)
    return any(pk != (macro and macro.pk) for pk in twins)


@transaction.atomic
def set_deleted(*, macro: Macro, deleted: bool, by: Person, at: datetime) -> None:
    """Delete a macro, or bring a deleted one back."""
    if not may_change(macro, by):
        raise CannotDo("This macro is somebody else's; they can delete it, or for a shared one a manager.")
    Macro.objects.filter(pk=macro.pk).update(deleted_at=at if deleted else None, changed_at=at)


def filled(macro: Macro, ticket: Ticket, by: Person) -> str:
    """Return the text as it stands in a message about `ticket`. A name without a value says nothing."""
    values = {
        "agent": by.name,
        "greeting": phrases.greeting(ticket.requester_name),
        "organisation": ticket.organisation.name if ticket.organisation else "",
        "reference": ticket.reference,
        "severity": str(ticket.severity or ""),
        "subject": ticket.subject,
        "vendor": letters.vendor_name(ticket),
    }
    return wording.fill(wording.Text("", macro.text), values).body


def sample(text: str) -> str:
    """Return a macro's text with sample values, for whoever writes it."""
    values = {name: wording.NAMES[name][1] for name in NAMES}
    return wording.fill(wording.Text("", text), values).body


@transaction.atomic
def use(*, ids: Sequence[int], ticket: Ticket, by: Person, at: datetime) -> None:
    """Do what the macros of a message ask, now that it is sent, and count them. Unknown ones are passed over."""
    for macro in visible(by).filter(pk__in=ids[:MOST_AT_ONCE]):
        Macro.objects.filter(pk=macro.pk).update(used=F("used") + 1, last_used_at=at)
        ticket = tickets.locked(ticket)
        if macro.team is not None or macro.takes:
            tickets.assign(
                ticket=ticket, by=by, at=at, assignee=by if macro.takes else ticket.assignee,
                team=macro.team or ticket.team,
            )  # fmt: skip
        if macro.tag is not None:
            tags.tag(ticket=ticket, name=macro.tag.name, by=by, at=at)
