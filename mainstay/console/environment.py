"""The Jinja2 environment of our own pages: autoescaped, strict about missing names, without access to settings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from mainstay.console import keymap
from mainstay.console.presenters.keys import keygroups


def environment(**options: Any) -> Environment:
    """Return the environment that Django's Jinja2 backend asks for. A missing name is an error, not an empty string."""
    options.setdefault("undefined", StrictUndefined)
    env = Environment(trim_blocks=True, lstrip_blocks=True, **options)
    env.globals.update({"asset": asset, "url": url, "drawn_once": drawn_once})
    env.globals.update({"keymap": keymap.for_scripts, "keygroups": keygroups, "does": keymap.does, "kbd": keymap.kbd})
    return env


def drawn_once(macro: Callable[..., Markup]) -> Callable[..., Markup]:
    """Return a macro that draws the same thing only once. What it draws must hang on its arguments alone."""
    return lru_cache(maxsize=1024)(macro)


def url(name: str, *args: object, **kwargs: object) -> str:
    """Return the path of the console route `name`. A page says some hundred of them, the same ones again and again."""
    return _path(get_script_prefix(), name, *args, **kwargs)


@lru_cache(maxsize=4096)
def _path(prefix: str, name: str, *args: object, **kwargs: object) -> str:
    return reverse(f"console:{name}", args=args or None, kwargs=kwargs or None)


@lru_cache(maxsize=64)
def asset(path: str) -> str:
    """Return the address of a static file with a digest of its content, so that a new release is never half cached."""
    found = finders.find(path)
    if not isinstance(found, str):
        raise FileNotFoundError(f"There is no static file {path}")
    digest = hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10]
    return f"{static(path)}?v={digest}"
