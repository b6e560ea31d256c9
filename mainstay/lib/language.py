"""What a room below said, in the language of whoever reads it."""

from __future__ import annotations

from django.utils import translation

from mainstay.core.saying import Refusal, Saying


def spoken(what: object) -> str:
    """Return in the reader's language what was refused or said; of anything else its text, where that is translated."""
    saying = what.saying if isinstance(what, Refusal) else what
    if isinstance(saying, Saying):
        return saying.told(translation.gettext, translation.ngettext)
    text = str(saying)
    return translation.gettext(text) if text else ""
