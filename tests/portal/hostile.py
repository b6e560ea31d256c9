"""What in a page could run, load from elsewhere, or lead where it should not: read as a browser would, tag by tag."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tests.mail.pure.hostile import CALLS_HOME, HOSTILE

SPELT = (  # Markdown, attributes, templates and spreadsheets have their own ways
    "[x](javascript:alert(1))", '![x" onerror="alert(1)](https://evil.example/p.gif)', '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'", "{{ 7*7 }}{% raw %}${7*7}", "=HYPERLINK(\"https://evil.example\")", "\u202egpj.exe", "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>", "--><script>alert(1)</script>", "]]><script>alert(1)</script>",
)  # fmt: skip
EVERYTHING = "\n".join((*HOSTILE, *CALLS_HOME, *SPELT))
ONE_LINE = " ".join(EVERYTHING.replace("\x00", "").split())
_WEB = re.compile(r"\s*(https?:)?//|\s*(javascript|vbscript|data|file):|.*\\\\", re.I | re.S)
_LOADS = {"src", "srcset", "background", "poster", "data", "action", "formaction", "ping", "manifest", "dynsrc", "lowsrc"}
_FORBIDDEN = {"style", "object", "embed", "base", "math", "bgsound", "isindex", "plaintext", "xmp", "frameset", "applet"}


class _Reader(HTMLParser):
    def __init__(self, ours: tuple[str, ...]) -> None:
        super().__init__()
        self.found: list[str] = []
        self._ours = ours

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.found += [f"<{tag} {name}>" for name in named if name.startswith("on") or name in ("style", "srcdoc")]
        if tag in _FORBIDDEN or (tag == "script" and not named.get("src", "").startswith("/")
                                 and "json" not in named.get("type", "")):  # fmt: skip
            self.found.append(f"<{tag}>")
        if tag == "meta" and "http-equiv" in named:
            self.found.append("<meta http-equiv>")
        for name, value in named.items():
            loads = name in _LOADS or (name == "href" and tag in ("link", "image", "use"))
            leads = name == "href" and re.match(r"\s*(javascript|vbscript|data|file):", value, re.I)
            if (loads and _WEB.match(value) and not value.startswith(self._ours)) or leads:
                self.found.append(f"<{tag} {name}={value[:60]!r}>")


def dangers(page: str, *ours: str) -> list[str]:
    """Return what of `page` is more than words; addresses that begin with one of `ours` are ours."""
    reader = _Reader(ours or ("\x00",))
    reader.feed(page)
    return reader.found
