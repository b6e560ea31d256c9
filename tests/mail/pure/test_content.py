"""Opening a hostile mail runs nothing, phones nobody and breaks nothing (reliability classes B1-B11)."""

from __future__ import annotations

import json
import re
import time
from html.parser import HTMLParser

import nh3
import pytest

from mainstay.mail import filenames, intent, plain, quotes, sanitise
from mainstay.mail.parse import Limits, read
from tests.mail.pure.corpus import written
from tests.mail.pure.hostile import CALLS_HOME, HOSTILE

# B1, B2: scripts, in mails and in what the parser makes of broken markup

_SAFE_ATTRIBUTES = set().union(*sanitise._ATTRIBUTES.values()) | {"rel", "target"}


class _Seen(HTMLParser):
    """Collects what a reader of the HTML sees as markup."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_b1_nothing_that_runs_survives(hostile):
    for source in (hostile, f"<p>before</p>{hostile}<p>after</p>", f"<table><tr><td>{hostile}"):
        seen = _Seen(sanitise.clean(source).html)
        assert set(seen.tags) <= sanitise._TAGS
        for tag, name, value in seen.attributes:
            assert name in _SAFE_ATTRIBUTES
            if name == "href":
                assert re.match(r"(https?://|mailto:|tel:)", value)
            if name == "src":
                assert value == sanitise.PLACEHOLDER
            assert (tag, name) != ("base", "href")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_b1_a_hostile_subject_and_text_are_escaped_when_shown_as_html(hostile):
    seen = _Seen(sanitise.text_to_html(read(written(body=hostile)).body_text))
    assert set(seen.tags) <= {"a", "br"}
    assert {name for _, name, _ in seen.attributes} <= {"href", "rel", "target"}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_b2_cleaning_again_changes_nothing_and_reads_the_same(hostile):
    once = sanitise.clean(f"<p>a</p>{hostile}<p>b</p>").html
    assert sanitise.clean(once).html == once
    reparsed = nh3.clean(once, tags=set(sanitise._TAGS), attributes=sanitise._ATTRIBUTES, link_rel=None,
                         set_tag_attribute_values={}, url_schemes={"http", "https", "mailto", "tel",
                         "data"})  # fmt: skip
    assert sorted(_Seen(reparsed).tags) == sorted(_Seen(once).tags)


def test_b2_html_that_does_not_settle_is_shown_as_its_text(monkeypatch):
    growing = iter(range(100))
    monkeypatch.setattr(sanitise, "_sanitised", lambda source, filtering: source + str(next(growing)))
    got = sanitise.clean("<p>Hello</p>")
    assert (got.html, got.as_text) == ("Hello", True)


def test_cleaning_keeps_what_people_write():
    source = (
        '<h2>Numbers</h2><table border="1"><tr><td colspan="2" style="color: red">5 &amp; 6</td></tr></table>'
        '<ul><li>one<li>two</ul><p>a <b>bold</b> <a href="https://acme.example/?a=1&amp;b=2">link</a>'
        "<br>and a"
        ' <a href="mailto:ana@acme.example">mail</a></p><blockquote type="cite">old</blockquote>'
    )
    got = sanitise.clean(source).html
    for kept in ('<td colspan="2" style="color: red">5 &amp; 6</td>',
                 "<li>one</li><li>two</li>", "<b>bold</b>",
                 'href="https://acme.example/?a=1&amp;b=2"', 'rel="noopener noreferrer nofollow"',
                 'target="_blank"',
                 'href="mailto:ana@acme.example"', '<blockquote type="cite">old</blockquote>',
                 "<br>"):  # fmt: skip
        assert kept in got
    assert sanitise.clean("a < b and c > d, 1<2").html == "a &lt; b and c &gt; d, 1&lt;2"


# B4: types of files


@pytest.mark.parametrize(
    ("case", "data", "declared", "served"),
    [
        ("a picture", b"\x89PNG\r\n\x1a\n0000", "image/png", "image/png"),
        ("a picture that says it is a page", b"\xff\xd8\xff\xe0", "text/html", "image/jpeg"),
        ("a page that says it is a picture", b"<html><script>", "image/png;x=text/html", filenames.OCTETS),
        ("a drawing with script", b"<svg onload=alert(1)>", "image/svg+xml", filenames.OCTETS),
        ("a page that says it is text", b" <html>", "text/plain", filenames.OCTETS),
        ("text", b"hello", "text/plain", "text/plain"),
        ("text with NUL", b"hel\0lo", "text/plain", filenames.OCTETS),
        ("a GIF", b"GIF89a", "application/javascript", "image/gif"),
        ("WebP", b"RIFF0000WEBP", "x/y", "image/webp"),
        ("RIFF of another sort", b"RIFF0000WAVE", "image/webp", filenames.OCTETS),
        ("PDF", b"%PDF-1.7", "text/html", "application/pdf"),
        ("an archive", b"PK\x03\x04", "image/png", "application/zip"),
        ("nothing", b"", "image/png", filenames.OCTETS),
    ],
)
def test_b4_a_file_is_served_by_its_bytes_and_a_short_list(case, data, declared, served):
    got = read(
        written(f"Content-Type: {declared}", "Content-Disposition: attachment; filename=x.png", body=data)
    )
    assert [file.content_type for file in got.files] == [served]


def test_b4_two_content_types_are_said_and_the_first_counts():
    got = read(written("Content-Type: text/plain", "Content-Type: text/html", body="<b>x</b>"))
    assert (got.body_html, got.body_text) == ("", "<b>x</b>")
    assert got.noted("repeated header")


# B5: styles


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color: red; font-weight:bold", "color: red; font-weight: bold"),
        ("COLOR:RGB(1, 2, 3)", "color: RGB(1, 2, 3)"),
        ("background:url(//evil.example/a)", ""),
        ("background-color:url(//evil.example/a)", ""),
        ("background-image:image-set('//evil.example/a')", ""),
        ("list-style:url(//evil.example)", ""),
        ("color:red;background-image:\\75rl(//evil.example)", ""),
        ("width:expression(alert(1))", ""),
        ("color:red/**/;x:y", ""),
        ("position:fixed;top:0;left:0;z-index:9;width:100%", "width: 100%"),
        ("opacity:0;visibility:hidden;display:none;color:red", "color: red"),
        ("margin-top:-2000px;margin: 4px", "margin: 4px"),
        ("margin: 0 -10px", ""),
        ("padding:99999px", ""),
        ("font-size:0", ""), ("font-size: 1px !important", ""), ("font-size:12px", "font-size: 12px"),
        ("behavior:url(x.htc);-moz-binding:url(x)", ""),
        ("font-family:'Segoe UI',sans-serif", "font-family: 'Segoe UI',sans-serif"),
        ("color:var(--x)", ""), ("width:calc(100vw*9)", ""), ("color", ""), (";;;", ""),
        ("color:red}" * 9, ""),
    ],
)  # fmt: skip
def test_b5_styles_dress_text_and_do_nothing_else(style, kept):
    assert sanitise.safe_style(style) == kept
    assert sanitise.safe_style(kept) == kept


def test_b5_style_sheets_are_gone_with_what_they_say():
    got = sanitise.clean(
        "<style>[value^=a]{background:url(//evil.example/a)} @import '//evil.example'</style><p>x</p>"
    ).html
    assert got == "<p>x</p>"


# B6: pictures from elsewhere


@pytest.mark.parametrize("source", CALLS_HOME)
def test_b6_nothing_is_loaded_when_a_mail_is_opened(source):
    got = sanitise.clean(source)
    assert "evil.example" not in got.html
    for _, name, value in _Seen(got.html).attributes:
        assert name not in ("srcset", "background", "poster", "ping")
        if name == "src":
            assert value == sanitise.PLACEHOLDER


def test_b6_remote_pictures_are_counted_and_loaded_through_our_proxy_only_when_asked():
    source = '<img src="https://x.example/a.png"><img src="//x.example/b.png">'
    source += '<img src="cid:one@x"><img src="cid:two@x">'
    closed = sanitise.clean(source, cid_urls={"one@x": "/files/1"})
    assert closed.remote == 2
    assert [value for _, name, value in _Seen(closed.html).attributes if name == "src"] == [
        sanitise.PLACEHOLDER, sanitise.PLACEHOLDER, "/files/1", sanitise.PLACEHOLDER]  # fmt: skip
    opened = sanitise.clean(source, cid_urls={"one@x": "/files/1"}, proxy=lambda url: f"/proxy?u={len(url)}")
    assert [value for _, name, value in _Seen(opened.html).attributes if name == "src"] == [
        "/proxy?u=23", "/proxy?u=23", "/files/1", sanitise.PLACEHOLDER]  # fmt: skip


def test_b6_another_tickets_file_cannot_be_shown_by_naming_its_address():
    got = sanitise.clean('<img src="/files/2">', cid_urls={"one@x": "/files/1"})
    assert "/files/2" not in got.html
    inline = '<img src="data:image/png;base64,iVBORw0KGgo=">'
    assert sanitise.clean(inline).html == inline


# B7: names of files


@pytest.mark.parametrize(
    ("claimed", "name"),
    [
        ("report.pdf", "report.pdf"),
        ("\u200b.htaccess", "_.htaccess"),
        (".htaccess", "_.htaccess"),
        ("..\u200b/.\u200bhtaccess", "_.htaccess"),
        ("=?utf-8?q?=E2=80=8B=2Ehtaccess?=", "_.htaccess"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("a／b.txt", "b.txt"),
        ("nul\x00byte.txt", "nul byte.txt"),
        ("a\r\nSet-Cookie: x=1", "a Set-Cookie_ x=1"),
        ('"><img onerror=alert(1)>.png', "___img onerror=alert(1)_.png"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("CON", "_CON"), ("con.txt", "_con.txt"), ("COM1.log", "_COM1.log"), ("console.txt", "console.txt"),
        ("trailing.exe. . .", "trailing.exe"),
        ("-rf", "_-rf"),
        ("x" * 4_000 + ".txt", "x" * 116 + ".txt"),
        ("", "attachment"), ("...", "attachment"), ("\u200b", "attachment"), ("/", "attachment"),
        ("ﬁle.ｅｘｅ", "file.exe"),
        ("a  b\tc.txt", "a b c.txt"),
    ],
)  # fmt: skip
def test_b7_a_file_name_is_normalised_first_and_checked_after(claimed, name):
    got = filenames.safe_name(claimed)
    assert got == name
    assert filenames.safe_name(got) == got


def test_b7_a_name_that_misleads_is_pointed_out():
    header = 'attachment; filename="' + "photo\u202egpj.exe".encode().decode("latin-1") + '"'
    raw = written("Content-Type: image/jpeg").replace(
        b"\r\n\r\n", b"\r\nContent-Disposition: " + header.encode("latin-1") + b"\r\n\r\n"
    )
    got = read(raw)
    assert got.files[0].name == "photogpj.exe"
    assert got.noted("misleading file name")
    assert read(written("Content-Disposition: attachment; filename=../../x", "Content-Type: a/b")).noted(
        "misleading file name"
    )


# B8: letters that look alike


@pytest.mark.parametrize(
    ("sender", "warns"),
    [
        ('"ceo@trust.nhs.uk" <x@evil.example>', "reads like an address"),
        ("=?utf-8?q?ceo=40trust=2Enhs=2Euk?= <x@evil.example>", "reads like an address"),
        ("Аna Smith <ana@acme.example>", "different alphabets"),  # a Cyrillic А
        ("𝐀na <ana@acme.example>", "different alphabets"),
        ("Ana <ana@xn--80ak6aa92e.example>", "look alike"),
        ("Ana <ana@аcme.example>", "look alike"),
        ("Ana \u202eelpmaxe.emca@ana <x@evil.example>", "second address"),
        ("=?utf-8?q?Ana=E2=80=AE?= <x@evil.example>", "hide or reorder"),
    ],
)
def test_b8_a_sender_that_misleads_the_eye_is_pointed_out(sender, warns):
    got = read(written(sender=sender))
    assert warns in " ".join([got.sender_problem, *(note.words for note in got.notes)])
    assert "\u202e" not in got.sender_text


@pytest.mark.parametrize(
    "name", ["Zoë Müller", "Анна Смит", "Ελένη", "山田 Yamada", "ana@acme.example", "Ana"]
)
def test_b8_honest_names_raise_no_flag(name):
    assert read(written(sender=f'"{name}" <ana@acme.example>')).notes == ()


def test_b8_a_subject_is_stripped_of_what_reorders_it_and_says_so():
    got = read(written("Subject: invoice \u202efdp.exe \u200bnow\x07"))
    assert got.subject == "invoice fdp.exe now"
    assert got.noted("misleading subject")
    assert read(written("Subject: pаypal")).noted("mixed script")


# B9: bombs


def nested(depth: int) -> bytes:
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth)
    )
    return b"From: ana@acme.example\n" + head + b"Content-Type: text/plain\n\nat the bottom\n"


def test_b9_thirty_levels_are_read_and_a_thousand_are_kept_as_a_file():
    assert read(nested(30)).body_text.strip() == "at the bottom"
    got = read(nested(1_000))
    assert "depth" in got.truncated
    assert got.noted("not fully parsed")
    assert got.sender.address == "ana@acme.example"
    assert b"at the bottom" in got.files[0].data


def test_b9_five_hundred_parts_are_read_and_the_rest_is_kept_as_a_file():
    part = "--b\nContent-Type: application/x-thing\n\npart %d\n"
    body = "".join(part % place for place in range(10_000)) + "--b--"
    got = read(written("Content-Type: multipart/mixed; boundary=b", body=body))
    assert got.truncated == ("parts",)
    assert len(got.files) == 501
    assert got.files[499].data == b"part 499"
    assert got.files[500].data.startswith(b"Content-Type: application/x-thing\n\npart 500")
    assert got.files[500].data.rstrip().endswith(b"--b--")


def test_b9_parts_within_parts_count_together():
    inner = "".join(f"--in\n\n{place}\n" for place in range(300)) + "--in--\n"
    outer = (
        "".join("--out\nContent-Type: multipart/mixed; boundary=in\n\n" + inner for _ in range(10))
        + "--out--"
    )
    got = read(written("Content-Type: multipart/mixed; boundary=out", body=outer))
    assert got.truncated == ("parts",)
    assert len(got.files) >= 8


@pytest.mark.parametrize(
    ("case", "head"),
    [
        ("100 000 headers", b"".join(b"X-%d: y\n" % place for place in range(100_000))),
        ("one header of 5 MB", b"X-Long: " + b"y" * 5_000_000 + b"\n"),
        ("one folded header of 5 MB", b"X-Long: y\n" + b" yyyyyyyyy\n" * 500_000),
        ("a line that never becomes a header", b"y" * 5_000_000 + b"\n"),
    ],
)
def test_b9_headers_without_end_cost_only_themselves(case, head):
    began = time.process_time()
    got = read(b"From: ana@acme.example\nSubject: Hello\n" + head + b"\nBody")
    assert (got.sender.address, got.subject) == ("ana@acme.example", "Hello")
    assert got.noted("not fully parsed")
    assert time.process_time() - began < 5


def test_b9_a_parameter_in_a_hundred_thousand_pieces():
    pieces = "; ".join(f"name*{place}=x" for place in range(100_000))
    got = read(written(f"Content-Type: application/x-thing; {pieces}"))
    assert len(got.files) == 1
    assert set(got.files[0].name) <= set("x.")


def test_b9_a_mail_inside_a_mail_inside_a_mail_is_not_opened():
    raw = (
        b"From: ana@acme.example\n"
        + b"Content-Type: message/rfc822\n\n" * 5_000
        + b"Content-Type: text/plain\n\nx"
    )
    got = read(raw)
    assert len(got.files) == 1
    assert len(got.files[0].data) > 100_000


def test_b9_a_boundary_that_is_almost_everywhere_gives_up_in_time():
    got = read(written("Content-Type: multipart/mixed; boundary=-", body="\n--x" * 30_000 + "\n---\n\nlate"))
    assert got.sender is not None
    odd = read(
        written(
            "Content-Type: multipart/mixed; boundary=b",
            body="--b\n\none" + "\n--bx" * 30_000 + "\n--b\n\ntwo",
        )
    )
    assert odd.truncated == ("parts",)
    assert "one" in odd.body_text


def test_b9_a_mail_over_the_limit_is_read_up_to_it():
    got = read(written("Subject: Hello", body="x" * 5_000), limits=Limits(mail_bytes=1_000))
    assert (got.subject, got.truncated, got.size) == ("Hello", ("mail",), 5_080)
    assert read(written("Subject: " + "y" * 9_000)).noted("long subject")


def test_b9_archives_and_pictures_are_never_opened():
    bomb = b"PK\x03\x04" + b"\0" * 42
    got = read(
        written("Content-Type: application/zip; name=42.zip", "Content-Disposition: attachment", body=bomb)
    )
    assert got.files[0].data == bomb


# B10: expressions that take for ever. Four times the input may take little more than four times as long.


def _grows_linearly(work, make, size: int) -> bool:
    def cost(times: int) -> float:
        source = make(size * times)
        spans = []
        for _ in range(2):
            began = time.process_time()
            work(source)
            spans.append(time.process_time() - began)
        return min(spans)

    one, four = cost(1), cost(4)
    return four < 0.05 or four / max(one, 0.004) < 10  # quadratic would be 16


def _as_text(text: str) -> object:
    return read(written(body=text))


def _as_html(text: str) -> object:
    return read(written("Content-Type: text/html", body=text))


def _as_subject(text: str) -> object:
    return read(written("Subject: " + text))


def _as_sender(text: str) -> object:
    return read(written("Cc: " + text, sender=text))


def _details(text: str) -> object:
    return intent.details("", text, severities={"critical": 1})


_WORDS_HTML = (
    ("Word's own tags", lambda n: "<o:p>" * n), ("tags never closed", lambda n: "<a " * n),
    ("tags with open quotes", lambda n: "<a '" * n),
    ("attributes without end", lambda n: "<a " + '"x" ' * n + ">"),
    ("angle brackets", lambda n: "<" * n), ("comments never closed", lambda n: "<!--" * n),
    ("scripts never closed", lambda n: "<script>" * n),
    ("styles opened and opened", lambda n: "<style " * n + ">"),
    ("nesting", lambda n: "<div>" * n),
    ("formatting within formatting", lambda n: "".join(f"<b a={i}>" for i in range(n))),
    ("lists in lists", lambda n: "<ul><li>" * n),
    ("closing what is not open", lambda n: "<b>" * n + "</i>" * n),
    ("entities", lambda n: "&#x" + "9" * n + ";"), ("ampersands", lambda n: "&" * n),
    ("spaces", lambda n: " " * n),
    ("one long name", lambda n: "<" + "a" * n), ("attribute names", lambda n: "<a " + "x" * n + ">"),
    ("hrefs", lambda n: "<a " + "href " * n + ">"),
    ("a style", lambda n: '<p style="' + "color:red;" * n + '">'),
    ("tables", lambda n: "<table><tr><td>" * n), ("quotes", lambda n: "<blockquote>" * n),
    ("pre", lambda n: "<pre>" * n),
)  # fmt: skip


@pytest.mark.parametrize(("case", "make"), _WORDS_HTML)
def test_b10_html_takes_linear_time(case, make):
    assert _grows_linearly(_as_html, make, 2_000)
    assert _grows_linearly(sanitise.clean, make, 1_500)
    assert _grows_linearly(plain.html_to_text, make, 2_000)


@pytest.mark.parametrize(
    ("case", "work", "make"),
    [
        ("a link of dots", sanitise.text_to_html, lambda n: "http://" + "a." * n),
        ("links", sanitise.text_to_html, lambda n: "http://" * n),
        ("brackets in a link", sanitise.text_to_html, lambda n: "http://a" + ")" * n),
        ("www", sanitise.text_to_html, lambda n: "www." * n),
        ("quote marks", quotes.split, lambda n: ">\n" * n),
        ("one line of quote marks", quotes.split, lambda n: ">" * n),
        ("spaces before a signature", quotes.split, lambda n: " " * n + "-- \n"),
        ("attributions", quotes.split, lambda n: "On 3 Nov 2026 Ana wrote:\n" * n),
        ("one long attribution", quotes.split, lambda n: "On 3 Nov 2026 " + "wrote " * n + ":"),
        ("from lines", quotes.split, lambda n: "From: a\n" * n),
        ("rules", quotes.split, lambda n: "____________\n" * n),
        ("empty lines", quotes.split, lambda n: "\n" * n), ("labels", _details, lambda n: "Role:" * n),
        ("empty labels", _details, lambda n: "Role:\n" * n), ("bullets", _details, lambda n: "* " * n),
        ("severities", _details, lambda n: "sev " * n),
        ("a complaint spelt out", intent.complaint, lambda n: "c o m p l a i n " * n),
        ("brackets in a subject", intent.complaint, lambda n: "[" * n),
        ("replies", intent.complaint, lambda n: "Re: " * n),
        ("encoded words", _as_subject, lambda n: "=?utf-8?q?" * n),
        ("question marks", _as_subject, lambda n: "=?" * n),
        ("comments", _as_sender, lambda n: "(" * n), ("quotation marks", _as_sender, lambda n: '"' * n),
        ("angle brackets", _as_sender, lambda n: "<" * n), ("at signs", _as_sender, lambda n: "@" * n),
        ("dots", _as_sender, lambda n: "a." * n), ("commas", _as_sender, lambda n: "a," * n),
        ("backslashes", _as_sender, lambda n: '"' + "\\" * n), ("a text", _as_text, lambda n: "word " * n),
        ("a file name", lambda text: filenames.safe_name(text), lambda n: ". " * n),
        ("a style", sanitise.safe_style, lambda n: "a(" * n),
    ],
)  # fmt: skip
def test_b10_reading_takes_linear_time(case, work, make):
    assert _grows_linearly(work, make, 6_000)


# B11: charsets


@pytest.mark.parametrize(
    ("case", "charset", "data", "text"),
    [
        ("utf-32 as base64", "utf-32", "Zoë".encode("utf-32"), "Zoë"),
        ("utf-16", "utf-16le", "Zoë".encode("utf-16-le"), "Zoë"),
        ("a charset that is none", "us-askey", "Zoë".encode(), "Zoë"),
        ("raw eight-bit declared ascii", "us-ascii", "Zoë".encode(), "Zoë"),
        ("raw eight-bit declared nothing", "", "Zoë".encode("cp1252"), "Zoë"),
        ("windows quotes declared latin-1", "iso-8859-1", b"\x93Zo\xeb\x94", "“Zoë”"),
        ("latin-1 declared utf-8", "utf-8", "Zoë".encode("latin-1"), "Zoë"),
        ("one bad byte in much utf-8", "utf-8", ("ü" * 100).encode() + b"\xff", "ü" * 100 + "\ufffd"),
        ("a byte order mark", "utf-8", b"\xef\xbb\xbfZo", "Zo"),
        ("NUL", "utf-8", b"a\0b", "a\ufffdb"),
        ("lone surrogates by utf-7", "utf-7", b"a+2AA-b", "a\ufffdb"),
        ("utf-7", "utf-7", b"Zo+AOs-", "Zoë"),
        ("control characters", "utf-8", b"a\x1b[31mb\x07", "a\ufffd[31mb\ufffd"),
        ("line separators", "utf-8", "a\u2028b\x0cc".encode(), "a\nb\nc"),
        ("a codec that is no charset", "idna", b"xn--abc", "xn--abc"),
        ("another", "punycode", b"abc-", "abc-"), ("and another", "unicode_escape", b"\\u0041", "\\u0041"),
        ("and rot13", "rot13", b"abc", "abc"), ("and hex", "hex", b"6162", "6162"),
        ("Chinese", "gb2312", "中文".encode("gb2312"), "中文"),
        ("Korean", "ks_c_5601-1987", "한글".encode("cp949"), "한글"),
        ("Russian", "koi8-r", "Привет".encode("koi8-r"), "Привет"),
        ("a name of 10 000 letters", "x" * 10_000, "Zoë".encode(), "Zoë"),
        ("bytes of no charset", "utf-8", bytes(range(0x80, 0xA0)), None),
    ],
)  # fmt: skip
def test_b11_text_is_read_whatever_its_charset(case, charset, data, text):
    content_type = f"Content-Type: text/plain; charset={charset}" if charset else "X-None: 1"
    got = read(written(content_type, body=data))
    if text is not None:
        assert got.body_text == text
    assert "\0" not in got.body_text
    json.dumps(got.body_text).encode("utf-8")
    got.body_text.encode("utf-8")
