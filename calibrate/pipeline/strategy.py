"""Strategy, goals and what links them, as the tables of the contract."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.align.cascade import climb_ladder, find_ended, reach_versions, trace_goals
from calibrate.align.changes import list_outcome_changes
from calibrate.align.coverage import (
    Aim,
    balance_perspectives,
    cover_outcomes,
    slice_coverage,
    weigh_goals,
)
from calibrate.align.goal_changes import list_changes
from calibrate.align.kpis import attain_outcome, tabulate_kpis
from calibrate.align.smart import Setting, check_goals
from calibrate.config import Cycle
from calibrate.pipeline.stages import Scored
from calibrate.rubric import Outcome, Strategy, criterion_weights
from calibrate.tables import COVERAGE_SLICES, LADDER

#: Columns of employees by which coverage is told apart.
SLICES = {
    "department": "department", "location": "location", "work_mode": "work_mode",
    "team": "manager_id",
}  # fmt: skip


def find_days(cycle: Cycle) -> tuple[date, date] | None:
    """First and last day of the cycle; None where it does not say both."""
    if cycle.starts_on is None or cycle.ends_on is None:
        return None
    return cycle.starts_on, cycle.ends_on


def tabulate_strategy(scored: Scored, goals: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables on coverage, cascade, goals and changes; ``goals`` is that of the contract."""
    prepared = scored.prepared
    strategy, days = prepared.strategy, find_days(prepared.cycle)
    outcomes = strategy.outcomes if strategy else ()
    aims = weigh_outcomes(strategy, days)
    versions, cascade = _trace(_join_versions(scored, goals), outcomes, days)
    counting = versions[versions["counts"].to_numpy(bool)]
    weighed = weigh_goals(counting)
    criteria, n_criteria = _share_criteria(scored)
    coverage = cover_outcomes(aims, criteria, n_criteria, weighed)
    ids = pd.Series([aim.id for aim in aims], dtype=object)
    replaced = {outcome.id: outcome.replaces for outcome in outcomes if outcome.replaces}
    has_goals = len(counting) > 0
    return {
        "coverage": coverage,
        "coverage_slices": slice_coverage(weighed, _find_slices(scored), aims)
        if has_goals else COVERAGE_SLICES.empty(),
        "balance": balance_perspectives(coverage),
        "cascade": cascade,
        "ladder": climb_ladder(_place_people(scored, counting), ids)
        if has_goals else LADDER.empty(),
        "goal_checks": _check(scored, versions, outcomes, days),
        "strategy_changes": list_changes(
            list_outcome_changes(strategy, *(days or (None, None))), versions, days, replaced
        ),
        "kpis": tabulate_kpis(outcomes, prepared.cycle.cycle),
    }  # fmt: skip


def weigh_outcomes(strategy: Strategy | None, days: tuple[date, date] | None) -> tuple[Aim, ...]:
    """Outcomes in force on some day of the cycle, with their weight by days."""
    if strategy is None:
        return ()
    first, last = (date.min, date.max) if days is None else days
    worth = strategy.worth
    return tuple(
        Aim(outcome.id, outcome.title, outcome.perspective, float(worth[outcome.id]),
            outcome.parent or "", outcome.owner or "", attain_outcome(outcome))
        for outcome in strategy.outcomes
        if (outcome.valid_from or first) <= last and (outcome.valid_to or last) >= first
    )  # fmt: skip


def _join_versions(scored: Scored, goals: pd.DataFrame) -> pd.DataFrame:
    """Every version with its figures as read and as measured, as plain text and numbers."""
    read = scored.prepared.goals
    texts = ["goal_id", "valid_from", "owner", "evidence", "updated_on", "baseline", "target",
             "actual"]  # fmt: skip
    frame = read.frame[texts] if read is not None else pd.DataFrame(columns=texts, dtype=object)
    plain = goals.astype({c: object for c in goals.columns if goals[c].dtype == "string"})
    plain = plain.fillna({c: "" for c in plain.columns if plain[c].dtype == object})
    return plain.merge(frame, on=["goal_id", "valid_from"], validate="one_to_one")


def _trace(
    versions: pd.DataFrame, outcomes: Sequence[Outcome], days: tuple[date, date] | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The outcome that each version serves on its days (``reached``), and the cascade."""
    standing = versions[versions["in_force"] > 0].reset_index(drop=True)
    reached = reach_versions(standing)
    in_force = {outcome.id: (outcome.valid_from, outcome.valid_to) for outcome in outcomes}
    ended = find_ended(reached, standing, in_force, days)
    parents = {outcome.id: outcome.parent or "" for outcome in outcomes}
    titles = {outcome.id: outcome.title for outcome in outcomes}
    cascade = trace_goals(standing, parents, ended, titles)
    serves = standing[["goal_id", "valid_from"]].assign(reached=np.where(ended, "", reached))
    joined = versions.merge(serves, on=["goal_id", "valid_from"], how="left", validate="one_to_one")
    return joined.fillna({"reached": ""}), cascade


def _place_people(scored: Scored, goals: pd.DataFrame) -> pd.DataFrame:
    """Goals of people with the department of the person, where the goal names none."""
    employees = scored.prepared.employees
    if "department" not in employees.declared:
        return goals
    home = pd.Series(list(employees.column("department")), index=list(employees.ids), dtype=object)
    own = goals["employee_id"].map(home).fillna("")
    return goals.assign(department=goals["department"].mask(goals["department"] == "", own))


def _share_criteria(scored: Scored) -> tuple[dict[str, float], dict[str, int]]:
    r"""Outcome → percent of the marks that serve it, and how many criteria do.

    .. math:: c_o = 100\,\frac1I \sum_i \sum_k w_{r(i)k}\, s_{ko}

    over the rated people i, each with the rubric r(i).
    """
    prepared = scored.prepared
    is_rated = scored.effects.employees.n_forms > 0
    of = np.asarray(prepared.rules.rubric_of)[
        is_rated & (np.asarray(prepared.rules.rubric_of) >= 0)
    ]
    n_of: Counter[int] = Counter(of.tolist())
    shares: dict[str, float] = defaultdict(float)
    serving: dict[str, set[str]] = defaultdict(set)
    for r, rubric in enumerate(prepared.rubrics):
        if not n_of[r]:
            continue
        for criterion, weight in zip(
            rubric.criteria, criterion_weights(rubric, prepared.strategy), strict=True
        ):
            for outcome, share in criterion.outcomes.items():
                shares[outcome] += float(weight) * share * n_of[r] / len(of)
                serving[outcome].add(criterion.id)
    return dict(shares), {outcome: len(ids) for outcome, ids in serving.items()}


def _find_slices(scored: Scored) -> Mapping[str, pd.Series[str]]:
    employees = scored.prepared.employees
    return {
        name: pd.Series(list(employees.column(column)), index=list(employees.ids), dtype=object)
        for name, column in SLICES.items()
        if column in employees.declared
    }


def _check(
    scored: Scored, versions: pd.DataFrame, outcomes: Sequence[Outcome],
    days: tuple[date, date] | None,
) -> pd.DataFrame:  # fmt: skip
    prepared = scored.prepared
    last = versions[versions["in_force"] > 0].drop_duplicates("goal_id", keep="last")
    above: npt.NDArray[np.bool_] = (
        last["goal_id"].isin(versions.loc[versions["goal_type"] == "key_result", "parent_id"])
    ).to_numpy(bool)
    owners = {outcome.id: outcome.owner or "" for outcome in outcomes}
    declared = prepared.goals.declared if prepared.goals is not None else frozenset()
    setting = Setting(declared, days, bool(outcomes), owners)
    return check_goals(last.assign(has_parts=above), setting)
