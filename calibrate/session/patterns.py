"""Odd distributions → rows of the table of findings."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from calibrate.bands.guideline import say_p

#: One row of the table of findings, without its name.
Row = tuple[str, str, str, str, str, str]

#: What each test found, in words; the guideline has findings of its own.
PHRASES = {
    "compression": "more people in the middle bands",
    "inflation": "more people in the favourable bands",
    "deflation": "more people in the lowest bands",
    "ties": "more pairs of people with the same score",
}
NARROWER, WIDER = "scores closer together", "scores further apart"
#: What else may be the reason, and where to look for it.
NEXT = {
    "manager": "Manager or team: cannot be told. Look next at the manager's marks beside other "
    "raters of the same people (table habits), then at the team's goals (table teams)",
    "level": "Look next at what the rubric expects of this level",
}
OTHERWISE = "Look next at the managers in it (table patterns), then at its goals"


#: Figures of the same people under the name of two kinds of scope are the same.
SAME_PEOPLE = ["scope_id", "test", "n", "value"]


def list_pattern_findings(patterns: pd.DataFrame) -> Iterator[Row]:
    """One finding a scope that is beyond chance and the practical bound in any test.

    Departments that are sessions too are named once.

    Parameters
    ----------
    patterns
        Frame as :data:`calibrate.tables.PATTERNS`.
    """
    odd = patterns[(patterns["verdict"] == "beyond") & (patterns["test"] != "guideline")]
    odd = odd.drop_duplicates(SAME_PEOPLE)
    for (scope, scope_id), tests in odd.groupby(["scope", "scope_id"], sort=True):
        records = tests.to_dict("records")
        found = "; ".join(say_pattern(row) for row in records)
        figures = "; ".join(_say_figures(row) for row in records)
        yield (
            "distribution", str(scope), str(scope_id), "look",
            f"{str(scope).capitalize()} {scope_id} stands out from "
            f"{'other levels' if scope == 'level' else 'people at the same levels'}: {found}",
            f"{max(int(row['n']) for row in records)} people. {figures}. "
            f"{NEXT.get(str(scope), OTHERWISE)}",
        )  # fmt: skip


def say_pattern(row: Mapping[Hashable, Any]) -> str:
    """Say what a test found.

    Examples
    --------
    >>> say_pattern({"test": "spread", "value": 3.0, "expected": 9.0})
    'scores closer together'
    """
    if row["test"] == "spread":
        return NARROWER if row["value"] < row["expected"] else WIDER
    return PHRASES[str(row["test"])]


def _say_figures(row: Mapping[Hashable, Any]) -> str:
    value, expected, low, high, q_value = (
        float(row[name]) for name in ("value", "expected", "low", "high", "q_value")
    )
    test = str(row["test"]).capitalize()
    q_words = say_p(q_value)
    if row["test"] == "spread":
        return (
            f"{test} {value:.1f} points against {expected:.1f} "
            f"(by chance {low:.1f} to {high:.1f}, {q_words})"
        )
    return (
        f"{test} {value:.0%} against {expected:.0%} (by chance {low:.0%} to {high:.0%}, {q_words})"
    )
