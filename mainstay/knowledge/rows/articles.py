"""Rows of articles: what is being written, each edition that was published, their pictures and their history."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mainstay.contracts.models import Product
from mainstay.orgs.models import Organisation, Person
from mainstay.tickets.models import Ticket

LONGEST_ADDRESS = 100  # characters of the last part of an article's address


class Kind(models.TextChoices):
    """For whom an article is written."""

    GUIDE = "guide", "Guide"
    TECHNICAL = "technical", "Technical document"


class State(models.TextChoices):
    """How far the text has come that is being written. What readers see is the edition that is shown."""

    DRAFT = "draft", "Draft"
    REVIEW = "review", "In review"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Audience(models.TextChoices):
    """Who may read an article."""

    PUBLIC = "public", "Everybody"
    SIGNED_IN = "signed_in", "Clients who are signed in"
    CLIENTS = "clients", "Some clients only"


class Written(models.Model):
    """What an article says, and to whom."""

    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=300, blank=True, default="")  # in lists, and for search engines
    text = models.TextField(blank=True, default="")  # Markdown
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.GUIDE)
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+")  # none: any
    product_version = models.CharField(max_length=80, blank=True, default="")  # in people's words: '4.2 and later'
    audience = models.CharField(max_length=20, choices=Audience.choices, default=Audience.SIGNED_IN)
    organisations = models.ManyToManyField(Organisation, blank=True, related_name="+")  # for some clients only
    head = models.TextField()  # what search reads, folded (`lib.sql.make_searchable`)
    people = models.TextField(blank=True, default="")
    body = models.TextField()

    class Meta:
        abstract = True


class Article(Written):
    """An article as staff write it. Readers see `shown`, an edition, whatever becomes of the text here."""

    address = models.CharField(max_length=LONGEST_ADDRESS, unique=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    shown = models.OneToOneField("Edition", null=True, on_delete=models.PROTECT, related_name="shown_for")
    ticket = models.ForeignKey(
        Ticket, null=True, on_delete=models.SET_NULL, related_name="articles"
    )  # whose solution it began with
    writer = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )  # of the text as it stands; somebody else reviews it
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)  # when a person last said that it is right

    class Meta:
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="article_by_changed"),
            models.Index(fields=["checked_at"], name="article_by_checked", condition=Q(shown__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title


class Edition(Written):
    """One publication of an article, kept whole: written once, never changed."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField()
    files = models.JSONField(default=dict)  # name -> digest, content_type, size, width, height
    plain = models.TextField()  # what readers read of the text, for excerpts
    writer = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    published_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    alone = models.BooleanField(default=False)  # a manager published what nobody else had reviewed
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="edition_once_per_article")]

    def __str__(self) -> str:
        return f"{self.title}, edition {self.number}"


class ArticleFile(models.Model):
    """A picture or another file of the text being written, stored by digest; an edition keeps a list of its own."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)  # by which the text refers to it
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(default=0)  # of a picture
    height = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "name"], name="article_file_named_once")]


class LooseFile(models.Model):
    """What is stored under a digest that an article has named and names no longer: looked at again some time later."""

    digest = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["since"], name="loose_file_by_since")]


class FormerAddress(models.Model):
    """An address that an article had; whoever comes there is sent on."""

    address = models.CharField(max_length=LONGEST_ADDRESS, unique=True)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="former_addresses")
    since = models.DateTimeField()


class Step(models.TextChoices):
    """What somebody did with an article."""

    BEGAN = "began", "began it"
    REVIEW_ASKED = "review_asked", "asked for a review"
    SENT_BACK = "sent_back", "sent it back"
    PUBLISHED = "published", "published it"
    WITHDRAWN = "withdrawn", "withdrew it"
    RESTORED = "restored", "restored it"
    CHECKED = "checked", "found it still right"
    MOVED = "moved", "changed its address"


class ArticleStep(models.Model):
    """One thing that was done with an article. Written once, read as history."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=20, choices=Step.choices)
    note = models.CharField(max_length=1000, blank=True, default="")
    edition = models.ForeignKey(Edition, null=True, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")  # none: a command
    at = models.DateTimeField()


class EditionWord(models.Model):
    """A word of an edition: what a mistyped word is compared with, among what the reader may see."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="words")
    word = models.CharField(max_length=40)
    begins = models.CharField(max_length=2)
    ends = models.CharField(max_length=2)

    class Meta:
        indexes = [
            models.Index(fields=["begins", "word"], name="edition_word_by_beginning"),
            models.Index(fields=["ends", "word"], name="edition_word_by_end"),
        ]
        constraints = [models.UniqueConstraint(fields=["edition", "word"], name="edition_word_once")]
