"""What rooms refuse with can be said in another language: it is written whole, found for a translator, and kept apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module

import pytest

from mainstay.core.saying import Refusal
from mainstay.lib.language import spoken
from tests.brackets import outside_of, speak
from tests.house.floor import PACKAGE
from tests.house.words import extracted, keywords

# Rooms whose refusals a client may read, in the portal or inside a product.
TO_CLIENTS = (
    "core", "lib", "tickets", "orgs", "contracts", "clocks", "feedback", "releases", "knowledge", "escalation", "mail"
)  # fmt: skip
# Several faults of an article put together; only the desk writes articles.
TOGETHER = {"knowledge/articles.py"}
# What no client can cause: agreements, contracts, settings, mailboxes, the desk's own look and its search.
FOR_THE_DESK = {
    "MakesNoSense", "BadDomain", "AlreadyInstalled", "ContractRefused", "NoAgreement", "NotQuarantined", "NoColour",
    "BadSetting", "ImproperlyConfigured",
}  # fmt: skip
SENTENCE = re.compile(r"[A-Z].* .*[.!?]")


@lru_cache(maxsize=1)
def kinds() -> dict[str, type[Refusal]]:
    """Return every kind of refusal by its name."""
    for path in PACKAGE.rglob("*.py"):
        if "Refusal" in path.read_text() and "migrations" not in path.parts and path.name != "__main__.py":
            import_module(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"))
    found, look = {}, [Refusal]
    while look:
        for kind in look.pop().__subclasses__():
            found[kind.__name__] = kind
            look.append(kind)
    return {name: kind for name, kind in found.items() if kind.__module__.startswith("mainstay.")}


def test_every_kind_of_refusal_is_read_by_make_messages() -> None:
    assert set(kinds()) <= set(keywords())


def calls(source: ast.AST) -> Iterator[ast.Call]:
    """Yield every place in which something is refused."""
    names = kinds()
    for node in ast.walk(source):
        if isinstance(node, ast.Call) and _name(node.func) in names and node.args:
            yield node


def sources() -> Iterator[tuple[str, ast.AST]]:
    """Yield what is written in the rooms whose refusals a client may read."""
    for room in TO_CLIENTS:
        for path in sorted((PACKAGE / room).rglob("*.py")):
            yield str(path.relative_to(PACKAGE)), ast.parse(path.read_text())


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""


def put_together(source: ast.AST) -> list[int]:
    """Return the lines on which a refusal is made of pieces, so that no translator sees it whole."""
    return [
        call.lineno
        for call in calls(source)
        if isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
        or (isinstance(call.args[0], ast.Call) and _name(call.args[0].func) not in ("say", "say_many", "marked"))
    ]


def unmarked(source: ast.AST) -> list[int]:
    """Return the lines on which a sentence is raised that is no refusal, and not for the desk alone."""
    found = []
    for node in ast.walk(source):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            said, name = node.exc.args[0], _name(node.exc.func)
            pieces = said.values if isinstance(said, ast.JoinedStr) else [said]
            text = "".join(str(one.value) if isinstance(one, ast.Constant) else "X" for one in pieces)
            if name not in kinds() and name not in FOR_THE_DESK and name != "ValueError" and SENTENCE.match(text):
                found.append(node.lineno)
    return found


def test_no_refusal_is_put_together_while_it_runs() -> None:
    """What stands in it is handed over by name."""
    made = [(where, line) for where, source in sources() if where not in TOGETHER for line in put_together(source)]
    assert made == []


def test_whoever_raises_a_sentence_refuses_with_it() -> None:
    """A plain ValueError is a slip of the program itself, and no page shows one."""
    assert [(where, line) for where, source in sources() for line in unmarked(source)] == []


def test_such_slips_are_found() -> None:
    """The checks above can fail."""
    source = ast.parse('def no(name):\n    raise CannotDo(f"{name} is gone.")\n\ndef bad():\n    raise Wrong("This is wrong.")\n')
    assert (put_together(source), unmarked(source)) == ([2], [5])


def test_no_refusal_says_a_word_outside_of_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them, as a page says it, in a language in which every sentence is itself in brackets."""
    speak(monkeypatch)
    said = []
    for _where, source in sources():
        for call in calls(source):
            sentence, kind = call.args[0], kinds()[_name(call.func)]
            if isinstance(sentence, ast.Constant):
                said.append(spoken(kind(sentence.value, **{str(one.arg): "17" for one in call.keywords})))
    assert len(said) > 150
    assert [one for one in said if list(outside_of(one))] == []


def test_every_refusal_is_found_and_its_parts_fit() -> None:
    found = {one[2] for one in extracted()} | {one[2][0] for one in extracted() if isinstance(one[2], tuple)}
    for where, source in sources():
        for call in calls(source):
            said = call.args[0]
            if isinstance(said, ast.Constant):
                assert said.value in found, f"{where}:{call.lineno}"
                names = set(re.findall(r"%\((\w+)\)[srd]", said.value))
                assert names == {str(one.arg) for one in call.keywords}, f"{where}:{call.lineno}"
