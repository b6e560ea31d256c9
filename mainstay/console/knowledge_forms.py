"""Forms of known issues: they check and explain what was typed; they save nothing."""

from __future__ import annotations

from typing import Any

from django import forms

from mainstay.contracts.models import Product
from mainstay.knowledge.actions import Said
from mainstay.knowledge.models import KnownIssue, Status

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
    release = forms.CharField(
        label="Release", max_length=80, required=False, help_text="Planned for, or fixed in, such as 4.2.1."
    )
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
    names = ("title", "symptoms", "status", "release", "workaround", "solution")
    return {name: getattr(issue, name) for name in names} | {"products": list(issue.products.all())}
