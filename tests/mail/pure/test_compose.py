"""What leaves says what was meant to whom it was meant, and nothing can be smuggled into it (R3.3b, C9)."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.mail.compose import Attachment, ComposeRefused, build, file_name, subject_line
from mainstay.mail.parse import Address, read
from tests.mail.pure.corpus import OWN_ID

AT = datetime(2026, 11, 23, 9, 14, 5, tzinfo=UTC)
DESK = Address("Support", "support@desk.example")
ANA = Address("Ana Smith", "ana@acme.example")
BO = Address("Bo Larsson", "bo@acme.example")


def built(**changes) -> bytes:
    arguments = {"sender": DESK, "to": [ANA], "subject": "Printer is down",
    "text": "Hello Ana,\n\nwe are on it.\n",
                 "message_id": OWN_ID, "at": AT, "reference": "ABC-104237-6"} | changes  # fmt: skip
    return build(**arguments)


def test_a_mail_is_what_it_was_built_from():
    got = read(built(cc=[BO], reply_to=BO))
    assert got.sender == DESK
    assert (got.to, got.cc, got.reply_to) == ((ANA,), (BO,), (BO,))
    assert got.subject == "[ABC-104237-6] Printer is down"
    assert (got.message_id, got.date) == (OWN_ID, AT)
    assert got.body_text == "Hello Ana,\n\nwe are on it.\n"
    assert (got.notes, got.files) == ((), ())


def test_text_html_and_files_travel_together():
    files = [
        Attachment("Gerät 12.pdf", "application/pdf", b"%PDF-1.4\n" * 100),
        Attachment("plain.txt", "nonsense", b""),
    ]
    raw = built(text="Grüße — ✓", html="<p>Grüße — ✓</p>", attachments=files)
    got = read(raw)
    assert (got.body_text, got.body_html) == ("Grüße — ✓\n", "<p>Grüße — ✓</p>\n")
    assert [(one.name, one.declared_type, one.data) for one in got.files] == [
        ("Gerät 12.pdf", "application/pdf", files[0].data),
        ("plain.txt", "application/octet-stream", b"")]  # fmt: skip
    assert got.notes == ()
    reference = email.message_from_bytes(raw, policy=email.policy.default)
    assert reference.get_body(("plain",)).get_content() == "Grüße — ✓\r\n"
    assert [part.get_filename() for part in reference.iter_attachments()] == ["Gerät 12.pdf", "plain.txt"]
    assert not list(reference.defects)


def test_the_same_mail_is_the_same_bytes():
    assert built(html="<p>x</p>") == built(html="<p>x</p>")
    assert built() != built(at=AT + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("case", "subject", "foreign", "line"),
    [
        ("a first answer", "Printer is down", (), "[ABC-1-2] Printer is down"),
        ("the client's reply", "Re: [ABC-1-2] Printer is down", (), "[ABC-1-2] Printer is down"),
        ("the reference in another case", "RE: Printer [abc-1-2] is down", (), "[ABC-1-2] Printer is down"),
        ("marks on marks", "AW: Re: Fwd: [ABC-1-2] Re: Printer", (), "[ABC-1-2] Printer"),
        ("a partner's reference is kept", "Re: [#991] Printer", (), "[ABC-1-2] [#991] Printer"),
        ("a partner's lost reference comes back", "Printer", ("[#991]",), "[ABC-1-2] Printer [#991]"),
        ("a partner's reference is not doubled", "Printer [#991]", ("[#991]",), "[ABC-1-2] Printer [#991]"),
        ("another ticket's reference is the client's word", "like [ABC-9-9]", (), "[ABC-1-2] like [ABC-9-9]"),
        ("no subject", "", (), "[ABC-1-2]"), ("a drive", "R: is full", (), "[ABC-1-2] R: is full"),
    ],
)  # fmt: skip
def test_r3_3b_the_reference_is_on_the_left_and_the_clients_subject_stays(case, subject, foreign, line):
    assert subject_line(subject, reference="ABC-1-2", foreign=foreign) == line
    assert subject_line(line, reference="ABC-1-2", foreign=foreign) == line


def test_a_mail_without_a_ticket_has_a_subject_without_a_reference():
    assert read(built(reference="", subject="Welcome")).subject == "Welcome"


def test_the_thread_is_written_whole():
    got = read(built(in_reply_to="<c@x>", references=["<a@x>", "<b@x>", "<a@x>"]))
    assert got.in_reply_to == ("<c@x>",)
    assert got.references == ("<a@x>", "<b@x>", "<c@x>")
    long = read(built(in_reply_to="<last@x>", references=[f"<{place}@x>" for place in range(300)]))
    assert len(long.references) == 50
    assert (long.references[0], long.references[-1]) == ("<0@x>", "<last@x>")


def test_ids_of_strangers_that_would_break_the_head_are_left_out():
    raw = built(
        in_reply_to="<a@x>\r\nBcc: evil@evil.example", references=["<ok@x>", "<b c@x>", "é", "<\x00@x>"]
    )
    got = read(raw)
    assert (got.in_reply_to, got.references) == ((), ("<ok@x>",))
    assert b"evil" not in raw


@pytest.mark.parametrize(
    ("automatic", "submitted", "suppress"),
    [("", "", ""), ("auto-replied", "auto-replied", "All"), ("auto-generated", "auto-generated", "All")],
)
def test_a10_automatic_mail_says_so_and_a_persons_does_not(automatic, submitted, suppress):
    got = read(built(automatic=automatic, loop="0123456789abcdef"))
    assert got.header("auto-submitted") == submitted
    assert got.header("x-auto-response-suppress") == suppress
    assert got.header("x-mainstay-loop") == "0123456789abcdef"


_BREAKS = (
    "\r\nBcc: evil@evil.example",
    "\n\n<script>",
    "\r",
    "\x00",
    "\u2028",
    "\u2029",
    "\x85",
    "\x1b[31m",
    "\ud800",
)


@pytest.mark.parametrize("broken", _BREAKS)
@pytest.mark.parametrize(
    "place",
    [
        lambda x: {"subject": "a" + x}, lambda x: {"to": [Address("Ana" + x, "ana@acme.example")]},
        lambda x: {"to": [Address("", "ana@acme.example" + x)]},
        lambda x: {"sender": Address("Desk" + x, "support@desk.example")},
        lambda x: {"cc": [Address("", "b" + x + "@acme.example")]},
        lambda x: {"reply_to": Address(x, "ana@acme.example")},
        lambda x: {"message_id": f"<a{x}@x>"},
        lambda x: {"reference": "ABC-1" + x}, lambda x: {"loop": "x" + x},
        lambda x: {"attachments": [Attachment("a" + x, "a/b", b"")]}, lambda x: {"foreign": ["[#1" + x]},
    ],
)  # fmt: skip
def test_c9_a_break_in_any_part_is_refused(place, broken):
    with pytest.raises(ComposeRefused):
        built(**place(broken))


@pytest.mark.parametrize(
    "address",
    ["-oQ/tmp@x.example", "$USER@x.example", "`id`@x.example", "a b@x.example",
    "a@x.example,evil@evil.example",
     "a@x.example, b@y.example", "", "ana", "a@b@c.example", "<a@x.example>", "a@X.example",
     '"a b"@x.example'],
)  # fmt: skip
def test_c9_an_unsound_address_is_refused(address):
    with pytest.raises(ComposeRefused):
        built(to=[Address("", address)])


@pytest.mark.parametrize(
    "name",
    [
        "x, evil@evil.example",
        'Ana "A" Smith',
        "Smith, Ana",
        "a\\",
        "Zoë <evil@evil.example>",
        "=?utf-8?q?x?=",
        "x" * 200,
    ],
)
def test_c9_a_name_never_becomes_a_recipient(name):
    raw = built(to=[Address(name, "ana@acme.example")])
    assert read(raw).to == (Address(name, "ana@acme.example"),)
    reference = email.message_from_bytes(raw, policy=email.policy.default)
    assert [one.addr_spec for one in reference["To"].addresses] == ["ana@acme.example"]


def test_c9_what_makes_no_mail_is_refused():
    with pytest.raises(ComposeRefused, match="no recipient"):
        built(to=[])
    with pytest.raises(ComposeRefused, match="no zone"):
        built(at=AT.replace(tzinfo=None))
    assert read(built(to=[], cc=[ANA])).cc == (ANA,)


def test_an_attached_mail_is_sent_as_bytes():
    raw = built(attachments=[Attachment("mail.eml", "message/rfc822", b"From: x@y.example\r\n\r\nHello")])
    (file,) = read(raw).files
    assert (file.declared_type, file.data) == ("application/octet-stream", b"From: x@y.example\r\n\r\nHello")


def test_the_date_is_written_in_universal_time():
    at = datetime(2026, 7, 3, 9, 4, 5, tzinfo=timezone(timedelta(hours=1)))
    assert b"\r\nDate: Fri, 03 Jul 2026 08:04:05 +0000\r\n" in built(at=at)


@pytest.mark.parametrize(
    "subject",
    ["word " * 60, "x" * 300, "Zoë " * 40, "=?utf-8?q?no=20word?=", "a  b", "tail ", "\U0001f600" * 60],
)
def test_a_long_or_odd_subject_arrives_as_it_was(subject):
    raw = built(subject=subject, reference="")
    assert all(
        len(line) <= 78 for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n") if b"Message-ID" not in line
    )
    assert read(raw).subject == " ".join(subject.split())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("plain", b"7bit"),
        ("café " * 50, b"quoted-printable"),
        ("y" * 3_000, b"quoted-printable"),
        ("中文" * 200, b"base64"),
    ],
)
def test_the_plainest_encoding_that_carries_a_text_is_used(text, encoding):
    raw = built(text=text)
    assert b"\r\nContent-Transfer-Encoding: " + encoding + b"\r\n" in raw
    assert read(raw).body_text == text + "\n"


def test_a_boundary_never_stands_in_a_part():
    first = built(html="<p>x</p>").partition(b'boundary="')[2].partition(b'"')[0].decode()
    raw = built(text=f"--{first}\n--{first}--", html="<p>x</p>")
    got = read(raw)
    assert got.body_text == f"--{first}\n--{first}--\n"
    assert got.notes == ()


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("report.pdf", 'filename="report.pdf"'),
        ("a b.txt", 'filename="a b.txt"'),
        ('a"b.txt', "filename*=utf-8''a%22b.txt"),
        ("ü.txt", "filename*=utf-8''%C3%BC.txt"),
        ("100%.txt", "filename*=utf-8''100%25.txt"),
        ("ü" * 12, "filename*0*=utf-8''" + "%C3%BC" * 10 + ";\r\n filename*1*=" + "%C3%BC" * 2),
    ],
)
def test_file_names_are_written_so_that_every_program_reads_them(name, parameters):
    assert file_name(name) == parameters
    assert read(built(attachments=[Attachment(name, "a/b", b"")])).files[0].name == name.replace('"', "_")


_TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cf")), max_size=300)


@settings(deadline=None)
@given(
    subject=_TEXT,
    text=st.text(max_size=2_000),
    rich=_TEXT,
    name=_TEXT.map(lambda text: text[:150]),
    data=st.binary(max_size=500),
)
def test_whatever_is_written_arrives(subject, text, rich, name, data):
    raw = built(subject=subject, text=text, html=rich, to=[Address(name, "ana@acme.example")],
                attachments=[Attachment("x.bin", "application/x-thing", data)])  # fmt: skip
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    head, _, _ = raw.partition(b"\r\n\r\n")
    assert head.isascii()
    got = read(raw)
    assert got.files[-1].data == data
    assert got.to[0].address == "ana@acme.example"
    assert " ".join(got.subject.split()).startswith("[ABC-104237-6]")
    assert got.body_html.rstrip("\n") == rich.rstrip("\n")
