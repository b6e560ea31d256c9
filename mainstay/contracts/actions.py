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

from mainstay.contracts import queries
from mainstay.contracts.models import (
    AgreementVersion,
    Contract,
    ContractProduct,
    Coverage,
    HolidayTable,
    Override,
    Product,
)
from mainstay.core.terms import Agreement
from mainstay.orgs import access
from mainstay.orgs.models import Organisation, Person, StaffRole


class AlreadyInstalled(ValueError):
    """The version is installed with other content; what was promised is never rewritten."""


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
) -> Contract:
    """Record a signed contract in force during [active_from, active_to). `products` are pairs of product and hosted."""
    contract = Contract.objects.create(
        organisation=organisation,
        agreement=agreement,
        coverage=Coverage(coverage),
        document=document,
        active_from=active_from,
        active_to=active_to,
        recorded_at=at,
    )
    ContractProduct.objects.bulk_create(
        ContractProduct(contract=contract, product=product, hosted=hosted) for product, hosted in products
    )
    return contract


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

    The result is checked like an agreement file. Raises AgreementFaults with every fault; nothing is written then.
    """
    access.require(by, StaffRole.MANAGER)
    agreement: Agreement = queries.read_agreement(contract.agreement.source, newest_tables())
    agreement.terms(coverage=contract.coverage, overrides=dict(terms))
    return Override.objects.create(
        contract=contract,
        terms=_plain(terms),
        document=document,
        active_from=active_from,
        active_to=active_to,
        recorded_at=at,
        recorded_by=by,
    )


def _plain(terms: Any) -> Any:
    """Return `terms` as JSON can hold it: decimals of a TOML file as text, which the agreement reads alike."""
    if isinstance(terms, Mapping):
        return {str(key): _plain(value) for key, value in terms.items()}
    if isinstance(terms, list | tuple):
        return [_plain(value) for value in terms]
    return str(terms) if isinstance(terms, Decimal | date) else terms


def end_contract(*, contract: Contract, active_to: datetime) -> None:
    """End a contract at `active_to` (exclusive). Tickets reported before keep its terms."""
    Contract.objects.filter(pk=contract.pk).update(active_to=active_to)


def add_product(*, key: str, name: str) -> Product:
    """Add a product, or return the one with that key."""
    return Product.objects.get_or_create(key=key, defaults={"name": name})[0]
