"""R5.S5 (pack, section 5, introduction): any term can be agreed otherwise in writing, and a request keeps the terms
that were in force when it was reported."""

from __future__ import annotations

import pytest

from mainstay.agreements import source
from mainstay.contracts import actions as contracts
from mainstay.contracts.models import AgreementVersion, Override
from mainstay.core.terms import AgreementFaults
from mainstay.orgs.access import NotAllowed
from tests.desk import Desk, when

SERIOUS = "Half of the cards are not read at the desks.\nUrgency: high\nImpact: medium"
FASTER = {"commitment": {"response": {"targets": {"1": "30min", "2": "30min"}}}}


def agreed(desk: Desk, terms: dict[str, object] = FASTER, *, since: str, until: str = "", by: str = "mara") -> Override:
    """Acme and the vendor sign a letter."""
    return contracts.agree_otherwise(
        contract=desk.contract(desk.acme), terms=terms, document="Letter of 12 January", active_from=when(since),
        active_to=when(until) if until else None, at=desk.now, by=desk.person[by],
    )  # fmt: skip


def newer(**changes: str) -> str:
    """Return the standard agreement as a later version in which each text on the left reads as on the right."""
    text = source("standard").replace('version = "2026.1"', 'version = "2026.2"')
    for old, new in {"effective_from = 2018-01-01": "effective_from = 2026-01-13", **changes}.items():
        assert old in text
        text = text.replace(old, new)
    return text


def test_a_term_agreed_otherwise_holds_for_that_client_alone(desk: Desk) -> None:
    desk.at("Mon 08:30")
    agreed(desk, since="Mon 09:00")
    desk.at("Mon 09:00")
    ours, others = desk.mail("ana", "Cards", SERIOUS), desk.mail("cleo", "Cards", SERIOUS)

    assert desk.clock(ours, "response").due == "Mon 09:30"
    assert desk.clock(others, "response").due == "Mon 10:00"


def test_a_request_keeps_the_terms_of_the_moment_it_was_reported(desk: Desk) -> None:
    """Signed at ten for the time from ten on: what was reported at nine is not judged by it, and what comes is."""
    desk.at("Mon 09:00")
    before = desk.mail("ana", "Cards", SERIOUS)
    desk.at("Mon 09:40")
    known = desk.clock(before, "response")
    agreed(desk, since="Mon 10:00")

    assert desk.clock(before, "response") == known
    assert desk.clock(before, "response").due == "Mon 10:00"
    desk.at("Mon 10:00")
    assert desk.clock(desk.mail("ana", "Printer", SERIOUS), "response").due == "Mon 10:30"


def test_what_was_agreed_for_a_time_ends_with_it(desk: Desk) -> None:
    agreed(desk, since="Mon 09:00", until="Tue 09:00")
    desk.at("Tue 09:00")

    assert desk.clock(desk.mail("ana", "Cards", SERIOUS), "response").due == "Tue 10:00"


def test_a_new_version_of_the_agreement_changes_nothing_that_was_promised(desk: Desk) -> None:
    """Acme signed 2026.1. The vendor publishes 2026.2 with half the time; neither old nor new requests of Acme move."""
    desk.at("Mon 09:00")
    before = desk.mail("ana", "Cards", SERIOUS)
    version = contracts.install_agreement(
        source=newer(**{'targets = { 1 = "1h", 2 = "1h"': 'targets = { 1 = "30min", 2 = "30min"'}),
        at=desk.now,
        by="Mara",
    )
    desk.at("Tue 09:00")
    after, stranger = desk.mail("ana", "Printer", SERIOUS), desk.mail("x@elsewhere.example", "Cards", SERIOUS)

    assert str(version) == "standard 2026.2"
    assert desk.clock(before, "response").due == "Mon 10:00"
    assert desk.clock(after, "response").due == "Tue 10:00"
    assert str(after.terms.agreement) == "standard 2026.1"
    assert desk.clock(stranger, "response").due == "Tue 09:30"
    assert desk.faults() == []


def test_a_client_that_signs_the_new_version_has_it_from_that_day(desk: Desk) -> None:
    version = contracts.install_agreement(
        source=newer(**{'targets = { 1 = "1h", 2 = "1h"': 'targets = { 1 = "30min", 2 = "30min"'}),
        at=desk.now,
        by="Mara",
    )
    contracts.end_contract(contract=desk.contract(desk.acme), active_to=when("Tue 09:00"), at=desk.now)
    contracts.sign_contract(
        organisation=desk.acme, agreement=version, coverage="core", document="Order 2", active_from=when("Tue 09:00"),
        at=desk.now,
    )  # fmt: skip
    desk.at("Mon 10:00")
    before = desk.mail("ana", "Cards", SERIOUS)
    desk.at("Tue 09:00")

    assert desk.clock(desk.mail("ana", "Printer", SERIOUS), "response").due == "Tue 09:30"
    assert desk.clock(before, "response", at="Mon 10:30").due == "Mon 11:00"


def test_a_version_is_written_once(desk: Desk) -> None:
    other = source("standard").replace('2 = "1h", 3 = "4h", 4 = "8h"', '2 = "2h", 3 = "4h", 4 = "8h"')
    assert other != source("standard")

    with pytest.raises(contracts.AlreadyInstalled, match="Give the changed file a new version"):
        contracts.install_agreement(source=other, at=desk.now, by="Mara")
    assert AgreementVersion.objects.get().source == source("standard")


def test_what_is_agreed_is_checked_like_an_agreement(desk: Desk) -> None:
    with pytest.raises(AgreementFaults) as found:
        agreed(desk, {"commitment": {"response": {"targets": {"2": "soon"}}}}, since="Mon 09:00")
    assert "soon" in str(found.value.faults[0].message)
    assert not Override.objects.exists()


def test_a_manager_signs_and_nobody_else(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        agreed(desk, since="Mon 09:00", by="ida")
    assert not Override.objects.exists()
