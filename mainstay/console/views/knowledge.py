"""Known issues: their list and pages, what is like a subject being typed, and linking tickets to them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.knowledge_forms import IssueForm, initial_of
from mainstay.console.presenters import knowledge as presenters
from mainstay.console.presenters.articles import article_line
from mainstay.console.presenters.news import news_of
from mainstay.console.presenters.search import alike
from mainstay.console.render import fragment, page
from mainstay.console.settling import onward, settle
from mainstay.console.views.tickets import ticket_or_404
from mainstay.contracts.models import Product
from mainstay.core import asking
from mainstay.knowledge import actions, finding, hub, linking, queries, shelf
from mainstay.knowledge.models import KnownIssue, Status
from mainstay.lib.time import now
from mainstay.screens.zones import desk_zone
from mainstay.tickets import actions as tickets
from mainstay.tickets import search
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Cause

PAGE = 50  # issues on one page
MOST_OFFERED = 8  # articles whose link can be put into a reply


@door("GET")
def issue_list(request: HttpRequest) -> HttpResponseBase:
    """Show the known issues, the one changed last first, narrowed by words, status and product."""
    at, zone = now(), desk_zone()
    text = request.GET.get("text", "").replace("\x00", "")[: asking.LONGEST]
    status = request.GET.get("status", "")
    status = status if status in Status.values else ""
    product, after = request.GET.get("product", "").replace("\x00", "")[:40], request.GET.get("after", "")[:18]
    found = list(
        queries.issues(
            me(request), at=at, text=text, status=status, product=product,
            after=int(after) if after.isdecimal() else None,
        )[: PAGE + 1]
    )  # fmt: skip
    asked = {name: value for name, value in (("text", text), ("status", status), ("product", product)) if value}
    context = {
        "lines": [presenters.issue_line(one, zone, at=at) for one in found[:PAGE]],
        "next": f"?{urlencode(asked | {'after': found[PAGE - 1].pk})}" if len(found) > PAGE else "",
        "text": text,
        "statuses": [(value, label, value == status) for value, label in Status.choices],
        "status": status,
        "products": [(one.key, one.name, one.key == product) for one in Product.objects.order_by("name", "pk")],
        "product": product,
    }
    return page(request, "knowledge/list.html", context, current="issues", at=at)


@door("GET")
def issue(request: HttpRequest, issue_id: int) -> HttpResponseBase:
    """Show one issue: what is known, what came of it when, and which tickets are about it."""
    at, zone = now(), desk_zone()
    found = _issue_or_404(request, issue_id)
    about = queries.tickets_about(found, me(request), at=at)
    changes = list(found.changes.select_related("by").order_by("-at", "-pk")[:100])
    context = {
        "issue": found,
        "line": presenters.issue_line(found, zone, at=at),
        "products": [product.name for product in found.products.order_by("name", "pk")],
        "about": [presenters.about_line(link, zone, at=at) for link in about],
        "history": presenters.history(changes, zone, at=at),
        "news": news_of(found, at=at),
    }
    return page(request, "knowledge/issue.html", context, current="issues", at=at)


@door("GET", "POST")
def issue_add(request: HttpRequest) -> HttpResponseBase:
    """Add a known issue."""
    at = now()
    form = IssueForm(request.POST or None, initial={"status": Status.INVESTIGATING})
    made: list[KnownIssue] = []

    def act(said: dict[str, Any]) -> None:
        made.append(actions.add_issue(said=form.said(), by=me(request), at=at))

    if request.method == "POST" and settle(request, form, act, said="The known issue is added.", at=at):
        return onward(request, reverse("console:issue", args=[made[0].pk]))
    return _form(request, form, "Add a known issue", reverse("console:issues"))


@door("GET", "POST")
def issue_change(request: HttpRequest, issue_id: int) -> HttpResponseBase:
    """Change a known issue; what it said before is kept."""
    at, found = now(), _issue_or_404(request, issue_id)
    form = IssueForm(request.POST or None, initial=initial_of(found))

    def act(said: dict[str, Any]) -> None:
        actions.change_issue(issue=found, said=form.said(), by=me(request), at=at)

    here = reverse("console:issue", args=[issue_id])
    if request.method == "POST" and settle(request, form, act, said="Saved.", at=at):
        return onward(request, here)
    return _form(request, form, f"Change {found.name}", here)


@door("GET")
def suggest(request: HttpRequest) -> HttpResponseBase:
    """Return what is like the subject that is being typed: known issues and tickets, solved ones first."""
    at, zone, person = now(), desk_zone(), me(request)
    subject = request.GET.get("subject", "").replace("\x00", "")[: asking.LONGEST]
    found = queries.suggestions(person, subject, at=at)
    context = {
        "issues": [presenters.issue_line(one, zone, at=at) for one in found.issues],
        "articles": [presenters.article_offer(one) for one in found.articles],
        "tickets": [alike(one) for one in search.similar(person, subject, at=at)],
    }
    return fragment(request, "knowledge/suggested.html", context)


@door("GET")
def ticket_issues(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Return the card of a ticket that says what is known: issues linked, issues like it, tickets like it."""
    at, zone, person = now(), desk_zone(), me(request)
    found = ticket_or_404(request, reference, at=at)
    linked = queries.linked_to(found)
    like = queries.like(person, found.subject, at=at, but=[one.pk for one in linked])
    similar = [one.article for one in hub.like(person, found.subject, at=at)]
    context = {
        "articles": [presenters.article_put(one) for one in linking.openings(found, similar, at=at)],
        "begun": [article_line(one, zone, at=at) for one in shelf.about(found, person)],
        "solved": shelf.is_solved(found),
        "reference": reference,
        "linked": [presenters.issue_line(one, zone, at=at) for one in linked],
        "issues": [presenters.issue_line(one, zone, at=at) for one in like],
        "tickets": [alike(one) for one in search.similar(person, found.subject, at=at, but=found)],
        "can_write": found.verified and found.merged_into_id is None,
        "cause_open": bool(linked) and not found.cause,
    }
    return fragment(request, "knowledge/known.html", context)


@door("GET")
def offered_articles(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Return the articles whose link can be put into a reply, and which of them the requester cannot open."""
    at, person = now(), me(request)
    found = ticket_or_404(request, reference, at=at)
    text = request.GET.get("q", "").replace("\x00", "")[: asking.LONGEST]
    if text.strip():
        rows = list(finding.known(person, text, at=at, limit=MOST_OFFERED).articles)
    else:
        rows = [one.article for one in hub.like(person, found.subject, at=at)]
    lines = [presenters.article_put(one) for one in linking.openings(found, rows, at=at)]
    context = {"lines": lines, "text": text.strip(), "reference": reference, "subject": found.subject}
    if "q" in request.GET and request.headers.get("HX-Request") == "true":
        return fragment(request, "tickets/articles_found.html", context)
    if sending.by_script(request):
        return fragment(request, "tickets/articles.html", {**context, "heading": "h2"})
    return page(request, "tickets/articles_page.html", {**context, "heading": "h1"}, current="", at=at)


@door("POST")
def issue_link(request: HttpRequest, reference: str, issue_id: int) -> HttpResponseBase:
    """Link a ticket to an issue."""
    at = now()
    ticket, found = ticket_or_404(request, reference, at=at), _issue_or_404(request, issue_id)
    try:
        actions.link(ticket=ticket, issue=found, by=me(request), at=at)
        back = reverse("console:issue_unlink", args=[reference, issue_id])
        messages.info(request, f"Linked to {found.name}.", extra_tags=f"undo:{back}")
    except CannotDo as error:
        messages.error(request, str(error))
    return sending.done(request, reverse("console:ticket", args=[reference]) + "#card-known")


@door("POST")
def issue_unlink(request: HttpRequest, reference: str, issue_id: int) -> HttpResponseBase:
    """Take a link away; the line that says so can undo it."""
    at = now()
    ticket, found = ticket_or_404(request, reference, at=at), _issue_or_404(request, issue_id)
    try:
        actions.unlink(ticket=ticket, issue=found, by=me(request), at=at)
        back = reverse("console:issue_link", args=[reference, issue_id])
        messages.info(request, f"{found.name} is no longer linked.", extra_tags=f"undo:{back}")
    except CannotDo as error:
        messages.error(request, str(error))
    return sending.done(request, reverse("console:ticket", args=[reference]) + "#card-known")


@door("POST")
def issue_cause(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Record 'known issue' as the cause of a ticket that is linked to one."""
    at = now()
    ticket = ticket_or_404(request, reference, at=at)
    if queries.is_about_a_known_issue(ticket):
        tickets.record_cause(ticket=ticket, cause=Cause.KNOWN_ISSUE, by=me(request), at=at)
        messages.success(request, "The cause is recorded: known issue.")
    else:
        messages.error(request, "No known issue is linked, so it cannot be the cause. Link one first.")
    return sending.done(request, reverse("console:ticket", args=[reference]) + "#card-known")


def _issue_or_404(request: HttpRequest, issue_id: int) -> KnownIssue:
    found = queries.visible_issues(me(request), at=now()).filter(pk=issue_id).first()
    if found is None:
        raise Http404("There is no such known issue.")
    return found


def _form(request: HttpRequest, form: IssueForm, title: str, back: str) -> HttpResponseBase:
    context = {"form": form, "title": title, "back": back, "nonce": sending.nonce()}
    status = 422 if form.errors else 200
    return page(request, "knowledge/form.html", context, current="issues", status=status, at=now())
