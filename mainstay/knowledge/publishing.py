"""Known issues as clients learn of them: published, with news, and told to whoever asked about one.

News reaches each linked request once, by a letter with its reference. A job takes them in slices (`mail.telling`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mainstay.jobs import actions as jobs
from mainstay.knowledge.actions import TEXTS, Said, change_issue
from mainstay.knowledge.models import IssueChange, KnownIssue, News, Reader, Status
from mainstay.lib import sql
from mainstay.lib.language import ours
from mainstay.mail import letters, telling
from mainstay.mail.letters import Draft
from mainstay.mail.telling import Outcome
from mainstay.orgs.models import Person
from mainstay.releases.models import Round
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.models import Ticket, Verification

JOB, KEY = "known issue news", "known_issue_update"


@transaction.atomic
def publish(*, issue: KnownIssue, by: Person, at: datetime) -> KnownIssue:
    """Show an issue to the clients whose products it is about. Says nothing where it is shown already."""
    return _show(issue, True, by, at)


@transaction.atomic
def unpublish(*, issue: KnownIssue, by: Person, at: datetime) -> KnownIssue:
    """Show an issue to the desk only. What was told stays told."""
    return _show(issue, False, by, at)


def _show(issue: KnownIssue, shown: bool, by: Person, at: datetime) -> KnownIssue:
    issue = sql.lock_rows(KnownIssue.objects.all()).get(pk=issue.pk)
    was = issue.published_at is not None
    if was == shown:
        return issue
    issue.published_at, issue.changed_at = at if shown else None, at
    issue.save(update_fields=["published_at", "changed_at"])
    IssueChange.objects.create(issue=issue, fields={"published": [was, shown]}, by=by, at=at)
    return issue


@transaction.atomic
@ours
def give_news(
    *, issue: KnownIssue, text: str, tells: bool, by: Person | None, at: datetime, but: Collection[int] = ()
) -> News:
    """Say something new about an issue; `tells`: to every linked request's requester at once, by letter.

    `but`: tickets whose requester learns of it otherwise. Raises CannotDo for an issue that clients do not see.
    """
    issue = sql.lock_rows(KnownIssue.objects.select_related("fixed_in__product")).get(pk=issue.pk)
    if not text.strip():
        raise CannotDo("Write what is new, in words for the clients.")
    if issue.published_at is None and tells:
        raise CannotDo("Clients do not see this issue. Publish it first, or save the news without telling.")
    made = News.objects.create(
        issue=issue, text=text.strip(), standing=standing_of(issue), tells=tells, by=by, at=at,
        finished_at=None if tells else at,
    )  # fmt: skip
    KnownIssue.objects.filter(pk=issue.pk).update(changed_at=at)
    if tells:
        keys = reached(issue).exclude(pk__in=but).values_list("pk", flat=True)
        Reader.objects.bulk_create([Reader(news=made, ticket_id=pk) for pk in keys], batch_size=500)
        ask_for(made, at=at)
    return made


def reached(issue: KnownIssue) -> QuerySet[Ticket]:
    """Return the requests whose requester would be told of news: those that are about it now and are a client's."""
    about = issue.links.filter(ended_at=None).values("ticket")
    found = Ticket.objects.filter(pk__in=about, verification=Verification.VERIFIED, merged_into=None)
    return found.select_related("organisation").order_by("pk")


def standing_of(issue: KnownIssue) -> str:
    """Return how far an issue has come, as a sentence for clients."""
    release = str(issue.fixed_in) if issue.fixed_in else issue.release.strip()
    return {
        Status.INVESTIGATING: _("We are looking for the cause."),
        Status.WORKAROUND: _("There is a way around it."),
        Status.PLANNED: _("A fix is planned for %(release)s.") if release else _("A fix is planned."),
        Status.FIXED: _("It is fixed in %(release)s.") if release else _("It is fixed."),
    }[Status(issue.status)] % {"release": release}


def ask_for(news: News, *, at: datetime) -> None:
    """Have the worker go on telling."""
    jobs.enqueue(kind=JOB, payload={"news": news.pk}, at=at, key=f"{JOB}:{news.pk}", lane=telling.LANE)


def work(payload: Mapping[str, Any], *, at: datetime) -> None:
    """Tell the next slice of those who are to be told. A job; it may run twice, also at once."""
    news = News.objects.select_related("issue").get(pk=payload["news"])
    if telling.go_on(news.readers.all(), lambda reader: _tell(news, reader, at), at=at):
        ask_for(news, at=at)
    elif news.finished_at is None:
        News.objects.filter(pk=news.pk).update(finished_at=at)


def try_again(news: News, *, at: datetime) -> int:
    """Let those whose turn failed have another one. Returns how many."""
    count = telling.once_more(news.readers.all())
    if count:
        News.objects.filter(pk=news.pk).update(finished_at=None)
        ask_for(news, at=at)
    return count


def _tell(news: News, reader: Reader, at: datetime) -> telling.Said:
    ticket = locked(reader.ticket_id)
    values = {"issue": f"{news.issue.name}: {news.issue.title}", "standing": news.standing, "details": news.text}
    message = letters.send(ticket, Draft(KEY, values, automatic="auto-generated"), at=at)
    if message.letter is None:
        return telling.Said(Outcome.UNREACHED, " ".join(message.notes))
    return telling.Said(Outcome.TOLD, letter=message.letter)


@ours
def hear_shipped(told: Round) -> None:
    """Have every issue whose fix was planned for a release be fixed once that is out, and say so.

    Whoever has a request in that release is told with the release itself, and not twice.
    """
    in_it = list(told.hearings.filter(includes_fix=True).values_list("ticket", flat=True))
    for issue in KnownIssue.objects.filter(fixed_in=told.release).exclude(status=Status.FIXED).order_by("pk"):
        texts = {name: getattr(issue, name) for name in TEXTS} | {"status": Status.FIXED, "release": told.release.name}
        said = Said(**texts, products=list(issue.products.all()), fixed_in=told.release)
        fixed = change_issue(issue=issue, said=said, by=told.by, at=told.at)
        published = fixed.published_at is not None
        text = _("%(release)s is out, and with it the fix.") % {"release": told.release}
        give_news(issue=fixed, text=text, tells=published, by=told.by, at=told.at, but=in_it)
