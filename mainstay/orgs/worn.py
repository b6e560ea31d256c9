"""The brand as pages wear it: read once by each process, and again once any process has changed it.

Whoever changes it touches a file in the directory of the installation when that is committed, which all processes share
(docs/scaling.md). A page looks at that file's time, so it costs no query.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from mainstay.orgs.models import Brand


@dataclass(slots=True)
class _Wardrobe:
    """What this process wears, and the time of the file when it was read."""

    brand: Brand | None = None
    as_of: int = 0


_wardrobe = _Wardrobe()


def worn() -> Brand:
    """Return the brand that holds, with its logo. One query the first time, and the first time after a change."""
    as_of, brand = _changed_at(), _wardrobe.brand  # looked at before it is read: a change meanwhile is seen next time
    if brand is None or _wardrobe.as_of != as_of:
        brand = Brand.objects.select_related("logo").order_by("-id").first() or Brand()
        _wardrobe.brand, _wardrobe.as_of = brand, as_of
    return brand


def put_on(brand: Brand) -> None:
    """Have this process wear `brand` until somebody changes it."""
    _wardrobe.brand, _wardrobe.as_of = brand, _changed_at()


def forget() -> None:
    """Have this process read it again."""
    _wardrobe.brand = None


def tell() -> None:
    """Have every process read it again. Called once a change is committed."""
    _stamp().touch()


def _changed_at() -> int:
    """Return when it was changed last, in nanoseconds; 0 where it never was."""
    try:
        return _stamp().stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _stamp() -> Path:
    return Path(settings.DATA) / "brand.changed"
