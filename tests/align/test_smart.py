"""The rules for goals, each by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from calibrate.align.smart import RULES, Setting, check_goals, find_usual_reach, is_specific

DAYS = (date(2026, 7, 1), date(2026, 12, 31))
COLUMNS = frozenset({"unit", "baseline", "target", "actual", "due_on", "updated_on", "evidence"})
GOOD: dict[str, Any] = {
    "goal_id": "G1", "title": "Answer within 4 hours", "goal_type": "kpi", "employee_id": "E1",
    "department": "", "owner": "", "unit": "hours", "baseline": 9.0, "target": 4.0, "actual": 5.0,
    "due_on": "2026-12-31", "updated_on": "2026-12-01", "evidence": "desk report",
    "attainment": 0.8, "reached": "keep", "has_parts": False,
}  # fmt: skip


def check(
    setting: Setting | None = None, others: tuple[dict[str, Any], ...] = (), **changes: Any
) -> dict[str, tuple[Any, str]]:
    rows = [GOOD | changes, *(GOOD | other for other in others)]
    frame = pd.DataFrame(rows)
    frame["attainment"] = frame["attainment"].astype("Float64")
    told = check_goals(frame, setting or Setting(COLUMNS, DAYS, True, {}))
    own = told[told["goal_id"] == "G1"]
    return {
        row["rule"]: (None if pd.isna(row["passed"]) else bool(row["passed"]), row["reason"] or "")
        for row in own.fillna({"reason": ""}).to_dict("records")
    }


def test_a_good_goal_passes_what_can_be_told() -> None:
    told = check()
    assert set(told) == set(RULES)
    # Nobody else has such a goal; it is not reached, so nothing needs to be shown yet.
    assert {rule: passed for rule, (passed, _) in told.items()} == dict.fromkeys(RULES, True) | {
        "achievable": None, "evidenced": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Improve things", False), ("Do my best work", False), ("Improve quality", False),
        ("Reduce churn", False), ("Reduce customer churn", True), ("Cut cost 5 %", True),
        ("Prozesse weiter verbessern", True), ("Alles weiter optimieren", False),
        ("Renew the contracts that run out this year", True), ("", False), ("2026", False),
    ],
)  # fmt: skip
def test_a_title_says_what_changes(title: str, expected: bool) -> None:
    assert is_specific(title) is expected


@pytest.mark.parametrize(
    ("rule", "changes", "passed", "word"),
    [
        ("specific", {"title": "Improve things"}, False, "what will be different"),
        ("measurable", {"unit": ""}, False, "no unit or no target"),
        ("measurable", {"target": np.nan}, False, "no unit or no target"),
        ("measurable", {"goal_type": "objective", "unit": "", "target": np.nan}, False,
         "without key results"),
        ("measurable", {"goal_type": "objective", "unit": "", "has_parts": True}, True, ""),
        ("relevant", {"reached": ""}, False, "reaches no outcome"),
        ("time_bound", {"due_on": ""}, False, "no day is named"),
        ("time_bound", {"due_on": "2027-01-01"}, False, "outside the cycle"),
        ("time_bound", {"due_on": "2026-07-01"}, True, ""),
        ("owned", {"employee_id": ""}, False, "nobody is named"),
        ("owned", {"employee_id": "", "department": "Sales"}, True, ""),
        # 90 days before 31 December is 2 October.
        ("current", {"updated_on": "2026-10-02"}, True, ""),
        ("current", {"updated_on": "2026-10-01"}, False, "last 90 days"),
        ("current", {"updated_on": ""}, False, "last 90 days"),
        ("current", {"actual": None, "attainment": None}, False, "no result is entered"),
        # Its day is still to come.
        ("current", {"actual": None, "due_on": "2027-01-31"}, True, ""),
        # The target is the baseline: no attainment, but somebody entered a result.
        ("current", {"attainment": None}, True, ""),
        ("current", {"actual": None, "has_parts": True}, True, ""),
        ("evidenced", {"attainment": 1.0, "evidence": ""}, False, "nothing is named"),
        ("evidenced", {"attainment": 1.0}, True, ""),
    ],
)  # fmt: skip
def test_each_rule_gives_its_reason(
    rule: str, changes: dict[str, Any], passed: bool, word: str
) -> None:
    found, reason = check(**changes)[rule]
    assert found is passed
    assert word in reason
    assert bool(reason) is not passed


def test_the_owner_of_the_outcome_answers_for_a_goal_of_the_company() -> None:
    setting = Setting(COLUMNS, DAYS, True, {"keep": "E9"})
    assert check(setting, employee_id="")["owned"] == (True, "")


@pytest.mark.parametrize(
    ("rule", "column"),
    [
        ("time_bound", "due_on"),
        ("current", "updated_on"),
        ("evidenced", "evidence"),
        ("measurable", "unit"),
        ("measurable", "target"),
        ("achievable", "baseline"),
        ("achievable", "actual"),
    ],
)
def test_a_column_that_is_not_there_is_no_fault_of_a_goal(rule: str, column: str) -> None:
    told = check(Setting(COLUMNS - {column}, DAYS, True, {}))[rule]
    assert told == (None, f"the goals file has no column {column}")


def test_without_a_strategy_relevance_cannot_be_told() -> None:
    told = check(Setting(COLUMNS, DAYS, False, {}), reached="")["relevant"]
    assert told == (None, "the cycle names no strategy")


def test_a_target_beyond_what_nine_of_ten_others_reached_is_ambitious() -> None:
    # Five others covered 1, 2, 3, 4 and 5 hours: 9 of 10 of five are all five, so 5 hours.
    others = tuple({"goal_id": f"H{n}", "actual": 9.0 - n} for n in range(1, 6))
    assert check(others=others)["achievable"] == (True, "")
    passed, reason = check(others=others, target=3.9)["achievable"]
    assert (passed, "ambitious" in reason) == (False, True)
    # Of another unit they say nothing.
    assert check(others=tuple(o | {"unit": "days"} for o in others))["achievable"][0] is None


def test_a_way_back_is_no_way_covered() -> None:
    # Towards fewer hours 1 to 4 were covered, and one goal fell back by 9: 9 in 10 covered 4.
    others = tuple({"goal_id": f"H{n}", "actual": 9.0 - n} for n in (1, 2, 3, 4, -9))
    assert check(others=others, target=5.0)["achievable"] == (True, "")
    assert check(others=others, target=4.0)["achievable"][0] is False


def test_an_objective_is_as_ambitious_as_its_key_results() -> None:
    told = check(goal_type="objective", has_parts=True, baseline=None, target=None, actual=None)
    assert told["achievable"] == (None, "an objective is as ambitious as its key results")


def test_the_usual_reach_leaves_the_goal_itself_out() -> None:
    # Ten others of 1 to 10 and itself 100: 9 of 10 others is 9. Each of the ten sees nine
    # others and the 100: of ten others the ninth.
    reached = np.array([100.0, *range(1, 11)])
    usual = find_usual_reach(reached, np.zeros(11, np.int64))
    assert usual[0] == 9
    # For the goal of 1: others are 2 to 10 and 100; the ninth is 10.
    assert usual[1] == 10
    # For the goal of 10: others are 1 to 9 and 100; the ninth is 9.
    assert usual[10] == 9


def test_a_goal_without_a_result_sees_all_others() -> None:
    reached = np.array([np.nan, 1.0, 2, 3, 4, 5])
    usual = find_usual_reach(reached, np.zeros(6, np.int64))
    assert usual[0] == 5
    # The others see four: too few.
    assert np.isnan(usual[1:]).all()
