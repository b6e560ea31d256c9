"""Availability and notice: the shared cases, then the edges that they leave out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.core.downtime import (
    Availability,
    NoPeriod,
    NoTier,
    availability,
    latest_notice,
    local_month,
    required_notice,
    sufficient,
)
from mainstay.core.moments import NaiveMoment
from tests.core.vectors import instant, pauses, shown, vectors, whole_seconds

LONDON = ZoneInfo("Europe/London")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Tier:
    shorter_than: timedelta | None
    notice: timedelta


PACK = [Tier(HOUR, DAY), Tier(4 * HOUR, 7 * DAY), Tier(None, 14 * DAY)]


def six_places(percent):
    exact = Decimal(percent.numerator) / Decimal(percent.denominator)
    return str(exact.quantize(Decimal("0.000001"), ROUND_HALF_UP))


@pytest.mark.parametrize(
    "case", vectors("availability")["cases"], ids=lambda case: f"{case['id']} {case['note']}"
)
def test_the_shared_period_has_its_availability(case):
    found = availability(
        start=instant(case["start"]),
        end=instant(case["end"]),
        outages=pauses(case["outages"]),
        scheduled=pauses(case["scheduled"]),
    )
    assert {
        "psh_seconds": whole_seconds(found.psh),
        "sd_seconds": whole_seconds(found.sd),
        "percent_6dp": six_places(found.percent),
        "meets_99_9": found.meets("99.9"),
    } == case["expect"]


@pytest.mark.parametrize(
    "case", vectors("downtime_notice")["cases"], ids=lambda case: f"{case['id']} {case['note']}"
)
def test_the_shared_notice_is_judged(case):
    given_at, start, end = (instant(case[key]) for key in ("notice_given", "downtime_start", "downtime_end"))
    assert whole_seconds(end - start) == case["duration_seconds"]
    assert {
        "required_notice_seconds": whole_seconds(required_notice(end - start, PACK)),
        "latest_notice": shown(latest_notice(start, end - start, PACK)),
        "sufficient": sufficient(given_at, start, end, PACK),
    } == case["expect"]


@pytest.mark.parametrize(
    ("length", "notice"),
    [
        (timedelta(0), DAY),
        (HOUR - timedelta(seconds=1), DAY),
        (HOUR, 7 * DAY),
        (4 * HOUR - timedelta(seconds=1), 7 * DAY),
        (4 * HOUR, 14 * DAY),
        (400 * DAY, 14 * DAY),
    ],
)
@pytest.mark.parametrize("tiers", [PACK, PACK[::-1]])
def test_exactly_the_limit_of_a_tier_takes_the_stricter_one(length, notice, tiers):
    assert required_notice(length, tiers) == notice


def test_a_length_that_no_tier_covers_is_refused_not_guessed():
    with pytest.raises(NoTier, match="4:00:00"):
        required_notice(4 * HOUR, PACK[:2])
    with pytest.raises(NoTier):
        required_notice(MINUTE, [])


def test_downtime_that_ends_before_it_begins_is_refused():
    start = instant("2026-06-02T01:00Z")
    with pytest.raises(NoPeriod):
        sufficient(start - 30 * DAY, start, start - HOUR, PACK)


def test_notice_is_real_time_whatever_zone_the_moments_come_in():
    start, end = (datetime(2026, 3, 29, hour, minute, tzinfo=LONDON) for hour, minute in ((12, 30), (13, 0)))
    given_at = datetime(2026, 3, 28, 12, 30, tzinfo=LONDON)
    assert not sufficient(given_at, start, end, PACK)
    assert sufficient(given_at - HOUR, start, end, PACK)


def test_a_window_over_the_spring_night_is_as_long_as_it_really_is():
    start, end = (datetime(2026, 3, 29, *clock, tzinfo=LONDON) for clock in ((0, 30), (2, 15)))
    two_days_before = datetime(2026, 3, 27, tzinfo=UTC)
    assert sufficient(two_days_before, start, end, PACK)


@pytest.mark.parametrize(("month", "hours"), [(3, 743), (10, 745), (12, 744), (2, 672)])
def test_a_month_is_the_local_one(month, hours):
    start, end = local_month(2026, month, LONDON)
    assert end - start == hours * HOUR
    assert (start.tzinfo, end.tzinfo) == (UTC, UTC)


def test_an_outage_that_goes_on_counts_to_the_end_of_the_period():
    start, end = local_month(2026, 1, LONDON)
    found = availability(start=start, end=end, outages=[(end - HOUR, None)], scheduled=[])
    assert found.down == ((end - HOUR, end),)
    found = availability(start=start, end=end, outages=[(end - HOUR, None)], scheduled=[(end - MINUTE, None)])
    assert found.sd == HOUR - MINUTE


def test_an_overrun_is_downtime_and_windows_in_an_outage_cut_it():
    start, end = local_month(2026, 1, LONDON)
    ten = instant("2026-01-14T10:00Z")
    outages = [(ten, ten + 6 * HOUR), (ten + 5 * HOUR, ten + 7 * HOUR)]
    windows = [(ten + 4 * HOUR, ten + 5 * HOUR), (ten - HOUR, ten + HOUR), (ten + 2 * HOUR, ten + 3 * HOUR)]
    found = availability(start=start, end=end, outages=outages, scheduled=windows)
    assert found.down == (
        (ten + HOUR, ten + 2 * HOUR),
        (ten + 3 * HOUR, ten + 4 * HOUR),
        (ten + 5 * HOUR, ten + 7 * HOUR),
    )


def test_spans_outside_the_period_or_of_no_length_do_not_count():
    start, end = local_month(2026, 1, LONDON)
    outages = [(start - HOUR, start), (end, end + HOUR), (end, None), (start + HOUR, start), (start, start)]
    found = availability(start=start, end=end, outages=outages, scheduled=[(start, start + HOUR)])
    assert (found.sd, found.percent) == (timedelta(0), 100)


def test_a_period_of_no_length_has_no_availability():
    start, end = local_month(2026, 1, LONDON)
    for until in (start, start - HOUR):
        with pytest.raises(NoPeriod):
            availability(start=start, end=until, outages=[], scheduled=[])
    with pytest.raises(NaiveMoment):
        availability(start=start, end=end.replace(tzinfo=None), outages=[], scheduled=[])


def test_a_longer_period_sums_seconds_and_never_averages():
    start, end = local_month(2026, 1, LONDON)
    january = availability(start=start, end=end, outages=[(start, start + HOUR)], scheduled=[])
    start, end = local_month(2026, 2, LONDON)
    february = availability(start=start, end=end, outages=[], scheduled=[])
    both = january + february
    assert both.percent == 100 - Fraction(100, 59 * 24)
    assert both.percent != (january.percent + february.percent) / 2
    assert both.down == january.down


@pytest.mark.parametrize(
    ("down", "places", "text"),
    [
        (timedelta(seconds=2679), 2, "99.89"),  # 99.899978 %
        (timedelta(seconds=2678), 2, "99.90"),
        (timedelta(seconds=2679), 6, "99.899977"),
        (timedelta(0), 2, "100.00"),
        (timedelta(0), 0, "100"),
        (timedelta(seconds=1), 0, "99"),
        (31 * DAY, 2, "0.00"),
    ],
)
def test_a_target_just_missed_never_looks_met(down, places, text):
    start = instant("2026-01-01T00:00Z")
    assert Availability(31 * DAY, ((start, start + down),)).shown(places) == text


@pytest.mark.parametrize("target", ["99.9", Decimal("99.9"), Fraction(999, 10), 99.9])
def test_exactly_the_target_meets_it_however_it_is_written(target):
    start = instant("2026-11-01T00:00Z")
    assert Availability(30 * DAY, ((start, start + timedelta(seconds=2592)),)).meets(target)
    assert not Availability(30 * DAY, ((start, start + timedelta(seconds=2593)),)).meets(target)


minutes = st.integers(-5, 65)
windows = st.lists(st.tuples(minutes, minutes | st.none()), max_size=5)


@given(windows, windows)
def test_downtime_agrees_with_asking_every_minute(outages, scheduled):
    start = instant("2026-01-01T00:00Z")

    def spans(pairs):
        return [(start + a * MINUTE, None if b is None else start + b * MINUTE) for a, b in pairs]

    def inside(minute, pairs):
        return any(a <= minute and (b is None or minute < b) for a, b in pairs)

    asked = sum(inside(n, outages) and not inside(n, scheduled) for n in range(60))
    found = availability(start=start, end=start + HOUR, outages=spans(outages), scheduled=spans(scheduled))
    assert found.sd == asked * MINUTE
    assert list(found.down) == sorted(found.down)
    assert all(begins < ends for begins, ends in found.down)
