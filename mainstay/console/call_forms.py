"""Forms of a telephone call: short, for somebody who types while talking. They check and explain; they save nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from mainstay.console.client_forms import Form, phone_field
from mainstay.console.forms import DEGREES, LONGEST
from mainstay.core.terms import Terms
from mainstay.lib import telephone
from mainstay.orgs.models import Person
from mainstay.phone.models import Call
from mainstay.tickets.access import TicketNotFound
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import by_reference

SPANS = (("15", "15 minutes"), ("30", "30 minutes"), ("60", "1 hour"), ("120", "2 hours"), ("at", "At a time"))
SPEAKING = "As they say it"


def _words(label: str, *, rows: int = 5, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, widget=forms.Textarea(attrs={"rows": rows}), max_length=LONGEST, help_text=help_text,
        error_messages={"required": "Write something first."},
    )  # fmt: skip


class CallForm(Form):
    """A form in a call, which knows the call, the tickets at hand, who asks, and when."""

    def __init__(
        self, *args: Any, call: Call, tickets: Sequence[Ticket], person: Person, zone: ZoneInfo, at: datetime,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        self.call, self.tickets, self.person, self.zone, self.at = call, tickets, person, zone, at
        kwargs.setdefault("auto_id", "call_%s")
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the call."""


class NewForm(CallForm):
    """A request of an authorised caller."""

    subject = forms.CharField(label="Subject", max_length=500)
    text = _words("What happened, and when")
    urgency = forms.ChoiceField(
        label="Urgency, as they see it", choices=[("", "Not said"), *DEGREES], required=False
    )
    impact = forms.ChoiceField(
        label="Impact, as they see it", choices=[("", "Not said"), *DEGREES], required=False
    )


class HoldForm(NewForm):
    """A request of somebody who is not known to be authorised."""

    name = forms.CharField(label="Name", max_length=200, help_text=SPEAKING)
    said_organisation = forms.CharField(
        label="They ring for", max_length=200, required=False, help_text=f"{SPEAKING}; we confirm nothing."
    )
    address = forms.EmailField(
        label="E-mail address", max_length=254, required=False, help_text="The reference is sent there."
    )
    field_order = ["name", "said_organisation", "address", "subject", "text", "urgency", "impact"]

    def prepare(self) -> None:
        self.fields["name"].initial = self.call.caller_name
        if self.call.person is not None:
            del self.fields["name"], self.fields["address"]


class AboutForm(CallForm):
    """Something about one ticket: one at hand, or another by its reference."""

    ticket = forms.ChoiceField(label="Ticket", required=False, widget=forms.RadioSelect)
    reference = forms.CharField(label="Or another, by its reference", max_length=40, required=False)
    needed = True

    def prepare(self) -> None:
        choices = [(one.reference, f"{one.reference} {one.subject[:60]}") for one in self.tickets]
        field: Any = self.fields["ticket"]
        field.choices = choices if self.needed else [("", "None"), *choices]
        in_hand = self.call.ticket.reference if self.call.ticket else ""
        first = choices[0][0] if self.needed and choices else ""
        field.initial = in_hand if in_hand in dict(choices) else first
        field.required = self.needed and not self.data.get("reference")
        if not choices:
            del self.fields["ticket"]
            self.fields["reference"].label = "Reference"

    def clean(self) -> dict[str, Any]:
        """Find the ticket that is meant; a reference that was typed goes before what was chosen."""
        said = super().clean() or {}
        written = said.get("reference", "").strip().strip("[]")
        meant = written or said.get("ticket", "")
        said["about"] = self._ticket(meant, "reference" if written else "ticket") if meant else None
        if self.needed and not meant and not self.errors:
            self.add_error("reference", "Say which ticket it is about.")
        return said

    def _ticket(self, reference: str, field: str) -> Ticket | None:
        try:
            return by_reference(reference, person=self.person, at=self.at)
        except TicketNotFound:
            self.add_error(field, "There is no ticket with that reference. Ask for it again, digit by digit.")
            return None


class NoteForm(AboutForm):
    """A note of the call."""

    text = _words("What was said", help_text="For the desk only.")
    field_order = ["text", "ticket", "reference"]


class AnswerForm(AboutForm):
    """What the client answered."""

    text = _words("What they answered", help_text="In the thread as theirs. A wait for the client ends with it.")
    field_order = ["text", "ticket", "reference"]


class ReadForm(AboutForm):
    """The reference, to be read out."""


class SeverityForm(AboutForm):
    """Reference and severity, to be read out."""

    severity = forms.TypedChoiceField(label="Severity", coerce=int, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Reason", max_length=500, required=False, help_text="Kept with the ticket. Needed when it changes."
    )
    field_order = ["ticket", "reference", "severity", "reason"]

    def grades(self, ticket: Ticket | None, terms: Terms) -> None:
        """Offer the severities of the agreement, with what was assessed or what the matrix makes of the claim."""
        field: Any = self.fields["severity"]
        field.choices = [(str(one.level), f"{one.level} {one.name}") for one in terms.severities]
        if ticket is None:
            return
        if ticket.severity is not None:
            field.initial = ticket.severity
        elif ticket.claimed_urgency and ticket.claimed_impact:
            grade = terms.grade(ticket.claimed_urgency, ticket.claimed_impact)
            field.initial = grade.severity or grade.suggested


class CallBackForm(AboutForm):
    """A promise to ring back."""

    within = forms.ChoiceField(label="Ring back in", choices=SPANS, initial="30", widget=forms.RadioSelect)
    due_at = forms.DateTimeField(
        label="At",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    number = phone_field(label="Number to ring", help_text="")
    text = forms.CharField(label="What about", max_length=500, required=False)
    keeper = forms.ModelChoiceField(
        label="Who rings", queryset=Person.objects.none(), required=False, empty_label="I do"
    )
    field_order = ["text", "within", "due_at", "number", "keeper", "ticket", "reference"]
    needed = False

    def prepare(self) -> None:
        super().prepare()
        staff = Person.objects.exclude(staff_role="").filter(is_active=True).exclude(pk=self.person.pk)
        keeper: Any = self.fields["keeper"]
        keeper.queryset = staff.order_by("name", "pk")
        known = self.call.number or (self.call.person.phone if self.call.person else "")
        self.fields["number"].initial = telephone.shown(known)
        self.fields["due_at"].help_text = f"In {self.zone.key.replace('_', ' ')} time."
        self.fields["number"].required = not known

    def clean(self) -> dict[str, Any]:
        """Turn the choice into the moment that is promised, in the desk's zone."""
        said = super().clean()
        if said.get("within") == "at":
            written: datetime | None = said.get("due_at")
            if written is None and "due_at" not in self.errors:
                self.add_error("due_at", ValidationError("Say when."))
            said["moment"] = written.replace(tzinfo=self.zone) if written else None
        elif said.get("within"):
            said["moment"] = self.at + timedelta(minutes=int(said["within"]))
        return said
