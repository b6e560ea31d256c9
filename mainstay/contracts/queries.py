"""Reads of contracts: which terms hold for an organisation and a product at a moment."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet

from mainstay.contracts.models import (
    AgreementVersion,
    Contract,
    ContractProduct,
    Coverage,
    HolidayTable,
    OutOfHours,
    Override,
    Product,
    TermsSnapshot,
)
from mainstay.contracts.names import CALLED
from mainstay.core.plain_words import Change, difference
from mainstay.core.terms import Agreement, Terms
from mainstay.lib import once
from mainstay.orgs.models import Organisation


class NoAgreement(LookupError):
    """No agreement of that name is installed; the message says how to install one."""


def terms_for(*, organisation: Organisation | None, product: Product | None, at: datetime) -> TermsSnapshot:
    """Return the terms in force at `at`, written down once and shared by all tickets that run on the same.

    Where no contract covers the moment (an unknown organisation, say), they are the standard agreement's with core
    coverage: nobody is left without a promise while it is being found out whose request it is.
    """
    contract = contract_in_force(organisation, product=product, at=at) if organisation else None
    agreement = contract.agreement if contract else default_agreement(at)
    hosted = _is_hosted(contract, product)
    overrides = merged(row.terms for row in contract.overrides.all() if is_in_force(row, at)) if contract else {}
    return _interned(
        agreement=agreement,
        contract=contract,
        coverage=contract.coverage if contract else Coverage.CORE,
        hosted=hosted,
        overrides=overrides,
        holidays=newest_holidays(),
    )


def contract_in_force(
    organisation: Organisation, *, product: Product | None, at: datetime
) -> Contract | None:
    """Return the contract of `organisation` at `at`: the one that names the product, or else the newest in force."""
    contracts = in_force(organisation, at=at)
    if product is not None:
        for contract in contracts:
            if any(line.product_id == product.pk for line in contract.products.all()):
                return contract
    return contracts[0] if contracts else None


def product_named(words: str) -> Product | None:
    """Return the product that somebody means by its key or its whole name, in any case; None for anything else."""
    said = " ".join(words.split())[:120]
    return Product.objects.filter(Q(key__iexact=said) | Q(name__iexact=said)).first() if said else None


def default_agreement(at: datetime) -> AgreementVersion:
    """Return the newest version of the configured agreement that is effective at `at`, or its oldest."""
    name = settings.AGREEMENT
    versions = once.look(("versions", name), lambda: _versions(name))
    if not versions:
        raise NoAgreement(
            f"No agreement called {name!r} is installed. Install one: mainstay agreement install FILE"
        )
    _, pk, digest = next((one for one in versions if one[0] <= at), versions[-1])
    return _version(pk, digest)


def _versions(name: str) -> list[tuple[datetime, int, str]]:
    found = AgreementVersion.objects.filter(name=name).order_by("-effective_from", "-id")
    return list(found.values_list("effective_from", "pk", "digest"))


@lru_cache(maxsize=64)
def _version(pk: int, digest: str) -> AgreementVersion:
    """Return an installed version: read once per process, for it is never changed."""
    return AgreementVersion.objects.get(pk=pk, digest=digest)


def newest_holidays() -> dict[str, str]:
    """Return the version in force of each holiday table: the one installed last."""
    return once.look(
        "holidays", lambda: dict(HolidayTable.objects.order_by("id").values_list("name", "version"))
    )


def _is_hosted(contract: Contract | None, product: Product | None) -> bool:
    if contract is None or product is None:
        return True
    return all(line.hosted for line in contract.products.all() if line.product_id == product.pk)


def is_in_force(row: Any, at: datetime) -> bool:
    """Whether a contract or an override is in force at `at`: [active_from, active_to)."""
    return row.active_from <= at and (row.active_to is None or at < row.active_to)


def in_force(organisation: Organisation, *, at: datetime) -> list[Contract]:
    """Return every contract of `organisation` in force at `at`, the newest first. Two queries."""
    return [row for row in contracts_of(organisation) if is_in_force(row, at)]


def contracts_of(organisation: Organisation) -> list[Contract]:
    """Return all contracts of `organisation`, ended and coming ones too, the newest first. Four queries."""
    return once.look(
        ("contracts", organisation.pk), lambda: list(_with_all().filter(organisation=organisation))
    )


def look_ahead(organisation_ids: Iterable[int]) -> None:
    """Look up the contracts of these organisations at once, for `once.for_all`. Four queries."""
    found: dict[int, list[Contract]] = {pk: [] for pk in organisation_ids}
    for contract in _with_all().filter(organisation__in=found) if found else ():
        found[contract.organisation_id].append(contract)
    for pk, contracts in found.items():
        once.remember(("contracts", pk), contracts)


def _with_all() -> QuerySet[Contract]:
    products = ContractProduct.objects.select_related("product").order_by("product__name")
    overrides = Override.objects.select_related("recorded_by").order_by("active_from", "id")
    return (
        Contract.objects.select_related("agreement", "organisation")
        .prefetch_related(
            Prefetch("products", products),
            Prefetch("overrides", overrides),
            Prefetch("out_of_hours", OutOfHours.objects.order_by("active_from", "id")),
        )
        .order_by("-active_from", "-id")
    )


def home_zone(at: datetime) -> ZoneInfo:
    """Return the zone in which dates of contracts are meant: that of the standard agreement's hours."""
    try:
        agreement = agreement_of(default_agreement(at))
    except NoAgreement:
        return ZoneInfo("UTC")
    terms = next(iter(agreement.coverages.values()))
    return next(iter(terms.calendars.values())).calendar.zone


def tables() -> str:
    """Return the holiday tables in force, written as JSON, for whoever asks about several agreements. One query."""
    newest = {row.name: row for row in HolidayTable.objects.order_by("id")}
    told = {name: {"version": row.version, "dates": row.dates} for name, row in newest.items()}
    return json.dumps(told, sort_keys=True)


def agreement_of(version: AgreementVersion, *, holidays: str = "") -> Agreement:
    """Return an installed agreement with the holiday tables in force. Read once per process and tables.

    `holidays` is what `tables` returned; without it they are looked up, which is one query.
    """
    return _parsed(version.source, holidays or tables())


def promised(contract: Contract, *, at: datetime) -> Agreement:
    """Return what `contract` promises at `at`: its agreement under its coverage, with what was agreed otherwise."""
    layers = [row.terms for row in contract.overrides.all() if is_in_force(row, at)]
    return _narrowed(agreement_of(contract.agreement), contract.coverage, merged(layers))


def difference_for(
    contract: Contract,
    terms: Mapping[str, Any],
    *,
    at: datetime,
    without: Override | None = None,
    holidays: str = "",
) -> tuple[Change, ...]:
    """Say in words what `terms` change for this one client at `at`, beside what else was agreed otherwise by then.

    `without` is the override itself, where it is recorded already. `holidays` as in `agreement_of`. Raises
    AgreementFaults where the terms do not fit.
    """
    layers = [row.terms for row in contract.overrides.all() if is_in_force(row, at) and row != without]
    before, after = (json.dumps(merged(said), default=str) for said in (layers, [*layers, terms]))
    return _told(contract.agreement.source, holidays or tables(), contract.coverage, before, after)


@lru_cache(maxsize=256)
def _told(source: str, holidays: str, coverage: str, before: str, after: str) -> tuple[Change, ...]:
    """Return the difference between two sets of overrides; remembered, for saying it costs as much as reading both."""
    agreement = _parsed(source, holidays)
    return difference(
        _narrowed(agreement, coverage, json.loads(before)), _narrowed(agreement, coverage, json.loads(after)), CALLED
    )


def _narrowed(agreement: Agreement, coverage: str, terms: Mapping[str, Any]) -> Agreement:
    """Return the agreement under one coverage only. Raises UnknownCoverage."""
    changed = agreement.with_overrides(terms) if terms else agreement
    return replace(changed, coverages={coverage: changed.terms(coverage)})


@lru_cache(maxsize=64)
def _parsed(source: str, holidays: str) -> Agreement:
    return Agreement.from_dict(tomllib.loads(source, parse_float=Decimal), holidays=json.loads(holidays))


def merged(layers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the overrides laid over one another: later ones win, tables are joined key by key."""
    result: dict[str, Any] = {}
    for layer in layers:
        _lay(result, layer)
    return result


def _lay(under: dict[str, Any], over: Mapping[str, Any]) -> None:
    for key, value in over.items():
        if isinstance(value, Mapping) and isinstance(under.get(key), dict):
            _lay(under[key], value)
        else:
            under[key] = dict(value) if isinstance(value, Mapping) else value


def _interned(**terms: Any) -> TermsSnapshot:
    """Return the row that says exactly this, making it if it is the first time. Safe when two make it at once."""
    said = [
        terms["agreement"].pk,
        terms["contract"] and terms["contract"].pk,
        terms["coverage"],
        terms["hosted"],
        terms["overrides"],
        terms["holidays"],
    ]
    digest = hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    found = once.look(("terms", digest), lambda: TermsSnapshot.objects.filter(digest=digest).first())
    return found or TermsSnapshot.objects.get_or_create(digest=digest, defaults=terms)[0]


def load(snapshot: TermsSnapshot) -> Terms:
    """Return the terms that `snapshot` stands for. Read once per process: a snapshot is never changed."""
    return known(snapshot.digest, snapshot.pk)


def known(digest: str, snapshot_id: int) -> Terms:
    """Return the terms of the snapshot with that digest and key, for whoever has read only these of it."""
    return _load(digest, snapshot_id)


def load_by_digest(digest: str) -> Terms:
    """Return the terms that a digest in the event log stands for."""
    return load(TermsSnapshot.objects.get(digest=digest))


def with_holidays(snapshot: TermsSnapshot, *, name: str, version: str) -> TermsSnapshot:
    """Return the terms of `snapshot` with another version of one holiday table."""
    return _interned(
        agreement=snapshot.agreement,
        contract=snapshot.contract,
        coverage=snapshot.coverage,
        hosted=snapshot.hosted,
        overrides=snapshot.overrides,
        holidays={**snapshot.holidays, name: version},
    )


def as_if(snapshot: TermsSnapshot, table: HolidayTable) -> Terms:
    """Return the terms of `snapshot` as they would be with `table`, which need not be installed: for previews."""
    others = [
        HolidayTable.objects.get(name=name, version=version)
        for name, version in snapshot.holidays.items()
        if name != table.name
    ]
    agreement = read_agreement(snapshot.agreement.source, [*others, table])
    return agreement.terms(coverage=snapshot.coverage, overrides=snapshot.overrides, hosted=snapshot.hosted)


@lru_cache(maxsize=1024)
def _load(digest: str, snapshot_id: int) -> Terms:
    snapshot = TermsSnapshot.objects.select_related("agreement").get(pk=snapshot_id)
    tables = {
        name: HolidayTable.objects.get(name=name, version=version)
        for name, version in snapshot.holidays.items()
    }
    agreement = read_agreement(snapshot.agreement.source, tables.values())
    return agreement.terms(coverage=snapshot.coverage, overrides=snapshot.overrides, hosted=snapshot.hosted)


def read_agreement(source: str, tables: Iterable[HolidayTable]) -> Agreement:
    """Return the agreement written in `source` with these holiday tables. Raises AgreementFaults with every fault."""
    data = tomllib.loads(source, parse_float=Decimal)
    return Agreement.from_dict(
        data, holidays={table.name: {"version": table.version, "dates": table.dates} for table in tables}
    )
