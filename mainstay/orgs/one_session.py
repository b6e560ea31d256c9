"""One live session per person, where an organisation wants it so (R5.1b)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mainstay.orgs import access, changes, signins
from mainstay.orgs.models import OneSession, Organisation, Person, SignIn

REASON = "one session"  # what is kept on a session that was ended for it


@transaction.atomic
def ask(*, organisation: Organisation, by: Person, at: datetime) -> None:
    """Want it from the next sign-in on. Safe to repeat. Raises NotAllowed."""
    access.require_keeper(by, organisation.pk, at=at)
    _, made = OneSession.objects.get_or_create(
        organisation=organisation, ended_at=None, defaults={"began_at": at, "began_by": by}
    )
    if made:
        changes.note("one_session_asked", organisation=organisation, at=at, by=by)


@transaction.atomic
def drop(*, organisation: Organisation, by: Person, at: datetime) -> None:
    """Want it no longer. Safe to repeat. Raises NotAllowed."""
    access.require_keeper(by, organisation.pk, at=at)
    wanted = OneSession.objects.filter(organisation=organisation, ended_at=None)
    if wanted.update(ended_at=at, ended_by=by):
        changes.note("one_session_dropped", organisation=organisation, at=at, by=by)


def wanted_by(organisation: Organisation) -> OneSession | None:
    """Return that an organisation wants it, with who asked and when. One query."""
    return OneSession.objects.filter(organisation=organisation, ended_at=None).select_related("began_by").first()


@transaction.atomic
def keep(person: Person, *, this: int, at: datetime) -> int:
    """End every session of `person` but `this`, if an organisation of theirs wants one; return how many that were."""
    homes = access.active_memberships(at).filter(person=person).values("organisation")
    if person.staff_role or not OneSession.objects.filter(organisation__in=homes, ended_at=None).exists():
        return 0
    others = signins.live([person], at=at).exclude(pk=this)
    return signins.end(others, at=at, by=person, reason=REASON)


def ended_for_it(session_key: str) -> SignIn | None:
    """Return the session that had this key and was ended because of a newer one, for telling whoever used it."""
    found = SignIn.objects.filter(session_key=session_key, reason=REASON).exclude(ended_at=None)
    return found.order_by("-pk").first() if session_key else None
