"""The rows of the outbox: letters, and the state of the way they leave by."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

SEALED = ("account", "invitation", "sign_in", "new_password")


class Letter(models.Model):
    """One mail that leaves. Its first recipient is whom it is for; the others get copies."""

    class State(models.TextChoices):
        QUEUED = "queued"
        LEASED = "leased"
        ACCEPTED = "accepted"
        FAILED = "failed"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=100, blank=True)  # a key of the caller's, such as "ticket:12"
    sender = models.CharField(max_length=320, blank=True)  # envelope; empty is the null sender `<>`
    recipients = models.JSONField()  # envelope: a list of addresses, sent to exactly as they stand here
    message_id = models.CharField(max_length=255, unique=True)  # in angle brackets; a repeat has the same
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    hold_until = models.DateTimeField(null=True)  # not before; gives undo
    # When a worker looks at this row next: the next try of a queued letter, the end of a leased one's lease,
    # NULL when nothing more is to be done.
    next_attempt_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveBigIntegerField(default=0)  # grows with every lease; writes must match
    owner = models.CharField(max_length=100, blank=True)
    last_error = models.TextField(blank=True)
    # address -> {"state", "code", "answer", "at"}, see `settle`; one that was not tried yet is not there.
    results = models.JSONField(default=dict)
    peer_answer = models.TextField(blank=True)  # what the server said when it took the letter
    created_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)  # the first recipient's server has taken it
    failed_at = models.DateTimeField(null=True)  # the first recipient will not get it
    withdrawn_at = models.DateTimeField(null=True)
    # Ends that were recorded but that a listener could not take in yet; told again until it does.
    untold = models.JSONField(default=list)
    untold_error = models.TextField(blank=True)
    tell_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "leased"], next_attempt_at__isnull=False)
                | Q(state__in=["accepted", "failed", "withdrawn"], next_attempt_at__isnull=True),
                name="letter_due_while_live",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(next_attempt_at__isnull=False),
                name="letter_due",
            ),
            models.Index(fields=["tell_at"], condition=Q(tell_at__isnull=False), name="letter_untold"),
            models.Index(fields=["failed_at"], condition=Q(failed_at__isnull=False), name="letter_failed"),
            models.Index(fields=["about", "created_at"], name="letter_about"),
            models.Index(fields=["-created_at", "-id"], name="letter_newest"),
            models.Index(fields=["state", "-created_at", "-id"], name="letter_state_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id} {self.state}"

    @property
    def sealed(self) -> bool:
        """Whether it carries a key that is its recipient's alone: whoever reads it could sign in as they."""
        return self.kind in SEALED

    @property
    def body(self) -> bytes:
        """The complete letter, RFC 5322, CRLF, as it goes to the server. Causes a query the first time."""
        return bytes(self.text.data)


class LetterText(models.Model):
    """The bytes of a letter, apart from the row that changes with every try: SQLite rewrites rows whole."""

    letter = models.OneToOneField(Letter, models.CASCADE, primary_key=True, related_name="text")
    data = models.BinaryField()

    def __str__(self) -> str:
        return str(self.letter_id)


class Channel(models.Model):
    """The way out: one row per configured server. A fault of the server is no fault of the letters."""

    name = models.CharField(max_length=100, primary_key=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    paused_until = models.DateTimeField(null=True)  # no worker connects before
    reason = models.TextField(blank=True)  # why, in words for a person
    failing_since = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} paused until {self.paused_until}" if self.paused_until else self.name
