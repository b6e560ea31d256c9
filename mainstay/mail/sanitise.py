"""Makes a stranger's HTML safe to show: no script, no style sheet, no load from anywhere, nothing laid over
anything.

Two walls. The HTML is first rebuilt from tokens: allowed elements and attributes only, nested properly and
not too deep, which takes foreign content, malformed markup and the quadratic corners of tree builders out of
it. Then nh3, a sanitiser on a real HTML5 parser, has the last word. Use it on output, and do not edit what
it returns (B1, B2, B5, B6).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import nh3

from mainstay.mail import markup
from mainstay.mail.plain import html_to_text

# A grey dot, stretched to the size of the picture that is not loaded.
PLACEHOLDER = "data:image/gif;base64,R0lGODlhAQABAIAAANDQ0AAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="

_DEEPEST = 100
_MOST_TAGS = 50_000
_LONGEST = 4_000_000
_VOID = frozenset(("br", "hr", "img", "col", "wbr"))
_CLOSES_ITSELF = frozenset(("p", "li", "td", "th", "tr", "dt", "dd", "thead", "tbody", "tfoot"))
_SIZES = frozenset(("width", "height", "align", "valign", "bgcolor"))
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"style", "dir", "lang", "align", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "table": {"width", "bgcolor", "border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan", *_SIZES},
    "th": {"colspan", "rowspan", *_SIZES},
    "tr": {"valign", "bgcolor"},
    "col": {"span", "width"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "blockquote": {"type"},
}
_TAGS = frozenset((
    "a", "abbr", "address", "article", "b", "big", "blockquote", "br", "caption", "center", "cite", "code",
    "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font",
    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "mark",
    "ol", "p", "pre", "q", "s", "samp", "section", "small", "span", "strike", "strong", "sub", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var", "wbr",
))  # fmt: skip
_ALLOWED_ON = {tag: _ATTRIBUTES["*"] | _ATTRIBUTES.get(tag, set()) for tag in _TAGS}

_PROPERTIES = frozenset((
    "color", "background-color", "font-family", "font-size", "font-style", "font-weight", "text-align",
    "text-decoration", "text-decoration-line", "vertical-align", "white-space", "list-style-type",
    "direction", "width", "max-width", "height", "padding", "padding-top", "padding-right",
    "padding-bottom", "padding-left", "margin", "margin-top", "margin-right", "margin-bottom",
    "margin-left", "border", "border-top", "border-right", "border-bottom", "border-left", "border-color",
    "border-style", "border-width", "border-collapse", "border-spacing", "border-radius",
))  # fmt: skip
_COLOUR = re.compile(r"\b(?:rgba?|hsla?)\([\d\s.,%/]{1,40}\)", re.I)
_PLAIN_VALUE = re.compile(r"[\w\s#%.,'\"!-]*")
_OUT_OF_SIGHT = re.compile(r"(?<![\w)])-\.?\d|\d{5}")
_TOO_SMALL = re.compile(r"\s*0*[0-5]?(?:\.\d*)?(?:px|pt|%|em|rem|ex|vw|vh)?\s*(?:!.*)?")
_LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\x00-\x20\x7f]+", re.I)
_REMOTE = re.compile(r"\s*(?:https?:)?[/\\]{2}", re.I)
_INLINE_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*+", re.I)
_URL_SCHEMES = {"http", "https", "mailto", "tel", "cid", "data"}
_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'`]{1,2000}", re.I)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """HTML that may be shown.

    `remote` counts the pictures that were not loaded; `as_text` says layout was given up.
    """

    html: str
    remote: int = 0
    as_text: bool = False


def clean(
    source: str, *, cid_urls: Mapping[str, str] | None = None, proxy: Callable[[str], str] | None = None
) -> Cleaned:
    """Return `source` made safe. `cid_urls` gives the address of our own copy for each Content-ID.

    Remote pictures become a placeholder, or what `proxy` makes of their address once the reader has asked
    for them. Cleaning the result again changes nothing. HTML that is too large or will not settle is shown
    as its text.
    """
    filtering = _Filter(cid_urls or {}, proxy)
    if len(source) > _LONGEST or source.count("<") > _MOST_TAGS:
        return Cleaned(text_to_html(html_to_text(source[:_LONGEST])), 0, True)
    first = _sanitised(_rebuilt(source), filtering)
    settled = filtering.settled()
    for _ in range(4):
        again = _sanitised(_rebuilt(first), settled)
        if again == first:
            return Cleaned(first, filtering.remote)
        first = again
    return Cleaned(text_to_html(html_to_text(source)), filtering.remote, True)


def _sanitised(source: str, filtering: _Filter) -> str:
    return nh3.clean(
        source,
        tags=set(_TAGS),
        clean_content_tags={"script", "style", "svg", "math", "template", "title", "iframe", "object"},
        attributes=_ATTRIBUTES,
        attribute_filter=filtering,
        strip_comments=True,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes=_URL_SCHEMES,
    )


def _rebuilt(source: str) -> str:
    """Write the HTML anew: known elements only, each closed in its turn, nested no deeper than the limit."""
    out: list[str] = []
    stack: list[str] = []
    skipped = 0
    for kind, name, written in markup.tokens(source):
        if kind == "text":
            out.append(name.replace("<", "&lt;"))
        elif name not in _TAGS:
            out.append(
                " " if kind == "start" and name in ("option", "form", "fieldset", "legend", "body") else ""
            )
        elif kind == "start":
            if name in _CLOSES_ITSELF and stack and stack[-1] == name:
                out.append(f"</{stack.pop()}>")
            if name in _VOID:
                out.append(_start(name, written))
            elif len(stack) < _DEEPEST:
                stack.append(name)
                out.append(_start(name, written))
            else:
                skipped += 1
        elif skipped:
            skipped -= 1
        elif name in stack:
            while stack[-1] != name:
                out.append(f"</{stack.pop()}>")
            out.append(f"</{stack.pop()}>")
    out.extend(f"</{name}>" for name in reversed(stack))
    return "".join(out)


def _start(name: str, written: str) -> str:
    allowed = _ALLOWED_ON[name]
    kept = [f' {key}="{html.escape(value)}"' for key, value in markup.attributes(written) if key in allowed]
    return f"<{name}{''.join(kept)}>"


class _Filter:
    """Decides over every attribute value that the parser has found."""

    def __init__(self, cid_urls: Mapping[str, str], proxy: Callable[[str], str] | None) -> None:
        self._cid_urls = cid_urls
        self._proxy = proxy
        self._ours = {PLACEHOLDER, *cid_urls.values()}
        self.remote = 0

    def settled(self) -> _Filter:
        """Return the filter for HTML that has been cleaned once: our addresses stay, nothing is counted."""
        again = _Filter(self._cid_urls, self._proxy)
        again._ours = self._ours
        return again

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return safe_style(value) or None
        if name == "href":
            return value if _LINK.fullmatch(value.strip()) else None
        if name == "src":
            return self._picture(value.strip())
        if name in ("rel", "target"):
            return value
        return value if len(value) <= 1_000 else None

    def _picture(self, value: str) -> str | None:
        if value in self._ours or _INLINE_PICTURE.fullmatch(value):
            return value
        if value[:4].lower() == "cid:":
            return self._cid_urls.get(value[4:].strip("<>"), PLACEHOLDER)
        if _REMOTE.match(value):
            self.remote += 1
            if self._proxy is None:
                return PLACEHOLDER
            address = self._proxy("https:" + value if value.startswith("//") else value)
            self._ours.add(address)
            return address
        return PLACEHOLDER


def safe_style(value: str) -> str:
    """Return those declarations of an inline style that only dress text, from a short list."""
    if len(value) > 4_000 or "\\" in value or "/*" in value:
        return ""
    kept = []
    for declaration in value.split(";"):
        name, colon, setting = declaration.partition(":")
        name, setting = name.strip().lower(), " ".join(setting.split())
        if (
            not colon
            or name not in _PROPERTIES
            or not setting
            or not _PLAIN_VALUE.fullmatch(_COLOUR.sub("", setting))
        ):
            continue
        if _OUT_OF_SIGHT.search(setting) or (name == "font-size" and _TOO_SMALL.fullmatch(setting)):
            continue
        kept.append(f"{name}: {setting}")
    return "; ".join(kept)


def text_to_html(text: str) -> str:
    """Return plain text as HTML: everything escaped, line breaks kept, web addresses made links.

    Linear time.
    """
    pieces: list[str] = []
    at = 0
    for found in _URL.finditer(text):
        url = _without_sentence_end(found[0])
        pieces.append(_escaped(text[at : found.start()]))
        target = url if url[:4].lower() == "http" else "https://" + url
        pieces.append(
            f'<a href="{html.escape(target)}" rel="noopener noreferrer nofollow" target="_blank">'
            f"{_escaped(url)}</a>"
        )
        at = found.start() + len(url)
    pieces.append(_escaped(text[at:]))
    return "".join(pieces)


def _escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br>\n")


def _without_sentence_end(url: str) -> str:
    """Leave punctuation that ends a sentence, and a bracket opened before the address, out of the link."""
    opened, closed = url.count("("), url.count(")")
    while url:
        last = url[-1]
        if last == ")" and closed > opened:
            closed -= 1
        elif last not in ".,;:!?]}*_":
            break
        url = url[:-1]
    return url
