"""Articles as the desk keeps them: in every state, with what was done with each and where something is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from mainstay.core import asking
from mainstay.core.differing import Line, differences
from mainstay.knowledge.articles import Content
from mainstay.knowledge.impersonal import impersonal
from mainstay.knowledge.models import Article, ArticleStep, Edition, Vain, Vote
from mainstay.knowledge.rows.articles import State
from mainstay.lib import sql
from mainstay.orgs.access import works_the_desk
from mainstay.orgs.models import Person
from mainstay.tickets.models import Direction, Message, Ticket
from mainstay.tickets.models import State as TicketState

LONG = timedelta(days=365)  # after which somebody should look whether an article is still right
MOST = 100  # lines of a list of gaps
SOLVING = ("workaround", "fix", "answer")  # purposes of letters that say how a request was solved


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of articles is narrowed to; '' where it is not."""

    text: str = ""
    state: str = ""
    product: str = ""
    audience: str = ""
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Gaps:
    """Where readers miss something."""

    votes: list[Vote]
    vain: list[Vain]
    old: list[Article]

    @property
    def number(self) -> int:
        """How many there are."""
        return len(self.votes) + len(self.vain) + len(self.old)


def kept_articles(person: Person) -> QuerySet[Article]:
    """Return the articles that `person` may see in every state: staff all, nobody else any."""
    return Article.objects.all() if works_the_desk(person) else Article.objects.none()


def articles(person: Person, asked: Asked) -> QuerySet[Article]:
    """Return articles, the one changed last first. `after` is the one at the end of the page before."""
    found = kept_articles(person).select_related("product", "writer", "shown")
    if asked.state:
        found = found.filter(state=asked.state)
    if asked.audience:
        found = found.filter(audience=asked.audience)
    if asked.product:
        found = found.filter(Q(product__key=asked.product) | Q(product=None))
    if asked.after is not None:
        found = found.filter(_below(asked.after))
    if asked.text.strip():
        terms = asking.read(asked.text, operators=(), typing=True).terms
        found = sql.matching(found, terms) if terms else found.none()
    return found.order_by("-changed_at", "-pk")


def _below(after: int) -> Q:
    changed_at = Article.objects.filter(pk=after).values_list("changed_at", flat=True).first()
    return Q() if changed_at is None else Q(changed_at__lt=changed_at) | Q(changed_at=changed_at, pk__lt=after)


def history(article: Article) -> list[ArticleStep]:
    """Return what was done with an article, the newest first."""
    return list(article.steps.select_related("by", "edition").order_by("-at", "-pk")[:200])


def edition_of(article: Article, number: int) -> Edition | None:
    """Return one edition of an article, with the product it is about and who published it."""
    found = article.editions.select_related("product", "writer", "published_by")
    return found.filter(number=number).first()


def changes_in(edition: Edition) -> list[Line]:
    """Return what an edition says that the one before did not, and the other way round; of the first, all of it."""
    before = Edition.objects.filter(article=edition.article_id, number__lt=edition.number).order_by("-number").first()
    return differences(_whole(before) if before else "", _whole(edition))


def changes_since_shown(article: Article) -> list[Line]:
    """Return what the text being written says that readers do not see yet; nothing before its first edition."""
    return differences(_whole(article.shown), _whole(article)) if article.shown else []


def _whole(one: Article | Edition) -> str:
    """Return all that readers would see of it as lines, so that a change of audience is a difference too."""
    clients = ", ".join(sorted(organisation.name for organisation in one.organisations.all()))
    facts = [
        f"Title: {one.title}",
        f"Summary: {one.summary}",
        f"Kind: {one.get_kind_display()}",
        f"Product: {one.product.name if one.product else 'any'} {one.product_version}".rstrip(),
        f"Readers: {one.get_audience_display()}{': ' + clients if clients else ''}",
    ]
    return "\n".join([*facts, "", one.text])


def waiting_for(person: Person) -> int:
    """Return how many articles wait for a review by somebody like `person`."""
    return kept_articles(person).filter(state=State.REVIEW).exclude(writer=person).count()


def gaps(person: Person, *, at: datetime) -> Gaps:
    """Return where readers miss something: three queries, each for at most so many lines."""
    if not works_the_desk(person):
        return Gaps([], [], [])
    votes = Vote.objects.filter(helped=False, settled_at=None, edition__shown_for__isnull=False)
    old = kept_articles(person).filter(shown__isnull=False, checked_at__lt=at - LONG)
    return Gaps(
        votes=list(votes.select_related("edition__article").order_by("-at", "-pk")[:MOST]),
        vain=list(Vain.objects.filter(settled_at=None).order_by("-times", "-last_at", "pk")[:MOST]),
        old=list(old.select_related("product").order_by("checked_at", "pk")[:MOST]),
    )


def helped(article: Article) -> tuple[int, int]:
    """Return how many readers of an article's editions it helped, and how many it did not."""
    found = Vote.objects.filter(edition__article=article)
    told = found.aggregate(yes=Count("pk", filter=Q(helped=True)), no=Count("pk", filter=Q(helped=False)))
    return told["yes"], told["no"]


def solution_of(ticket: Ticket) -> Message | None:
    """Return our last letter that says how a request was solved, None where there is none yet."""
    ours = ticket.messages.filter(direction=Direction.OUT, automatic=False)
    return ours.filter(purpose__in=SOLVING).order_by("-at", "-pk").first()


def is_solved(ticket: Ticket) -> bool:
    """Whether a letter of ours says how a request was solved. No query for one that nobody has begun with."""
    return ticket.state != TicketState.NEW and solution_of(ticket) is not None


def about(ticket: Ticket, person: Person) -> list[Article]:
    """Return the articles that began with the solution of a ticket, which the caller may see."""
    if ticket.state == TicketState.NEW:
        return []
    found = kept_articles(person).filter(ticket=ticket).select_related("product", "writer")
    return list(found.order_by("pk")[:20])


def begun_by(ticket: Ticket) -> Content:
    """Return what an article made of a request's solution begins with, without what we know to be somebody's own.

    The client's words go into no article: the symptoms are for whoever writes to say. Three queries.
    """
    letter = solution_of(ticket)
    names = {ticket.requester_name, *ticket.participants.values_list("name", flat=True)}
    names |= set(ticket.messages.values_list("author_name", flat=True))
    organisations = [ticket.organisation.name] if ticket.organisation else []
    names.discard("")

    def clean(text: str) -> str:
        return impersonal(text, names=names, organisations=organisations)

    text = f"## What to do\n\n{clean(letter.text)}\n" if letter else ""
    return Content(title=clean(ticket.subject)[:200] or "New article", text=text, product=ticket.product)
