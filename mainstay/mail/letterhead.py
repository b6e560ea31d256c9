"""The one HTML form of every mail that leaves. Pure: plain text in, a calm page that every mail program can
show out.

Nothing is fetched from anywhere: no picture, no font, no pixel that counts readers. All text is escaped; the
only marks that are made are paragraphs, lists and links to addresses that stand in the text as they are.
"""

from __future__ import annotations

import html
import re

_LINK = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,500}")
_TRAILING = ".,;:!?)]'"
_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_PARAGRAPH = "margin:0 0 16px 0;font-size:16px;line-height:1.5"

_PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
</head>
<body style="margin:0;padding:24px 12px;background:#f4f5f7;color:#1c2024;{font}">
<div role="article" aria-label="{title}" style="max-width:600px;margin:0 auto;background:#ffffff;border:1px
solid #d5d9de;border-top:4px solid #1f5f8b;border-radius:6px;padding:24px">
<h1 style="margin:0 0 20px 0;font-size:18px;line-height:1.3;font-weight:600;color:#1c2024">{title}</h1>
{body}
</div>
<p style="max-width:600px;margin:12px auto 0 auto;font-size:13px;line-height:1.5;color:#5a6270">{footer}</p>
</body>
</html>
"""


def page(text: str, *, title: str, footer: str) -> str:
    """Return `text` as an HTML page. `title` is its heading, `footer` a small line below it."""
    return _PAGE.format(title=html.escape(title), body=_body(text), footer=html.escape(footer), font=_FONT)


def _body(text: str) -> str:
    return "\n".join(_block(block) for block in re.split(r"\n[ \t]*\n", text.strip()) if block.strip())


def _block(block: str) -> str:
    lines = block.strip("\n").split("\n")
    if all(line.startswith("- ") for line in lines):
        items = "".join(f'<li style="margin:0 0 6px 0">{_inline(line[2:])}</li>' for line in lines)
        return f'<ul style="{_PARAGRAPH};padding-left:22px">{items}</ul>'
    return f'<p style="{_PARAGRAPH}">' + "<br>\n".join(_inline(line) for line in lines) + "</p>"


def _inline(line: str) -> str:
    """Escape a line, and make what is an address of a page into a link that shows where it leads."""
    pieces, at = [], 0
    for found in _LINK.finditer(line):
        url = found[0].rstrip(_TRAILING)
        pieces.append(html.escape(line[at : found.start()]))
        pieces.append(f'<a href="{html.escape(url)}" style="color:#1f5f8b">{html.escape(url)}</a>')
        at = found.start() + len(url)
    pieces.append(html.escape(line[at:]))
    return "".join(pieces)
