"""A telephone that rings is seen by whoever may answer it, with who it is; taken with one key, and gone when taken."""

from __future__ import annotations

from typing import Any

import pytest

from mainstay.orgs import actions as orgs
from mainstay.phone import reports
from mainstay.phone.models import Call, State
from tests.console.conftest import Browse
from tests.console.pages import text
from tests.desk import Desk

NUMBER = "+441632960123"


def told(desk: Desk, kind: str, call: str = "c-1", **data: str) -> Call:
    """The telephone system reports `kind` of a call, as of now."""
    body: dict[str, Any] = {"type": f"call.{kind}", "timestamp": desk.now.isoformat(), "data": {"call": call, **data}}
    report = reports.take(webhook_id=f"{call}-{kind}", body=body, at=desk.now)
    assert report.call is not None
    return report.call


@pytest.fixture
def known(desk: Desk) -> Desk:
    """Ana has a telephone and two open requests, one more is closed for good by another person."""
    orgs.set_phone(person=desk.person["ana"], phone=NUMBER, at=desk.now)
    desk.mail("ana", "Cards are not read")
    desk.mail("ana", "Letters are askew")
    desk.mail("cleo", "All is down")
    return desk


def test_whoever_may_answer_sees_who_rings_and_what_is_open(known: Desk, browse: Browse) -> None:
    told(known, "ringing", **{"from": NUMBER})
    for who in ("ida", "jon"):
        for path in ("/views/open/", "/calls/ringing/", "/clients/"):
            shown = text(browse(who).get(path))
            assert "Ringing: Ana Okafor , Acme Health 2 open tickets Answer C" in shown, (who, path)


def test_one_key_takes_it_and_it_rings_for_nobody_any_more(known: Desk, browse: Browse) -> None:
    call, ida = told(known, "ringing", **{"from": NUMBER}), browse("ida")
    answer = ida.post("/calls/new/", {"call": "c-1", "number": NUMBER})
    assert answer["Location"] == f"/calls/{call.pk}/"
    call.refresh_from_db()
    assert (call.state, call.answered_by) == (State.RUNNING, known.person["ida"])
    assert "Ringing" not in text(browse("jon").get("/views/open/"))


@pytest.mark.parametrize("kind", ["answered", "ended", "missed"])
def test_it_goes_when_the_telephone_system_says_so(known: Desk, browse: Browse, kind: str) -> None:
    told(known, "ringing", **{"from": NUMBER})
    told(known, kind)
    assert "Ringing" not in text(browse("ida").get("/calls/ringing/"))


def test_a_system_that_falls_silent_lets_nothing_ring_for_ever(known: Desk, browse: Browse) -> None:
    told(known, "ringing", **{"from": NUMBER})
    known.advance(seconds=119)
    assert "Ringing" in text(browse("ida").get("/calls/ringing/"))
    known.advance(seconds=2)
    assert "Ringing" not in text(browse("ida").get("/calls/ringing/"))


def test_a_number_that_nobody_has_is_said_as_such(known: Desk, browse: Browse) -> None:
    told(known, "ringing", **{"from": "+441632960999"})
    assert "Ringing: +44 1632 960999 Nobody we know has this number" in text(browse("ida").get("/calls/ringing/"))
    told(known, "ringing", "c-2")
    assert "Ringing: a number that is not shown" in text(browse("ida").get("/calls/ringing/"))


def test_a_switchboard_names_whom_it_may_be(known: Desk, browse: Browse) -> None:
    orgs.set_phone(person=known.person["bo"], phone=NUMBER, at=known.now)
    told(known, "ringing", **{"from": NUMBER})
    assert "Ringing: Ana Okafor or Bo Lind , Acme Health" in text(browse("ida").get("/calls/ringing/"))


def test_who_is_in_a_call_is_told_and_not_asked(known: Desk, browse: Browse) -> None:
    ida = browse("ida")
    ida.post("/calls/new/")
    told(known, "ringing", **{"from": NUMBER})
    shown = text(ida.get("/calls/ringing/"))
    assert "Ringing: Ana Okafor" in shown
    assert "You are in a call." in shown
    assert "Answer" not in shown


def test_silence_costs_no_query(known: Desk, browse: Browse, django_assert_num_queries: Any) -> None:
    """Whether something rings is asked with the counts around the page."""
    ida = browse("ida")
    ida.get("/notices/when/")
    with django_assert_num_queries(6):
        ida.get("/notices/when/")
