"""What somebody was told: the page of it, what a browser may say aloud just now, and when it may."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from mainstay.console.access import door, me
from mainstay.console.attention_form import AttentionForm
from mainstay.console.presenters import notices as presenters
from mainstay.console.render import page
from mainstay.escalation import actions as escalation
from mainstay.escalation import attention
from mainstay.escalation import queries as notices_of
from mainstay.lib.time import now
from mainstay.screens.zones import desk_zone

PAGE = 100


@door("GET", "POST")
def notices(request: HttpRequest) -> HttpResponseBase:
    """Show what somebody was told; marking it as seen is a click, and never happens by looking."""
    at = now()
    if request.method == "POST":
        _mark_seen(request, at)
        return redirect(f"{reverse('console:notices')}?{request.GET.urlencode()}".rstrip("?"))
    kind, all_of_them = request.GET.get("kind", ""), request.GET.get("show") == "all"
    found = notices_of.of(me(request)) if all_of_them else notices_of.unseen(me(request))
    if kind in notices_of.KINDS:
        found = found.filter(kind=kind)
    rows = list(found[: PAGE + 1])
    context = {
        "lines": [presenters.notice_line(notice, desk_zone(), at=at) for notice in rows[:PAGE]],
        "more": len(rows) > PAGE,
        "up_to": max((row.pk for row in rows[:PAGE]), default=0),
        "new": any(row.seen_at is None for row in rows[:PAGE]),
        "kinds": presenters.kinds(kind),
        "kind": kind,
        "all": all_of_them,
    }
    return page(request, "desk/notices.html", context, current="notices", at=at)


def _mark_seen(request: HttpRequest, at: datetime) -> None:
    said = {name: request.POST.get(name, "") for name in ("only", "up_to")}
    numbers = {name: int(value) for name, value in said.items() if value.isdecimal() and len(value) < 19}
    kind = request.POST.get("kind", "")
    escalation.mark_seen(
        person=me(request), at=at, kind=kind if kind in notices_of.KINDS else "", **numbers
    )


@door("GET")
def fresh(request: HttpRequest) -> HttpResponseBase:
    """Return what the desktop is to be told after the notice numbered `after`; without a number, where to begin."""
    after = request.GET.get("after", "")
    if not after.isdecimal() or len(after) > 18:
        return JsonResponse({"last": notices_of.newest_id(me(request)), "title": ""})
    burst = attention.burst(me(request), after=int(after), at=now())
    return JsonResponse(presenters.told(burst))


@door("GET", "POST")
def notice_settings(request: HttpRequest) -> HttpResponseBase:
    """Choose for what, and when, the desktop says something."""
    chosen = attention.of(me(request))
    form = AttentionForm(
        request.POST or None, initial=AttentionForm.of(chosen, zone=desk_zone().key), label_suffix=""
    )
    if request.method == "POST" and form.is_valid():
        escalation.choose_attention(person=me(request), **form.chosen())
        messages.success(request, "Saved.")
        return redirect("console:notice_settings")
    status = 422 if form.errors else 200
    return page(request, "desk/attention.html", {"form": form}, current="notices", status=status)
