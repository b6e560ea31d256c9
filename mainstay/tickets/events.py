"""The kinds of event, in the past tense, and who hears them.

Kinds that clocks listen to have the words of the agreement's vocabulary (`core.clock`); the rest tell the story.
`wiring` fills the listeners; each runs inside the transaction that wrote the events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstay.tickets.models import Event, Ticket

# Clocks listen to these.
REPORTED = "reported"
DETAILS_COMPLETED = "details_completed"
NUMBER_PROVIDED = "number_provided"
SEVERITY_PROVIDED = "severity_provided"
SEVERITY_CHANGED = "severity_changed"
WAITING_ON_CLIENT = "waiting_on_client"
CLIENT_REPLIED = "client_replied"
QUESTION_WITHDRAWN = "question_withdrawn"
WAITING_ON_THIRD_PARTY = "waiting_on_third_party"
THIRD_PARTY_REPLIED = "third_party_replied"
WORKAROUND_PROVIDED = "workaround_provided"
SERVICE_LOST = "service_lost"
FIX_PROVIDED = "fix_provided"
ACCEPTANCE_REJECTED = "acceptance_rejected"
ACCEPTED = "accepted"
RELEASE_SCHEDULED = "release_scheduled"
RELEASED = "released"
CLOSED = "closed"
REOPENED = "reopened"
COMPLAINT_RECEIVED = "complaint_received"
COMPLAINT_ANSWERED = "complaint_answered"
PROGRESS_UPDATED = "progress_updated"
MERGED = "merged"
FORCE_MAJEURE_BEGAN = "force_majeure_began"
FORCE_MAJEURE_ENDED = "force_majeure_ended"
ESCALATED = "escalated"
# These tell the story.
TERMS_APPLIED = "terms_applied"
CALENDAR_CHANGED = "calendar_changed"
MESSAGE_RECEIVED = "message_received"
AUTOMATIC_REPLY_RECORDED = "automatic_reply_recorded"
MESSAGE_WRITTEN = "message_written"
MESSAGE_DELIVERED = "message_delivered"
DELIVERY_FAILED = "delivery_failed"
NOTE_ADDED = "note_added"
SEVERITY_ASSESSED = "severity_assessed"
ASSIGNED = "assigned"
REQUESTER_AUTHORISED = "requester_authorised"
REQUESTER_REFUSED = "requester_refused"
DETAILS_SET = "details_set"
CAUSE_RECORDED = "cause_recorded"
CALL_RECORDED = "call_recorded"
KNOWN_ISSUE_LINKED = "known_issue_linked"
KNOWN_ISSUE_UNLINKED = "known_issue_unlinked"
ARTICLE_BEGUN = "article_begun"
STEP_FIRED = "step_fired"
PARTICIPANT_ADDED = "participant_added"
PARTICIPANT_ACCEPTED = "participant_accepted"
PARTICIPANT_REFUSED = "participant_refused"
PARTICIPANT_REMOVED = "participant_removed"
TAGGED = "tagged"
UNTAGGED = "untagged"
LINKED = "linked"
UNLINKED = "unlinked"
SPLIT = "split"
METHOD_AGREED = "method_agreed"
FIELD_SET = "field_set"
ON_SITE_REQUESTED = "on_site_requested"
ESCALATION_REQUESTED = "escalation_requested"
CLOSING_WITHDRAWN = "closing_withdrawn"
NOTE_WITHDRAWN = "note_withdrawn"
COMPLAINED_OF_NAMED = "complained_of_named"
COMPLAINED_OF_CLEARED = "complained_of_cleared"
COMPLAINT_ABOUT_SET = "complaint_about_set"
OUTCOME_RECORDED = "outcome_recorded"
SURVEY_SENT = "survey_sent"
SURVEY_ANSWERED = "survey_answered"

WORDS: Mapping[str, str] = {
    REPORTED: "Reported",
    DETAILS_COMPLETED: "Details completed",
    NUMBER_PROVIDED: "Reference provided to the reporter",
    SEVERITY_PROVIDED: "Severity provided to the reporter",
    SEVERITY_CHANGED: "Severity changed",
    WAITING_ON_CLIENT: "Question sent; waiting for the client",
    CLIENT_REPLIED: "Client replied",
    QUESTION_WITHDRAWN: "Question to the client withdrawn",
    WAITING_ON_THIRD_PARTY: "Waiting for a third party",
    THIRD_PARTY_REPLIED: "Third party answered",
    WORKAROUND_PROVIDED: "Workaround provided",
    SERVICE_LOST: "Service lost again",
    FIX_PROVIDED: "Fix provided for acceptance testing",
    ACCEPTANCE_REJECTED: "Fix rejected in acceptance testing",
    ACCEPTED: "Fix accepted",
    RELEASE_SCHEDULED: "Planned for a release",
    RELEASED: "Release came out",
    CLOSED: "Closed",
    REOPENED: "Reopened",
    COMPLAINT_RECEIVED: "Complaint received",
    COMPLAINT_ANSWERED: "Complaint answered",
    PROGRESS_UPDATED: "Progress update sent",
    MERGED: "Merged",
    FORCE_MAJEURE_BEGAN: "Force majeure began",
    FORCE_MAJEURE_ENDED: "Force majeure ended",
    ESCALATED: "Escalated",
    TERMS_APPLIED: "Terms applied",
    CALENDAR_CHANGED: "Calendar changed",
    MESSAGE_RECEIVED: "Message received",
    AUTOMATIC_REPLY_RECORDED: "Automatic reply recorded",
    MESSAGE_WRITTEN: "Message written",
    MESSAGE_DELIVERED: "Message accepted by the recipient's mail server",
    DELIVERY_FAILED: "Message could not be delivered",
    NOTE_ADDED: "Internal note added",
    SEVERITY_ASSESSED: "Severity assessed",
    ASSIGNED: "Assigned",
    REQUESTER_AUTHORISED: "Requester authorised",
    REQUESTER_REFUSED: "Requester refused",
    DETAILS_SET: "Details recorded",
    CAUSE_RECORDED: "Cause recorded",
    CALL_RECORDED: "Telephone call",
    KNOWN_ISSUE_LINKED: "Linked to a known issue",
    KNOWN_ISSUE_UNLINKED: "No longer linked to a known issue",
    ARTICLE_BEGUN: "Article begun from this ticket",
    STEP_FIRED: "Due step noticed",
    PARTICIPANT_ADDED: "Somebody takes part in copy",
    PARTICIPANT_ACCEPTED: "Somebody in copy accepted",
    PARTICIPANT_REFUSED: "Somebody in copy refused",
    PARTICIPANT_REMOVED: "Somebody gets no more copies",
    TAGGED: "Tagged",
    UNTAGGED: "Tag taken off",
    LINKED: "Linked",
    UNLINKED: "Link taken away",
    SPLIT: "Split",
    FIELD_SET: "Field filled in",
    METHOD_AGREED: "Method of resolution agreed",
    ON_SITE_REQUESTED: "Support on site requested",
    ESCALATION_REQUESTED: "The client asked for escalation",
    CLOSING_WITHDRAWN: "Closing taken back",
    NOTE_WITHDRAWN: "Internal note withdrawn",
    COMPLAINED_OF_NAMED: "Named as complained of",
    COMPLAINED_OF_CLEARED: "No longer complained of",
    COMPLAINT_ABOUT_SET: "Said what the complaint is about",
    OUTCOME_RECORDED: "Outcome of the complaint recorded",
    SURVEY_SENT: "Asked how the support was",
    SURVEY_ANSWERED: "Survey answered",
}


@dataclass(frozen=True, slots=True)
class Happening:
    """Something to be written to the log. `at` is when it happened; `data` holds no personal content.

    `actor` is who did it, where that is not whoever did the rest of what is written with it.
    """

    kind: str
    at: datetime
    data: Mapping[str, object] = field(default_factory=dict)
    actor: str = ""


Listener = Callable[["Ticket", "Sequence[Event]", datetime], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have `listener(ticket, events, recorded_at)` called for each append, in the order of registration."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(ticket: Ticket, events: Sequence[Event], recorded_at: datetime) -> None:
    """Call every listener. What one of them raises undoes the whole transaction: an unheard event is worse."""
    for listener in _listeners:
        listener(ticket, events, recorded_at)
