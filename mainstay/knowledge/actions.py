"""Adding and changing known issues, and linking tickets to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from mainstay.contracts.models import Product
from mainstay.core.words import fold
from mainstay.knowledge.models import IssueChange, IssueLink, KnownIssue, Status
from mainstay.lib import sql
from mainstay.orgs.models import Person
from mainstay.releases.models import Release
from mainstay.tickets import events
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Ticket

TEXTS = ("title", "symptoms", "status", "release", "versions", "workaround", "solution")


@dataclass(frozen=True, slots=True)
class Said:
    """What is known of an issue. `products` empty: any. `release` in words, where `fixed_in` is no row of ours."""

    title: str
    symptoms: str
    status: str = Status.INVESTIGATING
    release: str = ""
    workaround: str = ""
    solution: str = ""
    products: Sequence[Product] = ()
    versions: str = ""
    fixed_in: Release | None = None

    @property
    def in_words(self) -> str:
        """The release in words, whichever way it was given."""
        return self.release.strip() or (self.fixed_in.name if self.fixed_in else "")


@transaction.atomic
def add_issue(*, said: Said, by: Person, at: datetime) -> KnownIssue:
    """Add an issue. Raises CannotDo where its status promises what is not written."""
    _check(said)
    issue = KnownIssue(added_at=at, added_by=by, changed_at=at)
    _write(issue, said)
    issue.save(force_insert=True)
    issue.products.set(said.products)
    _index(issue)
    IssueChange.objects.create(issue=issue, fields={}, by=by, at=at)
    return issue


@transaction.atomic
def change_issue(*, issue: KnownIssue, said: Said, by: Person | None, at: datetime) -> KnownIssue:
    """Change an issue and keep what it said before. Says nothing where nothing is different."""
    _check(said)
    issue = sql.lock_rows(KnownIssue.objects.all()).get(pk=issue.pk)
    before = {name: getattr(issue, name) for name in TEXTS} | {"products": _names(issue.products.all())}
    after = {name: getattr(said, name) for name in TEXTS}
    after |= {"products": _names(said.products), "release": said.in_words}
    before["fixed_in"] = str(issue.fixed_in) if issue.fixed_in else ""
    after["fixed_in"] = str(said.fixed_in) if said.fixed_in else ""
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if not changed:
        return issue
    _write(issue, said)
    issue.changed_at = at
    issue.products.set(said.products)
    _index(issue)
    IssueChange.objects.create(issue=issue, fields=changed, by=by, at=at)
    return issue


@transaction.atomic
def link(*, ticket: Ticket, issue: KnownIssue, by: Person, at: datetime) -> None:
    """Say that `ticket` is about `issue`. Says nothing where that is so already."""
    ticket = locked(ticket)
    if ticket.merged_into_id is not None:
        raise CannotDo("This ticket was merged into another; link that one.")
    if IssueLink.objects.filter(ticket=ticket, issue=issue, ended_at=None).exists():
        return
    IssueLink.objects.create(ticket=ticket, issue=issue, by=by, at=at)
    happening = Happening(events.KNOWN_ISSUE_LINKED, at, {"issue": issue.pk})
    append(ticket, [happening], actor=by.ref, recorded_at=at)


@transaction.atomic
def unlink(*, ticket: Ticket, issue: KnownIssue, by: Person, at: datetime) -> None:
    """Say that `ticket` is not about `issue` after all. The link keeps when it was, and who ended it."""
    ticket = locked(ticket)
    there = IssueLink.objects.filter(ticket=ticket, issue=issue, ended_at=None)
    if not there.update(ended_at=at, ended_by=by):
        raise CannotDo(
            "%(issue)s is not linked to this ticket; somebody has taken it away.", issue=issue.name
        )
    happening = Happening(events.KNOWN_ISSUE_UNLINKED, at, {"issue": issue.pk})
    append(ticket, [happening], actor=by.ref, recorded_at=at)


def _check(said: Said) -> None:
    if said.status == Status.WORKAROUND and not said.workaround.strip():
        raise CannotDo("Write the workaround, or choose another status.")
    if said.status == Status.FIXED and not said.in_words:
        raise CannotDo("Say in which release it is fixed, or choose another status.")


def _write(issue: KnownIssue, said: Said) -> None:
    for name in TEXTS:
        setattr(issue, name, getattr(said, name))
    issue.release, issue.fixed_in = said.in_words, said.fixed_in
    issue.head, issue.body = "", ""


def _index(issue: KnownIssue) -> None:
    """Fold what search reads; its name counts, which is known only once it is stored."""
    issue.head = fold(f"{issue.name} {issue.title}")
    issue.body = fold(f"{issue.symptoms} {issue.workaround} {issue.solution} {issue.release} {issue.versions}")
    issue.save()


def _names(products: object) -> str:
    return ", ".join(sorted(product.name for product in products))  # type: ignore[attr-defined]  # rows of either kind
