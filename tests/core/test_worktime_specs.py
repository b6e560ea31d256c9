"""A calendar that is written wrongly is refused with every fault and its place, never guessed at."""

from datetime import UTC, date, datetime, time

import pytest

from mainstay.core.hours import read_hours
from mainstay.core.worktime import BadCalendar, Calendar, NeverOpens

GOOD = {"tz": "Europe/London", "hours": {"mon": [["09:00", "17:00"]]}}


@pytest.mark.parametrize(
    ("case", "spec", "place", "problem"),
    [
        ("no zone", {"hours": GOOD["hours"]}, "tz", "needs a time zone"),
        ("a zone nobody knows", {**GOOD, "tz": "Europe/Lundon"}, "tz", "not a known time zone"),
        ("a folder of the zone database", {**GOOD, "tz": "Europe"}, "tz", "not a known time zone"),
        ("a zone that climbs out", {**GOOD, "tz": "../zone"}, "tz", "not a known time zone"),
        ("a zone that is a number", {**GOOD, "tz": 1}, "tz", "needs a time zone"),
        ("no hours", {"tz": "Europe/London"}, "hours", "needs the open hours by weekday"),
        ("hours as a list", {**GOOD, "hours": [["09:00", "17:00"]]},
         "hours", "needs the open hours by weekday"),
        ("a long weekday", {**GOOD, "hours": {"monday": []}}, "hours.monday", "did you mean mon?"),
        ("a capital weekday", {**GOOD, "hours": {"Tue": []}}, "hours.Tue", "did you mean tue?"),
        ("a weekday from nowhere", {**GOOD, "hours": {"8": []}}, "hours.8", "use mon, tue,"),
        ("a window not in a list", {**GOOD, "hours": {"mon": "09:00-17:00"}},
         "hours.mon", "list of [from, to]"),
        ("a flat pair", {**GOOD, "hours": {"mon": ["09:00"]}}, "hours.mon[0]", "two times"),
        ("three times", {**GOOD, "hours": {"mon": [["09:00", "12:00", "17:00"]]}},
         "hours.mon[0]", "two times"),
        ("a short time", {**GOOD, "hours": {"mon": [["9:00", "17:00"]]}},
         "hours.mon[0][0]", "'9:00' is not a time"),
        ("an hour too many", {**GOOD, "hours": {"mon": [["09:00", "24:01"]]}},
         "hours.mon[0][1]", "not a time of day"),
        ("a minute too many", {**GOOD, "hours": {"mon": [["09:60", "12:00"]]}},
         "hours.mon[0][0]", "not a time of day"),
        ("a number", {**GOOD, "hours": {"mon": [[9, "12:00"]]}}, "hours.mon[0][0]", "9 is not a time of day"),
        ("a time with a zone", {**GOOD, "hours": {"mon": [[time(9, tzinfo=UTC), "12:00"]]}},
         "hours.mon[0][0]",
         "not a time of day"),
        ("begins at 24:00", {**GOOD, "hours": {"mon": [["24:00", "06:00"]]}},
         "hours.mon[0][0]", "not begin one"),
        ("holidays by name", {**GOOD, "holidays": "england"}, "holidays", "needs a list of dates"),
        ("a day that is not", {**GOOD, "holidays": ["2026-12-25", "2026-02-30"]},
         "holidays[1]", "not a date"),
        ("a week date", {**GOOD, "holidays": ["2026-W01-1"]}, "holidays[0]", "write it like 2026-12-25"),
        ("a moment for a date", {**GOOD, "holidays": [datetime(2026, 1, 1, tzinfo=UTC)]},
         "holidays[0]", "not a date"),
        ("exceptions as a list", {**GOOD, "exceptions": ["2026-12-24"]},
         "exceptions", "dates with their own hours"),
        ("an exception on no date", {**GOOD, "exceptions": {"xmas": []}},
         "exceptions.xmas", "'xmas' is not a date"),
        ("an exception with a bad time", {**GOOD, "exceptions": {"2026-12-24": [["09:00", "noon"]]}},
         "exceptions.2026-12-24[0][1]", "'noon' is not a time"),
        ("a rule nobody knows", {**GOOD, "holiday_rule": "by_moon"},
         "holiday_rule", "use by_date or by_start_day"),
        ("a misspelt part", {**GOOD, "holliday": []}, "holliday", "did you mean holidays?"),
        ("a part from nowhere", {**GOOD, "zzzz": []}, "zzzz", "is not a part of a calendar"),
    ],
)  # fmt: skip
def test_a_badly_written_calendar_is_refused_at_its_place(case, spec, place, problem):
    with pytest.raises(BadCalendar) as refused:
        Calendar.from_dict(spec)
    assert [(fault.place, problem in fault.problem) for fault in refused.value.faults] == [(place, True)]
    assert str(refused.value).startswith(f"{place}: ")


def test_all_faults_are_told_in_one_go():
    spec = {"tz": "Nowhere", "hours": {"mon": [["9", "10"]]}, "holidays": ["x"], "holiday_rule": None}
    with pytest.raises(BadCalendar) as refused:
        Calendar.from_dict(spec)
    places = [fault.place for fault in refused.value.faults]
    assert places == ["tz", "hours.mon[0][0]", "hours.mon[0][1]", "holidays[0]", "holiday_rule"]


@pytest.mark.parametrize(
    ("case", "spec"),
    [
        ("no hours at all", {**GOOD, "hours": {}}),
        ("empty days", {**GOOD, "hours": {"mon": [], "tue": []}}),
        ("only an exception that shuts", {**GOOD, "hours": {}, "exceptions": {"2026-12-24": []}}),
    ],
)
def test_a_calendar_that_never_opens_is_refused(case, spec):
    with pytest.raises(NeverOpens, match="no open hours"):
        Calendar.from_dict(spec)


def test_dates_and_times_may_be_given_as_such():
    written = {**GOOD, "holidays": ["2026-12-25"], "exceptions": {"2026-12-24": [["09:00", "12:00"]]}}
    native = {
        "tz": "Europe/London",
        "hours": {"mon": [(time(9), time(17))]},
        "holidays": {date(2026, 12, 25)},
        "exceptions": {date(2026, 12, 24): ((time(9), time(12)),)},
    }
    assert read_hours(written) == read_hours(native)


def test_parts_for_people_do_not_change_the_hours():
    named = Calendar.from_dict({**GOOD, "name": "core", "version": "7", "note": "as agreed"})
    assert (named.name, named.version) == ("core", "7")
    assert named.hours == read_hours(GOOD)


@pytest.mark.parametrize(
    ("hours", "all_week"),
    [
        ({day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}, True),
        ({day: [["09:00", "09:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}, True),
        ({day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat")}, False),
        ({day: [["00:00", "23:59"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}, False),
    ],
)
def test_it_is_known_whether_a_week_has_any_gap(hours, all_week):
    assert read_hours({"tz": "UTC", "hours": hours}).open_all_week() is all_week
