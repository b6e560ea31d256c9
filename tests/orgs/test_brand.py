"""How the vendor looks: what can be read is kept, with who and when; what cannot is refused with what to do."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta

import pytest

from mainstay.lib import colours
from mainstay.orgs import actions as orgs
from mainstay.orgs import brand
from mainstay.orgs.access import NotAllowed
from mainstay.orgs.brand import BadBrand, Look
from mainstay.orgs.models import Brand, Person, StaffRole

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def png(width: int = 200, height: int = 50, more: int = 0) -> bytes:
    head = b"\x00\x00\x00\rIHDR" + width.to_bytes(4) + height.to_bytes(4) + b"\x08\x00\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + head + zlib.crc32(head[4:]).to_bytes(4) + bytes(more)


@pytest.fixture
def ada(db: None) -> Person:
    return orgs.add_person(
        name="Ada Kerr", email="ada@vendor.example", staff_role=StaffRole.ADMINISTRATOR, at=AT
    )


# ---- contrast, computed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#777777", "#ffffff", 4.48), ("#767676", "#ffffff", 4.54)],
)  # fmt: skip
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert colours.ratio(one, other) == pytest.approx(ratio, abs=0.01)
    assert colours.ratio(other, one) == colours.ratio(one, other)


@pytest.mark.parametrize("paper", [brand.LIGHT_PAPER, brand.DARK_PAPER])
@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#ffff00", "#7fc4ff", "#808080", "#ff0000", "#0b6485"])
def test_the_nearest_shade_can_be_read_and_a_readable_colour_is_left_alone(colour: str, paper: str) -> None:
    shade = colours.readable_on(colour, paper)
    assert colours.ratio(shade, paper) >= colours.READABLE
    if colours.ratio(colour, paper) >= colours.READABLE:
        assert shade == colour


@pytest.mark.parametrize("text", ["", "red", "#12", "#12345", "#1234567", "url(x)", "#ggg", "#fff;x:y"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(colours.NoColour):
        colours.tidied(text)


def test_the_shipped_colours_can_be_read() -> None:
    assert colours.ratio(Brand().accent, brand.LIGHT_PAPER) >= colours.READABLE
    assert colours.ratio(Brand().accent_dark, brand.DARK_PAPER) >= colours.READABLE


# ---- saving -------------------------------------------------------------------------------------------------------


def test_a_look_is_kept_with_who_and_when_and_the_one_before_stays(ada: Person) -> None:
    assert brand.brand_now().name == ""
    brand.change(look=Look(name="Acme Desk", accent="#123"), by=ada, at=AT)
    later = AT + timedelta(days=1)
    brand.change(look=Look(name="Acme Support", accent="#123", postal="1 High Street\n Leeds"), by=ada, at=later)

    now, before = brand.history()
    assert (now.name, now.accent, now.postal, now.made_by, now.made_at) == (
        "Acme Support", "#112233", "1 High Street\nLeeds", ada, later,
    )  # fmt: skip
    assert brand.changed(now, before) == ["name", "postal address"]
    assert brand.brand_now().pk == now.pk
    brand.use_again(brand=before, by=ada, at=later)
    assert brand.brand_now().name == "Acme Desk"
    assert len(brand.history()) == 3


def test_saving_what_is_there_already_writes_nothing(ada: Person) -> None:
    look = Look(name="Acme Desk")
    assert brand.change(look=look, by=ada, at=AT).pk == brand.change(look=look, by=ada, at=AT).pk


def test_a_pale_colour_is_refused_with_its_ratio_and_the_nearest_shade(ada: Person) -> None:
    with pytest.raises(BadBrand) as bad:
        brand.change(look=Look(accent="#7fc4ff", accent_dark="#102030"), by=ada, at=AT)

    assert set(bad.value.faults) == {"accent", "accent_dark"}
    assert "contrast of 1.7 to 1 on a light page; text needs 4.5 to 1" in bad.value.faults["accent"]
    shade = bad.value.faults["accent"].rstrip(".").split()[-1]
    assert brand.change(look=Look(accent=shade), by=ada, at=AT).accent == shade


def test_without_a_colour_for_dark_pages_one_is_chosen_that_can_be_read(ada: Person) -> None:
    made = brand.change(look=Look(accent="#00205b"), by=ada, at=AT)
    assert colours.ratio(made.accent_dark, brand.DARK_PAPER) >= colours.READABLE


@pytest.mark.parametrize(
    ("case", "logo", "words"),
    [
        ("an SVG", SVG, "An SVG can hold scripts"),
        ("a page that calls itself a PNG", b"<html>", "no PNG or JPEG"),
        ("a GIF", b"GIF89a\x02\x00\x02\x00\x80\x00\x00", "no PNG or JPEG"),
        ("a heavy one", png(more=50_000), "50 kB; it travels with every letter and may have 40 kB"),
        ("a huge one", png(5000, 20), "5000 by 20 points"),
        ("one that unpacks into a thousand million points", png(100_000, 100_000), "no PNG or JPEG"),
    ],
)
def test_a_logo_is_judged_by_its_octets(case: str, logo: bytes, words: str, ada: Person) -> None:
    with pytest.raises(BadBrand) as bad:
        brand.change(look=Look(logo=logo), by=ada, at=AT)
    assert words in bad.value.faults["logo"]
    assert not Brand.objects.exists()


def test_a_logo_stays_until_it_is_taken_off(ada: Person) -> None:
    made = brand.change(look=Look(logo=png()), by=ada, at=AT)
    kept = brand.logo_of(made)
    assert kept is not None
    assert (kept.media, kept.width, kept.height) == ("image/png", 200, 50)
    assert brand.change(look=Look(name="Other"), by=ada, at=AT).logo_id == made.logo_id
    assert brand.change(look=Look(name="Other", without_logo=True), by=ada, at=AT).logo_id is None


@pytest.mark.parametrize("web", ["javascript:alert(1)", "vendor.example", "https://", "https://a b", "http://[x"])
def test_only_the_address_of_a_page_is_taken_as_one(web: str, ada: Person) -> None:
    with pytest.raises(BadBrand) as bad:
        brand.change(look=Look(web=web), by=ada, at=AT)
    assert set(bad.value.faults) == {"web"}


def test_a_line_break_in_a_name_is_refused(ada: Person) -> None:
    with pytest.raises(BadBrand):
        brand.change(look=Look(name="Acme\r\nBcc: x@evil.example"), by=ada, at=AT)


@pytest.mark.parametrize("role", [StaffRole.SUPPORT, StaffRole.MANAGER])
def test_only_an_administrator_may(role: StaffRole, db: None) -> None:
    person = orgs.add_person(name="Ida", email="ida@vendor.example", staff_role=role, at=AT)
    with pytest.raises(NotAllowed):
        brand.change(look=Look(name="Ours"), by=person, at=AT)
