"""R2.3b, clause 2.3: the page 'Hours and contact' shows a client its own out-of-hours number, and nobody else's."""

from __future__ import annotations

import pytest

from mainstay.contracts import out_of_hours
from tests.console import pages
from tests.console.conftest import Browse, browse, desk
from tests.desk import LONG_AGO, Desk

__all__ = ["browse", "desk"]
CONTACT = "/portal/contact/"


def arrange(desk: Desk) -> None:
    """Give both clients a number: each of its own."""
    for organisation, number in ((desk.acme, "01632 960999"), (desk.carrow, "01632 960777")):
        out_of_hours.agree(
            contract=desk.contract(organisation), number=number, words="For severity 1 only.", active_from=LONG_AGO,
            at=desk.now, by=desk.person["mara"],
        )  # fmt: skip


@pytest.mark.parametrize(("who", "theirs", "other"), [("ana", "960999", "960777"), ("cleo", "960777", "960999")])
def test_each_client_sees_its_own_number(who: str, theirs: str, other: str, desk: Desk, browse: Browse) -> None:
    arrange(desk)
    shown = browse(who).get(CONTACT).content.decode()
    assert theirs in shown
    assert other not in shown


def test_who_may_not_raise_requests_is_not_told_the_number(desk: Desk, browse: Browse) -> None:
    arrange(desk)
    assert "9609" not in browse("bo").get(CONTACT).content.decode()


def test_a_client_without_the_arrangement_sees_no_word_of_one(desk: Desk, browse: Browse) -> None:
    assert "Outside these hours" not in pages.text(browse("ana").get(CONTACT))


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("Mon 08:30", "Closed now, opens 09:00 GMT"),
        ("Mon 09:00", "Open now, until 17:30 GMT"),
        ("Mon 17:29", "Open now, until 17:30 GMT"),
        ("Mon 17:30", "Closed now, opens tomorrow 09:00 GMT"),
        ("Fri 18:00", "Closed now, opens Mon 09:00 GMT"),
    ],
)
def test_the_telephone_is_open_or_opens_at(moment: str, told: str, desk: Desk, browse: Browse) -> None:
    """Clause 2.1: Monday to Friday, nine to half past five."""
    desk.at(moment)
    assert told in pages.text(browse("ana").get(CONTACT))


def test_support_is_reached_at_the_address_and_number_that_are_set(desk: Desk, browse: Browse, settings: object) -> None:
    settings.SUPPORT_PHONE = "+44 1632 960100"  # type: ignore[attr-defined]  # the fixture of pytest-django
    shown = browse("ana").get(CONTACT).content.decode()
    assert 'href="tel:+441632960100"' in shown
    assert "mailto:" in shown


def test_a_public_holiday_is_said(desk: Desk, browse: Browse) -> None:
    desk.at("2026-04-02T10:00+01:00")
    assert "Closed, a public holiday" in pages.text(browse("ana").get(CONTACT))
