"""The out-of-hours number that some contracts give: that client's own, told to nobody else (pack, clause 2.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from mainstay.contracts import queries
from mainstay.contracts.actions import ContractRefused
from mainstay.contracts.models import Contract, OutOfHours
from mainstay.contracts.periods import first_day, last_day
from mainstay.lib import once, telephone
from mainstay.orgs import access, changes
from mainstay.orgs.models import Organisation, Person, StaffRole


@transaction.atomic
def agree(
    *,
    contract: Contract,
    number: str,
    words: str,
    active_from: datetime,
    at: datetime,
    by: Person | None = None,
    active_to: datetime | None = None,
) -> OutOfHours:
    """Record the number for [active_from, active_to); one that holds by then ends where this one begins.

    `by` is None for a command. Raises BadNumber, ContractRefused, NotAllowed; nothing is written then.
    """
    if by is not None:
        access.require(by, StaffRole.MANAGER)
    if active_to is not None and active_to <= active_from:
        raise ContractRefused("It cannot end before it begins. Check both days.")
    told = telephone.e164(number)
    if not told:
        raise telephone.BadNumber("Write the number that the client rings outside hours.")
    _free(contract, active_from, active_to)
    row = OutOfHours.objects.create(
        contract=contract, number=told, words=words.strip(), active_from=active_from, active_to=active_to,
        recorded_at=at, recorded_by=by,
    )  # fmt: skip
    since = first_day(active_from, queries.home_zone(at))
    changes.note(
        "out_of_hours_agreed", organisation=contract.organisation, at=at, by=by, document=contract.document,
        since=f"{since.day} {since:%B %Y}",
    )  # fmt: skip
    return row


def _free(contract: Contract, active_from: datetime, active_to: datetime | None) -> None:
    """End what holds when the new number begins; refuse one that would lie over a number that begins later."""
    over = contract.out_of_hours.filter(Q(active_to=None) | Q(active_to__gt=active_from))
    later = over.filter(active_from__gte=active_from)
    if active_to is not None:
        later = later.filter(active_from__lt=active_to)
    if later.exists():
        raise ContractRefused("Another number begins in that time. End that one first, or choose other days.")
    over.filter(active_from__lt=active_from).update(active_to=active_from)


@transaction.atomic
def end(*, row: OutOfHours, active_to: datetime, at: datetime, by: Person | None = None) -> None:
    """End a number at `active_to` (exclusive). Raises ContractRefused where it ends before it began, NotAllowed."""
    if by is not None:
        access.require(by, StaffRole.MANAGER)
    if active_to <= row.active_from:
        raise ContractRefused("It cannot end before it begins. Check the day.")
    OutOfHours.objects.filter(pk=row.pk).update(active_to=active_to)
    over = last_day(active_to, queries.home_zone(at))
    changes.note(
        "out_of_hours_ended", organisation=row.contract.organisation, at=at, by=by,
        document=row.contract.document, to=f"{over.day} {over:%B %Y}",
    )  # fmt: skip


def of_contract(contract: Contract, *, at: datetime) -> OutOfHours | None:
    """Return the number of `contract` at `at`, for whoever may know it. One query, or one for a batch of mails."""
    newest_first = contract.out_of_hours.order_by("-active_from", "-id")
    rows = once.look(("out of hours", contract.pk), lambda: list(newest_first))
    return next((row for row in rows if queries.is_in_force(row, at)), None)


def number_for(
    person: Person, *, organisation: Organisation, contract: Contract | None, at: datetime
) -> OutOfHours | None:
    """Return the number that `person` may be told at `at`: that of their own organisation's contract, or None.

    Only an authorised user is told (R2.3b); a sender who is held, unknown, or of another client never is.
    """
    if contract is None or contract.organisation_id != organisation.pk:
        return None
    found = of_contract(contract, at=at)
    if found is None or not _may_raise_for(person, organisation, at):
        return None
    return found


def _may_raise_for(person: Person, organisation: Organisation, at: datetime) -> bool:
    return any(one.organisation_id == organisation.pk for one in access.authority_of(person, at=at))
