"""Inviting people, and accepting an invitation. Looking at a link changes nothing: scanners look at every link."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from mainstay.lib.language import spoken
from mainstay.lib.time import now
from mainstay.mail import invitations as letters
from mainstay.orgs import invitations, people
from mainstay.orgs.actions import StaffAddress
from mainstay.orgs.invitations import InvitationOver, InvitationRefused, Rights, SignInFirst
from mainstay.orgs.models import Invitation, Person
from mainstay.portal.access import ADMINISTRATES, door, me, public
from mainstay.portal.environment import url
from mainstay.portal.forms.people import AcceptForm, InviteForm
from mainstay.portal.render import page
from mainstay.portal.secrecy import private
from mainstay.screens.entering import enter


@door("GET", "POST", right=ADMINISTRATES)
def invite(request: HttpRequest) -> HttpResponseBase:
    """Invite somebody to an account."""
    at = now()
    form = InviteForm(request.POST or None, kept=people.kept_by(me(request), at=at))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        rights = Rights(said["role"], said["may_raise"], said["sees_all"], said["administrates"])
        try:
            letters.invite(
                organisation=form.home(), email=said["email"], name=said["name"], rights=rights, by=me(request), at=at
            )
            messages.success(request, _("The invitation is on its way. It is good for a week."))
            return redirect(url("people"))
        except (InvitationRefused, StaffAddress) as refusal:
            form.add_error("email", spoken(refusal))
    return page(
        request, "portal/people/invite.html", {"form": form}, current="people", status=422 if form.errors else 200
    )


@door("POST", right=ADMINISTRATES)
def again(request: HttpRequest, number: int) -> HttpResponseBase:
    """Send an invitation once more, with a new link."""
    try:
        letters.send_again(invitation=_invitation_or_404(request, number), by=me(request), at=now())
        messages.success(request, _("It is on its way again, with a new link. The old link opens nothing."))
    except (InvitationRefused, InvitationOver) as refusal:
        messages.error(request, spoken(refusal))
    return redirect(url("people"))


@door("POST", right=ADMINISTRATES)
def withdraw(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take an invitation back."""
    try:
        invitations.withdraw(invitation=_invitation_or_404(request, number), by=me(request), at=now())
        messages.success(request, _("Withdrawn. Its link opens nothing any more."))
    except InvitationOver as refusal:
        messages.error(request, spoken(refusal))
    return redirect(url("people"))


@public("GET", "POST")
def accept(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show an invitation to whoever has its link, and accept it."""
    at = now()
    try:
        invitation = invitations.opened(token, at=at)
    except InvitationOver as over:
        return private(page(request, "portal/people/over.html", {"words": spoken(over)}, status=410))
    signed_in = request.user if isinstance(request.user, Person) else None
    mine = signed_in is not None and invitations.belongs_to(invitation, signed_in)
    known, stranger = invitations.is_known(invitation), signed_in is not None and not mine
    form = AcceptForm(request.POST or None, email=invitation.email, initial={"name": invitation.name})
    refusal = ""
    if request.method == "POST" and not stranger and (known or form.is_valid()):
        try:
            return _accepted(request, token, {} if known else form.cleaned_data, signed_in)
        except (InvitationOver, SignInFirst, StaffAddress) as error:
            refusal = spoken(error)
    context = {
        "invitation": invitation,
        "inviter": invitation.invited_by.name if invitation.invited_by else "",
        "form": form,
        "known": known,
        "mine": mine,
        "stranger": signed_in.email if signed_in is not None and stranger else "",
        "refusal": refusal,
        "here": request.path,
    }
    status = 422 if refusal or (request.method == "POST" and form.errors) else 200
    return private(page(request, "portal/people/accept.html", context, status=status))


def _accepted(
    request: HttpRequest, token: str, said: dict[str, Any], signed_in: Person | None
) -> HttpResponseBase:
    """Accept, and sign in whoever is new: they have just shown that the mailbox is theirs."""
    person = invitations.accept(
        secret=token, at=now(), name=said.get("name", ""), password=said.get("password", ""), signed_in=signed_in
    )
    messages.success(request, _("Welcome. This account is yours alone: one person, one account."))
    if signed_in is not None:
        return redirect(url("home"))
    return enter(request, person, goal=url("home"))


def _invitation_or_404(request: HttpRequest, number: int) -> Invitation:
    found = people.invited(me(request), at=now()).filter(pk=number).first()
    if found is None:
        raise Http404("There is no such invitation.")
    return found
