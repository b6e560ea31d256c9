"""Everybody at every door (P6, classes C1 to C5, C19, C21), generated over all routes: status, and no side effect."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mainstay.console import access
from mainstay.mail import imap
from tests.console import matrix
from tests.console.matrix import EVERYBODY, OTHERS, TABLE, Met, as_it_must, meet
from tests.desk import Desk
from tests.portal import test_doors as portal

# Everything but who follows a ticket, which is nobody's record and goes with the assignment that made it, and the steps
# that are foreseen, which are computed anew whenever a clock is read.
KEPT = re.compile(
    r'DELETE FROM "(tickets_(?!follow\b)|clocks_(?!step\b)|mail|outbox|contracts|escalation|orgs_(person|organisation|membership|change))'
)

FRAMES = {"message_html", "letter_html"}


@pytest.fixture
def known(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Everything that addresses point to, and everybody; no mailbox is dialled."""
    monkeypatch.setattr(imap, "fetch_once", lambda *_, **__: imap.Pass())
    matrix.everybody(desk)
    return matrix.things(desk)


def test_every_route_of_every_door_has_a_row() -> None:
    names = set(matrix.routes())
    rows = set(TABLE) | set(OTHERS) | set(portal.TABLE)
    assert names - rows == set(), "say in OTHERS who may enter"
    assert rows - names == set(), "rows without a route"


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_finds_what_the_row_says(who: str, desk: Desk, known: dict[str, Any]) -> None:
    """A refusal writes nothing, a GET writes nothing, nobody gets a fault of ours, and nothing on record is deleted."""
    found = list(meet(desk, who, known))
    assert [f"{met} {met.writes[:1]}" for met in found if not as_it_must(met)] == []
    assert [f"{met} {sql}" for met in found for sql in met.writes if KEPT.match(sql)] == []
    assert [str(met) for met in found if not strict(met)] == []


def strict(met: Met) -> bool:
    """Whether the answer carries the strict policy, and needs no looser one."""
    policy, kind = met.response.get("Content-Security-Policy", ""), met.response.get("Content-Type", "")
    if "default-src 'none'" not in policy:
        return False
    if "unsafe" in policy:  # a client's own HTML, cleaned, keeps its styles; nothing in its frame can run
        return met.name in FRAMES and "sandbox allow-popups" in policy and "script-src" not in policy
    if met.response.get("X-Content-Type-Options") != "nosniff":
        return False
    if met.response.streaming or not kind.startswith("text/html"):
        return True
    body = met.response.content.decode()  # type: ignore[attr-defined]  # not streaming
    inline = re.search(r"""<[^>]+\s(style|on[a-z]+)=|<style|javascript:""", body)
    scripts = [tag for tag in re.findall(r"<script[^>]*>", body) if "src=" not in tag and "json" not in tag]
    return inline is None and scripts == []


def test_the_matrix_notices_a_door_that_is_open(
    desk: Desk, known: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Class C5: a permission whose check always says yes fails the matrix."""
    monkeypatch.setattr(access, "at_least", lambda *_: True)
    open_doors = {met.name for met in meet(desk, "ida", known) if not as_it_must(met)}
    assert {name for name, (_, role) in TABLE.items() if role != "support"} <= open_doors


def test_the_matrix_notices_a_client_at_the_desk(
    desk: Desk, known: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Class C5, the other check: that only staff works the desk."""
    monkeypatch.setattr(access, "works_the_desk", lambda _: True)
    monkeypatch.setattr(access, "at_least", lambda *_: True)
    open_doors = {met.name for met in meet(desk, "cleo", known) if not as_it_must(met)}
    assert set(TABLE) <= open_doors
