"""Known issues as clients learn of them: shown, hidden, with news that are told once whom they reach was seen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.knowledge_forms import NewsForm
from mainstay.console.render import page
from mainstay.console.settling import onward, settle
from mainstay.knowledge import publishing, queries
from mainstay.knowledge.models import KnownIssue
from mainstay.lib.time import now

MOST = 200


@door("POST")
def issue_show(request: HttpRequest, issue_id: int) -> HttpResponseBase:
    """Let clients see an issue; the line that says so can undo it."""
    found = _or_404(request, issue_id)
    publishing.publish(issue=found, by=me(request), at=now())
    back = reverse("console:issue_hide", args=[issue_id])
    messages.info(request, f"Clients with its products see {found.name} now.", extra_tags=f"undo:{back}")
    return onward(request, reverse("console:issue", args=[issue_id]))


@door("POST")
def issue_hide(request: HttpRequest, issue_id: int) -> HttpResponseBase:
    """Let only the desk see an issue; the line that says so can undo it."""
    found = _or_404(request, issue_id)
    publishing.unpublish(issue=found, by=me(request), at=now())
    back = reverse("console:issue_show", args=[issue_id])
    messages.info(request, f"Only the desk sees {found.name} now.", extra_tags=f"undo:{back}")
    return onward(request, reverse("console:issue", args=[issue_id]))


@door("GET", "POST")
def issue_news(request: HttpRequest, issue_id: int) -> HttpResponseBase:
    """Give news of an issue, with whom they reach beside the form."""
    at, found = now(), _or_404(request, issue_id)
    shown = found.published_at is not None
    form = NewsForm(request.POST or None, initial={"tells": shown})
    here = reverse("console:issue", args=[issue_id])

    def act(said: dict[str, Any]) -> None:
        publishing.give_news(issue=found, by=me(request), at=at, **said)

    if request.method == "POST" and settle(request, form, act, said="The news are saved.", at=at):
        return onward(request, here)
    reached = publishing.reached(found)
    context = {
        "form": form,
        "issue": found,
        "standing": publishing.standing_of(found),
        "shown": shown,
        "reached": list(reached[:MOST]),
        "count": reached.count(),
        "back": here,
        "nonce": sending.nonce(),
    }
    status = 422 if form.errors else 200
    return page(request, "knowledge/news.html", context, current="issues", status=status, at=at)


@door("POST")
def news_again(request: HttpRequest, issue_id: int, news_id: int) -> HttpResponseBase:
    """Try again to tell those with whom it failed."""
    news = _or_404(request, issue_id).news.filter(pk=news_id).first()
    if news is None:
        raise Http404("There are no such news.")
    count = publishing.try_again(news, at=now())
    messages.success(request, f"{count} will be tried again." if count else "There is nothing to try again.")
    return onward(request, reverse("console:issue", args=[issue_id]))


def _or_404(request: HttpRequest, issue_id: int) -> KnownIssue:
    found = queries.visible_issues(me(request), at=now()).select_related("fixed_in__product").filter(pk=issue_id)
    issue = found.first()
    if issue is None:
        raise Http404("There is no such known issue.")
    return issue
