"""In a language where every translated word stands in brackets, no page of the portal says anything outside of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField, JSONField, TextField

from tests.brackets import CALENDAR, WORD, outside, speak
from tests.desk import Desk
from tests.portal.conftest import Browse
from tests.portal.test_doors import routes
from tests.portal.test_tenants import OURS, paths
from tests.portal.world import furnish


@pytest.fixture
def in_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch)


def data() -> set[str]:
    """Return every word that stands in the database: what people wrote, what agreements are made of."""
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, CharField | TextField | JSONField):
                for value in model._default_manager.values_list(field.name, flat=True):
                    found |= set(WORD.findall(str(value).lower()))
    return found


def test_no_page_says_an_untranslated_word(desk: Desk, browse: Browse, in_brackets: None) -> None:
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
