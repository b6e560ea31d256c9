"""Markdown, friendly and hostile: what is shown is what was meant, and nothing runs, loads or takes a name (B1 to B6)."""

from __future__ import annotations

import re
import time

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.knowledge import markdown
from mainstay.knowledge.markdown import Place, files_in, plain, render

FILES = {"a b.png": Place("/f/a", 20, 10), "notes.pdf": Place("/f/n")}


def html(text: str) -> str:
    return render(text, files=FILES, article="/hub/articles/{}/").html


def test_headings_begin_below_the_title_and_have_anchors_that_stay() -> None:
    page = render("# Install\n\n## Before\n\n# Install\n\n##### Deep\n", files={})
    assert [(one.level, one.anchor, one.text) for one in page.headings] == [
        (2, "s-install", "Install"), (3, "s-before", "Before"), (2, "s-install-2", "Install"), (6, "s-deep", "Deep"),
    ]  # fmt: skip
    assert '<h2 id="s-install">Install</h2>' in page.html
    assert render("### Only\n", files={}).headings[0].level == 2
    assert render("# ?!\n", files={}).headings[0].anchor == "s-part"


def test_links_lead_to_other_articles_to_headings_and_to_files() -> None:
    shown = html("# Step\n\n[a](other.md#part-two) [b](#step) [c](notes.pdf) [d](https://x.example/?a=1) [e](/hub/) [f](print)")
    assert 'href="/hub/articles/other/#s-part-two"' in shown
    assert 'href="#s-step"' in shown
    assert 'href="/f/n"' in shown
    assert 'href="https://x.example/?a=1" rel="noopener noreferrer"' in shown
    assert 'href="/hub/"' in shown
    assert 'href="/hub/articles/print/"' in shown


def test_pictures_are_the_articles_own_with_their_size() -> None:
    assert html("![The dialog](<a b.png>)") == (
        '<p><img src="/f/a" alt="The dialog" width="20" height="10" loading="lazy"></p>\n'
    )
    for elsewhere in ("https://x.example/a.png", "//x.example/a.png", "data:image/png;base64,AAAA", "notes.pdf"):
        page = render(f"![Dot]({elsewhere})", files=FILES)
        assert "<img" not in page.html
        assert page.faults
    assert render("![](<a b.png>)", files=FILES).faults == (
        "Say in words what the picture a b.png shows, between the square brackets.",
    )


def test_tables_and_code_can_be_scrolled_by_keys() -> None:
    shown = html("| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nx < 1\n```\n\n    y & z\n")
    assert '<div class="scroll" tabindex="0" role="region" aria-label="Table">' in shown
    assert '<pre tabindex="0"><code>x &lt; 1\n</code></pre>' in shown
    assert '<pre tabindex="0"><code>y &amp; z\n</code></pre>' in shown


def test_plain_is_what_readers_read() -> None:
    text = "# Print\n\nPress **this** [link](https://x.example)\nand ![the dialog](a.png)\n\n```\ncode\n```\n"
    assert plain(text) == "Print\nPress this link and the dialog\ncode\n"
    assert files_in("![x](<a b.png>) [y](notes.pdf) [z](https://x.example/a.png) [p](#q)") == ["a b.png", "notes.pdf"]


HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](vbscript:x) [y](data:text/html,<script>alert(1)</script>) [z](file:///etc/passwd)",
    "[x](//evil.example/a)",
    "[x](\\\\evil.example\\a)",
    "<javascript:alert(1)>",
    '![x" onerror="alert(1)](<a b.png>)',
    '![x](<a b.png> "t\\" onerror=\\"alert(1)")',
    '[x](https://x.example/"onmouseover="alert(1))',
    "# <img src=x onerror=alert(1)>",
    '# "onmouseover=alert(1) x="',
    "```\"><script>alert(1)</script>\nx\n```",
    "| <script> | b |\n|---|---|\n| <img src=x onerror=alert(1)> | 2 |",
    "<!-- --><!--><img src=x onerror=alert(1)>-->",
    "<form action=https://evil.example><input name=password></form>",
    "<base href=https://evil.example><meta http-equiv=refresh content=0>",
    "<a id=main name=frame>clobber</a>\n\n# main",
    "[x]: javascript:alert(1)\n\n[x]",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\x00<script>\x00alert(1)</script>",
]
TAG = re.compile(r"<[a-z][^>]*>", re.I)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_is_more_than_its_characters(text: str) -> None:
    shown = html(text)
    tags = [re.sub(r'"[^"]*"', '""', tag) for tag in TAG.findall(shown)]
    assert not re.search(r"<(script|svg|math|style|iframe|form|input|base|meta|object)\b", shown, re.I)
    assert not [tag for tag in tags if re.search(r"\son\w+=", tag, re.I)]
    assert not re.search(r'(href|src)="\s*(javascript|vbscript|data|file|//|\\)', shown, re.I)
    assert 'id="main"' not in shown
    assert again(shown) == shown


def again(shown: str) -> str:
    return markdown._sanitised(shown)


MARKS = st.text(alphabet="<>&\"'`*_[]()#!|-\\\n ax:/", max_size=60)


@given(MARKS)
def test_cleaning_what_is_shown_again_changes_nothing(text: str) -> None:
    shown = html(text)
    assert again(shown) == shown
    assert nh3.is_html(shown) or "<" not in shown


@pytest.mark.parametrize("piece", ["[", "![", "*a ", "**a", "> ", "`", "<a ", "- ", "|a|\n|-|\n", "\\", "&amp;", "](", " "])
def test_a_text_of_one_mark_costs_no_more_than_its_length(piece: str) -> None:
    """Class B10. Four times as much may take up to eight times as long; what grows with the square takes sixteen."""

    def spent(length: int) -> float:
        text = (piece * length)[:length]
        began = time.process_time()
        render(text, files={})
        return time.process_time() - began

    few, many = min(spent(4_000) for _ in range(3)), min(spent(16_000) for _ in range(3))
    assert many <= max(8 * few, 0.05)
