"""How often a program of ours may answer an address, and whom it no longer writes to (reliability classes
A10-A12).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from mainstay.lib import rows, sql
from mainstay.lib.time import from_text, to_text
from mainstay.mail.classify import Failure
from mainstay.mail.intent import subject_without_prefixes
from mainstay.mail.models import AutoAnswerBudget, Suppression
from mainstay.orgs.models import Person
from mainstay.outbox.models import Letter

APART = timedelta(hours=1)  # between two automatic answers to one address
DAY, IN_A_DAY = timedelta(days=1), 3
_MARKS = re.compile(r"\[[^\[\]]{0,80}\]|[\W_]")  # references and signs differ where the subject does not
KNOWN_IN_A_DAY = 30  # for somebody authorised, whose every request is promised its reference (pack, clause 4)
HARD_FAILURES = 3
_POLICY = re.compile(r"\b5\.7\.\d")
FORGIVEN_AFTER = timedelta(days=30)  # an older failure no longer counts


def may_answer(address: str, *, at: datetime) -> bool:
    """Take one automatic answer from the budget of `address`, or say no. At most one an hour and three a day.

    Two workers that ask at once cannot both be told yes: the row changes for one of them only.
    """
    return _take(address.casefold(), "", in_a_day=IN_A_DAY, at=at)


def may_acknowledge(address: str, *, subject: str, at: datetime) -> bool:
    """Take one acknowledgement for a request of somebody authorised, or say no.

    Each request of theirs is promised its reference, so the usual restraint holds for each subject by itself: what
    two programs write to each other in a circle has one subject. Thirty a day end any other circle.
    """
    bare = " ".join(_MARKS.sub(" ", subject_without_prefixes(subject[:1_000]).casefold()).split())
    digest = hashlib.sha256(bare.encode()).hexdigest()[:16]
    return _take(address.casefold(), digest, in_a_day=KNOWN_IN_A_DAY, at=at)


def forget_old_budgets(at: datetime) -> int:
    """Remove the budgets of addresses that had no automatic answer for a day. Returns how many."""
    return AutoAnswerBudget.objects.filter(last_at__lt=at - DAY).delete()[0]


_known: ContextVar[dict[str, AutoAnswerBudget | None] | None] = ContextVar("known budgets", default=None)


@contextmanager
def knowing(addresses: Iterable[str]) -> Iterator[None]:
    """Look up the budgets of these addresses once for the block. One query."""
    asked = {address.casefold() for address in addresses}
    found = {row.address: row for row in rows.among(AutoAnswerBudget, "address", asked)}
    token = _known.set({key: found.get(key) for key in asked})
    try:
        yield
    finally:
        _known.reset(token)


def _budget_of(address: str) -> AutoAnswerBudget | None:
    """Return the budget of an address. What was looked up ahead is used once: whoever asks goes on to change it."""
    known = _known.get()
    if known is not None and address in known:
        return known.pop(address)
    return next(iter(rows.read(AutoAnswerBudget, address=address)), None)


def _take(address: str, about: str, *, in_a_day: int, at: datetime) -> bool:
    """Ask again whenever another worker was first; each time somebody else has got what they asked for."""
    while True:
        row = _budget_of(address)
        if row is None:
            if _begin(address, about, at):
                return True
            continue
        lately = {key: found for key, said in row.lately.items() if (found := _of_today(said, at))}
        mine = lately.get(about, [])
        if sum(map(len, lately.values())) >= in_a_day or len(mine) >= IN_A_DAY:
            return False
        if mine and from_text(mine[-1]) > at - APART:
            return False
        lately[about] = [*mine, to_text(at)]
        as_read = {"id": row.pk, "version": row.version}
        if rows.change(AutoAnswerBudget, as_read, lately=lately, version=row.version + 1, last_at=at):
            return True


def _of_today(moments: list[str], at: datetime) -> list[str]:
    return [one for one in moments if from_text(one) > at - DAY]


def _begin(address: str, about: str, at: datetime) -> bool:
    new = AutoAnswerBudget(address=address, lately={about: [to_text(at)]}, last_at=at)
    return rows.insert_unless_there([new]) == 1  # else another worker was first


@transaction.atomic
def count_failures(failures: Iterable[Failure], *, among: Iterable[str], at: datetime) -> list[str]:
    """Count hard failures against those addresses that we really wrote to.

    Return which are now written to no more.
    """
    written_to = {address.casefold() for address in among}
    hard = {
        one.address.casefold(): one
        for one in failures
        if _means_the_address(one) and one.address.casefold() in written_to
    }
    stopped = []
    for address, failure in sorted(hard.items()):
        row, _ = sql.lock_rows(Suppression.objects.all()).get_or_create(
            address=address, defaults={"last_failed_at": at}
        )
        row.failures = row.failures + 1 if row.last_failed_at > at - FORGIVEN_AFTER else 1
        row.last_failed_at = max(row.last_failed_at, at)
        row.reason = (failure.words or failure.status or "the address refuses mail")[:500]
        if row.failures >= HARD_FAILURES and row.suppressed_at is None:
            row.suppressed_at, row.lifted_by = at, None
            stopped.append(address)
        row.save()
    return stopped


def lift(*, address: str, by: Person) -> bool:
    """Write to `address` again, by a person's decision. Says whether it was stopped."""
    stopped = Suppression.objects.filter(~Q(suppressed_at=None), address=address.casefold())
    return bool(stopped.update(suppressed_at=None, failures=0, lifted_by=by))


def _means_the_address(failure: Failure) -> bool:
    """Say whether it is the address that fails for good. A refusal by policy (5.7) may be about us or the content."""
    return failure.permanent and not _POLICY.search(f"{failure.status} {failure.words}")


def hear_failed(letter: Letter, at: datetime) -> list[str]:
    """Count what a server refused for good while we delivered, as a bounce would. Hears the outbox."""
    return _count_refused(letter, letter.recipients, at)


def hear_copies_refused(letter: Letter, addresses: tuple[str, ...], at: datetime) -> list[str]:
    """Count the copies that a server refused for good. Hears the outbox."""
    return _count_refused(letter, addresses, at)


def _count_refused(letter: Letter, addresses: Iterable[str], at: datetime) -> list[str]:
    asked = list(addresses)
    results = [(address, letter.results.get(address, {})) for address in asked]
    failures = [
        Failure(address, permanent=True, words=str(result.get("answer", "")))
        for address, result in results
        if str(result.get("code", "")).startswith("5")
    ]
    return count_failures(failures, among=asked, at=at)
