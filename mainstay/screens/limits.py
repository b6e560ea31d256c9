"""How often something may come from one network: what anybody may do without signing in has a bound."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from mainstay.screens.sessions import network_of

HOUR = 60 * 60  # seconds


def within(request: HttpRequest, what: str, *, most: int, seconds: int = HOUR) -> bool:
    """Count one more of `what` from the network of whoever asks; False once there were `most` in that time.

    The cache is shared by all processes; two at the same moment may be counted as one. No address is kept.
    """
    network = network_of(request.META.get("REMOTE_ADDR", ""))
    key = f"limit:{what}:{salted_hmac('screens.limits', network).hexdigest()[:32]}"
    if cache.add(key, 1, seconds):
        return True
    try:
        return cache.incr(key) <= most
    except ValueError:  # it ended between the two
        return True
