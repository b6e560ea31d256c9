"""What is promised next about a ticket, in one sentence below a letter's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mainstay.clocks import queries as clocks
from mainstay.clocks.models import Clock
from mainstay.contracts import queries as contracts
from mainstay.core import clock as core
from mainstay.lib.language import in_ours as _
from mainstay.mail import phrases
from mainstay.tickets import events, log
from mainstay.tickets.models import Kind, Ticket


def sentence(ticket: Ticket, effect: Mapping[str, object], *, at: datetime) -> str:
    """Return what is promised, nothing where nothing is yet or any more. One query where a promise runs.

    `effect` is what the letter itself will do: a severity that it confirms is promised for already.
    """
    if "severity" in effect:
        return _graded(ticket, int(str(effect["severity"])), at)
    if ticket.kind == Kind.COMPLAINT:
        clock = _stored(ticket, "complaint")
        return _complaint(ticket, clock, at) if clock else ""
    if ticket.severity is None:
        return ""
    clock = _stored(ticket, "resolution")
    return _solving(ticket, ticket.severity, clock.state, clock.due, clock.target_text, at) if clock else ""


def _stored(ticket: Ticket, name: str) -> Clock | None:
    return Clock.objects.filter(ticket=ticket, name=name, state__in=("running", "paused")).first()


def _graded(ticket: Ticket, severity: int, at: datetime) -> str:
    """Read the clock as it stands if the confirmation is accepted at once; later, it can only fall due later."""
    history = [clocks.heard(event) for event in log.history(ticket)]
    given = [
        core.Event(kind=events.NUMBER_PROVIDED, at=at, ref="number"),
        core.Event(kind=events.SEVERITY_PROVIDED, at=at, data={"severity": severity}, ref="severity"),
    ]
    clock = core.read([*history, *given], contracts.load(ticket.terms), at=at).clock("resolution")
    if clock is None:
        return _severity(severity)
    return _solving(ticket, severity, clock.state, clock.due, clock.target_text, at)


def _solving(
    ticket: Ticket, severity: int, state: str, due: datetime | None, target: str, at: datetime
) -> str:
    graded = _severity(severity)
    if state == "paused":
        return f"{graded} {_('The time for the solution stands still at present.')}"
    if state != "running":
        return graded
    if due is None:
        released = target == "next release"
        return f"{graded} {_('We aim to solve this with the next release.')}" if released else graded
    late, soon = _("We promised to solve this by %(when)s, and are late."), _("We aim to solve this by %(when)s.")
    return f"{graded} {late if due < at else soon}" % {"when": _moment(ticket, due)}


def _complaint(ticket: Ticket, clock: Clock, at: datetime) -> str:
    if clock.due is None:
        return ""
    late = _("We promised to answer your complaint by %(when)s, and are late.")
    soon = _("We aim to answer your complaint by %(when)s.")
    return (late if clock.due < at else soon) % {"when": _moment(ticket, clock.due)}


def _severity(severity: int) -> str:
    return _("Severity %(severity)d.") % {"severity": severity}


def _moment(ticket: Ticket, due: datetime) -> str:
    return phrases.moment(due, phrases.zone_of(contracts.load(ticket.terms)))
