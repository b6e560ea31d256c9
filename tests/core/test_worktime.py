"""Working time, case by case: the shared vectors, then the promises that they do not spell out."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest

from mainstay.core.timeline import LAST_YEAR
from mainstay.core.worktime import BeyondHorizon, Calendar, NaiveMoment, NeverOpens
from tests.core.vectors import instant, pauses, shown, vectors, whole_seconds

BUSINESS_TIME = vectors("business_time")
CALENDARS = BUSINESS_TIME["calendars"]
HOUR = timedelta(hours=1)


def calendar(name):
    return Calendar.from_dict(CALENDARS[name], name=name)


def answer(case):
    """Ask the calendar of a vector its question and give the answer in the words of the vector."""
    asked = calendar(case["calendar"])
    start, end, at = (instant(case[key]) if key in case else None for key in ("start", "end", "at"))
    budget, held = timedelta(seconds=case.get("seconds", 0)), pauses(case.get("pauses", []))
    match case["op"]:
        case "between":
            return {"seconds": whole_seconds(asked.between(start, end))}
        case "add":
            return {"at": shown(asked.add(start, budget))}
        case "due":
            return {"at": shown(asked.due(start, budget, held))}
        case "elapsed":
            counted = asked.elapsed(start, end, held)
            paused = asked.between(start, end) - counted
            return {"seconds": whole_seconds(counted), "paused_seconds": whole_seconds(paused)}
        case "is_open":
            return {"open": asked.is_open(at)}


@pytest.mark.parametrize("case", BUSINESS_TIME["cases"], ids=lambda case: f"{case['id']} {case['note']}")
def test_the_shared_case_is_answered_to_the_second(case):
    expect = {key: value for key, value in case["expect"].items() if key != "at_opening"}
    assert answer(case) == expect


WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKING_WEEK = {day: [["09:00", "17:00"]] for day in WEEK[:5]}
ALWAYS = {day: [["00:00", "24:00"]] for day in WEEK}


def made(hours, *, tz="Europe/London", **more):
    return Calendar.from_dict({"tz": tz, "hours": hours, **more})


def tiles(asked, start, end):
    return [(shown(a), shown(b), kind) for a, b, kind in asked.segments(instant(start), instant(end))]


@pytest.mark.parametrize(
    ("case", "tz", "hours", "start", "end", "expected"),
    [
        ("a window that begins inside the spring gap is short", "Europe/London", ["01:30", "05:00"],
         "2026-03-29T00:00Z", "2026-03-29T12:00Z", 3 * HOUR),
        ("a window that lies inside the spring gap never comes", "Europe/London", ["01:00", "02:00"],
         "2026-03-29T00:00Z", "2026-03-29T12:00Z", 0 * HOUR),
        ("a window that ends inside the autumn fold is open twice", "Europe/London", ["00:00", "01:30"],
         "2026-10-24T23:00Z", "2026-10-25T12:00Z", 2 * HOUR),
        ("a window that lies inside the autumn fold comes twice", "Europe/London", ["01:15", "01:45"],
         "2026-10-24T23:00Z", "2026-10-25T12:00Z", HOUR),
        ("Lord Howe goes back by half an hour", "Australia/Lord_Howe", ["01:30", "02:00"],
         "2026-04-04T12:00Z", "2026-04-05T12:00Z", HOUR),
        ("Lord Howe goes forward by half an hour", "Australia/Lord_Howe", ["02:00", "03:00"],
         "2026-10-03T12:00Z", "2026-10-04T12:00Z", HOUR / 2),
        ("Troll goes forward by two hours", "Antarctica/Troll", ["00:00", "04:00"],
         "2026-03-29T00:00Z", "2026-03-29T12:00Z", 2 * HOUR),
        ("Sao Paulo once had no midnight", "America/Sao_Paulo", ["00:00", "02:00"],
         "2018-11-04T00:00Z", "2018-11-04T12:00Z", HOUR),
    ],
)  # fmt: skip
def test_on_the_night_the_clocks_change_what_the_wall_clock_shows_is_open(
    case, tz, hours, start, end, expected
):
    asked = made({"sun": [hours]}, tz=tz)
    assert asked.between(instant(start), instant(end)) == expected


def test_apia_skipped_a_friday_and_with_it_a_working_day_and_a_holiday():
    for holidays in ([], ["2011-12-30"]):
        asked = made(WORKING_WEEK, tz="Pacific/Apia", holidays=holidays)
        assert asked.between(instant("2011-12-29T10:00Z"), instant("2012-01-01T10:00Z")) == 8 * HOUR
        assert "holiday" not in {kind for *_, kind in tiles(asked, "2011-12-29T10:00Z", "2012-01-01T00:00Z")}


@pytest.mark.parametrize(
    ("case", "hours", "more", "open_at", "shut_at"),
    [
        ("an exception replaces the hours of one date", WORKING_WEEK,
         {"exceptions": {"2026-12-24": [["09:00", "12:00"]]}},
         ["2026-12-24T11:59:59Z", "2026-12-23T12:00Z"], ["2026-12-24T12:00Z"]),
        ("an exception without windows shuts one date", WORKING_WEEK, {"exceptions": {"2026-12-24": []}},
         ["2026-12-23T10:00Z"], ["2026-12-24T10:00Z"]),
        ("an exception opens a Saturday", WORKING_WEEK, {"exceptions": {"2026-12-19": [["10:00", "14:00"]]}},
         ["2026-12-19T10:00Z"], ["2026-12-19T14:00Z", "2026-12-12T10:00Z"]),
        ("an exception on a holiday opens just its own hours", ALWAYS,
         {"exceptions": {"2026-12-25": [["10:00", "12:00"]]}, "holidays": ["2026-12-25"]},
         ["2026-12-25T10:00Z", "2026-12-26T00:00Z"], ["2026-12-25T09:59Z", "2026-12-25T12:00Z"]),
        ("an exception leaves the night before its morning tail", {"wed": [["22:00", "06:00"]]},
         {"exceptions": {"2026-12-24": [["12:00", "13:00"]]}},
         ["2026-12-24T05:59Z", "2026-12-24T12:00Z"], ["2026-12-24T06:00Z"]),
        ("a holiday with hours of its own still loses the night before's tail", {"thu": [["22:00", "06:00"]]},
         {"exceptions": {"2026-12-25": [["12:00", "13:00"]]}, "holidays": ["2026-12-25"]},
         ["2026-12-24T23:59Z", "2026-12-25T12:00Z"], ["2026-12-25T00:00Z", "2026-12-25T05:00Z"]),
        ("an exception over midnight is shut by the holiday after it", {"mon": [["09:00", "10:00"]]},
         {"exceptions": {"2026-12-24": [["20:00", "04:00"]]}, "holidays": ["2026-12-25"]},
         ["2026-12-24T23:59:59Z"], ["2026-12-25T00:00Z"]),
        ("by start day, a holiday shuts the window begun on it, past midnight too",
         {"thu": [["22:00", "06:00"]], "fri": [["22:00", "06:00"]]},
         {"holidays": ["2026-12-25"], "holiday_rule": "by_start_day"},
         ["2026-12-25T05:59Z"], ["2026-12-25T23:00Z", "2026-12-26T01:00Z"]),
        ("by start day, an exception on the holiday runs past midnight", {"mon": [["09:00", "10:00"]]},
         {"exceptions": {"2026-12-25": [["22:00", "02:00"]]}, "holidays": ["2026-12-25"],
          "holiday_rule": "by_start_day"}, ["2026-12-25T23:00Z", "2026-12-26T01:59Z"], ["2026-12-26T02:00Z"]),
        ("windows of one day may overlap", {"thu": [["09:00", "12:00"], ["11:00", "13:00"]]}, {},
         ["2026-12-24T11:30Z", "2026-12-24T12:30Z"], ["2026-12-24T13:00Z"]),
        ("a window from a time to the same time lasts a day", {"thu": [["09:00", "09:00"]]}, {},
         ["2026-12-24T09:00Z", "2026-12-25T08:59:59Z"], ["2026-12-24T08:59:59Z", "2026-12-25T09:00Z"]),
        ("windows may be given to the second", {"thu": [["09:00:30", "09:00:45"]]}, {},
         ["2026-12-24T09:00:30Z", "2026-12-24T09:00:44Z"], ["2026-12-24T09:00:29Z", "2026-12-24T09:00:45Z"]),
    ],
)  # fmt: skip
def test_dates_that_are_not_like_their_weekday(case, hours, more, open_at, shut_at):
    asked = made(hours, **more)
    assert [at for at in open_at if not asked.is_open(instant(at))] == []
    assert [at for at in shut_at if asked.is_open(instant(at))] == []


def test_overlapping_windows_count_once():
    asked = made({"thu": [["09:00", "12:00"], ["11:00", "13:00"], ["09:00", "12:00"]]})
    assert asked.between(instant("2026-12-24T00:00Z"), instant("2026-12-25T00:00Z")) == 4 * HOUR


def test_a_moment_is_the_same_in_every_zone():
    asked = calendar("uk_core")
    start, end = instant("2026-06-01T08:30:00Z"), instant("2026-06-02T10:00:00Z")
    for zone in (
        ZoneInfo("America/New_York"),
        ZoneInfo("Europe/London"),
        timezone(timedelta(hours=5, minutes=45)),
    ):
        assert asked.between(start.astimezone(zone), end.astimezone(zone)) == asked.between(start, end)
        assert asked.add(start.astimezone(zone), HOUR) == asked.add(start, HOUR)
        assert asked.add(start.astimezone(zone), HOUR).tzinfo is UTC
        assert asked.is_open(start.astimezone(zone))


def test_the_two_readings_of_an_autumn_half_past_one_are_an_hour_apart():
    asked, zone = calendar("uk_247"), ZoneInfo("Europe/London")
    first, second = (datetime(2026, 10, 25, 1, 30, tzinfo=zone, fold=fold) for fold in (0, 1))
    assert asked.between(first.astimezone(UTC), second.astimezone(UTC)) == HOUR
    assert asked.add(first, HOUR) == second.astimezone(UTC)


def test_fractions_of_a_second_are_kept_exactly():
    asked, tick = calendar("uk_core"), timedelta(microseconds=1)
    closing = instant("2026-01-12T17:00:00Z")
    assert asked.between(closing - tick, closing + HOUR) == tick
    assert asked.add(closing - tick, tick) == closing
    assert asked.add(closing - tick, 2 * tick) == instant("2026-01-13T09:00:00.000001Z")
    assert asked.add(instant("2026-01-12T09:00Z"), 0.75 * timedelta(seconds=3)) == instant(
        "2026-01-12T09:00:02.25Z"
    )
    assert asked.is_open(closing - tick)
    assert not asked.is_open(closing)


@pytest.mark.parametrize(("case", "at", "opens", "closes"), [
    ("open already", "2026-12-24T10:00:00Z", "2026-12-24T10:00:00Z", "2026-12-24T17:00:00Z"),
    ("the opening second", "2026-12-24T09:00:00Z", "2026-12-24T09:00:00Z", "2026-12-24T17:00:00Z"),
    ("the closing second, Christmas and a weekend ahead", "2026-12-24T17:00:00Z", "2026-12-29T09:00:00Z",
     "2026-12-29T17:00:00Z"),
    ("New Year's Eve at night, in a year not asked about yet", "2031-12-31T23:00:00Z", "2032-01-01T09:00:00Z",
     "2032-01-01T17:00:00Z"),
])  # fmt: skip
def test_the_next_opening_and_closing(case, at, opens, closes):
    asked = calendar("uk_core")
    assert (shown(asked.next_open(instant(at))), shown(asked.next_close(instant(at)))) == (opens, closes)


def test_what_is_open_around_the_clock_closes_only_for_a_holiday_to_come():
    always, less = calendar("uk_247"), calendar("uk_247_less_holidays")
    assert always.next_close(instant("2026-01-12T00:00Z")) is None
    assert shown(less.next_close(instant("2025-12-27T00:00Z"))) == "2026-01-01T00:00:00Z"
    assert less.next_close(instant("2030-12-27T00:00Z")) is None
    assert shown(calendar("uk_24x5").next_close(instant("2026-12-30T12:00Z"))) == "2027-01-01T00:00:00Z"


def test_an_opening_or_a_closing_years_ahead_is_waited_for():
    start = instant("2026-01-12T00:00Z")
    once = made({}, exceptions={"2034-01-05": [["09:00", "12:00"]]})
    assert shown(once.add(start, HOUR)) == "2034-01-05T10:00:00Z"
    assert shown(made(ALWAYS, holidays=["2034-01-05"]).next_close(start)) == "2034-01-05T00:00:00Z"


def test_the_first_second_of_a_year_not_asked_about_yet_is_open_around_the_clock():
    asked = made(ALWAYS, holidays=["2020-02-02"])
    assert asked.is_open(instant("2026-07-01T00:00Z"))
    assert asked.is_open(instant("2027-01-01T00:00Z"))
    half_past = instant("2028-01-01T00:00:00.5Z")
    assert asked.between(half_past - HOUR, half_past) == HOUR


def test_a_window_over_new_year_is_one_stretch():
    asked = made({day: [["18:00", "06:00"]] for day in WEEK})
    assert shown(asked.next_close(instant("2026-12-31T20:00Z"))) == "2027-01-01T06:00:00Z"
    assert tiles(asked, "2026-12-31T20:00:00Z", "2027-01-01T07:00:00Z") == [
        ("2026-12-31T20:00:00Z", "2027-01-01T06:00:00Z", "open"),
        ("2027-01-01T06:00:00Z", "2027-01-01T07:00:00Z", "out of hours"),
    ]


def test_a_span_is_told_as_open_holiday_and_out_of_hours():
    assert tiles(calendar("uk_core"), "2026-12-24T16:00:00Z", "2026-12-29T09:30:00Z") == [
        ("2026-12-24T16:00:00Z", "2026-12-24T17:00:00Z", "open"),
        ("2026-12-24T17:00:00Z", "2026-12-25T00:00:00Z", "out of hours"),
        ("2026-12-25T00:00:00Z", "2026-12-26T00:00:00Z", "holiday"),
        ("2026-12-26T00:00:00Z", "2026-12-28T00:00:00Z", "out of hours"),
        ("2026-12-28T00:00:00Z", "2026-12-29T00:00:00Z", "holiday"),
        ("2026-12-29T00:00:00Z", "2026-12-29T09:00:00Z", "out of hours"),
        ("2026-12-29T09:00:00Z", "2026-12-29T09:30:00Z", "open"),
    ]


def test_a_summer_holiday_is_told_by_its_local_date():
    assert tiles(calendar("uk_core"), "2026-08-30T20:00:00Z", "2026-09-01T01:00:00Z")[1][:2] == (
        "2026-08-30T23:00:00Z",
        "2026-08-31T23:00:00Z",
    )


def test_by_start_day_the_hours_taken_after_midnight_are_told_as_holiday():
    hours = {day: [["22:00", "06:00"]] for day in WEEK}
    asked = made(hours, holidays=["2026-12-25"], holiday_rule="by_start_day")
    assert tiles(asked, "2026-12-25T03:00:00Z", "2026-12-26T23:00:00Z") == [
        ("2026-12-25T03:00:00Z", "2026-12-25T06:00:00Z", "open"),
        ("2026-12-25T06:00:00Z", "2026-12-26T06:00:00Z", "holiday"),
        ("2026-12-26T06:00:00Z", "2026-12-26T22:00:00Z", "out of hours"),
        ("2026-12-26T22:00:00Z", "2026-12-26T23:00:00Z", "open"),
    ]


def test_segments_of_nothing_are_none_and_ragged_ends_are_kept():
    asked = calendar("uk_core")
    noon = instant("2026-01-12T12:00:00Z")
    assert list(asked.segments(noon, noon)) == list(asked.segments(noon, noon - HOUR)) == []
    start, end = noon + timedelta(microseconds=5), noon + timedelta(microseconds=9)
    assert list(asked.segments(start, end)) == [(start, end, "open")]


@pytest.mark.parametrize("ask", [
    lambda asked, naive, good: asked.is_open(naive),
    lambda asked, naive, good: asked.between(naive, good),
    lambda asked, naive, good: asked.between(good, naive),
    lambda asked, naive, good: asked.add(naive, HOUR),
    lambda asked, naive, good: asked.elapsed(good, good, [(naive, None)]),
    lambda asked, naive, good: asked.elapsed(good, good, [(good, naive)]),
    lambda asked, naive, good: asked.due(naive, HOUR, []),
    lambda asked, naive, good: asked.next_open(naive),
    lambda asked, naive, good: asked.next_close(naive),
    lambda asked, naive, good: asked.segments(naive, good),
])  # fmt: skip
def test_a_moment_without_a_zone_is_refused(ask):
    good = instant("2026-01-12T12:00:00Z")
    with pytest.raises(NaiveMoment, match="has no time zone"):
        ask(calendar("uk_core"), good.replace(tzinfo=None), good)


def test_a_zone_that_does_not_know_its_offset_is_no_zone():
    class Nowhere(tzinfo):
        def utcoffset(self, dt):
            return None

    with pytest.raises(NaiveMoment):
        calendar("uk_core").is_open(datetime(2026, 1, 12, tzinfo=Nowhere()))


def test_a_budget_below_zero_is_refused():
    at = instant("2026-01-12T12:00:00Z")
    with pytest.raises(ValueError, match="below zero"):
        calendar("uk_core").add(at, -HOUR)
    with pytest.raises(ValueError, match="below zero"):
        calendar("uk_core").due(at, -HOUR, [])


def test_a_calendar_that_runs_out_says_so_and_does_not_search_for_ever():
    once = made({}, exceptions={"2026-12-24": [["09:00", "12:00"]]})
    before, after = instant("2026-12-01T00:00:00Z"), instant("2026-12-24T12:00:00Z")
    assert shown(once.add(before, 3 * HOUR)) == "2026-12-24T12:00:00Z"
    for ask in (
        lambda: once.add(before, 3 * HOUR + timedelta(seconds=1)),
        lambda: once.due(after, HOUR, []),
        lambda: once.next_open(after),
        lambda: once.next_close(after),
    ):
        with pytest.raises(NeverOpens, match="does not open for long enough"):
            ask()


def test_a_budget_past_the_horizon_is_refused():
    with pytest.raises(NeverOpens, match=str(LAST_YEAR)):
        made({"mon": [["09:00", "09:01"]]}).add(instant("2290-01-01T00:00Z"), 100 * HOUR)


@pytest.mark.parametrize("year", [1899, 2300])
def test_a_year_nobody_can_mean_is_refused(year):
    odd, good = datetime(year, 6, 1, tzinfo=UTC), instant("2026-01-12T12:00:00Z")
    for ask in (
        lambda asked: asked.is_open(odd),
        lambda asked: asked.between(min(odd, good), max(odd, good)),
    ):
        with pytest.raises(BeyondHorizon, match="1900 to 2299"):
            ask(calendar("uk_core"))


def test_questions_about_earlier_and_later_years_leave_earlier_answers_as_they_were():
    asked, start = made(WORKING_WEEK, holidays=["2026-01-13"]), instant("2026-01-12T12:00:00Z")
    before = asked.add(start, 40 * HOUR)
    asked.between(instant("2019-01-01T00:00Z"), instant("2031-01-01T00:00Z"))
    assert asked.add(start, 40 * HOUR) == before
    assert asked.between(start, before) == 40 * HOUR


def test_calendars_that_say_the_same_share_one_table_and_keep_their_names():
    spec = CALENDARS["uk_core"]
    one = Calendar.from_dict(spec, name="core", version="2026-1")
    other = Calendar.from_dict({**spec, "holidays": list(reversed(spec["holidays"])), "name": "telephone"})
    assert one._timeline is other._timeline
    assert (one.name, one.version, other.name, other.version) == ("core", "2026-1", "telephone", "")
    assert one != other
    assert one == Calendar.from_dict(spec, name="core", version="2026-1")
    assert one.zone == ZoneInfo("Europe/London")
