"""What a sender wants is read from the words, and asked for where it is missing (clauses 3.2 and 3.10)."""

from __future__ import annotations

import pytest

from mainstay.mail import intent
from mainstay.mail.intent import Details, details
from tests.mail.pure.corpus import mail

SEVERITIES = {"critical": 1, "serious": 2, "minor": 3, "low": 4}


@pytest.mark.parametrize(
    ("subject", "reading"),
    [
        ("COMPLAINT", "complaint"), ("complaint", "complaint"), ("  Complaint  ", "complaint"),
        ("Complaint!", "complaint"),
        ("*** COMPLAINT ***", "complaint"), ("C O M P L A I N T", "complaint"),
        ("c.o.m.p.l.a.i.n.t", "complaint"),
        ("Re: COMPLAINT", "complaint"), ("RE: FW: Re[2]: COMPLAINT", "complaint"),
        ("AW: complaint", "complaint"),
        ("[ABC-104237-6] COMPLAINT", "complaint"), ("Re: [ABC-104237-6] Complaint", "complaint"),
        ("COMPLAINT [ABC-104237-6]", "complaint"), ("COMPLAINT ABC-104237-6", "complaint"),
        ("COMPLAINT - ticket #123456", "complaint"), ("[EXTERNAL] Re: COMPLAINT", "complaint"),
        ("EXTERNAL: COMPLAINT", "complaint"), ("ＣＯＭＰＬＡＩＮＴ", "complaint"),
        ("Ref: COMPLAINT", "complaint"),
        ("Complaint about the response", "offered"), ("Formal complaint", "offered"),
        ("Complaints procedure", "offered"),
        ("complaints", "offered"), ("What is your complaints procedure?", "offered"),
        ("[complaint] printer", "offered"),
        ("Re: your complaint", "offered"), ("No complaints so far", "offered"),
        ("Printer is down", "none"), ("", "none"), ("Re:", "none"), ("complainant list", "none"),
        ("compliant printers", "none"),
        ("[ABC-104237-6]", "none"), ("uncomplaining", "none"),
        ("Re: Re: COMPLAINT", "complaint"), ("Re: " * 200 + "COMPLAINT", "complaint"), ("Re[4]: Fwd: Complaint", "complaint"),
        ("\u202eCOMPLAINT\u202c", "complaint"), ("\u2067COMPLAINT\u2069", "complaint"), ("COM\u200bPLAINT", "complaint"),
        ("C\u00adOMPLAINT", "complaint"), ("COMPLAINT\u00a0\u2060", "complaint"), ("\U0001d402OMPLAINT", "complaint"),
        ("COMPL\u0410INT", "offered"), ("\u0421\u041eM\u0420LAIN\u0422", "offered"), ("C\u039fMPLA\u0399NT", "offered"),
        ("TNIALPMOC", "none"), ("COMPLANT", "none"), ("COMPLAIN", "none"), ("Complaining printers", "none"),
        ("COMPLAINT'S", "offered"), ("precomplaint", "none"), ("complaint_2", "none"), ("COMPLAINT?", "complaint"),
        ("COMPLAINT " + "x" * 4_000, "offered"), ("x" * 4_000 + " COMPLAINT", "none"), ("c o m p l a i n t " * 200, "offered"),
        ("Bes\u0441hwerde", "none"), ("\u0430" * 4_000, "none"), ("C" + " " * 4_000 + "OMPLAINT", "none"),
    ],
)  # fmt: skip
def test_r3_10a_the_word_is_found_whatever_stands_around_it(subject, reading):
    assert intent.complaint(subject) == reading


def test_reply_marks_are_taken_from_the_front_only():
    assert intent.subject_without_prefixes("Re: AW: [x] Fwd: y") == "[x] Fwd: y"
    assert intent.subject_without_prefixes("R: drive is full") == "R: drive is full"
    assert intent.subject_without_prefixes("Ref: 123") == "Ref: 123"


def test_r3_2a_answers_are_read_however_they_are_laid_out():
    got = mail("details")
    assert details(got.subject, got.body_text, severities=SEVERITIES) == Details(
        organisation="Acme Health", role="Practice manager", description=True, urgency="high",
        impact="medium",
        severity_claimed=2, severity_words="Serious (2)", product="Identity Agent")  # fmt: skip


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("Organisation: Acme", "organisation", "Acme"), ("ORGANIZATION : Acme", "organisation", "Acme"),
        ("  - practice: Acme", "organisation", "Acme"), ("1. Trust: Acme", "organisation", "Acme"),
        ("**Organisation**: Acme", "organisation", "Acme"), ("*Organisation:* Acme", "organisation", "Acme"),
        ("> Organisation: Acme", "organisation", "Acme"), ("Organisation = Acme", "organisation", "Acme"),
        ("Organisation - Acme", "organisation", "Acme"), ("| Organisation | Acme |", "organisation", "Acme"),
        ("Organisation\tAcme", "organisation", "Acme"), ("Organisation:\n\nAcme", "organisation", "Acme"),
        ("Organisation: ____", "organisation", ""), ("Organisation: n/a", "organisation", ""),
        ("Organisation:\nRole: nurse", "organisation", ""), ("Organisation Acme", "organisation", ""),
        ("My role: Nurse", "role", "Nurse"), ("Job title: Nurse", "role", "Nurse"),
        ("Urgency: HIGH!", "urgency", "high"), ("Urgency: urgent, please", "urgency", "high"),
        ("Impact: med", "impact", "medium"), ("Impact: whatever", "impact", ""),
        ("How urgent: low", "urgency", "low"),
        ("Severity: 1", "severity_claimed", 1), ("Severity: Critical", "severity_claimed", 1),
        ("Severity: sev 3 (minor)", "severity_claimed", 3), ("Severity: 9", "severity_claimed", None),
        ("Severity: 12", "severity_claimed", None), ("Severity: dreadful", "severity_words", "dreadful"),
        ("Priority: low", "severity_claimed", 4),
        ("System: Identity Agent", "product", "Identity Agent"),
    ],
)  # fmt: skip
def test_r3_2a_labels(line, field, value):
    assert getattr(details("", f"Hello\n{line}\n", severities=SEVERITIES), field) == value


@pytest.mark.parametrize(
    ("subject", "text", "claimed"),
    [
        ("SEV1 prescribing is down", "", 1), ("Severity 2: slow", "", 2), ("P1!", "", 1),
        ("", "This is severity 3 for us.", 3),
        ("step 2 of P", "", None), ("Sev 1", "I mean severity 2", None), ("", "> severity 1", None),
        ("sev 7", "", None),
    ],
)  # fmt: skip
def test_r3_2a_a_severity_named_in_passing_is_a_claim(subject, text, claimed):
    assert details(subject, text, severities=SEVERITIES).severity_claimed == claimed


def test_r3_2a_new_words_go_before_quoted_ones():
    got = details("", "> Organisation: Old\nOrganisation: New\n> Role: Nurse\n", severities=SEVERITIES)
    assert (got.organisation, got.role) == ("New", "Nurse")


def test_r3_2a_what_is_missing_is_named_and_nothing_that_is_known():
    nothing = details("Help", "Please ring me", severities=SEVERITIES)
    assert nothing.missing() == ("organisation", "role", "description", "severity")
    assert nothing.missing(known=("organisation", "role")) == ("description", "severity")
    graded = details(
        "", "Urgency: high\nImpact: low\nThe printer prints nothing at all.", severities=SEVERITIES
    )
    assert graded.missing(known=("organisation",)) == ("role",)
    assert details("", "Urgency: high", severities=SEVERITIES).missing(known=("role",))[-1] == "severity"
    assert "description" not in details("", "Details: no paper", severities=SEVERITIES).missing()
