"""Rows of calls, what was done in them, call-backs, and what a telephone system reported."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from mainstay.lib import telephone
from mainstay.orgs.models import Organisation, Person
from mainstay.tickets.models import Ticket


class State(models.TextChoices):
    """Where a call stands."""

    RINGING = "ringing", "Ringing"
    RUNNING = "running", "Running"
    ENDED = "ended", "Ended"
    MISSED = "missed", "Missed"


class Direction(models.TextChoices):
    """Who rang whom."""

    IN = "in", "They rang"
    OUT = "out", "We rang"


class Did(models.TextChoices):
    """What can be done in a call. Of several, the call's outcome is the one that stands first here."""

    NEW_TICKET = "new_ticket", "New ticket"
    NOT_AUTHORISED = "not_authorised", "Held for verification"
    ANSWER = "answer", "Took the client's answer"
    CALL_BACK = "call_back", "Promised a call back"
    READ_SEVERITY = "read_severity", "Read out reference and severity"
    READ_REFERENCE = "read_reference", "Read out the reference"
    NOTE = "note", "Note on a ticket"


class Call(models.Model):
    """One telephone call, kept for ever. `number` and `caller_name` are what was shown and said: they prove nothing."""

    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.IN)
    state = models.CharField(max_length=10, choices=State.choices)
    number = models.CharField(max_length=20, blank=True, default="")  # E.164; empty: withheld or not known
    caller_name = models.CharField(max_length=200, blank=True, default="")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="calls")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="calls")
    answered_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="answered_calls"
    )
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="calls")  # in hand
    outcome = models.CharField(max_length=20, choices=Did.choices, blank=True, default="")
    began_at = models.DateTimeField()  # when it rang, or was answered where nobody knows when it rang
    started_at = models.DateTimeField(null=True)  # answered
    ended_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    external_id = models.CharField(max_length=200, blank=True, default="")  # the telephone system's own name for it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], condition=~Q(external_id=""), name="call_once_per_external_id"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("began_at")), name="call_ends_after_it_began"
            ),
        ]
        indexes = [
            models.Index(fields=["-began_at", "-id"], name="call_by_moment"),
            models.Index(fields=["person", "-began_at"], name="call_by_person"),
            models.Index(fields=["organisation", "-began_at"], name="call_by_organisation"),
            models.Index(fields=["answered_by"], name="call_running", condition=Q(state="running")),
            models.Index(fields=["-began_at", "-id"], name="call_missed", condition=Q(state="missed")),
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"

    @property
    def who(self) -> str:
        """Who rang, as far as is known: a person, a name that was said, a number, or nobody knows."""
        name = self.person.name if self.person else self.caller_name
        return name or telephone.shown(self.number) or "Unknown caller"

    @property
    def lasted(self) -> timedelta | None:
        """How long was spoken; None while it runs, and where nobody answered."""
        return self.ended_at - self.started_at if self.ended_at and self.started_at else None

    def lasts(self, at: datetime) -> timedelta:
        """How long has been spoken by `at`."""
        return max((self.ended_at or at) - (self.started_at or self.began_at), timedelta())


class Act(models.Model):
    """One thing done in a call, never changed: what it was, to which ticket, by whom and when."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="acts")
    did = models.CharField(max_length=20, choices=Did.choices)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="+")
    severity = models.PositiveSmallIntegerField(null=True)  # that was read out
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()


class CallBack(models.Model):
    """A promise to ring somebody back, or a missed call that wants it. It stays open until a person is done with it."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="call_backs")
    missed = models.BooleanField(default=False)  # nobody promised it: the call was missed
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="call_backs")
    number = models.CharField(max_length=20, blank=True, default="")  # E.164
    text = models.CharField(max_length=500, blank=True, default="")
    keeper = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="call_backs"
    )  # who rings; none: the first line
    due_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)  # when somebody has to be reminded next; none: no more
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="call_back_next", condition=Q(next_at__isnull=False)),
            models.Index(fields=["due_at", "id"], name="call_back_open", condition=Q(done_at=None)),
        ]

    @property
    def about(self) -> str:
        """How a notice names it."""
        return f"call_back:{self.pk}"


class Report(models.Model):
    """One message of a telephone system, by its own id, so that one sent twice is taken once."""

    webhook_id = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    call = models.ForeignKey(Call, null=True, on_delete=models.PROTECT, related_name="reports")
    at = models.DateTimeField()  # when it happened, as the system says
    received_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True, default="")  # what was wrong with it, if anything was

    class Meta:
        indexes = [models.Index(fields=["-received_at"], name="report_unread", condition=~Q(note=""))]
