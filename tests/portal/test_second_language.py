"""A second language, made as `docs/howto/translate.md` says: a page, a refusal and a letter are said in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po, write_po
from django.utils import translation

from mainstay.lib import environment, language
from mainstay.mail import correspondence, known
from mainstay.outbox.models import Letter
from mainstay.screens import moments
from mainstay.tickets.models import Ticket
from tests.desk import Desk
from tests.house.words import extracted
from tests.portal.conftest import Browse
from tests.telling import sent

GERMAN = {
    "Sign out": "Abmelden",
    "This invitation is not open any more. Ask whoever invited you for a new one.": "Diese Einladung gilt nicht mehr.",
    "This request goes on as %(reference)s. Please write there.": "Es geht weiter als %(reference)s. Schreiben Sie dort.",
    "Dear %(name)s,": "Guten Tag, %(name)s,",
    "Your reference:": "Ihr Zeichen:",
    "This is about your request {{ reference }}.": "Es geht um Ihre Anfrage {{ reference }}.",
    "We ask for your answer by %(when)s.": "Wir bitten bis %(when)s um Antwort.",
    "To go on with your request {{ reference }} we need an answer from you:": "Zu {{ reference }} fehlt uns Ihre Antwort:",
    "%(weekday)s %(day)d %(month)s %(year)d": "%(weekday)s, %(day)d. %(month)s %(year)d",
    "%(day)s, %(time)s %(zone)s": "%(day)s, %(time)s Uhr (%(zone)s)",
    # A name that is needed got lost, so this one is not used.
    "We have a solution for your request {{ reference }} and ask you to test it:": "Wir haben eine Lösung:",
}


@pytest.fixture
def german(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A desk that speaks German, as far as the dictionary above goes."""
    folder, pot = tmp_path / "locale", tmp_path / "django.pot"
    found = Catalog()
    for _, _, said, _, context in extracted():
        found.add(said, context=context)
    with pot.open("wb") as file:
        write_po(file, found)
    _pybabel("init", "-D", "django", "-i", str(pot), "-d", str(folder), "-l", "de")
    po = folder / "de/LC_MESSAGES/django.po"
    with po.open("rb") as file:
        catalogue = read_po(file, locale="de")
    for english, other in GERMAN.items():
        message = catalogue.get(english)
        assert message is not None, english
        message.string = other
    with po.open("wb") as file:
        write_po(file, catalogue)
    _pybabel("compile", "-D", "django", "-d", str(folder))
    settings.LOCALE_PATHS = [folder]
    settings.LANGUAGE_CODE = environment.language("de", folders=[folder])
    kept = (known._shipped, language._looked_up, moments.calendar_in)
    for one in kept:
        one.cache_clear()
    yield folder
    for one in kept:
        one.cache_clear()


def _pybabel(*words: str) -> None:
    CommandLineInterface().run(["pybabel", "--quiet", *words])


def last(kind: str) -> str:
    letter = Letter.objects.filter(kind=kind).latest("id")
    return sent(letter).text.replace("\r", "")


def test_a_page_a_refusal_and_a_letter(desk: Desk, browse: Browse, german: Path, caplog: pytest.LogCaptureFixture) -> None:
    ticket = desk.opened()
    browser = browse("ana")
    page = browser.get("/portal/").content.decode()
    assert '<html lang="de"' in page
    assert "Abmelden" in page
    assert "Diese Einladung gilt nicht mehr." in browser.get("/portal/invitation/nobody/").content.decode()

    desk.ask("ida", ticket, "Welche Kartenleser?")
    letter = last("request_for_information")
    assert letter.startswith("Guten Tag, Ana Okafor,\n\n")
    assert f"Zu {ticket.reference} fehlt uns Ihre Antwort:\n\nWelche Kartenleser?" in letter
    assert "Please answer this mail." in letter  # nobody has translated that yet
    assert f"Ihr Zeichen: {ticket.reference}" in letter

    with caplog.at_level(logging.ERROR):
        desk.fix("ida", ticket)
    assert "We have a solution for your request" in last("fix")
    assert "fix is sent in English" in caplog.text


def test_days_follow_the_language(german: Path) -> None:
    at = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    assert language.moment(at, ZoneInfo("Europe/London")) == "Montag, 5. Januar 2026, 09:30 Uhr (GMT)"
    assert language.tag() == "de"


def test_a_letter_never_follows_its_thread(desk: Desk, german: Path, settings: Any) -> None:
    """Whoever asks for it, in whatever language: it is written in the desk's."""
    ticket = desk.opened()
    settings.LANGUAGE_CODE = "en-gb"
    with translation.override("de"):
        correspondence.reply(ticket=desk.look(ticket), by=desk.person["ida"], text="Soon.", at=desk.now)
    assert last("reply").startswith("Dear Ana Okafor,\n\nThis is about your request")
    settings.LANGUAGE_CODE = "de"
    with translation.override("en-gb"):
        correspondence.reply(ticket=desk.look(ticket), by=desk.person["ida"], text="Soon.", at=desk.now)
    assert last("reply").startswith("Guten Tag, Ana Okafor,\n\nEs geht um Ihre Anfrage")
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("code", ["en-gb", "en_GB", "en"])
def test_english_needs_no_translation(code: str, tmp_path: Path) -> None:
    assert environment.language(code, folders=[tmp_path]).startswith("en")


def test_a_language_without_a_translation_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(environment.BadSetting, match="MAINSTAY_LANGUAGE='fr'"):
        environment.language("fr", folders=[tmp_path])
