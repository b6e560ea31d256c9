"""What `make messages` finds, found in the same way."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg

ROOT = Path(__file__).resolve().parents[2]
Found = tuple[str, int, Any, list[str], Any]  # file, line, what it says (two with a plural), comments, context


def keywords() -> list[str]:
    """Return what the Makefile has read beside gettext itself."""
    lines = re.search(r"^WORDS := ((?:.*\\\n)*.*)$", (ROOT / "Makefile").read_text(), re.M)
    assert lines
    return lines[1].replace("\\\n", " ").split()


@lru_cache(maxsize=1)
def extracted() -> tuple[Found, ...]:
    """Return everything that is found."""
    with (ROOT / "babel.cfg").open() as lines:
        methods, options = parse_mapping_cfg(lines)
    known = DEFAULT_KEYWORDS | parse_keywords(keywords())
    return tuple(extract_from_dir(ROOT / "mainstay", methods, options, known))
