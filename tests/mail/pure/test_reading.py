"""Every mail that the mailbox gave us is read, and what it says is not changed (R2.2, D13)."""

from __future__ import annotations

import base64
import email
import hashlib
from datetime import UTC, datetime
from email.message import EmailMessage, Message

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.mail import charset
from mainstay.mail.parse import Address, Limits, read
from tests.mail.pure.corpus import CORPUS, mail, raw, written


def test_an_ordinary_mail_is_read_whole():
    got = mail("plain")
    assert got.sender == Address("Ana Smith", "ana@acme.example")
    assert got.to == (Address("Support", "support@desk.example"),)
    assert got.subject == "Printer in the café is down"
    assert got.message_id == "<20261123.1@acme.example>"
    assert got.date == datetime(2026, 11, 23, 9, 12, 33, tzinfo=UTC)
    assert got.received == datetime(2026, 11, 23, 9, 12, 35, tzinfo=UTC)
    assert got.return_path == "ana@acme.example"
    assert got.body_text.startswith("Good morning,\n\nthe printer in the café")
    assert (got.size, got.sha256) == (len(raw("plain")), hashlib.sha256(raw("plain")).hexdigest())
    assert (got.files, got.notes, got.truncated) == ((), (), ())


def test_an_outlook_mail_yields_text_html_the_inline_picture_and_the_file():
    got = mail("outlook-alternative")
    assert got.sender == Address("Smith, Ana", "ana@acme.example")
    assert got.cc == (Address("Bo Larsson", "bo@acme.example"),)
    assert "by the café" in got.body_text
    assert "by the caf\xe9" in got.body_html
    assert got.in_reply_to == got.references[-1:]
    picture, document = got.files
    assert (picture.name, picture.content_type, picture.content_id) == (
        "image001.png",
        "image/png",
        "image001.png@01DC",
    )
    assert picture.inline
    assert (document.name, document.content_type, document.inline) == (
        "Gerät 12.pdf",
        "application/pdf",
        False,
    )
    assert document.sha256 == hashlib.sha256(document.data).hexdigest()
    assert got.notes == ()


def test_words_around_a_picture_stay_in_order():
    got = mail("apple-mixed")
    assert got.body_text == "Before the picture.\n\nAfter the picture – thanks."
    assert [file.name for file in got.files] == ["first.jpeg"]


def test_a_mail_with_html_alone_gets_a_text():
    got = mail("html-only")
    assert got.text_from_html
    assert "Weekly numbers" in got.body_text
    assert "Tills & printers:" in got.body_text
    assert "- 12 sold\n- 3 broken" in got.body_text
    assert "the page <https://acme.example/numbers>" in got.body_text
    assert "> last week\n> was better" in got.body_text
    assert "alert" not in got.body_text
    assert "not shown" not in got.body_text


def test_japanese_in_its_old_charset_is_read():
    got = mail("iso-2022-jp")
    assert got.sender.name == "山田"
    assert got.subject == "システム"
    assert got.body_text.strip() == "システム"


def test_a_forwarded_mail_is_a_file_and_its_words_are_not_the_senders():
    got = mail("forwarded-as-attachment")
    assert got.body_text.strip() == "See attached."
    (inner,) = got.files
    assert (inner.name, inner.declared_type) == ("Secret of another customer.eml", "message/rfc822")
    assert inner.content_type == "application/octet-stream"
    assert b"Not the words of Bo." in inner.data
    assert got.message_id == "<fwd1@acme.example>"


def test_headers_on_which_other_readers_raise_cost_nothing_else():
    got = mail("odd-message-id")
    assert got.sender.address == "ana@acme.example"
    assert got.message_id == "<[abc]@[1.2.3.4]>"
    assert got.date is None
    assert got.body_text.strip() == "Still readable."
    assert {note.kind for note in got.notes} == {"not fully parsed", "character set"}


def test_a_multipart_that_cannot_be_taken_apart_is_read_as_text():
    got = mail("no-boundary")
    assert "The words are still here." in got.body_text
    assert got.noted("not fully parsed")


@pytest.mark.parametrize("name", sorted(path.stem for path in CORPUS.glob("*.eml")))
@pytest.mark.parametrize("ends", [b"\r\n", b"\n"])
def test_line_ends_make_no_difference(name, ends):
    plain = raw(name).replace(b"\r\n", b"\n")
    one, other = read(plain.replace(b"\n", ends)), read(plain)
    assert one.body_text == other.body_text
    assert one.subject == other.subject
    assert [file.name for file in one.files] == [file.name for file in other.files]


@pytest.mark.parametrize("name", sorted(path.stem for path in CORPUS.glob("*.eml")))
def test_a_mail_cut_off_anywhere_is_still_read(name):
    whole = raw(name)
    for size in range(0, len(whole), 17):
        assert read(whole[:size]).size == size


def test_headers_without_a_blank_line_behind_them_do_not_swallow_the_body():
    got = read(b"From: ana@acme.example\nSubject: Hello\nThis is already the body\nand goes on")
    assert (got.subject, got.body_text) == ("Hello", "This is already the body\nand goes on")
    assert got.noted("not fully parsed")


def test_one_bad_line_among_the_headers_does_not_hide_the_rest():
    got = read(b"From: ana@acme.example\nthis is no header\nSubject: Hello\n\nBody")
    assert (got.subject, got.body_text, got.sender.address) == ("Hello", "Body", "ana@acme.example")
    assert got.noted("not fully parsed")


def test_a_mail_from_a_mailbox_file_and_one_with_carriage_returns_alone():
    assert read(b"From ana@acme.example Mon Nov 23\nSubject: One\n\nBody").subject == "One"
    assert read(b"Subject: Two\r\rBody").subject == "Two"
    assert read(b"").sender_problem == "there is no From header"
    assert read(b"\n\nonly a body").body_text == "\nonly a body"


def test_flowed_text_is_joined_and_its_quotes_kept():
    body = "This line goes \r\non here.\r\n> quoted \r\n> too\r\n-- \r\nAna"
    got = read(written("Content-Type: text/plain; format=flowed", body=body))
    assert got.body_text == "This line goes on here.\n> quoted too\n-- \nAna"
    squeezed = read(written("Content-Type: text/plain; format=flowed; delsp=yes", body="one \r\ntwo"))
    assert squeezed.body_text == "onetwo"


@pytest.mark.parametrize(
    ("case", "encoding", "sent", "read_as"),
    [
        ("quoted-printable", "Quoted-Printable", b"caf=C3=A9=\r\n!", "café!"),
        ("base64 in lines", "base64", base64.encodebytes("café!".encode()), "café!"),
        ("base64 with noise and no padding", "BASE64", b"Y2F*mw6k h\r\n", "café!"),
        ("base64 in two runs", "base64", b"Y2Fmw6k=\r\nIQ==\r\n", "café!"),
        ("base64 with a stray last letter", "base64", b"Y2Fmw6khI", "café!"),
        ("uuencode", "x-uuencode", b"begin 644 a\n&8V%FPZDA\n`\nend\n", "café!"),
        ("uuencode padded too far", "x-uuencode", b"begin 644 a\n&8V%FPZDA0000\nend\n", "café!"),
        ("uuencode without an end", "x-uuencode", b"begin 644 a\n&8V%FPZDA", "café!"),
        (
            "uuencode that is damaged",
            "x-uuencode",
            b"begin 644 a\n\x7f\x7f\x7f",
            "begin 644 a\n\ufffd\ufffd\ufffd",
        ),
        ("uuencode that is none", "uuencode", "café!".encode(), "café!"),
        ("none", "8bit", "café!".encode(), "café!"),
        ("unheard of", "x-rot13", "café!".encode(), "café!"),
    ],
)
def test_transfer_encodings(case, encoding, sent, read_as):
    headers = ("Content-Type: text/plain; charset=utf-8", f"Content-Transfer-Encoding: {encoding}")
    assert read(written(*headers, body=sent)).body_text.strip() == read_as


@pytest.mark.parametrize(
    ("case", "header", "name"),
    [
        ("plain", 'filename="a b.txt"', "a b.txt"),
        ("without quotes", "filename=a b.txt", "a b.txt"),
        ("RFC 2231", "filename*=utf-8'en'%C3%BCber.txt", "über.txt"),
        ("RFC 2231 in pieces", "filename*0*=utf-8''%C3; filename*1*=%BCber; filename*2=.txt", "über.txt"),
        ("RFC 2231 in the wrong order", 'filename*1="b.txt"; filename*0="a"', "ab.txt"),
        ("RFC 2231 with broken escapes", "filename*=utf-8''100%.txt", "100%.txt"),
        ("encoded word", 'filename="=?utf-8?q?=C3=BCber=2Etxt?="', "über.txt"),
        ("escaped quotes", r'filename="a\"b.txt"', "a_b.txt"),
        ("never closed", 'filename="open.txt', "open.txt"),
    ],
)
def test_file_names_are_read_however_they_are_written(case, header, name):
    got = read(written("Content-Type: application/x-thing", f"Content-Disposition: attachment; {header}"))
    assert [file.name for file in got.files] == [name]


@pytest.mark.parametrize(
    ("case", "value", "text"),
    [
        ("neighbours are joined", "=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        ("neighbours over a fold", "=?utf-8?b?w7w=?=\r\n =?utf-8?b?YmVy?=", "über"),
        ("text between is kept", "=?utf-8?q?a?= and =?iso-8859-1?q?=E9?=", "a and é"),
        ("two charsets side by side", "=?utf-8?q?=C3=BC?= =?iso-8859-1?q?=E9?=", "üé"),
        ("a language tag", "=?utf-8*en?q?x_y?=", "x y"),
        ("an unknown charset", "=?x-nothing?q?caf=C3=A9?=", "café"),
        ("no encoded word at all", "=?utf-8?x?abc?= =? ?=", "=?utf-8?x?abc?= =? ?="),
        ("raw eight-bit", "caf\xe9", "café"),
    ],
)
def test_encoded_words(case, value, text):
    raw_mail = written(body="").replace(b"\r\n\r\n", b"\r\nSubject: " + value.encode("latin-1") + b"\r\n\r\n")
    assert read(raw_mail).subject == text


def test_a_second_version_of_the_text_becomes_a_file_and_is_said():
    body = "--b\n\none\n--b\nContent-Type: text/html\n\n<p>one</p>\n"
    body += "--b\nContent-Type: text/html\n\n<p>two</p>\n--b--"
    got = read(written("Content-Type: multipart/alternative; boundary=b", body=body))
    assert got.body_html == "<p>two</p>"
    assert [file.data for file in got.files] == [b"<p>one</p>"]
    assert got.noted("more than one version")


def test_a_long_body_is_shown_in_part_and_kept_whole():
    got = read(written(body="x" * 5_000), limits=Limits(body_chars=1_000))
    assert got.body_text == "x" * 1_000
    assert got.truncated == ("text",)
    assert [file.data for file in got.files] == [b"x" * 5_000]


def test_text_and_html_parts_side_by_side_are_both_in_the_html():
    body = "--b\n\nplain & simple\n--b\nContent-Type: text/html\n\n<p>rich</p>\n--b--"
    got = read(written("Content-Type: multipart/mixed; boundary=b", body=body))
    assert got.body_text == "plain & simple\n\nrich"
    assert "plain &amp; simple" in got.body_html
    assert "<p>rich</p>" in got.body_html


@pytest.mark.parametrize("charset_of_head", ["utf-8", "latin-1"])
def test_a_boundary_with_accents_is_found(charset_of_head):
    text = "From: ana@acme.example\nContent-Type: multipart/mixed; boundary=bad-µ\n\n--bad-µ\n\nHello\n--bad-µ--\n"
    got = read(text.encode(charset_of_head))
    assert got.body_text == "Hello"
    assert got.notes == ()


@pytest.mark.parametrize(
    ("case", "boundary", "body"),
    [
        (
            "one boundary begins like the other",
            "b",
            "--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\nHello\n--bb--\n--b--",
        ),
        ("never closed", "b", "--b\n\nHello\n"),
        ("spaces behind the boundary", "b", "--b  \t\n\nHello\n--b-- \n"),
        ("an empty part before it", "b", "--b\n--b\n\nHello\n--b--"),
        ("quoted, with what a boundary may not hold", '"=_<b>;()"', "--=_<b>;()\n\nHello\n--=_<b>;()--"),
        ("words before the first part", "b", "This is a mail in parts.\n\n--b\n\nHello\n--b--"),
        (
            "inside, the same boundary",
            "b",
            "--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b--",
        ),
    ],
)
def test_boundaries(case, boundary, body):
    got = read(written(f"Content-Type: multipart/mixed; boundary={boundary}", body=body))
    assert got.body_text.strip("\n") == "Hello"


def test_words_behind_the_last_part_are_pointed_out():
    got = read(written("Content-Type: multipart/mixed; boundary=b", body="--b\n\none\n--b--\nand also this"))
    assert got.noted("text after the end")


def test_the_dates_that_programs_write():
    for written_as, instant in [
        ("Mon, 23 Nov 2026 10:12:33 +0100 (CET)", datetime(2026, 11, 23, 9, 12, 33, tzinfo=UTC)),
        ("23 Nov 2026 09:12 -0500", datetime(2026, 11, 23, 14, 12, tzinfo=UTC)),
        ("Mon, 23 Nov 26 09:12:33 GMT", datetime(2026, 11, 23, 9, 12, 33, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 09:12:33", datetime(2026, 11, 23, 9, 12, 33, tzinfo=UTC)),
        ("Mon, 31 Dec 2026 23:59:60 +0000", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("yesterday", None),
        ("Mon, 23 Nov 0000 09:12:33 +0000", None),
        ("Mon, 1 Jan 0001 00:00:00 +0100", None),
    ]:
        assert read(written(f"Date: {written_as}")).date == instant


# What a well-behaved program writes, we read as the standard library does.
_words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=40)


@settings(deadline=None)
@given(subject=_words, text=_words, rich=_words, data=st.binary(max_size=200), nested=st.booleans())
def test_a_sound_mail_is_read_as_the_standard_library_reads_it(subject, text, rich, data, nested):
    built = EmailMessage()
    built["From"], built["To"], built["Subject"] = "Ana <ana@acme.example>", "support@desk.example", subject
    built.set_content(text)
    if nested:
        built.add_alternative(f"<p>{rich}</p>", subtype="html")
        built.add_attachment(data, maintype="application", subtype="x-thing", filename="thing.bin")
    sent = built.as_bytes()
    got = read(sent)
    reference = email.message_from_bytes(sent)
    assert got.body_text == charset.body(_decoded(_leaves(reference)[0]))
    assert [file.data for file in got.files] == ([data] if nested else [])
    if nested:
        assert got.body_html == charset.body(_decoded(_leaves(reference)[1]))


def _leaves(message: Message) -> list[Message]:
    return [part for part in message.walk() if not part.is_multipart()]


def _decoded(part: Message) -> str:
    return part.get_payload(decode=True).decode(part.get_content_charset() or "utf-8")
