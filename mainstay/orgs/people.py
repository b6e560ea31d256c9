"""Whom an organisation's administrator keeps: the scoping functions of people, invitations and history.

All ask for the authority of whoever asks at that moment; what belongs to another organisation is not there.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from mainstay.orgs import access
from mainstay.orgs.models import Change, Invitation, Membership, Organisation, Person

SORTS = {
    "name": ("person__name", "pk"), "-name": ("-person__name", "-pk"), "role": ("role", "pk"),
    "-role": ("-role", "-pk"), "since": ("active_from", "pk"), "-since": ("-active_from", "-pk"),
}  # fmt: skip
NEWEST = ("-pk",)  # how the history is listed
RIGHTS = {
    "raise": Q(may_raise=True), "all": Q(sees_all=True), "keeps": Q(administrates=True), "none": Q(may_raise=False),
}  # fmt: skip


def kept_by(person: Person, *, at: datetime) -> QuerySet[Organisation]:
    """Return the organisations whose people `person` keeps at `at`, in the order of names."""
    if not person.is_active:
        return Organisation.objects.none()
    mine = access.active_memberships(at).filter(person=person, administrates=True)
    return Organisation.objects.filter(pk__in=mine.values("organisation")).order_by("name", "pk")


def memberships(person: Person, *, at: datetime, ended: bool = False) -> QuerySet[Membership]:
    """Return the authorised users of the organisations that `person` keeps, or those whose authority has ended."""
    kept = kept_by(person, at=at).values("pk")
    found = Membership.objects.filter(active_to__lte=at) if ended else access.active_memberships(at)
    return found.filter(organisation__in=kept).select_related("person", "organisation", "granted_by")


def invited(person: Person, *, at: datetime) -> QuerySet[Invitation]:
    """Return the invitations of those organisations that are neither accepted nor withdrawn, the newest first."""
    kept = kept_by(person, at=at).values("pk")
    found = Invitation.objects.filter(organisation__in=kept, accepted_at=None, withdrawn_at=None)
    return found.select_related("invited_by", "organisation").order_by("-sent_at", "-pk")


def history(person: Person, *, at: datetime) -> QuerySet[Change]:
    """Return what was changed about the people of those organisations, the newest first. Contracts are not told."""
    kept = kept_by(person, at=at).values("pk")
    found = Change.objects.filter(organisation__in=kept).filter(
        Q(kind__startswith="user_") | Q(kind__startswith="invitation_") | Q(kind__startswith="one_session_")
        | Q(kind__startswith="address_") | Q(kind="phone_changed")
    )  # fmt: skip
    return found.select_related("person", "by", "organisation").order_by(*NEWEST)


def narrowed(found: QuerySet[Membership], *, text: str = "", right: str = "") -> QuerySet[Membership]:
    """Return those of them whose name, address or role holds each word of `text`, and who have `right`."""
    for word in text.split()[:8]:
        found = found.filter(
            Q(person__name__icontains=word) | Q(person__email__icontains=word) | Q(role__icontains=word)
        )
    return found.filter(RIGHTS[right]) if right in RIGHTS else found
