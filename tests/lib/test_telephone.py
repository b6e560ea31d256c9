"""Telephone numbers: one number, however it is written."""

from __future__ import annotations

import pytest

from mainstay.lib import telephone


@pytest.mark.parametrize(
    "written",
    [
        "01632 960123",
        "(01632) 960-123",
        "+44 1632 960123",
        "+44 (0)1632 960123",
        "0044 1632 960123",
        "+441632960123",
        " tel:+44-1632-960123 ",
        "01632 960123 ext. 4",
    ],
)
def test_every_way_of_writing_a_number_is_the_same_number(written: str) -> None:
    assert telephone.e164(written) == "+441632960123"


def test_a_number_from_abroad_keeps_its_country() -> None:
    assert telephone.e164("+353 1 496 0123") == "+35314960123"


def test_the_region_of_the_desk_is_a_setting(settings: object) -> None:
    settings.TELEPHONE_REGION = "IE"  # type: ignore[attr-defined]  # pytest-django's
    assert telephone.e164("01 496 0123") == "+35314960123"


@pytest.mark.parametrize("written", ["nonsense", "12", "+", "999", "0" * 40, "\x00", "٠"])
def test_what_is_no_number_is_refused_with_words(written: str) -> None:
    with pytest.raises(telephone.BadNumber, match="is no telephone number"):
        telephone.e164(written)
    assert telephone.found_in(written) == ""


def test_no_number_is_no_fault() -> None:
    assert telephone.e164("  ") == ""


def test_a_number_is_shown_as_people_write_it() -> None:
    assert telephone.shown("+441632960123") == "+44 1632 960123"
    assert telephone.shown("") == ""
    assert telephone.shown("withheld") == "withheld"


def test_part_of_a_number_loses_the_zero_that_stands_for_its_country() -> None:
    assert telephone.digits("01632 96") == "163296"
