"""Examples for the page of components: every state that a component can be in, made up and belonging to nobody."""

from __future__ import annotations

from django import forms

from mainstay.console.presenters.tickets import Severity, StateWord
from mainstay.screens.moments import Moment
from mainstay.screens.promises import ClockLine, Countdown, Left

SEVERITIES = (
    Severity(1, "1", "Critical"), Severity(2, "2", "Serious"), Severity(3, "3", "Moderate"), Severity(4, "4", "Low"),
    Severity(None, "?", "Not graded"),
)  # fmt: skip
STATES = (
    StateWord("new", "circle", "New"), StateWord("open", "half", "Open"),
    StateWord("waiting_client", "pause", "Waiting on client"), StateWord("resolved", "tick", "Resolved"),
    StateWord("closed", "tick", "Closed"), StateWord("held", "shield", "Held"),
    StateWord("refused", "cross", "Refused"),
)  # fmt: skip
CHIPS = (
    ("", "dot", "Plain"), ("grave", "over", "Breached"), ("warn", "flag", "Complaint"), ("good", "tick", "Delivered"),
    ("pause", "pause", "Suspended"), ("accent", "up", "Escalated"),
)  # fmt: skip
LONG = "A subject that somebody wrote at some length, since they wanted to be quite sure that nothing is left out of it"
_DUE = Moment("Mon 14:30 GMT", "Monday 12 January 2026, 14:30:00 GMT", "2026-01-12T14:30:00+00:00")


def clocks() -> list[ClockLine]:
    """Return a clock in every state."""
    return [
        _clock("running", "clock", "2 h 05 min left", "Runs", 380),
        _clock("soon", "clock", "9 min left", "Less than a quarter is left", 920),
        _clock("over", "over", "1 h 27 min over", "Breached, and still runs", 1000),
        _clock("paused", "pause", "Paused", "Waiting on client", 400),
        _clock("met", "tick", "Met", "Met with 40 min to spare", 500),
        _clock("over", "over", "Missed", "Missed by 10 min", 1000),
        _clock("none", "dash", "Not started", "Needs a description", None),
        _clock("running", "clock", "3 h left", "Rests until Tue 09:00 GMT", 250, ticking=False),
    ]


def _clock(
    tone: str, icon: str, text: str, about: str, used: int | None, *, ticking: bool = True
) -> ClockLine:
    counts = text.endswith("left") and not ticking
    countdown = Countdown(10_800, False, None, days=False) if counts else None
    left = Left(tone, icon, text, text.lower(), countdown)
    return ClockLine("response", about.partition(",")[0], "clause 3.2", "4 h", left, _DUE, about, used)


class ExampleForm(forms.Form):
    """Fields of every kind."""

    subject = forms.CharField(label="One line", help_text="A hint stands below its field.")
    text = forms.CharField(label="Several lines", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    team = forms.ChoiceField(label="A choice", choices=[("a", "Support"), ("b", "Technical Team")])
    way = forms.ChoiceField(
        label="A few choices", choices=[("a", "Email"), ("b", "Telephone")], widget=forms.RadioSelect
    )
    kinds = forms.MultipleChoiceField(
        label="Some of many", choices=[("a", "Breaches"), ("b", "Warnings")], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    sure = forms.BooleanField(label="A yes or no", required=False)


def forms_in_each_state() -> dict[str, ExampleForm]:
    """Return the form untouched, and refused with what was typed."""
    return {
        "fresh": ExampleForm(label_suffix="", auto_id="fresh_%s", initial={"subject": "Written already", "way": "a"}),
        "refused": ExampleForm({"text": "Kept as it was typed", "kinds": ["a"]}, label_suffix="", auto_id="refused_%s"),
    }
