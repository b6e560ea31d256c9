"""Which addresses may leave (C9), and that ids sort by time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mainstay.outbox.addresses import BadAddress, check, check_sender
from mainstay.outbox.identity import new_id

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "address",
    [
        "ana@acme.test", "Ana.O'Hara+tills@acme.co.uk", "a@b", "prvs=123=ana@acme.test",
        "x_y@sub-domain.acme.test", "müller@bücher.example", "ops@[192.0.2.7]", "ops@[IPv6:2001:db8::7]",
        "_ana_@acme.test", "1@2.test",
    ],
)  # fmt: skip
def test_an_address_goes_out_exactly_as_it_is(address):
    assert check(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "", "ana", "@acme.test", "ana@", "ana@acme.test\r\nRCPT TO:<cleo@other.test>", "ana@acme.test\n",
        "\nana@acme.test", "ana\x00@acme.test", "ana\u2028@acme.test", "ana\u0085@acme.test", "-oQ/tmp@x",
        "-ana@acme.test", "$USER@x", "`id`@x", "|cat@x", "ana @acme.test",
        "ana@acme.test, cleo@other.test", "ana@acme.test;cleo@other.test", "<ana@acme.test>",
        "Ana <ana@acme.test>", '"ana"@acme.test', "a@b@c", "ana@-acme.test", "ana@acme..test",
        ".ana@acme.test", "ana.@acme.test", "a..b@acme.test", "ana@acme.test.", "ana(comment)@acme.test",
        "ana@[127.0.0.1", "ana@acme_", "ana\\@acme.test", "ana\t@acme.test", "a" * 65 + "@acme.test",
        "ana@" + "a." * 130 + "test",
    ],
)  # fmt: skip
def test_what_could_mean_something_else_to_a_server_is_refused(address):
    with pytest.raises(BadAddress):
        check(address)


def test_the_null_sender_of_automatic_mail_is_a_sender_and_no_recipient():
    assert check_sender("") == ""
    with pytest.raises(BadAddress):
        check_sender("-desk@mainstay.test")


def test_ids_sort_by_the_moment_of_posting_and_then_by_order():
    ids = [new_id(AT + timedelta(seconds=second)) for second in (0, 0, 0, 1, 2)]
    assert ids == sorted(ids)
    assert {made.version for made in ids} == {7}
    assert {made.variant for made in ids} == {"specified in RFC 4122"}
