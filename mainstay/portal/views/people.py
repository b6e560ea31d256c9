"""An administrator's people: who they are, what they may do, who is invited, and what was changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from mainstay.lib import keyset
from mainstay.lib.keyset import Row, Sheet
from mainstay.lib.language import spoken
from mainstay.lib.time import now
from mainstay.mail import invitations as letters
from mainstay.orgs import actions as orgs
from mainstay.orgs import one_session, people, signins
from mainstay.orgs.models import Invitation, Membership
from mainstay.portal.access import ADMINISTRATES, door, me
from mainstay.portal.environment import url
from mainstay.portal.forms.people import Form, RightsForm
from mainstay.portal.presenters.people import happened, person_lines, strangers
from mainstay.portal.render import page
from mainstay.screens.invitation_lines import invitation_lines
from mainstay.screens.moments import moment
from mainstay.screens.zones import desk_zone
from mainstay.tickets import vouching

PAGE = 25
HISTORY = 50


@door("GET", right=ADMINISTRATES)
def listing(request: HttpRequest) -> HttpResponseBase:
    """Show the people that whoever asks keeps, narrowed and sorted as the address says."""
    at = now()
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:200] for name in ("text", "right", "ended", "sort")}
    sort = asked["sort"] if asked["sort"] in people.SORTS else "name"
    found = people.memberships(me(request), at=at, ended=asked["ended"] == "yes")
    found = people.narrowed(found, text=asked["text"], right=asked["right"])
    sheet = _sheet(request, _with_accounts(found), people.SORTS[sort], PAGE)
    rows = sheet.rows
    live = signins.live([one.person for one in rows], at=at) if rows else ()
    kept = list(people.kept_by(me(request), at=at))
    waiting = list(people.invited(me(request), at=at))
    context = {
        "kept": kept,
        "lines": person_lines(rows, live, desk_zone(), me=me(request).pk),
        "invitations": invitation_lines(waiting, letters.undelivered(waiting), desk_zone(), at=at),
        "strangers": strangers(vouching.waiting(me(request), at=at), desk_zone(), at=at),
        "rules": [(one, _rule(one_session.wanted_by(one), at)) for one in kept],
        "asked": {**asked, "sort": sort},
        "narrowed": bool(asked["text"] or asked["right"]),
        "sorts": {name: _sorted_by(asked, sort, name) for name in ("name", "role", "since")},
        "older": _query(asked, after=sheet.after) if sheet.after else "",
        "newer": _query(asked, before=sheet.before) if sheet.before else "",
        "count": found.count(),
    }
    return page(request, "portal/people/list.html", context, current="people")


def _sheet(request: HttpRequest, found: QuerySet[Row], order: Sequence[str], size: int) -> Sheet[Row]:
    """Return the page of a list that the address asks for."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    return keyset.page(found, keyset.order_of(order), size=size, after=after, before=before)


@door("GET", "POST", right=ADMINISTRATES)
def person(request: HttpRequest, number: int) -> HttpResponseBase:
    """Show one of them, and change what they may do."""
    at, membership = now(), _membership_or_404(request, number)
    form = RightsForm(request.POST or None, initial={"role": membership.role, **orgs.rights_of(membership)})
    if request.method == "POST" and form.is_valid():
        try:
            orgs.change_rights(membership=membership, by=me(request), at=at, **form.cleaned_data)
            messages.success(request, _("Saved. It holds from now on."))
            return redirect(url("person", number))
        except (orgs.LastAdministrator, orgs.AuthorityEnded) as refusal:
            form.add_error(None, spoken(refusal))
    return _person_page(request, membership, form, at)


@door("GET", "POST", right=ADMINISTRATES)
def end(request: HttpRequest, number: int) -> HttpResponseBase:
    """Ask whether somebody's authority shall end, and end it."""
    at, membership = now(), _membership_or_404(request, number)
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            orgs.end_authority(membership=membership, at=at, by=me(request))
            messages.success(request, _("Ended. What they reported stays with your organisation."))
            return redirect(url("people" if membership.person_id != me(request).pk else "home"))
        except orgs.LastAdministrator as refusal:
            form.add_error(None, spoken(refusal))
    line = person_lines([membership], (), desk_zone(), me=me(request).pk)[0]
    context = {"person": line, "form": form}
    return page(request, "portal/people/end.html", context, current="people", status=422 if form.errors else 200)


@door("GET", right=ADMINISTRATES)
def history(request: HttpRequest) -> HttpResponseBase:
    """Show who changed what about the people of the organisation."""
    at = now()
    sheet = _sheet(request, people.history(me(request), at=at), people.NEWEST, HISTORY)
    context = {
        "entries": happened(sheet.rows, desk_zone(), at=at),
        "several": people.kept_by(me(request), at=at).count() > 1,
        "older": f"?after={sheet.after}" if sheet.after else "",
        "newer": f"?before={sheet.before}" if sheet.before else "",
    }
    return page(request, "portal/people/history.html", context, current="people")


@door("POST", right=ADMINISTRATES)
def sessions_rule(request: HttpRequest, number: int) -> HttpResponseBase:
    """Want one live session per person at an organisation, or no longer."""
    at = now()
    home = people.kept_by(me(request), at=at).filter(pk=number).first()
    if home is None:
        raise Http404("There is no such organisation.")
    if request.POST.get("one") == "on":
        one_session.ask(organisation=home, by=me(request), at=at)
        messages.success(request, _("From the next sign-in on, a new session ends the older ones of that person."))
    else:
        one_session.drop(organisation=home, by=me(request), at=at)
        messages.success(request, _("People may be signed in on several devices again."))
    return redirect(url("people"))


def _person_page(request: HttpRequest, membership: Membership, form: RightsForm, at: datetime) -> HttpResponseBase:
    live = list(signins.live([membership.person], at=at))
    changed = people.history(me(request), at=at).filter(
        person=membership.person, organisation=membership.organisation
    )
    context = {
        "person": person_lines([membership], live, desk_zone(), me=me(request).pk)[0],
        "form": form,
        "may": membership.active_to is None,
        "history": happened(changed[:HISTORY], desk_zone(), at=at),
    }
    return page(request, "portal/people/person.html", context, current="people", status=422 if form.errors else 200)


def _membership_or_404(request: HttpRequest, number: int) -> Membership:
    """Return the membership if whoever asks keeps it, also where it has ended. Whether another's exists is not said."""
    at = now()
    for ended in (False, True):
        found = _with_accounts(people.memberships(me(request), at=at, ended=ended)).filter(pk=number).first()
        if found is not None:
            return found
    raise Http404("There is no such person.")


def _with_accounts(found: QuerySet[Membership]) -> QuerySet[Membership]:
    accepted = Invitation.objects.filter(accepted_by=OuterRef("person"))
    return found.annotate(invited_in=Exists(accepted))


def _rule(wanted: Any, at: datetime) -> dict[str, Any] | None:
    if wanted is None:
        return None
    return {
        "by": wanted.began_by.name if wanted.began_by else "",
        "at": moment(wanted.began_at, desk_zone(), now=at, days=True),
    }


def _sorted_by(asked: dict[str, str], sort: str, name: str) -> dict[str, str]:
    """Return where the heading of a column leads, and how the column is sorted now."""
    turned = f"-{name}" if sort == name else name
    now_sorted = {name: "ascending", f"-{name}": "descending"}.get(sort, "none")
    return {"href": _query({**asked, "sort": turned}), "sorted": now_sorted}


def _query(asked: dict[str, str], **more: str) -> str:
    kept = {name: value for name, value in {**asked, **more}.items() if value}
    return f"?{urlencode(kept)}" if kept else "?"
