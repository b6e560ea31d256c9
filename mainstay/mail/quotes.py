"""Tells what is new in a mail from what it repeats, so that a view can fold the latter. Nothing is ever
removed.

The stretches add up to the text exactly. Where it is not certain that lines are a repetition they count as
new: a fold too few costs a glance, one too many hides what a client wrote. Each line is looked at once
(reliability class B10).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["new", "quoted", "signature"]

_LOOKED_AT = 400  # characters of a line
# "On 3 Nov 2026 at 09:14, Ana Smith <ana@acme.example> wrote:", and its kin.
_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|a écrit|ha scritto|escribió|escreveu|schreef|skrev|napisał|kirjoitti)"
    r"[^:]{0,80}:\s*$"
)
_ON = re.compile(r"\s{0,3}(?:on|am|le|il|el|em|op|den|w dniu)\s", re.I)
_DATED = re.compile(r"\d{1,2}[:./-]\d{2}|\b(?:19|20)\d{2}\b")
_ADDRESSED = re.compile(r"[^\s<>@]@[^\s<>@]")
_SEPARATOR = re.compile(
    r"\s{0,10}-{2,20}\s{0,3}(?:original message|original appointment|forwarded message|forwarded by.*"
    r"|ursprüngliche nachricht"
    r"|weitergeleitete nachricht|message d'origine|message transféré|mensaje original|messaggio originale"
    r"|oorspronkelijk bericht|ursprungligt meddelande|begin forwarded message)\s{0,3}-{0,20}\s*",
    re.I,
)
_RULE = re.compile(r"\s{0,3}_{10,200}\s*")
_FROM = re.compile(r"\s{0,3}\*?(?:from|von|de|da|van|från|fra)\s?\*?\s?:\*?\s{0,3}\S.*", re.I)
_HEADER = re.compile(
    r"\s{0,3}\*?(?:sent|date|to|cc|subject|reply-to|importance|gesendet|an|betreff|datum|envoyé|à|objet"
    r"|enviado|para|asunto"
    r"|inviato|a|oggetto|verzonden|aan|onderwerp|skickat|till|ämne|sendt|til|emne)\s?\*?\s?:\*?(?:\s.*)?",
    re.I,
)
_SIGNATURE = re.compile(r"-- ?")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of a mail that belong together."""

    kind: Kind
    text: str


def split(text: str) -> tuple[Stretch, ...]:
    """Cut a mail's text into what is new, what is quoted, and the signature."""
    lines = text.splitlines(keepends=True)
    kinds = _kinds([line[:_LOOKED_AT].rstrip("\r\n") for line in lines])
    stretches: list[Stretch] = []
    begun = 0
    for place in range(1, len(lines) + 1):
        if place == len(lines) or kinds[place] != kinds[begun]:
            stretches.append(Stretch(kinds[begun], "".join(lines[begun:place])))
            begun = place
    return tuple(stretches)


def _kinds(lines: list[str]) -> list[Kind]:
    kinds: list[Kind] = ["new"] * len(lines)
    rest: Kind | None = None
    for place, line in enumerate(lines):
        stripped = line.lstrip()
        if rest == "quoted" or stripped.startswith(">"):
            kinds[place] = "quoted"
        elif _begins_history(lines, place):
            rest = kinds[place] = "quoted"
        elif _SIGNATURE.fullmatch(line):
            rest = kinds[place] = "signature"
        elif rest:
            kinds[place] = rest
        elif not stripped and place and kinds[place - 1] == "quoted" and _next_is_quoted(lines, place):
            kinds[place] = "quoted"
    _claim_attributions(lines, kinds)
    return kinds


def _next_is_quoted(lines: list[str], place: int) -> bool:
    return place + 1 < len(lines) and lines[place + 1].lstrip().startswith(">")


def _begins_history(lines: list[str], place: int) -> bool:
    """Say whether everything from here on repeats earlier mails."""
    line = lines[place]
    if _SEPARATOR.fullmatch(line):
        return True
    if _RULE.fullmatch(line):
        return place + 1 < len(lines) and _is_head(lines, place + 1)
    if _is_head(lines, place):
        return place == 0 or not lines[place - 1].strip()
    if _is_attribution(line):
        following = next((one for one in lines[place + 1 : place + 4] if one.strip()), "")
        return not following.lstrip().startswith(">") and _ADDRESSED.search(line) is not None
    return False


def _is_head(lines: list[str], place: int) -> bool:
    """Say whether the head of an earlier mail stands here: a From line, and at least two more of its kind."""
    if not _FROM.fullmatch(lines[place]):
        return False
    return sum(_HEADER.fullmatch(line) is not None for line in lines[place + 1 : place + 7]) >= 2


def _is_attribution(line: str) -> bool:
    """Say whether a line says who wrote what follows, and when: `On startup it wrote:` does not."""
    if not line.rstrip().endswith(":") or not _WROTE.search(line[-160:]):
        return False
    return _DATED.search(line) is not None and bool(_ON.match(line) or _ADDRESSED.search(line))


def _claim_attributions(lines: list[str], kinds: list[Kind]) -> None:
    """Count the line above a quotation that says whose words follow, and its wrapped half, as part of it."""
    for place in range(1, len(lines)):
        if kinds[place] != "quoted" or kinds[place - 1] != "new":
            continue
        last = place - 1
        if not lines[last].strip() and last:
            last -= 1
        for first in (last, last - 1):
            if first >= 0 and kinds[first] == "new" and _is_attribution(" ".join(lines[first : last + 1])):
                kinds[first:place] = ["quoted"] * (place - first)
                break
