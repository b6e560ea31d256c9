"""Mistyped words: which one is meant, and where nobody should guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.core.spelling import LONGEST, distance_within, ends_of, nearest, slips

WORDS = ["printer", "printers", "label", "labels", "lantern", "smartcard", "reader", "sign", "certificate"]
NAMES = st.text(alphabet="abcde", max_size=8)


@pytest.mark.parametrize(("case", "typed", "meant"), [
    ("a letter too few", "prnter", "printer"),
    ("a letter too many", "labell", "label"),
    ("a wrong letter", "lamtern", "lantern"),
    ("two that changed places", "raeder", "reader"),
    ("two slips in a long word", "certifcaet", "certificate"),
    ("two slips in a short one are another word", "raedre", ""),
    ("of two as near, the one that begins alike", "xabel", "label"),
    ("three letters become anything", "sgn", ""),
    ("a version is never nearly right", "4211", ""),
    ("itself is not another word", "sign", ""),
    ("nobody mistypes a word that long", "p" * (LONGEST + 1), ""),
])  # fmt: skip
def test_the_nearest_word_is_meant(case, typed, meant):
    assert nearest(typed, WORDS) == meant


def test_the_answer_does_not_hang_on_the_order():
    assert nearest("cast", ["cart", "case", "cash"]) == nearest("cast", ["cash", "case", "cart"]) == "cart"


def test_where_both_begin_otherwise_the_alphabet_decides():
    assert nearest("bold", ["gold", "bald", "cold"]) == "bald"


@pytest.mark.parametrize(("one", "other", "most", "distance"), [
    ("", "", 0, 0),
    ("abc", "abcd", 0, None),
    ("ab", "ba", 1, 1),
    ("abcdef", "badcfe", 2, None),
    ("x" * 50, "x" * 50, 2, None),
    ("abcd", "abxy", 1, None),
])  # fmt: skip
def test_slips_are_counted_up_to_a_bound(one, other, most, distance):
    assert distance_within(one, other, most) == distance


def slow(one: str, other: str) -> int:
    """Count slips by trying everything, as the definition says."""
    if not one or not other:
        return len(one) + len(other)
    ways = [slow(one[1:], other) + 1, slow(one, other[1:]) + 1, slow(one[1:], other[1:]) + (one[0] != other[0])]
    if len(one) > 1 and len(other) > 1 and one[0] == other[1] and one[1] == other[0]:
        ways.append(slow(one[2:], other[2:]) + 1)
    return min(ways)


@given(NAMES.filter(lambda word: len(word) < 6), NAMES.filter(lambda word: len(word) < 6))
def test_it_counts_as_the_definition_does(one, other):
    assert distance_within(one, other, 10) == slow(one, other)
    assert distance_within(one, other, 1) == (slow(one, other) if slow(one, other) <= 1 else None)


def test_long_words_forgive_more():
    assert [slips("abc"), slips("abcd"), slips("abcdefgh"), slips("abc4")] == [0, 1, 2, 0]
    assert ends_of("printer") == ("pr", "er")
