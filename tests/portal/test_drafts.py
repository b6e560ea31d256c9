"""What a client has begun to write is found again on another device, by them alone, and is gone once it was sent."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from mainstay.tickets import clients
from mainstay.tickets.actions import CannotDo
from mainstay.writing import unsent
from mainstay.writing.models import Unsent
from tests.desk import Desk
from tests.portal.conftest import Browse
from tests.portal.test_requests import SAID, path, words

NEW = "/portal/requests/new/"


def begun(browser: Client, address: str, **said: str) -> str:
    """Somebody types, and their browser keeps it; return what it is told."""
    answer = browser.post(address, {"nonce": "one-showing", **said})
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_a_message_half_written_is_found_again_on_another_device(desk: Desk, browse: Browse) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.at("Mon 14:05")
    told = begun(browse("ana"), path(ticket, "drafts", "write"), text="It began when")
    assert told == "Draft saved today 14:05 GMT"
    page = browse("ana").get(path(ticket))
    assert "It began when" in words(page)
    assert "Draft saved today 14:05 GMT" in words(page)

    browse("ana").post(path(ticket, "write"), {"text": "It began when it rained.", "nonce": "sent"})
    assert not Unsent.objects.exists()
    assert begun(browse("ana"), path(ticket, "drafts", "write"), text="It began when", nonce="sent") == ""
    assert not Unsent.objects.exists(), "what arrives after its form was sent does not bring it back"


def test_an_emptied_message_is_no_draft(desk: Desk, browse: Browse) -> None:
    ticket, ana = desk.opened(answered="Mon 10:00"), browse("ana")
    begun(ana, path(ticket, "drafts", "escalate"), text="Patients wait.")
    assert 'open><summary>' in ana.get(path(ticket)).content.decode()
    assert begun(ana, path(ticket, "drafts", "escalate"), text="  ") == ""
    assert not Unsent.objects.exists()


def test_a_new_request_half_filled_is_found_again(desk: Desk, browse: Browse) -> None:
    begun(browse("ana"), NEW + "draft/", subject="Cards", steps="Signing in", urgency="high")
    page = browse("ana").get(NEW).content.decode()
    for kept in ('value="Cards"', "Signing in", "Draft saved today"):
        assert kept in page
    assert re.search('name="urgency" value="high"[^>]* checked', page)
    browse("ana").post(NEW, {**SAID, "organisation": desk.acme.pk})
    assert not Unsent.objects.exists()


def test_a_draft_about_an_earlier_request_is_another_one(desk: Desk, browse: Browse) -> None:
    ticket, ana = desk.opened(answered="Mon 10:00"), browse("ana")
    begun(ana, NEW + "draft/", subject="Cards again", about=ticket.reference)
    assert "Cards again" not in ana.get(NEW).content.decode()
    assert "Cards again" in ana.get(f"{NEW}?about={ticket.reference}").content.decode()


def test_nobody_else_finds_a_draft_nor_keeps_one_where_they_see_nothing(desk: Desk, browse: Browse) -> None:
    """C17: it hangs on who is signed in and on what they may see; there is no number of a draft to be guessed."""
    ticket, bo = desk.opened(answered="Mon 10:00"), desk.person["bo"]
    begun(browse("ana"), path(ticket, "drafts", "write"), text="marker of Ana")
    begun(browse("ana"), NEW + "draft/", text="marker of Ana")
    for who in ("bo", "cleo"):
        assert browse(who).post(path(ticket, "drafts", "write"), {"text": "x"}).status_code == 404
    clients.share(ticket=ticket, colleague=bo, by=desk.person["ana"], at=desk.now)
    for who in ("bo", "dee"):
        assert "marker of Ana" not in browse(who).get(path(ticket)).content.decode()
        begun(browse(who), path(ticket, "drafts", "write"), text="")
    assert "marker of Ana" not in browse("dee").get(NEW).content.decode()
    assert Unsent.objects.count() == 2
    assert browse("ana").post(path(ticket, "drafts", "nonsense"), {"text": "x"}).status_code == 404


def test_drafts_are_bounded_and_forgotten_after_a_month(desk: Desk, browse: Browse) -> None:
    ticket, ana = desk.opened(answered="Mon 10:00"), desk.person["ana"]
    for number in range(unsent.MOST + 2):
        unsent.save(by=ana, ticket=ticket, form=f"answer-{number}", said={"text": "x"}, at=desk.now)
        desk.advance(seconds=1)
    assert sorted(unsent.of(ana, ticket))[:2] == ["answer-10", "answer-11"]
    assert Unsent.objects.count() == unsent.MOST
    with pytest.raises(CannotDo, match="too long to be kept"):
        unsent.save(by=ana, ticket=None, form="new", said={"text": "x" * (unsent.LONGEST + 1)}, at=desk.now)
    desk.now += unsent.KEPT_FOR + timedelta(days=1)
    unsent.save(by=ana, ticket=ticket, form="write", said={"text": "x"}, at=desk.now)
    desk.work()
    assert list(unsent.of(ana, ticket)) == ["write"]
