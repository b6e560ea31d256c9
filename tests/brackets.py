"""A language in which each sentence is itself, in brackets: what stands outside of them, nobody translates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.utils import translation

from mainstay.lib import language
from mainstay.mail import known
from mainstay.portal.presenters import words
from mainstay.screens import moments
from tests.portal.bare import SPOKEN

INNERMOST = re.compile(r"⟦[^⟦⟧]*⟧")
WORD = re.compile(r"[^\W\d_]{3,}")
ZONES = {"bst", "gmt", "utc", "min"}  # and the minute, as it is written everywhere


def speak(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak that language until the test is over."""
    say = translation._trans
    monkeypatch.setattr(known, "_shipped", known._shipped.__wrapped__)  # else English is kept, or kept for the next
    monkeypatch.setattr(language, "_looked_up", language._looked_up.__wrapped__)
    monkeypatch.setattr(moments, "calendar_in", moments.calendar_in.__wrapped__)
    monkeypatch.setattr(words, "calendar_in", moments.calendar_in)
    monkeypatch.setattr(say, "gettext", lambda text: f"⟦{text}⟧", raising=False)
    monkeypatch.setattr(say, "pgettext", lambda context, text: f"⟦{text}⟧", raising=False)
    monkeypatch.setattr(say, "ngettext", lambda one, many, n: f"⟦{one if n == 1 else many}⟧", raising=False)
    monkeypatch.setattr(
        say, "npgettext", lambda context, one, many, n: f"⟦{one if n == 1 else many}⟧", raising=False
    )


class _Read(HTMLParser):
    """What a page says: its text, and what only a screen reader says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style", "head")
        self.said += [value for name, value in attrs if name in SPOKEN and value and tag != "meta"]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "head")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)


def outside(page: str) -> Iterator[str]:
    """Yield the words of a page that stand outside of all brackets."""
    reading = _Read()
    reading.feed(page)
    yield from outside_of("\n".join(reading.said))


def outside_of(text: str) -> Iterator[str]:
    """Yield the words of a plain text that stand outside of all brackets."""
    while text != (text := INNERMOST.sub(" ", text)):
        pass
    yield from WORD.findall(text.lower())
