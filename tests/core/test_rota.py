"""Rotas: Ida and Jon take turns on the first line, Kim and Lou on the second, and gaps are told."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.core.moments import NaiveMoment
from mainstay.core.rota import BadRota, Layer, OnCall, Override, Rota, gaps, shifts, who_is_on
from mainstay.core.worktime import Calendar
from tests.core.vectors import vectors

LONDON = ZoneInfo("Europe/London")
CORE = Calendar.from_dict(vectors("business_time")["calendars"]["uk_core"])
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def london(text):
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


EVENING = london("2026-01-06T18:00"), london("2026-01-06T22:00")


def layer(name="first line", people=("ida", "jon"), **more):
    given = {"zone": LONDON, "begins": date(2026, 1, 5), "handover": time(9), **more}
    return Layer(name, people, **given)


def names(rota, at):
    return [on_call.person for on_call in who_is_on(rota, at)]


@pytest.mark.parametrize(
    ("case", "at", "person"),
    [
        ("before the first turn there is nobody", "2026-01-05T08:59:59", []),
        ("the first turn begins at the handover", "2026-01-05T09:00:00", ["ida"]),
        ("the turn lasts to the second before the next", "2026-01-12T08:59:59", ["ida"]),
        ("the next turn begins at the handover", "2026-01-12T09:00:00", ["jon"]),
        ("then it is the first person's turn again", "2026-01-19T09:00:00", ["ida"]),
        ("in summer the handover keeps to the local clock", "2026-06-01T08:59:59", ["ida"]),
        ("in summer too", "2026-06-01T09:00:00", ["jon"]),
    ],
)
def test_people_take_turns_of_a_week(case, at, person):
    assert names(Rota((layer(),)), london(at)) == person


@pytest.mark.parametrize(("night", "instant"), [
    ("2026-03-29", "2026-03-29T01:30:00+00:00"),  # 01:30 never comes: the clock before the change says 01:30Z
    ("2026-10-25", "2026-10-25T00:30:00+00:00"),  # 01:30 comes twice: the first is 00:30Z
])  # fmt: skip
def test_a_handover_at_half_past_one_comes_once_on_the_nights_the_clocks_change(night, instant):
    rota = Rota((layer(handover=time(1, 30), days=1),))
    noon = datetime.fromisoformat(f"{night}T12:00:00+00:00")
    found = shifts(rota, noon - DAY, noon)
    assert [shift.start for shift in found[1:]] == [datetime.fromisoformat(instant)]
    assert {shift.on_call[0].person for shift in found} == {"ida", "jon"}


def test_a_handover_comes_once_where_a_fold_goes_back_over_midnight():
    zone = ZoneInfo("America/St_Johns")  # on this night 00:01 was followed by 23:01 of the day before
    rota = Rota((layer(zone=zone, begins=date(2006, 10, 1), handover=time(0), days=1),))
    noon = datetime(2006, 10, 29, 12, tzinfo=zone)
    before, after = shifts(rota, noon - DAY, noon)
    half_an_hour_on = after.start + HOUR / 2
    assert half_an_hour_on.astimezone(zone).date() < after.start.astimezone(zone).date()
    assert who_is_on(rota, half_an_hour_on) == after.on_call != before.on_call


def test_a_date_that_was_skipped_takes_its_turn_with_it():
    rota = Rota(
        (
            layer(
                zone=ZoneInfo("Pacific/Apia"), begins=date(2011, 12, 29), days=1, people=("ida", "jon", "kim")
            ),
        )
    )
    found = shifts(rota, datetime(2011, 12, 29, 20, tzinfo=UTC), datetime(2011, 12, 31, 18, tzinfo=UTC))
    assert [shift.on_call[0].person for shift in found] == ["ida", "kim"]


def test_layers_are_called_from_the_top_and_each_person_once():
    first, second = layer(), layer("second line", ("jon", "kim"))
    assert names(Rota((first, second)), london("2026-01-06T10:00")) == ["ida", "jon"]
    assert names(Rota((first, second)), london("2026-01-13T10:00")) == ["jon", "kim"]
    assert names(Rota((layer(people=("ida",)), layer("other", ("ida",)))), london("2026-01-06T10:00")) == [
        "ida"
    ]


def test_a_layer_may_be_on_duty_only_out_of_hours_bank_holidays_included():
    desk = layer("desk", ("ida",), calendar=CORE)
    night = layer("night", ("jon",), calendar=CORE, duty="closed")
    rota = Rota((desk, night))
    assert names(rota, london("2026-12-24T16:59:59")) == ["ida"]
    assert names(rota, london("2026-12-24T17:00:00")) == ["jon"]
    assert names(rota, london("2026-12-25T11:00:00")) == ["jon"]
    assert gaps(rota, london("2026-12-01T00:00"), london("2027-01-31T00:00")) == ()
    assert len(gaps(Rota((desk,)), london("2026-12-07T00:00"), london("2026-12-12T00:00"))) == 6


def test_a_layer_ends_at_the_handover_of_its_last_date():
    rota = Rota((layer(ends=date(2026, 1, 14)),))
    assert names(rota, london("2026-01-14T08:59:59")) == ["jon"]
    assert names(rota, london("2026-01-14T09:00:00")) == []


def test_an_override_covers_a_part_of_a_turn():
    cover = Override("first line", london("2026-01-06T18:00"), london("2026-01-07T08:00"), "kim")
    rota = Rota((layer(),), (cover,))
    assert names(rota, london("2026-01-06T17:59:59")) == ["ida"]
    assert who_is_on(rota, london("2026-01-06T18:00")) == (OnCall("kim", "first line", covering=True),)
    assert names(rota, london("2026-01-07T07:59:59")) == ["kim"]
    assert who_is_on(rota, london("2026-01-07T08:00")) == (OnCall("ida", "first line", covering=False),)


def test_of_several_overrides_the_one_given_last_holds():
    start, end = london("2026-01-06T18:00"), london("2026-01-07T08:00")
    covers = tuple(Override("first line", start, end, person) for person in ("kim", "lou"))
    assert names(Rota((layer(),), covers), start) == ["lou"]
    assert names(Rota((layer(),), covers[::-1]), start) == ["kim"]


def test_an_override_holds_outside_the_layers_own_hours():
    desk = layer("desk", ("ida",), calendar=CORE)
    cover = Override("desk", london("2026-01-10T10:00"), london("2026-01-10T12:00"), "jon")
    assert names(Rota((desk,), (cover,)), london("2026-01-10T11:00")) == ["jon"]


def test_a_layer_stood_down_falls_to_the_next_and_else_leaves_a_gap():
    start, end = london("2026-01-06T18:00"), london("2026-01-07T08:00")
    nobody = Override("first line", start, end, None)
    assert names(Rota((layer(), layer("second line", ("kim",))), (nobody,)), start) == ["kim"]
    assert gaps(Rota((layer(),), (nobody,)), start - DAY, end + DAY) == ((start, end),)


def test_a_rota_without_people_is_one_gap():
    start, end = london("2026-03-28T00:00"), london("2026-03-30T00:00")
    for rota in (Rota(()), Rota((layer(people=()),))):
        assert gaps(rota, start, end) == ((start, end),)
        assert names(rota, start) == []


def test_no_span_has_no_shifts():
    start = london("2026-01-06T18:00")
    rota = Rota((layer(calendar=CORE),))
    assert shifts(rota, start, start) == shifts(rota, start, start - HOUR) == ()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: layer(days=0), "at least one day"),
        (lambda: layer(handover=time(9, tzinfo=UTC)), "without a zone"),
        (lambda: Rota((layer(), layer())), "one name"),
        (lambda: Rota((layer(),), (Override("no line", *EVENING, "kim"),)), "there is no layer no line"),
        (lambda: Override("first line", *EVENING[::-1], "kim"), "ends before"),
    ],
)  # fmt: skip
def test_a_rota_that_cannot_be_kept_is_refused(wrong, words):
    with pytest.raises(BadRota, match=words):
        wrong()


def test_a_moment_without_a_zone_is_refused():
    naive = datetime(2026, 1, 6)  # noqa: DTZ001 - what is refused
    for ask in (who_is_on, lambda rota, at: shifts(rota, at, at), lambda rota, at: gaps(rota, at, at)):
        with pytest.raises(NaiveMoment):
            ask(Rota((layer(),)), naive)
    with pytest.raises(NaiveMoment):
        Override("first line", naive, naive, "kim")


def test_a_handover_after_the_date_that_samoa_left_out_is_a_cut():
    """30 December 2011 was no date there: five and a half days passed, and seven dates began."""
    apia = ZoneInfo("Pacific/Apia")
    rota = Rota((layer(zone=apia, begins=date(2011, 12, 20), handover=time(0), days=1),))
    start, end = datetime(2011, 12, 26, 0, 10, tzinfo=UTC), datetime(2011, 12, 31, 10, 10, tzinfo=UTC)
    last = shifts(rota, start, end)[-1]
    assert last.start == datetime(2011, 12, 31, 10, tzinfo=UTC)
    assert last.on_call == who_is_on(rota, end - timedelta(seconds=1))


zones = st.sampled_from(
    ["Europe/London", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia", "UTC"]
).map(ZoneInfo)


@st.composite
def rotas(draw):
    layers = tuple(
        layer(
            f"line {n}",
            draw(st.sampled_from([(), ("ida",), ("ida", "jon"), ("kim", "lou", "ida")])),
            zone=draw(zones),
            begins=date(2011, 12, 20) + draw(st.integers(0, 20)) * DAY,
            handover=time(draw(st.integers(0, 23)), draw(st.sampled_from([0, 30]))),
            days=draw(st.integers(1, 8)),
            ends=draw(st.none() | st.just(date(2012, 1, 9))),
            calendar=draw(st.sampled_from([None, CORE])),
            duty=draw(st.sampled_from(["open", "closed"])),
        )
        for n in range(draw(st.integers(1, 3)))
    )
    begins = datetime(2011, 12, 28, tzinfo=UTC) + draw(st.integers(0, 100)) * HOUR
    override = Override(
        "line 0", begins, begins + draw(st.integers(1, 50)) * HOUR, draw(st.sampled_from([None, "mia"]))
    )
    return Rota(layers, (override,))


@settings(max_examples=60, deadline=None)
@given(rotas(), st.integers(0, 200), st.integers(1, 300))
def test_shifts_tile_the_span_and_agree_with_asking_at_any_moment(rota, before, length):
    start = datetime(2011, 12, 26, 0, 10, tzinfo=UTC) + before * HOUR
    end = start + length * HOUR
    found = shifts(rota, start, end)
    assert [shift.start for shift in found] + [end] == [start] + [shift.end for shift in found]
    for shift in found:
        for at in (
            shift.start,
            shift.start + (shift.end - shift.start) / 2,
            shift.end - timedelta(seconds=1),
        ):
            assert who_is_on(rota, at) == shift.on_call
    asked = {at: who_is_on(rota, at) for at in (start + n * HOUR / 2 for n in range(2 * length))}
    assert all(shift.on_call == asked[at] for shift in found for at in asked if shift.start <= at < shift.end)
    assert gaps(rota, start, end) == tuple((s.start, s.end) for s in found if not s.on_call)
