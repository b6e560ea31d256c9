"""No mail passes for somebody else's, or for part of another ticket (reliability classes A2-A14)."""

from __future__ import annotations

import pytest

from mainstay.mail import evidence, faces, intent
from mainstay.mail.addresses import BadAddress, check, looks_automatic
from mainstay.mail.evidence import Found, Signer, decide
from mainstay.mail.parse import Address, Auth, Trust, read
from tests.mail.pure.corpus import OWN_ID, SIGNER, TRUST, mail, written


def find(text: str) -> list[str]:
    """Stand in for the reader of references: our prefix, any case, anywhere."""
    words = text.upper().replace("[", " ").replace("]", " ").split()
    return [word for word in words if word.startswith("ABC-")]


def decided(raw: bytes, *, tokens=(), ids=(), references=()):
    found = Found(dict(tokens), dict(ids), dict(references))
    return decide(evidence.clues(read(raw), signer=SIGNER, find=find), found)


# A2: references and ids of tickets


def test_a2_a_signed_message_id_joins_and_proves():
    got = decided(written(f"In-Reply-To: {OWN_ID}"), tokens={"k7": 1}.items())
    assert (got.kind, got.ticket, got.by, got.proven) == ("join", 1, "in-reply-to", True)


@pytest.mark.parametrize(
    ("case", "forged"),
    [
        ("guessed", "<out.k7.00000000000000000000000000000000@desk.example>"),
        ("truncated", OWN_ID.replace("@", "@")[: OWN_ID.index("@") - 3] + "@desk.example>"),
        ("in capitals", OWN_ID.upper()),
        ("without signature", "<out.k7@desk.example>"),
        ("another mail's signature", OWN_ID.replace("out.k7.", "out.k8.")),
        ("another domain", OWN_ID.replace("desk.example", "desk.example.evil.example")),
        ("signed with another key", Signer((b"quite another key",), "desk.example").make_message_id("k7")),
    ],
)
def test_a2_an_id_that_we_did_not_sign_joins_nothing(case, forged):
    known_to_the_desk = {"k7": 1, "k8": 1}.items()
    got = decided(written(f"In-Reply-To: {forged}", f"References: {forged}"), tokens=known_to_the_desk)
    assert (got.kind, got.ticket, got.proven) == ("new", None, False)


def test_a2_a_forged_id_is_never_looked_up_and_is_told_as_a_claim():
    forged = OWN_ID.replace("out.k7.", "out.k8.")
    raw = written(f"References: {forged}")
    clues = evidence.clues(read(raw), signer=SIGNER, find=find)
    assert (clues.message_ids, clues.tokens, clues.forged) == ((), (), (forged,))
    assert decided(raw, ids={forged: 1}.items()).claims == (forged,)


def test_a2_a_reference_in_the_subject_finds_its_ticket_but_proves_nothing():
    got = decided(written("Subject: Re: [abc-1] Printer"), references={"ABC-1": 1}.items())
    assert (got.kind, got.ticket, got.by, got.proven) == ("join", 1, "subject", False)


def test_a2_a_reference_that_is_not_known_is_told_as_a_claim():
    got = decided(written("Subject: Re: [ABC-9] Printer"))
    assert (got.kind, got.claims) == ("new", ("ABC-9",))
    assert "not known" in got.why


def test_a2_keys_can_change_without_breaking_old_threads():
    renewed = Signer((b"the new key of these tests", *SIGNER.keys), SIGNER.domain)
    assert renewed.own_token(OWN_ID) == "k7"
    assert renewed.make_message_id("k7") != OWN_ID
    with pytest.raises(ValueError, match="16 bytes"):
        Signer((b"short",), "desk.example")
    with pytest.raises(ValueError, match="not a token"):
        SIGNER.make_message_id("k7@evil")


# The order of evidence, and what contradicts


@pytest.mark.parametrize(
    ("case", "headers", "kind", "ticket", "by"),
    [
        ("reply-all to the client's own first mail", ["In-Reply-To: <first@acme.example>"], "join", 1,
         "in-reply-to"),
        ("a program that replaces References", ["References: <first@acme.example>"], "join", 1, "references"),
        ("the reference in a fresh mail", ["Subject: ABC-1 once more"], "join", 1, "subject"),
        ("a strange id beside a known one", ["References: <who@knows> <first@acme.example>"], "join", 1,
         "references"),
        ("a split ticket: the subject settles it",
         ["References: <first@acme.example> <second@acme.example>", "Subject: [ABC-2] x"], "join",
         2, "references"),
        ("In-Reply-To settles it",
         ["References: <first@acme.example> <second@acme.example>", "In-Reply-To: <second@acme.example>"],
         "join", 2, "in-reply-to"),
        ("References alone name two tickets", ["References: <first@acme.example> <second@acme.example>"],
         "hold", None, ""),
        ("In-Reply-To and subject differ", ["In-Reply-To: <first@acme.example>", "Subject: [ABC-2] x"],
         "hold", None, ""),
        ("In-Reply-To and References differ",
         ["In-Reply-To: <first@acme.example>", "References: <second@acme.example>"], "hold", None, ""),
        ("two against one is still a contradiction",
         ["In-Reply-To: <first@acme.example>", "References: <second@acme.example>",
         "Subject: ABC-2"], "hold", None, ""),
        ("two references in the subject", ["Subject: ABC-1 and ABC-2"], "hold", None, ""),
        ("nothing of ours", ["In-Reply-To: <who@knows>", "Subject: Hello"], "new", None, ""),
    ],
)  # fmt: skip
def test_evidence_is_weighed_in_order_and_contradiction_is_held(case, headers, kind, ticket, by):
    ids = {"<first@acme.example>": 1, "<second@acme.example>": 2}
    got = decided(written(*headers), ids=ids.items(), references={"ABC-1": 1, "ABC-2": 2}.items())
    assert (got.kind, got.ticket, got.by) == (kind, ticket, by)
    assert not got.proven


def test_a_second_reference_in_the_subject_of_a_mail_that_joins_is_a_claim():
    raw = written("In-Reply-To: <first@acme.example>", "Subject: [ABC-1] see ABC-2")
    known = {"ABC-1": 1, "ABC-2": 2}
    got = decided(raw, ids={"<first@acme.example>": 1}.items(), references=known.items())
    assert (got.kind, got.ticket, got.claims) == ("join", 1, ("ABC-2",))


# A3: agents by forged headers

_RESULT = (
    "Authentication-Results: mx.desk.example; spf=pass smtp.mailfrom=acme.example;"
    " dkim=pass header.d=acme.example; dmarc=pass"
)
_BORDER = "Received: from mx.acme.example by mx.desk.example; Mon, 23 Nov 2026 09:12:35 +0000"
_INNER = "Received: from mx.desk.example by store.desk.example; Mon, 23 Nov 2026 09:12:36 +0000"
_FILTER = (
    "Received: from localhost (localhost [127.0.0.1]) by mx.desk.example; Mon, 23 Nov 2026 09:12:36 +0000"
)
_LIAR = "Received: from [127.0.0.1] (evil.example [192.0.2.66]) by mx.desk.example; Mon, 23 Nov 2026 09:12:36 +0000"
_AT_GOOGLE = _BORDER.replace("mx.desk.example", "mx.google.com")
_GOOGLE_SAYS = _RESULT.replace("mx.desk.example", "mx.google.com")
_AT_MICROSOFT = _BORDER.replace("mx.desk.example", "x.mail.protection.outlook.com")
_MICROSOFT_SAYS = (
    "Authentication-Results: spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=a.example; dmarc=pass"
)
_INSIDE = Trust("mx.desk.example", ("store.desk.example", "mx.desk.example"))
_GOOGLE = Trust("mx.google.com", ("2002:*", "mx.google.com"), strips_forged=True)
_MICROSOFT = Trust("-", ("*.prod.outlook.com", "*.mail.protection.outlook.com"), strips_forged=True)
_OUTSIDE = "Received: from laptop by mx.acme.example; Mon, 23 Nov 2026 09:12:33 +0000"


@pytest.mark.parametrize(
    ("case", "headers", "trust", "dmarc"),
    [
        ("stamped above our Received", [_RESULT, _BORDER, _OUTSIDE], TRUST, "pass"),
        ("above the border, below an inner server", [_INNER, _RESULT, _BORDER, _OUTSIDE], _INSIDE, "pass"),
        ("an inner server that nobody named", [_INNER, _RESULT, _BORDER, _OUTSIDE], TRUST, ""),
        ("after a filter on the border itself", [_FILTER, _RESULT, _BORDER, _OUTSIDE], TRUST, "pass"),
        ("forged between two Received of ours, the lower one forged too", [_BORDER, _RESULT, _BORDER], TRUST, ""),
        ("the same, behind an inner server", [_INNER, _BORDER, _RESULT, _INNER, _BORDER], _INSIDE, ""),
        ("a sender that calls itself the filter", [_LIAR, _RESULT, _BORDER], TRUST, ""),
        ("forged below our Received", [_BORDER, _RESULT, _OUTSIDE], TRUST, ""),
        ("forged below the sender's Received", [_BORDER, _OUTSIDE, _RESULT], TRUST, ""),
        ("forged, with a forged Received of ours below", [_BORDER, _OUTSIDE, _RESULT, _BORDER], TRUST, ""),
        ("another server's name", [_RESULT.replace("mx.desk", "mx.evil"), _BORDER], TRUST, ""),
        ("a name that begins as ours", [_RESULT.replace("example;", "example.evil;", 1), _BORDER], TRUST, ""),
        ("no Received of ours at all", [_RESULT, _OUTSIDE], TRUST, ""),
        ("nobody is trusted", [_RESULT, _BORDER], Trust(), ""),
        ("a provider that strips what is forged", [_BORDER, _RESULT, _OUTSIDE],
         Trust("mx.desk.example", strips_forged=True), "pass"),
        ("such a provider, behind the sender's Received", [_BORDER, _OUTSIDE, _RESULT],
         Trust("mx.desk.example", strips_forged=True), ""),
        ("our border has another name", [_RESULT, _BORDER.replace("mx.desk", "edge7.desk")],
         Trust("mx.desk.example", ("edge7.desk.example",)), "pass"),
        ("as Google writes it",
         ["Received: by 2002:ab2:1785:0:b0:19a:50ce:a944 with SMTP id x5; Mon, 23 Nov 2026 09:12:36 +0000",
          _AT_GOOGLE, _GOOGLE_SAYS],
         _GOOGLE, "pass"),
        ("forged in Google's name, behind the sender's Received",
         [_AT_GOOGLE, _OUTSIDE, _GOOGLE_SAYS],
         _GOOGLE, ""),
        ("as Microsoft writes it",
         ["Received: from a.outlook.com by b.prod.outlook.com with HTTPS; Mon, 23 Nov 2026 09:12:37 +0000",
          _AT_MICROSOFT,
          _MICROSOFT_SAYS],
         _MICROSOFT, "pass"),
        ("named results where the border writes none",
         [_AT_MICROSOFT, _RESULT], _MICROSOFT, ""),
    ],
)  # fmt: skip
def test_a3_only_results_of_our_own_border_are_believed(case, headers, trust, dmarc):
    raw = "\r\n".join(headers).encode() + b"\r\n" + written()
    assert read(raw, trust=trust).auth.dmarc == dmarc


def test_a3_the_topmost_result_counts_and_comments_do_not():
    results = (
        "Authentication-Results: mx.desk.example 1; dmarc=fail (p=none; dmarc=pass) header.from=acme.example;"
        " spf=softfail smtp.mailfrom=bounce@acme.example; dkim=fail header.d=acme.example;"
        " dkim=pass header.i=@mail.acme.example",
        _RESULT,
        _BORDER,
    )
    auth = read("\r\n".join(results).encode() + b"\r\n" + written(), trust=TRUST).auth
    assert (auth.dmarc, auth.spf, auth.dkim) == ("fail", "softfail", "pass")
    assert (auth.by, auth.spf_domain) == ("mx.desk.example", "acme.example")
    assert auth.dkim_domains == ("mail.acme.example", "acme.example")
    assert not auth.aligned("acme.example")


@pytest.mark.parametrize(
    ("auth", "aligned"),
    [
        (Auth(), False),
        (Auth(dmarc="pass", by="mx"), True),
        (Auth(dmarc="fail", by="mx", dkim_domains=("acme.example",)), False),
        (Auth(dkim="pass", by="mx", dkim_domains=("acme.example",)), True),
        (Auth(dkim="pass", by="mx", dkim_domains=("evil.example",)), False),
        (Auth(dkim="pass", by="mx", dkim_domains=("example",)), False),
        (Auth(spf="pass", by="mx", spf_domain="acme.example"), True),
        (Auth(spf="fail", by="mx", spf_domain="acme.example"), False),
    ],
)
def test_a3_a_check_vouches_for_its_own_domain_only(auth, aligned):
    assert auth.aligned("acme.example") is aligned


# A4: other headers than From


@pytest.mark.parametrize(
    ("case", "raw", "problem"),
    [
        ("two From headers", written("From: victim@trust.nhs.uk"), "more than one From header"),
        (
            "two addresses in one",
            written(sender="mallory@evil.example, ana@acme.example"),
            "more than one address",
        ),
        ("a group", written(sender="Trust: ana@acme.example;"), "group"),
        ("an empty group", written(sender="undisclosed-recipients:;"), "group"),
        ("no From at all", written("Sender: ana@acme.example", sender=""), "no From header"),
        ("a name alone", written(sender="Ana Smith"), "no address"),
        ("nothing in it", written(sender=" "), "no address"),
    ],
)
def test_a4_a_mail_without_exactly_one_sender_is_held(case, raw, problem):
    got = read(raw)
    assert got.sender is None
    assert problem in got.sender_problem


def test_a4_reply_to_and_sender_are_shown_and_are_nobody():
    got = read(
        written(
            "Reply-To: victim@trust.nhs.uk", "Sender: victim@trust.nhs.uk", "Resent-From: victim@trust.nhs.uk"
        )
    )
    assert got.sender == Address("Ana Smith", "ana@acme.example")
    assert got.reply_to == (Address("", "victim@trust.nhs.uk"),)
    assert got.header("sender") == "victim@trust.nhs.uk"


# A5: copies


def test_a5_copies_are_limited_and_read_once_each():
    many = ", ".join(f"u{place}@x.example" for place in range(2_000)) + ", U1@X.example"
    got = read(written(f"Cc: {many}"))
    assert len(got.cc) == 500
    assert got.noted("addresses")
    twice = read(written("Cc: Bo <bo@acme.example>, BO@ACME.EXAMPLE, broken@@x, Team: cleo@other.example;"))
    assert [one.address for one in twice.cc] == ["bo@acme.example", "cleo@other.example"]
    assert read(written("Cc: undisclosed-recipients:;")).cc == ()


# A6: codes that prove our address to others


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        ("appleid@id.apple.com", "Verify your email address", ""),
        ("no-reply@slack.com", "Slack confirmation code: ABC-123", ""),
        ("no-reply@accounts.google.com", "Google Verification Code", ""),
        ("noreply@am.atlassian.com", "Finish signing up", ""),
        ("noreply@unknown.example", "Welcome", "Your one-time passcode is 123456"),
    ],
)
def test_a6_a_sign_up_code_is_told_from_other_mail(sender, subject, text):
    got = read(written(f"Subject: {subject}", body=text, sender=sender))
    assert sender in intent.sign_up_code(got)


@pytest.mark.parametrize(
    ("sender", "subject"),
    [
        ("ana@acme.example", "I get no verification code"),
        ("no-reply@slack.com", "Your monthly summary"),
        ("Trust: ana@acme.example;", "Verify your email address"),
    ],
)
def test_a6_a_client_who_writes_of_codes_is_not_meant(sender, subject):
    assert intent.sign_up_code(read(written(f"Subject: {subject}", sender=sender))) == ""


# A7: spraying


def test_a7_a_mail_to_many_reply_addresses_is_held():
    sprayed = [SIGNER.make_reply_address(f"k{place}", "reply", "r.desk.example") for place in range(100)]
    got = decided(
        written(f"Cc: {', '.join(sprayed)}"), tokens={f"k{place}": place for place in range(100)}.items()
    )
    assert (got.kind, got.ticket) == ("hold", None)


def test_a7_one_reply_address_joins_and_a_wrong_one_does_nothing():
    good = SIGNER.make_reply_address("k7", "reply", "r.desk.example")
    assert SIGNER.reply_token(good) == "k7"
    known = {"k7": 1, "k8": 2}.items()
    joined = decided(written(f"Delivered-To: {good}"), tokens=known)
    assert (joined.kind, joined.ticket, joined.by, joined.proven) == ("join", 1, "reply address", True)
    for wrong in (good.replace("+k7.", "+k8."), good.replace("r.desk", "x.desk"), "reply+k7@r.desk.example"):
        assert decided(written(f"Delivered-To: {wrong}"), tokens=known).kind == "new"


# A8: two faces


def test_a8_a_mail_that_says_two_things_is_pointed_out():
    assert mail("two-faced").noted("two faces")


@pytest.mark.parametrize(
    ("case", "text", "html", "differs"),
    [
        ("the same", "Hello Ana", "<p>Hello <b>Ana</b></p>", False),
        ("the same, a letter in bold", "Nothing works", "<p><b>N</b>othing works</p>", False),
        ("links written out", "See the page https://x.example/a",
         '<a href="https://x.example/a">See the page</a>', False),
        ("style sheets do not count", "Hello Ana", "<style>.not-this{}</style><p>Hello Ana</p>", False),
        ("an unclosed style sheet hides the rest", "Hello", "Hello<style>.x{} never closed", False),
        ("one word turns it round", "Please do not pay", "<p>Please do pay</p>", True),
        ("other words", "Pay Ana five pounds today please",
         "<p>Send all money to Mallory in the morning</p>", True),
        ("an order in the plain form only",
         "Hello. Delete every backup of the trust today and tell nobody about this", "<p>Hello.</p>", True),
    ],
)  # fmt: skip
def test_a8_differences_that_matter_are_told_from_those_that_do_not(case, text, html, differs):
    assert bool(faces.difference(text, html)) is differs


# A9: private headers

_PRIVATE = (
    "X-RT-Command: Owner: root", "RT-Attach: 1", "X-RT-Loop-Prevention: desk", "RT-Squelch-Replies-To: all",
    "X-OTRS-Queue: VIP", "X-OTRS-Priority: 5", "X-OTRS-Ignore: yes", "X-Zammad-Ticket-State: closed",
    "X-Zammad-Ignore: true", "X-Desk-Queue: management", "X-Desk-Owner: ida", "X-Desk-Priority: 1",
    "X-Mainstay-Severity: 1", "X-Mainstay-Organisation: acme",
)  # fmt: skip


@pytest.mark.parametrize("header", _PRIVATE)
def test_a9_a_private_header_has_no_effect(header):
    plain, with_header = read(written()), read(written(header))
    assert all(
        getattr(plain, field) == getattr(with_header, field)
        for field in plain.__slots__
        if field not in ("size", "sha256")
    )


# A13: ids


def test_a13_the_same_id_over_another_body_is_another_mail():
    one = read(written("Message-ID: <a@acme.example>", body="one"))
    other = read(written("Message-ID: <a@acme.example>", body="two"))
    assert one.message_id == other.message_id
    assert one.sha256 != other.sha256


def test_a13_ids_are_kept_as_written():
    got = read(written("Message-ID: <A.b@Acme.example> (comment)", "References: <c@d> <c@d>\r\n <E@f>",
                       "In-Reply-To: Your message <g@h> of Monday"))  # fmt: skip
    assert got.message_id == "<A.b@Acme.example>"
    assert got.references == ("<c@d>", "<E@f>")
    assert got.in_reply_to == ("<g@h>",)
    assert read(written("Message-ID: bare@acme.example")).message_id == "<bare@acme.example>"
    assert read(written()).message_id == ""


def test_a13_of_a_very_long_thread_the_first_and_the_newest_are_kept():
    got = read(written("References: " + "\r\n ".join(f"<{place}@x>" for place in range(500))))
    assert len(got.references) == 100
    assert (got.references[0], got.references[1], got.references[-1]) == ("<0@x>", "<401@x>", "<499@x>")


# A14: smuggled addresses


@pytest.mark.parametrize(
    ("sender", "problem"),
    [
        ("a@evil.example(b@trust.nhs.uk)", "comment holds another address"),
        ("a@evil.example (=?utf-8?q?b=40trust.nhs.uk?=)", "comment holds another address"),
        ('"b@trust.nhs.uk"@evil.example', "quoted in part"),
        ('<"b@trust.nhs.uk"@evil.example>', "quoted or holds another @"),
        ("=?utf-8?q?b=40trust.nhs.uk?=", "no address"),
        ("=?utf-8?q?b=40trust?=@evil.example", "characters"),
        ("<=?utf-8?q?b?=@evil.example>", "characters"),
        ("a%trust.nhs.uk@evil.example", "characters"),
        ("trust.nhs.uk!b@evil.example", "characters"),
        ("<@evil.example:b@trust.nhs.uk>", "route"),
        ("Ana <@evil.example,@x.example:b@trust.nhs.uk>", "route"),
        ("b@trust.nhs.uk <a@evil.example>", "second address"),
        ("<b@trust.nhs.uk> <a@evil.example>", "do not match"),
        ("<b@trust.nhs.uk> a@evil.example", "second address"),
        ("Ana <b@trust.nhs.uk", "do not match"),
        ("Ana b@trust.nhs.uk>", "characters"),
        ('"Ana <b@trust.nhs.uk>', "never closed"),
        ("a@evil.example (never closed", "never closed"),
        ("a@[192.0.2.1]", "not a valid name"),
        ("a@192.0.2.1", "not a valid name"),
        ("a@b@trust.nhs.uk", "another @"),
        ("a@trust.nhs.uk\x00@evil.example", "another @"),
        ("a b@trust.nhs.uk", "characters"),
        ("a@trust..nhs.uk", "not a valid name"),
        ("a..b@trust.nhs.uk", "characters"),
        ("-oQ/tmp@trust.nhs.uk", "characters"),
        ("`id`@trust.nhs.uk", "characters"),
        ("$USER@trust.nhs.uk", "characters"),
        ("a\u200b@trust.nhs.uk", "characters"),
        ("ａ@trust.nhs.uk", "look-alike"),
        ("a@trust\u200b.nhs.uk", "invisible"),
        ("a@" + "x" * 300 + ".example", "too long"),
    ],
)
def test_a14_an_address_with_two_readings_is_no_sender(sender, problem):
    got = read(written(sender=sender))
    assert got.sender is None
    assert problem in got.sender_problem


@pytest.mark.parametrize(
    ("sender", "name", "address"),
    [
        ("ana@acme.example", "", "ana@acme.example"),
        ("<ana@acme.example>", "", "ana@acme.example"),
        ("ana@Acme.EXAMPLE (Ana Smith)", "Ana Smith", "ana@acme.example"),
        ("Ana O'Neil <ana.o'neil@acme.example>", "Ana O'Neil", "ana.o'neil@acme.example"),
        ('"Smith, Ana (Acme)" <ana@acme.example>', "Smith, Ana (Acme)", "ana@acme.example"),
        ("Smith, Ana <ana@acme.example>", "Smith, Ana", "ana@acme.example"),
        ('"Ana \\"A\\" Smith" <ana@acme.example>', 'Ana "A" Smith', "ana@acme.example"),
        ("ana@acme.example <ana@acme.example>", "ana@acme.example", "ana@acme.example"),
        ("=?utf-8?q?Zo=C3=AB?= <zoe+desk=1@acme.example>", "Zoë", "zoe+desk=1@acme.example"),
        ("Zoë <zoe@bücher.example>", "Zoë", "zoe@xn--bcher-kva.example"),
        ("josé@acme.example", "", "josé@acme.example"),
        ("ana@acme.example (Ana (the elder\\) Smith))", "Ana (the elder\\) Smith)", "ana@acme.example"),
        ("Ana Smith (Acme) <ana@acme.example>", "Ana Smith", "ana@acme.example"),
    ],
)
def test_a14_addresses_of_people_are_read(sender, name, address):
    assert read(written(sender=sender)).sender == Address(name, address)


def test_an_address_is_looked_up_without_regard_to_case_and_sent_to_as_written():
    one = Address("", "Ana.Smith@acme.example")
    assert one.key == "ana.smith@acme.example"
    assert one.domain == "acme.example"
    assert check("Ana.Smith@ACME.example") == one.address
    with pytest.raises(BadAddress, match="no @"):
        check("ana")


@pytest.mark.parametrize(
    ("address", "automatic"),
    [
        ("no-reply@x.example", True), ("NoReply@x.example", True), ("donotreply@x.example", True),
        ("MAILER-DAEMON@x.example", True), ("bounces+7@x.example", True), ("nora@x.example", False),
        ("ana@noreply.example", False),
    ],
)  # fmt: skip
def test_addresses_that_nobody_reads(address, automatic):
    assert looks_automatic(address) is automatic
