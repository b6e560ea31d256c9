"""Identity providers of organisations: entering and ending them, who is led to one, and whom one may sign in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from mainstay.core.saying import Refusal
from mainstay.lib import sealed
from mainstay.lib.fetch import FetchFailed, check_url
from mainstay.orgs import access, changes
from mainstay.orgs.models import IdentityProvider, Organisation, Person, ProviderSubject, StaffRole

_PURPOSE = "identity provider"


class ProviderRefused(Refusal, ValueError):
    """A provider cannot be entered so; the message says why and what to do instead."""


class NotOurs(Refusal, LookupError):
    """Whom the provider names may not sign in through it. The message is the same for every reason."""


@transaction.atomic
def enter(
    *, organisation: Organisation, issuer: str, client_id: str, secret: str, only: bool, by: Person | None, at: datetime
) -> IdentityProvider:
    """Let `organisation` sign its people in from now on, in place of what held so far; `by` None is a command.

    An empty `secret` keeps the one there is, for the same issuer and client id. Raises ProviderRefused, NotAllowed.
    """
    _require(by)
    issuer, client_id = _checked_issuer(issuer.strip()), client_id.strip()
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    known = of(organisation)
    if secret:
        kept = sealed.seal(secret, purpose=_PURPOSE)
    elif known is not None and (known.issuer, known.client_id) == (issuer, client_id):
        kept = known.secret
    else:
        raise ProviderRefused("Enter the client secret: the provider gave it together with the client id.")
    if known is not None:
        _end(known, by, at)
    made = IdentityProvider.objects.create(
        organisation=organisation, issuer=issuer, client_id=client_id, secret=kept, only=only, began_at=at, began_by=by
    )
    kind = "provider_only" if only else "provider_entered"
    changes.note(kind, organisation=organisation, at=at, by=by, host=urlsplit(issuer).hostname)
    return made


@transaction.atomic
def end(*, organisation: Organisation, by: Person | None, at: datetime) -> bool:
    """Let nobody sign in through it any more. Returns whether there was one. Raises NotAllowed."""
    _require(by)
    known = of(Organisation.objects.select_for_update().get(pk=organisation.pk))
    if known is None:
        return False
    _end(known, by, at)
    changes.note("provider_ended", organisation=organisation, at=at, by=by, host=urlsplit(known.issuer).hostname)
    return True


@transaction.atomic
def forget(*, organisation: Organisation, person: Person, by: Person | None, at: datetime) -> bool:
    """Forget whom the provider means by this person, for when they have a new account there. Raises NotAllowed."""
    _require(by)
    gone, _ = ProviderSubject.objects.filter(organisation=organisation, person=person).delete()
    if gone:
        changes.note("provider_forgot", organisation=organisation, person=person, at=at, by=by)
    return bool(gone)


def of(organisation: Organisation) -> IdentityProvider | None:
    """Return the provider in force. One query."""
    return IdentityProvider.objects.filter(organisation=organisation, ended_at=None).first()


def in_force() -> Sequence[IdentityProvider]:
    """Return every provider in force, with its organisation. One query."""
    found = IdentityProvider.objects.filter(ended_at=None, organisation__isnull=False)
    return list(found.select_related("organisation").order_by("organisation__name", "pk"))


def are_any() -> bool:
    """Whether any organisation signs its own people in. One query."""
    return IdentityProvider.objects.filter(ended_at=None).exists()


def for_address(email: str) -> IdentityProvider | None:
    """Return whose provider the mail domain leads to, None where none or several would. No person is looked at."""
    domain = email.strip().rpartition("@")[2].lower()
    found = [one for one in in_force() if domain in one.organisation.domains]
    return found[0] if len(found) == 1 else None


def only_through(person: Person, *, at: datetime) -> IdentityProvider | None:
    """Return the provider that `person` must use, where their organisation wants no other way. Two queries.

    Who belongs to several organisations signs in as before: no provider of one may vouch for them.
    """
    if person.staff_role:
        return None
    homes = list(access.active_memberships(at).filter(person=person).values_list("organisation", flat=True)[:2])
    if len(homes) != 1:
        return None
    return IdentityProvider.objects.filter(organisation__in=homes, ended_at=None, only=True).first()


def secret_of(provider: IdentityProvider) -> str:
    """Return the client secret. Raises sealed.Unreadable."""
    return sealed.unseal(provider.secret, purpose=_PURPOSE)


@transaction.atomic
def recognise(*, provider: IdentityProvider, subject: str, email: str, at: datetime) -> Person:
    """Return whom the provider has signed in: by its subject, and by an address that is theirs here; both must agree.

    The first time, the subject is remembered. Raises NotOurs, in the same words for somebody unknown, somebody of
    another organisation, the desk's people, and a subject or an address that meant somebody else before.
    """
    provider = IdentityProvider.objects.select_for_update().get(pk=provider.pk)
    person = access.person_with_address(email)
    if provider.ended_at is not None or person is None or not _may_vouch_for(provider, person, at):
        raise _not_ours()
    known = ProviderSubject.objects.filter(organisation=provider.organisation_id, issuer=provider.issuer)
    by_subject, by_person = known.filter(subject=subject).first(), known.filter(person=person).first()
    if by_subject is None and by_person is None:
        ProviderSubject.objects.create(
            organisation_id=provider.organisation_id, issuer=provider.issuer, subject=subject, person=person,
            first_seen_at=at,
        )  # fmt: skip
    elif by_subject is None or by_person is None or by_subject.pk != by_person.pk:
        raise _not_ours()
    return person


def note_trouble(provider: IdentityProvider, words: str, *, at: datetime) -> None:
    """Keep what went wrong last, for whoever set the provider up. The words name nobody."""
    IdentityProvider.objects.filter(pk=provider.pk).update(trouble=words[:200], trouble_at=at)


def _may_vouch_for(provider: IdentityProvider, person: Person, at: datetime) -> bool:
    if person.staff_role or not person.is_active:
        return False
    homes = set(access.active_memberships(at).filter(person=person).values_list("organisation", flat=True))
    return homes == {provider.organisation_id}


def _not_ours() -> NotOurs:
    return NotOurs(
        "Your organisation signed you in, but not as somebody who may sign in here this way. Ask its administrator "
        "whether you are authorised, with the same address. Who belongs to several organisations signs in by mail."
    )


def _require(by: Person | None) -> None:
    if by is not None:
        access.require(by, StaffRole.MANAGER)


def _end(provider: IdentityProvider, by: Person | None, at: datetime) -> None:
    provider.ended_at, provider.ended_by = at, by
    provider.save(update_fields=["ended_at", "ended_by"])


def _checked_issuer(issuer: str) -> str:
    try:
        parts = check_url(issuer)
    except FetchFailed as error:
        raise ProviderRefused("The issuer cannot be used: %(why)s.", why=str(error)) from None
    if parts.query or len(issuer) > 300:
        raise ProviderRefused("The issuer cannot be used: it must be short and hold no question mark.")
    return issuer
