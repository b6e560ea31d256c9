"""The standard agreement says what the pack says, clause by clause, and each figure is in the file alone."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

import mainstay.core
from mainstay.agreements import holiday_tables, parse, shipped, source, standard
from mainstay.core.plain_words import describe
from mainstay.core.promises import Target
from mainstay.core.terms import Agreement
from tests.core.telling import CORE
from tests.core.vectors import vectors


def targets(name: str) -> dict[int | None, str]:
    commitment = CORE.commitment(name)
    assert commitment is not None
    return {severity: rule.target.text if rule.target else "" for severity, rule in commitment.rules.items()}


@pytest.mark.parametrize(("name", "clause", "expected"), [
    ("response", "5 (Response Time)", {None: "", 1: "1h", 2: "1h", 3: "4h", 4: "8h"}),
    ("resolution", "5 (Resolution Time)", {None: "", 1: "2h", 2: "6h", 3: "5d", 4: "next release"}),
    ("guarantee", "3.2", {None: "4h", 1: "1h", 2: "4h", 3: "4h", 4: "4h"}),
    ("update", "3.6", {None: "", 1: "1h", 2: "4h", 3: "2d", 4: "10d"}),
    ("complaint", "3.10", dict.fromkeys((None, 1, 2, 3, 4), "7 calendar days")),
])  # fmt: skip
def test_the_promises_about_time(name, clause, expected):
    commitment = CORE.commitment(name)
    assert commitment is not None
    assert (commitment.clause, targets(name)) == (clause, expected)


def test_five_days_are_forty_core_hours():
    resolution = CORE.commitment("resolution")
    assert resolution is not None
    assert resolution.rules[3].target == Target("5d", budget=timedelta(hours=40))


def test_updates_come_faster_once_escalated():
    update = CORE.commitment("update")
    assert update is not None
    assert [update.rules_escalated[level].target.text for level in (1, 2, 3, 4)] == [
        "30min",
        "2h",
        "1d",
        "5d",
    ]
    assert update.rules_escalated[None] is update.rules[None]


def test_the_ladder_of_sections_3_4_and_3_5():
    assert [level.whom for level in CORE.levels] == [
        "Support Team", "Technical Team", "Chief Technical Officer", "NHS Digital service coordinator"
    ]  # fmt: skip
    assert [level.outside for level in CORE.levels] == [False, False, False, True]
    rungs = {(rung.commitment, rung.level): rung.share for rung in CORE.ladder}
    assert rungs["resolution", "technical"] == Fraction(1, 2)
    assert (
        rungs["resolution", "cto"]
        is rungs["resolution", "coordinator"]
        is rungs["complaint", "coordinator"]
        is None
    )


def test_warnings_at_a_half_three_quarters_and_nine_tenths():
    response = CORE.commitment("response")
    assert response is not None
    assert response.warnings == (Fraction(1, 2), Fraction(3, 4), Fraction(9, 10))


def test_questions_to_the_client():
    asked = CORE.diagnostics
    assert (asked.answer_within, asked.reminders) == (timedelta(hours=16), (timedelta(hours=16), timedelta(hours=32)))
    assert (asked.calendar.name, asked.clause) == ("core", "3.4")


def test_a_time_for_answers_needs_no_reminders():
    data = dict(standard().data)
    data["diagnostics"] = {key: value for key, value in data["diagnostics"].items() if key != "reminders"}
    terms = Agreement.from_dict(data, standard().holidays).terms("core")
    assert terms.diagnostics is not None
    assert terms.diagnostics.reminders == ()


def test_an_agreement_that_names_no_days_for_answers_reminds_nobody():
    data = {key: value for key, value in standard().data.items() if key != "diagnostics"}
    agreement = Agreement.from_dict(data, standard().holidays)
    assert agreement.terms("core").diagnostics is None
    assert "Questions to the client" in {line.part for line in describe(standard())}
    assert "Questions to the client" not in {line.part for line in describe(agreement)}


def test_notice_availability_closing_and_money():
    assert [(tier.shorter_than, tier.notice) for tier in CORE.notices] == [
        (timedelta(hours=1), timedelta(hours=24)),
        (timedelta(hours=4), timedelta(weeks=1)),
        (None, timedelta(weeks=2)),
    ]
    assert CORE.availability is not None
    assert (CORE.availability.percent, CORE.availability.zone) == (Fraction("99.9"), "Europe/London")
    assert (CORE.closing.silence, CORE.closing.reopening) == (timedelta(hours=40), timedelta(hours=160))
    money = CORE.money
    assert (
        money.late_interest,
        money.days_after_demand,
        money.term_years,
        money.notice_days,
        money.uplift_limit,
    ) == ((Fraction("1.5"), 14, 1, 90, "CPI"))


def test_the_package_is_unlimited_and_stays_off_site():
    """Sections 3.8 and 4.1."""
    requests, on_site = CORE.entitlement("requests"), CORE.entitlement("on-site")
    assert requests is not None
    assert on_site is not None
    assert (requests.included, requests.limit, on_site.included, on_site.clause) == (True, None, False, "3.8")


def test_people_answer_until_half_past_five_and_no_clock_runs_on_it():
    assert CORE.calendars["telephone"].day == timedelta(hours=8, minutes=30)
    used = {rule.calendar.name for commitment in CORE.commitments for rule in commitment.rules.values()}
    assert used == {"core", "always"}


def test_waiting_for_a_third_party_is_known_and_no_commitment_leaves_it_out():
    assert "waiting_on_third_party" in [pause.name for pause in CORE.pauses]
    assert all("third" not in pause.name for commitment in CORE.commitments for pause in commitment.pauses)


def test_every_term_cites_its_clause():
    def tables(value: object, path: str = "") -> list[str]:
        """Return the tables that hold values of their own and cite nothing."""
        if isinstance(value, list):
            return [found for i, entry in enumerate(value) for found in tables(entry, f"{path}[{i}]")]
        if not isinstance(value, dict):
            return []
        inner = [found for key, entry in value.items() for found in tables(entry, f"{path}.{key}")]
        says = any(not isinstance(entry, dict | list) for entry in value.values())
        return inner + ([path] if says and "clause" not in value else [])

    parts = ("hours", "targets", "targets_escalated", "severities", "high", "medium", "low")
    bare = [
        path for path in tables(tomllib.loads(source("standard"))) if path.rpartition(".")[2] not in parts
    ]
    assert bare == []


def test_no_figure_of_the_pack_is_in_the_code():
    """Law 1: promises are data. What only the standard agreement says appears in no module of the core."""
    code = "".join(path.read_text() for path in Path(mainstay.core.__file__).parent.glob("*.py"))
    for words in (
        "Technical Team",
        "NHS Digital",
        "Isosec",
        '"guarantee"',
        '"update"',
        "99.9%, ",
        "Barclays",
    ):
        assert words not in code.replace("Write it like", "")


def test_the_shipped_file_is_found_and_read_by_name():
    assert shipped() == ("standard",)
    assert parse(source("standard")).terms() == standard().terms()
    with pytest.raises(FileNotFoundError):
        source("gold")


def test_other_tables_of_holidays_can_be_used():
    agreement = parse(
        source("standard"), {"england": {"version": "test", "dates": {"2026-01-13": "Mourning"}}}
    )
    assert agreement.terms().calendars["core"].label == "core@test"


def test_englands_holidays_are_the_published_ones():
    table = holiday_tables()["england"]
    assert sorted(table["dates"]) == [day["date"] for day in vectors("bank_holidays_england")["days"]]


def test_englands_holidays_are_those_of_a_well_kept_library():
    library = pytest.importorskip("workalendar.europe").UnitedKingdom()
    known = {
        day.isoformat()
        for year in range(2018, 2031)
        for day, _ in library.holidays(year)
        if day.weekday() < 5
    }
    ours = set(holiday_tables()["england"]["dates"])
    assert ours - known <= {"2023-05-08"}  # the Coronation, which the library leaves out
    assert known - ours == set()


def test_holidays_have_names_and_fall_on_working_days():
    dates = holiday_tables()["england"]["dates"]
    assert all(name and date.fromisoformat(day).weekday() < 5 for day, name in dates.items())
    assert dates["2022-09-19"] == "State Funeral of Queen Elizabeth II"
