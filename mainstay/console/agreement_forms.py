"""Forms of agreements and holiday tables: they check and explain what was typed; they save nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import validate_slug

from mainstay.console.client_forms import Form

LARGEST_FILE = 1_000_000  # octets of an agreement; the shipped one has twenty thousand


class AgreementForm(Form):
    """An agreement file, pasted or uploaded."""

    file = forms.FileField(label="Agreement file (TOML)", required=False)
    source = forms.CharField(
        label="Or its text",
        required=False,
        max_length=LARGEST_FILE,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code"}),
    )

    def clean(self) -> dict[str, Any]:
        """Take the file where there is one; either must be there."""
        said = super().clean() or {}
        if said.get("file"):
            said["source"] = self._text(said["file"])
        if not said.get("source", "").strip() and not self.errors:
            self.add_error("source", "Choose a file or paste its text.")
        return said

    def _text(self, file: Any) -> str:
        if file.size > LARGEST_FILE:
            self.add_error("file", "That is no agreement: it is larger than 1 MB.")
            return ""
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("file", "The file is not UTF-8 text. Save it as UTF-8.")
            return ""


class HolidayForm(Form):
    """A changed holiday table."""

    name = forms.CharField(
        label="Table", max_length=40, validators=[validate_slug], help_text="As calendars call it: england."
    )
    version = forms.CharField(
        label="New version", max_length=40, help_text="Differs from those before: 2026.2."
    )
    reason = forms.CharField(
        label="Why it changes", max_length=300, help_text="Kept with it: announced on 20 November."
    )
    dates = forms.CharField(
        label="All days of the table",
        max_length=100_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "code"}),
        help_text="One a line: 2026-12-25 Christmas Day. The whole table, not only the new day.",
    )
