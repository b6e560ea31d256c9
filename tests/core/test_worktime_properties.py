"""Working time against the slow model, and the laws that hold for every calendar."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mainstay.core.worktime import Calendar, NeverOpens
from tests.core.slow_model import SlowCalendar
from tests.core.vectors import vectors

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# Zones with the nights on which their wall clock jumped, and an ordinary day.
NIGHTS = {
    "Europe/London": ["2026-03-29", "2026-10-25", "2026-12-25"],
    "America/New_York": ["2026-03-08", "2026-11-01"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "Pacific/Apia": ["2011-12-30", "2012-04-01"],
    "Pacific/Kiritimati": ["1994-12-31"],
    "America/Sao_Paulo": ["2018-11-04", "2018-02-18"],
    "America/St_Johns": ["2006-10-29"],
    "Antarctica/Troll": ["2026-03-29", "2026-10-25"],
    "Africa/Casablanca": ["2026-02-15", "2026-03-22"],
    "Asia/Kathmandu": ["1985-12-31", "2026-01-18"],
    "Europe/Dublin": ["2026-03-29", "2026-12-31"],
    "UTC": ["2028-02-29"],
}

clock_times = st.integers(0, 47).map(lambda half: f"{half // 2:02}:{half % 2 * 30:02}")
windows = st.lists(st.tuples(clock_times, clock_times | st.just("24:00")).map(list), max_size=2)


@st.composite
def worlds(draw):
    """Draw a calendar with its slow twin, and a moment a few days before something odd happens to it."""
    tz = draw(st.sampled_from(sorted(NIGHTS)))
    night = datetime.fromisoformat(draw(st.sampled_from(NIGHTS[tz]))).replace(tzinfo=UTC)
    dates = st.integers(-3, 4).map(lambda days: (night + days * DAY).date().isoformat())
    spec = {
        "tz": tz,
        "hours": draw(st.dictionaries(st.sampled_from(WEEK), windows, min_size=3)),
        "holidays": draw(st.lists(dates, max_size=2)),
        "exceptions": draw(st.dictionaries(dates, windows, max_size=2)),
        "holiday_rule": draw(st.sampled_from(["by_date", "by_start_day"])),
    }
    try:
        return Calendar.from_dict(spec), SlowCalendar(spec), night - DAY
    except NeverOpens:
        assume(False)


seconds = st.integers(0, 2 * 24 * 60).map(lambda n: n * 60) | st.integers(0, 2 * 86_400)
spans = seconds.map(lambda n: timedelta(seconds=n))
budgets = st.integers(0, 24 * 60).map(lambda n: n * MINUTE) | st.integers(0, 86_400).map(
    lambda n: timedelta(seconds=n)
)


@st.composite
def pauses_after(draw, moment, *, most=3):
    pairs = draw(st.lists(st.tuples(spans, spans | st.none()), max_size=most))
    return [(moment - DAY + a, None if b is None else moment - DAY + a + b / 4) for a, b in pairs]


def whole(moment):
    return moment.replace(microsecond=0)


@settings(max_examples=60, deadline=None)
@given(worlds(), spans, spans, st.data())
def test_elapsed_agrees_with_the_slow_model(world, before, length, data):
    asked, slow, moment = world
    start, end = moment + before, moment + before + length
    pauses = [(a, b and whole(b)) for a, b in data.draw(pauses_after(start))]
    assert asked.elapsed(start, end, pauses) == slow.elapsed(start, end, pauses)
    assert asked.between(start, end) == slow.between(start, end)


@settings(max_examples=60, deadline=None)
@given(worlds(), spans, budgets, st.data())
def test_due_agrees_with_the_slow_model(world, before, budget, data):
    asked, slow, moment = world
    start = moment + before
    pauses = [(a, b and whole(b)) for a, b in data.draw(pauses_after(start))]
    limit = start + 5 * DAY
    expected = slow.due(start, budget, pauses, limit)
    try:
        due = asked.due(start, budget, pauses)
    except NeverOpens:
        due = None
    if due is not None and due > limit:
        assert expected is None
    else:
        assert due == expected


@settings(max_examples=80, deadline=None)
@given(worlds(), spans, spans)
def test_segments_tile_the_span_and_agree_with_the_slow_model(world, before, length):
    asked, slow, moment = world
    start, end = moment + before, moment + before + length
    found = list(asked.segments(start, end))
    assert [a for a, _, _ in found] + [end] == [start] + [b for _, b, _ in found]
    assert sum((b - a for a, b, kind in found if kind == "open"), timedelta(0)) == asked.between(start, end)
    assert all(before != after for (*_, before), (*_, after) in pairwise(found))
    for a, b, kind in found:
        for at in (a, a + (b - a) / 2, b - timedelta(seconds=1)):
            minute = at.replace(second=0, microsecond=0)
            assert asked.is_open(at) == slow.is_open(minute) == (kind == "open")
            if kind != "open" and slow.is_holiday(at.astimezone(slow.zone).date()):
                assert kind == "holiday"
            if kind == "holiday":
                local = at.astimezone(slow.zone).date()
                assert slow.is_holiday(local) or slow.is_holiday(local - DAY)


@settings(max_examples=80, deadline=None)
@given(worlds(), spans, budgets, st.data())
def test_the_laws_of_elapsed_and_due(world, before, budget, data):
    asked, _, moment = world
    start = moment + before
    pauses = [(a, b and whole(b)) for a, b in data.draw(pauses_after(start))]
    try:
        due = asked.due(start, budget, pauses)
        sooner = asked.due(start, budget / 2, pauses)
    except NeverOpens:
        assume(False)
    # due is undone by elapsed, and is monotone in the budget
    if due is not None:
        assert asked.elapsed(start, due, pauses) == budget
        assert sooner <= due
        # the opening landing is not before the closing one, and no work lies between them
        opening = asked.next_open(due)
        assert opening >= due
        assert asked.between(due, opening) == timedelta(0)
    # elapsed is additive over a split instant and monotone
    end = start + data.draw(spans)
    middle = start + (end - start) * data.draw(st.floats(0, 1))
    first, second = asked.elapsed(start, middle, pauses), asked.elapsed(middle, end, pauses)
    assert first + second == asked.elapsed(start, end, pauses)
    # the order of pauses and their splitting never matter, nor a repeated or an empty one
    shuffled = data.draw(st.permutations(pauses))
    split = [(a, whole(a + ((b or end + DAY) - a) / 2)) for a, b in pauses]
    rest = [(cut, b) for (_, b), (_, cut) in zip(pauses, split, strict=True)]
    for same in (shuffled, split + rest, pauses + pauses[:1], [*pauses, (start, start), (end, start)]):
        assert asked.due(start, budget, same) == due
        assert asked.elapsed(start, end, same) == asked.elapsed(start, end, pauses)


@settings(max_examples=80, deadline=None)
@given(worlds(), spans, budgets)
def test_what_happens_while_closed_never_matters(world, before, budget):
    asked, _, moment = world
    start = moment + before
    closed = [(a, b) for a, b, kind in asked.segments(start, start + 4 * DAY) if kind != "open"]
    try:
        due = asked.due(start, budget, [])
        for a, b in closed:
            assert asked.due(start, budget, [(a, b)]) == due
            assert asked.elapsed(start, start + 4 * DAY, [(a, b)]) == asked.between(start, start + 4 * DAY)
            if budget:
                assert asked.add(a, budget) == asked.add(a + (b - a) / 3, budget) == asked.add(b, budget)
    except NeverOpens:
        assume(False)


@settings(max_examples=60, deadline=None)
@given(worlds(), spans)
def test_next_open_and_next_close_bound_an_open_stretch(world, before):
    asked, slow, moment = world
    at = moment + before
    try:
        opens, closes = asked.next_open(at), asked.next_close(at)
    except NeverOpens:
        assume(False)
    assert (opens == at) == asked.is_open(at)
    assert asked.between(at, opens) == timedelta(0)
    assert asked.is_open(opens)
    if closes is not None:
        assert not asked.is_open(closes)
        assert asked.between(opens, closes) == closes - opens
        assert slow.is_open(closes - MINUTE)


CALENDARS = vectors("business_time")["calendars"]


moments = st.integers(0, 13 * 365 * 86_400).map(
    lambda n: datetime(2018, 1, 1, tzinfo=UTC) + timedelta(seconds=n)
)


@pytest.mark.parametrize("name", sorted(CALENDARS))
@settings(max_examples=3, deadline=None)
@given(moments, spans, budgets)
def test_every_shared_calendar_agrees_with_the_slow_model(name, start, length, budget):
    asked, slow = Calendar.from_dict(CALENDARS[name]), SlowCalendar(CALENDARS[name])
    assert asked.between(start, start + length) == slow.between(start, start + length)
    limit = start + 7 * DAY
    due, expected = asked.add(start, budget), slow.due(start, budget, [], limit)
    assert due == expected or (due > limit and expected is None)


@settings(max_examples=60, deadline=None)
@given(worlds(), st.integers(0, 3600), st.integers(0, 3600))
def test_the_slow_model_agrees_with_itself_second_by_second(world, before, length):
    _, slow, moment = world
    start = moment + timedelta(seconds=before)
    walked = sum(slow.is_open((start + timedelta(seconds=n)).replace(second=0)) for n in range(length))
    assert slow.between(start, start + timedelta(seconds=length)) == timedelta(seconds=walked)
