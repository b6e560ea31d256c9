"""The paper of our letters: the vendor's brand as a letterhead, and what stands below the words of a letter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from django.conf import settings

from mainstay.core.saying import marked
from mainstay.lib.language import in_ours as _
from mainstay.mail import letterhead
from mainstay.mail.compose import Picture
from mainstay.mail.kinds import CLIENT, SENDER, Kind
from mainstay.mail.letterhead import Letterhead, Sheet
from mainstay.orgs import brand as brands
from mainstay.orgs.models import Brand, Logo
from mainstay.tickets.models import Ticket

ANSWER = marked("Answer this mail to reach us, or read and answer online:")
ANSWER_SOME = marked(
    "Answer this mail to reach us. The requester, and whoever may see the request, can also do so online:"
)
ANSWER_BY_MAIL = marked("Answer this mail to reach us, and leave the reference in its subject.")
ONLINE = marked("Read and answer it here:")


@dataclass(frozen=True, slots=True)
class Paper:
    """A letterhead with the pictures it needs."""

    head: Letterhead
    pictures: tuple[Picture, ...] = ()

    def written(self, sheet: Sheet) -> tuple[str, str, tuple[Picture, ...]]:
        """Return a letter's plain form, its HTML form, and the pictures that the HTML shows."""
        html = letterhead.rich(sheet, self.head)
        return letterhead.plain(sheet, self.head), html, self.pictures if html else ()


def of(brand: Brand, vendor: str, logo: Logo | None = None) -> Paper:
    """Return the paper of `brand`; `vendor` is its name where the brand says none. A query for each new logo.

    `logo` is one that is not kept yet, for looking at.
    """
    named = (brand.name or vendor, brand.accent, brand.accent_dark)
    below = (brand.postal, brand.telephone, brand.web, brand.footer)
    return _made(*named, below, logo) if logo else _known(*named, below, brand.logo_id or "")


@lru_cache(maxsize=64)
def _known(name: str, accent: str, accent_dark: str, below: tuple[str, ...], digest: str) -> Paper:
    """Hangs on its arguments alone: a logo is known by its digest."""
    return _made(name, accent, accent_dark, below, brands.logo(digest) if digest else None)


def _made(name: str, accent: str, accent_dark: str, below: tuple[str, ...], logo: Logo | None) -> Paper:
    lines = tuple(line for part in below for line in part.splitlines() if line)
    head = Letterhead(name, accent, accent_dark, lines=(name, *lines) if lines else ())
    if logo is None:
        return Paper(head)
    width, height = letterhead.shown_as(logo.width, logo.height)
    head = replace(head, logo=f"cid:{letterhead.LOGO}", logo_width=width, logo_height=height)
    return Paper(head, (Picture(letterhead.LOGO, logo.media, bytes(logo.data)),))


def laid_out(
    kind: Kind,
    title: str,
    text: str,
    *,
    told: str = "",
    reference: str = "",
    verified: bool = True,
    link: str = "",
    all_see: bool = True,
) -> Sheet:
    """Lay out a letter. What stands below its words depends on who gets it: a stranger is told no way in.

    One copy goes to all, so where not `all_see` the request it says whose way in it is.
    """
    if kind.to == CLIENT and reference and verified:
        return Sheet(title, text, told, reference, _(ANSWER if all_see else ANSWER_SOME), link)
    if kind.to in (CLIENT, SENDER) and reference:
        return Sheet(title, text, "", reference, _(ANSWER_BY_MAIL))
    return Sheet(title, text, "", reference)


def link_to(ticket: Ticket) -> str:
    """Return where its client reads a request in the portal, after signing in."""
    return f"{settings.BASE_URL}/portal/requests/{ticket.reference}/"
