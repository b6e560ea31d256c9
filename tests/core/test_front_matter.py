"""The head of a Markdown file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.core.front_matter import read, written


def test_a_head_is_keys_and_values_as_they_stand():
    found = read('\ufeff---\r\nTitle: Print: a "label"\r\n\r\nkind:guide\r\n---\r\n\r\nText.\r\n')
    assert found.values == {"title": 'Print: a "label"', "kind": "guide"}
    assert found.lines == {"title": 2, "kind": 4}
    assert (found.text, found.faults) == ("Text.\n", ())


def test_without_a_head_all_of_it_is_text():
    assert read("# Title\n\n---\n").text == "# Title\n\n---\n"
    assert read("").text == ""


@pytest.mark.parametrize(("source", "faults"), [
    ("---\ntitle\n---\n", ((2, "is no 'key: value'"),)),
    ("---\n: x\n---\n", ((2, "is no 'key: value'"),)),
    ("---\na: 1\na: 2\n---\n", ((3, "says 'a' a second time"),)),
    ("---\na: 1\n", ((1, "begins a head that no second line of --- ends"),)),
])  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_line(source, faults):
    assert read(source).faults == faults


@given(st.text(alphabet="ab :-#\n", max_size=40), st.text(alphabet="ab: -'\"", max_size=20))
def test_what_is_written_reads_the_same(text, title):
    found = read(written({"title": title, "none": ""}, text))
    assert found.text == text
    assert found.values == ({"title": " ".join(title.split())} if title.strip() else {})
    assert found.faults == ()
