"""How the vendor looks to its clients: name, colours, logo, addresses. Here because letters and portal read it.

A colour that cannot be read is refused with its ratio and the nearest shade that can; a logo is judged by its octets.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet

from mainstay.core import picture
from mainstay.lib import colours
from mainstay.lib.colours import NoColour
from mainstay.orgs import access, worn
from mainstay.orgs.models import Brand, Logo, Person, StaffRole

LIGHT_PAPER, DARK_PAPER = "#f6f7f8", "#151d25"  # the darkest light and the lightest dark that links stand on
LARGEST_LOGO = 40_000  # octets; it travels with every letter
WIDEST, HIGHEST = 1200, 400  # points of a logo
MEDIA = {"image/png": "png", "image/jpeg": "jpg"}  # what every mail program shows
FIELDS = {
    "name": "name", "accent": "colour", "accent_dark": "colour on dark", "logo_id": "logo", "footer": "footer",
    "postal": "postal address", "web": "web address", "telephone": "telephone number",
}  # fmt: skip


class BadBrand(ValueError):
    """It cannot be used so. `faults` says what is wrong, by field and in words for whoever edits it."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody fills in. An empty `accent_dark` is chosen to suit; `logo` is a file, empty to keep what is."""

    name: str = ""
    accent: str = "#0b6485"
    accent_dark: str = ""
    footer: str = ""
    postal: str = ""
    web: str = ""
    telephone: str = ""
    logo: bytes = b""
    without_logo: bool = False


def brand_now() -> Brand:
    """Return the brand that holds, the shipped one where nobody made one. One query; the logo is asked for apart."""
    return Brand.objects.order_by("-id").first() or Brand()


def logo_of(brand: Brand) -> Logo | None:
    """Return its logo. A query the first time for each logo."""
    return logo(brand.logo_id) if brand.logo_id else None


@lru_cache(maxsize=16)
def logo(digest: str) -> Logo:
    """Return the logo with that digest, which never changes. A query the first time."""
    return Logo.objects.get(pk=digest)


def history() -> QuerySet[Brand]:
    """Return every brand there was, the newest first, with who made it."""
    return Brand.objects.select_related("made_by").order_by("-id")


def changed(brand: Brand, before: Brand | None) -> list[str]:
    """Return what differs from the brand before it, in words."""
    before = before or Brand()
    return [words for field, words in FIELDS.items() if getattr(brand, field) != getattr(before, field)]


def looked_at(look: Look) -> tuple[Brand, Logo | None]:
    """Return what `look` would give, without keeping it. Raises BadBrand with every fault at once. One query."""
    faults: dict[str, str] = {}
    now = brand_now()
    logo = None if look.without_logo else logo_of(now)
    accent, dark = _colours(look, faults)
    if look.logo:
        logo = _checked_logo(look.logo, faults)
    if look.web and not _is_page(look.web):
        faults["web"] = "Write the whole address of a page, such as https://vendor.example."
    for field, most in (("name", 80), ("footer", 600), ("postal", 300), ("web", 200), ("telephone", 40)):
        if len(getattr(look, field)) > most:
            faults.setdefault(field, f"It is longer than {most} characters.")
    if not all(sign.isprintable() for sign in look.name + look.telephone):
        faults.setdefault("name", "Name and telephone number are one line each, without control characters.")
    if faults:
        raise BadBrand(faults)
    made = Brand(
        name=" ".join(look.name.split()), accent=accent, accent_dark=dark, logo=logo, footer=_lines(look.footer),
        postal=_lines(look.postal), web=look.web.strip(), telephone=look.telephone.strip(),
    )  # fmt: skip
    return made, logo


@transaction.atomic
def change(*, look: Look, by: Person, at: datetime) -> Brand:
    """Use this look from now on. Raises BadBrand, NotAllowed. The one before stays in the history."""
    access.require(by, StaffRole.ADMINISTRATOR)
    brand, logo = looked_at(look)
    before = Brand.objects.order_by("-id").first()
    if before is not None and not changed(brand, before):
        return before
    if logo is not None:
        Logo.objects.get_or_create(pk=logo.pk, defaults=_columns(logo))
    brand.made_by, brand.made_at = by, at
    brand.save()
    _tell()
    return brand


@transaction.atomic
def use_again(*, brand: Brand, by: Person, at: datetime) -> Brand:
    """Use an earlier look again. Raises NotAllowed."""
    access.require(by, StaffRole.ADMINISTRATOR)
    values = {field: getattr(brand, field) for field in FIELDS}
    made = Brand.objects.create(**values, made_by=by, made_at=at)
    _tell()
    return made


def _tell() -> None:
    """Have the pages of every process wear it once it is committed, and those of this one at once."""
    worn.forget()
    transaction.on_commit(worn.tell, robust=True)


def _colours(look: Look, faults: dict[str, str]) -> tuple[str, str]:
    accent = _colour("accent", look.accent, LIGHT_PAPER, "a light page", faults)
    if look.accent_dark.strip():
        return accent, _colour("accent_dark", look.accent_dark, DARK_PAPER, "a dark page", faults)
    return accent, colours.readable_on(accent, DARK_PAPER) if accent else ""


def _colour(field: str, text: str, paper: str, where: str, faults: dict[str, str]) -> str:
    try:
        found = colours.tidied(text)
    except NoColour as error:
        faults[field] = str(error)
        return ""
    ratio = colours.ratio(found, paper)
    if ratio < colours.READABLE:
        shade = colours.readable_on(found, paper)
        faults[field] = (
            f"{found} has a contrast of {_floored(ratio)} to 1 on {where}; text needs {colours.READABLE} to 1. "
            f"The nearest shade that can be read is {shade}."
        )
    return found


def _floored(ratio: float) -> str:
    """Return a ratio with one decimal, never rounded up to one that would do."""
    return f"{int(ratio * 10) / 10}"


def _checked_logo(data: bytes, faults: dict[str, str]) -> Logo | None:
    found = picture.look(data)
    if found is None or found.media not in MEDIA:
        start = data[:1000].lstrip().lower()
        faults["logo"] = (
            "An SVG can hold scripts, and most mail programs do not show one. Export it as a PNG."
            if start.startswith((b"<svg", b"<?xml", b"<!doctype svg"))
            else "This is no PNG or JPEG. Other kinds are not shown by every mail program."
        )
    elif len(data) > LARGEST_LOGO:
        faults["logo"] = (
            f"The logo has {len(data) // 1000} kB; it travels with every letter and may have "
            f"{LARGEST_LOGO // 1000} kB. Make it smaller: 480 points wide are enough."
        )
    elif found.width > WIDEST or found.height > HIGHEST:
        points = f"{found.width} by {found.height} points"
        faults["logo"] = f"The logo has {points}; at most {WIDEST} by {HIGHEST} are needed."
    else:
        digest = hashlib.sha256(data).hexdigest()
        return Logo(digest=digest, media=found.media, width=found.width, height=found.height, data=data)
    return None


def _is_page(text: str) -> bool:
    plain = text.strip()
    try:
        parts = urlsplit(plain)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain.isprintable() and " " not in plain


def _lines(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


def _columns(logo: Logo) -> dict[str, object]:
    return {"media": logo.media, "width": logo.width, "height": logo.height, "data": logo.data}
