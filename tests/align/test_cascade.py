"""Goals above and below each other, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from calibrate.align.cascade import build_forest, climb_ladder, find_reached, trace_goals

#: grow ← keep: keep serves grow.
PARENTS = {"grow": "", "keep": "grow", "run": ""}


def goals(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["goal_id", "kind", "parent_id", "outcome"])


def trace(*rows: tuple[str, str, str, str], ended: tuple[bool, ...] = ()) -> pd.DataFrame:
    found = trace_goals(goals(*rows), PARENTS, np.array(ended) if ended else None)
    return found.set_index("goal_id")


def test_depth_and_goals_below_are_counted_over_all_steps() -> None:
    # a over b and c, b over d, d over e; f alone.
    forest = build_forest(pd.Series(list("abcdef")), pd.Series(["", "a", "a", "b", "d", ""]))
    assert forest.depth.tolist() == [0, 1, 1, 2, 3, 0]
    assert forest.n_below.tolist() == [4, 2, 0, 1, 0, 0]


def test_a_goal_above_that_is_not_there_counts_as_none() -> None:
    forest = build_forest(pd.Series(["a"]), pd.Series(["gone"]))
    assert (forest.parent.tolist(), forest.depth.tolist()) == ([-1], [0])


def test_the_nearest_outcome_above_is_reached() -> None:
    forest = build_forest(pd.Series(list("abcd")), pd.Series(["", "a", "b", "c"]))
    reached = find_reached(forest, pd.Series(["grow", "", "run", ""]))
    assert reached.tolist() == ["grow", "grow", "run", "run"]


def test_each_way_up_has_its_verdict() -> None:
    found = trace(
        ("C1", "company", "", "grow"), ("P1", "person", "C1", ""), ("P2", "person", "", ""),
        ("P3", "person", "C1", "run"), ("P4", "person", "C1", "keep"),
        ("C2", "company", "P1", "grow"),
    )  # fmt: skip
    assert found["verdict"].to_dict() == {
        "C1": "linked", "P1": "linked", "P2": "orphan", "P3": "two_outcomes",
        # keep serves grow: one way up.
        "P4": "linked", "C2": "upside_down",
    }  # fmt: skip
    assert found["reaches"].to_dict() == {
        "C1": "itself", "P1": "above", "P2": "no", "P3": "itself", "P4": "itself", "C2": "itself",
    }  # fmt: skip
    assert found.loc["P3", "reason"] == "it names “run”, and the goal above it serves “grow”"
    assert found.loc["C2", "reason"] == "a goal of a person stands above it"
    assert pd.isna(found.loc["C1", "reason"]) or found.loc["C1", "reason"] == ""


def test_an_outcome_that_had_ended_comes_before_two_outcomes() -> None:
    found = trace(("C1", "company", "", "grow"), ("P3", "person", "C1", "run"), ended=(False, True))
    assert found["verdict"].to_dict() == {"C1": "linked", "P3": "outcome_ended"}


def test_a_chain_breaks_where_the_company_has_such_goals_and_this_outcome_none() -> None:
    frame = pd.DataFrame(
        [
            ("C1", "company", "", "", "grow"), ("U1", "unit", "", "Sales", "run"),
            ("P1", "person", "E1", "", "grow"), ("P2", "person", "E1", "", "grow"),
        ],
        columns=["goal_id", "kind", "employee_id", "department", "reached"],
    )  # fmt: skip
    ladder = climb_ladder(frame, pd.Series(["grow", "run"])).set_index(["outcome", "kind"])
    assert ladder["verdict"].to_dict() == {
        ("grow", "company"): "there", ("grow", "person"): "there", ("grow", "unit"): "missing",
        ("run", "company"): "missing", ("run", "person"): "missing", ("run", "unit"): "there",
    }  # fmt: skip
    assert ladder.loc[("grow", "person"), ["n_goals", "n_people"]].tolist() == [2, 1]


def test_without_goals_of_units_no_chain_lacks_them() -> None:
    frame = pd.DataFrame(
        [("P1", "person", "E1", "", "grow")],
        columns=["goal_id", "kind", "employee_id", "department", "reached"],
    )
    assert climb_ladder(frame, pd.Series(["grow"]))["kind"].tolist() == ["person"]


def test_what_runs_in_a_circle_hangs_on_nothing() -> None:
    # Reading refuses circles; should one come by another way, no goal is lost. c hangs on it.
    forest = build_forest(pd.Series(list("abcd")), pd.Series(["b", "a", "a", ""]))
    assert forest.depth.tolist() == [0, 0, 0, 0]
    assert find_reached(forest, pd.Series(["", "grow", "", ""])).tolist() == ["", "grow", "", ""]


def test_a_chain_of_a_hundred_thousand_goals_is_followed_to_its_end() -> None:
    n = 100_000
    forest = build_forest(
        pd.Series([f"{k}" for k in range(n)]), pd.Series(["", *(f"{k}" for k in range(n - 1))])
    )
    assert (forest.depth[-1], forest.n_below[0]) == (n - 1, n - 1)
    reached = find_reached(forest, pd.Series(["grow", *[""] * (n - 1)]))
    assert set(reached.tolist()) == {"grow"}


def test_the_goal_above_is_the_version_of_the_same_days() -> None:
    frame = pd.DataFrame(
        [
            ("C1", "company", "", "grow", "", "2026-09-30"),
            ("C1", "company", "", "run", "2026-10-01", ""),
            ("P1", "person", "C1", "", "", "2026-08-31"),
            ("P2", "person", "C1", "", "", ""),
        ],
        columns=["goal_id", "kind", "parent_id", "outcome", "valid_from", "valid_to"],
    )
    found = trace_goals(frame, PARENTS).set_index("goal_id")
    assert found["outcome"].to_dict() == {"C1": "run", "P1": "grow", "P2": "run"}
    assert found["n_below"].to_dict() == {"C1": 2, "P1": 0, "P2": 0}
