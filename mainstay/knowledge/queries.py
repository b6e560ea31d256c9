"""Reads of known issues: by words, by likeness to what is being typed (articles too), by ticket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, Q, QuerySet, When

from mainstay.contracts.models import Product
from mainstay.core import asking
from mainstay.core.asking import Term
from mainstay.core.words import enough, holds, telling
from mainstay.knowledge import hub
from mainstay.knowledge.models import Edition, IssueLink, KnownIssue, Status
from mainstay.lib import sql
from mainstay.orgs.access import works_the_desk
from mainstay.orgs.models import Person
from mainstay.releases.queries import clients_of, products_of
from mainstay.tickets.access import visible_tickets
from mainstay.tickets.models import Ticket

CANDIDATES = 200
MOST_ABOUT = 20  # issues that a product's page lists
MOST_TICKETS = 200  # that an issue's page lists


def visible_issues(person: Person, *, at: datetime) -> QuerySet[KnownIssue]:
    """Return the issues that `person` may see at `at`.

    Staff see all; a client those that are published, about any product or about one in its contracts in force.
    """
    if works_the_desk(person):
        return KnownIssue.objects.all()
    clients = clients_of(person, at=at)
    if not clients:
        return KnownIssue.objects.none()
    mine = KnownIssue.objects.filter(products__in=products_of(clients, at=at))
    return KnownIssue.objects.filter(Q(products=None) | Q(pk__in=mine), published_at__lte=at)


def issues(
    person: Person, *, at: datetime, text: str = "", status: str = "", product: str = "", after: int | None = None
) -> QuerySet[KnownIssue]:
    """Return issues that hold all words of `text`, the one changed last first, with how many tickets each has.

    `product` is a key: an issue without products is about any. `after` is the issue at the end of the page before.
    """
    found = visible_issues(person, at=at)
    if status:
        found = found.filter(status=status)
    if product:
        found = found.filter(Q(products=None) | Q(pk__in=KnownIssue.objects.filter(products__key=product)))
    if after is not None:
        found = found.filter(_below(after))
    if text.strip():
        asked = asking.read(text, operators=(), typing=True)
        found = sql.matching(found, asked.terms) if asked.terms else found.none()
    linked = Count("links", filter=Q(links__ended_at=None))
    return found.annotate(tickets=linked).order_by("-changed_at", "-pk")


def shown_issues(person: Person | None, *, at: datetime) -> QuerySet[KnownIssue]:
    """Return the issues that a reader of the Support Hub sees: published ones alone, and without signing in none."""
    if person is None:
        return KnownIssue.objects.none()
    return visible_issues(person, at=at).filter(published_at__lte=at)


def issues_about(person: Person | None, product: Product | None, *, at: datetime) -> list[KnownIssue]:
    """Return what readers see to be wrong with a product, or without one with any; what is fixed comes last."""
    about = Q(products=None)
    if product is not None:
        about |= Q(pk__in=KnownIssue.objects.filter(products=product))
    rows = shown_issues(person, at=at).filter(about).select_related("fixed_in__product").prefetch_related("products")
    fixed_last = Case(When(status=Status.FIXED, then=1), default=0)
    return list(rows.order_by(fixed_last, "-changed_at", "-pk")[:MOST_ABOUT])


def unsolved(person: Person | None, *, at: datetime) -> list[tuple[Product, int]]:
    """Return how many issues that are not fixed readers see of each product: a client of those that it has."""
    if person is None:
        return []
    shown = shown_issues(person, at=at).exclude(status=Status.FIXED).values("pk")
    rows = KnownIssue.products.through.objects.filter(knownissue__in=shown)
    if not works_the_desk(person):
        rows = rows.filter(product__in=products_of(clients_of(person, at=at), at=at))
    numbers = dict(rows.values_list("product").annotate(number=Count("pk")).order_by())
    return [(one, numbers[one.pk]) for one in Product.objects.filter(pk__in=numbers)] if numbers else []


def _below(after: int) -> Q:
    changed_at = KnownIssue.objects.filter(pk=after).values_list("changed_at", flat=True).first()
    return Q() if changed_at is None else Q(changed_at__lt=changed_at) | Q(changed_at=changed_at, pk__lt=after)


def like(person: Person, subject: str, *, at: datetime, but: Sequence[int] = (), limit: int = 4) -> list[KnownIssue]:
    """Return the issues that have most of the telling words of `subject`; half of them is the least."""
    words = telling(subject)
    if not words:
        return []
    terms = [Term((word,), prefix=word == words[-1]) for word in words]
    rows = sql.matching(visible_issues(person, at=at).exclude(pk__in=but), terms, least=2)[:CANDIDATES]

    def likeness(issue: KnownIssue) -> tuple[int, int, int]:
        return 2 * holds(issue.head, words) + holds(issue.body, words), issue.status != Status.INVESTIGATING, issue.pk

    likely = [one for one in rows if holds(f"{one.head} {one.body}", words) >= enough(words)]
    return sorted(likely, key=likeness, reverse=True)[:limit]


def linked_to(ticket: Ticket) -> list[KnownIssue]:
    """Return the issues that a ticket, which the caller may see, is about."""
    now = Q(links__ticket=ticket, links__ended_at=None)
    return list(KnownIssue.objects.filter(now).order_by("links__at", "pk"))


def is_about_a_known_issue(ticket: Ticket) -> bool:
    """Whether any issue is linked to `ticket`, so that this is offered as its cause."""
    return IssueLink.objects.filter(ticket=ticket, ended_at=None).exists()


def tickets_about(issue: KnownIssue, person: Person, *, at: datetime) -> list[IssueLink]:
    """Return the links from tickets that `person` may see, the newest first."""
    seen = visible_tickets(person, at=at).values("pk")
    now = issue.links.filter(ended_at=None, ticket__in=seen)
    return list(now.select_related("ticket__organisation", "by").order_by("-at", "-pk")[:MOST_TICKETS])


def ready_reply(issue: KnownIssue) -> str:
    """Return what to write to a client whose request is about `issue`, to be edited; '' while nothing helps yet."""
    release = issue.release.strip()
    known = f"This is a known issue: {issue.title.strip().rstrip('.')}."
    ends = {
        Status.FIXED: f"It is fixed in {release}." if release else "",
        Status.PLANNED: f"A fix is planned for {release}." if release else "A fix is planned.",
    }
    helps = issue.solution.strip() or issue.workaround.strip()
    end = ends.get(Status(issue.status), "")
    return "\n\n".join(filter(None, [known, helps, end])) if helps or end else ""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What is offered while a subject is typed: only what whoever types may see."""

    issues: Sequence[KnownIssue]
    articles: Sequence[Edition]


def suggestions(person: Person, subject: str, *, at: datetime, product: Product | None = None) -> Suggestions:
    """Return the known issues and the articles that are like `subject` and that `person` may see at `at` (R3.4c).

    `product` leaves out articles about others; those about any stay. A draft is offered to nobody.
    """
    return Suggestions(like(person, subject, at=at), hub.like(person, subject, at=at, product=product))
