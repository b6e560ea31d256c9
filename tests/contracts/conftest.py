"""One client without a contract, and the desk's people who may or may not sign one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from mainstay.contracts import actions
from mainstay.contracts.models import AgreementVersion, Contract, Override
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Organisation, Person

LONG_AGO = datetime(2025, 12, 1, 9, tzinfo=UTC)


@dataclass(slots=True)
class Room:
    """Acme on the shipped agreement. Ida answers, Mara manages, Ada administrates."""

    acme: Organisation
    agreement: AgreementVersion
    ida: Person
    mara: Person
    ada: Person

    def sign(self, **named: Any) -> Contract:
        said = {
            "organisation": self.acme, "agreement": self.agreement, "coverage": "core", "document": "Order 1",
            "at": LONG_AGO, "by": self.mara,
        }  # fmt: skip
        return actions.sign_contract(**{**said, **named})

    def agree(self, contract: Contract, terms: dict[str, Any], **named: Any) -> Override:
        said = {"contract": contract, "terms": terms, "document": "Letter 7", "at": LONG_AGO, "by": self.mara}
        return actions.agree_otherwise(**{**said, **named})

    def agree_toml(self, contract: Contract, text: str) -> Override:
        return actions.agree_otherwise_in_toml(
            contract=contract, text=text, document="Letter 7", active_from=contract.active_from, at=LONG_AGO,
            by=self.mara,
        )  # fmt: skip


@pytest.fixture
def room(db: None) -> Room:
    actions.install_shipped(at=LONG_AGO)
    staff = {
        role: orgs.add_person(name=name, email=f"{role}@vendor.example", at=LONG_AGO, staff_role=role)
        for role, name in (("support", "Ida Flint"), ("manager", "Mara Quist"), ("administrator", "Ada Whit"))
    }
    return Room(
        acme=orgs.add_organisation(name="Acme Health", at=LONG_AGO),
        agreement=AgreementVersion.objects.get(),
        ida=staff["support"],
        mara=staff["manager"],
        ada=staff["administrator"],
    )
