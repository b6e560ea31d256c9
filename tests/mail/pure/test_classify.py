"""No automatic mail is answered, and every delivery report is read (reliability classes A10, A11)."""

from __future__ import annotations

import pytest

from mainstay.mail import classify as rules
from mainstay.mail.classify import Failure, classify
from mainstay.mail.parse import read
from tests.mail.pure.corpus import OWN, OWN_ID, SIGNER, mail, written


@pytest.mark.parametrize(
    ("name", "sort"),
    [
        ("plain", "ordinary"), ("outlook-alternative", "ordinary"), ("details", "ordinary"),
        ("html-only", "ordinary"),
        ("delivery-failed", "bounce"), ("delivery-failed-informal", "bounce"),
        ("out-of-office", "auto-reply"),
        ("read-receipt", "auto-reply"), ("mailing-list", "bulk"), ("sign-up-code", "bulk"),
    ],
)  # fmt: skip
def test_the_sorts_of_the_corpus(name, sort):
    verdict = classify(mail(name), own=OWN)
    assert verdict.sort == sort
    assert verdict.may_answer is (sort == "ordinary")
    assert bool(verdict.why) is (sort != "ordinary")


@pytest.mark.parametrize(
    ("case", "headers", "sort"),
    [
        ("Auto-Submitted: no", ["Auto-Submitted: no"], "ordinary"),
        ("a program's answer", ["Auto-Submitted: auto-replied; owner=x"], "auto-reply"),
        ("a program's notice", ["Auto-Submitted: auto-generated"], "bulk"),
        ("Precedence bulk", ["Precedence: BULK"], "bulk"), ("Precedence junk", ["Precedence: junk"], "bulk"),
        ("Precedence of old vacation programs", ["X-Precedence: auto_reply"], "auto-reply"),
        ("Precedence first-class", ["Precedence: first-class"], "ordinary"),
        ("X-Autoreply", ["X-Autoreply: yes"], "auto-reply"),
        ("X-Autorespond", ["X-Autorespond: x"], "auto-reply"),
        ("an Exchange rule", ["X-MS-Exchange-Inbox-Rules-Loop: ana@acme.example"], "auto-reply"),
        ("a list", ["List-Id: <users.lists.example>"], "bulk"),
        ("a newsletter", ["List-Unsubscribe: <x>"], "bulk"),
        ("another desk's loop mark", ["X-Loop: desk@other.example"], "bulk"),
        ("asks for no automatic answer", ["X-Auto-Response-Suppress: OOF, AutoReply"], "bulk"),
        ("asks for something else", ["X-Auto-Response-Suppress: NRN"], "ordinary"),
        ("the null sender", ["Return-Path: <>"], "auto-reply"),
        ("a real return path", ["Return-Path: <a@b.example>"], "ordinary"),
        ("a report of unknown kind", ["Content-Type: multipart/report; boundary=x"], "auto-reply"),
        ("failed recipients by header", ["X-Failed-Recipients: bo@acme.example"], "bounce"),
        ("automatic by subject", ["Subject: Automatic reply: Printer"], "auto-reply"),
        ("automatic in German", ["Subject: =?utf-8?q?Automatische_Antwort:_Drucker?="], "auto-reply"),
        ("away, in answer to a mail", ["Subject: Out of office", "In-Reply-To: <a@b>"], "auto-reply"),
        ("a question about the calendar", ["Subject: Out of office calendar is broken"], "ordinary"),
        ("a question about replies", ["Subject: Our automatic reply does not work"], "ordinary"),
    ],
)  # fmt: skip
def test_a10_sorts_by_header(case, headers, sort):
    assert classify(read(written(*headers)), own=OWN).sort == sort


@pytest.mark.parametrize(
    ("sender", "subject", "sort"),
    [
        ("no-reply@acme.example", "Backup report", "bulk"),
        ("MAILER-DAEMON@mx.acme.example", "Undelivered Mail Returned to Sender", "bounce"),
        ("postmaster@acme.example", "Delivery Status Notification (Failure)", "bounce"),
        ("ana@acme.example", "Delivery failure of the parcel system", "ordinary"),
        ("Support@Desk.example", "Re: Printer", "own loop"),
        ("", "No sender", "ordinary"),
    ],
)
def test_a10_sorts_by_sender(sender, subject, sort):
    assert classify(read(written(f"Subject: {subject}", sender=sender)), own=OWN).sort == sort


def test_a10_our_own_mail_that_comes_back_is_known_by_its_signed_id():
    assert classify(read(written(f"Message-ID: {OWN_ID}")), own=OWN).sort == "own loop"
    assert classify(read(written(f"Message-ID: {OWN_ID.upper()}")), own=OWN).sort == "ordinary"


def test_a10_a_program_that_sends_our_mark_back_is_not_answered():
    mark = SIGNER.make_loop_mark(OWN_ID)
    assert classify(read(written(f"X-Mainstay-Loop: {mark}")), own=OWN).may_answer is False
    assert SIGNER.make_loop_mark(OWN_ID) == mark != SIGNER.make_loop_mark("<other@x>")


def test_a11_a_delivery_report_names_our_mail_and_each_recipient():
    bounce = classify(mail("delivery-failed"), own=OWN).bounce
    assert (bounce.message_id, bounce.token) == (OWN_ID, "k7")
    assert [(one.address, one.permanent, one.status) for one in bounce.failures] == [
        ("gone@acme.example", True, "5.1.1"),
        ("full@acme.example", False, "5.2.2"),
        ("slow@acme.example", False, "4.4.1"),
    ]
    assert "Recipient address rejected" in bounce.failures[0].words


def test_a11_an_informal_report_names_our_mail_by_the_id_in_its_text():
    bounce = classify(mail("delivery-failed-informal"), own=OWN).bounce
    assert bounce.token == "k7"
    assert [(one.address, one.permanent) for one in bounce.failures] == [("nobody@acme.example", True)]


@pytest.mark.parametrize(
    ("text", "permanent"),
    [("Message not delivered", True), ("550 no such user", True), ("451 4.7.1 try later", False)],
)
def test_a11_failed_recipients_without_a_report(text, permanent):
    got = read(written("X-Failed-Recipients: a@x.example, b@x.example, nonsense", body=text))
    failures = classify(got, own=OWN).bounce.failures
    assert [(one.address, one.permanent) for one in failures] == [
        ("a@x.example", permanent),
        ("b@x.example", permanent),
    ]


def test_a11_a_report_that_anybody_may_have_written_names_no_mail_of_ours():
    forged = OWN_ID.replace("k7", "k8")
    report = "Final-Recipient: rfc822; bo@acme.example\nAction: failed\nStatus: 5.0.0"
    body = f"--b\n\nfailed\n--b\nContent-Type: message/delivery-status\n\n{report}\n"
    body += f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {forged}\n--b--"
    got = read(written("Content-Type: multipart/report; report-type=delivery-status; boundary=b", body=body))
    bounce = classify(got, own=OWN).bounce
    assert (bounce.message_id, bounce.token) == (forged, None)
    assert bounce.failures == (Failure("bo@acme.example", True, "5.0.0", ""),)


@pytest.mark.parametrize(
    ("report", "failures"),
    [
        (b"", []),
        (b"Final-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0", []),
        (b"Final-Recipient: a@x.example\nAction: failed", [("a@x.example", False)]),
        (b"Original-Recipient: rfc822;<a@x.example>\nAction: FAILED\nStatus: 5.7.1", [("a@x.example", True)]),
        (
            b"Final-Recipient: rfc822; a@x.example\nAction: failed\nDiagnostic-Code: smtp; 554 no",
            [("a@x.example", True)],
        ),
        (
            b"Final-Recipient: rfc822; a@x.example\nAction: failed\nDiagnostic-Code: 451 later",
            [("a@x.example", False)],
        ),
        (b"\xff\xfe\0: x\n\n:\n Final-Recipient:", []),
    ],
)
def test_a11_reports_are_read_however_they_are_written(report, failures):
    assert [(one.address, one.permanent) for one in rules._failures(report)] == failures


def test_a11_a_storm_of_recipients_is_bounded():
    report = "\n\n".join(
        f"Final-Recipient: rfc822; u{place}@x.example\nAction: failed\nStatus: 5.1.1"
        for place in range(2_000)
    )
    body = f"--b\nContent-Type: message/delivery-status\n\n{report}\n--b--"
    got = read(written("Content-Type: multipart/report; report-type=delivery-status; boundary=b", body=body))
    assert len(classify(got, own=OWN).bounce.failures) == 200
