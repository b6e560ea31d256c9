"""Log lines that nobody outside can forge: what a stranger wrote stays within its line."""

from __future__ import annotations

import logging
import re
from typing import Any

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_CONTROL_BUT_NEWLINE = re.compile(_CONTROL.pattern.replace(r"\x0a-", r"\x0b-"))


class Line(logging.Formatter):
    """One record, one line: control and direction characters are shown as escapes, a traceback stands indented."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line without anything that could begin another or change what a terminal shows."""
        return _CONTROL.sub(_escape, super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        """Return the traceback, so indented that no line of it looks like a record of its own."""
        lines = _CONTROL_BUT_NEWLINE.sub(_escape, super().formatException(ei)).splitlines()
        return "\n".join(f"    {line}" for line in lines)


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
