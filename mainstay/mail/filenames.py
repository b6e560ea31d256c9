"""Names and types of files that strangers send: normalised first, checked after (classes B3, B4, B7)."""

from __future__ import annotations

import re
import unicodedata

from mainstay.mail import charset

_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_FORMAT = re.compile(
    "[\u200b-\u200f\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]"
)
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d)(\.|$)", re.I)
_LONGEST = 120
_EXTENSION = {
    "text/plain": ".txt",
    "text/html": ".html",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "message/delivery-status": ".txt",
    "text/rfc822-headers": ".txt",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
    "text/csv": ".csv",
}
OCTETS = "application/octet-stream"


def safe_name(claimed: str, content_type: str = "") -> str:
    """Return a name that is only a name: no path, no hidden or reordering characters, no reserved word, no
    dot file.

    It is for display and for the name a browser proposes; files are stored under names of our own.
    """
    text = _FORMAT.sub("", charset.line(unicodedata.normalize("NFKC", charset.words(_bounded(claimed)))))
    text = re.split(r"[\\/]", text)[-1]
    text = " ".join(_FORBIDDEN.sub("_", text).split()).rstrip(". ")
    if not text:
        return "attachment" + _EXTENSION.get(content_type, "")
    stem, dot, extension = text.rpartition(".")
    if len(text) > _LONGEST:
        text = (
            f"{stem[: _LONGEST - len(extension) - 1]}.{extension}"
            if dot and len(extension) <= 16
            else text[:_LONGEST]
        )
        text = text.rstrip(". ")
    return "_" + text if text.startswith((".", "-")) or _RESERVED.match(text) else text


def _bounded(claimed: str) -> str:
    """Return the two ends of a name too long to be one: the last of it holds the extension."""
    return claimed if len(claimed) <= 4_000 else claimed[:2_000] + claimed[-2_000:]


def served_type(data: bytes, declared: str) -> str:
    """Return the type a file may be served with: by its first bytes, from a short list, else octet-stream."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data.startswith(b"PK\x03\x04"):
        return "application/zip"
    if declared == "text/plain" and b"\0" not in data and data.lstrip()[:1] != b"<":
        return "text/plain"
    return OCTETS


def misleading(name: str, claimed: str) -> str:
    """Say in words what about the claimed name was meant to mislead, or ""."""
    decoded = charset.words(_bounded(claimed))
    if charset.has_invisible(decoded):
        return f"the file {name} came with a name that hides or reorders characters"
    if "/" in decoded or "\\" in decoded or "\x00" in decoded:
        return f"the file {name} came with a path in its name"
    return ""
