"""Events: what can happen to a ticket, as far as promises are concerned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from mainstay.core.worktime import NaiveMoment

KINDS = (
    "reported", "details_completed", "number_provided", "severity_assessed", "severity_provided",
    "severity_changed",
    "waiting_on_client", "client_replied", "question_withdrawn", "waiting_on_third_party",
    "third_party_replied", "workaround_provided", "service_lost", "fix_provided", "acceptance_rejected",
    "accepted", "closed", "reopened", "release_scheduled", "released", "complaint_received",
    "complaint_answered", "progress_updated", "merged", "force_majeure_began", "force_majeure_ended",
    "escalated",
)  # fmt: skip

# These only do what they say if this part of their data is true: a workaround without the service is no end,
# nor is one question taken back while another waits.
CONDITIONS = {
    "workaround_provided": "service_available",
    "released": "includes_fix",
    "question_withdrawn": "last",
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a ticket: `kind` in the past tense, `ref` unique within the ticket.

    `at` is aware, any zone; it is turned to UTC and read down to its whole second. Events of the same second
    count in the order they are given, which should be the order they were recorded in. Kinds that are not in
    KINDS are ignored by every clock. What `data` may hold, besides anything else:

    reported             urgency, impact ("high", "medium", "low"); severity (the requester's own assessment);
                         details_complete (false: a clock that needs details waits for details_completed;
                         true: details_completed has no effect)
    details_completed    urgency, impact, severity: the requester's own assessment, where it came with the details
    severity_assessed    severity: what a person made of it, in force until the client is told one
    severity_provided    severity
    severity_changed     severity, or `to`
    question_withdrawn   last (no other question waits for an answer)
    workaround_provided  service_available
    release_scheduled    release_at (an aware datetime or ISO 8601 text, or None: withdrawn); release (its
                         name: only a release that is named can be moved)
    released             includes_fix; release
    merged               on the ticket that goes: into (the reference of the other); on the one that stays:
                         reference, and of the other ticket reported_at (from which its response clock ran)
                         and, if it was answered, responded_at and severity
    """

    kind: str
    at: datetime
    data: Mapping[str, object] = field(default_factory=dict)
    ref: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is not UTC or self.at.microsecond:
            object.__setattr__(self, "at", whole_second(self.at))

    def counts(self) -> bool:
        """Say whether this does what its kind says: see CONDITIONS."""
        condition = CONDITIONS.get(self.kind)
        return condition is None or self.data.get(condition) is True

    def moment(self, key: str) -> datetime | None:
        """Return the moment at `key`, given as an aware datetime or ISO 8601 text; None for neither."""
        value = self.data.get(key)
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        return whole_second(value) if isinstance(value, datetime) else None


def whole_second(at: datetime) -> datetime:
    """Return the instant in UTC, read down to its whole second. Raises NaiveMoment where `at` has no zone."""
    if at.tzinfo is None:
        raise NaiveMoment(at)
    return at.astimezone(UTC).replace(microsecond=0)
