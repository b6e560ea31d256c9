"""Inviting a client's people to an account in the portal: new ones, and those who have written by mail so far."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from mainstay.console import client_forms as forms
from mainstay.console.access import door, me
from mainstay.console.views.sheets import MANAGER, Sheet, client_or_404, path, settled
from mainstay.lib.time import now
from mainstay.mail import invitations as letters
from mainstay.orgs import access
from mainstay.orgs import invitations as orgs
from mainstay.orgs.actions import StaffAddress, rights_of
from mainstay.orgs.invitations import InvitationOver, InvitationRefused, Rights
from mainstay.orgs.models import Invitation, Membership, Organisation


@door("GET", "POST", role=MANAGER)
def invite(request: HttpRequest, client: str) -> HttpResponseBase:
    """Invite somebody to an account, as an authorised user of a client."""
    at, organisation = now(), client_or_404(client)
    form = forms.InviteForm(request.POST or None)
    sheet = Sheet(
        "Invite to the portal",
        "They get a link that works once and is good for a week. Their authority begins when they accept.",
        "Invite",
        path("client_users", organisation),
        organisation,
    )

    def act(said: dict[str, Any]) -> None:
        rights = Rights(said["role"], said["may_raise"], said["sees_all"], said["administrates"])
        letters.invite(
            organisation=organisation, email=said["email"], name=said["name"], rights=rights, by=me(request), at=at
        )

    return settled(request, form, act, sheet, "The invitation is on its way.", at)


@door("POST", role=MANAGER)
def invite_user(request: HttpRequest, client: str, membership_id: int) -> HttpResponseBase:
    """Invite an authorised user who has no account yet. Rights and history stay as they are."""
    at, organisation = now(), client_or_404(client)
    found = access.active_memberships(at).filter(organisation=organisation, pk=membership_id)
    membership: Membership | None = found.select_related("person").first()
    if membership is None:
        raise Http404("There is no such user.")
    try:
        letters.invite(
            organisation=organisation, email=membership.person.email, name=membership.person.name,
            rights=Rights(membership.role, **rights_of(membership)), by=me(request), at=at,
        )  # fmt: skip
        messages.success(request, "The invitation is on its way.")
    except (InvitationRefused, StaffAddress) as refusal:
        messages.error(request, str(refusal))
    return redirect(path("client_user", organisation, membership_id))


@door("POST", role=MANAGER)
def again(request: HttpRequest, client: str, invitation_id: int) -> HttpResponseBase:
    """Send an invitation once more, with a new link."""
    organisation = client_or_404(client)
    try:
        letters.send_again(invitation=_invitation_or_404(organisation, invitation_id), by=me(request), at=now())
        messages.success(request, "It is on its way again, with a new link. The old link opens nothing.")
    except (InvitationRefused, InvitationOver) as refusal:
        messages.error(request, str(refusal))
    return redirect(path("client_users", organisation))


@door("POST", role=MANAGER)
def withdraw(request: HttpRequest, client: str, invitation_id: int) -> HttpResponseBase:
    """Take an invitation back."""
    organisation = client_or_404(client)
    try:
        orgs.withdraw(invitation=_invitation_or_404(organisation, invitation_id), by=me(request), at=now())
        messages.success(request, "Withdrawn. Its link opens nothing any more.")
    except InvitationOver as refusal:
        messages.error(request, str(refusal))
    return redirect(path("client_users", organisation))


def _invitation_or_404(organisation: Organisation, invitation_id: int) -> Invitation:
    found = Invitation.objects.filter(pk=invitation_id, organisation=organisation).first()
    if found is None:
        raise Http404("There is no such invitation.")
    return found
