"""What somebody types into a search box, taken apart. Nothing that is typed is an error."""

from __future__ import annotations

import pytest

from mainstay.core.asking import LONGEST, MOST_TERMS, Narrowing, Term, read

OPERATORS = ("org", "is", "from")


def asked(text: str, **named):
    return read(text, operators=OPERATORS, **named)


def test_words_phrases_and_words_to_leave_out():
    found = asked('Card "ward four" -printer rout*')
    assert found.terms == (Term(("card",)), Term(("ward", "four")), Term(("rout",), prefix=True))
    assert found.without == (Term(("printer",)),)
    assert found.words == ("card", "ward", "four", "rout")
    assert not found.empty


def test_operators_with_values_in_any_way_of_writing_them():
    found = asked('org:acme -is:open From:"Ana Okafor"')
    assert found.narrowings == (
        Narrowing("org", "acme"), Narrowing("is", "open", turned=True), Narrowing("from", "Ana Okafor"),
    )  # fmt: skip
    assert (found.terms, found.unknown) == ((), ())


def test_an_operator_that_there_is_not_is_named_and_read_as_words():
    found = asked("colour:red colour:blue")
    assert found.unknown == ("colour",)
    assert found.words == ("colour", "red", "blue")


def test_an_operator_without_a_value_is_a_word():
    assert asked('org:"" card').words == ("org", "card")


def test_an_address_of_a_page_is_no_operator():
    found = asked("https://status.example/4")
    assert (found.unknown, found.words) == ((), ("https", "status", "example", "4"))


@pytest.mark.parametrize("text", ["", "  ", '"', "- *", "\x00", "-"])
def test_nothing_asked(text):
    assert asked(text).empty


def test_while_somebody_types_the_last_word_may_go_on():
    assert asked("card read", typing=True).terms[-1] == Term(("read",), prefix=True)
    assert asked("card read ", typing=True).terms[-1] == Term(("read",))
    assert asked("org:acme", typing=True).terms == ()


def test_a_question_has_an_end():
    assert len(asked("word " * 100).terms) == MOST_TERMS
    assert len(asked("x" * 1_000).text) == LONGEST
