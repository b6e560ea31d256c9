"""The paper of our letters: the vendor's brand as a letterhead, and what stands below the words of a letter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from mainstay.mail import letterhead
from mainstay.mail.compose import Picture
from mainstay.mail.letterhead import Letterhead, Sheet
from mainstay.orgs import brand as brands
from mainstay.orgs.models import Brand
from mainstay.tickets.models import Ticket

ANSWER = "Answer this mail to reach us, or read and answer online:"
ANSWER_BY_MAIL = "Answer this mail to reach us, and leave the reference in its subject."
ONLINE = "Read and answer it here:"


@dataclass(frozen=True, slots=True)
class Paper:
    """A letterhead with the pictures it needs."""

    head: Letterhead
    pictures: tuple[Picture, ...] = ()

    def written(self, sheet: Sheet) -> tuple[str, str, tuple[Picture, ...]]:
        """Return a letter's plain form, its HTML form, and the pictures that the HTML shows."""
        html = letterhead.rich(sheet, self.head)
        return letterhead.plain(sheet, self.head), html, self.pictures if html else ()


def of(brand: Brand, vendor: str) -> Paper:
    """Return the paper of `brand`; `vendor` is its name where the brand says none. A query for each new logo."""
    return _paper(
        brand.name or vendor, brand.accent, brand.accent_dark, brand.logo_id or "",
        (brand.postal, brand.telephone, brand.web, brand.footer),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _paper(name: str, accent: str, accent_dark: str, digest: str, below: tuple[str, ...]) -> Paper:
    """Hangs on its arguments alone: a logo is known by its digest."""
    lines = tuple(line for part in below for line in part.splitlines() if line)
    head = Letterhead(name, accent, accent_dark, lines=(name, *lines) if lines else ())
    logo = brands.logo(digest) if digest else None
    if logo is None:
        return Paper(head)
    width, height = letterhead.shown_as(logo.width, logo.height)
    head = Letterhead(name, accent, accent_dark, f"cid:{letterhead.LOGO}", width, height, head.lines)
    return Paper(head, (Picture(letterhead.LOGO, logo.media, bytes(logo.data)),))


def link_to(ticket: Ticket) -> str:
    """Return where its client reads a request in the portal, after signing in."""
    return f"{settings.BASE_URL}/portal/requests/{ticket.reference}/"
