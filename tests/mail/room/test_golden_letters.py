"""What people get, word for word: a letter of each kind, in both forms, beside the one kept in `tests/mail/golden`.

After a change that is meant: `GOLDEN=write pytest tests/mail/room/test_golden_letters.py`, and read the diff.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from mainstay.lib import colours
from mainstay.mail import circulars, compose, kinds, letterhead, paper, plain, rehearsal, wording
from mainstay.mail.letterhead import Letterhead, Sheet
from mainstay.mail.parsed import Address
from mainstay.orgs.models import Brand

from .conftest import Desk, read

GOLDEN = Path(__file__).parents[1] / "golden"
BRAND = Brand(name="Example Care", accent="#7a1f5f", postal="1 High Street\nLeeds LS1 1AA", telephone="0113 496 0000")
HOSTILE = {
    "a long word": "Donaudampfschifffahrtsgesellschaft" * 40,
    "right to left": "\u05e9\u05dc\u05d5\u05dd \u202e evil \u202c \u05e2\u05d5\u05dc\u05dd",
    "markup": '<script>alert(1)</script> <img src=x onerror=alert(1)> "quoted" & </title></style>',
    "names": "{{ vendor }} {% if x %} {{7*7}}",
    "a link with markup": "https://evil.example/\"><script>x</script>",
}


@pytest.mark.django_db
@pytest.mark.parametrize("key", list(kinds.KINDS))
def test_a_letter_of_each_kind_reads_as_it_did(key: str, room: Desk) -> None:
    shown = rehearsal.shown(key, wording.shipped(key), by=room.ida, at=room.at, brand=BRAND)
    text, html, _ = shown.paper.written(shown.sheet)
    for form, written in (("txt", f"Subject: {shown.subject}\n\n{text}"), ("html", html)):
        kept = GOLDEN / f"{key}.{form}"
        if os.environ.get("GOLDEN") == "write":
            kept.write_text(written, encoding="utf-8")
        assert written == kept.read_text(encoding="utf-8"), f"{kept.name} differs; see the top of this file"


@pytest.mark.django_db
@pytest.mark.parametrize("key", list(kinds.KINDS))
def test_both_forms_say_the_same_words_in_the_same_order(key: str, room: Desk) -> None:
    shown = rehearsal.shown(key, wording.shipped(key), by=room.ida, at=room.at, brand=BRAND)
    text, html, _ = shown.paper.written(shown.sheet)
    body = html[html.index("</h1>") :]
    assert _words(plain.html_to_text(body)) == _words(text.replace("\n-- \n", "\n"))


def _words(text: str) -> list[str]:
    return text.replace("- ", " ").split()


@pytest.mark.django_db
@pytest.mark.parametrize("case", list(HOSTILE))
@pytest.mark.parametrize("key", list(kinds.KINDS))
def test_whatever_a_value_holds_it_stays_a_value(key: str, case: str, room: Desk) -> None:
    """Class C20 and C9: no markup, no name, no header comes out of it, and both forms can be read."""
    kind, evil = wording.KINDS[key], HOSTILE[case]
    said = wording.fill(wording.shipped(key), dict.fromkeys(kind.names, evil))
    sheet = paper.laid_out(kind, said.subject, said.body, told=evil, reference="MST-100042-7", link="http://x.example/")
    text, html, _ = paper.of(BRAND, "V").written(sheet)

    assert "<script" not in html
    assert "<img" not in html
    assert "onerror=alert(1)>" not in html
    assert html.count("</title>") == html.count("</style>") == 1
    assert evil in text
    for tag in ("p", "h1", "ul", "li", "table", "div"):
        assert len(re.findall(rf"<{tag}[ >]", html)) == html.count(f"</{tag}>"), tag


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Ana\r\nBcc: x@evil.example", "Ana\x00", "Ana\u2028Bcc: x"])
def test_no_header_comes_out_of_a_name(name: str, room: Desk) -> None:
    with pytest.raises(compose.ComposeRefused):
        circulars.send("staff_notices", {"notices": "- x"}, to=Address(name, "ana@acme.example"), about="", at=room.at)
    sent = circulars.send(
        "staff_notices", {"notices": "- x", "first": name}, to=Address("", "ana@acme.example"), about="", at=room.at
    )
    assert "Bcc" not in read(sent)


# ---- the sheet ----------------------------------------------------------------------------------------------------

FULL = Sheet("Title", "Dear Ana,\n\nWords.\n\n- one\n- two", "Severity 2.", "MST-1", "Answer:", "http://x.example/")
HEAD = Letterhead("Vendor", lines=("Vendor", "1 High Street"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_that_is_written_can_be_read(scheme: str) -> None:
    """Contrast computed: each colour of text on each paper that it stands on (WCAG 1.4.3)."""
    page = letterhead.rich(FULL, HEAD)
    if scheme == "light":
        inks = {"#17202b", "#465364", HEAD.accent}
        papers = {"#f6f7f8", "#ffffff", "#eff1f3"}
    else:
        dark = page[page.index("@media") : page.index("</style>")]
        inks = set(re.findall(r"[{;]color:(#[0-9a-f]{6})", dark))
        papers = set(re.findall(r"background:(#[0-9a-f]{6})", dark))
        assert len(inks) == len(papers) == 3
    assert inks | papers <= set(re.findall(r"#[0-9a-f]{6}", page))
    for ink in inks:
        for on in papers:
            if (ink, on) != (HEAD.accent_dark, "#1f2a34"):
                assert colours.ratio(ink, on) >= colours.READABLE, (ink, on)


def test_a_reader_of_screens_finds_a_heading_a_language_and_no_layout() -> None:
    page = letterhead.rich(FULL, HEAD)
    assert '<html lang="en-GB">' in page
    assert page.count("<h1") == 1
    assert page.count("<table") == page.count('<table role="presentation"')
    assert "<ul" in page
    assert 'dir="auto"' in page


def test_nothing_is_fetched_and_nobody_is_counted() -> None:
    page = letterhead.rich(FULL, HEAD)
    assert set(re.findall(r'https?://[^"<\s]+', page)) == {"http://x.example/"}
    assert not re.search(r"src=|url\(|@import|<link|<script", page)


def test_the_opening_that_lists_show_is_what_the_letter_says() -> None:
    assert letterhead.opening("Dear Ana,\n\nIt is mended.\n\nIda") == "It is mended. Ida"
    assert len(letterhead.opening("word " * 200)) <= 140


def test_a_letter_that_a_mail_program_would_cut_off_goes_as_plain_text_alone() -> None:
    assert letterhead.rich(Sheet("T", "word " * 30_000), HEAD) == ""
    assert len(letterhead.rich(Sheet("T", "word " * 15_000), HEAD)) < letterhead.LARGEST


def test_an_empty_letter_of_each_part_has_no_holes() -> None:
    assert letterhead.plain(Sheet("T", "Words."), Letterhead("V")) == "Words.\n"
    assert letterhead.plain(Sheet("T", "Words.", reference="R-1"), Letterhead("V")) == "Words.\n\nYour reference: R-1\n"


@pytest.mark.parametrize(("width", "height"), [(1, 1), (240, 48), (1200, 10), (10, 400), (480, 96)])
def test_a_logo_keeps_its_shape_and_fits(width: int, height: int) -> None:
    shown = letterhead.shown_as(width, height)
    assert shown[0] <= min(240, width)
    assert shown[1] <= min(48, height)
