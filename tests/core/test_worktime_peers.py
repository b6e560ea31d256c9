"""Faults that other desks and libraries have shipped, each kept out by name."""

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays as published
import pytest

import mainstay
from mainstay.core.worktime import Calendar, NeverOpens
from tests.core.vectors import instant, pauses, shown, vectors

CALENDARS = vectors("business_time")["calendars"]
CORE = Calendar.from_dict(CALENDARS["uk_core"])
ALWAYS = Calendar.from_dict(CALENDARS["uk_247"])
LONDON = ZoneInfo("Europe/London")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DAY = 8 * HOUR


def london(text):
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def test_two_pauses_in_the_same_minute_both_count():
    """Zammad keeps breaks by HH:MM, so that one of the two is lost."""
    held = pauses(
        [["2026-01-12T10:00:05Z", "2026-01-12T10:00:15Z"], ["2026-01-12T10:00:30Z", "2026-01-12T10:00:50Z"]]
    )
    assert CORE.elapsed(instant("2026-01-12T10:00Z"), instant("2026-01-12T10:01Z"), held) == 30 * SECOND


@pytest.mark.parametrize(
    ("paused_from", "paused_to", "counted"),
    [
        ("2026-10-25T00:30Z", "2026-10-25T01:10Z", 5 * HOUR + 20 * MINUTE),
        ("2026-10-24T23:30Z", "2026-10-25T01:30Z", 4 * HOUR),
    ],
)
def test_a_pause_over_the_autumn_fold_is_as_long_as_it_was(paused_from, paused_to, counted):
    """Zammad and biz read 01:30 to 01:10 as a negative break, and 00:30 to 01:30 as one hour."""
    held = pauses([[paused_from, paused_to]])
    assert ALWAYS.elapsed(instant("2026-10-24T22:00Z"), instant("2026-10-25T04:00Z"), held) == counted


def test_a_pause_is_kept_to_the_second():
    """Zammad's two suites expect 09:26 and 09:27 for what is exactly 09:26:36."""
    held = pauses([["2026-01-12T09:10:24Z", "2026-01-12T09:17:00Z"]])
    assert shown(CORE.due(instant("2026-01-12T09:00Z"), 20 * MINUTE, held)) == "2026-01-12T09:26:36Z"


def test_three_seconds_used_are_three_seconds():
    """Zammad says 0 minutes, which hides a breach by a second."""
    assert CORE.between(instant("2026-01-12T16:59:57Z"), instant("2026-01-12T18:00Z")) == 3 * SECOND


def test_a_pause_over_a_weekend_moves_the_due_moment_by_its_working_time_only():
    """Frappe and GLPI added the wall time of the pause: too late, or outside hours."""
    held = pauses([["2026-01-16T16:00Z", "2026-01-19T10:00Z"]])
    due = CORE.due(instant("2026-01-16T15:00Z"), 6 * HOUR, held)
    assert shown(due) == "2026-01-19T15:00:00Z"
    assert CORE.elapsed(instant("2026-01-16T15:00Z"), due, held) == 6 * HOUR


def test_a_pause_that_still_runs_leaves_no_due_moment_and_uses_no_time():
    """Frappe forgot the hold of a ticket that went from paused to resolved; GLPI breached while pending."""
    held, start = pauses([["2026-01-12T10:00Z", None]]), instant("2026-01-12T09:00Z")
    assert CORE.due(start, 2 * HOUR, held) is None
    assert CORE.elapsed(start, instant("2026-08-12T09:00Z"), held) == HOUR
    assert shown(CORE.due(start, HOUR, held)) == "2026-01-12T10:00:00Z"
    assert CORE.due(start, timedelta(0), pauses([["2026-01-12T08:00Z", None]])) == start


def test_a_start_on_a_day_off_counts_from_the_next_opening():
    """Frappe counted from within the day off (helpdesk#2075)."""
    for start in ("2026-12-25T10:00Z", "2026-12-26T10:00Z", "2026-12-28T23:59:59Z"):
        assert shown(CORE.add(instant(start), HOUR)) == "2026-12-29T10:00:00Z"


def test_both_ends_after_hours():
    """seatgeek/businesstime gave 0, or whole days too many (#5, #7, #13)."""
    assert CORE.between(instant("2026-01-12T20:00Z"), instant("2026-01-13T20:00Z")) == DAY
    assert CORE.between(instant("2026-01-12T20:00Z"), instant("2026-01-12T23:00Z")) == timedelta(0)
    assert CORE.between(instant("2026-01-16T20:00Z"), instant("2026-01-18T20:00Z")) == timedelta(0)


def test_the_first_second_after_a_holiday_is_open_around_the_clock():
    """Business::Hours closes it: its holidays reach 24 hours, both ends included."""
    less = Calendar.from_dict(CALENDARS["uk_247_less_holidays"])
    midnight = instant("2026-12-26T00:00Z")
    assert (less.is_open(midnight - SECOND), less.is_open(midnight)) == (False, True)


@pytest.mark.parametrize("days", [21, 22, 25, 250, 2500])
def test_a_budget_of_many_days_has_its_due_moment(days):
    """Business::Hours gives -1 past 30 calendar days, and RT then shows no deadline at all."""
    start = instant("2026-01-12T09:00Z")
    due = CORE.add(start, days * DAY)
    assert CORE.between(start, due) == days * DAY
    assert due.astimezone(LONDON).hour == 17


def test_an_answer_does_not_depend_on_the_question_before():
    """Business::Hours gives -1 for a range outside the one it was first asked about."""
    spec = {**CALENDARS["uk_core"], "note": "nobody else asks this one first"}
    asked = Calendar.from_dict(spec)
    asked.between(instant("2026-01-12T09:00Z"), instant("2026-01-12T10:00Z"))
    assert asked.between(instant("1999-01-11T09:00Z"), instant("1999-01-11T10:00Z")) == HOUR
    assert asked.between(instant("2026-01-12T09:00Z"), instant("2026-01-12T10:00Z")) == HOUR


def test_a_day_ends_at_closing_and_not_next_morning():
    """Business::Hours and pandas say next morning for eight hours from nine."""
    assert shown(CORE.add(instant("2026-01-12T09:00Z"), DAY)) == "2026-01-12T17:00:00Z"


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_steps_of_an_hour_over_the_change_of_the_clocks_always_get_on(day):
    """moment-business-time and working_hours stood still or came out an hour early over the fold."""
    at = london(f"{day}T00:00")
    for _ in range(30):
        then = ALWAYS.add(at, HOUR)
        assert ALWAYS.between(at, then) == HOUR
        at = then


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_local_day_has_its_real_length(day, hours):
    """Whole-day arithmetic (OTRS, GLPI, fullcalendar) hits a date twice or skips one."""
    midnight = london(f"{day}T00:00")
    assert ALWAYS.between(midnight, midnight + timedelta(days=1)) == hours * HOUR


def test_opening_time_keeps_to_the_local_clock_all_year():
    """Schedules kept in UTC move by an hour twice a year (grafana/oncall#3261)."""
    for month in range(1, 13):
        opens = CORE.next_open(london(f"2026-{month:02}-06T00:00"))
        assert opens.astimezone(LONDON).strftime("%H:%M") == "09:00"


@pytest.mark.parametrize(
    ("tz", "hours"), [("Pacific/Kiritimati", ["00:00", "06:00"]), ("Pacific/Honolulu", ["18:00", "23:59"])]
)
def test_a_holiday_is_a_local_date(tz, hours):
    """dbt_zendesk compared it with the UTC date and missed it for early and late windows (#114, #117)."""
    spec = {"tz": tz, "hours": {"fri": [hours]}, "holidays": ["2026-12-25"]}
    noon = datetime(2026, 12, 25, 12, tzinfo=ZoneInfo(tz))
    assert Calendar.from_dict(spec).between(noon - 24 * HOUR, noon + 24 * HOUR) == timedelta(0)


def test_a_lunch_break_is_not_worked():
    """Frappe has one window a day (helpdesk#2212); GLPI escalated at 00:00 after a split day."""
    split = Calendar.from_dict(CALENDARS["uk_split"])
    assert shown(split.add(instant("2026-01-12T12:00Z"), HOUR)) == "2026-01-12T14:00:00Z"
    assert split.between(instant("2026-01-12T12:30Z"), instant("2026-01-12T13:30Z")) == timedelta(0)


def test_an_overnight_shift_that_the_span_begins_in_is_counted():
    """businesstimedelta gives 0 hours for Monday 22:00 to Tuesday 06:00."""
    night = Calendar.from_dict(CALENDARS["uk_night"])
    assert night.between(instant("2026-01-12T22:00Z"), instant("2026-01-13T06:00Z")) == 8 * HOUR
    assert shown(night.add(instant("2026-01-12T23:00Z"), 2 * HOUR)) == "2026-01-13T01:00:00Z"


def test_a_night_shift_over_the_change_is_added_in_hours_that_passed():
    """pandas adds wall clock hours: 04:00 for both nights."""
    night = Calendar.from_dict(CALENDARS["uk_night7"])
    assert night.add(london("2026-03-28T23:00"), 5 * HOUR) == london("2026-03-29T05:00")
    assert night.add(london("2026-10-24T23:00"), 5 * HOUR) == london("2026-10-25T03:00")


def test_reversed_ends_are_no_time():
    """businesstimedelta is unsigned, business-duration says nan, Business::Hours fails."""
    assert CORE.between(instant("2026-01-13T10:00Z"), instant("2026-01-12T10:00Z")) == timedelta(0)
    assert CORE.elapsed(instant("2026-01-13T10:00Z"), instant("2026-01-12T10:00Z"), []) == timedelta(0)


def test_a_calendar_that_shuts_on_every_working_day_to_come_raises_and_does_not_loop():
    """php-business-time#53, dayjs-business-time#6, businesstimedelta#9 and ts-business-time#5 hang."""
    with pytest.raises(NeverOpens):
        Calendar.from_dict({"tz": "Europe/London", "hours": {day: [] for day in ("mon", "tue")}})


SHIPPED = tomllib.loads(
    (Path(mainstay.__file__).parent / "agreements" / "holidays" / "england.toml").read_text()
)


@pytest.mark.parametrize("year", range(2018, 2031))
def test_england_as_shipped_keeps_the_holidays_that_a_well_kept_library_knows(year):
    """PyPI workalendar misses 2023-05-08, feeds add days of other nations (zammad#390)."""
    theirs = published.country_holidays("GB", subdiv="ENG", years=year)
    working_days = {day.isoformat() for day in theirs if day.weekday() < 5}
    listed = [day["date"] for day in vectors("bank_holidays_england")["days"]]
    for ours in (SHIPPED["dates"], CALENDARS["uk_core"]["holidays"], listed):
        assert {day for day in ours if date.fromisoformat(day).year == year} == working_days
