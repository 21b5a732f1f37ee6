"""Habits in words: more than chance, large enough, and not more than anybody reads."""

from __future__ import annotations

import pandas as pd
import pytest

from calibrate.session.habits import list_habit_findings, say_habit
from calibrate.tables import HABITS


def make_habits(n: int, habit: str = "severity", value: float = 9.0, q: float = 0.01):
    return HABITS.conform(
        pd.DataFrame(
            {
                "rater_id": [f"R{k:03d}" for k in range(n)], "habit": habit,
                "value": [value + k / 100 for k in range(n)], "low": 1.0, "high": 20.0, "n": 8,
                "expected": 0.0, "p_value": q / 2, "q_value": q, "flagged": True,
                "words": "marks lower than others do for the same people",
            }
        )
    )  # fmt: skip


def test_a_finding_says_who_what_how_far_and_how_sure() -> None:
    ((kind, scope, scope_id, level, headline, evidence),) = list_habit_findings(make_habits(1))
    assert (kind, scope, scope_id, level) == ("rater", "rater", "R000", "look")
    assert headline == "Rater R000: marks lower than others do for the same people"
    assert evidence == "severity +9.0 points, 95% interval +1.0 to +20.0, 8 forms, q = 0.010"


@pytest.mark.parametrize(
    ("habit", "value", "q"),
    [
        ("severity", 4.0, 0.001),
        ("severity", 9.0, 0.06),
        ("spread", 0.2, 0.001),
        ("halo", 0.09, 0.001),
    ],
)
def test_a_small_or_doubtful_habit_is_no_finding(habit: str, value: float, q: float) -> None:
    assert list_habit_findings(make_habits(1, habit, value, q)) == []


def test_of_many_raters_the_furthest_out_are_listed_and_all_are_counted() -> None:
    rows = list_habit_findings(make_habits(40))
    assert [row[2] for row in rows] == [f"R{k:03d}" for k in range(15, 40)] + ["all"]
    assert rows[-1][4].startswith("40 raters stand out in severity; the 25 furthest out")


def test_what_may_be_chance_is_said_to_be() -> None:
    assert say_habit("halo", 0.9, 0.6, 0.2).endswith("may be chance")
    assert "chance" not in say_habit("halo", 0.9, 0.6, 0.02)
    assert "lower than people" in say_habit("self_gap", -30, 5, 0.01)
