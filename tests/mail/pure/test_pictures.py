"""Pictures inside mails: known by their octets, whatever the mail calls them (classes B3, B4, B6)."""

from __future__ import annotations

import base64
import zlib

import pytest

from mainstay.mail import pictures, sanitise


def png(width: int = 2, height: int = 2) -> bytes:
    head = b"\x00\x00\x00\rIHDR" + width.to_bytes(4) + height.to_bytes(4) + b"\x08\x00\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + head + zlib.crc32(head[4:]).to_bytes(4)


GIF = b"GIF89a\x02\x00\x02\x00\x80\x00\x00"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xc0\x00\x0b\x08\x00\x02\x00\x02\x01"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x01\x00\x00"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    ("case", "data", "media"),
    [
        ("a PNG", png(), "image/png"),
        ("a JPEG", JPEG, "image/jpeg"),
        ("a GIF", GIF, "image/gif"),
        ("a WebP", WEBP, "image/webp"),
        ("an SVG with a script", SVG, ""),
        ("a page", b"<html><script>alert(1)</script>", ""),
        ("a PDF", b"%PDF-1.7", ""),
        ("a page that begins like a GIF", b"GIF<script>", ""),
        ("a PNG without its header", b"\x89PNG\r\n\x1a\n<script>", ""),
        ("a JPEG that ends at once", b"\xff\xd8\xff", ""),
        ("a JPEG of zero-length segments", b"\xff\xd8" + b"\xff\xe0\x00\x00" * 9, ""),
        ("a picture that unpacks into 10 thousand million points", png(100_000, 100_000), ""),
        ("a picture without any point", png(0, 5), ""),
        ("nothing", b"", ""),
    ],
)
def test_the_octets_say_what_it_is(case: str, data: bytes, media: str) -> None:
    assert pictures.sort_of(data) == media


def test_what_is_shown_carries_our_type_and_its_own_octets() -> None:
    shown = pictures.addresses([("logo@acme", len(png()), png), ("evil", len(SVG), lambda: SVG)])
    assert shown["logo@acme"] == "data:image/png;base64," + base64.b64encode(png()).decode()
    assert "evil" not in shown


def test_what_is_too_much_is_not_even_read() -> None:
    def unread() -> bytes:
        raise AssertionError("read all the same")

    assert pictures.addresses([("big", pictures.LARGEST + 1, unread)]) == {}
    heavy = [(str(number), pictures.LARGEST, lambda: png()) for number in range(2)]
    assert set(pictures.addresses([*heavy, ("third", 100, unread)])) == {"0", "1"}


def test_the_sanitiser_puts_them_in_their_place_and_loads_nothing_else() -> None:
    shown = pictures.addresses([("logo@acme", 45, png)])
    cleaned = sanitise.clean(
        '<p><img src="cid:logo@acme"><img src="cid:logo%40acme"><img src="cid:unknown">'
        '<img src="https://tracker.example/x.png"></p>',
        cid_urls=shown,
    )
    assert cleaned.html.count(shown["logo@acme"]) == 2
    assert cleaned.html.count(sanitise.PLACEHOLDER) == 2
    assert "tracker" not in cleaned.html


def test_a_picture_of_megabytes_is_shown_in_good_time() -> None:
    big = png() + bytes(4_900_000)
    shown = pictures.addresses([("a", len(big), lambda: big), ("b", len(big), lambda: big)])
    cleaned = sanitise.clean('<img src="cid:a"><img src="cid:b">', cid_urls=shown)
    assert cleaned.html.count("data:image/png") == 2
    assert not cleaned.as_text
