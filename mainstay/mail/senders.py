"""Who wrote a mail, and for whom.

What may be believed of it, and what the person may do (R3.2b, class A3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q

from mainstay.mail.parsed import Auth, ParsedMail, Trust
from mainstay.orgs.models import Membership, Organisation, Person


@dataclass(frozen=True, slots=True)
class Sender:
    """The writer of a mail. `address` is "" where From names nobody that can be relied on.

    `forged` says in words why the mail cannot be theirs; `proven` that our own border vouches for the domain.
    `unchecked`: no border is configured whose word could be asked.
    """

    address: str
    name: str
    person: Person | None
    authority: Sequence[Membership]
    forged: str
    proven: bool
    unchecked: bool

    @property
    def may_be_believed(self) -> bool:
        """Whether the mail may act as this sender on a ticket that exists (class A2).

        Proven, or nobody checks.
        """
        return bool(self.address) and not self.forged and (self.proven or self.unchecked)

    @property
    def is_staff(self) -> bool:
        """Whether the address is that of somebody who works or worked the desk.

        Never takes such mail for a client's.
        """
        return self.person is not None and bool(self.person.staff_role)

    @property
    def switched_off(self) -> bool:
        return self.person is not None and not self.person.is_active


def sender_of(mail: ParsedMail, *, trust: Trust, at: datetime) -> Sender:
    """Look up who wrote `mail`. Authority is asked for now, whatever it was when the thread began.

    Two queries.
    """
    if mail.sender is None:
        return Sender("", mail.sender_text[:200], None, (), "", False, not trust.authserv_id)
    person = _person(mail.sender.key)
    return Sender(
        address=mail.sender.address,
        name=mail.sender.name or (person.name if person else ""),
        person=person,
        authority=_authority(person, at) if person else (),
        forged=forgery(mail.auth, mail.sender.domain),
        proven=mail.auth.aligned(mail.sender.domain),
        unchecked=not trust.authserv_id,
    )


_known: ContextVar[Mapping[str, Person] | None] = ContextVar("known people", default=None)


@contextmanager
def knowing(keys: Iterable[str]) -> Iterator[None]:
    """Look up whom these addresses belong to, and their authority, once for the block. Four queries."""
    asked = set(keys)
    people = Person.objects.filter(Q(email__in=asked) | Q(addresses__email__in=asked)).distinct()
    found = people.prefetch_related("addresses", _AUTHORITY)
    known = {
        key: person
        for person in found
        for key in (person.email, *(one.email for one in person.addresses.all()))
    }
    token = _known.set(
        {key: known[key] for key in asked if key in known} | dict.fromkeys(asked - known.keys(), _NOBODY)
    )
    try:
        yield
    finally:
        _known.reset(token)


_AUTHORITY = Prefetch(
    "memberships",
    queryset=Membership.objects.filter(may_raise=True).select_related("organisation").order_by("id"),
)
_NOBODY = Person()


def organisations_known() -> set[int]:
    """Return the organisations that those who are known within `knowing` may write for."""
    people = [one for one in (_known.get() or {}).values() if one is not _NOBODY]
    return {one.organisation_id for person in people for one in person.memberships.all()}


def _person(key: str) -> Person | None:
    known = _known.get()
    if known is not None and key in known:
        return None if known[key] is _NOBODY else known[key]
    matching = Q(email=key) | Q(addresses__email=key)
    return Person.objects.filter(matching).prefetch_related(_AUTHORITY).first()


def _authority(person: Person, at: datetime) -> tuple[Membership, ...]:
    """Return for which organisations `person` may raise requests at `at`, from what was looked up with them."""
    if not person.is_active:
        return ()
    return tuple(
        one
        for one in person.memberships.all()
        if one.active_from <= at and (one.active_to is None or at < one.active_to)
    )


def forgery(auth: Auth, domain: str) -> str:
    """Say why a mail cannot be from `domain`, by the word of our own border; "" where it may be.

    Missing results prove nothing either way. A failure counts unless another check vouches for the same
    domain.
    """
    if not auth.by:
        return ""
    if auth.dmarc == "fail":
        return f"{domain} says that this mail is not from it (DMARC fail, by {auth.by})"
    if not auth.aligned(domain) and ("fail" in (auth.spf, auth.dkim)):
        verdicts = f"SPF {auth.spf or 'none'}, DKIM {auth.dkim or 'none'}"
        return f"the checks for {domain} failed ({verdicts}, by {auth.by})"
    return ""


def organisation_meant(authority: Sequence[Membership], said: str) -> Membership | None:
    """Return for whom somebody writes: their one organisation, or the one of several that the mail names."""
    if len(authority) == 1:
        return authority[0]
    named = said.casefold().strip()
    meant = [
        one
        for one in authority
        if named and named in (one.organisation.name.casefold(), one.organisation.key)
    ]
    return meant[0] if len(meant) == 1 else None


def hint(domain: str) -> str:
    """Say whose domain an unknown sender writes from: a hint for whoever verifies, and no right.

    One query.
    """
    for organisation in Organisation.objects.exclude(domains=[]).order_by("id"):
        if any(domain == one.lower() or domain.endswith("." + one.lower()) for one in organisation.domains):
            return f"; {domain} is the domain of {organisation.name}"
    return ""
