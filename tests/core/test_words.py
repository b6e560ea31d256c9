"""Words as they are searched for, and marked where they are found."""

from __future__ import annotations

import pytest

from mainstay.core.words import (
    LONGEST_TEXT,
    LONGEST_WORD,
    Piece,
    address_of,
    enough,
    excerpt,
    fold,
    holds,
    marked,
    stem,
    telling,
    words_of,
)


@pytest.mark.parametrize(("case", "text", "folded"), [
    ("case and accents make no difference", "Café ÉTÉ", "cafe ete"),
    ("signs part words, an underscore among them", "ward_4: INC-0012345!", "ward 4 inc 0012345"),
    ("what a database could read as a command is gone", "\" NEAR( ' -- *", "near"),
    ("no word at all", "?!", ""),
])  # fmt: skip
def test_text_is_folded(case, text, folded):
    assert fold(text) == folded


def test_a_word_and_a_text_have_an_end():
    assert [len(word) for word in words_of("x" * 500)] == [LONGEST_WORD]
    assert len(fold("word " * LONGEST_TEXT)) == LONGEST_TEXT


def test_the_telling_words_are_those_that_say_what_it_is_about():
    assert telling("Re: Hello, please help: the card readers of ward 4 refuse every card") == [
        "card", "readers", "ward", "refuse", "every",
    ]  # fmt: skip
    assert telling("cards doors screens", most=2) == ["cards", "doors"]


@pytest.mark.parametrize(("words", "most"), [(0, 0), (1, 1), (2, 2), (3, 2), (6, 3)])
def test_half_of_the_words_are_enough_but_two_where_there_are_two(words, most):
    assert enough(["word"] * words) == most


def test_an_ending_is_cut_unless_too_little_is_left():
    assert stem("printers") == stem("printing") == stem("printed") == "print"
    assert stem("users") == "users"


def test_a_text_holds_words_in_any_form():
    assert holds("The printer is out of paper", ["printing", "paper", "door"]) == 2


def test_an_excerpt_stands_around_the_first_hit_and_ends_at_words():
    text = "lorem ipsum " * 30 + "the printer prints nothing " + "dolor sit " * 60 + "printer"
    pieces = excerpt(text, ["printers"])
    assert pieces[0] == Piece("… ", False)
    assert [piece.text for piece in pieces if piece.marked] == ["printer", "prints"]
    assert pieces[-1] == Piece(" …", False)
    assert pieces[1].text.split()[0] in ("lorem", "ipsum")


def test_an_excerpt_of_what_holds_no_word_is_its_beginning():
    assert excerpt("A short line", ["door"]) == (Piece("A short line", False),)


def test_an_excerpt_is_cut_within_a_word_where_there_is_no_other_place():
    pieces = excerpt("x" * 400 + "-printer-" + "y" * 600, ["printer"])
    assert [piece.text for piece in pieces if piece.marked] == ["printer"]
    assert pieces[0] == Piece("… ", False)
    assert len(pieces[1].text) == 110


def test_a_beginning_marks_whatever_goes_on_from_it():
    assert marked("Cards and doors", (), prefix="car") == (Piece("Cards", True), Piece(" and doors", False))


def test_the_whole_text_is_given_back_in_pieces():
    text = "doors, Doors"
    pieces = marked(text, ["door"])
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.marked for piece in pieces] == [True, False, True]


@pytest.mark.parametrize(("title", "address"), [
    ("Print a label", "print-a-label"),
    ("Étiquettes: où?", "etiquettes-ou"),
    ("?!", ""),
    ("one two three", "one-two"),
    ("extraordinary", ""),
])  # fmt: skip
def test_a_title_gives_an_address_that_ends_with_a_whole_word(title, address):
    assert address_of(title, most=10 if title[0] in "oe" else 80) == address
