"""Attainment of goals, by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from calibrate.ingest import GoalTable
from calibrate.score import measure_attainment
from calibrate.score.results import average_attainment


def goals(*rows: tuple[str, str, float, float, float]) -> GoalTable:
    """Each row is kind, employee, baseline, target and actual."""
    frame = pd.DataFrame(rows, columns=["kind", "employee_id", "baseline", "target", "actual"])
    numbers = {name: frame[name].astype("Float64") for name in ("baseline", "target", "actual")}
    weight = pd.array([1.0] * len(frame), dtype="Float64")
    named = [f"G{n}" for n in range(len(frame))]
    blank = dict.fromkeys(
        ("title", "outcome", "department", "parent_id", "unit", "due_on", "valid_from", "valid_to",
         "evidence"), "",
    )  # fmt: skip
    frame = frame.assign(goal_id=named, goal_type="kpi", weight=weight, **blank, **numbers)
    return GoalTable(frame, frozenset())


def reach(goal: tuple[str, str, float, float, float], share: float | None) -> float | None:
    present = {} if share is None else {"E1": share}
    attainment = measure_attainment(goals(goal), present)["attainment"][0]
    return None if pd.isna(attainment) else round(float(attainment), 9)


@pytest.mark.parametrize(
    ("goal", "share", "expected"),
    [
        # From 10 on the way to 30, 20 reached: half of the way.
        (("person", "E1", 10, 30, 20), None, 0.5),
        (("person", "E1", 10, 30, 20), 1.0, 0.5),
        # Present for half of the cycle: the target is 20, and reached.
        (("person", "E1", 10, 30, 20), 0.5, 1.0),
        # A falling measure: from 9 to 6 hours, by half 7.5; 8 is two thirds of the way.
        (("person", "E1", 9, 6, 8), 0.5, 2 / 3),
        # Never more than 1.5, however short the stay.
        (("person", "E1", 10, 30, 20), 0.1, 1.5),
        # Never there: no target, so nothing to reach.
        (("person", "E1", 10, 30, 20), 0.0, None),
        # The company's and the unit's targets stay whole.
        (("unit", "E1", 10, 30, 20), 0.5, 0.5),
        (("company", "", 10, 30, 20), 0.5, 0.5),
    ],
)
def test_absence_prorates_the_target_of_an_own_goal_and_no_other(
    goal: tuple[str, str, float, float, float], share: float | None, expected: float | None
) -> None:
    assert reach(goal, share) == (None if expected is None else pytest.approx(expected))


def test_the_table_says_which_part_of_the_target_counts() -> None:
    table = measure_attainment(
        goals(("person", "E1", 0, 10, 5), ("person", "E2", 0, 10, 5)), {"E1": 0.5}
    )
    assert table["present_share"].tolist() == [0.5, 1.0]
    assert dict(average_attainment(table).to_numpy().tolist()) == {"E1": 1.0, "E2": 0.5}


def put(table: GoalTable, **columns: list[object]) -> GoalTable:
    """The same goals with other columns."""
    return GoalTable(table.frame.assign(**columns), table.declared)


def test_an_objective_has_the_mean_of_its_key_results() -> None:
    table = put(
        goals(
            ("person", "E1", 0, 1, 0), ("person", "E1", 0, 10, 30), ("person", "E1", 0, 10, 2),
            ("person", "E1", 0, 10, 4),
        ),
        goal_type=["objective", "key_result", "key_result", "kpi"],
        parent_id=["", "G0", "G0", ""],
        weight=pd.array([60, 3, 1, 40], dtype="Float64"),
    )  # fmt: skip
    measured = measure_attainment(table)
    # 3.0 is kept at 1.5 before the mean: (3 × 1.5 + 1 × 0.2) / 4.
    assert measured["attainment"].tolist() == pytest.approx([1.175, 1.5, 0.2, 0.4])
    assert measured["counts"].tolist() == [True, False, False, True]
    # Key results are within their objective: (60 × 1.175 + 40 × 0.4) / 100.
    assert average_attainment(measured)["attainment"].tolist() == pytest.approx([0.865])


def test_an_objective_without_key_results_keeps_its_own_figures() -> None:
    table = put(goals(("person", "E1", 0, 10, 4)), goal_type=["objective"])
    assert measure_attainment(table)["attainment"].tolist() == [0.4]


def test_each_version_counts_for_its_days() -> None:
    table = put(
        goals(("person", "E1", 0, 100, 40), ("person", "E1", 0, 80, 60)),
        goal_id=["G1", "G1"], valid_from=["", "2026-10-01"], valid_to=["2026-09-30", ""],
    )  # fmt: skip
    measured = measure_attainment(table, days=(date(2026, 7, 1), date(2026, 12, 31)))
    # Both quarters have 92 of the 184 days.
    assert measured["in_force"].tolist() == [0.5, 0.5]
    assert average_attainment(measured)["attainment"].tolist() == pytest.approx([0.575])


def test_a_goal_in_force_on_no_day_of_the_cycle_enters_nothing() -> None:
    table = put(goals(("person", "E1", 0, 100, 40)), valid_to=["2026-06-30"])
    measured = measure_attainment(table, days=(date(2026, 7, 1), date(2026, 12, 31)))
    assert measured["counts"].tolist() == [False]
    assert average_attainment(measured).empty
