"""The documents cannot drift: whatever the program has, they name, and whatever they name, it has."""

from __future__ import annotations

import ast
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from mainstay import agreements
from mainstay.cli import program
from mainstay.console.presenters import keys
from mainstay.core import event, replay
from mainstay.tickets import events
from tests.house import floor, pages

READERS = {"text", "flag", "listing"}


# ---- Settings ----------------------------------------------------------------------------------------------


def settings_read() -> set[str]:
    """Return every setting that the program asks the environment for, as it is written there."""
    return {f"MAINSTAY_{name}" for path in floor.PACKAGE.rglob("*.py") for name in _asked_for(path)}


def _asked_for(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[0] in {"env", "environment"}:
            reads = ast.unparse(node.func).rpartition(".")[2] in READERS
            if reads and node.args and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)


def test_every_setting_has_its_heading_and_every_heading_is_a_setting() -> None:
    documented = {title for title in pages.titles(pages.read("settings.md")) if title.startswith("MAINSTAY_")}
    assert "MAINSTAY_DATA" in settings_read()
    assert documented == settings_read()


def test_every_setting_tells_its_default() -> None:
    text = pages.read("settings.md")
    silent = [name for name in sorted(settings_read()) if "Default:" not in pages.section(text, name).text]
    assert silent == []


# ---- Commands ----------------------------------------------------------------------------------------------


def commands() -> dict[str, TyperCommand]:
    """Return every command by the words that call it: `mainstay clocks rebuild`."""
    return dict(_walk("mainstay", typer.main.get_command(program.app)))


def _walk(words: str, command: TyperGroup | TyperCommand) -> Iterator[tuple[str, TyperCommand]]:
    if isinstance(command, TyperGroup):
        for name, sub in command.commands.items():
            yield from _walk(f"{words} {name}", sub)
    else:
        yield words, command


def options(command: TyperCommand) -> set[str]:
    """Return the long options of a command, `--no-...` twins included; every command has `--help`."""
    named = {word for param in command.params if isinstance(param, TyperOption) for word in _spellings(param)}
    return {word for word in named if word.startswith("--")} - {"--help"}


def _spellings(param: TyperOption) -> list[str]:
    return [*param.opts, *param.secondary_opts]


def test_every_command_has_its_heading_and_every_heading_is_a_command() -> None:
    documented = {title for title in pages.titles(pages.read("commands.md")) if title.startswith("mainstay ")}
    assert documented == set(commands())


@pytest.mark.parametrize("words", sorted(commands()))
def test_every_option_is_told_below_its_command(words: str) -> None:
    text = pages.section(pages.read("commands.md"), words).text
    told = {option for option in options(commands()[words]) if f"`{option}" in text}
    forgotten = {
        option for option in options(commands()[words]) - told if option.replace("--no-", "--") not in told
    }
    assert forgotten == set()


def called() -> list[tuple[str, str]]:
    """Return each line of the documents that calls our command, with the page it stands on."""
    return [
        (page.name, line.strip().removeprefix("$ "))
        for page in pages.pages()
        for block in pages.blocks(page.read_text(encoding="utf-8"), "sh")
        for line in block.text.splitlines()
        if re.match(r"\s*(\$ )?mainstay ", line)
    ]


@pytest.mark.parametrize(("page", "line"), called())
def test_every_call_in_the_documents_is_one_that_works(page: str, line: str) -> None:
    words = shlex.split(line.split(" | ")[0].split(" > ")[0].split(" < ")[0], comments=True)
    found = next(
        (w for w in sorted(commands(), key=len, reverse=True) if words[: len(w.split())] == w.split()), None
    )
    assert found, f"{page}: {line}"
    given = {word.partition("=")[0] for word in words if word.startswith("--")} - {"--help"}
    assert given <= options(commands()[found]), f"{page}: {line}"


# ---- Events, rooms, clocks ---------------------------------------------------------------------------------


def test_every_event_kind_has_its_heading_and_every_heading_is_a_kind() -> None:
    named = {
        title for title in pages.titles(pages.read("events.md")) if re.fullmatch(r"[a-z]+(_[a-z]+)*", title)
    }
    assert named == set(events.WORDS) | set(event.KINDS)


def test_every_event_kind_that_the_program_writes_is_worded() -> None:
    constants = {value for name, value in vars(events).items() if name.isupper() and isinstance(value, str)}
    assert constants == set(events.WORDS)


def test_every_room_has_its_line_in_the_order_of_the_arrows() -> None:
    lines = re.findall(r"^\|\s*`(\w+)`\s*\|", pages.read("floorplan.md"), flags=re.M)
    depths = floor.depths()
    assert sorted(lines) == sorted(floor.rooms())
    assert [depths[room] for room in lines] == sorted(depths[room] for room in lines)


def test_every_promise_and_every_choice_of_reading_is_told() -> None:
    text = pages.read("clocks.md")
    agreement = tomllib.loads(agreements.source(agreements.STANDARD))
    promised = {commitment["name"] for commitment in agreement["commitment"]}
    chosen = set(agreement["readings"]) - {"clause"}
    assert promised <= pages.titles(text)
    assert {name for name in chosen if f"`{name}`" not in text} == set()


def test_the_page_on_keys_has_every_key_as_the_console_hears_it() -> None:
    assert keys.page() in pages.read("howto/work-with-the-keyboard.md")


# ---- Examples ----------------------------------------------------------------------------------------------


def test_the_example_story_has_the_answer_that_the_page_prints() -> None:
    story, answer = (json.loads(block.text) for block in pages.blocks(pages.read("replay.md"), "json"))
    assert replay.answers(story, agreements.standard()) == answer


def test_the_example_override_is_one_that_the_agreement_takes() -> None:
    page = pages.read("howto/write-an-agreement.md")
    (override,) = [block for block in pages.blocks(page, "toml") if "override" in block.text.splitlines()[0]]
    terms = agreements.standard().terms(overrides=tomllib.loads(override.text))
    assert terms != agreements.standard().terms()


def toml_examples() -> list[tuple[str, str]]:
    return [
        (page.name, block.text)
        for page in pages.pages()
        for block in pages.blocks(page.read_text(encoding="utf-8"), "toml")
    ]


@pytest.mark.parametrize(("page", "text"), toml_examples())
def test_every_piece_of_toml_can_be_read(page: str, text: str) -> None:
    assert tomllib.loads(text), page


# ---- Links, README, change log -----------------------------------------------------------------------------


@pytest.mark.parametrize("page", pages.pages(), ids=lambda page: page.relative_to(floor.ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [link for link in pages.links(page.read_text(encoding="utf-8")) if _is_broken(page, link)] == []


def _is_broken(page: Path, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return False
    name, _, wanted = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists():
        return True
    return bool(wanted) and wanted not in {
        pages.anchor(t) for t in pages.titles(target.read_text(encoding="utf-8"))
    }


def test_every_page_can_be_reached_from_the_index() -> None:
    index = pages.DOCS / "index.md"
    reached, waiting = set(), [index]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        linked = {
            (page.parent / link.partition("#")[0]).resolve() for link in pages.links(page.read_text("utf-8"))
        }
        waiting += [
            other for other in linked if other.suffix == ".md" and other.exists() and other not in reached
        ]
    assert [str(page) for page in sorted(pages.DOCS.rglob("*.md")) if page not in reached] == []


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (floor.ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M))


def test_the_two_commands_of_the_readme_exist() -> None:
    text = (floor.ROOT / "README.md").read_text(encoding="utf-8")
    run = re.findall(r"^make (\w+)", "\n".join(block.text for block in pages.blocks(text, "sh")), flags=re.M)
    assert run[:2] == ["demo", "test"]
    assert set(run) <= make_targets()


def test_every_target_that_the_documents_name_exists() -> None:
    named = {
        (page.name, target)
        for page in pages.pages()
        for target in re.findall(r"`make ([a-z-]+)`", page.read_text(encoding="utf-8"))
    }
    assert {(page, target) for page, target in named if target not in make_targets()} == set()


def test_the_version_is_the_newest_heading_of_the_change_log() -> None:
    project = tomllib.loads((floor.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    log = (floor.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version = re.search(project["tool"]["hatch"]["version"]["pattern"], log, flags=re.M)
    released = re.findall(r"^## (\d+)\.(\d+)\.(\d+)", log, flags=re.M)
    assert version
    assert version["version"] == ".".join(released[0])
    assert released == sorted(released, key=lambda parts: tuple(map(int, parts)), reverse=True)
