"""Bytes to text that can be stored and shown: never raises, yields no NUL, surrogate or control character."""

from __future__ import annotations

import binascii
import codecs
import re
from functools import lru_cache

REPLACEMENT = "\ufffd"

# Python also knows codecs that are no character sets; some of them (idna, punycode) take quadratic time.
_CHARACTER_SET = re.compile(
    r"(ascii|utf-(8|16|32)(-[bl]e)?|utf-7|iso8859-\d{1,2}|cp\d{3,4}|koi8-[rut]|kz1048|ptcp154|tis-620"
    r"|hp-roman8"
    r"|gb2312|gbk|gb18030|hz|big5|big5hkscs|euc_(jp|kr|jis_2004|jisx0213)|johab"
    r"|shift_jis(_2004|x0213)?|iso2022_(jp|kr)(_\w+)?|mac-\w+)"
)
_SINGLE_BYTE = re.compile(r"ascii|iso8859-|cp(12|4|7|8)|koi8-|mac-")
# What mail programs write when they mean something else.
_MEANT = {
    "unicode-1-1-utf-7": "utf-7",
    "cp-850": "cp850",
    "x-mac-roman": "mac-roman",
    "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030",
    "x-gbk": "gbk",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "x-unknown": "",
    "8bit": "",
    "utf8mb4": "utf-8",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "big5-hkscs": "big5hkscs",
}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_HEADER_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c\U000e0000-\U000e007f]")
_ENCODED_WORD = re.compile(r"=\?([^?\s=]{1,60})\?([bBqQ])\?([^?\r\n]*)\?=")
_BASE64_NOISE = re.compile(rb"[^A-Za-z0-9+/]+")


@lru_cache(maxsize=256)
def codec_for(name: str) -> str:
    """Return the codec for a declared charset, or "" where it is unknown or is not a character set at all."""
    wanted = name.strip(" \t\"'").lower()
    try:
        found = codecs.lookup(_MEANT.get(wanted, wanted) if len(wanted) <= 60 else "").name
    except (LookupError, ValueError, UnicodeError):
        return ""
    if found in ("iso8859-1", "ascii"):
        return "cp1252"  # as every reader of mail does: bytes 80-9f were never meant as control characters
    return found if _CHARACTER_SET.fullmatch(found) else ""


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """Return the text and, where something had to be guessed, what was wrong in words.

    The ladder is: the declared charset, UTF-8, Windows-1252 (which accepts every byte here).
    """
    if data.isascii() and declared.lower() in (
        "",
        "us-ascii",
        "ascii",
        "utf-8",
        "iso-8859-1",
        "windows-1252",
    ):
        return data.decode("ascii"), ""
    codec = codec_for(declared) if declared else "utf-8"
    if codec and codec != "cp1252":
        try:
            return str(data, codec), ""
        except (UnicodeError, ValueError):
            pass
    return _guess(data, declared, codec)


def _guess(data: bytes, declared: str, codec: str) -> tuple[str, str]:
    trouble = "" if codec else f"the character set {declared[:40]!r} is not known"
    try:
        text = data.decode("utf-8")
        return text, trouble or ("" if codec == "cp1252" else f"declared as {declared[:40]}, read as utf-8")
    except UnicodeDecodeError:
        pass
    if codec and codec != "cp1252" and not _SINGLE_BYTE.match(codec):
        text = data.decode(codec, "replace")
        broken = text.count(REPLACEMENT)
        sound = len(text) - len(text.encode("ascii", "ignore")) - broken
        if broken * 4 <= sound:
            return text, f"some bytes are not valid {declared[:40] or 'utf-8'}"
    if codec == "cp1252":
        return _windows(data), ""
    return _windows(data), trouble or f"declared as {declared[:40] or 'nothing'}, read as windows-1252"


def _windows(data: bytes) -> str:
    """Decode as Windows-1252; its five unassigned bytes become replacement characters."""
    return data.decode("cp1252", "replace")


def body(text: str) -> str:
    """Return `text` with newline line ends, and nothing in it that a database or a terminal refuses."""
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Nearly every body passes this test, which is twenty times faster than the pattern.
    if text.replace("\n", "").replace("\t", "").replace("\xa0", "").isprintable():
        return text
    return _CONTROL.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    return "\n" if found[0] in "\x0b\x0c\x85\u2028\u2029" else REPLACEMENT


def line(text: str) -> str:
    """Return `text` as one line: controls become spaces, invisible characters and direction marks go."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = _HEADER_CONTROL.sub(" ", text)
    return _INVISIBLE.sub("", text).strip()


def has_invisible(text: str) -> bool:
    """Say whether `text` holds characters that reorder or hide others (U+202E and its kin)."""
    return not text.isascii() and _INVISIBLE.search(text) is not None


def raw_header(value: bytes) -> str:
    """Return a header's bytes as text, folding still in place; eight-bit headers go through the ladder."""
    return value.decode("ascii") if value.isascii() else decode(value)[0]


def words(value: str) -> str:
    """Decode encoded words (RFC 2047) wherever they stand; neighbours in one charset are joined first."""
    if "=?" not in value:
        return value
    pieces: list[str] = []
    pending, charset, at = b"", "", 0
    for found in _ENCODED_WORD.finditer(value):
        between = value[at : found.start()]
        at = found.end()
        encoding = found[1].partition("*")[0].lower()
        if pending and (between.strip(" \t\r\n") or encoding != charset):
            pieces.append(decode(pending, charset)[0])
            pending = b""
        if between.strip(" \t\r\n") or not charset:
            pieces.append(between)
        pending, charset = pending + _word_bytes(found[2], found[3]), encoding
    if charset:
        pieces.append(decode(pending, charset)[0])
    pieces.append(value[at:])
    return "".join(pieces)


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "bB":
        return base64(data)
    return binascii.a2b_qp(data, header=True)


def base64(data: bytes) -> bytes:
    """Decode base64 however it is broken: noise skipped, padding mended, concatenated runs joined."""
    try:
        return binascii.a2b_base64(data) if data.find(b"=", 0, -6) < 0 else _base64_runs(data)
    except binascii.Error:
        return _base64_runs(data)


def _base64_runs(data: bytes) -> bytes:
    return b"".join(_base64_run(run) for run in data.split(b"="))


def _base64_run(run: bytes) -> bytes:
    run = _BASE64_NOISE.sub(b"", run)
    if len(run) % 4 == 1:
        run = run[:-1]  # six bits make no byte
    return binascii.a2b_base64(run + b"=" * (-len(run) % 4))
