"""Tells when the plain and the HTML form of one mail say different things (reliability class A8)."""

from __future__ import annotations

import html
import re

_WORD = re.compile(r"[^\W_]{2,40}")
_URL = re.compile(r"https?://[^\s<>]+|[\w.+-]{1,64}@[\w.-]{1,200}")
_TAG = re.compile(r"<[^<>]{0,5000}>")
_UNSEEN = re.compile(r"<(style|script|title|head)\b", re.I)
_REVERSERS = frozenset(
    "not never don dont cannot stop cancel ignore approve approved reject rejected refuse".split()
)
_LONGEST = 100_000
_TOLERATED = 0.25


def difference(text: str, source: str) -> str:
    """Say in words how the plain text differs from what the HTML shows, or "" where they agree.

    Programs make the plain form from the HTML and leave out or add a little: links, captions, a footer. So single
    words are tolerated unless they turn a sentence round.
    """
    plain = _words(_URL.sub(" ", text[:_LONGEST]))
    shown = _words(_URL.sub(" ", html.unescape(_TAG.sub(" ", _seen(source[:_LONGEST])))))
    if plain == shown:
        return ""
    only_plain, only_shown = plain - shown, shown - plain
    if turned := sorted((only_plain | only_shown) & _REVERSERS):
        return f"the plain and the HTML form differ in {', '.join(turned[:5])}: read both"
    if len(only_plain) > max(2, len(plain) * _TOLERATED) and len(only_shown) > max(
        2, len(shown) * _TOLERATED
    ):
        return "the plain and the HTML form say different things: read both"
    if len(plain) >= 5 and len(only_plain) > max(5, len(plain) * 2 * _TOLERATED):
        return "the plain form says things that the HTML form does not: read both"
    return ""


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _seen(source: str) -> str:
    """Leave out style sheets, scripts and the head, which only programs read."""
    pieces: list[str] = []
    at = 0
    while unseen := _UNSEEN.search(source, at):
        pieces.append(source[at : unseen.start()])
        close = source.find("</", unseen.end())
        mark = unseen[1].lower()
        while close >= 0 and source[close + 2 : close + 2 + len(mark)].lower() != mark:
            close = source.find("</", close + 2)
        if close < 0:
            return "".join(pieces)
        at = close
    return "".join((*pieces, source[at:]))
