"""The form of a macro."""

from __future__ import annotations

from typing import Any

from django import forms

from mainstay.console.ways import WAYS
from mainstay.orgs.models import Team
from mainstay.tickets.models import Tag
from mainstay.writing import macros
from mainstay.writing.models import Macro


class MacroForm(forms.Form):
    required_css_class = "required"

    name = forms.CharField(label="Name", max_length=80)
    text = forms.CharField(
        label="Text", max_length=macros.LONGEST, widget=forms.Textarea(attrs={"rows": 9}),
        error_messages={"required": "Write what the macro says."},
    )  # fmt: skip
    how = forms.ChoiceField(
        label="A reply with it goes", required=False,
        choices=[("", "As chosen in the composer"), *((way.key, way.label) for way in WAYS)],
    )  # fmt: skip
    team = forms.ModelChoiceField(
        label="Give the ticket to", required=False, queryset=Team.objects.order_by("name"),
        empty_label="No change of team",
    )  # fmt: skip
    takes = forms.BooleanField(label="Assign the ticket to whoever sends it", required=False)
    tag = forms.ModelChoiceField(
        label="Put on the tag", required=False, queryset=Tag.objects.filter(retired_at=None).order_by("name"),
        empty_label="No tag",
    )  # fmt: skip
    shared = forms.BooleanField(
        label="Shared", required=False, help_text="Everybody at the desk uses it; managers keep it."
    )

    def __init__(self, data: Any = None, *, macro: Macro | None, may_share: bool) -> None:
        initial = {"shared": may_share} if macro is None else {
            "name": macro.name, "text": macro.text, "how": macro.how, "team": macro.team, "takes": macro.takes,
            "tag": macro.tag, "shared": macro.owner_id is None,
        }  # fmt: skip
        super().__init__(data, initial=initial, label_suffix="")
        if not may_share:
            del self.fields["shared"]

    def clean_text(self) -> str:
        """Say every fault of the text at once, beside it."""
        text = str(self.cleaned_data["text"])
        if found := macros.faults(text):
            raise forms.ValidationError(found)
        return text
