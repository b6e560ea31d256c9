"""What somebody types into a search box, taken apart: words, exact phrases, words to leave out, `operator:value`.

Pure reading: which operators there are and what their values mean is told by whoever asks. Nothing typed is an error
here; what makes no sense as an operator is read as words, and named, so that the page can say so.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from mainstay.core.words import words_of

LONGEST = 300  # characters of a question that are read
MOST_TERMS = 12  # and words of it

_PART = re.compile(r'(?P<not>-?)(?:(?P<name>[A-Za-z]{2,12}):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))')


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand side by side. `prefix`: the last may go on. `where`: only in 'head' or 'people'.

    `also` are words of which any one stands for all of these.
    """

    words: tuple[str, ...]
    prefix: bool = False
    where: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Narrowing:
    """An operator with its value, as typed; `turned`: its opposite is meant (`-is:open`)."""

    name: str
    value: str
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. `unknown` are operators that there are not; their text was read as words."""

    text: str
    terms: tuple[Term, ...]
    without: tuple[Term, ...]
    narrowings: tuple[Narrowing, ...]
    unknown: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that is looked for, each once."""
        return tuple(dict.fromkeys(word for term in self.terms for word in term.words))

    @property
    def empty(self) -> bool:
        """Whether nothing was asked."""
        return not (self.terms or self.without or self.narrowings)


def read(text: str, *, operators: Collection[str], typing: bool = False) -> Asked:
    """Take `text` apart. `typing`: its last word may still go on, so it is taken as a beginning."""
    text = text.replace("\x00", " ")[:LONGEST]
    terms: list[Term] = []
    without: list[Term] = []
    narrowings: list[Narrowing] = []
    unknown: list[str] = []
    for part in _PART.finditer(text):
        value = part["phrase"] if part["phrase"] is not None else part["word"]
        name = (part["name"] or "").lower()
        if name in operators and value.strip():
            narrowings.append(Narrowing(name, value.strip(), turned=bool(part["not"])))
            continue
        if name and not value.startswith("//"):
            unknown.append(name)
        term = Term(tuple(words_of(f"{part['name'] or ''} {value}")), prefix=value.endswith("*"))
        if term.words:
            (without if part["not"] else terms).append(term)
    if typing and terms and text[-1:].isalnum():
        terms[-1] = replace(terms[-1], prefix=True)
    return Asked(
        text.strip(), tuple(terms[:MOST_TERMS]), tuple(without[:MOST_TERMS]), tuple(narrowings[:MOST_TERMS]),
        tuple(dict.fromkeys(unknown)),
    )  # fmt: skip
