"""A letter becomes a text for everybody: without greeting, signature, names, addresses and numbers."""

from __future__ import annotations

import pytest

from mainstay.knowledge.impersonal import impersonal

NAMES = ["Ana Okafor", "Ida Flint", "Al"]


@pytest.mark.parametrize(("case", "text", "left"), [
    ("greeting and signature", "Dear Ana,\n\nPress Print.\n\nKind regards,\nIda Flint\nSupport", "Press Print."),
    ("a name in the text", "Ask ANA Okafor or Ana.", "Ask [name] or [name]."),
    ("the organisation", "At Acme Health the driver is old.", "At your organisation the driver is old."),
    ("addresses and numbers", "Write to a.b@acme.example or ring +44 20 7946 0000.", "Write to [address] or ring [number]."),
    ("a patient's number", "NHS 943 476 5919 fails", "NHS [number] fails"),
    ("versions and steps stay", "In 4.2.1 press F12 and wait 30 seconds.", "In 4.2.1 press F12 and wait 30 seconds."),
    ("part of a word is no name", "The analysis is final.", "The analysis is final."),
    ("a name of two letters stays in other words", "All of it, Al.", "All of it, Al."),
    ("quoted mail", "Do this.\n> Hello, I am Ana", "Do this."),
    ("nothing", "", ""),
])  # fmt: skip
def test_what_is_somebodys_own_is_taken_out(case: str, text: str, left: str) -> None:
    assert impersonal(text, names=NAMES, organisations=["Acme Health"]) == left
