"""Announcements in the console: drafted, sent once whom they reach was seen, corrected, withdrawn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.looking import Look, look_first
from mainstay.console.presenters import releases as presenters
from mainstay.console.release_forms import AnnounceForm, CorrectForm, WithdrawForm, initial_of
from mainstay.console.render import page
from mainstay.console.settling import onward, settle
from mainstay.lib import keyset
from mainstay.lib.time import now
from mainstay.mail.telling import progress
from mainstay.orgs.access import at_least
from mainstay.orgs.models import StaffRole
from mainstay.releases import announcing, queries
from mainstay.releases.announcing import Wording
from mainstay.releases.models import Announcement, Edition
from mainstay.screens.zones import desk_zone
from mainstay.tickets.actions import CannotDo

MANAGER = StaffRole.MANAGER
PAGE = 50


@door("GET")
def announcement_list(request: HttpRequest) -> HttpResponseBase:
    """Show the announcements, the one changed last first."""
    at = now()
    sheet = keyset.page(
        queries.announcements(me(request), at=at), keyset.order_of(queries.BY_CHANGE), size=PAGE,
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )  # fmt: skip
    context = {
        "lines": [presenters.announcement_line(one, desk_zone(), at=at) for one in sheet.rows],
        "next": f"?after={sheet.after}" if sheet.after else "",
        "previous": f"?before={sheet.before}" if sheet.before else "",
        "may": at_least(me(request), MANAGER),
    }
    return page(request, "releases/announcements.html", context, current="announcements", at=at)


@door("GET")
def announcement(request: HttpRequest, announcement_id: int) -> HttpResponseBase:
    """Show one announcement: a draft with its letter and whom it would reach, or what was said and who was told."""
    at, zone, found = now(), desk_zone(), _or_404(request, announcement_id)
    drafted = found.stage == Announcement.Stage.DRAFT
    ahead = _ahead(found, announcing.wording_of(found), Edition.Sort.FIRST, "", at) if drafted else None
    context = {
        "announcement": found,
        "line": presenters.announcement_line(found, zone, at=at),
        "clients": [one.name for one in found.organisations.order_by("name", "pk")],
        "drafted": drafted,
        "sent": found.stage == Announcement.Stage.SENT,
        "ahead": ahead,
        "editions": [
            presenters.edition_line(
                one, progress(one.recipients.all()), queries.recipients_of(one)[: presenters.MOST], zone, at=at
            )
            for one in queries.editions_of(found)
        ],
        "nonce": sending.nonce(),
        "may": at_least(me(request), MANAGER),
    }
    return page(request, "releases/announcement.html", context, current="announcements", at=at)


def _ahead(found: Announcement, wording: Wording, sort: str, reason: str, at: datetime) -> presenters.EditionAhead:
    foretold = announcing.foretell(found, sort=sort, wording=wording, reason=reason, at=at)
    return presenters.edition_ahead(foretold, announcing.wording_of(found), wording)


@door("GET", "POST", role=MANAGER)
def announcement_add(request: HttpRequest) -> HttpResponseBase:
    """Write a draft."""
    at, form, made = now(), AnnounceForm(request.POST or None), []

    def act(said: dict[str, Any]) -> None:
        made.append(announcing.draft(wording=form.wording(), by=me(request), at=at))

    if request.method == "POST" and settle(request, form, act, said="The draft is kept. Nobody is told yet.", at=at):
        return onward(request, reverse("console:announcement", args=[made[0].pk]))
    return _form(request, form, "Write an announcement", "Keep the draft", reverse("console:announcements"))


@door("GET", "POST", role=MANAGER)
def announcement_change(request: HttpRequest, announcement_id: int) -> HttpResponseBase:
    """Change a draft, or correct what was sent: then first show what is different and who is told."""
    at, found = now(), _or_404(request, announcement_id)
    here = reverse("console:announcement", args=[announcement_id])
    if found.stage != Announcement.Stage.DRAFT:
        return _correct(request, found, here, at)
    form = AnnounceForm(request.POST or None, initial=initial_of(found))

    def act(said: dict[str, Any]) -> None:
        announcing.draft(announcement=found, wording=form.wording(), by=me(request), at=at)

    if request.method == "POST" and settle(request, form, act, said="The draft is kept.", at=at):
        return onward(request, here)
    return _form(request, form, "Change the draft", "Keep the draft", here)


def _correct(request: HttpRequest, found: Announcement, here: str, at: datetime) -> HttpResponseBase:
    form = CorrectForm(request.POST or None, initial=initial_of(found))
    look = look_first(
        request, form, said="Corrected. Everybody is told.", at=at,
        show=lambda said: _ahead(found, form.wording(), Edition.Sort.CORRECTED, said["reason"], at),
        act=lambda said: announcing.correct(
            announcement=found, wording=form.wording(), reason=said["reason"], by=me(request), at=at
        ),
    )  # fmt: skip
    return onward(request, here) if look is None else _sheet(request, form, look, "Correct the announcement", here, at)


@door("POST", role=MANAGER)
def announcement_send(request: HttpRequest, announcement_id: int) -> HttpResponseBase:
    """Send a draft to everybody whom its page names."""
    found = _or_404(request, announcement_id)
    try:
        with sending.once(request, at=now()):
            edition = announcing.send(announcement=found, by=me(request), at=now())
            messages.success(request, f"On its way to {edition.recipients.count()} people.")
    except (CannotDo, sending.Refused) as error:
        messages.error(request, str(error))
    return onward(request, reverse("console:announcement", args=[announcement_id]))


@door("GET", "POST", role=MANAGER)
def announcement_withdraw(request: HttpRequest, announcement_id: int) -> HttpResponseBase:
    """Take back what was announced, and say so to everybody who was told; first show who that is."""
    at, found, form = now(), _or_404(request, announcement_id), WithdrawForm(request.POST or None)
    here = reverse("console:announcement", args=[announcement_id])
    wording = announcing.wording_of(found)
    look = look_first(
        request, form, said="Withdrawn. Everybody who was told is told.", at=at,
        show=lambda said: _ahead(found, wording, Edition.Sort.WITHDRAWN, said["reason"], at),
        act=lambda said: announcing.withdraw(announcement=found, reason=said["reason"], by=me(request), at=at),
    )  # fmt: skip
    title = "Withdraw the announcement"
    return onward(request, here) if look is None else _sheet(request, form, look, title, here, at, grave=True)


def _sheet(
    request: HttpRequest,
    form: CorrectForm | WithdrawForm,
    look: Look[presenters.EditionAhead],
    title: str,
    back: str,
    at: datetime,
    *,
    grave: bool = False,
) -> HttpResponseBase:
    """Show an edition that is written, with what it does beside it."""
    context = {
        "form": form, "look": look, "ahead": look.shown, "title": title, "back": back, "grave": grave,
        "nonce": sending.nonce(),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return page(request, "releases/edition.html", context, current="announcements", status=status, at=at)


@door("POST", role=MANAGER)
def edition_again(request: HttpRequest, announcement_id: int, edition_id: int) -> HttpResponseBase:
    """Try again to tell those with whom it failed."""
    edition = _or_404(request, announcement_id).editions.filter(pk=edition_id).first()
    if edition is None:
        raise Http404("There is no such edition.")
    count = announcing.try_again(edition, at=now())
    messages.success(request, f"{count} will be tried again." if count else "There is nothing to try again.")
    return onward(request, reverse("console:announcement", args=[announcement_id]))


def _form(request: HttpRequest, form: AnnounceForm, title: str, button: str, back: str) -> HttpResponseBase:
    context = {"form": form, "title": title, "button": button, "back": back, "nonce": sending.nonce()}
    status = 422 if form.errors else 200
    return page(request, "releases/announce.html", context, current="announcements", status=status, at=now())


def _or_404(request: HttpRequest, announcement_id: int) -> Announcement:
    found = queries.visible_announcements(me(request), at=now()).filter(pk=announcement_id).first()
    if found is None:
        raise Http404("There is no such announcement.")
    return found
