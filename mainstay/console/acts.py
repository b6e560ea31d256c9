"""What can be done to a ticket from its page: one line per act, with its form, its role and the action it calls."""

from __future__ import annotations

from datetime import datetime

from mainstay.console import forms
from mainstay.console.act import Act, Situation, Values
from mainstay.console.complaining import COMPLAINING
from mainstay.console.organising import ORGANISING
from mainstay.console.verifying import VERIFYING
from mainstay.escalation import actions as escalation
from mainstay.mail import correspondence
from mainstay.orgs.models import Person, StaffRole
from mainstay.tickets import acceptance, actions, diagnostics, exclusions, merging
from mainstay.tickets.access import TicketNotFound
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import by_reference


def _confirm_severity(ticket: Ticket, by: Person, said: Values, at: datetime) -> object:
    return correspondence.confirm_severity(
        ticket=ticket, by=by, severity=said["severity"], urgency=said["urgency"], impact=said["impact"],
        reason=said["reason"], text=said["text"], at=at,
    )  # fmt: skip


def _merge(ticket: Ticket, by: Person, said: Values, at: datetime) -> object:
    try:
        into = by_reference(said["into"].strip().strip("[]"), person=by, at=at)
    except TicketNotFound:
        raise CannotDo("There is no such ticket. Check its last digit.") from None
    goes, stays = (ticket, into) if said["way"] == "into" else (into, ticket)
    return merging.merge(ticket=goes, into=stays, by=by, at=at)


def _details(ticket: Ticket, by: Person, said: Values, at: datetime) -> object:
    missing = [
        name
        for name in ticket.missing
        if name != actions.DESCRIPTION and not (name == "role" and said["requester_role"])
    ]
    if not said["described"]:
        missing.append(actions.DESCRIPTION)
    return actions.set_details(
        ticket=ticket, at=at, actor=by.ref, missing=missing, requester_role=said["requester_role"],
        urgency=said["urgency"], impact=said["impact"], subject=said["subject"], product=said["product"],
    )  # fmt: skip


def _works(now: Situation) -> bool:
    return now.open and now.verified


SEVERITY = Act(
    "severity",
    "Confirm severity",
    "Confirm the severity",
    "Send the confirmation",
    "flag",
    forms.SeverityForm,
    _confirm_severity,
    _works,
    "The response clock ends when the client's mail server has taken the confirmation.",
    "The confirmation is about to be sent.",
    sends=True,
    letter=True,
    rests=True,
)
ACTS: tuple[Act, ...] = (
    SEVERITY,
    Act(
        "ask",
        "Ask the client",
        "Ask the client",
        "Send the question",
        "help",
        forms.AskForm,
        lambda ticket, by, said, at: correspondence.ask_client(
            ticket=ticket, by=by, text=said["text"], answer_by=said["answer_by"], at=at
        ),
        lambda now: _works(now) and not now.complaint,
        "",
        "The question is about to be sent.",
        sends=True,
        letter=True,
        rests=True,
    ),
    Act(
        "withdraw",
        "Withdraw a question",
        "Withdraw a question",
        "Withdraw it",
        "back",
        forms.WithdrawForm,
        lambda ticket, by, said, at: diagnostics.withdraw(request=said["request"], by=by, at=at),
        lambda now: now.open and now.asked,
        "The client is not reminded any more. Once no other question waits, the resolution clock goes on.",
        "Withdrawn.",
    ),
    Act(
        "progress",
        "Progress update",
        "Send a progress update",
        "Send the update",
        "pulse",
        forms.ProgressForm,
        lambda ticket, by, said, at: correspondence.update_progress(
            ticket=ticket, by=by, text=said["text"], eta=said["eta"], at=at
        ),
        _works,
        "The update clock begins its next round once it has been accepted.",
        "The update is about to be sent.",
        sends=True,
        letter=True,
        rests=True,
    ),
    Act(
        "workaround",
        "Offer workaround",
        "Offer a workaround",
        "Send the workaround",
        "link",
        forms.WorkaroundForm,
        lambda ticket, by, said, at: correspondence.offer_workaround(
            ticket=ticket, by=by, text=said["text"], service_available=said["service_available"], at=at
        ),
        lambda now: _works(now) and not now.complaint,
        "",
        "The workaround is about to be sent.",
        sends=True,
        letter=True,
        rests=True,
    ),
    Act(
        "fix",
        "Offer fix",
        "Offer a fix for acceptance testing",
        "Send the fix",
        "tick",
        forms.FixForm,
        lambda ticket, by, said, at: correspondence.offer_fix(
            ticket=ticket, by=by, text=said["text"], cause=said["cause"], at=at
        ),
        lambda now: _works(now) and not now.complaint,
        "The resolution clock ends when it has been accepted; a rejected fix resumes it.",
        "The fix is about to be sent.",
        sends=True,
        letter=True,
        rests=True,
    ),
    Act(
        "answer",
        "Answer complaint",
        "Answer the complaint",
        "Send the answer",
        "flag",
        forms.AnswerForm,
        lambda ticket, by, said, at: correspondence.answer_complaint(
            ticket=ticket, by=by, text=said["text"], at=at
        ),
        lambda now: _works(now) and now.complaint,
        "The complaint's clock ends when the answer has been accepted.",
        "The answer is about to be sent.",
        sends=True,
        letter=True,
        rests=True,
    ),
    Act(
        "accepted",
        "Accepted",
        "Record that the fix is accepted",
        "Record",
        "tick",
        forms.AcceptForm,
        lambda ticket, by, said, at: acceptance.accept_fix(ticket=ticket, by=by, text=said["text"], at=at),
        lambda now: now.resolved,
        "",
        "Recorded: the client accepts the fix.",
        rests=True,
    ),
    Act(
        "rejected",
        "Rejected",
        "Record that the fix failed",
        "Record",
        "cross",
        forms.RejectForm,
        lambda ticket, by, said, at: acceptance.reject_fix(ticket=ticket, by=by, text=said["text"], at=at),
        lambda now: now.resolved,
        "The same resolution clock goes on; the time with the client does not count.",
        "Recorded: the clock goes on.",
        rests=True,
    ),
    Act(
        "lost",
        "Service lost again",
        "Record that the service is lost again",
        "Record",
        "over",
        forms.RejectForm,
        lambda ticket, by, said, at: acceptance.lose_service(ticket=ticket, by=by, text=said["text"], at=at),
        lambda now: now.resolved and now.verified,
        "The workaround no longer holds; the resolution clock goes on.",
        "Recorded: the clock goes on.",
        rests=True,
    ),
    Act(
        "escalate",
        "Escalate",
        "Escalate",
        "Escalate and tell the client",
        "up",
        forms.EscalateForm,
        lambda ticket, by, said, at: escalation.escalate(
            ticket=ticket, level=said["level"], by=by, reason=said["reason"], at=at
        ),
        _works,
        "The client is told of every escalation (clause 3.5).",
        "Escalated; the client is told.",
    ),
    Act(
        "third-party",
        "Third party in the way",
        "Record a third party's failure",
        "Record",
        "link",
        forms.ThirdPartyForm,
        lambda ticket, by, said, at: exclusions.begin_third_party(
            ticket=ticket, by=by, reason=said["reason"], evidence=said["evidence"], at=at
        ),
        lambda now: _works(now) and not now.third_party,
        "No clock stops; the time is shown apart, with its evidence.",
        "Recorded, with its evidence.",
        rests=True,
    ),
    Act(
        "third-party-over",
        "Third party has answered",
        "The third party has answered",
        "Record",
        "link",
        forms.EmptyForm,
        lambda ticket, by, said, at: exclusions.end_third_party(ticket=ticket, by=by, at=at),
        lambda now: now.third_party,
        "The exclusion ends now.",
        "Recorded.",
    ),
    Act(
        "force-majeure",
        "Force majeure",
        "Suspend the clocks for force majeure",
        "Suspend the clocks",
        "pause",
        forms.ReasonForm,
        lambda ticket, by, said, at: exclusions.begin_force_majeure(
            ticket=ticket, by=by, reason=said["reason"], at=at
        ),
        lambda now: _works(now) and not now.force_majeure,
        "A manager's recorded decision (clause 10). Every clock pauses until it is ended.",
        "The clocks are suspended.",
        role=StaffRole.MANAGER,
        grave=True,
        rests=True,
    ),
    Act(
        "force-majeure-over",
        "End force majeure",
        "End the suspension",
        "Let the clocks go on",
        "clock",
        forms.EmptyForm,
        lambda ticket, by, said, at: exclusions.end_force_majeure(ticket=ticket, by=by, at=at),
        lambda now: now.force_majeure,
        "The clocks go on from where they stood.",
        "The clocks go on.",
        role=StaffRole.MANAGER,
    ),
    Act(
        "close",
        "Close",
        "Close the ticket",
        "Send and close",
        "tick",
        forms.CloseForm,
        lambda ticket, by, said, at: correspondence.close(
            ticket=ticket, by=by, text=said["text"], cause=said["cause"], at=at
        ),
        lambda now: now.open and now.verified,
        "",
        "The ticket is closed. Reopen it if that was too soon.",
        letter=True,
        rests=True,
    ),
    Act(
        "reopen",
        "Reopen",
        "Reopen the ticket",
        "Reopen",
        "back",
        forms.ReasonForm,
        lambda ticket, by, said, at: actions.reopen(ticket=ticket, by=by, reason=said["reason"], at=at),
        lambda now: (now.closed or now.resolved) and not now.merged,
        "Its clocks resume where they stood.",
        "The ticket is open again.",
    ),
    Act(
        "merge",
        "Merge",
        "Merge with another ticket",
        "Merge",
        "merge",
        forms.MergeForm,
        _merge,
        lambda now: now.open and now.verified and not now.merged,
        "One closes and the other goes on, with the earlier start of both. This cannot be undone.",
        "Merged.",
        grave=True,
    ),
    Act(
        "assign",
        "Assign",
        "Assign",
        "Assign",
        "person",
        forms.AssignForm,
        lambda ticket, by, said, at: actions.assign(
            ticket=ticket, by=by, assignee=said["assignee"], team=said["team"], at=at
        ),
        lambda now: now.open,
        "",
        "Assigned.",
    ),
    Act(
        "details",
        "Details",
        "Details of the request",
        "Save",
        "file",
        forms.DetailsForm,
        _details,
        lambda now: now.open,
        "Clocks that need a description start once there is one.",
        "Saved.",
    ),
    *VERIFYING,
    *ORGANISING,
    *COMPLAINING,
)
FOLLOW_CLOCKS = (
    "severity", "ask", "progress", "workaround", "fix", "outcome", "answer", "accepted", "rejected", "lost", "escalate",
    "method", "on-site", "third-party", "third-party-over", "force-majeure", "force-majeure-over",
    "concerned", "about",
)  # fmt: skip
HOLDING = ("authorise", "attach", "ring-back", "refuse")
MASTHEAD = ("assign", "merge", "reopen", "close")
