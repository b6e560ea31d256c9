"""Words of the portal's source that no translator would ever see."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

SPOKEN = {"aria-label", "aria-description", "aria-valuetext", "alt", "title", "placeholder", "label", "content"}
MARKED = {"_", "gettext", "ngettext", "pgettext", "npgettext", "gettext_lazy", "ngettext_lazy", "pgettext_lazy"}
WORD = re.compile(r"[^\W\d_]{2,}")
TOLD_TO_NOBODY = ("Http404", "BadRequest", "KeyError", "LookupError", "TypeError", "AssertionError")
DIRECTIVE = re.compile(r"^[A-Z][a-z-]+: ?(/|$)")  # a line of robots.txt
PROSE = re.compile(r"^[A-Z][a-z]+(?:[ ’'.?!:]|$)")
SET_BY_A_TAG = "\x00"  # where an expression or a translated block stood


def in_template(path: Path, env: Environment) -> Iterator[str]:
    """Yield what is written in a template and is not marked for translation: text, spoken attributes, constants."""
    source = path.read_text()
    page = _Bare()
    page.feed(_without_tags(source, env))
    yield from page.found
    yield from (f"{one.value!r} in an expression" for one in _constants(env.parse(source)) if PROSE.match(one.value))


def _without_tags(source: str, env: Environment) -> str:
    """Return the template's own text, with one mark for whatever is put in when it is drawn."""
    kept, translated, holds = [], False, ""
    for _, kind, value in env.lex(source):
        if kind == "block_begin":
            holds = "block"
        elif kind == "variable_begin":
            kept.append(SET_BY_A_TAG)
        elif kind == "name" and holds == "block":
            translated = {"trans": True, "endtrans": False}.get(value, translated)
            holds = ""
        elif kind == "data" and not translated:
            kept.append(value)
    return "".join(kept)


class _Bare(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        named = dict(attrs)
        for name, value in attrs:
            spoken = name in SPOKEN and not (name == "content" and named.get("name") in ("viewport", "robots"))
            if spoken and WORD.search(value or ""):
                self.found.append(f"{name}={value!r}")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent and WORD.search(data):
            self.found.append(repr(" ".join(data.split())))


def _constants(node: nodes.Node) -> Iterator[nodes.Const]:
    """Yield the strings of a template's expressions that are not handed to gettext."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in MARKED:
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node
    for child in node.iter_child_nodes():
        yield from _constants(child)


def in_code(path: Path) -> Iterator[str]:
    """Yield sentences of a Python file that are not marked, and marked ones that no extraction can read."""
    tree = ast.parse(path.read_text())
    silent = {id(one) for node in ast.walk(tree) for one in _not_shown(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in MARKED:
            number = 2 if _name(node.func).removesuffix("_lazy") in ("ngettext", "pgettext") else 1
            for said in node.args[:number]:
                if not isinstance(said, ast.Constant):
                    yield f"line {node.lineno}: what is marked is put together while it runs"
                silent.add(id(said))
    caught = {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) == "str" and id(node) not in silent and _of(node, caught):
            yield f"line {node.lineno}: a refusal is shown in English; draw it with `spoken`"
        said = node.value if isinstance(node, ast.Constant) and id(node) not in silent else None
        if isinstance(said, str) and PROSE.match(said) and " " in said and not DIRECTIVE.match(said):
            yield f"line {node.lineno}: {said!r}"


def _of(call: ast.Call, names: set[str]) -> bool:
    return isinstance(call.args[0], ast.Name) and call.args[0].id in names


def _not_shown(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what people never read: docstrings, assertions, and the texts of exceptions that are no answer."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    elif isinstance(node, ast.Assert) or (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and _name(node.exc.func) in TOLD_TO_NOBODY):
        yield from ast.walk(node)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""
