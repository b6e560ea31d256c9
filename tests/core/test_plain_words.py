"""Plain words: people can read an agreement, and see what a new version changes for whom."""

from __future__ import annotations

import copy
from typing import Any

from mainstay.agreements import standard
from mainstay.core.plain_words import describe, difference
from mainstay.core.terms import Agreement


def said(part: str, agreement: Agreement | None = None) -> list[str]:
    return [str(line) for line in describe(agreement or standard()) if line.part == part]


def changed(overrides: dict[str, Any]) -> list[str]:
    return [str(change) for change in difference(standard(), standard().with_overrides(overrides))]


def test_a_promise_is_told_by_severity_and_by_coverage():
    lines = said("Promise: resolution")
    assert "resolution, severity 1 (clients with core coverage): 2 h in core hours" in lines
    assert "resolution, severity 1 (clients with 24x7 coverage): 2 h in always hours" in lines
    assert "resolution, severity 3: 5d (40 h) in core hours" in lines
    assert "resolution, severity 4: next release in core hours" in lines
    assert "resolution, before it is graded: no target" in lines


def test_hours_are_told_by_runs_of_days():
    assert said("Hours")[0] == (
        "core hours: Monday to Friday 09:00-17:00, Europe/London, closed on the holidays of England (2026.1); "
        "a working day is 8 h"
    )
    lunch = standard().with_overrides(
        {"calendars": {"core": {"hours": {"mon": [["09:00", "12:00"], "13:00-17:00"]}, "standard_day": "7h"}}}
    )
    assert said("Hours", lunch)[0].startswith(
        "core hours: Monday 09:00-12:00 and 13:00-17:00, Tuesday to Friday 09:00-17:00"
    )


def test_a_gap_in_the_matrix_is_told_as_one():
    assert "urgency high and impact low: a person grades; 3 is suggested" in said("Severities")


def test_every_line_cites_a_clause_and_says_something():
    assert all(line.clause and line.text and line.what for line in describe(standard()))


def test_nothing_changes_from_an_agreement_to_itself():
    assert difference(standard(), standard()) == ()


def test_a_change_says_for_whom_from_what_and_to_what():
    assert changed({"commitment": {"response": {"targets": {"3": "2h"}}}}) == [
        "For every client, response, severity 3 changes from 4 h in core hours to 2 h in core hours."
    ]
    assert changed({"coverage": {"24x7": {"severities": {"2": "always"}}}})[0] == (
        "For clients with 24x7 coverage, response, severity 2 changes "
        "from 1 h in core hours to 1 h in always hours."
    )


def test_what_is_new_and_what_is_dropped_is_said_so():
    data = copy.deepcopy(dict(standard().data))
    data["entitlement"] = [entry for entry in data["entitlement"] if entry["name"] != "on-site"]
    data["entitlement"].append(
        {"name": "training", "included": True, "limit": 2, "description": "A day with us.", "clause": "9"}
    )
    data["coverage"] = {"core": data["coverage"]["core"]}
    other = Agreement.from_dict(data, standard().holidays)
    assert [str(change) for change in difference(standard(), other)] == [
        "For clients with 24x7 coverage, 24x7 coverage is dropped; "
        "it was incidents may be reported in always hours.",
        "For every client, training is new: included, up to 2 a year. A day with us.",
        "For every client, on-site is dropped; it was not included. Support at the client's site.",
    ]
    assert str(difference(other, standard())[0]) == (
        "For clients with 24x7 coverage, 24x7 coverage is new: incidents may be reported in always hours."
    )


def test_how_clients_are_asked_is_told_where_the_agreement_says_it():
    parts = [{"name": "speed", "words": "How fast we were", "commitment": "response"}]
    assert changed({"survey": {"apart": "30 calendar days", "part": parts, "clause": "3.9"}}) == [
        "For every client, nobody is asked again within is new: 30 days.",
        "For every client, rates speed is new: How fast we were, where the response is promised.",
    ]
    assert changed({"survey": {"part": parts, "clause": "3.9"}}) == [  # of how often, it says nothing
        "For every client, rates speed is new: How fast we were, where the response is promised.",
    ]


def test_new_holidays_and_new_readings_are_changes_too():
    tables = {"england": {**standard().holidays["england"], "version": "2027.1"}}
    told = difference(standard(), Agreement.from_dict(standard().data, tables))
    assert {(change.part, "2027.1" in change.after) for change in told} == {("Hours", True)}
    assert changed({"readings": {"reopening": "continuous"}}) == [
        "For every client, when a fix fails or a ticket is opened again changes from resume to continuous."
    ]


def test_an_agreement_without_a_hosted_service_tells_of_none():
    data = {key: value for key, value in standard().data.items() if key not in ("availability", "notice")}
    assert said("Hosted service", Agreement.from_dict(data, standard().holidays)) == []
    assert len(said("Hosted service")) == 4
