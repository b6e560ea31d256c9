"""What a mail repeats can be folded, what is new never is, and no line is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.mail.quotes import split
from tests.mail.pure.corpus import mail


def kinds(text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in split(text)]


@pytest.mark.parametrize(
    ("case", "new", "rest"),
    [
        ("nothing quoted", "Hello\n", []),
        ("marks and an attribution", "Yes.\n\n",
         [("quoted", "On 3 Nov 2026 at 09:14, Ana <ana@acme.example> wrote:\n> Does it work?\n")]),
        ("an attribution in two lines", "Yes.\n\n",
         [("quoted", "On Tue, 3 Nov 2026 at 09:14, Ana Smith\n<ana@acme.example> wrote:\n\n"
           "> Does it work?\n")]),
        ("in German", "Ja.\n",
         [("quoted", "Am 03.11.2026 um 09:14 schrieb Ana <ana@acme.example>:\n> Geht es?\n")]),
        ("a block below a line", "Yes.\n", [("quoted", "-----Original Message-----\nFrom: Ana\nanything\n")]),
        ("Outlook's head", "Yes.\n\n",
         [("quoted", "From: Ana Smith <ana@acme.example>\nSent: 3 November 2026 09:14\nTo: Support\n"
           "Subject: x\n\nDoes it work?\n")]),
        ("Outlook's rule and head", "Yes.\n",
         [("quoted", "________________________________\nFrom: Ana\nSent: today\nTo: Support\n"
           "Subject: x\n\nold\n")]),
        ("no marks under the attribution", "Yes.\n\n",
         [("quoted", "On 3 Nov 2026, 09:14, Ana <ana@acme.example> wrote:\n\nDoes it work?\n")]),
        ("a signature", "Yes.\n", [("signature", "-- \nAna Smith\nAcme\n")]),
        ("a signature and a quotation", "Yes.\n", [("signature", "-- \nAna\n"),
        ("quoted", "> Does it work?\n")]),
    ],
)  # fmt: skip
def test_new_words_and_repeated_ones(case, new, rest):
    assert kinds(new + "".join(text for _, text in rest)) == [("new", new), *rest]


@pytest.mark.parametrize(
    "text",
    [
        "From: now on we use the new printer\nand all is well\n",
        "From: Monday\nTo: Friday\nwe are closed\n",
        "On startup it wrote:\nsegmentation fault\n",
        "On 3 Nov 2026 the log wrote:\nsegmentation fault\n",
        "The sum is\n--\nfive\nSubject: to change\n"[:11],
        "a > b\nb >> c\n",
        "----------\nnot a quotation\n",
        "______________\nnot one either\n",
        "Ana wrote:\nplease ring\n",
    ],
)
def test_words_of_the_client_are_never_taken_for_a_quotation(text):
    assert kinds(text) == [("new", text)]


def test_answers_between_quoted_lines_stay_new():
    text = "> Does it print?\nNo.\n> Is it on?\n\n> Really?\nYes.\n"
    assert kinds(text) == [
        ("quoted", "> Does it print?\n"),
        ("new", "No.\n"),
        ("quoted", "> Is it on?\n\n> Really?\n"),
        ("new", "Yes.\n"),
    ]


def test_the_history_of_an_outlook_mail_is_told_from_its_words():
    first, second = split(mail("outlook-alternative").body_text)
    assert (first.kind, second.kind) == ("new", "quoted")
    assert "second floor" in first.text
    assert "Which printer is it?" in second.text


_LINES = st.sampled_from(("> a", "", "Hello", "On 3 Nov 2026, Ana <a@b.example> wrote:",
                          "-- ", "From: a", "Sent: b", "To: c",
                          "________________", "-----Original Message-----", "\u2028", ">", "wrote:",
                          "\x0c"))  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(_LINES).map("\n".join), st.lists(_LINES).map("\r\n".join)))
def test_the_stretches_add_up_to_the_text(text):
    assert "".join(one.text for one in split(text)) == text
    assert all(one.kind != other.kind for one, other in zip(split(text), split(text)[1:], strict=False))
