"""What can be done in a call: one line per act, with its form, its words and the action it calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mainstay.console import call_forms as forms
from mainstay.console import sending
from mainstay.console.presenters.calls import spelled
from mainstay.contracts import queries as contracts
from mainstay.mail import correspondence
from mainstay.orgs.models import Person
from mainstay.phone import actions, call_backs
from mainstay.phone.models import Call
from mainstay.screens.moments import moment
from mainstay.screens.zones import desk_zone
from mainstay.tickets.models import Ticket

Values = dict[str, Any]
NEUTRAL = (
    "I have written your request down, and time already counts for you. Before we go on I have to check who may "
    "raise requests; somebody will come back to you. Until then I cannot say anything about anybody's contract, "
    "requests or colleagues, and not whether we work for them at all."
)


@dataclass(frozen=True, slots=True)
class Room:
    """The call, the tickets at hand, who works, and when."""

    call: Call
    tickets: Sequence[Ticket]
    person: Person
    at: datetime


@dataclass(frozen=True, slots=True)
class CallAct:
    """One act. `run` does it and returns what is said of it; `says` is what to say to the caller."""

    title: str
    button: str
    form: type[forms.CallForm]
    run: Callable[[Room, Values], str]
    explains: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class Pane:
    """The form of an act as the screen shows it."""

    key: str
    act: CallAct
    form: forms.CallForm
    about: Ticket | None
    spelled: str
    severity: str
    nonce: str


def _open(room: Room, said: Values) -> str:
    ticket = actions.open_ticket(
        call=room.call, subject=said["subject"], text=said["text"], urgency=said["urgency"],
        impact=said["impact"], by=room.person, at=room.at,
    )  # fmt: skip
    correspondence.acknowledge(ticket, room.at)
    return f"{ticket.reference} is open. Read the reference out, and the severity once you have assessed it."


def _hold(room: Room, said: Values) -> str:
    ticket = actions.hold(
        call=room.call, subject=said["subject"], text=said["text"], urgency=said["urgency"],
        impact=said["impact"], name=said.get("name", ""), address=said.get("address", ""),
        said_organisation=said["said_organisation"], by=room.person, at=room.at,
    )  # fmt: skip
    if ticket.requester_address:
        correspondence.neutral_acknowledgement(ticket, room.at)
    return f"{ticket.reference} is held for verification. Read the reference out, and nothing else."


def _note(room: Room, said: Values) -> str:
    actions.note(call=room.call, ticket=said["about"], text=said["text"], by=room.person, at=room.at)
    return f"Noted on {said['about'].reference}."


def _answer(room: Room, said: Values) -> str:
    actions.take_answer(call=room.call, ticket=said["about"], text=said["text"], by=room.person, at=room.at)
    return f"The answer is in {said['about'].reference}, from the moment of this call."


def _call_back(room: Room, said: Values) -> str:
    made = call_backs.promise(
        call=room.call, due_at=said["moment"], keeper=said["keeper"], number=said["number"],
        text=said["text"], ticket=said["about"], by=room.person, at=room.at,
    )  # fmt: skip
    due = moment(made.due_at, desk_zone(), now=room.at)
    return f"Promised: ring back by {due.text if due else ''}. You are reminded in time."


def _reference(room: Room, said: Values) -> str:
    actions.read_out(call=room.call, ticket=said["about"], by=room.person, at=room.at)
    return f"Recorded: the reference {said['about'].reference} was read out."


def _severity(room: Room, said: Values) -> str:
    actions.read_out(
        call=room.call, ticket=said["about"], severity=said["severity"], reason=said["reason"],
        by=room.person, at=room.at,
    )  # fmt: skip
    return f"Recorded: {said['about'].reference} and severity {said['severity']} were read out."


ACTS = {
    "ticket": CallAct("New ticket", "Open the ticket", forms.NewForm, _open, "Reported when you answered."),
    "note": CallAct("Note the call", "Add the note", forms.NoteForm, _note),
    "answer": CallAct("The client's answer", "Take the answer", forms.AnswerForm, _answer),
    "call-back": CallAct("Promise a call back", "Promise it", forms.CallBackForm, _call_back),
    "reference": CallAct(
        "Read out the reference", "I have read it out", forms.ReadForm, _reference,
        "Recorded at the moment you press the button.",
    ),
    "severity": CallAct(
        "Read out reference and severity", "I have read both out", forms.SeverityForm, _severity,
        "It ends the response clock at the moment you press the button.",
    ),
    "hold": CallAct(
        "Not authorised", "Hold the request", forms.HoldForm, _hold,
        "The request is held for verification; its clocks run from when you answered.", NEUTRAL,
    ),
}  # fmt: skip


def pane_of(key: str, room: Room, typed: Any, asked: str = "") -> Pane:
    """Return the pane of an act: its form with what was typed, and what is to be read out."""
    act = ACTS[key]
    initial = {"ticket": asked} if asked else None
    form = act.form(
        typed, call=room.call, tickets=room.tickets, person=room.person, zone=desk_zone(), at=room.at,
        initial=initial,
    )  # fmt: skip
    about = _chosen(form, room) if isinstance(form, forms.AboutForm) else None
    named = ""
    if isinstance(form, forms.SeverityForm):
        standard = contracts.terms_for(organisation=None, product=None, at=room.at)
        terms = contracts.load(about.terms if about else standard)
        form.grades(about, terms)
        names = {one.level: f"{one.level}, {one.name}" for one in terms.severities}
        named = names.get(about.severity, "") if about is not None and about.severity else ""
    reading = spelled(about.reference) if about is not None and key in ("reference", "severity") else ""
    return Pane(key, act, form, about, reading, named, sending.nonce())


def _chosen(form: forms.AboutForm, room: Room) -> Ticket | None:
    if "ticket" not in form.fields:
        return None
    value = form["ticket"].value()
    return next((ticket for ticket in room.tickets if ticket.reference == value), None)

