"""Forms of known issues: they check and explain what was typed; they save nothing."""

from __future__ import annotations

from typing import Any

from django import forms

from mainstay.contracts.models import Product
from mainstay.knowledge.actions import Said
from mainstay.knowledge.models import KnownIssue, Status
from mainstay.releases.models import Release, Stage

LONGEST = 20_000  # characters of one text


def _text(label: str, help_text: str, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write what clients see; it is how the issue is found."},
    )


class IssueForm(forms.Form):
    """What is known of an issue."""

    title = forms.CharField(
        label="Title", max_length=200, error_messages={"required": "Say in a line what is wrong."}
    )
    products = forms.ModelMultipleChoiceField(
        label="Products",
        queryset=Product.objects.order_by("name", "pk"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 4}),
        help_text="None chosen: any product.",
    )
    symptoms = _text("Symptoms", "What clients see and say, in their words; so it is found.", required=True)
    status = forms.ChoiceField(label="Status", choices=Status.choices, widget=forms.RadioSelect)
    versions = forms.CharField(
        label="Affected versions", max_length=200, required=False, help_text="In words, such as 4.2 and 4.3."
    )
    fixed_in = forms.ModelChoiceField(
        label="Fixed in",
        queryset=Release.objects.exclude(stage=Stage.WITHDRAWN).select_related("product").order_by("-planned_on"),
        required=False,
        empty_label="No release of the list",
        help_text="When that release ships, the issue is fixed and whoever asked about it is told.",
    )
    release = forms.CharField(
        label="Release in words", max_length=80, required=False,
        help_text="Where the list has it not: planned for, or fixed in, such as 4.2.1.",
    )  # fmt: skip
    workaround = _text("Workaround", "Worded for clients; offered as a reply.")
    solution = _text("Solution", "Worded for clients; offered as a reply in place of the workaround.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def said(self) -> Said:
        """Return what a valid form says."""
        texts = {name: value for name, value in self.cleaned_data.items() if name != "products"}
        return Said(**texts, products=list(self.cleaned_data["products"]))


def initial_of(issue: KnownIssue) -> dict[str, Any]:
    """Return what the form of an issue begins with."""
    names = ("title", "symptoms", "status", "release", "versions", "fixed_in", "workaround", "solution")
    return {name: getattr(issue, name) for name in names} | {"products": list(issue.products.all())}


class NewsForm(forms.Form):
    """News of an issue, for clients."""

    text = forms.CharField(
        label="What is new", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Worded for clients. The letter says besides which issue it is, and how far it has come.",
        error_messages={"required": "Write what is new, in words for the clients."},
    )  # fmt: skip
    tells = forms.BooleanField(label="Tell the clients of every request that is about it", required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
