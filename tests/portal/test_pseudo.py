"""In a language where every translated word stands in brackets, no page of the portal says anything outside of them."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField, JSONField, TextField
from django.test import Client

from tests.brackets import WORD, ZONES, outside, speak
from tests.desk import Desk
from tests.portal.conftest import Browse
from tests.portal.test_doors import routes
from tests.portal.test_tenants import OURS, paths
from tests.portal.world import furnish

AGREED = (  # pages that read it out
    "/portal/promises/", "/portal/requests/new/",
)
# Kept in English and said in the reader's language, or not said at all.
NOT_SHOWN = {("AgreementVersion", "source"), ("Change", "details"), ("Message", "text"), ("Letter", "text")}


@pytest.fixture
def in_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch)


def data() -> set[str]:
    """Return every word that stands in the database: what people wrote, what agreements are made of."""
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if (model.__name__, field.name) in NOT_SHOWN:
                continue
            if isinstance(field, CharField | TextField | JSONField):
                for value in model._default_manager.values_list(field.name, flat=True):
                    found |= set(WORD.findall(str(value).lower()))
    return found


def test_no_page_says_an_untranslated_word(desk: Desk, browse: Browse, in_brackets: None) -> None:
    world = furnish(desk, desk.acme, OURS)
    agreed, named = desk.agreement.source.lower(), {"mainstay", "europe", "london"}
    named |= {word for one in tomllib.loads(agreed)["severity"] for word in WORD.findall(one["name"])}
    known, browser, unmarked = data() | ZONES | named, browse(world.administrator), {}
    for name in routes():
        for path in paths(name):
            answer: Any = browser.get(path)
            if answer.get("Content-Type", "").startswith("text/html"):
                for word in set(outside(answer.content.decode())) - known - set(WORD.findall(agreed) if path in AGREED else ()):
                    unmarked.setdefault(word, path)
    assert unmarked == {}


def test_a_word_outside_is_found() -> None:
    """The check can fail."""
    page = '<head><title>Not read</title></head><p title="bare title">⟦Marked ⟦twice⟧ here⟧ and bare</p>'
    assert list(outside(page)) == ["bare", "title", "and", "bare"]


def test_no_page_of_signing_in_says_one_either(desk: Desk, browse: Browse, in_brackets: None) -> None:
    found = {}
    stranger = ("login", "login/code", "password/reset", "password/reset/done", "signup", "inactive")
    for browser, pages in ((Client(), stranger), (browse("ana"), ("logout",))):
        for path in pages:
            answer: Any = browser.get(f"/accounts/{path}/")
            assert answer.status_code in (200, 404), path  # what is shut says so
            said = set(outside(answer.content.decode())) - {"mainstay", "isosec", "limited"}
            if said:
                found[path] = said
    assert found == {}
