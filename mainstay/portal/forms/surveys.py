"""What somebody says of the support they had."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainstay.feedback.models import Part
from mainstay.feedback.surveys import LONGEST

PREFIX = "part-"


def scale() -> list[tuple[str, str]]:
    """Return the ratings in words, the best first, and that a part does not apply."""
    return [
        ("5", _("Very good")), ("4", _("Good")), ("3", _("Fair")), ("2", _("Poor")), ("1", _("Very poor")),
        ("", _("Does not apply")),
    ]  # fmt: skip


class SurveyForm(forms.Form):
    """One choice for each part, a comment, and whether it is a complaint."""

    comment = forms.CharField(
        label=gettext_lazy("Anything you would like to tell us"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    complain = forms.BooleanField(
        label=gettext_lazy("Make this a complaint"),
        required=False,
    )

    def __init__(self, *args: Any, parts: Iterable[Part], **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.parts = list(parts)
        for part in self.parts:
            self.fields[PREFIX + part.key] = forms.ChoiceField(
                label=part.words, choices=scale(), required=False, widget=forms.RadioSelect
            )

    @property
    def rated(self) -> list[forms.BoundField]:
        """Return the fields of the parts, in order."""
        return [self[PREFIX + part.key] for part in self.parts]

    def ratings(self) -> dict[str, int]:
        """Return what was rated, by the key of the part. Only of a valid form."""
        said = {part.key: self.cleaned_data[PREFIX + part.key] for part in self.parts}
        return {key: int(value) for key, value in said.items() if value}
