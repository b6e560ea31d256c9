"""The form in which somebody says when and for what they may be disturbed."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError

from mainstay.console.presenters.notices import NAMES
from mainstay.escalation.models import Attention

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CORE, OWN, ALWAYS = "core", "own", "always"


def _clock() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class AttentionForm(forms.Form):
    """For what, and when."""

    kinds = forms.MultipleChoiceField(
        label="Tell me of",
        choices=[(kind, name) for kind, name in NAMES.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    hours = forms.ChoiceField(
        label="When",
        choices=[
            (CORE, "In the desk's core hours"),
            (OWN, "In my own hours"),
            (ALWAYS, "At any hour"),
        ],
        widget=forms.RadioSelect,
    )
    days = forms.MultipleChoiceField(
        label="My days",
        choices=[(str(number), name) for number, name in enumerate(DAYS)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    opens = forms.TimeField(label="From", required=False, widget=_clock())
    closes = forms.TimeField(label="Until", required=False, widget=_clock())
    zone = forms.CharField(
        label="Time zone", required=False, max_length=60, help_text="As in Europe/London."
    )
    on_call = forms.BooleanField(
        label="I am on call: tell me at any hour", required=False, help_text="Until you take this out again."
    )

    @staticmethod
    def of(chosen: Attention, *, zone: str) -> dict[str, Any]:
        """Return what the form begins with."""
        own = bool(chosen.days)
        return {
            "kinds": chosen.kinds,
            "hours": OWN if own else CORE if chosen.in_hours_only else ALWAYS,
            "days": [str(day) for day in chosen.days] or ["0", "1", "2", "3", "4"],
            "opens": chosen.opens or "09:00",
            "closes": chosen.closes or "17:00",
            "zone": chosen.zone or zone,
            "on_call": chosen.on_call,
        }

    def clean_zone(self) -> str:
        name: str = self.cleaned_data["zone"].strip()
        if name and name not in available_timezones():
            raise ValidationError("No time zone has this name. Write it as in Europe/London.")
        return ZoneInfo(name).key if name else ""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("hours") != OWN:
            return said
        if not said.get("days"):
            self.add_error("days", "Choose at least one day.")
        if not said.get("opens") or not said.get("closes") or said["opens"] >= said["closes"]:
            self.add_error("closes", "Say from when until when; the end comes after the beginning.")
        return said

    def chosen(self) -> dict[str, Any]:
        """Return what to keep; only of a form that is valid."""
        said = self.cleaned_data
        own = said["hours"] == OWN
        return {
            "kinds": said["kinds"],
            "in_hours_only": said["hours"] != ALWAYS,
            "on_call": said["on_call"],
            "days": [int(day) for day in said["days"]] if own else [],
            "opens": said["opens"] if own else None,
            "closes": said["closes"] if own else None,
            "zone": said["zone"] if own else "",
        }
