"""What can be done to many tickets at once: each act with its form, and what it does to one ticket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from mainstay.console.forms import LONGEST
from mainstay.mail import correspondence
from mainstay.orgs.access import NotAllowed
from mainstay.orgs.models import Person, Team
from mainstay.tickets import actions as tickets
from mainstay.tickets import tags
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Cause, State, Ticket, Verification
from mainstay.views import batches
from mainstay.views.batches import Done
from mainstay.views.models import Batch, Item

KEEP, NOBODY = "", "none"
NOTHING = Done({}, {})  # nothing that an undo could put back
REFUSALS = (CannotDo, NotAllowed, correspondence.CannotWrite)
Values = Mapping[str, Any]


class AssignForm(forms.Form):
    """Who gets the tickets; a field left alone leaves each ticket's own."""

    assignee = forms.ChoiceField(label="Person", required=False)
    team = forms.ChoiceField(label="Team", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = Person.objects.exclude(staff_role="").filter(is_active=True).order_by("name", "pk")
        people = [(str(pk), name) for pk, name in staff.values_list("pk", "name")]
        teams = list(Team.objects.order_by("name", "pk").values_list("key", "name"))
        as_it_is = (KEEP, "As it is")
        self.fields["assignee"].choices = [as_it_is, (NOBODY, "Nobody"), *people]  # type: ignore[attr-defined]  # it is a choice
        self.fields["team"].choices = [as_it_is, (NOBODY, "No team"), *teams]  # type: ignore[attr-defined]  # it is a choice

    def clean(self) -> dict[str, Any]:
        """Ask for at least one of the two."""
        said = super().clean() or {}
        if not self.errors and not any(said.values()):
            raise forms.ValidationError("Choose a person or a team.")
        return said


class TagForm(forms.Form):
    """One tag more for each of the tickets."""

    tag = forms.CharField(label="Tag", max_length=80, error_messages={"required": "Write a word for the tag."})

    def clean_tag(self) -> str:
        """Refuse at once what no tag can be called."""
        try:
            return tags.normal(self.cleaned_data["tag"])
        except CannotDo as error:
            raise forms.ValidationError(str(error)) from error


class NoteForm(forms.Form):
    """One note for each of the tickets."""

    text = forms.CharField(
        label="Note",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write something first."},
    )


class CloseForm(forms.Form):
    """Cause and closing words for each of the tickets."""

    cause = forms.ChoiceField(
        label="Cause", choices=[("", "Each ticket's own"), *Cause.choices], required=False
    )
    text = forms.CharField(
        label="Closing words to the client",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        initial="We have closed this request. Thank you for your help in solving it.",
        error_messages={"required": "Write something first."},
    )


@dataclass(frozen=True, slots=True)
class Bulk:
    """One act on many tickets. `run` does it to one, which it raises one of REFUSALS to leave as it is."""

    key: str
    title: str  # with the number of tickets
    button: str
    explains: str
    form: type[forms.Form]
    run: Callable[[Ticket, Person, Values, datetime], Done]


def _assign(ticket: Ticket, by: Person, said: Values, at: datetime) -> Done:
    ticket = tickets.locked(ticket)
    if ticket.state == State.CLOSED:
        raise CannotDo("The ticket is closed. Reopen it before assigning it.")
    before = {"assignee": ticket.assignee_id, "team": ticket.team_id}
    after = dict(before)
    if said["assignee"] != KEEP:
        after["assignee"] = None if said["assignee"] == NOBODY else int(said["assignee"])
    if said["team"] != KEEP:
        after["team"] = None if said["team"] == NOBODY else Team.objects.get(key=said["team"]).pk
    if after == before:
        return NOTHING
    _give(ticket, by, after, at)
    return Done(before, after)


def _give(ticket: Ticket, by: Person, to: Mapping[str, Any], at: datetime) -> None:
    assignee = Person.objects.filter(pk=to["assignee"]).first() if to["assignee"] else None
    team = Team.objects.filter(pk=to["team"]).first() if to["team"] else None
    tickets.assign(ticket=ticket, by=by, assignee=assignee, team=team, at=at)


def _tag(ticket: Ticket, by: Person, said: Values, at: datetime) -> Done:
    ticket = tickets.locked(ticket)
    name, has = tags.normal(said["tag"]), tags.names_of(ticket)
    if name in has:
        return NOTHING
    tags.tag(ticket=ticket, name=name, by=by, at=at)
    return Done({"tag": ""}, {"tag": name})


def _note(ticket: Ticket, by: Person, said: Values, at: datetime) -> Done:
    tickets.add_note(ticket=ticket, by=by, text=said["text"], at=at)
    return NOTHING


def _close(ticket: Ticket, by: Person, said: Values, at: datetime) -> Done:
    ticket = tickets.locked(ticket)
    if ticket.state == State.CLOSED:
        raise CannotDo("It is closed already.")
    if ticket.verification != Verification.VERIFIED:
        raise CannotDo("It is held for verification. Authorise or refuse it first.")
    correspondence.close(ticket=ticket, by=by, text=said["text"], cause=said["cause"], at=at)
    return NOTHING


BULKS: Mapping[str, Bulk] = {
    one.key: one
    for one in (
        Bulk(
            "assign",
            "Assign {}",
            "Assign",
            "Can be undone for ten minutes.",
            AssignForm,
            _assign,
        ),
        Bulk(
            "tag",
            "Tag {}",
            "Tag",
            "Can be undone for ten minutes.",
            TagForm,
            _tag,
        ),
        Bulk(
            "note",
            "Write a note on {}",
            "Write the note",
            "For colleagues; no client sees it.",
            NoteForm,
            _note,
        ),
        Bulk(
            "close",
            "Close {}",
            "Send and close",
            "Each client gets the closing words with the cause. Those that cannot be closed are left and named."
            " Closing cannot be undone for all at once; reopen a ticket on its page.",
            CloseForm,
            _close,
        ),
    )
}


def act_of(batch: Batch, by: Person, at: datetime) -> batches.Act:
    """Return what `batch` does to each of its tickets."""
    if batch.act == batches.UNDO:
        return lambda ticket, item: _put_back(ticket, item, by, at)
    run = BULKS[batch.act].run
    return lambda ticket, item: run(ticket, by, batch.values, at)


def _put_back(ticket: Ticket, item: Item, by: Person, at: datetime) -> Done:
    """Put back what the batch did to one ticket, unless somebody else has changed it since."""
    ticket = tickets.locked(ticket)
    was = Item.objects.get(batch=item.batch.undoes_id, ticket=ticket)
    if "tag" in was.after:
        if was.after["tag"] not in tags.names_of(ticket):
            raise CannotDo("The tag was taken off meanwhile.")
        tags.untag(ticket=ticket, name=was.after["tag"], by=by, at=at)
        return NOTHING
    if {"assignee": ticket.assignee_id, "team": ticket.team_id} != was.after:
        raise CannotDo("It was assigned anew meanwhile, so it stays as it is.")
    _give(ticket, by, was.before, at)
    return NOTHING
