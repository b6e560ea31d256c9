"""What a telephone system reports: genuine, once, in any order; and a missed call that never vanishes (class C8)."""

from __future__ import annotations

import itertools
import json
import logging
from typing import Any

import pytest
from django.test import Client

from mainstay.phone import actions, call_backs, signature
from mainstay.phone.models import Call, CallBack, Report, State
from tests.core.telling import shown
from tests.desk import Desk
from tests.phone.conftest import KEY, NEXT, OTHER, SECRET, Post

# ---- Only what is genuine ----------------------------------------------------------------------------------


def test_the_signature_is_that_of_the_specification() -> None:
    """The example that the Standard Webhooks specification gives for its libraries."""
    key = signature.key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature.sign(
        key, message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp="1614265330", body=b'{"test": 2432232314}'
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_signed_report_is_taken(post: Post) -> None:
    assert post("call.ringing").status_code == 202
    assert Call.objects.get().state == State.RINGING


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": OTHER},
        {"tampered": b'{"type": "call.missed", "data": {"call": "c-1"}}'},
        {"headers": {"webhook-signature": ""}},
        {"headers": {"webhook-signature": "v1,"}},
        {"headers": {"webhook-signature": "v1,ä"}},
        {"headers": {"webhook-signature": "v2,AAAA"}},
        {"headers": {"webhook-id": ""}},
        {"headers": {"webhook-id": "another"}},
        {"headers": {"webhook-timestamp": ""}},
        {"headers": {"webhook-timestamp": "soon"}},
        {"headers": {"webhook-timestamp": "9" * 40}},
        {"skew": 301},
        {"skew": -301},
    ],
)
def test_what_is_not_genuine_is_refused_and_leaves_nothing(post: Post, wrong: dict[str, Any]) -> None:
    assert post("call.ringing", **wrong).status_code == 401
    assert (Call.objects.count(), Report.objects.count()) == (0, 0)


def test_a_body_that_was_written_anew_is_not_the_one_that_was_signed(post: Post) -> None:
    raw = b'{"type":  "call.ringing","data":{"call":"c-1"}}'
    assert post(raw=raw).status_code == 202
    assert post(raw=raw, tampered=json.dumps(json.loads(raw)).encode()).status_code == 401


@pytest.mark.parametrize("skew", [299, -299])
def test_clocks_may_differ_by_five_minutes(post: Post, skew: int) -> None:
    assert post("call.ringing", skew=skew).status_code == 202


def test_several_secrets_hold_so_that_one_can_be_changed(post: Post, settings: Any) -> None:
    settings.TELEPHONE_SECRETS = [SECRET, NEXT]
    assert [post("call.ringing", key=key).status_code for key in (KEY, OTHER)] == [202, 202]
    settings.TELEPHONE_SECRETS = [NEXT]
    assert [post("call.ringing", key=key).status_code for key in (KEY, OTHER)] == [401, 202]


def test_one_of_several_signatures_suffices(desk: Desk, post: Post) -> None:
    said = {"headers": {"webhook-signature": f"v1,AAAA {_signed(desk)} v1a,BBBB"}, "identity": "m", "raw": b"{}"}
    assert post(**said).status_code == 202


def _signed(desk: Desk) -> str:
    return signature.sign(KEY, message_id="m", timestamp=str(int(desk.now.timestamp())), body=b"{}")


def test_a_large_body_is_refused_before_it_is_read(post: Post) -> None:
    assert post(raw=b"x" * 10_000_000).status_code == 413


@pytest.mark.parametrize("raw", [b"", b"[]", b"nonsense", b"[" * 60_000, b"\xff", b'"text"', b"null"])
def test_what_is_no_object_is_said_to_be_none(post: Post, raw: bytes) -> None:
    assert post(raw=raw).status_code == 400


def test_without_a_secret_there_is_no_such_address(post: Post, settings: Any) -> None:
    settings.TELEPHONE_SECRETS = []
    assert post().status_code == 404


def test_only_post_is_taken(desk: Desk) -> None:
    assert Client().get("/hooks/telephone/").status_code == 405


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "not base64 at all!"])
def test_a_weak_or_broken_secret_is_refused_without_being_repeated(secret: str) -> None:
    with pytest.raises(signature.BadSecret) as refused:
        signature.key_of(secret)
    assert "openssl rand" in str(refused.value)
    assert not secret.removeprefix("whsec_") or secret not in str(refused.value)


def test_no_secret_is_ever_logged(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    post("call.ringing")
    post("call.ringing", key=OTHER)
    assert SECRET not in caplog.text
    assert SECRET.removeprefix("whsec_") not in caplog.text


# ---- Once, in any order ------------------------------------------------------------------------------------


def test_a_report_that_is_sent_twice_is_taken_once(desk: Desk, post: Post) -> None:
    for _ in range(3):
        assert post("call.missed", identity="msg_same").status_code == 202
        desk.advance(seconds=10)
    assert (Report.objects.count(), Call.objects.count(), CallBack.objects.count()) == (1, 1, 1)


REPORTS = {"call.ringing": 0, "call.answered": 10, "call.ended": 70}


@pytest.mark.parametrize("order", list(itertools.permutations(REPORTS)), ids=" ".join)
def test_reports_may_come_in_any_order(desk: Desk, post: Post, order: tuple[str, ...]) -> None:
    for kind in order:
        when = f"2026-01-12T07:5{REPORTS[kind] // 60}:{REPORTS[kind] % 60:02}+00:00"
        post(kind, when=when, agent="ida@vendor.example", **{"from": "+441632960123"})
    call = Call.objects.get()
    assert (call.state, call.number, call.answered_by) == (State.ENDED, "+441632960123", desk.person["ida"])
    assert call.began_at.isoformat() == "2026-01-12T07:50:00+00:00"
    assert call.lasted is not None
    assert call.lasted.total_seconds() == 60


def test_who_answered_sees_the_call_and_goes_on_with_it(desk: Desk, post: Post) -> None:
    post("call.ringing", **{"from": "01632 960123"})
    post("call.answered", agent="ida@vendor.example")
    call = Call.objects.get()
    assert actions.running_of(desk.person["ida"]) == call
    assert actions.start(by=desk.person["ida"], at=desk.now, external_id="c-1") == call


def test_a_call_that_was_answered_by_key_is_the_one_that_is_reported(desk: Desk, post: Post) -> None:
    call = actions.start(by=desk.person["ida"], at=desk.now)
    desk.advance(seconds=3)
    post("call.answered", agent="ida@vendor.example", **{"from": "+441632960123"})
    call.refresh_from_db()
    assert (Call.objects.count(), call.external_id, call.number) == (1, "c-1", "+441632960123")


def test_a_screen_that_the_system_opened_takes_the_call_that_it_reported(desk: Desk, post: Post) -> None:
    post("call.ringing", **{"from": "+441632960123"})
    call = actions.start(by=desk.person["ida"], at=desk.now, number="+441632960123", external_id="c-1")
    assert (Call.objects.count(), call.state) == (1, State.RUNNING)
    with pytest.raises(actions.CannotDo, match="colleague"):
        actions.start(by=desk.person["jon"], at=desk.now, external_id="c-1")


def test_an_agent_who_is_nobody_of_ours_answers_for_nobody(desk: Desk, post: Post) -> None:
    for agent in ("ana@acme.example", "nobody@vendor.example", "\x00"):
        post("call.answered", agent=agent, call=f"of {agent}")
    assert set(Call.objects.values_list("answered_by", flat=True)) == {None}


@pytest.mark.parametrize(
    "said", [{"kind": "call.exploded"}, {"call": ""}, {"from": "\x00" * 50}, {"when": "never"}, {"when": "2999-01-01T00:00:00Z"}]
)
def test_what_makes_no_sense_is_taken_and_harms_nothing(desk: Desk, post: Post, said: dict[str, str]) -> None:
    kind = said.pop("kind", "call.ringing")
    assert post(kind, **said).status_code == 202
    report = Report.objects.get()
    assert report.at <= desk.now
    assert bool(report.note) == (kind == "call.exploded" or said.get("call") == "")


# ---- Missed calls ------------------------------------------------------------------------------------------


def test_a_missed_call_is_a_call_back_that_the_first_line_hears_of_at_once(desk: Desk, post: Post) -> None:
    desk.at("Mon 10:00")
    post("call.missed", **{"from": "+441632960123"})
    row = CallBack.objects.get()
    assert (row.missed, row.number, shown(row.due_at)) == (True, "+441632960123", "Mon 10:30")
    assert desk.notices("ida") == ["Missed call from +44 1632 960123"]
    desk.at("Mon 10:30")
    assert desk.notices("ida")[1:] == ["Ring +44 1632 960123 back now"]
    assert desk.notices("jon") == []
    assert desk.faults() == []


def test_a_call_missed_at_night_is_due_when_the_telephone_is_answered_again(desk: Desk, post: Post) -> None:
    desk.at("Fri 18:00")
    post("call.missed")
    assert shown(CallBack.objects.get().due_at) == "+1 Mon 09:30"


def test_a_call_that_ends_without_an_answer_was_missed(desk: Desk, post: Post) -> None:
    post("call.ringing")
    post("call.ended")
    assert Call.objects.get().state == State.MISSED
    assert CallBack.objects.count() == 1


def test_an_answer_that_is_reported_late_takes_nothing_from_the_list(desk: Desk, post: Post) -> None:
    """Whether somebody still wants to be rung is for a person to say."""
    post("call.missed")
    post("call.answered", agent="ida@vendor.example")
    assert Call.objects.get().state == State.ENDED
    assert CallBack.objects.get().done_at is None


def test_a_missed_call_never_vanishes_by_itself(desk: Desk, post: Post) -> None:
    post("call.missed")
    desk.advance(days=20)
    row = CallBack.objects.get()
    assert row.done_at is None
    call_backs.done(call_back=row, by=desk.person["ida"], at=desk.now)
    row.refresh_from_db()
    assert row.done_by == desk.person["ida"]
    assert desk.faults() == []


def test_verify_says_what_nobody_was_asked_to_ring_back(desk: Desk) -> None:
    Call.objects.create(state=State.MISSED, began_at=desk.now, ended_at=desk.now, recorded_at=desk.now)
    assert any("was missed and nobody is asked" in fault for fault in desk.faults())
