"""The document that shows a mail's HTML: a frame of its own, without scripts, forms, remote things or our cookies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from types import MappingProxyType

from mainstay.lib import files
from mainstay.mail import pictures, sanitise
from mainstay.tickets.models import Attachment

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Message</title>'
    '<meta name="referrer" content="no-referrer"><base target="_blank">'
    "<style>body{font:14px/1.6 system-ui,sans-serif;margin:12px;color:#17202b;background:#fff;overflow-wrap:anywhere}"
    "img,table{max-width:100%}pre{white-space:pre-wrap}"
    "blockquote{margin:0 0 0 4px;padding-left:12px;border-left:2px solid #c5ccd4;color:#465364}"
    ".told{font-size:12px;color:#5d6a79;border-bottom:1px solid #e2e6ea;padding-bottom:6px}</style></head><body>"
)


def document(source: str, pictures: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return a whole document for the frame. What the sanitiser returns is not touched again.

    `pictures` gives a `data:` address for each Content-ID of what came along (`mail.pictures`).
    """
    cleaned = sanitise.clean(source, cid_urls=pictures)
    told = f'<p class="told">{_told(cleaned)}</p>' if cleaned.remote or cleaned.as_text else ""
    return HEAD + told + cleaned.html + "</body></html>"


def pictures_of(attachments: Iterable[Attachment]) -> Mapping[str, str]:
    """Return the pictures that came inside a mail. One that is lost or damaged is left out; its file says so."""
    return pictures.addresses(
        (one.content_id, one.size, partial(_octets, one.digest)) for one in attachments if one.content_id
    )


def _octets(digest: str) -> bytes:
    try:
        return files.read(digest)
    except (files.FileMissing, files.FileDamaged):
        return b""


def _told(cleaned: sanitise.Cleaned) -> str:
    if cleaned.as_text:
        return "This message is too large to be laid out; here is its text."
    pictures = (
        "One picture from elsewhere was"
        if cleaned.remote == 1
        else f"{cleaned.remote} pictures from elsewhere were"
    )
    return f"{pictures} not loaded, so that the sender does not learn that you read this."
