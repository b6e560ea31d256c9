"""What can be done to a ticket. Each action locks it, checks, and writes rows and events in one transaction.

`at` is when it happened (aware, UTC), `recorded_at` when we write it down; where they differ, as for mail that waited
in a mailbox, both are kept. Clocks, escalation and the live stream hear of each event through `wiring`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from mainstay.contracts import queries as contracts
from mainstay.contracts.models import Product
from mainstay.core.saying import Refusal
from mainstay.lib import once, rows, sql
from mainstay.orgs import access
from mainstay.orgs.models import Organisation, Person, Team
from mainstay.tickets import complained, content, events, passages, required
from mainstay.tickets.content import NewFile, NewMessage
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import (
    DEFAULT_PREFIX,
    Cause,
    Direction,
    Event,
    Kind,
    Message,
    State,
    Ticket,
    Verification,
)

DESCRIPTION = "description"
FIRST_LINE = "support"  # the team that every new request is allocated to first (pack, clause 3.3)
SENDER = "sender"  # an actor who is not a known person; who it was stands in the message, outside the chain


class CannotDo(Refusal, ValueError):
    """The ticket is in no state for this; the message says why and what to do instead."""


def locked(ticket: Ticket | int) -> Ticket:
    """Return the ticket as it now stands, locked until the transaction ends. Raises Ticket.DoesNotExist.

    A listener acts on the very ticket that it is being told about: that one is locked and current already, and a
    second copy of it would write events under numbers that the first one is about to use.
    """
    if isinstance(ticket, Ticket) and ticket.in_hand:
        return ticket
    key = ticket.pk if isinstance(ticket, Ticket) else ticket
    return sql.lock_rows(Ticket.objects.select_related("terms")).get(pk=key)


@transaction.atomic(savepoint=False)
def open_ticket(
    *,
    at: datetime,
    channel: str,
    subject: str,
    requester_address: str,
    verified: bool,
    message: NewMessage | None = None,
    requester_name: str = "",
    requester: Person | None = None,
    requester_role: str = "",
    organisation: Organisation | None = None,
    product: Product | None = None,
    kind: str = Kind.INCIDENT,
    reason: str = "",
    urgency: str = "",
    impact: str = "",
    claimed_severity: int | None = None,
    missing: Sequence[str] = (),
    offered_as_complaint: bool = False,
    about: Ticket | None = None,
    recorded_at: datetime | None = None,
) -> Ticket:
    """Take a request: it is reported `at`, whatever is still missing, and whether or not it is verified yet.

    Its terms are those of the organisation's contract at that moment, or the standard agreement's while nobody knows
    whose it is. `missing` names what is to be asked for. Without a description nothing can be worked on, so the clocks
    that need the details wait for `set_details` (reading 4); a missing organisation or role loses no time (R3.2b).
    """
    written_at = recorded_at or at
    snapshot = contracts.terms_for(organisation=organisation, product=product, at=at)
    team = once.look("first line", lambda: next(iter(rows.read(Team, key=FIRST_LINE)), None))
    ticket = Ticket(
        prefix=DEFAULT_PREFIX,
        kind=kind,
        channel=channel,
        subject=subject[:500].replace(content.NUL, "\ufffd"),
        verification=Verification.VERIFIED if verified else Verification.HELD,
        verification_reason=reason[:300],
        organisation=organisation if verified else None,
        requester=requester if verified else None,
        requester_name=requester_name[:200].replace(content.NUL, "\ufffd"),
        requester_address=requester_address[:254].lower().replace(content.NUL, "\ufffd"),
        requester_role=requester_role[:120],
        product=product,
        terms=snapshot,
        team=team,
        claimed_urgency=urgency,
        claimed_impact=impact,
        claimed_severity=claimed_severity,
        missing=list(missing),
        offered_as_complaint=offered_as_complaint,
        about=about,
        reported_at=at,
        changed_at=written_at,
        unanswered_since=at,
    )
    ticket.insert()
    happenings = [
        Happening(events.TERMS_APPLIED, at, {"terms": snapshot.digest}),
        Happening(
            events.COMPLAINT_RECEIVED if kind == Kind.COMPLAINT else events.REPORTED,
            at,
            {
                "channel": channel,
                "details_complete": DESCRIPTION not in missing,
                **_claim(urgency, impact, claimed_severity),
            },
        ),
    ]
    if message is not None:
        kept = content.keep(ticket, message, at=at)
        happenings.append(Happening(events.MESSAGE_RECEIVED, at, content.told_by(kept)))
    else:
        passages.keep_own(ticket)
    if team is not None:
        allocated = {"assignee": None, "team": team.key}
        happenings.append(Happening(events.ASSIGNED, at, allocated, actor="allocation"))
    if kind == Kind.COMPLAINT and about is not None:
        happenings += complained.put_down(ticket, complained.handlers_of(about), at=at)
    append(
        ticket, happenings, actor=requester.ref if requester and verified else SENDER, recorded_at=written_at
    )
    return ticket


def _claim(urgency: str, impact: str, severity: int | None) -> dict[str, object]:
    """Return the requester's own assessment as the clocks hear it: only what was said."""
    said = {"urgency": urgency, "impact": impact, "severity": severity}
    return {name: value for name, value in said.items() if value}


@transaction.atomic
def record_reply(
    *,
    ticket: Ticket,
    message: NewMessage,
    at: datetime,
    moves_clocks: bool = True,
    recorded_at: datetime | None = None,
) -> Message:
    """Write a client's message into the thread, received `at`; a person's reply also ends a wait for the client.

    An automatic one (`message.automatic`, or not `moves_clocks`) is recorded and moves neither state nor clock.
    """
    ticket = locked(ticket)
    kept = content.keep(ticket, message, at=at)
    told = content.told_by(kept)
    if message.automatic or not moves_clocks:
        happenings = [Happening(events.AUTOMATIC_REPLY_RECORDED, at, told)]
    else:
        happenings = [
            Happening(events.MESSAGE_RECEIVED, at, told),
            Happening(events.CLIENT_REPLIED, at, told),
        ]
        ticket.unanswered_since = ticket.unanswered_since or at
    actor = message.author.ref if message.author else SENDER
    append(ticket, happenings, actor=actor, recorded_at=recorded_at or at)
    return kept


@transaction.atomic(savepoint=False)
def record_outgoing(
    *, ticket: Ticket, message: NewMessage, at: datetime, actor: str, answers: bool = False
) -> Message:
    """Write a message of ours into the thread. What it does to clocks happens when the peer accepts its letter.

    `answers`: a person answers with it, so the client is no longer waiting for somebody to write.
    """
    ticket = locked(ticket)
    kept = content.keep(ticket, message, at=at)
    if answers:
        ticket.unanswered_since = None
    happening = Happening(events.MESSAGE_WRITTEN, at, {**content.told_by(kept), "purpose": message.purpose})
    append(ticket, [happening], actor=actor, recorded_at=at)
    return kept


@transaction.atomic
def add_note(
    *,
    ticket: Ticket,
    by: Person,
    text: str,
    at: datetime,
    channel: str = "console",
    files: Sequence[NewFile] = (),
) -> Message:
    """Write an internal note: never shown to a client. `channel="phone"` is a note of a telephone call."""
    if not text.strip():
        raise CannotDo("The note is empty. Write something first.")
    ticket = locked(ticket)
    note = NewMessage(
        Direction.NOTE, channel, text, author=by, author_name=by.name, author_address=by.email, files=tuple(files)
    )
    kept = content.keep(ticket, note, at=at)
    append(ticket, [Happening(events.NOTE_ADDED, at, content.told_by(kept))], actor=by.ref, recorded_at=at)
    return kept


@transaction.atomic
def grade(
    *,
    ticket: Ticket,
    severity: int,
    by: Person,
    reason: str,
    at: datetime,
    urgency: str = "",
    impact: str = "",
) -> Event:
    """Assess the severity (R3.2c). Who, when and why are kept; the requester's own assessment stays beside it.

    Before the first confirmation has reached the client this is an assessment; afterwards it changes the severity in
    force at once, with the time used kept (reading 8).
    """
    ticket = locked(ticket)
    levels = {level.level for level in contracts.load(ticket.terms).severities}
    if severity not in levels:
        raise CannotDo(
            "Severity %(severity)s is not in this agreement; it has %(levels)s.",
            severity=severity,
            levels=", ".join(map(str, sorted(levels))),
        )
    given = ticket.events.filter(kind=events.SEVERITY_PROVIDED).exists()
    if given and severity != ticket.severity and not reason.strip():
        raise CannotDo("Say why the severity changes; the client is told, and the reason is kept.")
    before, ticket.severity = ticket.severity, severity
    data: dict[str, object] = {"severity": severity, "before": before, "urgency": urgency, "impact": impact}
    note = content.keep(
        ticket,
        NewMessage(
            Direction.NOTE,
            "console",
            reason.strip() or f"Severity {severity} assessed.",
            author=by,
            author_name=by.name,
            purpose="severity_reason",
        ),
        at=at,
    )
    data |= content.told_by(note)
    kind = events.SEVERITY_CHANGED if given and before != severity else events.SEVERITY_ASSESSED
    return append(ticket, [Happening(kind, at, data)], actor=by.ref, recorded_at=at)[0]


@transaction.atomic
def assign(
    *,
    ticket: Ticket,
    by: Person | None,
    at: datetime,
    assignee: Person | None = None,
    team: Team | None = None,
) -> None:
    """Give the ticket to a person, a team, or nobody. Says nothing where that is so already."""
    ticket = locked(ticket)
    if assignee is not None and not access.works_the_desk(assignee):
        raise CannotDo("%(assignee)s is no active member of staff.", assignee=assignee.name)
    if complained.concerns(ticket, assignee):
        raise CannotDo("Whoever is complained of is not given the complaint. Choose somebody else.")
    if (ticket.assignee_id, ticket.team_id) == (assignee and assignee.pk, team and team.pk):
        return
    ticket.assignee, ticket.team = assignee, team
    data = {"assignee": assignee and assignee.pk, "team": team and team.key}
    append(
        ticket, [Happening(events.ASSIGNED, at, data)], actor=by.ref if by else "allocation", recorded_at=at
    )


@transaction.atomic
def record_cause(*, ticket: Ticket, cause: str, by: Person, at: datetime) -> None:
    """Keep why it happened (R3.4b)."""
    ticket = locked(ticket)
    _require_evidence(ticket, cause)
    ticket.cause = cause
    append(ticket, [Happening(events.CAUSE_RECORDED, at, {"cause": cause})], actor=by.ref, recorded_at=at)


def _require_evidence(ticket: Ticket, cause: str) -> None:
    """Refuse to name a third party as the cause before its failure was recorded with evidence (clause 3.4)."""
    if cause == Cause.THIRD_PARTY and not ticket.exclusions.filter(kind="third_party").exists():
        raise CannotDo(
            "Record the third party's failure with its evidence first ('Third party in the way'). "
            "Then choose this cause."
        )


@transaction.atomic
def close(*, ticket: Ticket, at: datetime, by: Person | None = None, actor: str = "", cause: str = "") -> None:
    """Close the ticket. A resolved one needs its cause (R3.4b); closing twice says nothing.

    `by` is staff, who have filled in what the desk wants by then; `actor` is a client or a duty, who need not.
    """
    ticket = locked(ticket)
    if ticket.state == State.CLOSED:
        return
    _require_evidence(ticket, cause)
    ticket.cause = cause or ticket.cause
    if by is not None and (needed := complained.why_not(ticket, by) or required.complaint(ticket)):
        raise CannotDo(needed)
    if by is not None and required.lacks_outcome(ticket):
        raise CannotDo("Record the outcome of the complaint first: what was found, why, and what is learnt from it.")
    if not ticket.cause and ticket.verified and ticket.kind == Kind.INCIDENT:
        raise CannotDo("Say what the cause was before closing; every resolved ticket has one.")
    ticket.closed_at = at
    append(
        ticket,
        [Happening(events.CLOSED, at, {"cause": ticket.cause})],
        actor=by.ref if by else actor or "closing",
        recorded_at=at,
    )


@transaction.atomic
def reopen(*, ticket: Ticket, at: datetime, reason: str, by: Person | None = None, actor: str = "") -> None:
    """Open a closed ticket again; its clocks resume where they stood."""
    ticket = locked(ticket)
    if ticket.state not in (State.CLOSED, State.RESOLVED):
        raise CannotDo("The ticket is open already.")
    if ticket.merged_into_id is not None:
        raise CannotDo("This ticket was merged into another; go on there.")
    ticket.closed_at = None
    data: dict[str, object] = {}
    if by is not None:
        note = NewMessage(Direction.NOTE, "console", reason, author=by, author_name=by.name)
        data = content.told_by(content.keep(ticket, note, at=at))
    append(
        ticket,
        [Happening(events.REOPENED, at, data)],
        actor=by.ref if by else actor or SENDER,
        recorded_at=at,
    )


@transaction.atomic
def set_details(
    *,
    ticket: Ticket,
    at: datetime,
    actor: str,
    missing: Sequence[str],
    requester_role: str = "",
    product: Product | None = None,
    urgency: str = "",
    impact: str = "",
    claimed_severity: int | None = None,
    subject: str = "",
) -> None:
    """Record details that were asked for; once nothing is missing the report is complete (reading 4)."""
    ticket = locked(ticket)
    was_missing = DESCRIPTION in ticket.missing
    ticket.missing = list(missing)
    ticket.requester_role = requester_role or ticket.requester_role
    ticket.product = product or ticket.product
    ticket.claimed_urgency = urgency or ticket.claimed_urgency
    ticket.claimed_impact = impact or ticket.claimed_impact
    ticket.claimed_severity = claimed_severity or ticket.claimed_severity
    ticket.subject = subject or ticket.subject
    happenings = [Happening(events.DETAILS_SET, at, {"missing": list(missing)})]
    if was_missing and DESCRIPTION not in missing:
        happenings.append(
            Happening(
                events.DETAILS_COMPLETED,
                at,
                _claim(ticket.claimed_urgency, ticket.claimed_impact, ticket.claimed_severity),
            )
        )
    append(ticket, happenings, actor=actor, recorded_at=at)
