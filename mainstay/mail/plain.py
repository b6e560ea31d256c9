"""HTML to readable text, for mails that bring nothing else. Standard library only, and linear in the length of the HTML."""

from __future__ import annotations

import html
import re

from mainstay.mail import charset

_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.I)
_BREAKS = {
    "br",
    "div",
    "tr",
    "li",
    "dt",
    "dd",
    "hr",
    "section",
    "article",
    "header",
    "footer",
    "center",
    "form",
    "option",
}
_PARAGRAPHS = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "dl",
    "table",
    "blockquote",
    "pre",
    "address",
}
_UNSEEN = {
    "script",
    "style",
    "head",
    "title",
    "template",
    "noembed",
    "noframes",
    "iframe",
    "object",
    "textarea",
    "xml",
}
# Possessive, so that a tag that never ends is walked over once.
_ATTRIBUTES = re.compile(r"""(?:[^"'>]++|"[^"]*"|'[^']*')*+""")
_HUGE_NUMBER = re.compile(r"&#[xX]?[0-9A-Fa-f]{8,}+;?")
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_LONGEST_TAG = 10_000
_DEEPEST_QUOTE = 20


def html_to_text(source: str) -> str:
    """Return what a person would read in `source`: breaks and quoting kept, links written out, markup gone."""
    writer = _Writer()
    at, size = 0, len(source)
    while at < size:
        start = source.find("<", at)
        if start < 0:
            writer.text(source[at:])
            break
        if start > at:
            writer.text(source[at:start])
        at = _markup(source, start, writer)
    return writer.result()


def unescape(text: str) -> str:
    """Turn character references into characters; absurdly large numbers, on which Python raises, into U+FFFD."""
    return html.unescape(_HUGE_NUMBER.sub("\ufffd", text)) if "&" in text else text


def _markup(source: str, start: int, writer: _Writer) -> int:
    """Handle what begins with the `<` at `start`; return where to go on."""
    tag = _TAG.match(source, start, start + 40)
    if tag is None:
        if source.startswith("<!--", start):
            return _after(source, "-->", start + 4)
        if source.startswith(("<!", "<?"), start):
            return _after(source, ">", start)
        writer.text("<")
        return start + 1
    end = _tag_end(source, tag.end())
    name, closing = tag[1].lower(), source[start + 1] == "/"
    if name in _UNSEEN and not closing:
        return writer.skip(source, name, end)
    writer.tag(name, closing, source[tag.end() : min(end, tag.end() + _LONGEST_TAG)])
    return end


def _after(source: str, mark: str, at: int) -> int:
    found = source.find(mark, at)
    return found + len(mark) if found >= 0 else len(source)


def _tag_end(source: str, at: int) -> int:
    """Return the place behind the `>` that ends a tag, quoted attribute values passed over."""
    end = _ATTRIBUTES.match(source, at).end()  # type: ignore[union-attr]  # it matches the empty string too
    return _after(source, ">", end)


class _Writer:
    """Collects text as a browser would lay it out: runs of space are one, blocks begin on new lines."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quotes = 0
        self._preformatted = 0
        self._links: list[tuple[str, int]] = []
        self._never_closed: set[str] = set()

    def skip(self, source: str, name: str, at: int) -> int:
        """Pass over an element whose content nobody sees, if it is closed at all."""
        found = None if name in self._never_closed else re.compile(f"</{name}", re.I).search(source, at)
        if found is None:
            self._never_closed.add(name)
            return at
        return _tag_end(source, found.end())

    def text(self, text: str) -> None:
        text = unescape(text)
        if self._preformatted:
            first, *rest = text.split("\n")
            self._line.append(first)
            for line in rest:
                self._break()
                self._line.append(line)
            return
        text = _SPACES.sub(" ", text)
        if text != " " or self._line:
            self._line.append(text)

    def tag(self, name: str, closing: bool, attributes: str) -> None:
        if name in _PARAGRAPHS:
            self._paragraph(name, closing)
        elif name in _BREAKS:
            if name != "br" or not closing:
                self._break(forced=name == "br")
            if name == "li" and not closing:
                self._line.append("- ")
            elif name == "hr":
                self._lines.append("> " * self._quotes + "----")
        elif name in ("td", "th"):
            self._line.append(" ")
        elif name == "a":
            self._anchor(closing, attributes)
        elif name == "img":
            alt = _ALT.search(attributes)
            if alt and (alt[1] or alt[2]):
                self._line.append(f"[{unescape(alt[1] or alt[2])}]")

    def _paragraph(self, name: str, closing: bool) -> None:
        self._break()
        if self._lines and self._lines[-1].strip("> "):
            self._lines.append("> " * self._quotes)
        step = -1 if closing else 1
        if name == "blockquote":
            self._quotes = min(max(self._quotes + step, 0), _DEEPEST_QUOTE)
        elif name == "pre":
            self._preformatted = max(self._preformatted + step, 0)

    def _anchor(self, closing: bool, attributes: str) -> None:
        if not closing:
            href = _HREF.search(attributes)
            target = unescape(next((part for part in href.groups() if part), "")) if href else ""
            self._links = [(target, len(self._line))]
        elif self._links:
            target, begun = self._links.pop()
            shown = "".join(self._line[begun:]).strip()
            plain = target.removeprefix("mailto:").removeprefix("tel:")
            if target.startswith(("http://", "https://", "mailto:", "tel:")) and plain.rstrip(
                "/"
            ) != shown.rstrip("/"):
                self._line.append(f" <{plain}>")

    def _break(self, *, forced: bool = False) -> None:
        line = "".join(self._line)
        line = line.rstrip() if self._preformatted else _SPACES.sub(" ", line).strip()
        self._line.clear()
        self._links.clear()
        if line or forced or self._preformatted:
            self._lines.append("> " * self._quotes + line)

    def result(self) -> str:
        self._break()
        text = charset.body("\n".join(line.rstrip() for line in self._lines))
        return re.sub(r"\n{3,}", "\n\n", text).strip("\n")
