"""Rows of tickets, their events, and the personal content that the events refer to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from mainstay.contracts.models import Product, TermsSnapshot
from mainstay.core import reference
from mainstay.lib.rows import Remembered
from mainstay.orgs.models import Organisation, Person, Team
from mainstay.outbox.models import Letter
from mainstay.tickets.rows.allocation import Rule as Rule
from mainstay.tickets.rows.allocation import Skill as Skill
from mainstay.tickets.rows.allocation import Turn as Turn
from mainstay.tickets.rows.attention import Follow as Follow
from mainstay.tickets.rows.attention import Snooze as Snooze
from mainstay.tickets.rows.complaints import ComplainedOf as ComplainedOf
from mainstay.tickets.rows.complaints import ComplaintOutcome as ComplaintOutcome
from mainstay.tickets.rows.complaints import Finding as Finding
from mainstay.tickets.rows.diagnostics import DiagnosticRequest as DiagnosticRequest
from mainstay.tickets.rows.fields import Field as Field
from mainstay.tickets.rows.fields import FieldValue as FieldValue
from mainstay.tickets.rows.links import Carried as Carried
from mainstay.tickets.rows.links import Link as Link
from mainstay.tickets.rows.submissions import Submission as Submission
from mainstay.tickets.rows.tags import Tag as Tag
from mainstay.tickets.rows.tags import TagChoice as TagChoice
from mainstay.tickets.rows.tags import Tagging as Tagging

FIRST_NUMBER = (
    100_000  # six digits from the first ticket on: read over the telephone, they never grow by surprise
)


class State(models.TextChoices):
    """The fixed categories. 'Escalated' and 'breached' are facts about clocks, never states."""

    NEW = "new", "New"
    OPEN = "open", "Open"
    WAITING_CLIENT = "waiting_client", "Waiting for client"
    RESOLVED = "resolved", "Resolved"
    CLOSED = "closed", "Closed"


OPEN_STATES = (State.NEW, State.OPEN, State.WAITING_CLIENT, State.RESOLVED)


class Kind(models.TextChoices):
    """What sort of request a ticket is."""

    INCIDENT = "incident", "Incident"
    QUESTION = "question", "Question"
    SERVICE_REQUEST = "service_request", "Service request"
    COMPLAINT = "complaint", "Complaint"


class Verification(models.TextChoices):
    """Whether the requester is known to be authorised (pack, clause 3.2)."""

    VERIFIED = "verified", "Verified"
    HELD = "held", "Held for verification"
    REFUSED = "refused", "Refused"


class Cause(models.TextChoices):
    """Why it happened (pack, clause 3.4)."""

    KNOWN_ISSUE = "known_issue", "Known issue"
    USE = "use", "Installation or use"
    SOFTWARE = "software", "Software or service"
    THIRD_PARTY = "third_party", "Third party"
    NO_FAULT = "no_fault", "No fault found"


class Ticket(Remembered):
    """One request. Its state is what its events made of it; the terms are those in force when it was reported."""

    prefix = models.CharField(max_length=5)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.INCIDENT)
    channel = models.CharField(max_length=10)  # mail, phone, portal, api
    subject = models.CharField(max_length=500)
    state = models.CharField(max_length=20, choices=State.choices, default=State.NEW)
    verification = models.CharField(max_length=10, choices=Verification.choices)
    verification_reason = models.CharField(max_length=300, blank=True, default="")
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="tickets"
    )
    requester = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="requested_tickets"
    )
    requester_name = models.CharField(max_length=200)
    requester_address = models.CharField(max_length=254)
    requester_role = models.CharField(max_length=120, blank=True, default="")
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+")
    terms = models.ForeignKey(TermsSnapshot, on_delete=models.PROTECT, related_name="+")
    claimed_urgency = models.CharField(
        max_length=10, blank=True, default=""
    )  # the requester's own assessment
    claimed_impact = models.CharField(max_length=10, blank=True, default="")
    claimed_severity = models.PositiveSmallIntegerField(null=True)
    severity = models.PositiveSmallIntegerField(null=True)  # confirmed by a person, whether or not yet sent
    missing = models.JSONField(
        default=list, blank=True
    )  # of organisation, role, description: still to be asked for
    offered_as_complaint = models.BooleanField(default=False)
    cause = models.CharField(max_length=20, choices=Cause.choices, blank=True, default="")
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="tickets")
    assignee = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="assigned_tickets"
    )
    escalation_level = models.CharField(max_length=40, blank=True, default="")
    about = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="complaints")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    unanswered_since = models.DateTimeField(
        null=True
    )  # the oldest client message that no person has answered
    reported_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    last_number = models.PositiveIntegerField(default=0)  # of the newest event
    last_digest = models.CharField(max_length=64, blank=True, default="")

    known_history: list[Event] | None = None  # of this instance; `log.history` fills it
    in_hand: int = 0  # above zero while listeners are being told: this instance is locked and current

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-reported_at"], name="ticket_by_organisation"),
            models.Index(fields=["-reported_at", "-id"], name="ticket_by_reported"),
            models.Index(
                fields=["verification", "state"], name="ticket_held", condition=Q(verification=Verification.HELD)
            ),
            # What the list can be narrowed to; the state behind it keeps closed tickets out of the way.
            models.Index(fields=["assignee", "state"], name="ticket_by_assignee"),
            models.Index(fields=["team", "state"], name="ticket_by_team"),
            models.Index(fields=["organisation", "state"], name="ticket_by_client"),
            models.Index(fields=["product", "state"], name="ticket_by_product"),
            models.Index(fields=["severity", "state"], name="ticket_by_severity"),
            models.Index(fields=["kind", "state"], name="ticket_by_kind"),
            models.Index(fields=["escalation_level", "state"], name="ticket_by_level"),
            models.Index(fields=["-changed_at", "-id"], name="ticket_by_changed"),
            models.Index(
                fields=["-changed_at", "-id"], name="ticket_closed_by_changed", condition=Q(closed_at__isnull=False)
            ),
            models.Index(fields=["requester_address"], name="ticket_by_address"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def number(self) -> int:
        """The number in the reference; never reused, because neither engine reuses its keys."""
        return FIRST_NUMBER + int(self.pk)

    @property
    def reference(self) -> str:
        """The reference with its check digit, such as `MST-100042-7` (pack, clause 3.3)."""
        return reference.make(self.prefix, self.number)

    @property
    def verified(self) -> bool:
        """Whether the requester is authorised, so that something about the organisation may be disclosed."""
        return self.verification == Verification.VERIFIED


class Event(models.Model):
    """What happened, append-only: the database refuses change and removal (see the migrations)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()  # when it happened
    recorded_at = models.DateTimeField()  # when we wrote it down
    actor = models.CharField(max_length=80)  # person:12, address digest, or the name of a duty
    payload = models.JSONField()
    previous = models.CharField(max_length=64)  # digest of the event before, empty for the first
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "number"], name="event_number_unique_per_ticket")
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.number}"


class Direction(models.TextChoices):
    """Which way a message went."""

    IN = "in", "From the client"
    OUT = "out", "To the client"
    NOTE = "note", "Internal note"


class Message(models.Model):
    """One entry of a ticket's thread: personal content, referred to by the log through `digest`."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=5, choices=Direction.choices)
    channel = models.CharField(max_length=10)  # mail, phone, console, portal, api
    purpose = models.CharField(
        max_length=40, blank=True, default=""
    )  # acknowledgement, severity_confirmation, ...
    automatic = models.BooleanField(default=False)  # written by a machine: theirs (out of office) or ours
    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=200, blank=True, default="")
    author_address = models.CharField(max_length=254, blank=True, default="")
    recipients = models.JSONField(default=list, blank=True)
    subject = models.CharField(max_length=1000, blank=True, default="")
    text = models.TextField(blank=True, default="")
    html = models.TextField(blank=True, default="")  # sanitised; shown in a sandboxed frame
    notes = models.JSONField(default=list, blank=True)  # warnings for staff: failed checks, parts not read
    at = models.DateTimeField()
    message_id = models.CharField(max_length=998, blank=True, default="")
    in_reply_to = models.CharField(max_length=998, blank=True, default="")
    letter = models.ForeignKey(Letter, null=True, on_delete=models.SET_NULL, related_name="messages")
    effect = models.JSONField(
        default=dict, blank=True
    )  # what the log shall say once the peer has accepted it
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "at", "id"], name="message_thread"),
            models.Index(fields=["message_id"], name="message_by_message_id", condition=~Q(message_id="")),
            models.Index(fields=["letter"], name="message_by_letter"),
        ]


class Attachment(models.Model):
    """A file of a message, stored by digest outside the web root (`mainstay.lib.files`)."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    content_id = models.CharField(max_length=250, blank=True, default="")
    inline = models.BooleanField(default=False)


class Participant(models.Model):
    """An address that takes part in a ticket. Outsiders in copy get nothing until somebody accepts them.

    Accepted by the word of nobody is a colleague whom another one's mail brought in: they get copies, and see no page.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="participants")
    address = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True, default="")
    accepted = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)  # not accepted and decided on: refused, or removed

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "address"], name="participant_once_per_ticket")
        ]
        indexes = [models.Index(fields=["address"], name="participant_by_address")]


class Exclusion(models.Model):
    """Time that a third party or an act beyond control took, with its evidence (pack, clauses 3.4 and 10)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="exclusions")
    kind = models.CharField(max_length=20)  # third_party, force_majeure
    reason = models.TextField()
    evidence = models.TextField(blank=True, default="")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")


class Passage(models.Model):
    """What search finds: one row for each ticket and one for each of its messages, in folded words (`core.words`).

    A projection: `passages` writes it in the transaction of what it tells of, and can write all of it anew.
    """

    class Source(models.TextChoices):
        """What it was made of. Only staff ever see or count what was made of a note (class C3)."""

        ABOUT = "about", "The ticket"
        IN = "in", "Client's message"
        OUT = "out", "Our reply"
        NOTE = "note", "Internal note"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="passages")
    message = models.OneToOneField(Message, null=True, on_delete=models.CASCADE, related_name="passage")
    source = models.CharField(max_length=5, choices=Source.choices)
    at = models.DateTimeField()  # of the message; of the report for the ticket's own
    head = models.TextField()  # subject, reference, and whose it is: the same for all of a ticket
    people = models.TextField()  # who asked, wrote, or got it
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(message=None), name="one_own_passage_per_ticket"
            )
        ]


DEFAULT_PREFIX: str = settings.REFERENCE_PREFIX
