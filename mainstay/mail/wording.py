"""The texts of everything Mainstay sends: how they are checked and filled in. `kinds` says which there are.

Pure. A text is plain and has no logic: `{{ name }}` stands for a value, names come from a list fixed for each
text, and what a value holds is never read as a text again. A paragraph whose names all have nothing to say is
left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mainstay.mail.kinds import KINDS, NAMES, Kind

__all__ = [
    "KINDS", "NAMES", "BadText", "Kind", "Text", "check", "faults_in", "fill", "paragraphs", "parted", "preview",
    "says_something", "shipped", "translated",
]  # fmt: skip

_NAME = re.compile(r"\{\{\s{0,5}([a-z_]{1,40})\s{0,5}\}\}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_GAP = re.compile(r"\n[ \t]*\n")
_BRACES = re.compile(r"\{\{.{0,80}|\{%.{0,80}", re.S)
_SHIPPED = Path(__file__).with_name("texts")
_LONGEST = 20_000


class BadText(ValueError):
    """A text cannot be used.

    `faults` says everything that is wrong with it, in words for whoever edits it.
    """

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Text:
    """A subject and a body with names in them."""

    subject: str
    body: str


@lru_cache(maxsize=64)
def shipped(key: str) -> Text:
    """Return the text as it is shipped. Raises KeyError for a key that there is not."""
    return parted((_SHIPPED / f"{KINDS[key].key}.txt").read_text(encoding="utf-8"))


def parted(written: str) -> Text:
    """Return a text as its file has it: a line `Subject: ...`, an empty line, the words."""
    head, _, body = written.partition("\n\n")
    return Text(head.removeprefix("Subject:").strip(), body.strip())


def translated(text: Text, say: Callable[[str], str]) -> Text:
    """Return a text in another language. Its subject and each of its paragraphs is looked up whole, names included."""
    subject, *body = (
        say(one) if says_something(one) else one for one in (text.subject, *paragraphs(text.body))
    )
    return Text(subject, "\n\n".join(body))


def says_something(paragraph: str) -> bool:
    """Whether a paragraph has words of its own, and not names and marks alone."""
    return _WORD.search(_NAME.sub("", paragraph)) is not None


def paragraphs(body: str) -> list[str]:
    """Return the paragraphs of a text."""
    return _GAP.split(body.strip())


def check(key: str, text: Text) -> None:
    """Raise BadText with every fault of an edited text at once."""
    kind = KINDS[key]
    faults = []
    if not text.subject.strip() or "\n" in text.subject.strip():
        faults.append("The subject must be one line and not empty.")
    if len(text.subject) + len(text.body) > _LONGEST:
        faults.append(f"It is longer than {_LONGEST} characters.")
    faults += faults_in(text.subject + text.body, kind.names)
    used = _NAME.findall(text.body)
    faults += [f"{{{{ {name} }}}} must stay in: {NAMES[name][0]}." for name in kind.needs if name not in used]
    if faults:
        raise BadText(tuple(faults))


def faults_in(text: str, names: Collection[str]) -> list[str]:
    """Say what is wrong with the names in `text`: those that are not of `names`, and marks that are no names."""
    faults = [
        f"There is no {{{{ {name} }}}} here; there are {', '.join(sorted(names))}."
        for name in dict.fromkeys(_NAME.findall(text))
        if name not in names
    ]
    if stray := _BRACES.search(_NAME.sub("", text)):
        faults.append(f"This is no name in double braces: {stray[0][:30]!r}. Texts have no other marks.")
    return faults


def fill(text: Text, values: Mapping[str, str]) -> Text:
    """Put the values in the place of their names; a name without a value says nothing."""
    filled = [_filled(paragraph, values) for paragraph in paragraphs(text.body)]
    subject = _NAME.sub(lambda found: values.get(found[1], ""), text.subject)
    return Text(" ".join(subject.split()), "\n\n".join(one for one in filled if one))


def _filled(paragraph: str, values: Mapping[str, str]) -> str:
    """Fill one paragraph. Lines that hold only names, all of them empty, go.

    So does a paragraph of only such lines.
    """
    lines = []
    for line in paragraph.split("\n"):
        names = _NAME.findall(line)
        if names and not _NAME.sub("", line).strip() and not any(values.get(name) for name in names):
            continue
        lines.append(_NAME.sub(lambda found: values.get(found[1], ""), line).rstrip())
    return "\n".join(lines).strip()


def preview(key: str, text: Text) -> Text:
    """Return the text with sample values, as an editor is shown it. Raises BadText."""
    check(key, text)
    return fill(text, {name: NAMES[name][1] for name in KINDS[key].names})
