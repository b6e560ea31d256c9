"""What can be done to many tickets at once: each act with its form. What it does to a ticket is no door's affair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from mainstay.console.forms import LONGEST
from mainstay.orgs.models import Person, Team
from mainstay.screens.choices import of_words
from mainstay.tickets import tags
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Cause
from mainstay.views.acts import KEEP, NOBODY


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
        of_words(self, "assignee").choices = [as_it_is, (NOBODY, "Nobody"), *people]
        of_words(self, "team").choices = [as_it_is, (NOBODY, "No team"), *teams]

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
    """One act on many tickets, under the name that `views.batches` knows it by."""

    key: str
    title: str  # with the number of tickets
    button: str
    explains: str
    form: type[forms.Form]


BULKS: Mapping[str, Bulk] = {
    one.key: one
    for one in (
        Bulk(
            "assign",
            "Assign {}",
            "Assign",
            "Can be undone for ten minutes.",
            AssignForm,
        ),
        Bulk(
            "tag",
            "Tag {}",
            "Tag",
            "Can be undone for ten minutes.",
            TagForm,
        ),
        Bulk(
            "note",
            "Write a note on {}",
            "Write the note",
            "For colleagues; no client sees it. For ten minutes it can be withdrawn; then it stays, marked as such.",
            NoteForm,
        ),
        Bulk(
            "close",
            "Close {}",
            "Send and close",
            "Each client gets the closing words with the cause, ten minutes later; until then all of it can be undone."
            " Those that cannot be closed are left and named.",
            CloseForm,
        ),
    )
}

