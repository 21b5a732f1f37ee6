"""Habits of raters in words: what a coach would say, and what somebody should look at."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final

import pandas as pd

from calibrate.bands.guideline import say_p
from calibrate.effects.habits import FEWEST
from calibrate.language import N_, _, ngettext
from calibrate.language.figures import write_figure

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
        N_("marks higher than others do for the same people"),
        N_("marks lower than others do for the same people"),
    ),
    "spread": (
        N_("marks lie closer together than others' do for the same people"),
        N_("marks lie further apart than others' do for the same people"),
    ),
    "halo": (
        N_("marks on different criteria differ more than others' do"),
        N_("marks on different criteria move together more than others' do"),
    ),
    "self_gap": (
        N_("sees the own work lower than people whom others mark alike"),
        N_("sees the own work higher than people whom others mark alike"),
    ),
}

#: Habit → what is said of many raters at once.
MANY: Final[Mapping[str, str]] = {
    "severity": N_("{n} raters stand out in severity; the {listed} furthest out are listed"),
    "spread": N_("{n} raters stand out in spread; the {listed} furthest out are listed"),
    "halo": N_("{n} raters stand out in halo; the {listed} furthest out are listed"),
    "self_gap": N_("{n} raters stand out in the self gap; the {listed} furthest out are listed"),
}
#: Habit → its figures.
FIGURES: Final[Mapping[str, str]] = {
    "severity": N_("severity {value} points, 95% interval {low} to {high}"),
    "spread": N_(
        "log ratio of spread {value}, 95% interval {low} to {high}; raters of a like load "
        "{expected}"
    ),
    "halo": N_(
        "correlation of criteria {value}, 95% interval {low} to {high}; raters of a like load "
        "{expected}"
    ),
    "self_gap": N_(
        "own form less others' {value}, 95% interval {low} to {high}; raters of a like load "
        "{expected}"
    ),
}


def say_phrase(habit: str, *, is_above: bool) -> str:
    """Say what stands out, below or above the usual, in words that begin a sentence.

    Examples
    --------
    >>> say_phrase("halo", is_above=True)
    "Marks on different criteria move together more than others' do"
    """
    phrase = _(PHRASES[habit][int(is_above)])
    return phrase[:1].upper() + phrase[1:]


def say_habit(habit: str, value: float, expected: float, q_value: float) -> str:
    """Say what a flagged rater does, and how sure that is.

    Examples
    --------
    >>> say_habit("spread", -0.9, -0.1, 0.4)
    "marks lie closer together than others' do for the same people; may be chance"
    """
    phrase = _(PHRASES[habit][int(value > expected)])
    return phrase if q_value < LEVEL else _("{phrase}; may be chance", phrase=phrase)


def say_untold(habit: str, n: int, is_fitted: bool) -> str:
    """Say why a habit cannot be told.

    Examples
    --------
    >>> say_untold("spread", 3, True)
    'cannot be told: 3 forms of at least 5'
    """
    fewest = FEWEST[habit]
    if habit in ("severity", "spread") and not is_fitted:
        return _("cannot be told: too few others marked the same people")
    if n < fewest:
        return ngettext(
            "cannot be told: {n} form of at least {fewest}",
            "cannot be told: {n} forms of at least {fewest}",
            n, fewest=fewest,
        )  # fmt: skip
    return _("cannot be told: too little to compare with")


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
                _(MANY[habit], n=len(found), listed=MOST_FINDINGS),
                _(
                    "all are in tables/raters; where so many do, talk about the scale with "
                    "everybody"
                ),
            ))  # fmt: skip
    return rows


def count_notable(habits: pd.DataFrame, n_forms: Mapping[str, int], fewest: int) -> int:
    """Count raters who stand out in severity, on enough forms, or in a habit.

    Parameters
    ----------
    habits : frame as :data:`calibrate.tables.HABITS`
    n_forms
        Forms of each rater.
    fewest
        Forms below which a severity is not told.
    """
    known = habits[habits["q_value"].lt(LEVEL).fillna(False)].to_dict("records")
    return len({
        row["rater_id"]
        for row in known
        if is_notable(str(row["habit"]), row["value"], row["expected"], row["q_value"])
        and (row["habit"] != "severity" or n_forms.get(str(row["rater_id"]), 0) >= fewest)
    })  # fmt: skip


def _describe(row: Mapping[Hashable, Any]) -> FindingRow:
    return (
        "rater", "rater", row["rater_id"], "look",
        _("Rater {rater}: {habit}", rater=row["rater_id"], habit=row["words"]),
        ngettext(
            "{figures}, {n} form, {q}", "{figures}, {n} forms, {q}", int(row["n"]),
            figures=_measure(row), q=say_p(row["q_value"]),
        ),
    )  # fmt: skip


def _measure(row: Mapping[Hashable, Any]) -> str:
    habit = str(row["habit"])
    decimals = 1 if habit in ("severity", "self_gap") else 2
    figures = {
        key: write_figure(row[key], decimals, has_sign=True)
        for key in ("value", "low", "high", "expected")
    }
    return _(FIGURES[habit], **figures)
