"""HTML to readable text, for mails that bring nothing else. Linear in the length of the HTML."""

from __future__ import annotations

import re

from mainstay.mail import charset, markup

_BREAKS = frozenset(
    (
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
    )
)
_PARAGRAPHS = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre", "address")
)
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_DEEPEST_QUOTE = 20
_LINKED = ("http://", "https://", "mailto:", "tel:")


def html_to_text(source: str) -> str:
    """Return what a person would read: breaks and quoting kept, links written out, markup gone."""
    writer = _Writer()
    for kind, content, written in markup.tokens(source):
        if kind == "text":
            writer.text(content)
        else:
            writer.tag(content, kind == "end", written)
    return writer.result()


class _Writer:
    """Collects text as a browser would lay it out: runs of space are one, blocks begin on new lines."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quotes = 0
        self._preformatted = 0
        self._link: tuple[str, int] | None = None

    def text(self, text: str) -> None:
        text = markup.unescape(text)
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

    def tag(self, name: str, closing: bool, written: str) -> None:
        if name in _PARAGRAPHS:
            self._paragraph(name, closing)
        elif name in _BREAKS:
            self._break(forced=name == "br")
            if name == "li" and not closing:
                self._line.append("- ")
            elif name == "hr":
                self._lines.append("> " * self._quotes + "----")
        elif name in ("td", "th"):
            self._line.append(" ")
        elif name == "a":
            self._anchor(closing, written)
        elif name == "img":
            caption = dict(markup.attributes(written)).get("alt", "").strip()
            if caption:
                self._line.append(f"[{caption}]")

    def _paragraph(self, name: str, closing: bool) -> None:
        self._break()
        if name == "blockquote" and closing:
            self._quotes = max(self._quotes - 1, 0)
        if self._lines and self._lines[-1].strip("> "):
            self._lines.append("> " * self._quotes)
        if name == "blockquote" and not closing:
            self._quotes = min(self._quotes + 1, _DEEPEST_QUOTE)
        elif name == "pre":
            self._preformatted = max(self._preformatted + (-1 if closing else 1), 0)

    def _anchor(self, closing: bool, written: str) -> None:
        """Write a link's target behind its text, unless the text is the target."""
        if not closing:
            self._link = (dict(markup.attributes(written)).get("href", "").strip(), len(self._line))
        elif self._link:
            target, begun = self._link
            self._link = None
            shown = "".join(self._line[begun:]).strip()
            plain = target.removeprefix("mailto:").removeprefix("tel:")
            if target.lower().startswith(_LINKED) and plain.rstrip("/") != shown.rstrip("/"):
                self._line.append(f" <{plain}>")

    def _break(self, *, forced: bool = False) -> None:
        line = "".join(self._line)
        line = line.rstrip() if self._preformatted else _SPACES.sub(" ", line).strip()
        self._line.clear()
        self._link = None
        if line or forced or self._preformatted:
            self._lines.append("> " * self._quotes + line)

    def result(self) -> str:
        self._break()
        text = charset.body("\n".join(line.rstrip() for line in self._lines))
        return re.sub(r"\n{3,}", "\n\n", text).strip("\n")
