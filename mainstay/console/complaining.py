"""The acts on a complaint (R3.10a): what came of it, who is complained of, what it is about. For managers."""

from __future__ import annotations

from datetime import datetime

from django import forms

from mainstay.console.act import Act, Situation, Values
from mainstay.console.forms import ActForm, written
from mainstay.orgs.models import Person, StaffRole
from mainstay.screens.choices import of_rows
from mainstay.tickets import complained, complaints
from mainstay.tickets.access import TicketNotFound
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Finding, Ticket
from mainstay.tickets.queries import by_reference


class OutcomeForm(ActForm):
    finding = forms.ChoiceField(label="What was found", choices=Finding.choices, widget=forms.RadioSelect)
    reason = written("Why", rows=4, help_text="What happened, and by what it was judged.")
    lesson = written("What is learnt from it", rows=3, help_text="What changes now. If nothing does, say why.")

    def prepare(self) -> None:
        last = complaints.outcome_of(self.ticket)
        if last is not None:
            said = {"finding": last.finding, "reason": last.reason, "lesson": last.lesson}
            self.initial = {**said, **self.initial}


class ConcernedForm(ActForm):
    people = forms.ModelMultipleChoiceField(
        label="Complained of",
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="They neither answer nor close this complaint, and it is not given to them.",
    )

    def prepare(self) -> None:
        staff = Person.objects.exclude(staff_role="").filter(is_active=True).order_by("name", "pk")
        of_rows(self, "people").queryset = staff
        self.fields["people"].initial = [person.pk for person in complained.people_in(self.ticket)]


class AboutForm(ActForm):
    about = forms.CharField(label="Reference of the request", max_length=40)

    def prepare(self) -> None:
        if self.ticket.about:
            self.fields["about"].initial = self.ticket.about.reference


def _concerned(ticket: Ticket, by: Person, said: Values, at: datetime) -> None:
    wanted, known = set(said["people"]), set(complained.people_in(ticket))
    for person in sorted(known - wanted, key=lambda one: one.pk):
        complaints.clear(ticket=ticket, person=person, by=by, at=at)
    for person in sorted(wanted - known, key=lambda one: one.pk):
        complaints.name(ticket=ticket, person=person, by=by, at=at)


def _about(ticket: Ticket, by: Person, said: Values, at: datetime) -> None:
    try:
        about = by_reference(said["about"].strip().strip("[]"), person=by, at=at)
    except TicketNotFound:
        raise CannotDo("There is no such request. Check its last digit.") from None
    complaints.set_about(ticket=ticket, about=about, by=by, at=at)


def _judged(now: Situation) -> bool:
    return now.complaint and now.verified and not now.closed and not now.merged


COMPLAINING: tuple[Act, ...] = (
    Act(
        "outcome",
        "Record outcome",
        "Record the outcome of the complaint",
        "Record",
        "flag",
        OutcomeForm,
        lambda ticket, by, said, at: complaints.record_outcome(
            ticket=ticket, finding=said["finding"], reason=said["reason"], lesson=said["lesson"], by=by, at=at
        ),
        _judged,
        "It is kept here and tells nobody; the complainant learns of it by your answer (clause 3.10).",
        "Recorded. The complaint can be closed once it is answered.",
        role=StaffRole.MANAGER,
        rests=True,
    ),
    Act(
        "concerned",
        "Complained of",
        "Who is complained of",
        "Save",
        "person",
        ConcernedForm,
        _concerned,
        _judged,
        "",
        "Saved.",
        role=StaffRole.MANAGER,
    ),
    Act(
        "about",
        "About",
        "What the complaint is about",
        "Save",
        "link",
        AboutForm,
        _about,
        _judged,
        "Whoever had that request in hand is complained of then.",
        "Saved.",
        role=StaffRole.MANAGER,
    ),
)
