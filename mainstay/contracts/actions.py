"""Writes of contracts. Nothing here changes what was promised before: rows are added, never rewritten."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib import resources
from typing import Any

from django.db import transaction

from mainstay.contracts import faults, queries
from mainstay.contracts.models import (
    AgreementVersion,
    Contract,
    ContractProduct,
    Coverage,
    HolidayTable,
    Override,
    Product,
)
from mainstay.contracts.periods import first_day, last_day
from mainstay.core.terms import AgreementFaults
from mainstay.orgs import access, changes
from mainstay.orgs.models import Organisation, Person, StaffRole


class AlreadyInstalled(ValueError):
    """The version is installed with other content; what was promised is never rewritten."""


class ContractRefused(ValueError):
    """The contract or override cannot be recorded so; the message says what to mend."""


def install_shipped(*, at: datetime) -> AgreementVersion:
    """Install the holiday tables and the standard agreement that come with the program. Safe to repeat."""
    shipped = resources.files("mainstay.agreements")
    for file in sorted(shipped.joinpath("holidays").iterdir(), key=lambda file: file.name):
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        install_holidays(
            name=table["name"],
            version=table["version"],
            dates=table["dates"],
            at=at,
            by="shipped",
            reason="Came with the program",
        )
    return install_agreement(
        source=shipped.joinpath("standard.toml").read_text(encoding="utf-8"), at=at, by="shipped"
    )


def install_holidays(
    *, name: str, version: str, dates: Mapping[str, str], at: datetime, by: str, reason: str
) -> HolidayTable:
    """Add a version of a holiday table (local dates by name). Open clocks move by `clocks.actions.apply_holidays`.

    Installing the same content again says nothing; another content under the same version raises AlreadyInstalled.
    """
    dates = {date.fromisoformat(str(day)).isoformat(): str(title) for day, title in dates.items()}
    found = HolidayTable.objects.filter(name=name, version=version).first()
    if found is None:
        return HolidayTable.objects.create(
            name=name, version=version, dates=dates, installed_at=at, installed_by=by, reason=reason
        )
    if found.dates != dates:
        raise AlreadyInstalled(
            f"Holidays {name} {version} are installed with other dates. Give the changed table a new version."
        )
    return found


def install_agreement(*, source: str, at: datetime, by: str) -> AgreementVersion:
    """Check an agreement file and add it as a version. Contracts signed before keep the version they name.

    Raises AgreementFaults with every fault, tomllib.TOMLDecodeError where it is no TOML, AlreadyInstalled where this
    version exists with other content.
    """
    agreement = queries.read_agreement(source, newest_tables())
    digest = hashlib.sha256(source.encode()).hexdigest()
    found = AgreementVersion.objects.filter(name=agreement.name, version=agreement.version).first()
    if found is None:
        return AgreementVersion.objects.create(
            name=agreement.name,
            version=agreement.version,
            effective_from=datetime.combine(agreement.effective_from, time(), tzinfo=UTC),
            source=source,
            digest=digest,
            installed_at=at,
            installed_by=by,
        )
    if found.digest != digest:
        raise AlreadyInstalled(
            f"Agreement {found} is installed with other content, and tickets run on it. "
            "Give the changed file a new version; what was promised before stays as it is."
        )
    return found


def newest_tables() -> list[HolidayTable]:
    """Return the version in force of each holiday table."""
    return [
        HolidayTable.objects.get(name=name, version=version)
        for name, version in queries.newest_holidays().items()
    ]


@transaction.atomic
def sign_contract(
    *,
    organisation: Organisation,
    agreement: AgreementVersion,
    coverage: str,
    document: str,
    active_from: datetime,
    at: datetime,
    active_to: datetime | None = None,
    products: Sequence[tuple[Product, bool]] = (),
    replaces: Contract | None = None,
    by: Person | None = None,
) -> Contract:
    """Record a signed contract in force during [active_from, active_to). `products` are pairs of product and hosted.

    A contract that it `replaces` ends where this one begins. Tickets keep the terms that were in force when they were
    reported. Raises ContractRefused, and NotAllowed unless `by` is a manager.
    """
    _require_manager(by)
    _check_period(active_from, active_to)
    if coverage not in queries.agreement_of(agreement).coverages:
        raise ContractRefused(f"{agreement} does not sell {coverage} coverage.")
    if not document.strip():
        raise ContractRefused("Name the signed paper, so that whoever asks later can find it.")
    contract = Contract.objects.create(
        organisation=organisation,
        agreement=agreement,
        coverage=Coverage(coverage),
        document=document.strip(),
        active_from=active_from,
        active_to=active_to,
        recorded_at=at,
    )
    ContractProduct.objects.bulk_create(
        ContractProduct(contract=contract, product=product, hosted=hosted) for product, hosted in products
    )
    zone = queries.home_zone(at)
    changes.note(
        "contract_signed", organisation=organisation, at=at, by=by, document=contract.document,
        coverage=str(Coverage(coverage).label), since=_day(first_day(active_from, zone)),
    )  # fmt: skip
    if replaces is not None:
        end_contract(contract=replaces, active_to=active_from, at=at, by=by)
    return contract


@transaction.atomic
def end_contract(*, contract: Contract, active_to: datetime, at: datetime, by: Person | None = None) -> None:
    """End a contract at `active_to` (exclusive). Tickets reported before keep its terms, and so do those since.

    Raises ContractRefused where it would end before it began, and NotAllowed unless `by` is a manager.
    """
    _require_manager(by)
    _check_period(contract.active_from, active_to)
    Contract.objects.filter(pk=contract.pk).update(active_to=active_to)
    changes.note(
        "contract_ended", organisation=contract.organisation, at=at, by=by,
        document=contract.document, to=_day(last_day(active_to, queries.home_zone(at))),
    )  # fmt: skip


@transaction.atomic
def agree_otherwise(
    *,
    contract: Contract,
    terms: Mapping[str, Any],
    document: str,
    active_from: datetime,
    at: datetime,
    by: Person,
    active_to: datetime | None = None,
) -> Override:
    """Record a term agreed otherwise in writing (pack, section 5, introduction), with the paper and the dates.

    It is checked like an agreement file, together with whatever else is agreed otherwise on any day of its period.
    Raises AgreementFaults with every fault, ContractRefused, NotAllowed; nothing is written then.
    """
    access.require(by, StaffRole.MANAGER)
    _check_period(active_from, active_to)
    if not terms:
        raise ContractRefused("Nothing is agreed otherwise here. Write at least one term.")
    plain = _plain(terms)
    _check_with_others(contract, plain, active_from, active_to)
    override = Override.objects.create(
        contract=contract,
        terms=plain,
        document=document,
        active_from=active_from,
        active_to=active_to,
        recorded_at=at,
        recorded_by=by,
    )
    changes.note(
        "override_agreed", organisation=contract.organisation, at=at, by=by, document=document,
        since=_day(first_day(active_from, queries.home_zone(at))),
    )  # fmt: skip
    return override


def agree_otherwise_in_toml(
    *,
    contract: Contract,
    text: str,
    document: str,
    active_from: datetime,
    at: datetime,
    by: Person,
    active_to: datetime | None = None,
) -> Override:
    """As `agree_otherwise`, from TOML as somebody typed it. Raises Faulty with every fault and its line in `text`."""
    try:
        return agree_otherwise(
            contract=contract, terms=faults.parsed(text), document=document, active_from=active_from,
            active_to=active_to, at=at, by=by,
        )  # fmt: skip
    except AgreementFaults as found:
        data = queries.agreement_of(contract.agreement).data
        raise faults.in_override(text, found, data) from found


@transaction.atomic
def end_override(*, override: Override, active_to: datetime, at: datetime, by: Person) -> None:
    """End what was agreed otherwise at `active_to` (exclusive). Tickets reported before keep it.

    Raises ContractRefused where it would end before it began, and NotAllowed.
    """
    access.require(by, StaffRole.MANAGER)
    _check_period(override.active_from, active_to)
    Override.objects.filter(pk=override.pk).update(active_to=active_to)
    changes.note(
        "override_ended", organisation=override.contract.organisation, at=at, by=by,
        document=override.document, to=_day(last_day(active_to, queries.home_zone(at))),
    )  # fmt: skip


def _check_with_others(
    contract: Contract, terms: Mapping[str, Any], active_from: datetime, active_to: datetime | None
) -> None:
    """Raise AgreementFaults where `terms` do not fit beside the other overrides at any time of their period."""
    others = list(contract.overrides.order_by("active_from", "id"))
    turns = {row.active_from for row in others} | {row.active_to for row in others if row.active_to}
    moments = [
        active_from,
        *(at for at in turns if at > active_from and (active_to is None or at < active_to)),
    ]
    agreement = queries.agreement_of(contract.agreement)
    for at in sorted(moments):
        in_force = [(row.active_from, row.terms) for row in others if queries.is_in_force(row, at)]
        layers = sorted([*in_force, (active_from, terms)], key=lambda layer: layer[0])
        agreement.terms(contract.coverage, overrides=queries.merged(said for _, said in layers))


def _check_period(active_from: datetime, active_to: datetime | None) -> None:
    if active_to is not None and active_to <= active_from:
        raise ContractRefused("It cannot end before it begins. Check both days.")


def _require_manager(by: Person | None) -> None:
    if by is not None:
        access.require(by, StaffRole.MANAGER)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _plain(terms: Any) -> Any:
    """Return `terms` as JSON can hold it: decimals of a TOML file as text, which the agreement reads alike."""
    if isinstance(terms, Mapping):
        return {str(key): _plain(value) for key, value in terms.items()}
    if isinstance(terms, list | tuple):
        return [_plain(value) for value in terms]
    return str(terms) if isinstance(terms, Decimal | date) else terms


def add_product(*, key: str, name: str, by: Person | None = None, at: datetime | None = None) -> Product:
    """Add a product, or return the one with that key. Given `by`, it is noted who did it; only administrators may."""
    if by is not None:
        access.require(by, StaffRole.ADMINISTRATOR)
    product, made = Product.objects.get_or_create(key=key, defaults={"name": name})
    if made and by is not None and at is not None:
        changes.note("product_added", at=at, by=by, product=name)
    return product


@transaction.atomic
def rename_product(*, product: Product, name: str, by: Person, at: datetime) -> None:
    """Give a product another name. Its key stays, because files and tickets name it. Raises NotAllowed."""
    access.require(by, StaffRole.ADMINISTRATOR)
    if name.strip() and name.strip() != product.name:
        changes.note("product_renamed", at=at, by=by, before=product.name, product=name.strip())
        Product.objects.filter(pk=product.pk).update(name=name.strip())
