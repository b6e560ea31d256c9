"""The one form of every mail that leaves, in HTML and in plain text: words in, a calm page out. No query.

Nothing is fetched from anywhere: no picture, no font, no pixel that counts readers; a logo travels inside the mail.
All text is escaped; the only marks that are made are paragraphs, lists and links to addresses that stand in the text
as they are. The layout itself stands in `stationery/`.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from django.utils.translation import ngettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from mainstay.lib import language

Scheme = Literal["", "light", "dark"]

LOGO = "logo@letterhead"  # the Content-ID of the logo
LARGEST = 100_000  # characters of HTML; Gmail cuts a longer page off, so such a letter goes as plain text alone
_STATIONERY = Path(__file__).with_name("stationery")
_LOGO_MOST = (240, 48)  # points in which a logo is shown
_OPENING = 140  # characters that a list of mails shows beside the subject
_LINK = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,500}")
_TRAILING = ".,;:!?)]'"
_GAP = re.compile(r"\n[ \t]*\n")
_SCHEMES: dict[str, tuple[str, str, str]] = {
    "": ("light dark", "@media (prefers-color-scheme:dark){", "}"),
    "light": ("light", "@media not all{", "}"),
    "dark": ("dark", "", ""),
}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose paper it is. `logo` is what its picture's `src` says, `lines` stand below every letter."""

    name: str
    accent: str = "#0b6485"
    accent_dark: str = "#5bb9d9"
    logo: str = ""
    logo_width: int = 0
    logo_height: int = 0
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the paper. `title` is the heading, `text` the words; the rest stands below them where it is.

    `promise` is one sentence; `answer` says how to reply, `link` where to do so online.
    """

    title: str
    text: str
    promise: str = ""
    reference: str = ""
    answer: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a list, its inside escaped."""

    tag: str
    style: str
    inner: Markup


def rich(sheet: Sheet, head: Letterhead, *, scheme: Scheme = "") -> str:
    """Return the HTML form, empty where it would be too long. `scheme` is for looking at one; a reader's own holds."""
    shown, opens, closes = _SCHEMES[scheme]
    written = _html().render(
        sheet=sheet,
        head=head,
        blocks=blocks(sheet.text, head.accent),
        opening=opening(sheet.text),
        scheme=shown,
        opens=opens,
        closes=closes,
    )
    return written if len(written) <= LARGEST else ""


def plain(sheet: Sheet, head: Letterhead) -> str:
    """Return the plain form, which says the same."""
    return _text().render(sheet=sheet, head=head).strip("\n") + "\n"


def blocks(text: str, accent: str) -> list[Block]:
    """Return the paragraphs and lists of a text."""
    return [_block(block, accent) for block in _GAP.split(text.strip()) if block.strip()]


def opening(text: str) -> str:
    """Return how the words begin, after the greeting: what a list of mails shows beside the subject."""
    first, _, rest = text.strip().partition("\n\n")
    words = " ".join((rest if rest and first.endswith(",") else text)[: _OPENING * 3].split())
    return words if len(words) <= _OPENING else words[: _OPENING - 1].rpartition(" ")[0] + "…"


def shown_as(width: int, height: int) -> tuple[int, int]:
    """Return the size in which a logo of these points is shown: never larger than it is, its shape kept."""
    share = min(1.0, _LOGO_MOST[0] / width, _LOGO_MOST[1] / height)
    return max(1, round(width * share)), max(1, round(height * share))


def with_picture(head: Letterhead, source: str) -> Letterhead:
    """Return the same head with its logo read from elsewhere, such as a `data:` address on a page of ours."""
    return replace(head, logo=source) if head.logo else head


def _block(block: str, accent: str) -> Block:
    lines = block.strip("\n").split("\n")
    if all(line.startswith("- ") for line in lines):
        items = (f'<li style="margin:0 0 6px 0">{_inline(line[2:], accent)}</li>' for line in lines)
        return Block("ul", ";padding:0 0 0 22px", Markup("".join(items)))
    return Block("p", "", Markup("<br>\n".join([_inline(line, accent) for line in lines])))


def _inline(line: str, accent: str) -> str:
    """Escape a line, and make what is an address of a page into a link that shows where it leads."""
    if "://" not in line:
        return html.escape(line)
    pieces, at = [], 0
    for found in _LINK.finditer(line):
        url = found[0].rstrip(_TRAILING)
        shown = html.escape(url)
        pieces.append(html.escape(line[at : found.start()]))
        pieces.append(f'<a class="link" href="{shown}" style="color:{accent}">{shown}</a>')
        at = found.start() + len(url)
    return "".join([*pieces, html.escape(line[at:])])


@lru_cache(maxsize=1)
def _html() -> Template:
    return _environment(escaped=True).get_template("letter.html")


@lru_cache(maxsize=1)
def _text() -> Template:
    return _environment(escaped=False).get_template("letter.txt")


def _environment(*, escaped: bool) -> Environment:
    made = Environment(
        loader=FileSystemLoader(_STATIONERY),
        autoescape=escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(language.in_ours, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    made.globals["language"] = language.tag
    return made
