"""Terms: what an agreement gives to one ticket, and what one contract agreed otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from mainstay.agreements import standard
from mainstay.core.terms import AgreementFaults, NamedCalendar, Rule, UnknownCoverage
from mainstay.core.units import (
    BadUnit,
    read_percent,
    read_real_span,
    read_share,
    read_span,
    read_target,
    say_percent,
    say_span,
)  # fmt: skip
from mainstay.core.worktime import Calendar
from tests.core.telling import clock, hours, reported, shown

HALF_HOUR = {"commitment": {"response": {"targets": {"1": "30min"}}}}


def rule(name: str, severity: int | None, coverage: str = "core", overrides: dict | None = None) -> Rule:
    commitment = standard().terms(coverage, overrides or {}).commitment(name)
    assert commitment is not None
    return commitment.rules[severity]


# ---- Coverage ----


@pytest.mark.parametrize(("coverage", "severity", "calendar"), [
    ("core", 1, "core"), ("core", 2, "core"), ("24x7", 1, "always"), ("24x7", 2, "core"), ("24x7", 4, "core"),
])  # fmt: skip
def test_round_the_clock_support_moves_severity_1_and_nothing_else(coverage, severity, calendar):
    assert rule("resolution", severity, coverage).calendar.name == calendar


def test_a_coverage_says_when_incidents_may_be_reported():
    assert [standard().terms(name).coverage.reports.name for name in ("core", "24x7")] == ["core", "always"]


def test_a_coverage_that_is_not_sold_is_refused():
    with pytest.raises(UnknownCoverage, match="'gold' is not sold; standard has core, 24x7"):
        standard().terms("gold")


def test_a_day_is_a_day_of_the_calendar_that_the_coverage_puts_it_on():
    moved = {"coverage": {"24x7": {"severities": {"3": "always"}}}}
    assert rule("resolution", 3, "24x7", moved).target.budget == timedelta(days=5)
    assert rule("resolution", 3, "24x7").target.budget == timedelta(hours=40)


def test_software_that_is_not_hosted_has_no_terms_on_service():
    """Section 5, introduction."""
    terms = standard().terms(hosted=False)
    assert (terms.hosted, terms.availability, terms.notices) == (False, None, ())
    assert terms.commitments == standard().terms().commitments


def test_an_agreement_without_a_service_promises_no_availability():
    data = {
        key: value
        for key, value in standard().data.items()
        if key not in ("availability", "notice", "entitlement")
    }
    agreement = type(standard()).from_dict(data, standard().holidays)
    assert (agreement.terms().availability, agreement.terms().notices, agreement.terms().entitlements) == (
        None,
        (),
        (),
    )


# ---- Overrides: "unless otherwise agreed in writing" ----


def test_a_contract_changes_what_it_names_and_nothing_else():
    assert rule("response", 1, overrides=HALF_HOUR).target.budget == timedelta(minutes=30)
    assert rule("response", 2, overrides=HALF_HOUR) == rule("response", 2)
    assert rule("response", 1).target.budget == timedelta(hours=1)  # nobody else is touched


def test_a_list_given_whole_replaces_the_list():
    tiers = [{"notice": "1 week", "clause": "order 7"}]
    (tier,) = standard().terms("core", {"notice": tiers}).notices
    assert (tier.shorter_than, tier.notice, tier.clause) == (None, timedelta(days=7), "order 7")


def test_a_table_takes_the_place_of_a_single_value():
    by_severity = {
        "commitment": {
            "complaint": {"targets": {"1": "24h", "2": "48h", "3": "72h", "4": "96h", "unknown": "96h"}}
        }
    }
    assert rule("complaint", 2, overrides=by_severity).target.budget == timedelta(hours=48)


@pytest.mark.parametrize(("overrides", "path", "remedy"), [
    ({"commitment": {"respose": {}}}, "commitment.respose", "Did you mean response?"),
    ({"severity": {"7": {"name": "x"}}}, "severity.7", "Known: 1, 2, 3, 4."),
    ({"ladder": {"cto": {"at": "50%"}}}, "ladder.cto", "give the whole list"),
    ({"agreement": {"version": "2"}}, "agreement", "Remove"),
    ({"commitment": {"response": {"targets": {"1": "soon"}}}}, "commitment[0].targets.1", "Write it like"),
])  # fmt: skip
def test_overrides_that_do_not_fit_are_refused_like_a_faulty_file(overrides, path, remedy):
    with pytest.raises(AgreementFaults) as told:
        standard().terms("core", overrides)
    (fault,) = told.value.faults
    assert fault.path == path
    assert remedy in fault.remedy


def test_entries_are_found_by_name_level_or_occasion():
    overrides = {
        "severity": {"4": {"name": "Question"}},
        "entitlement": {"on-site": {"included": True, "limit": 2}},
        "client_notice": {"progress": {"clause": "order 7"}},
    }
    terms = standard().terms("core", overrides)
    on_site = terms.entitlement("on-site")
    assert on_site is not None
    assert (terms.severities[3].name, on_site.included, on_site.limit) == ("Question", True, 2)
    assert "order 7" in [notice.clause for notice in terms.client_notices]


# ---- Other calendars ----


def test_other_holidays_can_be_tried_out_before_they_apply():
    """Reading 21: a holiday announced while a ticket is open moves what is due."""
    core = standard().terms().calendars["core"]
    spec = {
        "tz": "Europe/London",
        "hours": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    }
    mourning = replace(
        core, version="2026.2", calendar=Calendar.from_dict({**spec, "holidays": ["2026-01-13"]})
    )
    terms = standard().terms("core", calendars={"core": mourning, "moon": mourning})
    assert shown(clock("response", [reported("Mon 16:30")], "Mon 17:00", terms).due) == "Wed 09:30"
    assert shown(clock("response", [reported("Mon 16:30")], "Mon 17:00").due) == "Tue 09:30"
    assert {terms.coverage.reports.label, terms.closing.calendar.label} == {"core@2026.2"}
    assert "moon" not in terms.calendars


def test_a_calendar_without_holidays_has_no_version_to_name():
    assert standard().terms().calendars["always"].label == "always"
    assert (
        NamedCalendar(
            "a",
            "1",
            Calendar.from_dict({"tz": "UTC", "hours": {"mon": [["09:00", "17:00"]]}}),
            timedelta(1),
            "",
        ).label
        == "a@1"
    )


def test_an_agreement_may_bring_its_own_holidays_exceptions_and_windows():
    own = {
        "holidays": {"works": {"version": "7", "dates": ["2026-01-13"]}},
        "calendars": {
            "core": {
                "holidays": "works",
                "exceptions": {"2026-01-14": ["09:00-12:00"]},
                "holiday_rule": "by_date",
                "hours": {"mon": [["09:00", "13:00"], "14:00-18:00"]},
            }
        },
    }
    core = standard().terms("core", own).calendars["core"]
    assert core.label == "core@7"
    assert hours(core.calendar.between(*_day("12"))) == 8
    assert hours(core.calendar.between(*_day("13"))) == 0
    assert hours(core.calendar.between(*_day("14"))) == 3


def _day(day: str):
    from tests.core.telling import when

    start = when(f"2026-01-{day}T00:00:00+00:00")
    return start, start + timedelta(days=1)


# ---- Looking things up ----


def test_what_the_terms_do_not_know_is_none():
    terms = standard().terms()
    assert (terms.commitment("tea"), terms.entitlement("tea")) == (None, None)
    assert terms.grade("dire", "high").severity is None


# ---- Units ----


@pytest.mark.parametrize(("text", "span"), [
    ("90s", timedelta(seconds=90)), ("30min", timedelta(minutes=30)), ("4h", timedelta(hours=4)),
    ("1h30min", timedelta(minutes=90)), ("1 h 30 min", timedelta(minutes=90)), ("5d", timedelta(hours=40)),
])  # fmt: skip
def test_spans_are_read_with_the_working_day_of_their_calendar(text, span):
    assert read_span(text, timedelta(hours=8)) == span
    assert read_target(text, timedelta(hours=8)).budget == span


def test_targets_are_times_calendar_days_or_the_next_release():
    assert read_target("7 calendar days", timedelta(hours=8)).days == 7
    assert read_target("1 calendar day", timedelta(hours=8)).days == 1
    assert read_target("next release", timedelta(hours=8)).next_release


@pytest.mark.parametrize(
    "text", ["", "4", "h", "4 hours", "-4h", "4h soon", "1.5h", "calendar days", "Next Release"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(BadUnit, match="not a time"):
        read_target(text, timedelta(hours=8))


def test_real_spans_know_days_and_weeks():
    assert (read_real_span("2 weeks"), read_real_span("1 week")) == (timedelta(days=14), timedelta(days=7))
    assert (read_real_span("14 calendar days"), read_real_span("24h")) == (
        timedelta(days=14),
        timedelta(days=1),
    )


def test_percentages_are_exact():
    assert (read_percent("99.9%"), read_share("75 %")) == (Fraction(999, 10), Fraction(3, 4))
    with pytest.raises(BadUnit, match="not a percentage"):
        read_percent("nearly all")


def test_spans_and_shares_are_said_in_words():
    assert say_span(timedelta(hours=40)) == "40 h"
    assert say_span(timedelta(minutes=90, seconds=5)) == "1 h 30 min 5 s"
    assert say_span(timedelta(0)) == "none"
    assert say_percent(Fraction(1, 8)) == "12.5%"
