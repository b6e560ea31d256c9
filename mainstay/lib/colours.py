"""Colours as people write them, and whether one can be read upon another (WCAG 2.2, contrast). Pure."""

from __future__ import annotations

import re

READABLE = 4.5  # the ratio that text of ordinary size needs (success criterion 1.4.3, AA)
_HEX = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})")
_STEPS = 100


class NoColour(ValueError):
    """This is not a colour as we keep them. The message says how one is written."""


def tidied(text: str) -> str:
    """Return a colour as `#rrggbb` in lower case; `#abc` is written out. Raises NoColour."""
    found = text.strip().lower()
    found = found if found.startswith("#") else f"#{found}"
    if len(found) == 4:
        found = "#" + "".join(sign * 2 for sign in found[1:])
    if not _HEX.fullmatch(found):
        raise NoColour(f"{text.strip()[:20]!r} is no colour. Write it as six hexadecimal digits, such as #1f5f8b.")
    return found


def ratio(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 (the same) to 21 (black on white)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable_on(colour: str, paper: str) -> str:
    """Return `colour`, or the nearest shade of it that can be read on `paper`: darker on a light one, else lighter."""
    towards = "#000000" if _luminance(paper) > 0.18 else "#ffffff"
    for step in range(_STEPS + 1):
        shade = mixed(colour, towards, step / _STEPS)
        if ratio(shade, paper) >= READABLE:
            return shade
    return towards


def mixed(colour: str, other: str, share: float) -> str:
    """Return `colour` with that share of `other` in it, from 0 to 1."""
    parts = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in parts)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _parts(colour: str) -> tuple[int, int, int]:
    found = _HEX.fullmatch(colour)
    if found is None:
        raise NoColour(f"{colour!r} is no colour as we keep them.")
    return int(found[1], 16), int(found[2], 16), int(found[3], 16)
