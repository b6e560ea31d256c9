"""What a person reads is what was written: HTML as text, text as HTML, and the layout that survives cleaning."""

from __future__ import annotations

import pytest

from mainstay.mail import sanitise
from mainstay.mail.parse import read
from mainstay.mail.plain import html_to_text
from tests.mail.pure.corpus import written


@pytest.mark.parametrize(
    ("case", "html", "text"),
    [
        ("runs of space are one", "<p>a  b\n\t c&nbsp;&nbsp;d</p>", "a b c d"),
        ("breaks", "a<br>b<br/>c<br><br>d", "a\nb\nc\n\nd"),
        ("paragraphs", "<p>a</p><p>b</p>", "a\n\nb"),
        ("lists", "<ul><li>a<li>b</ul>c", "- a\n- b\n\nc"),
        ("tables", "<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>", "a b\nc"),
        ("a line", "a<hr>b", "a\n----\nb"),
        ("preformatted", "<pre>a\n  b\n</pre>c", "a\n  b\n\nc"),
        (
            "a quotation in a quotation",
            "<blockquote>a<blockquote>b</blockquote></blockquote>c",
            "> a\n>\n> > b\n>\nc",
        ),
        ("a picture's caption", '<img src="x" alt="Our logo"><img src="y">', "[Our logo]"),
        (
            "a link",
            '<a href="https://x.example/a?b=1&amp;c=2">here</a>',
            "here <https://x.example/a?b=1&c=2>",
        ),
        (
            "a link that shows its target",
            '<a href="https://x.example/">https://x.example</a>',
            "https://x.example",
        ),
        ("a mail link", "<a href='mailto:ana@x.example'>Ana</a>", "Ana <ana@x.example>"),
        ("a link to a script", '<a href="javascript:x()">here</a>', "here"),
        ("a closing link that was never opened", "</a>a", "a"),
        ("a link over a paragraph", '<a href="https://x.example"><p>a</p></a>', "a"),
        (
            "entities",
            "&lt;p&gt; &amp;amp; &eacute; &#233; &#xe9; &unknown; &#0;",
            "<p> &amp; é é é &unknown; \ufffd",
        ),
        ("an absurd number", "&#99999999999999999999; &#xffffffffff;", "\ufffd \ufffd"),
        ("brackets that are no tags", "1 < 2 <3 > 1 <", "1 < 2 <3 > 1 <"),
        ("a comment", "a<!-- <p>b</p> -->c<!doctype html><?php x ?>d", "acd"),
        ("a comment that is never closed", "a<!-- b", "a"),
        ("a script that is never closed", "a<script>b", "ab"),
        ("a style sheet", "<style>p{}</style>a<STYLE>b</style >c", "ac"),
        ("attributes that hold brackets", '<p title="a > b">c</p>', "c"),
        ("an attribute that is never closed", '<p title="a>b</p>', "b"),
        ("line separators", "<p>a\u2028b\x00c</p>", "a\nb\ufffdc"),
        ("nothing", "", ""),
    ],
)
def test_html_is_read_as_a_person_reads_it(case, html, text):
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a & <b>\n'c'", "a &amp; &lt;b&gt;<br>\n&#x27;c&#x27;"),
        ("see https://x.example/a.", 'see <a href="https://x.example/a"{}>https://x.example/a</a>.'),
        ("(https://x.example/a)", '(<a href="https://x.example/a"{}>https://x.example/a</a>)'),
        ("https://x.example/a_(b)", '<a href="https://x.example/a_(b)"{}>https://x.example/a_(b)</a>'),
        ("www.x.example", '<a href="https://www.x.example"{}>www.x.example</a>'),
        (
            "HTTP://x.example?a=1&b=2",
            '<a href="HTTP://x.example?a=1&amp;b=2"{}>HTTP://x.example?a=1&amp;b=2</a>',
        ),
        ("javascript:alert(1) ftp://x", "javascript:alert(1) ftp://x"),
    ],
)
def test_text_is_escaped_and_its_addresses_become_links(text, html):
    assert sanitise.text_to_html(text) == html.replace(
        "{}", ' rel="noopener noreferrer nofollow" target="_blank"'
    )


def test_a_charset_named_in_the_html_itself_is_used():
    html = '<html><head><meta charset="iso-8859-2"></head><body>Łódź</body></html>'.encode("iso-8859-2")
    assert "Łódź" in read(written("Content-Type: text/html", body=html)).body_html


def test_nesting_beyond_all_sense_loses_its_layout_and_none_of_its_words():
    got = sanitise.clean("<div>" * 500 + "deep" + "</div>" * 500 + "<p>after</p>")
    assert got.html.count("<div>") == 100
    assert "deep" in got.html
    assert "<p>after</p>" in got.html
    assert not got.as_text


def test_html_without_end_is_shown_as_its_text():
    got = sanitise.clean("<p>word</p>" * 30_000)
    assert got.as_text
    assert got.html.startswith("word<br>")
    assert "<p" not in got.html


def test_elements_that_close_each_other_are_closed_in_their_order():
    assert sanitise.clean("<b><i>a</b>b</i>c").html == "<b><i>a</i></b>bc"
    assert sanitise.clean("<table><tr><td>a<td>b<tr><td>c</table>").html.count("<td>") == 3
    assert sanitise.clean("a<form>b<option>c").html == "a b c"


def test_a_link_keeps_its_target_and_nothing_else():
    got = sanitise.clean(
        '<a href="https://x.example/?a=1" class="x" id="y" onclick="z" style="color:red">a</a>'
    ).html
    assert 'href="https://x.example/?a=1"' in got
    assert 'style="color: red"' in got
    assert "class" not in got
    assert "onclick" not in got
