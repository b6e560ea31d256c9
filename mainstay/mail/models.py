"""Rows of the mail ledger, the mailboxes it is fed from, the texts we send, and who gets none of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mainstay.orgs.models import Organisation, Person
from mainstay.tickets.models import Message, Ticket


class Security(models.TextChoices):
    """How the connection to a mailbox is protected. Certificates are always verified."""

    TLS = "imaps", "TLS (imaps)"
    STARTTLS = "imap+starttls", "STARTTLS"
    NONE = "imap", "None: only for a server on this machine or its own network"


class After(models.TextChoices):
    """What becomes of a message on the mail server once it is safe here. Nothing is ever deleted."""

    KEEP = "keep", "Keep it where it is"
    MOVE = "move", "Move it to another folder"


class Mailbox(models.Model):
    """A mailbox that is read. `uidvalidity` and `last_uid` are the cursor.

    Whether a mail was read by hand is no matter.
    """

    name = models.CharField(max_length=200, unique=True)
    address = models.CharField(
        max_length=254, blank=True, default=""
    )  # whose mail it takes; one of our own addresses
    security = models.CharField(max_length=20, choices=Security.choices, default=Security.TLS)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=993)
    username = models.CharField(max_length=254)
    sealed_secret = models.TextField(
        blank=True, default=""
    )  # `lib.sealed`; empty where the environment has it
    secret_from = models.CharField(
        max_length=100, blank=True, default=""
    )  # environment variable, or MAINSTAY_MAIL_IN
    folder = models.CharField(max_length=200, default="INBOX")
    after = models.CharField(max_length=10, choices=After.choices, default=After.KEEP)
    move_to = models.CharField(max_length=200, blank=True, default="")
    authserv_id = models.CharField(
        max_length=253, blank=True, default=""
    )  # whose Authentication-Results are believed
    received_by = models.JSONField(
        default=list, blank=True
    )  # host names of our own border, where they differ from it
    strips_forged = models.BooleanField(default=False)  # the provider removes results forged in its name
    max_bytes = models.PositiveBigIntegerField(default=50 * 1024 * 1024)
    paused = models.BooleanField(default=False)
    uidvalidity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    stuck_uid = models.BigIntegerField(
        null=True
    )  # a message that the server would not hand over, and how often
    stuck_tries = models.PositiveSmallIntegerField(default=0)
    last_good_fetch_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True, default="")
    last_error_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    next_try_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    owner = models.CharField(max_length=100, blank=True, default="")
    fence = models.PositiveBigIntegerField(
        default=0
    )  # grows with every lease; the cursor moves only for its holder
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return self.name


class Door(models.TextChoices):
    """The way a mail came in."""

    IMAP = "imap", "Fetched from a mailbox"
    SMTP = "smtp", "Delivered to us"


class Outcome(models.TextChoices):
    """What became of a mail. There is no other end, and each is said with its reason in words."""

    TICKET = "ticket", "New ticket"
    REPLY = "reply", "Reply on a ticket"
    HELD = "held", "Held for verification"
    AUTO_REPLY = "auto_reply", "Automatic mail"
    BOUNCE = "bounce", "Report of a failed delivery"
    REFUSED = "refused", "Refused"
    QUARANTINED = "quarantined", "Quarantined"


class RawMail(models.Model):
    """A mail's bytes exactly as the server handed them over. Two arrivals of the same bytes share them."""

    digest = models.CharField(max_length=64, primary_key=True)
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.digest


class Arrival(models.Model):
    """One line of the mail ledger: a message that a server gave us, and what became of it."""

    door = models.CharField(max_length=10, choices=Door.choices)
    mailbox = models.ForeignKey(Mailbox, null=True, on_delete=models.PROTECT, related_name="arrivals")
    uidvalidity = models.BigIntegerField(null=True)
    uid = models.BigIntegerField(null=True)
    peer = models.CharField(max_length=100, blank=True, default="")  # who delivered it to our own mail server
    envelope_from = models.CharField(max_length=320, null=True)  # empty is the null sender, NULL unknown
    envelope_to = models.JSONField(default=list, blank=True)
    received_at = models.DateTimeField()  # when our mail server took it: this is when clocks start
    recorded_at = models.DateTimeField()  # when it became durable here
    size = models.PositiveBigIntegerField()
    # Why we have no whole mail: too large, say
    fault = models.CharField(max_length=300, blank=True, default="")
    raw = models.ForeignKey(RawMail, null=True, on_delete=models.PROTECT, related_name="arrivals")
    message_id = models.CharField(max_length=998, blank=True, default="")
    # What makes it the same mail as another (`fingerprint`); of those only one is taken in.
    identity = models.CharField(max_length=64, blank=True, default="")
    sender = models.CharField(
        max_length=320, blank=True, default=""
    )  # as a person would read the From header
    subject = models.CharField(max_length=500, blank=True, default="")
    outcome = models.CharField(
        max_length=12, choices=Outcome.choices, blank=True, default=""
    )  # empty while received
    reason = models.CharField(max_length=500, blank=True, default="")
    settled_at = models.DateTimeField(null=True)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="arrivals")
    entry = models.ForeignKey(
        Message, null=True, on_delete=models.SET_NULL, related_name="+"
    )  # in its thread
    duplicate_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="duplicates")
    # When a worker looks at it next: at once, again after a failure, or when a lease runs out. NULL: settled.
    due_at = models.DateTimeField(null=True)
    leased = models.BooleanField(default=False)
    fence = models.PositiveBigIntegerField(default=0)  # grows with every lease; what settles it must match
    # Leases that ran out: the worker died, hung, or was paused.
    lost = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)  # that failed because of the mail itself
    last_error = models.CharField(max_length=500, blank=True, default="")
    discarded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "uidvalidity", "uid"], name="arrival_once_per_uid"),
            models.UniqueConstraint(
                fields=["identity"],
                condition=Q(duplicate_of=None) & ~Q(outcome__in=["", "quarantined"]) & ~Q(identity=""),
                name="arrival_taken_once",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", settled_at=None, due_at__isnull=False)
                | (~Q(outcome="") & Q(settled_at__isnull=False, due_at=None)),
                name="arrival_settled_with_an_outcome",
            ),
        ]
        indexes = [
            models.Index(
                fields=["mailbox", "due_at", "id"], name="arrival_due", condition=Q(due_at__isnull=False)
            ),
            models.Index(fields=["identity"], name="arrival_by_identity", condition=~Q(identity="")),
            models.Index(fields=["message_id"], name="arrival_by_message_id", condition=~Q(message_id="")),
            models.Index(
                fields=["-id"],
                name="arrival_quarantined",
                condition=Q(outcome="quarantined", discarded_at=None),
            ),
            models.Index(fields=["-received_at", "-id"], name="arrival_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.subject or self.message_id or self.pk} ({self.outcome or 'received'})"


class Template(models.Model):
    """Our own wording in place of a shipped text (`mail/texts`). Which names it may use is fixed per key."""

    key = models.CharField(max_length=40, unique=True)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    edited_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    edited_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class TextEdit(models.Model):
    """What somebody made of a text, or that they went back to the shipped one. Written once, read as history."""

    key = models.CharField(max_length=40)
    subject = models.CharField(max_length=200, blank=True, default="")  # empty: the shipped text again
    text = models.TextField(blank=True, default="")
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "-id"], name="text_edit_by_key")]


class SecureMail(models.Model):
    """A client who takes links only, during [since, ended_at): what we write stands in the portal and not in mail."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="secure_mail")
    may_carry = models.JSONField(default=list, blank=True)  # letters (`kinds`) that carry their words all the same
    since = models.DateTimeField()
    begun_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(ended_at=None), name="one_open_secure_mail_per_client"
            )
        ]


class Suppression(models.Model):
    """An address that mail does not reach, once it has failed hard three times (reliability class A11)."""

    address = models.CharField(max_length=254, unique=True)  # in lower case
    failures = models.PositiveSmallIntegerField(default=0)  # hard ones, in a row
    suppressed_at = models.DateTimeField(null=True)  # NULL: not yet
    reason = models.CharField(max_length=500, blank=True, default="")  # what the other server said last
    last_failed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return self.address


class AutoAnswerBudget(models.Model):
    """How many automatic answers an address had lately (reliability classes A10 and A12)."""

    address = models.CharField(max_length=254, unique=True)  # in lower case
    lately = models.JSONField(default=dict)  # of the last day: moments by what was answered
    version = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="budget_by_last")]

    def __str__(self) -> str:
        return self.address
