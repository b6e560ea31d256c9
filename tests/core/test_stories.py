"""The stories: each tells a ticket, and what its clocks must say, to the second and to the last field."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from mainstay.agreements import standard
from mainstay.core.replay import BadStory, answers
from mainstay.core.terms import Agreement
from tests.core.vectors import vectors

STORIES = vectors("stories")
CASES = {case["id"]: case for case in STORIES["cases"]}
ANSWERS = {answer["id"]: answer for answer in answers(STORIES, standard())}

# How each reading that a story names in `ambiguous` is written in an agreement.
SETTINGS: dict[tuple[str, str], dict[str, Any]] = {
    ("sev_change", "restart"): {"readings": {"severity_change": "restart"}},
    ("sev_change", "retroactive"): {"readings": {"severity_change": "retroactive"}},
    ("reopen", "continuous"): {"readings": {"reopening": "continuous"}},
    ("reopen", "new_clock"): {"readings": {"reopening": "new clock"}},
    ("breach", "instant"): {"readings": {"breach": "instant"}},
    ("landing", "opening"): {"readings": {"landing": "opening"}},
    ("wait_resp", "pauses"): {"commitment": {"response": {"pauses": ["waiting_on_client", "force_majeure"]}}},
    ("details", "first_contact"): {"commitment": {"response": {"needs_details": False}}},
}
AMBIGUOUS = [
    pytest.param(case, other, id=f"{case['id']}-{'-'.join(*other['reading'].items())}")
    for case in STORIES["cases"]
    for other in case.get("ambiguous", ())
    if "reading" in other
]
COMPLAINTS = {"168_hours": "168h", "7_working_days_56_core_hours": "7d"}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_the_story_is_answered_exactly(case):
    answer = ANSWERS[case["id"]]
    assert answer == {"response": None, "resolution": None, "complaint": None, "severity": None} | {
        "id": case["id"], **case["expect"]
    }  # fmt: skip


# What the stories reckon alike whatever the reading, and we do not.
OURS = {
    "sev_change": "breached_while_in_force",  # time that does not count breaks nothing
    "reopen": "stopped_seconds",  # time that counts is not left out as well
    "wait_resp": "due",  # a wait that goes on after the clock has stopped does not move what was due
}


@pytest.mark.parametrize(("case", "other"), AMBIGUOUS)
def test_a_reading_that_is_a_setting_answers_the_other_way(case, other):
    (setting,) = other["reading"].items()
    told = {**STORIES, "cases": [case]}
    (answer,) = answers(told, standard().with_overrides(SETTINGS[setting]))
    for clock, fields in other["expect_differs"].items():
        expected = {**case["expect"][clock], **fields}
        expected.pop(OURS.get(setting[0], ""), None)
        assert {key: answer[clock][key] for key in expected} == expected


@pytest.mark.parametrize("case", [case for case in STORIES["cases"] if case.get("kind") == "complaint"])
@pytest.mark.parametrize(("name", "target"), COMPLAINTS.items())
def test_the_target_of_a_complaint_is_a_setting(case, name, target):
    calendar = "core" if target.endswith("d") else "always"
    agreed = {"commitment": {"complaint": {"targets": target, "calendar": calendar}}}
    (answer,) = answers({**STORIES, "cases": [case]}, standard().with_overrides(agreed))
    (other,) = case["ambiguous"]
    assert {key: answer["complaint"][key] for key in ("due", "breached")} == other["alternatives"][name]


def test_the_guarantee_is_the_stricter_promise_of_a_general_question():
    """Section 3.2 against section 5: st-25 is answered within eight hours but not within four."""
    case = CASES["st-25"]
    other = next(entry for entry in case["ambiguous"] if "guarantee" in entry["question"])
    by_guarantee = standard().with_overrides(
        {"commitment": {"response": {"targets": {"3": "4h", "4": "4h"}}}}
    )
    (answer,) = answers({**STORIES, "cases": [case]}, by_guarantee)
    assert {key: answer["response"][key] for key in other["expect_differs"]["response"]} == (
        other["expect_differs"]["response"]
    )


def test_without_calendars_of_its_own_a_story_runs_on_the_agreements():
    case = CASES["st-11"]
    (answer,) = answers({"cases": [case]}, standard())
    assert answer["resolution"] == {**case["expect"]["resolution"], "calendar": "core"}


def test_the_severities_of_the_matrix_are_the_packs():
    terms = standard().terms()
    for case in vectors("severity_matrix")["cases"]:
        grade = terms.grade(case["urgency"], case["impact"])
        assert (grade.severity, grade.suggested) == (case["severity"], case.get("suggestion"))


def _another_agreement() -> Agreement:
    data = copy.deepcopy(dict(standard().data))
    data["calendars"] = {
        "office" if name == "core" else name: table for name, table in data["calendars"].items()
    }
    data["coverage"]["core"]["reports"] = "office"
    data["closing"]["calendar"] = data["diagnostics"]["calendar"] = "office"
    for commitment in data["commitment"]:
        commitment["calendar"] = commitment["calendar"].replace("core", "office")
    return Agreement.from_dict(data, standard().holidays)


def test_another_agreement_may_name_its_calendars_as_it_likes():
    (answer,) = answers({**STORIES, "cases": [CASES["st-11"]]}, _another_agreement())
    assert answer["response"] == {**CASES["st-11"]["expect"]["response"], "calendar": "office"}


REPORTED = {"at": "2026-01-12T09:00:00Z", "type": "reported"}


@pytest.mark.parametrize(("told", "said"), [
    ({}, '"cases", a list of objects'),
    ({"cases": ["a"]}, '"cases", a list of objects'),
    ({"cases": [{"id": "a"}]}, 'case a: it needs "events"'),
    ({"cases": [{"events": []}]}, 'case 1: it needs "events"'),
    ({"cases": [{"id": "a", "events": ["reported"]}]}, 'case a: event 1 needs a "type"'),
    ({"cases": [{"id": "a", "events": [REPORTED, {"type": "closed"}]}]}, "case a: event 2 (closed) at None: write"),
    ({"cases": [{"id": "a", "events": [REPORTED | {"at": "noon"}]}]}, "event 1 (reported) at 'noon': write"),
    ({"cases": [{"id": "a", "events": [REPORTED | {"at": "2026-01-12T09:00:00"}]}]}, "with its zone"),
    ({"cases": [{"id": "a", "events": [REPORTED], "as_of": "now"}]}, "case a: as_of at 'now': write"),
    ({"cases": [{"id": "a", "events": [REPORTED], "contract": {"sev1_coverage": "gold"}}]}, "case a: sev1_coverage"),
])  # fmt: skip
def test_a_story_that_cannot_be_read_says_where(told, said):
    with pytest.raises(BadStory) as refused:
        answers(told, standard())
    assert said in str(refused.value)


def test_a_case_without_a_contract_or_a_name_is_answered_all_the_same():
    (answer,) = answers({"cases": [{"contract": None, "events": [REPORTED]}]}, standard())
    assert answer["id"] is None
    assert answer["response"] is None or answer["response"]["at"] is None
