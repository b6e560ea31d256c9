"""Rows of what is being written, and by whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mainstay.orgs.models import Person, Team
from mainstay.tickets.models import Message, Tag, Ticket


class Draft(models.Model):
    """What somebody has typed and not sent. Its words are shown to them only."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="drafts")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    pane = models.CharField(max_length=10)  # reply, note, phone
    text = models.TextField()
    seen = models.PositiveBigIntegerField(default=0)  # the newest message that they had before them
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "ticket", "pane"], name="draft_once_per_pane")
        ]


class Unsent(models.Model):
    """What a client has filled into a form of the portal and not sent. It is shown to them alone.

    `ticket` is the request that it is about, empty for a new one that is about none.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=30)
    said = models.JSONField()  # the fields that hold something, by their names
    saved_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "ticket", "form"], name="unsent_once_per_form"),
            models.UniqueConstraint(
                fields=["person", "form"], condition=Q(ticket=None), name="unsent_once_without_ticket"
            ),
        ]


class Presence(models.Model):
    """An open page of a ticket. Good for as long as it says so again (`presence.EXPIRY`), and then nothing."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=32)  # which of their open pages
    typing = models.CharField(max_length=10, blank=True, default="")  # the pane they write in
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "person", "page"], name="presence_once_per_page")
        ]


class Mention(models.Model):
    """That a note names a member of staff or a team of theirs. Exactly one of `person` and `team` is filled."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    places = models.JSONField(default=list)  # where in the text: [[first character, the one after the last], ...]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "person"], name="person_mentioned_once_per_note"),
            models.UniqueConstraint(fields=["message", "team"], name="team_mentioned_once_per_note"),
            models.CheckConstraint(
                condition=Q(person__isnull=True) ^ Q(team__isnull=True), name="mention_of_a_person_or_a_team"
            ),
        ]


class Macro(models.Model):
    """A text that is put into the composer, with what shall be done to the ticket once it is sent.

    It belongs to one person, or to everybody where `owner` is empty. Deleted ones stay, so that it can be undone.
    """

    name = models.CharField(max_length=80)
    owner = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="macros")
    text = models.TextField()
    how = models.CharField(max_length=10, blank=True, default="")  # how a reply with it goes, empty: as chosen
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    takes = models.BooleanField(default=False)  # whoever sends it becomes the assignee
    tag = models.ForeignKey(Tag, null=True, on_delete=models.SET_NULL, related_name="+")
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()
    used = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
