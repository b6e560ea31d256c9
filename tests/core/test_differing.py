"""What is different between two texts."""

from __future__ import annotations

from mainstay.core.differing import Line, differences


def told(before, after):
    marks = {"same": " ", "out": "-", "in": "+", "gap": "…"}
    return [f"{marks[line.kind]}{line.text}" for line in differences(before, after)]


def test_the_same_text_has_no_differences():
    assert differences("One.\nTwo.", "One.\nTwo.") == []


def test_a_changed_line_is_shown_among_those_around_it():
    before = "\n".join("abcdefghij")
    assert told(before, before.replace("e", "E")) == ["…", " c", " d", "-e", "+E", " f", " g", "…"]


def test_a_change_at_either_end_has_no_gap_there():
    assert told("a\nb", "A\nb") == ["-a", "+A", " b"]
    assert told("a\nb", "a\nb\nc") == [" a", " b", "+c"]


def test_two_changes_far_apart_have_a_gap_between_them():
    before = "\n".join("abcdefghijklmnop")
    assert told(before, before.replace("a", "A").replace("p", "P")).count("…") == 1


def test_from_nothing_all_of_it_is_new():
    assert differences("", "a") == [Line("in", "a")]
