"""The bones of a mail: heads, parameters, boundaries, transfer encodings. Bytes in, bytes out.

The standard library's reader is not used: read naively it raises on about one real mail in twenty-five, and
neither of its policies bounds nesting, parts or header sizes. Every loop here moves forward over its input,
so the time is linear in the size of the mail times the depth that `Limits` allows, and nothing raises on any
bytes.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from mainstay.mail import charset
from mainstay.mail.parsed import Limits

_BLANK = re.compile(rb"\n\r?\n")
_HEADER = re.compile(rb"([!-9;-~]+)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)\n?")
_KNOWN = re.compile(
    rb"^(?:from|to|cc|subject|date|message-id|content-[a-z-]+|mime-version|received"
    rb"|return-path|x-[a-z-]+)[ \t]*:",
    re.I | re.M,
)
_PARAMETER_NAME = re.compile(r"[;\s]*([^\s=;]+)\s*(=?)\s*")
_CONTINUED = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?")
_FALSE_BOUNDARIES = 20_000


class Head:
    """The header lines of a mail or a part: names in lower case, values as received, still folded."""

    __slots__ = ("_firsts", "lines", "problem")

    def __init__(self, lines: tuple[tuple[bytes, bytes], ...] = (), problem: str = "") -> None:
        self.lines = lines
        self.problem = problem
        self._firsts = dict(reversed(lines))

    def first(self, name: bytes) -> str:
        """Return the first header of that lower-case name, unfolded, encoded words still encoded, or ""."""
        value = self._firsts.get(name)
        return "" if value is None else unfolded(value)

    def has(self, name: bytes) -> bool:
        return name in self._firsts

    def all(self, name: bytes) -> list[str]:
        return [unfolded(value) for key, value in self.lines if key == name] if name in self._firsts else []

    def repeated(self, names: tuple[bytes, ...]) -> list[bytes]:
        """Return those of `names` that stand here more than once."""
        present = [key for key, _ in self.lines]
        return [name for name in names if present.count(name) > 1]


def unfolded(value: bytes) -> str:
    """Return one header's value as a line of text."""
    if b"\n" in value:
        value = value.replace(b"\r\n", b"\n").replace(b"\n", b"")
    return charset.raw_header(value.strip())


def read_head(raw: bytes, start: int, end: int, limits: Limits) -> tuple[Head, int]:
    """Read the head that begins at `start`. Returns it with the place where the body begins."""
    if raw.startswith((b"\n", b"\r\n"), start):
        return Head(), start + (1 if raw.startswith(b"\n", start) else 2)
    blank = _BLANK.search(raw, start, end)
    head_end, body = (blank.start() + 1, blank.end()) if blank else (end, end)
    problem = ""
    if head_end - start > limits.header_bytes:
        problem = "the headers are too long and were not read to their end"
        head_end = start + limits.header_bytes
    lines: list[tuple[bytes, bytes]] = []
    at = start
    while at < head_end:
        found = _HEADER.match(raw, at, head_end)
        if found is None:
            line_end = raw.find(b"\n", at, head_end) + 1 or head_end
            if at == start and raw.startswith((b"From ", b">From "), at):
                at = line_end  # the separator line of a mailbox file
                continue
            problem = problem or "a header line could not be read"
            if not _KNOWN.search(raw, line_end, head_end):
                return Head(tuple(lines), problem), at  # the blank line was forgotten: the body begins here
            at = line_end
            continue
        if len(lines) == limits.headers:
            problem = "there are too many headers"
            break
        lines.append((found[1].lower(), found[2][: limits.header_chars]))
        at = found.end()
    return Head(tuple(lines), problem), body


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """Read `text/plain; charset="utf-8"; name*0*=...`: value in lower case, parameters, RFC 2231 undone."""
    value = value[:8_000]
    main, _, rest = value.partition(";")
    if not rest:
        return main.strip().lower(), {}
    found: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, str, bool]]] = {}
    for name, text in _raw_parameters(rest):
        shape = _CONTINUED.fullmatch(name)
        if shape is None or not (shape[2] or shape[3]):
            found.setdefault(name, text)
        elif len(pieces) < 20:
            pieces.setdefault(shape[1], []).append((int(shape[2] or 0), text, bool(shape[3])))
    for name, parts in pieces.items():
        found[name] = _joined(sorted(parts, key=lambda part: part[0]))
    return main.strip().lower(), found


def _raw_parameters(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while name := _PARAMETER_NAME.match(text, at):
        at = name.end()
        if not name[2]:
            continue
        if text.startswith('"', at):
            value, at = _quoted(text, at + 1)
        else:
            stop = text.find(";", at)
            stop = len(text) if stop < 0 else stop
            value, at = text[at:stop].strip(), stop
        yield name[1].lower(), value


def _quoted(text: str, at: int) -> tuple[str, int]:
    pieces: list[str] = []
    while True:
        stop = text.find('"', at)
        if stop < 0:
            return "".join(pieces) + text[at:], len(text)
        escape = text.find("\\", at, stop)
        if escape < 0:
            return "".join(pieces) + text[at:stop], stop + 1
        # Old Windows programs send a path with single backslashes; only \" and \\ are escapes for sure.
        kept = "" if text[escape + 1 : escape + 2] in ('"', "\\") else "\\"
        pieces.append(text[at:escape] + kept + text[escape + 1 : escape + 2])
        at = escape + 2


def _joined(parts: list[tuple[int, str, bool]]) -> str:
    declared, data = "", b""
    for place, (_, text, extended) in enumerate(parts):
        if extended and place == 0 and text.count("'") >= 2:
            declared, _, text = text.split("'", 2)
        encoded = text.encode("utf-8", "replace")
        data += _percent(encoded) if extended else encoded
    return charset.decode(data, declared)[0]


def _percent(data: bytes) -> bytes:
    first, *rest = data.split(b"%")
    return first + b"".join(
        bytes.fromhex(piece[:2].decode("ascii")) + piece[2:] if _HEX.match(piece) else b"%" + piece
        for piece in rest
    )


_HEX = re.compile(rb"[0-9A-Fa-f]{2}")


def split(
    raw: bytes, start: int, end: int, boundary: bytes, most: int
) -> tuple[list[tuple[int, int]], bool, int]:
    """Find the parts of a multipart body that lies in raw[start:end].

    Returns at most `most` spans, whether everything was looked at, and where the closing line ends (`end` if
    there is none). The line break before a boundary line belongs to the boundary.
    """
    delimiter = b"--" + boundary
    spans: list[tuple[int, int]] = []
    opened = -1
    false = 0
    at = start if raw.startswith(delimiter, start, end) else _next(raw, delimiter, start, end)
    while at >= 0:
        after = at + len(delimiter)
        line_end = raw.find(b"\n", after, end)
        tail = raw[after : line_end if line_end >= 0 else end]
        kind = tail.rstrip(b" \t\r")
        if kind in (b"", b"--"):
            if opened >= 0:
                spans.append((opened, _before_break(raw, opened, at)))
                opened = -1
            next_line = line_end + 1 if line_end >= 0 else end
            if kind:
                return spans, True, next_line
            if len(spans) >= most:
                return spans, False, next_line
            opened = next_line
            # Two boundary lines in a row share the line break between them.
            at = (
                next_line
                if raw.startswith(delimiter, next_line, end)
                else _next(raw, delimiter, next_line, end)
            )
        else:
            false += 1
            if false > _FALSE_BOUNDARIES or line_end < 0:
                break
            at = _next(raw, delimiter, line_end, end)
    if opened >= 0:
        spans.append((opened, end))
    return spans, false <= _FALSE_BOUNDARIES, end


def _next(raw: bytes, delimiter: bytes, at: int, end: int) -> int:
    found = raw.find(b"\n" + delimiter, at, end)
    return found + 1 if found >= 0 else -1


def _before_break(raw: bytes, start: int, at: int) -> int:
    if at > start and raw[at - 1 : at] == b"\n":
        at -= 1
        if at > start and raw[at - 1 : at] == b"\r":
            at -= 1
    return at


def transfer_decoded(data: bytes, encoding: str) -> tuple[bytes, str]:
    """Undo a Content-Transfer-Encoding.

    Returns the bytes and what was wrong in words; broken data is kept as it is.
    """
    encoding = encoding.partition(";")[0].strip().lower()
    if encoding in ("", "7bit", "8bit", "binary", "none"):
        return data, ""
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data), ""
    if encoding == "base64":
        return charset.base64(data), ""
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _uudecoded(data)
    return data, f"the transfer encoding {encoding[:40]!r} is not known"


def _uudecoded(data: bytes) -> tuple[bytes, str]:
    lines = data.replace(b"\r\n", b"\n").split(b"\n")
    begin = next((place for place, line in enumerate(lines) if line.startswith(b"begin ")), -1)
    if begin < 0:
        return data, "it says it is uuencoded, but it is not"
    found: list[bytes] = []
    for line in lines[begin + 1 :]:
        if not line or line.rstrip() == b"end":
            break
        try:
            found.append(binascii.a2b_uu(line))
        except binascii.Error:
            # A known slip of old encoders is a line padded too far; the first byte says how much of it
            # counts.
            try:
                found.append(binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3]))
            except binascii.Error:
                return data, "it says it is uuencoded, but it is damaged"
    return b"".join(found), ""
