"""Tells when the plain and the HTML form of one mail say different things (reliability class A8)."""

from __future__ import annotations

import re

from mainstay.mail.markup import unescape

_WORD = re.compile(r"[^\W_]{2,40}")
_URL = re.compile(r"https?://[^\s<>]+")
_TAG = re.compile(r"<[^<>]{0,5000}>")
_WITHIN_WORDS = re.compile(
    r"</?(?:b|i|u|s|em|strong|span|font|a|small|big|sub|sup|mark|code|o:p|wbr)\b[^<>]{0,5000}>", re.I
)
_UNSEEN = re.compile(r"<(style|script|title|head)\b", re.I)
# Words that turn a sentence round: none of them may stand in one form only.
_REVERSERS = frozenset(
    (
        "not",
        "never",
        "don",
        "dont",
        "cannot",
        "stop",
        "cancel",
        "ignore",
        "approve",
        "approved",
        "reject",
        "refuse",
    )
)
_LONGEST = 100_000
_TOLERATED = 0.25


def difference(text: str, source: str) -> str:
    """Say in words how the plain text differs from what the HTML shows, or "" where they agree.

    Programs make the plain form from the HTML and leave out or add a little: links, captions, a footer. So
    single words are tolerated unless they turn a sentence round.
    """
    text, source = text[:_LONGEST], _seen(source[:_LONGEST])
    if text.split() == unescape(_TAG.sub(" ", source)).split():
        return ""
    plain = _words(text)
    shown = _words(unescape(_TAG.sub(" ", _WITHIN_WORDS.sub("", source))))
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
    return set(_WORD.findall(_URL.sub(" ", text).casefold()))


def _seen(source: str) -> str:
    """Leave out style sheets, scripts and the head, which only programs read."""
    pieces: list[str] = []
    at = 0
    while unseen := _UNSEEN.search(source, at):
        pieces.append(source[at : unseen.start()])
        close = re.compile(f"</{unseen[1]}", re.I).search(source, unseen.end())
        if close is None:
            return "".join(pieces)
        at = close.start()
    return "".join((*pieces, source[at:])) if pieces else source
