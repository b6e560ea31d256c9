"""Pictures that came inside a mail, shown in their place: known by their own octets, never by what the sender says.

Pure. What is not plainly a PNG, JPEG, GIF or WebP of a sane size stays a file to be downloaded (classes B3, B4, B6).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote

from mainstay.core import picture

LARGEST = 5_000_000  # octets of one picture
LARGEST_TOGETHER = 10_000_000  # octets of all pictures of one mail


def sort_of(data: bytes) -> str:
    """Return the media type that these octets are, empty where they are no picture that we show."""
    found = picture.look(data)
    return found.media if found else ""


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
