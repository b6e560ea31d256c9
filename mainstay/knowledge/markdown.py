"""Markdown made HTML that is safe to show, with a table of contents. Pure: it knows no row and reads no file.

Two walls, as for mail. What is written as HTML in the Markdown is shown as its characters; and what the renderer makes
goes through nh3 with a short list of elements, so that a fault in one of them is none of the page (B1, B2, B5).
Pictures come from the article's own files only, so nobody elsewhere learns who reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import unquote, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from mainstay.core.words import address_of

LONGEST = 100_000  # characters of one article
MARK = "s-"  # before every anchor: a heading must not take the name of something else on the page
SCHEMES = {"http", "https", "mailto", "tel"}

_ATTRIBUTES = {
    "a": {"href", "rel", "title"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "div": {"class", "tabindex", "role", "aria-label"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
}
_TAGS = {
    "a", "blockquote", "br", "code", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre",
    "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_OTHER_ARTICLE = re.compile(r"(?:\./)?([\w-]+?)(?:\.md)?(?:#([\w-]+))?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file of an article is. Width and height in points, 0 where it is no picture."""

    href: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the table of contents; `level` is 2 for the highest."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """An article as HTML, with its headings and with what is wrong in it, in words for whoever wrote it."""

    html: str
    headings: tuple[Heading, ...] = ()
    faults: tuple[str, ...] = ()


def render(text: str, *, files: Mapping[str, Place], article: str = "{}") -> Page:
    """Return `text` as a page. `files` are the article's, by name; `article` is an address with `{}` for another.

    Headings begin at level 2, whatever they begin with in the text: level 1 is the title of the page.
    """
    tokens = _MARKDOWN.parse(text[:LONGEST].replace("\x00", "\ufffd"))
    work = _Work(files, article)
    tokens = list(work.prepared(tokens))
    work.lead_to_headings(tokens)
    html = _sanitised(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))
    return Page(html, tuple(work.headings), tuple(dict.fromkeys(work.faults)))


def plain(text: str) -> str:
    """Return what readers read of `text`, without its marks and addresses, for search and for excerpts."""
    parts = []
    for token in _MARKDOWN.parse(text[:LONGEST].replace("\x00", "\ufffd")):
        if token.children is not None:
            parts.append(_said(token.children))
        elif token.type in ("fence", "code_block"):
            parts.append(token.content)
    return "\n".join(parts)


def files_in(text: str) -> list[str]:
    """Return the names of the files that `text` shows or links to, each once; addresses elsewhere are none."""
    found = []
    for token in _MARKDOWN.parse(text[:LONGEST]):
        for one in token.children or ():
            address = str(one.attrs.get("src") or one.attrs.get("href") or "")
            if address and "/" not in address and "#" not in address and not urlsplit(address).scheme:
                found.append(unquote(address))
    return list(dict.fromkeys(found))


def _sanitised(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style", "svg", "math", "template"},
        attributes=_ATTRIBUTES,
        link_rel=None,
        url_schemes=SCHEMES,
        strip_comments=True,
    )


@dataclass
class _Work:
    """One text on its way: what was found in it so far."""

    files: Mapping[str, Place]
    article: str
    headings: list[Heading] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    shift: int = 0

    def prepared(self, tokens: list[Token]) -> Iterator[Token]:
        """Walk the blocks, each made ready to be written as HTML."""
        levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
        self.shift = 2 - min(levels, default=2)
        for place, token in enumerate(tokens):
            if token.type in ("heading_open", "heading_close"):
                token.tag = f"h{min(6, int(token.tag[1]) + self.shift)}"
            if token.type == "heading_open":
                self._heading(token, tokens[place + 1])
            if token.children is not None:
                token.children = [self._inline(one) for one in token.children]
            if token.type == "table_open":
                yield _written('<div class="scroll" tabindex="0" role="region" aria-label="Table">')
            yield token
            if token.type == "table_close":
                yield _written("</div>")

    def lead_to_headings(self, tokens: list[Token]) -> None:
        """Let links to a heading of the same text lead there; only now all of them are known."""
        for token in tokens:
            for one in token.children or ():
                href = str(one.attrs.get("href", ""))
                if one.type == "link_open" and href[:1] == "#":
                    anchor = MARK + unquote(href[1:]).removeprefix(MARK)
                    if anchor in self.anchors:
                        one.attrs["href"] = f"#{anchor}"
                    else:
                        self.faults.append(f"There is no heading {href}. Link to one that is there.")

    def _heading(self, token: Token, inside: Token) -> None:
        text = _said(inside.children or [])
        base = MARK + (address_of(text) or "part")
        anchor, number = base, 1
        while anchor in self.anchors:
            number += 1
            anchor = f"{base}-{number}"
        self.anchors.add(anchor)
        token.attrs["id"] = anchor
        self.headings.append(Heading(int(token.tag[1]), anchor, text))

    def _inline(self, token: Token) -> Token:
        if token.type == "link_open":
            self._link(token)
        return self._picture(token) if token.type == "image" else token

    def _link(self, token: Token) -> None:
        href = str(token.attrs.get("href", ""))
        if href[:1] == "#":
            return
        scheme = urlsplit(href).scheme.lower()
        if scheme:
            if scheme not in SCHEMES:
                token.attrs.pop("href")
            elif scheme in ("http", "https"):
                token.attrs["rel"] = "noopener noreferrer"
            return
        file = self.files.get(unquote(href))
        other = _OTHER_ARTICLE.fullmatch(unquote(href))
        if file is not None:
            token.attrs["href"] = file.href
        elif other is not None:
            token.attrs["href"] = self.article.format(other[1]) + (f"#{MARK}{other[2]}" if other[2] else "")
        elif re.match(r"/(hub|portal)/", href) is None:
            token.attrs.pop("href", None)
            self.faults.append(f"The link to {unquote(href)} leads nowhere. Add the file, or write the whole address.")

    def _picture(self, token: Token) -> Token:
        name = unquote(str(token.attrs.get("src", "")))
        place = self.files.get(name)
        said = _said(token.children or [])
        if place is None or not place.width:
            self.faults.append(f"The picture {name} is not among the files. Add it, or take it out of the text.")
            return _text(f"({said or name}: this picture is not here)")
        if not said.strip():
            self.faults.append(f"Say in words what the picture {name} shows, between the square brackets.")
        token.attrs |= {"src": place.href, "width": place.width, "height": place.height, "loading": "lazy"}
        return token


def _said(tokens: list[Token]) -> str:
    """Return what inline tokens say in plain words; of a picture, what is said of it."""
    parts = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image":
            parts.append(_said(token.children or []))
        else:
            parts.append(token.content)
    return "".join(parts)


def _text(words: str) -> Token:
    token = Token("text", "", 0)
    token.content = words
    return token


def _written(html: str) -> Token:
    token = Token("html_block", "", 0)
    token.content = html + "\n"
    return token


def _code(self: RendererHTML, tokens: list[Token], place: int, options: object, env: object) -> str:
    """Write code so that the keyboard can scroll it."""
    return f'<pre tabindex="0"><code>{escape(tokens[place].content)}</code></pre>\n'


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    reader.add_render_rule("fence", _code)
    reader.add_render_rule("code_block", _code)
    return reader


_MARKDOWN = _reader()
