"""Who gets copies: shown before anything is sent, decided by a person, and never by a mail alone (class A5)."""

from __future__ import annotations

from typing import Any

import pytest

from mainstay.tickets.models import Participant, Ticket
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import ADDRESSES, Desk

SCRIPT = {"HX-Request": "true"}


def path(ticket: Ticket, rest: str = "copies/") -> str:
    return f"/tickets/{ticket.reference}/{rest}"


def in_copy(ticket: Ticket, address: str, desk: Desk, *, accepted: bool = False, name: str = "") -> Participant:
    return Participant.objects.create(
        ticket=ticket, address=address, name=name, accepted=accepted, added_at=desk.now
    )


def decide(browser: Any, ticket: Ticket, do: str, one: Participant | None = None, **more: Any) -> Any:
    form = {"do": do, "participant": one.pk if one else "", **more}
    return browser.post(path(ticket), form, headers=SCRIPT)


def line_of(answer: Any) -> str:
    """Return the line above the reply that says who gets it."""
    body = answer.content.decode()
    start = body.index('id="recipients"')

    class Part:
        content = body[start : body.index(">Copies</a>", start)].encode()

    return pages.text(Part)


def test_the_composer_says_exactly_who_gets_the_reply(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    in_copy(ticket, ADDRESSES["bo"], desk, accepted=True, name="Bo Lind")
    in_copy(ticket, "eve@elsewhere.example", desk)
    shown = line_of(browse("ida").get(path(ticket, "")))
    assert "To Ana Okafor ana@acme.example" in shown
    assert "Copies Bo Lind" in shown
    assert "1 in copy waits for your decision" in shown
    assert "eve@elsewhere.example" not in shown
    desk.reply("ida", ticket)
    desk.advance(seconds=30)
    assert desk.sent(kind="reply")[-1].to == ("ana", "bo")


def test_an_accepted_outsider_is_marked_and_who_accepted_them_is_kept(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    eve = in_copy(ticket, "eve@elsewhere.example", desk)
    answer = decide(ida, ticket, "accept", eve)
    assert (answer.status_code, answer["HX-Trigger"]) == (200, "mainstay:stale")
    eve.refresh_from_db()
    assert (eve.accepted, eve.decided_by, eve.decided_at) == (True, desk.person["ida"], desk.now)
    assert desk.event(ticket, "participant_accepted").payload == {"participant": eve.pk}
    shown = ida.get(path(ticket, ""))
    assert "Copies eve@elsewhere.example outsider" in line_of(shown)
    assert "Somebody in copy accepted eve@elsewhere.example · by Ida Flint" in pages.text(shown)
    decide(ida, ticket, "accept", eve)
    assert len(desk.history(ticket, "participant_accepted")) == 1


def test_somebody_refused_gets_nothing_and_a_later_copy_does_not_bring_them_back(
    desk: Desk, browse: Browse
) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    eve = in_copy(ticket, "eve@elsewhere.example", desk)
    decide(ida, ticket, "decline", eve)
    desk.answer("ana", ticket, "With Eve again", copies=["eve@elsewhere.example"])
    assert "waits for your decision" not in line_of(ida.get(path(ticket, "")))
    desk.reply("ida", ticket)
    desk.advance(seconds=30)
    assert desk.sent(kind="reply")[-1].to == ("ana",)
    assert desk.history(ticket, "participant_refused")


def test_somebody_removed_gets_no_more_copies(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    decide(ida, ticket, "add", address="Eve@Elsewhere.example", name="Eve Hart")
    eve = Participant.objects.get()
    assert (eve.address, eve.accepted) == ("eve@elsewhere.example", True)
    decide(ida, ticket, "decline", eve)
    assert [line.split()[-1] for line in desk.history(ticket) if "participant" in line] == [
        "participant_added",
        "participant_removed",
    ]
    assert "Copies" not in line_of(ida.get(path(ticket, "")))


@pytest.mark.parametrize("how", ["add", "accept"])
def test_another_clients_address_needs_a_second_word(how: str, desk: Desk, browse: Browse) -> None:
    """Cleo is of Carrow Trust, and so is everybody at its domain."""
    ticket, ida = desk.mail("ana"), browse("ida")
    for address in (ADDRESSES["cleo"], "somebody@carrow.example"):
        one = in_copy(ticket, address, desk) if how == "accept" else None
        more = {"address": address} if how == "add" else {}
        asked = decide(ida, ticket, how, one, **more)
        assert asked.status_code == 422
        assert f"{address} belongs to Carrow Trust, another client." in pages.text(asked)
        assert not Participant.objects.filter(address=address, accepted=True).exists()
        assert decide(ida, ticket, how, one, confirmed="on", **more).status_code == 200
        assert Participant.objects.filter(address=address, accepted=True).exists()
    assert "of Carrow Trust, another client" in line_of(ida.get(path(ticket, "")))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("support@vendor.example", "the desk's own address"),
        (ADDRESSES["ana"], "That is the requester"),
        (ADDRESSES["jon"], "works this desk"),
        ("", "Write the address"),
        ("no address", "is no address to write to"),
        ("eve@elsewhere.example, mallory@evil.example", "is no address to write to"),
        ("eve@elsewhere.example\r\nBcc: mallory@evil.example", "is no address to write to"),
        ("-oQ/tmp@elsewhere.example", "is no address to write to"),
        ("$USER@elsewhere.example", "is no address to write to"),
        ('"x y"@elsewhere.example', "is no address to write to"),
    ],
)
def test_what_is_no_recipient_is_refused_with_why(
    address: str, words: str, desk: Desk, browse: Browse
) -> None:
    """Classes A5 and C9: our own addresses, and everything that is more or less than one address."""
    ticket = desk.mail("ana")
    answer = decide(browse("ida"), ticket, "add", address=address)
    assert answer.status_code == 422
    assert words in pages.text(answer)
    assert not Participant.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "Eve\r\nBcc: mallory@evil.example",
        "Eve, mallory@evil.example",
        'Eve" <mallory@evil.example>, "',
        "Eve\u2028Bcc: mallory@evil.example",
        "Eve\u0085x",
        "=?utf-8?q?Eve=0D=0ABcc:_mallory@evil.example?=",
    ],
)
def test_a_name_never_becomes_a_header_or_a_recipient(name: str, desk: Desk, browse: Browse) -> None:
    """Class C9: whatever the name of a participant holds, the letter goes to the stored list and has one Cc."""
    ticket = desk.mail("ana")
    assert decide(browse("ida"), ticket, "add", address="eve@elsewhere.example", name=name).status_code == 200
    desk.reply("ida", ticket)
    desk.advance(seconds=30)
    sent = desk.sent(kind="reply")[-1]
    assert sent.to == ("ana", "eve@elsewhere.example")
    assert sent.headers.get_all("Bcc") is None
    assert [one.addr_spec for one in sent.headers["Cc"].addresses] == ["eve@elsewhere.example"]


def test_nobody_takes_part_in_a_held_request(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("bo")
    assert not ticket.verified
    answer = decide(browse("ida"), ticket, "add", address="eve@elsewhere.example")
    assert "The request is held." in pages.text(answer)


def test_a_participant_of_another_ticket_is_none_of_this_one(desk: Desk, browse: Browse) -> None:
    one, other = desk.mail("ana"), desk.mail("ana", "Another")
    eve = in_copy(other, "eve@elsewhere.example", desk)
    assert decide(browse("ida"), one, "accept", eve).status_code == 422
    eve.refresh_from_db()
    assert not eve.accepted


def test_it_works_without_scripts(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    answer = ida.post(path(ticket), {"do": "add", "address": "eve@elsewhere.example"}, follow=True)
    assert "eve@elsewhere.example takes part · Ida Flint" in pages.text(answer)
