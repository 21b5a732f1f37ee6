"""Odd distributions → rows of the table of findings."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from calibrate.bands.guideline import say_p
from calibrate.language import N_, _, ngettext
from calibrate.language.figures import write_figure, write_share

#: One row of the table of findings, without its name.
Row = tuple[str, str, str, str, str, str]

#: What each test found, in words; the guideline has findings of its own.
PHRASES = {
    "compression": N_("more people in the middle bands"),
    "inflation": N_("more people in the favourable bands"),
    "deflation": N_("more people in the lowest bands"),
    "ties": N_("more pairs of people with the same score"),
}
NARROWER, WIDER = N_("scores closer together"), N_("scores further apart")
#: Who stands out, by kind of scope.
HEADLINES = {
    "department": N_("Department {name} stands out from people at the same levels: {found}"),
    "session": N_("Session {name} stands out from people at the same levels: {found}"),
    "site": N_("Site {name} stands out from people at the same levels: {found}"),
    "manager": N_("Manager {name} stands out from people at the same levels: {found}"),
    "level": N_("Level {name} stands out from other levels: {found}"),
}
#: Any other kind.
HEADLINE = N_("{name} stands out from people at the same levels: {found}")
#: What else may be the reason, and where to look for it.
NEXT = {
    "manager": N_(
        "Manager or team: cannot be told. Look next at the manager's marks beside other raters of "
        "the same people (table habits), then at the team's goals (table teams)"
    ),
    "level": N_("Look next at what the rubric expects of this level"),
}
OTHERWISE = N_("Look next at the managers in it (table patterns), then at its goals")
#: Test → its figures.
FIGURES = {
    "compression": N_("Compression {value} against {usual} (by chance {low} to {high}, {q})"),
    "inflation": N_("Inflation {value} against {usual} (by chance {low} to {high}, {q})"),
    "deflation": N_("Deflation {value} against {usual} (by chance {low} to {high}, {q})"),
    "ties": N_("Ties {value} against {usual} (by chance {low} to {high}, {q})"),
    "spread": N_("Spread {value} points against {usual} (by chance {low} to {high}, {q})"),
}


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
        kind, n = str(scope), max(int(row["n"]) for row in records)
        yield (
            "distribution", kind, str(scope_id), "look",
            _(HEADLINES.get(kind, HEADLINE), name=str(scope_id), found=found),
            ngettext(
                "{n} person. {figures}. {next}", "{n} people. {figures}. {next}", n,
                figures=figures, next=_(NEXT.get(kind, OTHERWISE)),
            ),
        )  # fmt: skip


def say_pattern(row: Mapping[Hashable, Any]) -> str:
    """Say what a test found.

    Examples
    --------
    >>> say_pattern({"test": "spread", "value": 3.0, "expected": 9.0})
    'scores closer together'
    """
    if row["test"] == "spread":
        return _(NARROWER if row["value"] < row["expected"] else WIDER)
    return _(PHRASES[str(row["test"])])


def _say_figures(row: Mapping[Hashable, Any]) -> str:
    test = str(row["test"])
    value, usual, low, high = (
        write_figure(float(row[name]), 1) if test == "spread" else write_share(float(row[name]))
        for name in ("value", "expected", "low", "high")
    )
    q = say_p(float(row["q_value"]))
    return _(FIGURES[test], value=value, usual=usual, low=low, high=high, q=q)
