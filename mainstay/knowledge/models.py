"""Rows of known issues, their changes, and the tickets that are about them. The rows of articles are in `rows`."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mainstay.contracts.models import Product
from mainstay.knowledge.rows.articles import Article as Article
from mainstay.knowledge.rows.articles import ArticleFile as ArticleFile
from mainstay.knowledge.rows.articles import ArticleStep as ArticleStep
from mainstay.knowledge.rows.articles import Edition as Edition
from mainstay.knowledge.rows.articles import EditionWord as EditionWord
from mainstay.knowledge.rows.articles import FormerAddress as FormerAddress
from mainstay.knowledge.rows.articles import LooseFile as LooseFile
from mainstay.knowledge.rows.readers import Vain as Vain
from mainstay.knowledge.rows.readers import Vote as Vote
from mainstay.mail.telling import Hearer
from mainstay.orgs.models import Person
from mainstay.releases.models import Release
from mainstay.tickets.models import Ticket


class Status(models.TextChoices):
    """How far an issue has come."""

    INVESTIGATING = "investigating", "Investigating"
    WORKAROUND = "workaround", "Workaround"
    PLANNED = "planned", "Fix planned"
    FIXED = "fixed", "Fixed in a release"


class KnownIssue(models.Model):
    """Something that is wrong for more than one client. Workaround and solution are worded for clients to read."""

    title = models.CharField(max_length=200)
    products = models.ManyToManyField(Product, related_name="known_issues", blank=True)  # none: any
    symptoms = models.TextField()  # in the words that clients use, because that is how it is found
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.INVESTIGATING)
    release = models.CharField(max_length=80, blank=True, default="")  # planned for, or fixed in, in words
    fixed_in = models.ForeignKey(Release, null=True, on_delete=models.SET_NULL, related_name="known_issues")
    versions = models.CharField(max_length=200, blank=True, default="")  # affected, in words: '4.2 and 4.3'
    published_at = models.DateTimeField(null=True)  # since when clients see it; None: they do not
    workaround = models.TextField(blank=True, default="")
    solution = models.TextField(blank=True, default="")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()
    head = models.TextField()  # what search reads, folded (`lib.sql.make_searchable`)
    people = models.TextField(blank=True, default="")
    body = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["-changed_at", "-id"], name="known_issue_by_changed")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What people call it: `KI-12`."""
        return f"KI-{self.pk}"


class IssueChange(models.Model):
    """One change of an issue: what was there before and after it, by field. Written once, read as history."""

    issue = models.ForeignKey(KnownIssue, on_delete=models.CASCADE, related_name="changes")
    fields = models.JSONField()  # name -> [before, after]; empty where the issue was added
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()


class IssueLink(models.Model):
    """That a ticket is about an issue, since when and by whom; one that was taken away keeps its end."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="issue_links")
    issue = models.ForeignKey(KnownIssue, on_delete=models.PROTECT, related_name="links")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "ticket"], condition=Q(ended_at=None), name="issue_linked_once_at_a_time"
            )
        ]


class News(models.Model):
    """News of an issue, worded for clients: what it says on its page, and in a letter to whoever asked about it.

    Written once; `status` and `release` are what they were then.
    """

    issue = models.ForeignKey(KnownIssue, on_delete=models.CASCADE, related_name="news")
    text = models.TextField()
    standing = models.CharField(max_length=200)  # how far it had come, as a sentence
    tells = models.BooleanField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class Reader(Hearer):
    """One linked request whose requester is told of news."""

    news = models.ForeignKey(News, on_delete=models.CASCADE, related_name="readers")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["news", "ticket"], name="reader_once_per_news")]
