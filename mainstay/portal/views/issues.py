"""Known issues of the products of whoever asks: what is wrong, what helps, and how far a fix has come."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase

from mainstay.contracts.models import Product
from mainstay.core import asking
from mainstay.knowledge import queries
from mainstay.knowledge.models import Status
from mainstay.lib.time import now
from mainstay.portal.access import door, me
from mainstay.portal.presenters import releases as presenters
from mainstay.portal.render import page
from mainstay.releases.queries import clients_of, products_of

PAGE = 25


@door("GET")
def issues(request: HttpRequest) -> HttpResponseBase:
    """Show the known issues, the one changed last first, narrowed by words, product and how far they have come."""
    at, person = now(), me(request)
    names = ("q", "product", "status")
    asked = {name: request.GET.get(name, "").replace("\x00", "")[: asking.LONGEST] for name in names}
    status = asked["status"] if asked["status"] in Status.values else ""
    after = request.GET.get("after", "")[:18]
    rows = queries.issues(
        person, at=at, text=asked["q"], status=status, product=asked["product"],
        after=int(after) if after.isdecimal() else None,
    )  # fmt: skip
    found = list(rows.select_related("fixed_in__product").prefetch_related("products")[: PAGE + 1])
    said = {name: value for name, value in asked.items() if value}
    products = Product.objects.filter(pk__in=products_of(clients_of(person, at=at), at=at)).order_by("name", "pk")
    context = {
        "lines": [presenters.issue_line(one) for one in found[:PAGE]],
        "next": f"?{urlencode(said | {'after': found[PAGE - 1].pk})}" if len(found) > PAGE else "",
        "text": asked["q"],
        "statuses": [(value, label, value == status) for value, label in presenters.statuses()],
        "products": [(one.key, one.name, one.key == asked["product"]) for one in products],
        "narrowed": bool(said),
    }
    return page(request, "portal/issues/list.html", context, current="issues")


@door("GET")
def issue(request: HttpRequest, number: int) -> HttpResponseBase:
    """Show one known issue with its news."""
    rows = queries.visible_issues(me(request), at=now()).select_related("fixed_in__product")
    found = rows.filter(pk=number).first()
    if found is None:
        raise Http404("There is no such known issue.")
    context = {
        "issue": found,
        "line": presenters.issue_line(found),
        "news": presenters.news(found.news.order_by("-at", "-pk")[:50]),
    }
    return page(request, "portal/issues/issue.html", context, current="issues")
