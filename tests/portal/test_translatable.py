"""Every word of the portal can be said in another language: it is marked, extraction reads it, and it is used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mainstay.portal
from mainstay.portal.environment import environment
from tests.house.words import extracted
from tests.portal.bare import in_code, in_template

PORTAL = Path(mainstay.portal.__file__).parent
MARKS = re.compile(r"\b_\(|\bngettext\(|\{%-? *trans\b")
TEMPLATES = sorted(PORTAL.rglob("*.html"))
TO_PROGRAMS = {"views/products.py"}  # what a product's own server is told: JSON, in English like its documentation
CODE = sorted(one for one in PORTAL.rglob("*.py") if one.name != "__init__.py")


def named(path: Path) -> str:
    return str(path.relative_to(PORTAL))


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_holds_no_bare_words(path: Path) -> None:
    assert list(in_template(path, environment())) == []


@pytest.mark.parametrize("path", CODE, ids=named)
def test_a_sentence_in_code_is_marked(path: Path) -> None:
    assert named(path) in TO_PROGRAMS or list(in_code(path)) == []


def test_bare_words_are_found(tmp_path: Path) -> None:
    """The checks above can fail."""
    page, code = tmp_path / "page.html", tmp_path / "code.py"
    page.write_text(
        '{% trans %}Marked{% endtrans %}<p title="Bare title">{{ _("Marked") }} {{ name }} bare</p>{{ field("Bare label") }}'
    )
    assert list(in_template(page, environment())) == ["title='Bare title'", "'\\x00 \\x00 bare'", "'Bare label' in an expression"]
    code.write_text(
        '"""A docstring."""\nsaid = _("Marked here.")\nbare = "Nobody marked this."\nmade = _(f"Made {said}.")\n'
        "try:\n    pass\nexcept ValueError as error:\n    shown = str(error)\n"
    )
    assert len(list(in_code(code))) == 4


def test_extraction_reads_every_file() -> None:
    """What `make messages` writes down for a translator: every marked word, with no file that it cannot read."""
    read = {one[0] for one in extracted()}
    assert {f"portal/{named(path)}" for path in TEMPLATES if MARKS.search(path.read_text())} <= read
    assert {f"portal/{named(path)}" for path in CODE if re.search(r"\b_\([\"']|gettext\([\"']", path.read_text())} <= read
    assert {"Sign out", "Home", "High contrast"} <= {one[2] for one in extracted()}
