"""Forms of releases and announcements: they check and explain what was typed; they save nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from mainstay.contracts.models import Product
from mainstay.lib.language import day
from mainstay.orgs.models import Organisation
from mainstay.releases.announcing import Wording
from mainstay.releases.models import Announcement, Kind, Place, Release
from mainstay.tickets.models import Ticket

LONGEST = 20_000  # characters of one text


class _Form(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


def _day(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose a day.", "invalid": "Choose a day, such as 2026-02-03."},
    )


def _clients(help_text: str) -> forms.ModelMultipleChoiceField[Organisation]:
    return forms.ModelMultipleChoiceField(
        label="Clients",
        queryset=Organisation.objects.order_by("name", "pk"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}),
        help_text=help_text,
    )


def _text(label: str, help_text: str, *, required: bool = False, rows: int = 5) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": "Write it in words for the clients; they are told."},
    )  # fmt: skip


def _why() -> forms.CharField:
    return _text("Why", "Worded for the clients who wait for it; it goes into their letter.", required=True, rows=3)


class PlanForm(_Form):
    """A release to be planned."""

    product = forms.ModelChoiceField(label="Product", queryset=Product.objects.order_by("name", "pk"))
    name = forms.CharField(label="Version", max_length=80, help_text="Such as 5.4.")
    kind = forms.ChoiceField(
        label="Kind", choices=Kind.choices, widget=forms.RadioSelect,
        help_text="Requests wait for major and minor releases by themselves, for documentation only if you say so.",
    )  # fmt: skip
    planned_on = _day("Planned for", "It is in time until the end of that day.")
    organisations = _clients("None chosen: all clients with the product.")
    notes = _text("Notes", "What it brings, worded for clients.")
    tells = forms.BooleanField(
        label="Tell the clients whose requests take this release", required=False, initial=True
    )


class MoveForm(_Form):
    """Another day for a release."""

    planned_on = _day("Planned for", "Both days go into the letter.")
    reason = _why()


class WithdrawForm(_Form):
    """Why something is withdrawn."""

    reason = _why()


class DescribeForm(_Form):
    """What a release is called, what it brings, and who gets it."""

    name = forms.CharField(label="Version", max_length=80)
    organisations = _clients("None chosen: all clients with the product.")
    notes = _text("Notes", "What it brings, worded for clients.", rows=8)


class ShipForm(_Form):
    """Which of the requests that wait for a release are in it."""

    included = forms.TypedMultipleChoiceField(
        label="Requests in it", coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Untick what did not make it: it goes on to the next release, and its promise is missed.",
    )  # fmt: skip

    def __init__(self, *args: Any, release: Release, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = release.places.filter(ended_at=None).values("ticket")
        found = Ticket.objects.filter(pk__in=waiting).order_by("pk").only("prefix", "subject")
        choices = [(one.pk, f"{one.reference} {one.subject or '(no subject)'}") for one in found]
        field = self.fields["included"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.choices = choices
        self.initial.setdefault("included", [key for key, _ in choices])


class ChooseForm(_Form):
    """Another release for one request."""

    release = forms.TypedChoiceField(
        label="Waits for", required=False, empty_value=None,
        help_text="A later one does not move the promise: it is missed when the next one ships without it.",
        error_messages={"invalid_choice": "It cannot wait for that one. Choose one of those that are offered."},
    )  # fmt: skip
    tells = forms.BooleanField(label="Tell the requester", required=False, initial=True)
    reason = _text("Why", "Worded for the requester; it goes into the letter.", rows=3)

    def __init__(self, *args: Any, choices: Sequence[Release], place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, offered = self.fields["release"], {str(one.pk): one for one in choices}
        if isinstance(field, forms.TypedChoiceField):
            words = [(key, f"{one}, {day(one.planned_on)}") for key, one in offered.items()]
            field.choices, field.coerce = [("", "Whichever is next"), *words], offered.__getitem__
        self.initial.setdefault("release", place.release_id if place.chosen else None)

    def clean(self) -> dict[str, Any]:
        """Ask for the reason where somebody is told."""
        found = super().clean() or {}
        if found.get("tells") and not found.get("reason"):
            self.add_error("reason", "Write it in words for the requester, who is told.")
        return found


class AnnounceForm(_Form):
    """What is announced, and whom it concerns."""

    title = forms.CharField(
        label="Title", max_length=200, help_text="The change in a line; it is the letter's subject."
    )
    text = _text("What changes", "What clients will see, and what they need to do.", required=True, rows=8)
    effective_on = _day("Takes effect on", "The letter says how many days' notice that is.")
    products = forms.ModelMultipleChoiceField(
        label="Products", queryset=Product.objects.order_by("name", "pk"), required=False,
        widget=forms.SelectMultiple(attrs={"size": 4}), help_text="None chosen: any product.",
    )  # fmt: skip
    organisations = _clients("None chosen: all clients that have the products.")

    def wording(self) -> Wording:
        """Return what a valid form says."""
        typed = self.cleaned_data
        return Wording(
            typed["title"], typed["text"], typed["effective_on"], list(typed["products"]), list(typed["organisations"])
        )


class CorrectForm(AnnounceForm):
    """What is announced anew, and why."""

    reason = _text("What is different", "And why; everybody who was told before is told.", required=True, rows=3)


def initial_of(announcement: Announcement) -> dict[str, Any]:
    """Return what the form of an announcement begins with."""
    return {
        "title": announcement.title,
        "text": announcement.text,
        "effective_on": announcement.effective_on,
        "products": list(announcement.products.all()),
        "organisations": list(announcement.organisations.all()),
    }
