"""Pictures are known by their octets; how each sort is measured is told beside the mail that brings them."""

from __future__ import annotations

from mainstay.core.picture import Picture, look


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + width.to_bytes(2, "little") + height.to_bytes(2, "little")


def test_a_picture_has_a_sort_and_a_size():
    assert look(gif(20, 10)) == Picture("image/gif", 20, 10)


def test_what_is_no_picture_or_too_large_a_one_is_none():
    assert [look(b"<svg/>"), look(gif(0, 10)), look(gif(60_000, 60_000))] == [None, None, None]
