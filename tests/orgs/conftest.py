"""Two clients and the desk's people, without contracts: this room knows none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from mainstay.orgs import actions
from mainstay.orgs.models import Organisation, Person

MONDAY = datetime(2026, 1, 12, 9, tzinfo=UTC)


@dataclass(slots=True)
class Cast:
    """Acme with Ana authorised; Ida answers, Mara manages, Ada administrates."""

    acme: Organisation
    ana: Person
    ida: Person
    mara: Person
    ada: Person


@pytest.fixture
def cast(db: None) -> Cast:
    acme = actions.add_organisation(name="Acme Health", at=MONDAY, domains=["acme.example"])
    staff = {
        role: actions.add_person(name=name, email=f"{role}@vendor.example", at=MONDAY, staff_role=role)
        for role, name in (("support", "Ida Flint"), ("manager", "Mara Quist"), ("administrator", "Ada Whit"))
    }
    ana = actions.add_person(name="Ana Okafor", email="ana@acme.example", at=MONDAY)
    actions.authorise(person=ana, organisation=acme, role="Service desk lead", at=MONDAY)
    return Cast(acme, ana, staff["support"], staff["manager"], staff["administrator"])
