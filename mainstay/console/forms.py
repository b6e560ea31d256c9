"""Forms: they check and explain what was typed; they save nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator

from mainstay.clocks import workload
from mainstay.console.presenters.allocation import load_words
from mainstay.console.ways import ways_of
from mainstay.contracts.models import Product
from mainstay.core.terms import Terms
from mainstay.knowledge import linking
from mainstay.knowledge.queries import is_about_a_known_issue
from mainstay.lib.time import now
from mainstay.mail.phrases import span
from mainstay.orgs.models import Person, Team
from mainstay.screens.choices import of_rows, of_words, tell_rows
from mainstay.screens.uploads import FilesField
from mainstay.tickets import allocation
from mainstay.tickets.diagnostics import open_requests
from mainstay.tickets.models import Cause, DiagnosticRequest, Kind, Ticket

LONGEST = 100_000  # characters of one letter or note
DEGREES = (("high", "High"), ("medium", "Medium"), ("low", "Low"))


def written(
    label: str, *, required: bool = True, rows: int = 6, help_text: str = "", **options: Any
) -> forms.CharField:
    """Return a field for a text of some lines."""
    widget = forms.Textarea(attrs={"rows": rows})
    missing = {"required": "Write something first."}
    return forms.CharField(
        label=label,
        required=required,
        widget=widget,
        max_length=LONGEST,
        help_text=help_text,
        error_messages=missing,
        **options,
    )


class ActForm(forms.Form):
    """A form about one ticket, which knows the ticket, its terms and who asks."""

    required_css_class = "required"

    def __init__(
        self, *args: Any, ticket: Ticket, terms: Terms, zone: ZoneInfo, person: Person, **kwargs: Any
    ) -> None:
        self.ticket, self.terms, self.zone, self.person = ticket, terms, zone, person
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the ticket."""


class LetterForm(ActForm):
    """A form whose `text` goes to the client."""

    def clean_text(self) -> str:
        """Refuse the link of an article that the requester cannot open: it would lead them to nothing."""
        text: str = self.cleaned_data["text"]
        closed = linking.closed_to(self.ticket, text, at=now())
        if closed:
            raise ValidationError(linking.said_of(closed))
        return text


def _moment(label: str) -> forms.DateTimeField:
    """Return a field for a moment in the contract's zone, whatever zone the desk sits in."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=widget)


class AnswerByForm(LetterForm):
    """By when an answer to a question is wanted, for the dialog and the composer alike."""

    answer_by = _moment("Answer wanted by")

    def prepare(self) -> None:
        super().prepare()
        asked = self.terms.diagnostics
        usual = (
            f"Left empty: {span(asked.answer_within, day=asked.calendar.day)} from now, and the client is "
            "reminded by itself."
            if asked
            else "Left empty: the letter names no time."
        )
        self.fields["answer_by"].help_text = f"In {self.zone.key.replace('_', ' ')} time. {usual}"

    def clean_answer_by(self) -> datetime | None:
        wanted: datetime | None = self.cleaned_data["answer_by"]
        return wanted.replace(tzinfo=self.zone) if wanted else None


class EtaForm(LetterForm):
    """When the solution is expected (R3.6a), for the dialog and the composer alike."""

    eta = _moment("Expected time of the solution")

    def prepare(self) -> None:
        super().prepare()
        words = f"In {self.zone.key.replace('_', ' ')} time. Leave it empty while nobody can say."
        self.fields["eta"].help_text = words

    def clean_eta(self) -> datetime | None:
        eta: datetime | None = self.cleaned_data["eta"]
        return eta.replace(tzinfo=self.zone) if eta else None


class ReplyForm(EtaForm, AnswerByForm):
    text = written("Reply", rows=7)
    attached = FilesField(label="Files")
    how = forms.ChoiceField(required=False)

    def prepare(self) -> None:
        super().prepare()
        ways = ways_of(self.ticket)
        of_words(self, "how").choices = [(way.key, way.label) for way in ways]


class CopyDecisionForm(forms.Form):
    do = forms.ChoiceField(choices=[(word, word) for word in ("add", "accept", "decline")])
    participant = forms.IntegerField(required=False, min_value=1)
    confirmed = forms.BooleanField(required=False)


class CopyForm(CopyDecisionForm):
    address = forms.CharField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Write the address of whoever shall get copies."},
    )
    name = forms.CharField(label="Name", max_length=200, required=False)


class NoteForm(ActForm):
    text = written("Note", rows=7)
    attached = FilesField(label="Files")


class SeverityForm(LetterForm):
    urgency = forms.ChoiceField(label="Urgency", choices=DEGREES, widget=forms.RadioSelect)
    impact = forms.ChoiceField(label="Impact", choices=DEGREES, widget=forms.RadioSelect)
    severity = forms.TypedChoiceField(label="Severity", coerce=int, widget=forms.RadioSelect)
    reason = written("Reason", rows=2, help_text="Kept with the ticket: why this severity, in a sentence.")
    text = written(
        "A line to the client",
        rows=4,
        required=False,
        help_text="Goes into the confirmation, which carries the reference and the severity.",
    )

    def prepare(self) -> None:
        levels = [(str(level.level), f"{level.level} {level.name}") for level in self.terms.severities]
        of_words(self, "severity").choices = levels
        self.fields["urgency"].initial = self.ticket.claimed_urgency or None
        self.fields["impact"].initial = self.ticket.claimed_impact or None
        self.fields["severity"].initial = self.ticket.severity or self.suggested()
        if self.ticket.severity is None:
            self.fields["reason"].required = False

    def suggested(self) -> int | None:
        """Return the severity that the agreement's matrix gives or suggests for what is chosen so far."""
        urgency = self.data.get("urgency") or self.ticket.claimed_urgency
        impact = self.data.get("impact") or self.ticket.claimed_impact
        if not (urgency and impact):
            return None
        grade = self.terms.grade(urgency, impact)
        return grade.severity or grade.suggested


class AskForm(AnswerByForm):
    text = written(
        "Question", help_text="The resolution clock pauses once the client's mail server has accepted it."
    )
    field_order = ("text", "answer_by")


def _excerpt(row: DiagnosticRequest) -> str:
    return Truncator(row.question).chars(120)


class WithdrawForm(ActForm):
    request = forms.ModelChoiceField(
        label="Question", queryset=DiagnosticRequest.objects.none(), widget=forms.RadioSelect, empty_label=None
    )

    def prepare(self) -> None:
        waiting = open_requests(self.ticket)
        of_rows(self, "request").queryset = waiting
        tell_rows(self, "request", _excerpt)
        self.fields["request"].initial = waiting.first()

    def clean(self) -> dict[str, object]:
        if not open_requests(self.ticket).exists():
            raise ValidationError("No question waits for an answer any more.")
        return super().clean() or {}


class ProgressForm(EtaForm):
    text = written("Where it stands")
    field_order = ("text", "eta")


class WorkaroundForm(LetterForm):
    text = written("The workaround")
    service_available = forms.TypedChoiceField(
        label="Is the service available with it?",
        choices=(("yes", "Yes: the resolution clock ends"), ("no", "No: the clock goes on")),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


def _likely_cause(ticket: Ticket) -> str:
    """Return the cause on record; 'known issue' where there is none and one is linked (R3.4c)."""
    return ticket.cause or (Cause.KNOWN_ISSUE if is_about_a_known_issue(ticket) else "")


class FixForm(LetterForm):
    text = written("The fix, and how to test it")
    cause = forms.ChoiceField(label="Cause", choices=Cause.choices, widget=forms.RadioSelect)

    def prepare(self) -> None:
        self.fields["cause"].initial = _likely_cause(self.ticket) or None


class AnswerForm(LetterForm):
    text = written("The answer")


class AcceptForm(ActForm):
    text = written(
        "How do we know?", rows=2, required=False, help_text="For example: confirmed by telephone at 14:10."
    )


class RejectForm(ActForm):
    text = written("What failed?", rows=3)


class ReasonForm(ActForm):
    reason = written("Reason", rows=3)


class EmptyForm(ActForm):
    """Nothing to fill in: only the question whether it shall be done."""


class EscalateForm(ActForm):
    level = forms.ChoiceField(label="To", widget=forms.RadioSelect)
    reason = written("Reason", rows=3)

    def prepare(self) -> None:
        rungs = dict.fromkeys((rung.level, rung.whom) for rung in self.terms.ladder)
        of_words(self, "level").choices = list(rungs)


class ThirdPartyForm(ActForm):
    reason = written("What is in the way?", rows=2, help_text="Whose system, and what it does not do.")
    evidence = written(
        "Evidence",
        rows=3,
        help_text="Where it can be seen: their reference, a status page, a log. No clock stops.",
    )


class CloseForm(LetterForm):
    cause = forms.ChoiceField(label="Cause", choices=[("", "Choose the cause"), *Cause.choices])
    text = written("Closing words to the client", rows=5)

    def prepare(self) -> None:
        self.fields["cause"].initial = _likely_cause(self.ticket)
        self.fields["text"].initial = "We have closed this request. Thank you for your help in solving it."
        if self.ticket.kind != Kind.INCIDENT:
            self.fields["cause"].required = False


class MergeForm(ActForm):
    into = forms.CharField(label="Reference of the other ticket", max_length=40)
    way = forms.ChoiceField(label="Which one goes on?", widget=forms.RadioSelect, initial="into", required=False)

    def prepare(self) -> None:
        ways = [("into", "The other one: this one closes"), ("from", f"{self.ticket.reference}: the other closes")]
        of_words(self, "way").choices = ways

    def clean_way(self) -> str:
        """Return which one goes on: the other one, unless somebody says otherwise."""
        return self.cleaned_data["way"] or "into"


class AssignForm(ActForm):
    assignee = forms.ModelChoiceField(
        label="Person", queryset=Person.objects.none(), required=False, empty_label="Nobody"
    )
    team = forms.ModelChoiceField(
        label="Team", queryset=Team.objects.none(), required=False, empty_label="No team"
    )

    def prepare(self) -> None:
        people = Person.objects.exclude(staff_role="").filter(is_active=True).order_by("name", "pk")
        of_rows(self, "assignee").queryset = people
        teams = Team.objects.order_by("name", "pk")
        of_rows(self, "team").queryset = teams
        self.fields["assignee"].initial = self.ticket.assignee_id or self.person.pk
        beside = self._beside(people)

        def label(person: Person) -> str:
            return f"{person.name} · {beside[person.pk]}"

        tell_rows(self, "assignee", label)
        self.fields["team"].initial = self.ticket.team_id


    def _beside(self, people: Iterable[Person]) -> dict[int, str]:
        """Say of each how much there is to do, and whether they know the ticket's product. Three queries."""
        at, product = now(), self.ticket.product
        found = workload.of_people(self.person, at=at)
        skilled = allocation.skilled_in(self.ticket.product_id)
        return {
            one.pk: load_words(found.get(one.pk, workload.Load()), self.zone, at=at)
            + (f" · knows {product.name}" if product and one.pk in skilled else "")
            for one in people
        }


class DetailsForm(ActForm):
    subject = forms.CharField(label="Subject", max_length=500)
    requester_role = forms.CharField(label="Requester's role", max_length=120, required=False)
    urgency = forms.ChoiceField(
        label="Urgency, as the client sees it", choices=[("", "Not said"), *DEGREES], required=False
    )
    impact = forms.ChoiceField(
        label="Impact, as the client sees it", choices=[("", "Not said"), *DEGREES], required=False
    )
    product = forms.ModelChoiceField(
        label="Product", queryset=Product.objects.none(), required=False, empty_label="Not known"
    )
    described = forms.BooleanField(label="The problem is described well enough to work on", required=False)

    def prepare(self) -> None:
        ticket = self.ticket
        products = Product.objects.order_by("name", "pk")
        of_rows(self, "product").queryset = products
        self.initial = {
            "subject": ticket.subject, "requester_role": ticket.requester_role, "urgency": ticket.claimed_urgency,
            "impact": ticket.claimed_impact, "product": ticket.product_id,
            "described": "description" not in ticket.missing, **self.initial,
        }  # fmt: skip


class NewTicketForm(forms.Form):
    """A request that came by telephone or otherwise, written down by us."""

    address = forms.EmailField(
        label="Caller's e-mail address",
        max_length=254,
        help_text="Decides whose request it is, and where the reference is sent.",
    )
    name = forms.CharField(label="Caller's name", max_length=200)
    channel = forms.ChoiceField(
        label="How it came", choices=(("phone", "Telephone"), ("console", "Otherwise")), initial="phone"
    )
    subject = forms.CharField(label="Subject", max_length=500)
    text = written("What happened, and when", rows=7)
    urgency = forms.ChoiceField(
        label="Urgency, as the caller sees it", choices=[("", "Not said"), *DEGREES], required=False
    )
    impact = forms.ChoiceField(
        label="Impact, as the caller sees it", choices=[("", "Not said"), *DEGREES], required=False
    )
    kind = forms.ChoiceField(label="Kind", choices=Kind.choices)
