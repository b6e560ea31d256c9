"""The way out, chosen in one place from the settings: SMTP, the demonstration's page, or nowhere yet."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from .base import ChannelFault, Sent, Session, Transport
from .shown import Shown
from .smtp import Smtp
from .unset import Unset

__all__ = ["ChannelFault", "Sent", "Session", "Transport", "chosen"]


def chosen() -> Transport:
    """Return the way out that the settings name. Raises BadSetting where they cannot be read."""
    return _choose(settings.DEMO, settings.MAIL_OUT, settings.BASE_URL, settings.SECRET_KEY)


@lru_cache(maxsize=8)
def _choose(demo: bool, mail_out: str, base_url: str, key: str) -> Transport:
    if demo:
        return Shown()
    if not mail_out:
        return Unset()
    return Smtp.from_url(mail_out, greet_as=urlsplit(base_url).hostname or "localhost", key=key)
