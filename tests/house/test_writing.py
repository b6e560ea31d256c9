"""Manners: what no file of the program may hold, and what every one must."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house import floor

SOURCES = [path for path in sorted(floor.PACKAGE.rglob("*.py")) if "migrations" not in path.parts]
WRITTEN = [
    *sorted(floor.PACKAGE.rglob("*.py")),
    *(path for path in sorted((floor.ROOT / "tests").rglob("*.py")) if path != Path(__file__)),
    *sorted((floor.ROOT / "docs").rglob("*.md")),
    *sorted(floor.PACKAGE.rglob("*.html")),
    floor.ROOT / "README.md",
    floor.ROOT / "CHANGELOG.md",
    floor.ROOT / "Makefile",
]

MAY_READ_THE_CLOCK = {"console", "portal", "api", "cli", "screens", "jobs", "mail", "phone", "uptime"}
MAY_READ_THE_CLOCK_TOO = {
    "lib/time.py": "it is the one place that does",
    "outbox/django_mail.py": "Django calls it without a moment, so it is a door",
}


def named(path: Path) -> str:
    return path.relative_to(floor.PACKAGE).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def clock_readings(module: ast.Module) -> Iterator[str]:
    """Walk the calls that read the wall clock, however they are spelt."""
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        spelt = ast.unparse(node.func)
        if spelt in {"now", "time.now", "time.time"} or re.search(
            r"\b(datetime|timezone|date)\.(now|utcnow|today)$", spelt
        ):
            yield spelt


@pytest.mark.parametrize(
    "code", ["now()", "time.now()", "datetime.now(UTC)", "timezone.now()", "date.today()"]
)
def test_a_clock_reading_is_recognised(code: str) -> None:
    assert list(clock_readings(ast.parse(code))) == [code.partition("(")[0]]


def test_no_clock_is_read_below_the_doors() -> None:
    """Time is an argument: a promise can only be tested, replayed and proved if the moment is passed in."""
    readers = {
        f"{named(path)}: {', '.join(found)}"
        for path in SOURCES
        if (found := sorted(set(clock_readings(tree(path)))))
        and named(path) not in MAY_READ_THE_CLOCK_TOO
        and named(path).partition("/")[0] not in MAY_READ_THE_CLOCK
    }
    assert readers == set()


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree(path)), f"{named(path)} has no docstring"


@pytest.mark.parametrize("room", floor.rooms())
def test_every_room_says_what_it_promises(room: str) -> None:
    path = floor.PACKAGE / room / "__init__.py"
    text = ast.get_docstring(tree(path if path.exists() else floor.PACKAGE / f"{room}.py"))
    assert text
    assert len(text.split()) >= 12, f"{room}: say its purpose, what it promises and who may call it"


def lines_with(pattern: str, paths: list[Path] = WRITTEN) -> list[str]:
    return [
        f"{path.relative_to(floor.ROOT)}:{number}: {line.strip()}"
        for path in paths
        if path.exists()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(pattern, line)
    ]


def test_nothing_is_left_for_later() -> None:
    assert lines_with(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b") == []


def test_no_line_hides_from_the_coverage() -> None:
    assert lines_with(r"pragma:\s*no " + "cover") == []


def test_an_ignored_type_or_rule_has_its_reason() -> None:
    """`# type: ignore[code]  # why` and `# noqa: CODE  why`: whoever comes next must be able to judge it."""
    bare = lines_with(r"#\s*type: ign" + r"ore(\[[\w, -]+\])?\s*$", SOURCES)
    bare += lines_with(r"#\s*noq" + r"a(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*)?\s*$", SOURCES)
    assert bare == []


def test_the_project_stands_alone() -> None:
    """No path of somebody's own machine: what is needed is here, or is a requirement."""
    assert lines_with(r"(?<![\w.])/(work|home|Users)/\w") == []


AMERICAN = (
    "behavior", "colors?", "center(ed)?", "favorites?", "analyzed?", "organizations?", "organized",
    "authoriz\\w+", "canceled", "labeled", "recogniz\\w+", "customiz\\w+", "summariz\\w+", "prioritiz\\w+",
)  # fmt: skip


def test_documents_are_written_in_british_english() -> None:
    pages = [
        *sorted((floor.ROOT / "docs").rglob("*.md")),
        floor.ROOT / "README.md",
        floor.ROOT / "CHANGELOG.md",
    ]
    found = [
        f"{page.relative_to(floor.ROOT)}: {word[0]}"
        for page in pages
        for word in re.finditer(
            rf"\b({'|'.join(AMERICAN)})\b", _prose(page.read_text(encoding="utf-8")), re.I
        )
    ]
    assert found == []


def _prose(text: str) -> str:
    """Return a page without its code, where other people's words must stand as they are."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)
