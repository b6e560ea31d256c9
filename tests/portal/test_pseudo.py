"""In a language where every translated word stands in brackets, no page of the portal says anything outside of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField, JSONField, TextField
from django.utils import translation

from tests.desk import Desk
from tests.portal.bare import SPOKEN
from tests.portal.conftest import Browse
from tests.portal.test_doors import routes
from tests.portal.test_tenants import OURS, paths
from tests.portal.world import furnish

INNERMOST = re.compile(r"⟦[^⟦⟧]*⟧")
WORD = re.compile(r"[^\W\d_]{3,}")
# Short names of days and months, and zones: how moments are written is the whole desk's, not the portal's alone.
CALENDAR = {
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "bst", "gmt", "utc",
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
}  # fmt: skip


@pytest.fixture
def brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak a language in which each sentence is itself, in brackets."""
    say = translation._trans
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
    text = "\n".join(reading.said)
    while text != (text := INNERMOST.sub(" ", text)):
        pass
    yield from WORD.findall(text.lower())


def data() -> set[str]:
    """Return every word that stands in the database: what people wrote, what agreements are made of."""
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, CharField | TextField | JSONField):
                for value in model._default_manager.values_list(field.name, flat=True):
                    found |= set(WORD.findall(str(value).lower()))
    return found


def test_no_page_says_an_untranslated_word(desk: Desk, browse: Browse, brackets: None) -> None:
    world = furnish(desk, desk.acme, OURS)
    known, browser, unmarked = data() | CALENDAR, browse(world.administrator), {}
    for name in routes():
        for path in paths(name):
            answer: Any = browser.get(path)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                for word in set(outside(answer.content.decode())) - known:
                    unmarked.setdefault(word, path)
    assert unmarked == {}


def test_a_word_outside_is_found() -> None:
    """The check can fail."""
    page = '<head><title>Not read</title></head><p title="bare title">⟦Marked ⟦twice⟧ here⟧ and bare</p>'
    assert list(outside(page)) == ["bare", "title", "and", "bare"]
