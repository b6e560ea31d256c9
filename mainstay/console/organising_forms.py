"""Forms of keeping tickets in order: tags and what else the desk hangs on them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mainstay.console import moments
from mainstay.console.forms import ActForm
from mainstay.screens.choices import of_words
from mainstay.tickets import resolution, tags
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Message


class Suggesting(forms.TextInput):
    """A line of text that offers `names` while somebody types; the browser does the offering, without a script."""

    names: Iterable[str] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the field with its list of names beside it."""
        listed = f"{name}-names"
        field = super().render(name, value, {**(attrs or {}), "list": listed}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((one,) for one in self.names))
        return format_html('{}<datalist id="{}">{}</datalist>', field, listed, options)


class TagsForm(ActForm):
    add = forms.CharField(
        label="Add tags",
        max_length=400,
        required=False,
        widget=Suggesting(attrs={"autocomplete": "off", "autocapitalize": "none", "autofocus": True}),
    )
    keep = forms.MultipleChoiceField(
        label="On the ticket", required=False, widget=forms.CheckboxSelectMultiple()
    )

    def prepare(self) -> None:
        names = tags.names_of(self.ticket)
        of_words(self, "keep").choices = [(name, name) for name in names]
        self.fields["keep"].initial = names
        if not names:
            del self.fields["keep"]
        free = tags.anybody_makes()
        self.fields["add"].help_text = (
            "With a comma between several. A new word becomes a new tag."
            if free
            else "With a comma between several. They come from a list that managers keep."
        )
        self.fields["add"].widget.names = [one for one in tags.offered() if one not in names]

    def clean_add(self) -> list[str]:
        """Return the tags that were typed, each in its one spelling."""
        try:
            return tags.names_in(self.cleaned_data["add"])
        except CannotDo as error:
            raise ValidationError(str(error)) from error


HOW = [
    ("related", "Related to"),
    ("duplicate", "Duplicate of"),
    ("duplicate:back", "Duplicated by"),
    ("caused", "Caused by"),
    ("caused:back", "Cause of"),
    ("blocks", "Blocks"),
    ("blocks:back", "Blocked by"),
]
WORDS = 90  # characters of a message that show which one it is


class LinkForm(ActForm):
    kind = forms.ChoiceField(
        label="This ticket is", choices=HOW, initial="related", widget=forms.RadioSelect
    )
    reference = forms.CharField(label="Reference of the other ticket", max_length=40)


class SplitForm(ActForm):
    messages = forms.TypedMultipleChoiceField(
        label="Messages", coerce=int, widget=forms.CheckboxSelectMultiple()
    )
    subject = forms.CharField(label="Subject of the new ticket", max_length=500)

    def prepare(self) -> None:
        found = self.ticket.messages.filter(automatic=False).order_by("at", "pk")
        of_words(self, "messages").choices = [(one.pk, self._line(one)) for one in found]

    def _line(self, message: Message) -> str:
        """Return one line that says which message it is."""
        words = " ".join(message.text.split())
        when = f"{message.at.astimezone(self.zone):%d %b %H:%M}"
        return f"{when} {message.author_name or message.author_address}: {words[:WORDS]}"


class SnoozeForm(ActForm):
    until = forms.ChoiceField(
        label="Until", choices=moments.CHOICES, initial="tomorrow", widget=forms.RadioSelect
    )
    moment = forms.DateTimeField(
        label="The other moment",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def prepare(self) -> None:
        zone = self.zone.key.replace("_", " ")
        self.fields["moment"].help_text = f"All of it in {zone} time, the contract's."

    def clean(self) -> dict[str, Any]:
        """Ask for the moment where one is to be named."""
        said = super().clean() or {}
        if said.get("until") == moments.MOMENT and not said.get("moment"):
            self.add_error("moment", "Say which moment.")
        return said


class MethodForm(ActForm):
    text = forms.CharField(
        label="How it will be resolved", max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )
    agreed_with = forms.CharField(label="Agreed with", max_length=200)
    how = forms.ChoiceField(
        label="How",
        choices=(("phone", "By telephone"), ("mail", "By e-mail")),
        initial="phone",
        widget=forms.RadioSelect,
    )

    def prepare(self) -> None:
        self.fields["agreed_with"].initial = self.ticket.requester_name


class OnSiteForm(ActForm):
    text = forms.CharField(
        label="What they ask for", max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    words = forms.CharField(
        label="A line to the client", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def prepare(self) -> None:
        found = resolution.on_site(self.ticket)
        if found is not None and found.included:
            self.fields["words"].widget = forms.HiddenInput()
            self.fields["text"].help_text = f"Their contract includes it (clause {found.clause}): arrange the visit."
        else:
            clause = f" (clause {found.clause})" if found else ""
            self.fields["text"].help_text = f"Their contract does not include it{clause}; the letter says so."


class NameOfTagForm(forms.Form):
    """One tag by its name, as managers add and rename it."""

    name = forms.CharField(label="Name", max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class FreeForm(forms.Form):
    """Whether anybody at the desk may make a new tag."""

    free = forms.BooleanField(required=False)
