"""Coverage by hand: three holders, four outcomes."""

from __future__ import annotations

import pandas as pd
import pytest

from calibrate.align.coverage import (
    Aim,
    balance_perspectives,
    cover_outcomes,
    judge_service,
    share_goals,
    slice_coverage,
    weigh_goals,
)

AIMS = (
    Aim("grow", "Grow", "financial", 40.0, attainment=0.5),
    Aim("keep", "Keep", "customer", 30.0, parent="grow", attainment=1.0),
    Aim("run", "Run", "process", 20.0),
    Aim("new", "New", "customer", 10.0),
)
COLUMNS = ["goal_id", "kind", "employee_id", "department", "weight", "in_force", "reached",
           "attainment"]  # fmt: skip


@pytest.fixture
def weighed() -> pd.DataFrame:
    """One goal of the company, one of Sales, three of two people, one of these an orphan."""
    rows = [
        ("C1", "company", "", "", 7.0, 1.0, "grow", 1.0),
        ("U1", "unit", "", "Sales", None, 1.0, "keep", 0.5),
        ("P1", "person", "E1", "", 75.0, 1.0, "grow", 0.2),
        ("P2", "person", "E1", "", 25.0, 1.0, "keep", 1.0),
        ("P3", "person", "E2", "", 10.0, 1.0, "", None),
    ]
    return weigh_goals(pd.DataFrame(rows, columns=COLUMNS))


def test_the_parts_of_a_holder_sum_to_one(weighed: pd.DataFrame) -> None:
    assert weighed["part"].tolist() == [1.0, 1.0, 0.75, 0.25, 1.0]
    assert weighed.groupby("holder")["part"].sum().tolist() == [1.0, 1.0, 1.0, 1.0]


def test_time_in_force_and_blank_weights_enter_the_parts() -> None:
    rows = [
        # Half of the cycle with weight 60, half with a goal of weight 20: 30 against 10.
        ("P1", "person", "E1", "", 60.0, 0.5, "grow", None),
        ("P2", "person", "E1", "", 20.0, 0.5, "keep", None),
        ("P3", "person", "E2", "", 0.0, 1.0, "grow", None),
        ("P4", "person", "E2", "", 0.0, 1.0, "keep", None),
    ]
    parts = weigh_goals(pd.DataFrame(rows, columns=COLUMNS))["part"]
    assert parts.tolist() == [0.75, 0.25, 0.5, 0.5]


def test_a_blank_weight_is_the_mean_of_the_others_of_its_holder() -> None:
    rows = [
        ("P1", "person", "E1", "", 30.0, 1.0, "grow", None),
        ("P2", "person", "E1", "", 50.0, 1.0, "grow", None),
        ("P3", "person", "E1", "", None, 1.0, "keep", None),
    ]
    # 30, 50 and their mean 40: of 120.
    parts = weigh_goals(pd.DataFrame(rows, columns=COLUMNS))["part"]
    assert parts.tolist() == pytest.approx([30 / 120, 50 / 120, 40 / 120])


def test_a_unit_without_a_department_is_told_apart_by_its_owner() -> None:
    rows = [
        ("U1", "unit", "", "", 1.0, 1.0, "grow", None),
        ("U2", "unit", "", "", 1.0, 1.0, "keep", None),
        ("U3", "unit", "", "Sales", 1.0, 1.0, "keep", None),
    ]
    goals = pd.DataFrame(rows, columns=COLUMNS).assign(owner=["E1", "E2", "E2"])
    assert weigh_goals(goals)["part"].tolist() == [1.0, 1.0, 1.0]


def test_every_holder_weighs_alike(weighed: pd.DataFrame) -> None:
    # Four holders: company, Sales, E1, E2. grow: (1 + 0 + 0.75 + 0)/4; keep: (0 + 1 + 0.25 + 0)/4.
    # The goal of E2 reaches nothing: 25 of 100 are left over.
    assert share_goals(weighed, ["grow", "keep", "run"]).tolist() == [43.75, 31.25, 0.0]


def test_coverage_holds_each_side_against_the_weight(weighed: pd.DataFrame) -> None:
    criteria = {"grow": 70.0, "keep": 10.0, "run": 20.0}
    found = cover_outcomes(AIMS, criteria, {"grow": 2, "keep": 1, "run": 1}, weighed)
    by = found.set_index("outcome")
    assert by["criteria_weight"].to_dict() == {"grow": 70, "keep": 10, "new": 0, "run": 20}
    assert by.loc["grow", "goal_weight"] == 43.75
    # Of people alone: E1 0.75, E2 nothing.
    assert by.loc["grow", "people_share"] == pytest.approx(37.5)
    assert by["n_goals"].to_dict() == {"grow": 2, "keep": 2, "new": 0, "run": 0}
    assert by["n_people"].to_dict() == {"grow": 1, "keep": 1, "new": 0, "run": 0}
    # Weighted by the parts: (1 × 1.0 + 0.75 × 0.2) / 1.75.
    assert by.loc["grow", "goal_attainment"] == pytest.approx(1.15 / 1.75)
    assert by["verdict"].to_dict() == {
        # 70/40 and 43.75/40: mean 1.42.
        "grow": "served",
        # Marks 10 of 30 are less than half.
        "keep": "thin",
        "new": "unserved",
        # Marks 20 of 20, and no goal.
        "run": "thin",
    }
    assert by.loc["new", "reason"] == "weight 10%, and no criterion and no goal serves it"
    assert by.loc["keep", "reason"] == (
        "weight 30%, marks 10%, goals 31%: marks are less than half of the weight"
    )
    assert by.loc["run", "reason"] == "weight 20%, marks 20%, goals 0%: no goal serves it"


def test_without_goals_only_marks_are_asked_for(weighed: pd.DataFrame) -> None:
    found = cover_outcomes(AIMS, {"grow": 40, "keep": 30, "run": 30}, {}, weighed.iloc[:0])
    by = found.set_index("outcome")
    assert by["verdict"].to_dict() == {
        "grow": "served", "keep": "served", "new": "unserved", "run": "served",
    }  # fmt: skip
    assert by["goal_weight"].isna().all()


def test_an_outcome_served_through_another_alone_is_thin() -> None:
    rows = [("P1", "person", "E1", "", None, 1.0, "keep", None)]
    weighed = weigh_goals(pd.DataFrame(rows, columns=COLUMNS))
    by = cover_outcomes(AIMS, {}, {}, weighed).set_index("outcome")
    assert by.loc["grow", "verdict"] == "thin"
    assert "only through “Keep”" in by.loc["grow", "reason"]
    assert by.loc["run", "verdict"] == "unserved"
    assert by.loc["run", "reason"] == "weight 20%, and no goal serves it"


def test_a_goal_of_the_company_alone_is_no_work_of_people() -> None:
    # Eleven holders, and the company alone for run: 9 of 100 against a weight of 20.
    people = [(f"P{n}", "person", f"E{n}", "", None, 1.0, "grow", None) for n in range(10)]
    rows = [("C1", "company", "", "", None, 1.0, "run", None), *people]
    weighed = weigh_goals(pd.DataFrame(rows, columns=COLUMNS))
    by = cover_outcomes(AIMS, {"grow": 80.0, "run": 20.0}, {}, weighed).set_index("outcome")
    assert by.loc["run", "verdict"] == "thin"
    assert by.loc["run", "reason"] == "weight 20%, marks 20%, goals 9%: no person has a goal for it"


@pytest.mark.parametrize(
    ("weight", "legs", "verdict"),
    [
        (20, [10, 10], "served"), (20, [9.99, 30], "thin"), (20, [40, 40], "served"),
        (20, [40, 40.1], "over"), (20, [0, 0], "unserved"), (20, [0, 80], "thin"),
        (0, [0, 0], "served"), (0, [0, 1], "over"),
    ],
)  # fmt: skip
def test_the_rule_at_its_bounds(weight: float, legs: list[float], verdict: str) -> None:
    assert judge_service(weight, legs) == verdict


def test_perspectives_are_judged_by_their_sums(weighed: pd.DataFrame) -> None:
    found = cover_outcomes(AIMS, {"grow": 70.0, "keep": 10.0, "run": 20.0}, {}, weighed)
    by = balance_perspectives(found).set_index("perspective")
    # customer: keep and new weigh 40; marks 10 are less than half.
    assert by.loc["customer", ["weight", "criteria_weight"]].tolist() == [40, 10]
    assert by["verdict"].to_dict() == {
        "financial": "served", "customer": "thin", "process": "thin", "learning": "absent",
    }  # fmt: skip
    # Only keep has KPIs there.
    assert by.loc["customer", "attainment"] == 1.0


def test_parts_of_the_company_show_where_nobody_works_on_an_outcome() -> None:
    rows = [
        (f"P{n}", "person", f"E{n}", "", None, 1.0, reached, None)
        for n, reached in enumerate(("grow", "grow", "", "keep", "keep"))
    ]
    weighed = weigh_goals(pd.DataFrame(rows, columns=COLUMNS))
    site = pd.Series({"E0": "A", "E1": "A", "E2": "A", "E3": "B", "E4": "B"})
    found = slice_coverage(weighed, {"location": site}, AIMS)
    # B has two people with goals: a share of two would be noise.
    assert set(found["value"]) == {"A"}
    by = found.assign(outcome=found["outcome"].fillna("")).set_index("outcome")
    assert by.loc["grow", ["n_people", "n_serving"]].tolist() == [3, 2]
    assert by.loc["grow", "goal_weight"] == pytest.approx(200 / 3)
    assert by.loc["", "goal_weight"] == pytest.approx(100 / 3)
    assert by.loc["keep", "n_serving"] == 0
