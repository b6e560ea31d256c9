"""One keymap: no script hears a key that it does not name, nothing in it is unheard, no key means two things."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from mainstay import console
from mainstay.console import commands, keymap
from mainstay.console.acts import ACTS
from mainstay.console.composing import PANES
from mainstay.console.keymap import KEYS, PLACES, Place
from mainstay.console.presenters import calls, keys
from mainstay.orgs.models import Person
from tests.console.conftest import Browse
from tests.desk import Desk

HOME = Path(console.__file__).parent
STATIC = HOME / "static/console"
SCRIPTS = {path.relative_to(STATIC).as_posix(): path.read_text("utf-8") for path in STATIC.rglob("*.js")}
TEMPLATES = "\n".join(path.read_text("utf-8") for path in (HOME / "jinja").rglob("*.html"))
NAMED = re.compile(r"\b(Arrow(?:Up|Down|Left|Right)|Enter|Escape|Tab|Home|End|PageUp|PageDown)\b")
LISTENS = re.compile(r"\bkey(?:down|up|press)\b")
OF_ANY_KEY = {"call.js"}  # what is typed before there is a field for it goes into the field


def spoken_of(script: str) -> set[str]:
    """Return the keys that a script names, comments aside."""
    code = re.sub(r"//.*|/\*.*?\*/", "", SCRIPTS[script])
    return {name for name in NAMED.findall(code) if re.search(rf'"{name}"|\b{name}:', code)}


def test_scripts_that_hear_keys_are_those_that_the_keymap_names() -> None:
    listening = {name for name, text in SCRIPTS.items() if LISTENS.search(text)}
    assert listening == {script for key in KEYS for script in key.heard_by}


@pytest.mark.parametrize("script", sorted({script for key in KEYS for script in key.heard_by} - {"keys.js"}))
def test_a_widget_hears_just_the_keys_that_the_keymap_gives_it(script: str) -> None:
    named = {combo.rpartition("+")[2] for key in KEYS if script in key.heard_by for combo in key.combos}
    assert spoken_of(script) == named
    letters = re.findall(r"""\.key\s*===?\s*["'](.)["']|\[event\.code\]""", SCRIPTS[script])
    assert letters == []
    assert script in OF_ANY_KEY or "event.code" not in SCRIPTS[script]


def deeds() -> set[str]:
    """Return the deeds that scripts keep for a key."""
    kept = set(re.findall(r"\bdeeds\.([a-z]+) =", "".join(SCRIPTS.values())))
    tables = [*re.findall(r"export const deeds = \{(.*?)\n\};", SCRIPTS["keys.js"], re.S),
              *re.findall(r"Object\.assign\(deeds, \{(.*?)\n  \}\)", "".join(SCRIPTS.values()), re.S)]  # fmt: skip
    return kept | {name for table in tables for name in re.findall(r'^\s+"([a-z-]+)":', table, re.M)}


def controls() -> set[str]:
    """Return what controls of a page can be pressed by their key."""
    said = set(re.findall(r'\bdoes\("([a-z-]+)"\)', TEMPLATES))
    steps = set(re.findall(r'Step\("([a-z-]+)"', Path(calls.__file__).read_text("utf-8")))
    return said | {f"step-{step}" for step in steps} | {f"write-{pane}" for pane in PANES} | {act.key for act in ACTS}


def test_every_key_does_something_and_every_deed_has_a_key() -> None:
    done = {key.does for key in KEYS if key.dispatched and not key.each}
    assert deeds() - done == set()
    assert done - deeds() - controls() == set()
    assert deeds() & controls() == set(), "a key has one meaning"


def test_every_name_that_a_template_gives_has_a_key_or_at_least_its_words_in_the_palette() -> None:
    given = set(re.findall(r'\bdoes\("([a-z-]+)"\)', TEMPLATES))
    assert {name for name in given if not keymap.kbd(name)} - set(commands.of_pages()) == set()
    shown = set(re.findall(r'\bkbd\("([a-z-]+)"\)', TEMPLATES)) - {"about-", "step-"}
    assert {name for name in shown if not keymap.kbd(name)} == set()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.key)
def test_no_key_means_two_things_in_one_place(place: Place) -> None:
    counted = Counter(combo for combo, _ in keymap.active(place))
    assert [combo for combo, number in counted.items() if number > 1] == []


def test_no_key_of_one_character_works_while_somebody_types() -> None:
    while_typing = [line for line in keymap.KEYS if line.dispatched and line.typing]
    assert while_typing
    assert all(
        "+" in combo or key.each or key.place.key == "call" for key in while_typing for combo in key.combos
    )
    assert list(re.findall(r'\["(.)",[^\]]*,1\]', keymap.for_scripts())) == []


def test_every_key_stands_in_the_dialog_once(browse: Browse) -> None:
    page = browse("ida").get("/views/open/").content.decode()
    dialog = page.partition('<dialog id="help"')[2].partition("</dialog>")[0]
    assert len(re.findall("<li>", dialog)) == len(KEYS)
    assert "<kbd>Shift</kbd><kbd>X</kbd>" in dialog
    assert {group.title for group in keys.keygroups()} == {place.title for place in PLACES}


def test_single_keys_can_be_turned_off_and_stay_off(desk: Desk, browse: Browse) -> None:
    """WCAG 2.1.4."""
    ida = browse("ida")
    assert 'data-keys="off"' not in ida.get("/views/open/").content.decode()
    ida.post("/account/keys/", {"single": "off"})
    assert Person.objects.get(pk=desk.person["ida"].pk).single_keys is False
    assert 'data-keys="off"' in ida.get("/views/open/").content.decode()
    assert 'data-keys="off"' not in browse("jon").get("/views/open/").content.decode()
    assert ida.post("/account/keys/", {"single": "maybe"}).status_code == 400
    ida.post("/account/keys/", {"single": "on"})
    assert 'data-keys="off"' not in ida.get("/views/open/").content.decode()
