"""Finds what is to be translated where Babel cannot: in the texts of letters, and in Django's own templates.

Named in `babel.cfg`; `make messages` and `tests/house/test_words.py` call it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from typing import Any, BinaryIO

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

from mainstay.mail import wording

Found = tuple[int, str, object, list[str]]  # line, function, what it says, comments
_MARKED = re.compile(r"n?p?gettext\(")


def letters(
    file: BinaryIO, keywords: Collection[str], tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Yield the subject and each paragraph of a letter's text that says something of its own."""
    text = wording.parted(file.read().decode())
    for said in (text.subject, *wording.paragraphs(text.body)):
        if wording.says_something(said):
            yield 1, "gettext", said, ["Names in double braces stay as they are."]


def pages(
    file: BinaryIO, keywords: Collection[str], tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Yield what a template in Django's own language marks."""
    for number, line in enumerate(templatize(file.read().decode()).splitlines(), 1):
        if _MARKED.search(line):
            code = BytesIO(line.strip().encode())
            yield from ((number, *rest) for _, *rest in extract_python(code, keywords, tags, {}))
