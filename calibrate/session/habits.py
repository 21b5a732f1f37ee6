"""Habits of raters in words: what a coach would say, and what somebody should look at."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final

import pandas as pd

from calibrate.bands.guideline import say_p
from calibrate.effects.habits import FEWEST

#: A habit off by less than this moves hardly any mark: points, log ratio, correlation, points.
NOTABLE: Final[Mapping[str, float]] = {
    "severity": 5.0, "spread": 0.25, "halo": 0.10, "self_gap": 10.0,
}  # fmt: skip
#: Share of wrong ones among all findings of a habit.
LEVEL: Final = 0.05

#: Raters of a habit among the findings: nobody reads a thousand.
MOST_FINDINGS: Final = 25

FindingRow = tuple[str, str, str, str, str, str]

#: Habit → what is said below and above the usual.
PHRASES: Final[Mapping[str, tuple[str, str]]] = {
    "severity": (
        "marks higher than others do for the same people",
        "marks lower than others do for the same people",
    ),
    "spread": (
        "marks lie closer together than others' do for the same people",
        "marks lie further apart than others' do for the same people",
    ),
    "halo": (
        "marks on different criteria differ more than others' do",
        "marks on different criteria move together more than others' do",
    ),
    "self_gap": (
        "sees the own work lower than people whom others mark alike",
        "sees the own work higher than people whom others mark alike",
    ),
}


def say_habit(habit: str, value: float, expected: float, q_value: float) -> str:
    """Say what a flagged rater does, and how sure that is.

    Examples
    --------
    >>> say_habit("spread", -0.9, -0.1, 0.4)
    "marks lie closer together than others' do for the same people; may be chance"
    """
    phrase = PHRASES[habit][int(value > expected)]
    return phrase if q_value < LEVEL else f"{phrase}; may be chance"


def say_untold(habit: str, n: int, is_fitted: bool) -> str:
    """Say why a habit cannot be told.

    Examples
    --------
    >>> say_untold("spread", 3, True)
    'cannot be told: 3 forms of at least 5'
    """
    fewest = FEWEST[habit]
    if habit in ("severity", "spread") and not is_fitted:
        return "cannot be told: too few others marked the same people"
    if n < fewest:
        return f"cannot be told: {n} form{'' if n == 1 else 's'} of at least {fewest}"
    return "cannot be told: too little to compare with"


def is_notable(habit: str, value: float, expected: float, q_value: float) -> bool:
    """Is it more than chance over all raters, and large enough to matter?

    Examples
    --------
    >>> is_notable("severity", 4.0, 0.0, 0.001), is_notable("severity", 9.0, 0.0, 0.001)
    (False, True)
    """
    return q_value < LEVEL and abs(value - expected) >= NOTABLE[habit]


def list_habit_findings(habits: pd.DataFrame) -> list[FindingRow]:
    """Rows of findings for habits that stand out over all raters, the largest of each habit.

    Parameters
    ----------
    habits : frame as :data:`calibrate.tables.HABITS`
    """
    known = habits[habits["q_value"].lt(LEVEL).fillna(False)]
    rows: list[FindingRow] = []
    for habit in NOTABLE:
        found = [
            row
            for row in known[known["habit"] == habit].to_dict("records")
            if is_notable(habit, row["value"], row["expected"], row["q_value"])
        ]
        found.sort(key=lambda row: (-abs(row["value"] - row["expected"]), row["rater_id"]))
        listed = sorted(found[:MOST_FINDINGS], key=lambda row: str(row["rater_id"]))
        rows += [_describe(row) for row in listed]
        if len(found) > MOST_FINDINGS:
            rows.append((
                "rater", "company", "all", "look",
                f"{len(found):,} raters stand out in {habit.replace('_', ' ')}; the "
                f"{MOST_FINDINGS} furthest out are listed",
                "all are in tables/raters; where so many do, talk about the scale with everybody",
            ))  # fmt: skip
    return rows


def _describe(row: Mapping[Hashable, Any]) -> FindingRow:
    return (
        "rater", "rater", row["rater_id"], "look",
        f"Rater {row['rater_id']}: {row['words']}",
        f"{_measure(row)}, {row['n']} forms, {say_p(row['q_value'])}",
    )  # fmt: skip


def _measure(row: Mapping[Hashable, Any]) -> str:
    value, low, high, expected = (row[key] for key in ("value", "low", "high", "expected"))
    habit = row["habit"]
    if habit == "severity":
        return f"severity {value:+.1f} points, 95% interval {low:+.1f} to {high:+.1f}"
    if habit == "self_gap":
        name, digits = "own form less others'", 1
    elif habit == "spread":
        name, digits = "log ratio of spread", 2
    else:
        name, digits = "correlation of criteria", 2
    shown = [f"{figure:+.{digits}f}" for figure in (value, low, high, expected)]
    span = f"95% interval {shown[1]} to {shown[2]}"
    return f"{name} {shown[0]}, {span}; raters of a like load {shown[3]}"
