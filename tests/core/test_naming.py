"""What is typed fits a name by its beginning, by words, inside, by initials, or letter by letter; the best first."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mainstay.core.naming import BEGINS, BY_INITIALS, BY_LETTERS, BY_WORDS, INSIDE, fit


def shown(asked: str, name: str) -> str:
    """Return the name with what is marked in brackets, `-` where it does not fit."""
    found = fit(asked, name)
    return "-" if found is None else "".join(f"[{p.text}]" if p.marked else p.text for p in found.pieces)


@pytest.mark.parametrize(("asked", "name", "rank", "marks"), [
    ("", "New ticket", BEGINS, "New ticket"),
    ("new t", "New ticket", BEGINS, "[New t]icket"),
    ("tick", "New ticket", BY_WORDS, "New [tick]et"),
    ("ticket new", "New ticket", BY_WORDS, "[New] [ticket]"),
    ("icket", "New ticket", INSIDE, "New t[icket]"),
    ("nt", "New ticket", BY_INITIALS, "[N]ew [t]icket"),
    ("neti", "New ticket", BY_INITIALS, "[Ne]w [ti]cket"),
    ("wtc", "Waiting on third client", BY_INITIALS, "[W]aiting on [t]hird [c]lient"),
    ("nwtk", "New ticket", BY_LETTERS, "[N]e[w] [t]ic[k]et"),
    ("wk", "New ticket", None, "-"),
    ("card", "Change the password", None, "-"),
    ("zoe", "Zoë Björk", BEGINS, "[Zoë] Björk"),
    ("bjork", "Zoë Björk", BY_WORDS, "Zoë [Björk]"),
    ("ß", "Straße", INSIDE, "Stra[ß]e"),
    ("nothing", "New ticket", None, "-"),
])  # fmt: skip
def test_a_name_fits(asked: str, name: str, rank: int | None, marks: str) -> None:
    found = fit(asked, name)
    assert (found.rank if found else None) == rank
    assert shown(asked, name) == marks


def test_the_best_come_first() -> None:
    names = ["Blue nut", "Unit", "New user type", "Nut", "Nutrition", "Minute"]
    fits = {name: found for name in names if (found := fit("nut", name))}
    assert sorted(fits, key=lambda name: fits[name].order) == [
        "Nut", "Nutrition", "Blue nut", "Minute", "New user type",
    ]  # fmt: skip


@given(st.text(max_size=20), st.text(max_size=40))
@example("a-b b", "a-b")
def test_the_pieces_are_the_name_whatever_is_typed(asked: str, name: str) -> None:
    found = fit(asked, name)
    if found is not None:
        assert "".join(piece.text for piece in found.pieces) == name
