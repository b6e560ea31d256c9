"""Sentences that a reader may want in another language: English as they are written, what stands in them kept apart.

A room raises `CannotDo("This request goes on as %(reference)s.", reference=...)`; `str()` of it is the English
sentence, which the log and the tests read. The sentence as it is written is also what a translator translates:
`make messages` finds it by the name that it is handed to, and a door looks it up (`lib.language.spoken`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

One = Callable[[str], str]  # a sentence in the reader's language
Many = Callable[[str, str, int], str]  # the same of a sentence that a number decides


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence and its parts, named as `%(name)s` in it. A part may itself be a saying, or a refusal.

    With `plural`, `count` decides between the two.
    """

    sentence: str
    parts: Mapping[str, object] = field(default_factory=dict)
    plural: str = ""
    count: int = 1

    def __str__(self) -> str:
        return self.told(_same, _english)

    def told(self, one: One, many: Many) -> str:
        """Return it in the language that `one` and `many` speak."""
        sentence = many(self.sentence, self.plural, self.count) if self.plural else one(self.sentence)
        if not self.parts:
            return sentence
        return sentence % {name: _part(part, one, many) for name, part in self.parts.items()}


class Refusal(Exception):
    """Why something cannot be done, for whoever asked for it, and what to do instead.

    Each kind of it is named in `make messages`; a test holds that. Nothing is put together while it runs.
    """

    def __init__(self, sentence: str | Saying, /, **parts: object) -> None:
        self.saying = sentence if isinstance(sentence, Saying) else Saying(sentence, parts)
        super().__init__(str(self.saying))


def say(sentence: str, /, **parts: object) -> Saying:
    """Return a sentence for a translator, with its parts."""
    return Saying(sentence, parts)


def say_many(one: str, many: str, /, *, count: int, **parts: object) -> Saying:
    """Return one of two sentences, as `count` decides; it stands in them as `%(count)d`."""
    return Saying(one, {"count": count, **parts}, many, count)


def marked(sentence: str, /) -> str:
    """Return the same sentence: it is only found here, and looked up where it is shown."""
    return sentence


def _part(part: object, one: One, many: Many) -> object:
    saying = part.saying if isinstance(part, Refusal) else part
    return saying.told(one, many) if isinstance(saying, Saying) else part


def _same(sentence: str) -> str:
    return sentence


def _english(one: str, many: str, count: int) -> str:
    return one if count == 1 else many
