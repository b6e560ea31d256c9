"""What the Jinja2 environments of all doors share: autoescaped, strict about missing names, no access to settings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils import translation
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from mainstay.lib import language


def shared(**options: Any) -> Environment:
    """Return the environment that a door adds its own names to. A missing name is an error, not an empty string."""
    options.setdefault("undefined", StrictUndefined)
    env = Environment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"], **options)
    env.install_gettext_translations(translation, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    env.globals.update({"asset": asset, "drawn_once": drawn_once, "language": language.tag})
    return env


def drawn_once(macro: Callable[..., Markup]) -> Callable[..., Markup]:
    """Return a macro that draws the same thing only once. What it draws must hang on its arguments alone."""
    return lru_cache(maxsize=1024)(macro)


@lru_cache(maxsize=64)
def asset(path: str) -> str:
    """Return the address of a static file with a digest of its content, so that a new release is never half cached."""
    found = finders.find(path)
    if not isinstance(found, str):
        raise FileNotFoundError(f"There is no static file {path}")
    digest = hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10]
    return f"{static(path)}?v={digest}"
