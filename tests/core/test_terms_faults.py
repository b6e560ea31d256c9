"""An agreement that cannot be used says everything that is wrong with it: where, what, and what to do."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from mainstay.agreements import standard
from mainstay.core.terms import Agreement, AgreementFaults, Fault

Written = dict[str, Any]


def faults_of(change: Callable[[Written], object]) -> tuple[Fault, ...]:
    data = copy.deepcopy(dict(standard().data))
    change(data)
    with pytest.raises(AgreementFaults) as told:
        Agreement.from_dict(data, standard().holidays)
    return told.value.faults


def put(path: str, value: object) -> Callable[[Written], None]:
    """Return a change that writes `value` at `path`, such as `commitment[2].targets.3`; `...` removes it."""

    def change(data: Any) -> None:
        *way, last = [int(p) if p.isdecimal() and "[" + p + "]" in path else p for p in steps]
        for step in way:
            data = data[step]
        if value is ...:
            del data[last]
        else:
            data[last] = value

    steps = path.replace("[", ".").replace("]", "").split(".")
    return change


def add(path: str, entry: Written) -> Callable[[Written], None]:
    return lambda data: data[path].append(entry)


def rated(**said: str) -> Written:
    """Return a survey with one part."""
    return {"clause": "3.9", "part": [{"name": "speed", "words": "How fast we were", **said}]}


HOLE = "matrix.high.high"
CASES = [
    ("the table is missing", put("agreement", ...), "agreement", "is missing", "Add [agreement]"),
    ("a table is no table", put("readings", "accrue"), "readings", "no table", "Add [readings]"),
    ("a text is missing", put("agreement.vendor", ...), "agreement.vendor", "is missing", 'vendor = "..."'),
    ("a text is a number", put("agreement.version", 2026), "agreement.version", "2026, which is no text", ""),
    ("a date is no date", put("agreement.effective_from", "soon"),
     "agreement.effective_from", "'soon'", "2026-01-01"),
    ("a date is missing", put("agreement.effective_from", ...), "agreement.effective_from", "is missing", ""),
    ("a clause is missing", put("pause[0].clause", ...),
     "pause[0].clause", "every term cites its clause", 'clause = "'),
    ("an unknown key", put("closing.silense", "5d"),
     "closing.silense", "not a term we know", "Did you mean silence?"),
    ("an unknown table", put("weather", {}), "weather", "not a term we know", "remove it"),
    ("an unknown reading", put("readings.breach", "maybe"),
     "readings.breach", "'maybe' is no reading", "elapsed, instant"),
    # Hours
    ("an unknown zone", put("calendars.core.timezone", "Europe/Lundun"),
     "calendars.core.timezone", "not a known time zone", "Europe/London"),
    ("no zone", put("calendars.core.timezone", ...), "calendars.core.timezone", "is missing", ""),
    ("no such time", put("calendars.core.hours.mon", ["09:00-25:00"]),
     "calendars.core.hours.mon[0][1]", "'25:00'", "09:00"),
    ("no windows", put("calendars.core.hours.mon", "all day"),
     "calendars.core.hours.mon", "list of [from, to]", "Write windows"),
    ("no hours", put("calendars.core.hours", "always"), "calendars.core.hours", "open hours by weekday", ""),
    ("never open", put("calendars.core.hours", {}), "calendars.core.hours", "never open", "Give a day"),
    ("unknown holidays", put("calendars.core.holidays", "narnia"),
     "calendars.core.holidays", "no table of holidays", "Known: england"),
    ("holidays that are no table", put("holidays", ["2026-12-25"]),
     "holidays", "is no table", "[holidays.name]"),
    ("a day that is no time", put("calendars.core.standard_day", "0h"),
     "calendars.core.standard_day", "no time at all", "8h"),
    ("an odd day", put("calendars.core.standard_day", "one"), "calendars.core.standard_day", "'one'", "8h"),
    ("an exception that is no date", put("calendars.core.exceptions", {"xmas": []}),
     "calendars.core.exceptions.xmas", "not a date", ""),
    ("no such rule", put("calendars.core.holiday_rule", "by_moon"),
     "calendars.core.holiday_rule", "by_moon", "by_date"),
    ("a coverage on no calendar", put("coverage.core.reports", "cor"),
     "coverage.core.reports", "'cor' is no calendar", "Did you mean core?"),
    ("a coverage of no severity", put("coverage.24x7.severities", {"9": "always"}),
     "coverage.24x7.severities.9", "no severity", "1, 2, 3, 4"),
    ("a severity on no calendar", put("coverage.24x7.severities", {"1": "moon"}),
     "coverage.24x7.severities.1", "no calendar", ""),
    ("a severity of no number", put("coverage.24x7.severities", {"one": "always"}),
     "coverage.24x7.severities.one", "no severity", ""),
    # Severities
    ("no severities", put("severity", ...), "severity", "levels are []", "1, 2, 3"),
    ("severities that are no list", put("severity", {"level": 1}),
     "severity", "no list of tables", "[[severity]]"),
    ("a level twice", put("severity[1].level", 1), "severity", "[1, 1, 3, 4]", "once each"),
    ("a level that is no number", put("severity[1].level", "two"),
     "severity[1].level", "'two'", "whole number"),
    ("no level", put("severity[1].level", ...), "severity[1].level", "is missing", "whole number"),
    ("a hole", put(HOLE, ...), HOLE, "neither a severity nor a suggestion", "suggested.high.high"),
    ("a gap that is none", put("matrix.suggested.high", {"high": 1, "low": 3}),
     "matrix.suggested.high.high", "although", "one of the two"),
    ("no such level", put(HOLE, 7), HOLE, "7 is no severity", "1, 2, 3, 4"),
    ("no such degree", put("matrix.hihg", {}), "matrix.hihg", "not a term", "Did you mean high?"),
    ("no such impact", put("matrix.high.lo", 3), "matrix.high.lo", "not a term", "Did you mean low?"),
    ("a row that is no row", put("matrix.high", 1), "matrix.high", "no table", ""),
    # Pauses
    ("an event that does not exist", put("pause[0].begins", "waiting"),
     "pause[0].begins", "no event", "Known: reported"),
    ("an event misspelt", put("pause[0].ends", ["client_reply"]),
     "pause[0].ends[0]", "no event", "client_replied"),
    ("a pause without end", put("pause[0].ends", []),
     "pause[0].ends", "never end", 'ends = ["client_replied"]'),
    ("a pause called counted", put("pause[0].ledger", "counted"),
     "pause[0].ledger", "already means something", ""),
    ("a pause twice", put("pause[1].name", "waiting_on_client"), "pause[1].name", "there twice", ""),
    ("words that are no list", put("pause[0].ends", "client_replied"),
     "pause[0].ends", "no list of words", ""),
    # Commitments
    ("nothing promised", put("commitment", []), "commitment", "promises nothing", "[[commitment]]"),
    ("a name twice", put("commitment[1].name", "response"), "commitment[1].name", "there twice", ""),
    ("no start", put("commitment[0].starts", ...), "commitment[0].starts", "must say one thing", "either"),
    ("two starts", put("commitment[1].starts", "reported"), "commitment[1].starts", "must say one thing", ""),
    ("a start after nothing", put("commitment[1].starts_after", "guarantee"),
     "commitment[1].starts_after", "no commitment above", "Known: response"),
    ("no stop", put("commitment[0].stops", []), "commitment[0].stops", "never stop", ""),
    ("an odd stop", put("commitment[0].stops_at", "middle"),
     "commitment[0].stops_at", "no way to stop", "first, last"),
    ("an odd judge", put("commitment[0].judged_by", "mood"),
     "commitment[0].judged_by", "no way to judge", ""),
    ("no such pause", put("commitment[0].pauses", ["lunch"]),
     "commitment[0].pauses[0]", "no pause", "waiting_on_client"),
    ("no such calendar", put("commitment[0].calendar", "moon"),
     "commitment[0].calendar", "no calendar", "core, telephone"),
    ("a flag that is a word", put("commitment[0].needs_details", "yes"),
     "commitment[0].needs_details", "'yes'", "true or false"),
    ("a severity without target", put("commitment[0].targets.3", ...),
     "commitment[0].targets.3", "no target", '"4h"'),
    ("a unit that is none", put("commitment[1].targets.3", "5 dys"),
     "commitment[1].targets.3", "'5 dys'", "5d (working days)"),
    ("a target that is a number", put("commitment[1].targets.3", 5), "commitment[1].targets.3", "'5'", ""),
    ("no time at all", put("commitment[0].targets.2", "0h"), "commitment[0].targets.2", "no time at all", ""),
    ("longer than a year", put("commitment[0].targets.4", "9000h"),
     "commitment[0].targets.4", "longer than a year", "unit"),
    ("an odd unknown", put("commitment[2].targets.unknown", "4x"),
     "commitment[2].targets.unknown", "'4x'", ""),
    ("an odd single target", put("commitment[4].targets", "seven days"),
     "commitment[4].targets", "'seven days'", "7 calendar days"),
    ("no targets", put("commitment[0].targets", ...), "commitment[0].targets", "is missing", ""),
    ("a severity too many", put("commitment[0].targets.5", "9h"),
     "commitment[0].targets.5", "not a term", ""),
    ("calendar days in core hours", put("commitment[0].targets.4", "3 calendar days"),
     "commitment[0].targets.4", "nights and weekends", '"3d"'),
    ("the graver is slower", put("commitment[0].targets.1", "2h"),
     "commitment[0].targets.1", "more time than severity 2", ""),
    ("a warning too late", put("commitment[0].warnings", ["100%"]),
     "commitment[0].warnings", "between 0% and 100%", "75%"),
    ("warnings out of order", put("warnings.shares", ["75%", "50%"]), "warnings.shares", "rising", ""),
    ("a share that is none", put("warnings.shares", ["half"]),
     "warnings.shares[0]", "not a percentage", "75%"),
    ("warnings that are one word", put("warnings.shares", 50), "warnings.shares[0]", "'50'", ""),
    # Ladder
    ("a ladder for no commitment", put("ladder[0].commitments", ["resolutoin"]),
     "ladder[0].commitments[0]", "no commitment", "Did you mean resolution?"),
    ("no such level of it", put("ladder[0].level", "ceo"),
     "ladder[0].level", "no level of the ladder", "Did you mean cto?"),
    ("the same level twice",
     add("ladder", {"commitments": ["resolution"], "at": "75%", "level": "cto", "clause": "9"}),
     "ladder[4].level", "earlier step", ""),
    ("beyond the target", put("ladder[0].at", "120%"), "ladder[0].at", "up to 100%", '"breach"'),
    ("a level named twice", put("level[1].name", "support"), "level[1].name", "there twice", ""),
    ("warnings to nobody", put("warnings.level", "nobody"), "warnings.level", "no level", ""),
    # Service, closing, money, package
    ("availability that is none", put("availability.percent", "0%"),
     "availability.percent", "above 0%", "99.9%"),
    ("an odd period", put("availability.period", "week"),
     "availability.period", "no period", "calendar month"),
    ("tiers out of order", put("notice[1].shorter_than", "30min"),
     "notice[1]", "no more than the tier before", "shortest"),
    ("less notice for longer", put("notice[2].notice", "1h"),
     "notice[2]", "no more than the tier before", ""),
    ("no last tier", put("notice[2].shorter_than", "8h"),
     "notice[2].shorter_than", "longer downtime has none", ""),
    ("diagnostics on no calendar", put("diagnostics.calendar", "moon"), "diagnostics.calendar", "no calendar", ""),
    ("reminders that are no list", put("diagnostics.reminders", "2d"), "diagnostics.reminders", "no list", '["2d", "4d"]'),
    ("a reminder of no length", put("diagnostics.reminders", ["0d"]), "diagnostics.reminders", "no time at all", ""),
    ("a reminder in no unit", put("diagnostics.reminders", ["soon"]), "diagnostics.reminders[0]", "'soon'", ""),
    ("reminders out of order", put("diagnostics.reminders", ["4d", "2d"]), "diagnostics.reminders", "one after the other", ""),
    ("closing on no calendar", put("closing.calendar", "moon"), "closing.calendar", "no calendar", ""),
    ("a survey that says nothing", put("survey", {"clause": "3.9"}), "survey", "says nothing", "apart"),
    ("a survey without its clause", put("survey", {"apart": "2d"}), "survey.clause", "every term cites its clause", ""),
    ("surveys at any time", put("survey", {"apart": "often", "clause": "3.9"}), "survey.apart", "often", "14 calendar days"),
    ("a part that nobody promises", put("survey", rated(commitment="tea")),
     "survey.part[0].commitment", "'tea' is no commitment", "response"),
    ("a part without words", put("survey", rated(words="")), "survey.part[0].words", "no text", ""),
    ("a part in too many words", put("survey", rated(words="x" * 121)), "survey.part[0].words", "longer than 120", "few"),
    ("a part with a name of two words", put("survey", rated(name="Our Speed")), "survey.part[0].name", "no name", "speed"),
    ("a part twice", put("survey", {"clause": "3.9", "part": rated()["part"] * 2}),
     "survey.part[1].name", "there twice", ""),
    ("a part with an unknown key", put("survey", rated(wrods="x")), "survey.part[0].wrods", "not a term we know", "words"),
    ("silence of no length", put("closing.silence", "0d"), "closing.silence", "no time at all", '"5d"'),
    ("a rate that is none", put("money.late_interest.over_base_rate", "1.5"),
     "money.late_interest.over_base_rate", "not a percentage", "1.5%"),
    ("a term of no years", put("money.term.years", 0), "money.term.years", "is 0", "above zero"),
    ("money that is missing", put("money.demand", ...), "money.demand", "is missing", "Add [money.demand]"),
    ("an entitlement twice", put("entitlement[1].name", "requests"),
     "entitlement[1].name", "there twice", ""),
    ("an entitlement neither way", put("entitlement[1].included", ...),
     "entitlement[1].included", "is missing", ""),
    ("a limit that is none", put("entitlement[1].limit", "some"),
     "entitlement[1].limit", "'some'", "whole number"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "change", "path", "message", "remedy"), CASES)
def test_a_fault_says_where_and_what_and_what_to_do(case, change, path, message, remedy):
    faults = faults_of(change)
    (told,) = [fault for fault in faults if fault.path == path and message in fault.message]
    assert remedy in told.remedy
    assert told.remedy


def test_every_fault_is_told_at_once():
    def break_much(data: Written) -> None:
        for change in (
            put("agreement.version", ...),
            put("commitment[1].targets.3", "5 dys"),
            put(HOLE, ...),
        ):
            change(data)

    faults = faults_of(break_much)
    assert [fault.path for fault in faults] == ["agreement.version", "commitment[1].targets.3", HOLE]


def test_one_mistake_is_one_fault():
    """What only follows from a mistake is not told beside it."""
    for change in (
        put("commitment[1].targets.3", "5 dys"),
        put("calendars.core.timezone", ...),
        put("agreement", ...),
    ):
        assert len(faults_of(change)) == 1


def test_the_error_reads_as_a_list():
    with pytest.raises(
        AgreementFaults, match=r"^closing\.silense: is not a term we know\. Did you mean silence\? "
    ):
        standard().terms("core", {"closing": {"silense": "5d"}})


def test_an_empty_file_says_what_an_agreement_needs():
    with pytest.raises(AgreementFaults) as told:
        Agreement.from_dict({})
    assert {fault.path for fault in told.value.faults} >= {
        "agreement", "readings", "calendars", "coverage", "severity", "matrix", "commitment", "warnings",
        "closing", "money",
    }  # fmt: skip
