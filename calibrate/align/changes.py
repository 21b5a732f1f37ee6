"""What changed in strategy and goals within the cycle: the change log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from calibrate.language import _
from calibrate.language.figures import write_figure
from calibrate.rubric import Outcome
from calibrate.tables import STRATEGY_CHANGES

Row = dict[str, Any]


def list_changes(
    outcomes: Sequence[Outcome], goals: pd.DataFrame, days: tuple[date, date] | None
) -> pd.DataFrame:
    """List every change of an outcome or goal inside the cycle, by day.

    Parameters
    ----------
    goals
        Versions in order of goal and first day: goal_id, title, employee_id, outcome (own),
        reached, weight, target, valid_from, valid_to.
    days
        First and last day of the cycle; without them no change can be placed.

    Returns
    -------
    frame as :data:`calibrate.tables.STRATEGY_CHANGES`
        ``n_people`` counts those with a goal that the outcome or goal concerns.
    """
    if days is None:
        return STRATEGY_CHANGES.empty()
    own = goals[goals["employee_id"] != ""]
    counted = own.groupby("reached")["employee_id"].nunique()
    people = {str(outcome): int(n) for outcome, n in counted.items()}
    rows = [*list_outcome_changes(outcomes, days, people), *list_goal_changes(goals, days)]
    if not rows:
        return STRATEGY_CHANGES.empty()
    ordered = sorted(rows, key=lambda row: (row["changed_on"], row["subject"] != "outcome",
                                            row["subject_id"], row["change"]))  # fmt: skip
    frame = pd.DataFrame(ordered).assign(position=range(1, len(ordered) + 1))
    return STRATEGY_CHANGES.conform(frame)


def list_outcome_changes(
    outcomes: Sequence[Outcome], days: tuple[date, date], people: Mapping[str, int]
) -> Iterator[Row]:
    """Outcomes that began, ended or took another's place inside the cycle."""
    by_id = {outcome.id: outcome for outcome in outcomes}
    replaced = {outcome.replaces for outcome in outcomes if _begins_inside(outcome, days)}
    for outcome in outcomes:
        n = people.get(outcome.id, 0)
        weight = _("weight {weight}", weight=write_figure(outcome.weight, 0))
        if _begins_inside(outcome, days):
            before = by_id.get(outcome.replaces or "")
            said = "" if before is None else _(
                "{title}: weight {weight}", title=before.title,
                weight=write_figure(before.weight, 0),
            )  # fmt: skip
            change = "started" if before is None else "replaced"
            yield _row(outcome.valid_from, "outcome", outcome.id, outcome.title, change, said,
                       weight, n)  # fmt: skip
        ends = outcome.valid_to
        if ends is not None and days[0] <= ends < days[1] and outcome.id not in replaced:
            after = ends + timedelta(days=1)
            yield _row(after, "outcome", outcome.id, outcome.title, "ended", weight, "", n)


def _begins_inside(outcome: Outcome, days: tuple[date, date]) -> bool:
    return outcome.valid_from is not None and days[0] < outcome.valid_from <= days[1]


def list_goal_changes(goals: pd.DataFrame, days: tuple[date, date]) -> Iterator[Row]:
    """Goals that began, ended, or have another version inside the cycle."""
    first, last = (day.isoformat() for day in days)
    has_days = goals[(goals["valid_from"] != "") | (goals["valid_to"] != "")]
    for _goal, versions in has_days.groupby("goal_id", sort=True):
        rows = versions.sort_values("valid_from").to_dict("records")
        for at, row in enumerate(rows):
            begins = str(row["valid_from"])
            if first < begins <= last:
                if at:
                    yield from _compare(rows[at - 1], row)
                else:
                    yield _goal_row(begins, row, "started", "", _say_target(row))
        ends = str(rows[-1]["valid_to"])
        if ends and first <= ends < last:
            after = (date.fromisoformat(ends) + timedelta(days=1)).isoformat()
            yield _goal_row(after, rows[-1], "ended", _say_target(rows[-1]), "")


def _compare(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[Row]:
    day = str(after["valid_from"])
    if not _is_equal(before["target"], after["target"]):
        yield _goal_row(day, after, "retargeted", _say_target(before), _say_target(after))
    if not _is_equal(before["weight"], after["weight"]):
        said = (_say_number(row["weight"]) for row in (before, after))
        yield _goal_row(day, after, "reweighted", *said)
    if before["outcome"] != after["outcome"]:
        yield _goal_row(day, after, "relinked", str(before["outcome"]), str(after["outcome"]))


def _is_equal(one: Any, other: Any) -> bool:
    return bool((pd.isna(one) and pd.isna(other)) or (not pd.isna(one) and not pd.isna(other)
                                                      and one == other))  # fmt: skip


def _say_number(value: Any) -> str:
    if pd.isna(value):
        return ""
    return write_figure(float(value), 0 if float(value).is_integer() else 2)


def _say_target(row: Mapping[Any, Any]) -> str:
    number = _say_number(row["target"])
    unit = str(row["unit"])
    return _("target {target}", target=f"{number} {unit}".strip()) if number else ""


def _goal_row(day: str, row: Mapping[Any, Any], change: str, before: str, after: str) -> Row:
    n = int(row["employee_id"] != "")
    return _row(day, "goal", str(row["goal_id"]), str(row["title"]), change, before, after, n)


def _row(
    day: date | str | None, subject: str, name: str, title: str, change: str, before: str,
    after: str, n: int,
) -> Row:  # fmt: skip
    return {
        "changed_on": str(day), "subject": subject, "subject_id": name, "title": title,
        "change": change, "before": before, "after": after, "n_people": n,
    }  # fmt: skip
