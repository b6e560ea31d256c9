"""The letter that invites somebody to an account. The invitation and its letter are written together or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from mainstay.contracts import queries as contracts
from mainstay.lib.language import ours
from mainstay.mail import addresses, circulars, desk, letters, phrases
from mainstay.mail.parsed import Address
from mainstay.orgs import access, invitations
from mainstay.orgs.invitations import InvitationRefused, Rights
from mainstay.orgs.models import Invitation, Organisation, Person
from mainstay.outbox.models import Letter

KIND = "invitation"
PATH = "/portal/invitation/"


@transaction.atomic
def invite(
    *, organisation: Organisation, email: str, name: str, rights: Rights, by: Person | None, at: datetime
) -> Invitation:
    """Invite somebody and write to them, or neither. Raises InvitationRefused, StaffAddress, NotAllowed."""
    access.require_keeper(by, organisation.pk, at=at)
    _check(email)
    invitation, secret = invitations.invite(
        organisation=organisation, email=email, name=name, rights=rights, by=by, at=at
    )
    _post(invitation, secret, by, at)
    return invitation


@transaction.atomic
def send_again(*, invitation: Invitation, by: Person | None, at: datetime) -> Invitation:
    """Write once more, with a new link. Raises InvitationOver, InvitationRefused, NotAllowed."""
    access.require_keeper(by, invitation.organisation_id, at=at)
    _check(invitation.email)
    renewed, secret = invitations.send_again(invitation=invitation, by=by, at=at)
    _post(renewed, secret, by, at)
    return renewed


def undelivered(found: Iterable[Invitation]) -> set[int]:
    """Return the keys of those whose newest letter came to nothing, so that whoever invited sees it. One query."""
    named = {f"{KIND}:{one.pk}": one.pk for one in found}
    newest = dict(
        Letter.objects.filter(about__in=named).order_by("created_at", "pk").values_list("about", "failed_at")
    )
    return {named[about] for about, failed_at in newest.items() if failed_at is not None}


def _check(email: str) -> None:
    """Refuse an address that no letter can go to, and our own: a letter to it would come back as a request."""
    try:
        address = addresses.check(email.strip())
    except addresses.BadAddress as error:
        raise InvitationRefused(
            "No letter can be sent to %(address)r: %(error)s.", address=email.strip()[:100], error=error
        ) from None
    if address.casefold() in desk.own().addresses:
        raise InvitationRefused("That is an address of the support desk. Use the person's own.")
    if letters.suppressed(address) is not None:
        raise InvitationRefused("Letters to that address came back, so we write to it no more. Ask support.")


@ours
def _post(invitation: Invitation, secret: str, by: Person | None, at: datetime) -> None:
    terms = contracts.terms_for(organisation=invitation.organisation, product=None, at=at)
    vendor = letters.brand().name or letters.vendor_of(terms)
    values = {
        "greeting": phrases.greeting(invitation.name),
        "inviter": _named(by) or vendor,
        "organisation": invitation.organisation.name,
        "vendor": vendor,
        "link": f"{settings.BASE_URL}{PATH}{secret}/",
        "until": phrases.moment(invitation.expires_at, phrases.zone_of(contracts.load(terms))),
    }
    circulars.send(
        KIND, values, to=Address(letters.one_line(invitation.name), invitation.email), about=f"{KIND}:{invitation.pk}",
        at=at,
    )  # fmt: skip


def _named(by: Person | None) -> str:
    """Return who invites. A name that holds an address or a link is left out: people write their names themselves."""
    name = " ".join(by.name.split()) if by else ""
    return name if not set(name) & set("@/:<>") and len(name) <= 80 else ""
