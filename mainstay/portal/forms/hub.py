"""The form of the Support Hub: whether an article helped."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mainstay.knowledge.rows.readers import Reason

REASONS = (
    (Reason.WRONG, _("It is wrong or out of date")),
    (Reason.UNCLEAR, _("I did not understand it")),
    (Reason.INCOMPLETE, _("Something is missing")),
    (Reason.OTHER_QUESTION, _("It is about something else")),
)


class HelpedForm(forms.Form):
    """Yes or no; where it is no, why, if somebody likes to say."""

    helped = forms.ChoiceField(choices=(("yes", _("Yes")), ("no", _("No"))))
    reason = forms.ChoiceField(
        label=_("What was wrong with it?"), choices=REASONS, required=False, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label=_("What were you looking for?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Please leave out names and anything personal. Nobody can answer you here."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def said(self) -> dict[str, Any]:
        """Return what a valid form says, as the action takes it."""
        said = self.cleaned_data
        return {"helped": said["helped"] == "yes", "reason": said["reason"], "comment": said["comment"]}
