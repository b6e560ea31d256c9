"""Cuts HTML into text, start tags and end tags, in one forward pass and without a tree.

Browsers read far stranger things as markup; that does not matter here. What is read for text is only text,
and what is shown has been rebuilt from these tokens and then goes through a real sanitiser.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

Token = tuple[str, str, str]  # (kind, name or text, attributes as written); kind is "text" | "start" | "end"

_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9:_-]{0,40})")
# Possessive, so that a tag that never ends is walked over once.
_ATTRIBUTES = re.compile(r"""(?:[^"'>]++|"[^"]*"|'[^']*')*+""")
_ATTRIBUTE = re.compile(
    r"""(?<![\w:-])([A-Za-z][\w:-]*+)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'=<>`]++))"""
)
_HUGE_NUMBER = re.compile(r"&#[xX]?[0-9A-Fa-f]{8,}+;?")
_UNSEEN = frozenset((
    "script", "style", "title", "template", "noembed", "noframes", "noscript", "iframe", "object",
    "textarea", "xml", "xmp", "svg", "math", "select", "audio", "video", "canvas", "applet", "frameset",
    "head",
))  # fmt: skip


def tokens(source: str) -> Iterator[Token]:
    """Yield the tokens of `source` in order.

    Comments, declarations and the content of unseen elements are left out.
    """
    never_closed: set[str] = set()
    at, size = 0, len(source)
    while at < size:
        start = source.find("<", at)
        if start < 0:
            yield ("text", source[at:], "")
            return
        if start > at:
            yield ("text", source[at:start], "")
        tag = _NAME.match(source, start)
        if tag is None:
            if source.startswith(("<!", "<?"), start):
                at = _after(source, "-->" if source.startswith("<!--", start) else ">", start)
            else:
                yield ("text", "<", "")
                at = start + 1
            continue
        written = _ATTRIBUTES.match(source, tag.end())
        attributes_end = written.end() if written else tag.end()
        at = _after(source, ">", attributes_end)
        name = tag[1].lower()
        if source[start + 1] == "/":
            yield ("end", name, "")
        elif name not in _UNSEEN:
            yield ("start", name, source[tag.end() : attributes_end])
        elif name not in never_closed:
            closed = re.compile(f"</{re.escape(name)}", re.I).search(source, at)
            if closed:
                at = _after(source, ">", closed.end())
            else:
                never_closed.add(name)


def _after(source: str, mark: str, at: int) -> int:
    found = source.find(mark, at)
    return found + len(mark) if found >= 0 else len(source)


def attributes(written: str) -> Iterator[tuple[str, str]]:
    """Yield the attributes of a start tag: lower-case name, value with character references resolved."""
    if "=" in written:
        for name, double, single, bare in _ATTRIBUTE.findall(written):
            yield name.lower(), unescape(double or single or bare)


def unescape(text: str) -> str:
    """Turn character references into characters; absurd numbers, on which Python raises, into U+FFFD."""
    return html.unescape(_HUGE_NUMBER.sub("\ufffd", text)) if "&" in text else text
