"""A sentence keeps what stands in it apart, so that a door can say it in another language."""

from __future__ import annotations

import pytest

from mainstay.core.saying import Refusal, Saying, marked, say, say_many

GERMAN = {
    "At most %(most)s files.": "Höchstens %(most)s Dateien.",
    "%(name)s is no file: %(why)s": "%(name)s ist keine Datei: %(why)s",
    "it is empty": "sie ist leer",
    "%(count)d file is too many.": "%(count)d Datei ist zu viel.",
    "%(count)d files are too many.": "%(count)d Dateien sind zu viel.",
}


class TooFull(Refusal, ValueError):
    """A refusal of some room."""


class Barred(Refusal, PermissionError):
    """A refusal that is an error of the system's kind too."""


def german(what: Refusal | Saying) -> str:
    saying = what.saying if isinstance(what, Refusal) else what
    return saying.told(lambda one: GERMAN.get(one, one), lambda one, many, count: GERMAN[one if count == 1 else many])


def test_a_refusal_reads_in_english_and_can_be_said_otherwise() -> None:
    with pytest.raises(ValueError, match=r"^At most 10 files\.$") as refused:
        raise TooFull("At most %(most)s files.", most=10)
    assert isinstance(refused.value, TooFull)
    assert german(refused.value) == "Höchstens 10 Dateien."
    assert str(Barred("Ask %(name)s.", name="Ida")) == "Ask Ida."


@pytest.mark.parametrize(("count", "english", "other"), [
    (1, "1 file is too many.", "1 Datei ist zu viel."),
    (3, "3 files are too many.", "3 Dateien sind zu viel."),
])  # fmt: skip
def test_a_number_decides(count: int, english: str, other: str) -> None:
    saying = say_many("%(count)d file is too many.", "%(count)d files are too many.", count=count)
    assert (str(saying), german(saying)) == (english, other)
    assert german(TooFull(saying)) == other


def test_a_part_may_be_a_sentence_or_a_refusal_itself() -> None:
    for why in (say("it is empty"), TooFull("it is empty")):
        refusal = TooFull("%(name)s is no file: %(why)s", name="100%.txt", why=why)
        assert str(refusal) == "100%.txt is no file: it is empty"
        assert german(refusal) == "100%.txt ist keine Datei: sie ist leer"


def test_a_sentence_without_parts_may_hold_a_percent_sign() -> None:
    assert str(TooFull("It is 50% full.")) == "It is 50% full."
    assert marked("It is empty.") == "It is empty."
