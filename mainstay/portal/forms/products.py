"""What somebody writes from inside a product."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from mainstay.feedback.products import COMPLAINT, LONGEST_SUBJECT, LONGEST_TEXT, REMARK, REQUEST
from mainstay.screens.uploads import FilesField

MOST_FILES, LARGEST_FILES = 5, 10_000_000  # files of one message, and their octets together
KINDS = (
    (REQUEST, gettext_lazy("I need help")),
    (REMARK, gettext_lazy("I have an idea or a remark")),
    (COMPLAINT, gettext_lazy("I want to complain")),
)


class ProductForm(forms.Form):
    """One message from inside a product."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"), choices=KINDS, widget=forms.RadioSelect, initial=REQUEST,
        error_messages={"invalid_choice": gettext_lazy("Say what it is: request, feedback or complaint.")},
    )  # fmt: skip
    subject = forms.CharField(label=gettext_lazy("In a few words"), max_length=LONGEST_SUBJECT, required=False)
    text = forms.CharField(
        label=gettext_lazy("What happened, or what would you like to tell us?"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Please write what it is about.")},
    )
    attachments = FilesField(label=gettext_lazy("Files"), most=MOST_FILES, largest=LARGEST_FILES)
    page = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
