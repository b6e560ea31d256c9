"""The Jinja2 environment of the portal: what all doors share, and its own addresses."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from jinja2 import Environment

from mainstay.screens.brands import dress
from mainstay.screens.environment import shared


def environment(**options: Any) -> Environment:
    """Return the environment that Django's Jinja2 backend asks for."""
    env = shared(**options)
    env.globals.update({"url": url, "dress": dress})
    return env


def url(name: str, *args: object, **kwargs: object) -> str:
    """Return the path of the portal's route `name`; `hub:article` for one of another of its address books."""
    full = name if ":" in name else f"portal:{name}"
    return reverse(full, args=args or None, kwargs=kwargs or None)
