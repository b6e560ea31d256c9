"""What a mail says and brings: its text, its HTML and its files, from the tree of its parts."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass, field

from mainstay.mail import charset, filenames, mime
from mainstay.mail.parsed import File, Limits, Note
from mainstay.mail.plain import html_to_text

_META_CHARSET = re.compile(rb"<meta[^<>]{0,200}charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_-]{1,40})", re.I)
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_OPAQUE = "application/octet-stream"


@dataclass(slots=True)
class Content:
    """What was found.

    `truncated` names what was cut; everything cut is still there as a file or in the raw mail.
    """

    content_type: str = "text/plain"
    report_type: str = ""
    body_text: str = ""
    body_html: str = ""
    text_from_html: bool = False
    files: list[File] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    truncated: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    """One part of the mail: where its content lies, and what its head says about it."""

    start: int
    end: int
    depth: int
    head: mime.Head
    type: str
    parameters: dict[str, str]
    disposition: str
    claimed_name: str

    @property
    def is_body(self) -> bool:
        if self.type not in ("text/plain", "text/html") or self.disposition == "attachment":
            return False
        return not self.claimed_name or self.depth == 0


@dataclass(slots=True)
class _Block:
    """One stretch of the body that a person is meant to read, in one of its forms or in both."""

    text: str | None = None
    html: str | None = None
    sources: tuple[_Part, ...] = ()


def read(raw: bytes, head: mime.Head, start: int, end: int, limits: Limits) -> Content:
    """Read the content of a mail whose head has been read already and whose body is raw[start:end]."""
    walker = _Walker(raw, limits)
    top = _part(head, start, end, 0, "text/plain")
    content = walker.content
    content.content_type = top.type
    if top.type == "multipart/report":
        content.report_type = charset.line(top.parameters.get("report-type", "").lower())[:60]
    blocks = walker.walk(top)
    content.body_text = _join_text(blocks)
    content.body_html = _join_html(blocks)
    content.text_from_html = bool(content.body_html) and all(block.text is None for block in blocks)
    return content


def _part(head: mime.Head, start: int, end: int, depth: int, default: str) -> _Part:
    kind, parameters = mime.parameters(head.first(b"content-type"))
    if kind == "text":
        kind = "text/plain"
    if not _TYPE.fullmatch(kind):
        kind = default
    disposition, named = "", ""
    if head.has(b"content-disposition"):
        disposition, disposed = mime.parameters(head.first(b"content-disposition"))
        named = disposed.get("filename", "")
    return _Part(start, end, depth, head, kind, parameters, disposition, named or parameters.get("name", ""))


_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")


class _Walker:
    """Goes through the tree of parts once, from the top, and never deeper or longer than the limits say."""

    def __init__(self, raw: bytes, limits: Limits) -> None:
        self.raw = raw
        self.limits = limits
        self.content = Content()
        self.parts = 0
        self.chars = {"text": 0, "html": 0}

    def note(self, kind: str, words: str) -> None:
        note = Note(kind, charset.line(words))  # some of them repeat what the mail says
        if len(self.content.notes) < 40 and note not in self.content.notes:
            self.content.notes.append(note)

    def cut(self, what: str, words: str) -> None:
        if what not in self.content.truncated:
            self.content.truncated.append(what)
        self.note("not fully parsed", words)

    def walk(self, part: _Part) -> list[_Block]:
        """Return the stretches of body within `part`; what is no body has been added to the files."""
        if part.type.startswith("multipart/"):
            children = self.children(part)
            if children is not None:
                if part.type == "multipart/alternative":
                    return self.alternative(children)
                if part.type == "multipart/related":
                    return self.related(children, part.parameters.get("start", ""))
                return [block for child in children for block in self.walk(child)]
            part.type = "text/plain"
        if part.is_body:
            return [self.body(part)]
        self.file(part)
        return []

    def children(self, part: _Part) -> list[_Part] | None:
        """Return the parts of a multipart, or None when it cannot be taken apart and is read as text."""
        boundary = part.parameters.get("boundary", "").encode("utf-8", "replace").rstrip()
        if not boundary or len(boundary) > 500:
            self.note(
                "not fully parsed", "a part says it has parts of its own, but not how to tell them apart"
            )
            return None
        if part.depth >= self.limits.depth:
            self.cut(
                "depth", f"parts are nested more than {self.limits.depth} deep; the rest is kept as one file"
            )
            part.type, part.head = _OPAQUE, mime.Head()
            self.file(part)
            return []
        most = self.limits.parts - self.parts
        if most <= 0:
            return self.too_many(part)
        spans, complete, rest = mime.split(self.raw, part.start, part.end, boundary, most)
        if not spans and not boundary.isascii():
            # A boundary in raw Latin-1 was read as text, and has to be written as it was.
            boundary = boundary.decode("utf-8").encode("cp1252", "replace")
            spans, complete, rest = mime.split(self.raw, part.start, part.end, boundary, most)
        self.parts += len(spans)
        if not spans:
            self.note("not fully parsed", "a part says it has parts of its own, but none could be found")
            return None
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        children = [self.child(start, end, part.depth + 1, default) for start, end in spans]
        if not complete:
            self.cut("parts", f"there are more than {self.limits.parts} parts; the rest is kept as one file")
            name = "rest of the mail"
            children.append(_Part(rest, part.end, part.depth, mime.Head(), _OPAQUE, {}, "attachment", name))
        elif self.raw[rest : min(part.end, rest + 10_000)].strip():
            self.note(
                "text after the end", "there is text behind the last part, which mail programs do not show"
            )
        return children

    def too_many(self, rest: _Part) -> list[_Part]:
        self.cut("parts", f"there are more than {self.limits.parts} parts; the rest is kept as files")
        rest.type, rest.head = _OPAQUE, mime.Head()
        self.file(rest)
        return []

    def child(self, start: int, end: int, depth: int, default: str) -> _Part:
        head, body = mime.read_head(self.raw, start, end, self.limits)
        if head.problem:
            self.note("not fully parsed", f"in a part: {head.problem}")
        return _part(head, min(body, end), end, depth, default)

    def alternative(self, children: list[_Part]) -> list[_Block]:
        """Choose the plain and the HTML form; any further form becomes a file, so that nothing is hidden."""
        text: list[_Block] = []
        rich: list[_Block] = []
        for child in children:
            blocks = self.walk(child)
            if any(block.html is not None for block in blocks):
                self.spare(rich)
                rich = blocks
            elif text:
                self.spare(blocks)
            else:
                text = blocks
        if not (text and rich):
            return text or rich
        return [_Block(_join_text(text), _join_html(rich), (*_sources(text), *_sources(rich)))]

    def related(self, children: list[_Part], root: str) -> list[_Block]:
        """Read the root part as body and everything else as files it may show."""
        wanted = root.strip("<> ")
        first = next((child for child in children if wanted and _content_id(child) == wanted), None)
        first = first or next(
            (child for child in children if child.is_body or child.type.startswith("multipart/")), None
        )
        blocks: list[_Block] = []
        for child in children:
            if child is first or child.type.startswith("multipart/"):
                blocks += self.walk(child)
            else:
                self.file(child)
        return blocks

    def spare(self, blocks: list[_Block]) -> None:
        for part in _sources(blocks):
            self.note("more than one version", "the mail holds a further version of its text, kept as a file")
            self.file(part)

    def body(self, part: _Part) -> _Block:
        data = self.decoded(part)
        declared = part.parameters.get("charset", "")
        form = "html" if part.type == "text/html" else "text"
        if (
            form == "html"
            and not declared
            and not data.isascii()
            and (meta := _META_CHARSET.search(data, 0, 4_000))
        ):
            declared = meta[1].decode("ascii")
        text, trouble = charset.decode(data, declared)
        if trouble:
            self.note("character set", trouble)
        text = charset.body(text)
        if form == "text" and part.parameters.get("format", "").lower() == "flowed":
            text = unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
        room = max(self.limits.body_chars - self.chars[form], 0)
        if len(text) > room:
            self.cut(form, "the body is very long; it is kept whole as a file")
            self.file(part)
            text = text[:room]
        self.chars[form] += len(text)
        return _Block(None, text, (part,)) if form == "html" else _Block(text, None, (part,))

    def decoded(self, part: _Part) -> bytes:
        encoding = (
            part.head.first(b"content-transfer-encoding")
            if part.head.has(b"content-transfer-encoding")
            else ""
        )
        data, trouble = mime.transfer_decoded(self.raw[part.start : part.end], encoding)
        if trouble:
            self.note("not fully parsed", trouble)
        return data

    def file(self, part: _Part) -> None:
        data = self.decoded(part)
        claimed = part.claimed_name
        if not claimed and part.type == "message/rfc822":
            inner, _ = mime.read_head(data, 0, len(data), self.limits)
            claimed = (charset.words(inner.first(b"subject"))[:100].replace("/", "_") or "message") + ".eml"
        name = filenames.safe_name(claimed, part.type)
        if warning := filenames.misleading(name, part.claimed_name):
            self.note("misleading file name", warning)
        served = filenames.served_type(data, part.type)
        identifier = _content_id(part)
        inline = (
            served in _PICTURES and part.disposition != "attachment" and bool(identifier or part.disposition)
        )
        self.content.files.append(
            File(name, served, part.type, data, hashlib.sha256(data).hexdigest(), identifier, inline)
        )


def _content_id(part: _Part) -> str:
    if not part.head.has(b"content-id"):
        return ""
    return charset.line(part.head.first(b"content-id")).strip("<> ")[:300]


def _sources(blocks: list[_Block]) -> list[_Part]:
    return [part for block in blocks for part in block.sources]


def _join_text(blocks: list[_Block]) -> str:
    if len(blocks) == 1 and blocks[0].text is not None:
        return blocks[0].text
    pieces = [block.text if block.text is not None else html_to_text(block.html or "") for block in blocks]
    return "\n\n".join(piece.strip("\n") for piece in pieces if piece.strip())


def _join_html(blocks: list[_Block]) -> str:
    if all(block.html is None for block in blocks):
        return ""
    if len(blocks) == 1:
        return blocks[0].html or ""
    return "\n<hr>\n".join(
        block.html if block.html is not None else f"<pre>{html.escape(block.text or '')}</pre>"
        for block in blocks
    )


def unflowed(text: str, *, delete_space: bool) -> str:
    """Join the soft line breaks of `format=flowed` (RFC 3676).

    Quote depth and signature marks stay as they are.
    """
    lines: list[str] = []
    soft = False
    depth_before = 0
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        if soft and depth == depth_before and content != "-- ":
            lines[-1] += content
        else:
            lines.append(">" * depth + (" " if depth and content else "") + content)
        soft = content.endswith(" ") and content != "-- "
        if soft and delete_space:
            lines[-1] = lines[-1][:-1]
        depth_before = depth
    return "\n".join(lines)
