"""Pictures that came inside a mail, shown in their place: known by their own octets, never by what the sender says.

Pure. What is not plainly a PNG, JPEG, GIF or WebP of a sane size stays a file to be downloaded (classes B3, B4, B6).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote

LARGEST = 5_000_000  # octets of one picture
LARGEST_TOGETHER = 10_000_000  # octets of all pictures of one mail
MOST_POINTS = 40_000_000  # a small file may unpack into a very large picture


def sort_of(data: bytes) -> str:
    """Return the media type that these octets are, empty where they are no picture that we show."""
    for media, measure in _KINDS.items():
        size = measure(data)
        if size is not None:
            width, height = size
            return media if 0 < width * height <= MOST_POINTS else ""
    return ""


def addresses(found: Iterable[tuple[str, int, Callable[[], bytes]]]) -> Mapping[str, str]:
    """Return a `data:` address by Content-ID, for as many as fit; `found` is (Content-ID, octets, how to read them).

    The address carries the picture itself: the frame that shows it has no cookies to ask us with, and asks nobody.
    """
    shown: dict[str, str] = {}
    left = LARGEST_TOGETHER
    for content_id, octets, read in found:
        if not content_id or octets > min(LARGEST, left):
            continue
        data = read()
        media = sort_of(data)
        if not media:
            continue
        left -= octets
        address = f"data:{media};base64,{base64.b64encode(data).decode('ascii')}"
        shown[content_id] = shown[quote(content_id)] = address
    return shown


def _png(data: bytes) -> tuple[int, int] | None:
    if data[:16] != b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR":
        return None
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _gif(data: bytes) -> tuple[int, int] | None:
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        return None
    return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """Walk the segments up to the frame, which says how large the picture is."""
    if data[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        mark, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        if length < 2:
            return None
        at += 2 + length
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    if data[12:16] == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if data[12:16] == b"VP8 ":
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    return None


_KINDS: Mapping[str, Callable[[bytes], tuple[int, int] | None]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/webp": _webp,
}
