"""Every key that the console hears: where, what it does, and in which words. The scripts, the dialog of keys and the
page of the documents are all made from this; tests hold them to it.

A combination is spelled as scripts see it: the character itself (`X` is Shift and x), `Mod+` for Ctrl, or Cmd on a
Mac, and `Alt+`. One of a single character rests while somebody types, and for whoever has turned single keys off (WCAG
2.1.4). `does` is a control of the page that carries it as `data-does`, or else a deed of a script.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key means what it means: pages that hold an element which `selector` finds; empty is everywhere."""

    key: str
    title: str
    selector: str = ""


EVERYWHERE = Place("everywhere", "Everywhere")
ROWS = Place("rows", "Lists and tickets", "tbody tr[data-key], [data-stop]")
LIST = Place("list", "A list of tickets", "[data-live=list]")
TICKET = Place("ticket", "A ticket", "[data-live=ticket]")
CALL = Place("call", "A call", "[data-calling]")
WRITING = Place("writing", "Writing", "textarea, [data-send]")
PALETTE = Place("palette", "Search and commands (Ctrl K)")
MENUS = Place("menus", "Menus, tabs and dialogs", "details, [role=tab], dialog")
PLACES = (EVERYWHERE, ROWS, LIST, TICKET, CALL, WRITING, PALETTE, MENUS)


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `heard_by` are the scripts that hear it, none if the browser does; `typing`: also while one types."""

    combos: tuple[str, ...]
    does: str
    words: str
    place: Place
    heard_by: tuple[str, ...] = ("keys.js",)
    typing: bool = False
    each: bool = False  # each combination does its own: `about-1`, `about-2`

    @property
    def dispatched(self) -> bool:
        """Whether `keys.js` looks it up in the map that the page carries; others are ways of one widget."""
        return self.heard_by == ("keys.js",)


def _one(combo: str, does: str, words: str, place: Place, *, typing: bool = False) -> Key:
    return Key((combo,), does, words, place, typing=typing)


def _call(letter: str, does: str, words: str) -> Key:
    """In a call, Alt and the letter does what the letter alone does while nobody types."""
    return Key((letter, f"Alt+{letter}"), does, words, CALL, typing=True)


def _way(scripts: str, place: Place, words: str, *combos: str) -> Key:
    """A way of one widget, which hears it itself."""
    return Key(combos, "", words, place, heard_by=tuple(scripts.split()), typing=True)


DIGITS = tuple("123456789")
KEYS = (
    _one("Mod+k", "palette", "Search and commands", EVERYWHERE, typing=True),
    _one("/", "search", "Search everything", EVERYWHERE),
    _one("?", "help", "The keys", EVERYWHERE),
    _one("c", "answer-call", "Answer a call, or go back to it", EVERYWHERE),
    _one("u", "back", "Back to the list", EVERYWHERE),
    _one("Mod+z", "undo", "Undo what was just done, while it says so", EVERYWHERE),
    _one("j", "next", "Next ticket, line or message", ROWS),
    _one("k", "previous", "The one before", ROWS),
    _one("Enter", "open", "Open it", ROWS),
    _one("f", "filter", "Filter", LIST),
    _one("x", "pick", "Select the ticket", LIST),
    _one("X", "pick-range", "Select from the last one to here", LIST),
    _one("*", "pick-all", "Select all on the page, or none", LIST),
    _one("Escape", "pick-none", "Select none", LIST),
    _one("a", "bulk-assign", "Assign the selected", LIST),
    _one("t", "bulk-tags", "Tag the selected", LIST),
    _one("n", "bulk-note", "A note on the selected", LIST),
    _one("#", "bulk-close", "Close the selected", LIST),
    _one("r", "write-reply", "Reply", TICKET),
    _one("n", "write-note", "Internal note", TICKET),
    _one("p", "write-phone", "Phone note", TICKET),
    _one("m", "macro", "Macro", TICKET),
    _one("i", "insert-article", "Put the link of an article into the reply", TICKET),
    _one("s", "severity", "Confirm the severity", TICKET),
    _one("d", "fix", "Offer the fix", TICKET),
    _one("a", "assign", "Assign", TICKET),
    _one("t", "tags", "Tags", TICKET),
    _one("l", "link", "Link to a ticket", TICKET),
    _one("f", "follow", "Follow, or follow no longer", TICKET),
    _one("z", "snooze", "Snooze, or wake", TICKET),
    _call("t", "step-ticket", "New ticket"),
    _call("n", "step-note", "Note"),
    _call("a", "step-answer", "Their answer"),
    _call("b", "step-call-back", "Promise a call back"),
    _call("r", "step-reference", "Read the reference out"),
    _call("s", "step-severity", "Read reference and severity out"),
    _call("x", "step-hold", "Not authorised"),
    _call("w", "caller", "Somebody else is calling"),
    Key(
        (*DIGITS, *(f"Alt+{digit}" for digit in DIGITS)),
        "about",
        "About the open ticket of that number",
        CALL,
        typing=True,
        each=True,
    ),
    _call("e", "end-call", "End the call"),
    _way("call.js", CALL, "Choose who is calling", "ArrowDown", "ArrowUp", "Enter", "Escape"),
    _one("Mod+Enter", "send", "Send, with ten seconds to undo; or save", WRITING, typing=True),
    _way("picker.js", WRITING, "Choose a macro (/ begins a line) or a name (@ in a note)",
         "ArrowDown", "ArrowUp", "Enter", "Tab", "Escape"),
    _way("palette.js", PALETTE, "Choose", "ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End"),
    _way("palette.js", PALETTE, "Open", "Enter"),
    _way("palette.js", PALETTE, "Open in a new tab", "Mod+Enter"),
    _way("", PALETTE, "Close", "Escape"),
    _way("list.js", MENUS, "Through a menu", "ArrowDown", "ArrowUp", "Home", "End"),
    _way("compose.js", MENUS, "From tab to tab", "ArrowLeft", "ArrowRight"),
    _way("list.js compose.js", MENUS, "Close a menu or a dialog", "Escape"),
)  # fmt: skip

NAMES = {
    "Mod": "Ctrl", "ArrowDown": "↓", "ArrowUp": "↑", "ArrowLeft": "←", "ArrowRight": "→", "Escape": "Esc",
    "PageDown": "Page Down", "PageUp": "Page Up",
}  # fmt: skip


def caps(combo: str) -> tuple[str, ...]:
    """Return a combination as it stands on the keys: `X` is Shift and X."""
    *held, last = combo.split("+") if len(combo) > 1 else [combo]
    if len(last) == 1 and last.isalpha():
        held += ["Shift"] if last.isupper() else []
        last = last.upper()
    return tuple(NAMES.get(part, part) for part in [*held, last])


def shown(key: Key) -> tuple[tuple[str, ...], ...]:
    """Return its combinations for a reader. What Alt adds in a call is said once, not for every key."""
    combos = [combo for combo in key.combos if not combo.startswith("Alt+")]
    if key.each:
        return (caps(combos[0]), ("to",), caps(combos[-1]))
    return tuple(caps(combo) for combo in combos)


def at(place: Place) -> tuple[Key, ...]:
    """Return the keys of one place, in their order."""
    return tuple(key for key in KEYS if key.place is place)


def active(place: Place) -> Iterator[tuple[str, Key]]:
    """Return each combination that `keys.js` hears in `place`, also those that hold everywhere or in every list."""
    around = (EVERYWHERE,) if place in (EVERYWHERE, CALL) else (EVERYWHERE, ROWS)
    for key in KEYS:
        if key.dispatched and (key.place is place or key.place in around):
            yield from ((combo, key) for combo in key.combos)


@cache
def for_scripts() -> Markup:
    """Return what the scripts need: combination, deed, where, and whether it works while somebody types."""
    lines = [
        [combo, f"{key.does}-{combo[-1]}" if key.each else key.does, key.place.selector,
         int(key.typing and "+" in combo)]
        for key in KEYS if key.dispatched for combo in key.combos
    ]  # fmt: skip
    return Markup(json.dumps(lines, separators=(",", ":")).replace("<", "\\u003c"))


@lru_cache(maxsize=512)
def does(name: str) -> Markup:
    """Return the attributes by which a control is found by its key, and by which assistive technology says it."""
    combo = _combo_of(name)
    heard = Markup(' aria-keyshortcuts="{}"').format(combo.replace("Mod", "Control")) if combo else Markup("")
    return Markup('data-does="{}"').format(name) + heard


@lru_cache(maxsize=512)
def kbd(name: str) -> Markup:
    """Return the key of `name` as it stands on a control."""
    combo = _combo_of(name)
    if not combo:
        return Markup("")
    single = Markup(' class="single"') if len(combo) == 1 else Markup("")  # hidden where single keys are off
    return Markup("<kbd{}>{}</kbd>").format(single, " ".join(caps(combo)))


def _combo_of(name: str) -> str:
    number = name.rpartition("-")[2]
    for key in KEYS:
        if key.dispatched and key.does == name:
            return key.combos[0]
        if key.each and name == f"{key.does}-{number}" and number in key.combos:
            return number
    return ""
