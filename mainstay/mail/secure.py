"""Clients who take links only: their rules for secure mail (DCB1596) allow no content, so letters say where to read it.

The rule holds for a whole letter: where its client or anybody who gets it is bound, nobody gets its words by mail.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from mainstay.mail.kinds import CLIENT, KINDS
from mainstay.mail.models import SecureMail
from mainstay.orgs import access, changes
from mainstay.orgs.models import Organisation, Person, StaffRole

INSTEAD = frozenset({"link_only", "link_only_news"})  # what is sent in place of the others


@dataclass(frozen=True, slots=True)
class Rule:
    """One client's rule as it holds now."""

    organisation_id: int
    name: str
    domains: tuple[str, ...]
    may_carry: frozenset[str]


def rules_now() -> Mapping[int, Rule]:
    """Return the rules in force by organisation. One query."""
    open_now = SecureMail.objects.filter(ended_at=None).select_related("organisation")
    return {
        row.organisation_id: Rule(
            row.organisation_id, row.organisation.name, tuple(row.organisation.domains), frozenset(row.may_carry)
        )
        for row in open_now
    }


def binding(
    rules: Mapping[int, Rule],
    key: str,
    *,
    organisation_id: int | None,
    addresses: Iterable[str],
    at: datetime,
) -> Rule | None:
    """Return the rule that takes the words out of this letter, None where it may carry them.

    No query where there are no rules or the client itself is bound, else one: whose people the addresses are.
    """
    if not rules or KINDS[key].to != CLIENT or key in INSTEAD:
        return None
    concerned = _concerned(rules, organisation_id, [one.casefold() for one in addresses], at)
    return next((rules[one] for one in concerned if key not in rules[one].may_carry), None)


def _concerned(
    rules: Mapping[int, Rule], organisation_id: int | None, addresses: Collection[str], at: datetime
) -> list[int]:
    own = [organisation_id] if organisation_id in rules else []
    domains = {one.rpartition("@")[2] for one in addresses}
    hinted = [pk for pk, rule in rules.items() if domains & set(rule.domains)]
    theirs = Q(person__email__in=addresses) | Q(person__addresses__email__in=addresses)
    members = access.active_memberships(at).filter(theirs, organisation_id__in=list(rules))
    found = [] if own and not addresses else list(members.values_list("organisation_id", flat=True))
    return list(dict.fromkeys([one for one in (*own, *hinted, *found) if one is not None]))


def carriers() -> list[str]:
    """Return the letters that a rule may let through: all to clients but those that are sent in place of them."""
    return [key for key, kind in KINDS.items() if kind.to == CLIENT and key not in INSTEAD]


@transaction.atomic
def set_rule(
    *, organisation: Organisation, links_only: bool, may_carry: Collection[str] = (), by: Person, at: datetime
) -> None:
    """Have letters to this client carry links only, but for those of `may_carry`; or their words again.

    Raises NotAllowed, and ValueError for a letter that there is not. What was in force before stays as history.
    """
    access.require(by, StaffRole.MANAGER)
    wanted = sorted(set(may_carry))
    if unknown := set(wanted) - set(carriers()):
        raise ValueError(f"There is no such letter to a client: {', '.join(sorted(unknown))}.")
    row = SecureMail.objects.select_for_update().filter(organisation=organisation, ended_at=None).first()
    if links_only and row is not None and row.may_carry == wanted:
        return
    if row is not None:
        row.ended_at, row.ended_by = at, by
        row.save(update_fields=["ended_at", "ended_by"])
    Organisation.objects.filter(pk=organisation.pk).update(links_only=links_only)
    if links_only:
        SecureMail.objects.create(organisation=organisation, may_carry=wanted, since=at, begun_by=by)
        spared = ", ".join(KINDS[key].title.lower() for key in wanted)
        kind = "links_only_but" if wanted else "links_only"
        changes.note(kind, organisation=organisation, at=at, by=by, spared=spared)
    elif row is not None:
        changes.note("links_only_ended", organisation=organisation, at=at, by=by)


def of(organisation: Organisation) -> SecureMail | None:
    """Return the rule of this client that is in force, None where mail carries words. One query."""
    return SecureMail.objects.filter(organisation=organisation, ended_at=None).first()


def history(organisation: Organisation) -> QuerySet[SecureMail]:
    """Return every rule this client had, the newest first."""
    rows = SecureMail.objects.filter(organisation=organisation).select_related("begun_by", "ended_by")
    return rows.order_by("-id")
