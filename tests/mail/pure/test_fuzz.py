"""Whatever the bytes: every pure step answers, and what it answers can be stored (reliability class D13)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.mail import classify, content, envelope, evidence, frames, intent, quotes, sanitise
from mainstay.mail.parse import Limits, ParsedMail, Trust, read
from tests.mail.pure.corpus import CORPUS, OWN, SIGNER, TRUST, raw, written

_REFUSED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_PIECES = st.sampled_from((
    b"\r\n", b"\n", b"\n\n", b"--b", b"--b--", b"\n--b\n", b"Content-Type: multipart/mixed; boundary=b\n",
    b": ", b"=?utf-8?q?",
    b"?=", b"From: ", b"Subject: ", b"To: ", b"<a@b.example>", b"(", b'"', b"\\", b"\x00", b"\xff",
    b"Content-Type: text/html\n",
    b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: quoted-printable\n", b"=",
    b"YQ==", b"charset=utf-7;",
    b"+2AA-", b"Content-Disposition: attachment; filename*0*=utf-8''%00; filename=\"", b"<p>", b"</p",
    b"&#0;", b"&#99999999999999;",
    b"Content-Type: message/rfc822\n", b"Date: ", b"Received: by mx.desk.example;",
    b"Authentication-Results: mx.desk.example;",
    b"dkim=pass", b"begin 644 x\n", b"Content-Transfer-Encoding: uuencode\n", b"References: ",
    b"Content-Type: multipart/alternative; boundary=b\n",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n",
    b"Content-Type: message/delivery-status\n",
    b"Content-Type: text/plain; format=flowed\n", b"> ", b"Content-ID: <x>\n", b"\x1b$B",
    b"charset=iso-2022-jp;", b";", b"*=",
))  # fmt: skip
_MAILS = st.one_of(
    st.binary(max_size=400), st.lists(st.one_of(_PIECES, st.binary(max_size=6)), max_size=60).map(b"".join)
)


def assert_storable(mail: ParsedMail) -> None:
    """Check the promise of ParsedMail: no text of it holds what a database or a log would refuse."""
    texts = [mail.subject, mail.sender_text, mail.sender_problem, mail.body_text, mail.body_html,
             mail.message_id, mail.content_type,
             mail.report_type, mail.return_path or "",
             *mail.references, *mail.in_reply_to, *mail.truncated]  # fmt: skip
    texts += [text for note in mail.notes for text in (note.kind, note.words)]
    texts += [text for pair in mail.headers for text in pair]
    texts += [text for one in (*mail.to, *mail.cc, *mail.reply_to) for text in (one.name, one.address)]
    texts += [
        text
        for file in mail.files
        for text in (file.name, file.content_type, file.declared_type, file.content_id)
    ]
    for text in texts:
        assert not _REFUSED.search(text)
    assert bool(mail.sender) != bool(mail.sender_problem)


def _every_step(data: bytes) -> None:
    mail = read(data, trust=TRUST)
    assert mail.size == len(data)
    assert_storable(mail)
    assert frames.read_answer(*frames.answer(mail)) == mail
    classify.classify(mail, own=OWN)
    evidence.decide(evidence.clues(mail, signer=SIGNER, find=str.split), evidence.Found({}, {}, {}))
    intent.complaint(mail.subject)
    intent.sign_up_code(mail)
    intent.details(mail.subject, mail.body_text, severities={"critical": 1})
    assert "".join(one.text for one in quotes.split(mail.body_text)) == mail.body_text
    clean = sanitise.clean(mail.body_html).html
    assert sanitise.clean(clean).html == clean


@settings(deadline=None)
@given(_MAILS)
def test_any_bytes_are_read_and_every_step_answers(data):
    _every_step(data)


@settings(deadline=None)
@given(st.sampled_from(sorted(path.stem for path in CORPUS.glob("*.eml"))), st.data())
def test_real_mails_with_bytes_changed_are_read_and_every_step_answers(name, data):
    mail = bytearray(raw(name))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(mail)))
        mail[place : place + data.draw(st.integers(0, 20))] = data.draw(
            st.one_of(_PIECES, st.binary(max_size=8))
        )
    _every_step(bytes(mail))


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_html_is_made_safe_and_stays_so(one, other):
    source = f"{one}<table><p style='{other}'><a href=\"{other}\"><b>{one}</table>{other}"
    clean = sanitise.clean(source).html
    assert sanitise.clean(clean).html == clean
    assert "<script" not in clean.lower()


@pytest.mark.parametrize("odd", ["\x1b[31m", "\x00", "\u2028", "\x85", "\u202e"])
def test_what_the_mail_says_of_itself_is_storable_too(odd):
    content_type = f'multipart/report; report-type="x{odd}"; boundary=b'
    part = (
        f'Content-Type: text/plain; charset="x{odd}"\nContent-Transfer-Encoding: y{odd}\nContent-ID: <{odd}>'
    )
    body = f"--b\n{part}\n\né\n--b--"
    got = read(
        written(f"Content-Type: {content_type}", f"Message-ID: <a{odd}@x>", f"X-Mailer: {odd}", body=body)
    )
    assert got.content_type == "multipart/report"
    assert_storable(got)


# A part of a mail may hold anything; none of it may be lost on the way to a file or a body.


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(("8bit", "base64", "x-unknown")))
def test_nothing_in_a_part_is_lost(data, encoding):
    headers = ("Content-Type: application/x-thing", f"Content-Transfer-Encoding: {encoding}")
    kept = read(written(*headers, body=data)).files[0].data
    if encoding != "base64":
        assert kept == data


@pytest.mark.parametrize("step", ["identity", "subject", "threading", "dates", "kept_headers", "auth"])
def test_a_step_that_fails_costs_only_what_it_reads(monkeypatch, step):
    def failing(*_):
        raise RuntimeError(step)

    monkeypatch.setattr(envelope, step, failing)
    got = read(raw("plain"))
    assert got.noted("not fully parsed")
    assert "RuntimeError" in got.notes[-1].words
    assert "the printer" in got.body_text
    assert bool(got.sender) != bool(got.sender_problem)


def test_content_that_cannot_be_read_leaves_the_sender_known(monkeypatch):
    monkeypatch.setattr(content, "read", lambda *_: 1 / 0)
    got = read(raw("plain"))
    assert got.sender.address == "ana@acme.example"
    assert got.notes[-1].words == "the content could not be read (ZeroDivisionError)"


def test_a_lack_of_memory_is_for_the_guard_to_tell(monkeypatch):
    def without_memory(*_):
        raise MemoryError

    monkeypatch.setattr(content, "read", without_memory)
    with pytest.raises(MemoryError):
        read(raw("plain"))


def test_a_head_that_cannot_be_read_at_all_still_gives_a_mail(monkeypatch):
    monkeypatch.setattr("mainstay.mail.mime.read_head", lambda *_: 1 / 0)
    got = read(raw("plain"), limits=Limits(), trust=Trust())
    assert (got.sender, got.sender_problem) == (None, "the sender could not be read")
    assert got.noted("not fully parsed")
