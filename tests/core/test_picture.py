"""Pictures are known by their octets; how wide and high each sort says that it is (classes B3, B4, B6)."""

from __future__ import annotations

import pytest

from mainstay.core.picture import MOST_POINTS, Picture, look


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + width.to_bytes(4) + height.to_bytes(4)


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + width.to_bytes(2, "little") + height.to_bytes(2, "little")


def jpeg(width: int, height: int, *, before: bytes = b"\xff\xe0\x00\x04ab") -> bytes:
    frame = b"\xff\xc0\x00\x0b\x08" + height.to_bytes(2) + width.to_bytes(2)
    return b"\xff\xd8" + before + frame + b"\x01\x01\x11\x00"


def webp(sort: bytes, size: bytes) -> bytes:
    return (b"RIFF\x24\x00\x00\x00WEBP" + sort + bytes(4) + size).ljust(30, b"\x00")


def extended(width: int, height: int) -> bytes:
    return webp(b"VP8X", bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"))


def lossless(width: int, height: int) -> bytes:
    return webp(b"VP8L", b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little"))


def lossy(width: int, height: int) -> bytes:
    return webp(b"VP8 ", bytes(6) + width.to_bytes(2, "little") + height.to_bytes(2, "little"))


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (png(20, 10), "image/png"), (gif(20, 10), "image/gif"), (jpeg(20, 10), "image/jpeg"),
        (jpeg(20, 10, before=b"\xff\xc4\x00\x04ab"), "image/jpeg"), (extended(20, 10), "image/webp"),
        (lossless(20, 10), "image/webp"), (lossy(20, 10), "image/webp"),
    ],
)  # fmt: skip
def test_each_sort_says_how_large_it_is(data: bytes, media: str) -> None:
    assert look(data) == Picture(media, 20, 10)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"<svg/>", b"%PDF-1.7", b"GIF<script>", b"\x89PNG\r\n\x1a\n<script>",
        b"\xff\xd8\xff", b"\xff\xd8" + b"\xff\xe0\x00\x00" * 9, b"\xff\xd8\xff\xe0\x00\x04abno more than words",
        b"RIFF\x24\x00\x00\x00WEBPVP8X", b"RIFF" + bytes(40), webp(b"ALPH", bytes(10)),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_none(data: bytes) -> None:
    assert look(data) is None


def test_a_picture_without_a_point_or_with_too_many_is_none() -> None:
    assert look(gif(0, 10)) is None
    assert look(png(MOST_POINTS, 1)) is not None
    assert look(png(MOST_POINTS, 2)) is None
