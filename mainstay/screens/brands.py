"""The vendor's brand on the pages that clients see: a style sheet with its colours, its logo and its name.

Both have an address that changes with them, so browsers keep them for good. Colours are checked when the brand is
saved; what is made of them here is checked again, because pages have more grounds than letters.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from mainstay.lib.colours import mixed, readable_on
from mainstay.orgs.models import Brand, Logo
from mainstay.orgs.worn import worn

FOR_GOOD = "public, max-age=31536000, immutable"
LIGHT, DARK = "#eff1f3", "#1a242d"  # the grounds of pages on which a link is hardest to read (tokens.css)
GROUND_DARK = "#0e141a"
LOGO_MOST = (180, 36)  # points in which a logo is shown on a page
NAMES = ("accent", "accent-hover", "accent-on", "accent-soft", "accent-ink", "focus", "chosen")


@dataclass(frozen=True, slots=True)
class Dress:
    """What a page needs of the brand; each is empty where Mainstay's own does."""

    name: str
    sheet: str  # address of the style sheet
    logo: str  # address of the picture
    width: int = 0
    height: int = 0


def dress() -> Dress:
    """Return the brand for a page. No query but the first time after a change."""
    brand = worn()
    made = "" if _colours_of(brand) == _colours_of(Brand()) else _sheet(*_colours_of(brand))
    sheet = f"{reverse('brand_sheet')}?v={hashlib.sha256(made.encode()).hexdigest()[:10]}" if made else ""
    if brand.logo is None:
        return Dress(brand.name, sheet, "")
    return Dress(brand.name, sheet, reverse("brand_logo", args=[brand.logo.digest]), *_shown_as(brand.logo))


def dressed(request: HttpRequest) -> dict[str, Dress]:
    """Return the brand for the pages that are written in Django's own templates: those before the door."""
    return {"dress": dress()}


@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """Hand out the brand's colours as a style sheet. An earlier address gets those of now, and is not kept."""
    answer = HttpResponse(_sheet(*_colours_of(worn())), content_type="text/css; charset=utf-8")
    answer.headers["Cache-Control"] = FOR_GOOD if request.get_full_path() == dress().sheet else "no-cache"
    return answer


@require_safe
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    """Hand out a logo, which never changes under its address."""
    found = Logo.objects.filter(pk=digest).first()
    if found is None:
        raise Http404("There is no such logo.")
    answer = HttpResponse(bytes(found.data), content_type=found.media)
    answer.headers["Cache-Control"] = FOR_GOOD
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _colours_of(brand: Brand) -> tuple[str, str]:
    return brand.accent, brand.accent_dark


@lru_cache(maxsize=8)
def _sheet(accent: str, accent_dark: str) -> str:
    light, dark = (_declared(shades) for shades in (_on_light(accent), _on_dark(accent_dark)))
    return (
        f":root {{ {light} }}\n"
        f':root[data-theme="dark"] {{ {dark} }}\n'
        f'@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{ {dark} }} }}\n'
    )


def _declared(shades: tuple[str, ...]) -> str:
    return " ".join(f"--{name}: {shade};" for name, shade in zip(NAMES, shades, strict=True))


def _on_light(colour: str) -> tuple[str, ...]:
    accent = readable_on(colour, LIGHT)
    soft, chosen = mixed(accent, "#ffffff", 0.88), mixed(accent, "#ffffff", 0.9)
    ink = readable_on(mixed(accent, "#000000", 0.1), soft)
    return accent, mixed(accent, "#000000", 0.22), readable_on("#ffffff", accent), soft, ink, accent, chosen


def _on_dark(colour: str) -> tuple[str, ...]:
    accent = readable_on(colour, DARK)
    soft, chosen = mixed(accent, GROUND_DARK, 0.82), mixed(accent, GROUND_DARK, 0.84)
    bright = mixed(accent, "#ffffff", 0.2)
    on = readable_on(mixed(accent, "#000000", 0.82), accent)
    return accent, mixed(accent, "#ffffff", 0.25), on, soft, readable_on(bright, soft), bright, chosen


def _shown_as(found: Logo) -> tuple[int, int]:
    share = min(1.0, LOGO_MOST[0] / found.width, LOGO_MOST[1] / found.height)
    return max(1, round(found.width * share)), max(1, round(found.height * share))
