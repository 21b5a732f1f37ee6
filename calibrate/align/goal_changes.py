"""What changed in goals within the cycle, and the change log of strategy and goals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd

from calibrate.align.cascade import build_forest
from calibrate.language import _
from calibrate.language.figures import write_figure
from calibrate.tables import STRATEGY_CHANGES

#: What is known of one change alone.
COLUMNS = ("changed_on", "subject", "subject_id", "title", "change", "before", "after")


def list_changes(
    of_outcomes: pd.DataFrame,
    goals: pd.DataFrame,
    days: tuple[date, date] | None,
    replaced: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """List every change of an outcome or goal inside the cycle, by day.

    Parameters
    ----------
    of_outcomes
        Columns of :data:`COLUMNS`, one row a change of an outcome.
    goals
        Versions in order of goal and first day: goal_id, parent_id, title, employee_id,
        outcome (own), reached, weight, unit, baseline, target, valid_from, valid_to.
    days
        First and last day of the cycle; without them no change can be placed.
    replaced
        Outcome → the one whose place it took: a change touches the people of both.

    Returns
    -------
    frame as :data:`calibrate.tables.STRATEGY_CHANGES`
        ``n_people`` counts those with a goal that reaches the outcome, or with the goal
        or one below it.
    """
    if days is None:
        return STRATEGY_CHANGES.empty()
    of_goals = list_goal_changes(goals, days)
    n_outcome = _count_by_outcome(goals, of_outcomes["subject_id"], replaced or {})
    n_goal = _count_by_goal(goals, of_goals["subject_id"])
    rows = pd.concat(
        [of_outcomes.assign(n_people=n_outcome, rank=0), of_goals.assign(n_people=n_goal, rank=1)],
        ignore_index=True,
    )
    rows = rows.assign(changed_on=rows["changed_on"].astype(str))
    rows = rows.sort_values(["changed_on", "rank", "subject_id", "change"], kind="stable")
    rows = rows.drop(columns="rank").assign(position=np.arange(1, len(rows) + 1))
    return STRATEGY_CHANGES.conform(rows)


def list_goal_changes(goals: pd.DataFrame, days: tuple[date, date]) -> pd.DataFrame:
    """Goals that began, ended, or have another version inside the cycle.

    A version is held against the one before it: ``retargeted`` with another baseline,
    target or unit, ``reweighted``, ``relinked`` to another outcome or goal above,
    ``replaced`` where only the title differs.

    Returns
    -------
    Columns of :data:`COLUMNS`; ``changed_on`` is the first day of the new state.
    """
    first, last = (day.isoformat() for day in days)
    frame = goals.sort_values(["goal_id", "valid_from"], kind="stable").reset_index(drop=True)
    before = frame.shift().where(frame["goal_id"] == frame["goal_id"].shift())
    is_new = before["goal_id"].isna()
    begins = (frame["valid_from"] > first) & (frame["valid_from"] <= last)
    is_last = ~frame["goal_id"].duplicated(keep="last")
    ends = is_last & (frame["valid_to"] >= first) & (frame["valid_to"] < last)
    is_next = begins & ~is_new
    target = _differs(frame, before, "baseline", "target", "unit")
    weight = _differs(frame, before, "weight")
    link = _differs(frame, before, "outcome", "parent_id")
    title = _differs(frame, before, "title")
    is_other = title & ~(target | weight | link)
    parts = [
        _write(frame, begins & is_new, "started", None, _say_targets),
        _write(frame, is_next & target, "retargeted", before, _say_targets),
        _write(frame, is_next & weight, "reweighted", before, _say_weights),
        _write(frame, is_next & link, "relinked", before, _say_links),
        _write(frame, is_next & is_other, "replaced", before, _say_titles),
        _write_ended(frame, ends),
    ]
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def _differs(frame: pd.DataFrame, before: pd.DataFrame, *columns: str) -> pd.Series[bool]:
    found = pd.Series(False, index=frame.index)
    for column in columns:
        now, then = frame[column].astype(object), before[column].astype(object)
        is_same = (now == then).fillna(False).astype(bool) | (now.isna() & then.isna())
        found |= ~is_same
    return found


def _write(
    frame: pd.DataFrame, chosen: pd.Series[bool], change: str, before: pd.DataFrame | None,
    say: Callable[[pd.DataFrame], list[str]],
) -> pd.DataFrame:  # fmt: skip
    now = frame[chosen]
    return pd.DataFrame(
        {
            "changed_on": now["valid_from"], "subject": "goal", "subject_id": now["goal_id"],
            "title": now["title"], "change": change,
            "before": "" if before is None else say(before[chosen]), "after": say(now),
        }
    )  # fmt: skip


def _write_ended(frame: pd.DataFrame, chosen: pd.Series[bool]) -> pd.DataFrame:
    gone = frame[chosen]
    day_after = [
        (date.fromisoformat(str(day)) + timedelta(days=1)).isoformat() for day in gone["valid_to"]
    ]
    return pd.DataFrame(
        {
            "changed_on": day_after, "subject": "goal", "subject_id": gone["goal_id"],
            "title": gone["title"], "change": "ended", "before": _say_targets(gone), "after": "",
        }
    )  # fmt: skip


def _say_targets(rows: pd.DataFrame) -> list[str]:
    numbers = rows[["baseline", "target"]].astype("Float64").astype(float).to_numpy()
    return [
        _say_target(start, target, str(unit))
        for (start, target), unit in zip(numbers.tolist(), rows["unit"].fillna(""), strict=True)
    ]


def _say_target(baseline: float, target: float, unit: str) -> str:
    if target != target:
        return ""
    told = f"{_say_number(target)} {unit}".strip()
    if baseline != baseline:
        return _("target {target}", target=told)
    return _("from {baseline} to {target}", baseline=_say_number(baseline), target=told)


def _say_weights(rows: pd.DataFrame) -> list[str]:
    numbers = rows["weight"].astype("Float64").astype(float).tolist()
    return [
        _("weight {weight}", weight=_say_number(n)) if n == n else _("no weight") for n in numbers
    ]


def _say_links(rows: pd.DataFrame) -> list[str]:
    pairs = zip(rows["outcome"], rows["parent_id"], strict=True)
    return [", ".join(part for part in (str(o), str(p)) if part) for o, p in pairs]


def _say_titles(rows: pd.DataFrame) -> list[str]:
    return rows["title"].astype(str).tolist()


def _say_number(value: float) -> str:
    decimals = 0 if value.is_integer() else min(len(repr(value).partition(".")[2]), 6)
    return write_figure(value, decimals)


def _count_by_outcome(
    goals: pd.DataFrame, outcomes: pd.Series[str], replaced: Mapping[str, str]
) -> list[int]:
    own = goals.loc[goals["employee_id"] != "", ["reached", "employee_id"]]
    people = own.groupby("reached")["employee_id"].agg(set).to_dict()
    return [
        len(people.get(outcome, set()) | people.get(replaced.get(outcome, ""), set()))
        for outcome in outcomes
    ]


def _count_by_goal(goals: pd.DataFrame, changed: pd.Series[str]) -> list[int]:
    """People with each goal that changed, or with one below it."""
    last = goals.drop_duplicates("goal_id", keep="last").reset_index(drop=True)
    forest = build_forest(last["goal_id"], last["parent_id"])
    place = pd.Series(np.arange(len(last)), index=last["goal_id"].to_numpy())
    holder = last["employee_id"].tolist()
    order = np.argsort(forest.parent, kind="stable")
    start = np.searchsorted(forest.parent[order], np.arange(len(last) + 1))
    counted: dict[int, int] = {}
    for at in place.reindex(changed.unique()).to_numpy(np.int64).tolist():
        found, waiting = set(), [at]
        while waiting:
            one = waiting.pop()
            found.add(holder[one])
            if forest.n_below[one]:
                waiting += order[start[one] : start[one + 1]].tolist()
        counted[at] = len(found - {""})
    return [counted[at] for at in place.reindex(changed).to_numpy(np.int64).tolist()]
