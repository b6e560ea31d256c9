"""The Jinja2 environment of the console: what all doors share, its own addresses, and its keys."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.urls import get_script_prefix, reverse
from jinja2 import Environment

from mainstay.console import keymap
from mainstay.console.presenters.keys import keygroups
from mainstay.screens.environment import shared


def environment(**options: Any) -> Environment:
    """Return the environment that Django's Jinja2 backend asks for."""
    env = shared(**options)
    env.globals["url"] = url
    env.globals.update({"keymap": keymap.for_scripts, "keygroups": keygroups, "does": keymap.does, "kbd": keymap.kbd})
    return env


def url(name: str, *args: object, **kwargs: object) -> str:
    """Return the path of the console route `name`. A page says some hundred of them, the same ones again and again."""
    return _path(get_script_prefix(), name, *args, **kwargs)


@lru_cache(maxsize=4096)
def _path(prefix: str, name: str, *args: object, **kwargs: object) -> str:
    return reverse(f"console:{name}", args=args or None, kwargs=kwargs or None)
