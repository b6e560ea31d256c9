"""What is said, in the language of whoever reads it: the refusals and words of rooms, days and moments, letters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.dates import MONTHS_ALT, WEEKDAYS
from django.utils.translation import gettext

from mainstay.core.saying import Refusal, Saying

P = ParamSpec("P")
T = TypeVar("T")


def spoken(what: object) -> str:
    """Return in the reader's language what was refused or said; of anything else its text, where that is translated."""
    saying = what.saying if isinstance(what, Refusal) else what
    if isinstance(saying, Saying):
        return saying.told(translation.gettext, translation.ngettext)
    text = str(saying)
    return translation.gettext(text) if text else ""


def ours(act: Callable[P, T]) -> Callable[P, T]:
    """Have `act` speak the desk's language, whatever its thread speaks: what it writes is kept, or leaves by mail."""

    @wraps(act)
    def within(*args: P.args, **kwargs: P.kwargs) -> T:
        if translation.get_language() == settings.LANGUAGE_CODE:
            return act(*args, **kwargs)
        with translation.override(settings.LANGUAGE_CODE):
            return act(*args, **kwargs)

    return within


def in_ours(sentence: str) -> str:
    """Return a sentence in the desk's language. Each is looked up once: letters say the same ones again and again."""
    return _looked_up(settings.LANGUAGE_CODE, sentence)


@lru_cache(maxsize=4096)
def _looked_up(code: str, sentence: str) -> str:
    with translation.override(code):
        return gettext(sentence)


def tag() -> str:
    """Return the language that is spoken, as a page names it: 'en-GB'."""
    return translation.to_locale(translation.get_language() or settings.LANGUAGE_CODE).replace("_", "-")


def day(date: date) -> str:
    """Return a day as a letter says it: 'Tuesday 3 February 2026'."""
    return gettext("%(weekday)s %(day)d %(month)s %(year)d") % {
        "weekday": WEEKDAYS[date.weekday()], "day": date.day, "month": MONTHS_ALT[date.month], "year": date.year,
    }  # fmt: skip


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment as a letter says it, with its zone: 'Monday 23 November 2026, 09:00 GMT'."""
    local = at.astimezone(zone)
    return gettext("%(day)s, %(time)s %(zone)s") % {
        "day": day(local.date()), "time": f"{local:%H:%M}", "zone": local.tzname() or "UTC",
    }  # fmt: skip
