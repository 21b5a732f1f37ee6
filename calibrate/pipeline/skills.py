"""Skills against what levels ask for: gaps, trends, next level and training, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.align.group_means import average_groups, judge_side
from calibrate.align.skills import Gaps, GroupGaps, Skills, average_gaps, average_outcome
from calibrate.align.trends import Scores, find_trends
from calibrate.pipeline.results import code_departments
from calibrate.pipeline.stages import Scored
from calibrate.pipeline.teams import Teams
from calibrate.rubric import criterion_weights
from calibrate.tables import SKILL_GAPS, SKILL_TRENDS

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
#: Scope, names of its groups, and the group of each person; -1 for none.
Scope = tuple[str, Sequence[str], IntArray]


def gather_skills(scored: Scored) -> Skills:
    """Scores by criterion beside expectations; people without a form of it have none."""
    by, expected = scored.by_criterion, scored.prepared.forms.expected
    rated = by.n_forms > 0
    raw, calibrated, se = (np.where(rated, part, np.nan) for part in (by.raw, by.calibrated, by.se))
    return Skills(raw, calibrated, se, expected, scored.effects.employees.df)


def list_scopes(scored: Scored, teams: Teams) -> Iterator[Scope]:
    """Company, departments and teams."""
    yield "company", ("",), np.zeros(len(scored.prepared.employees.ids), np.int64)
    yield "department", *code_departments(scored)
    yield "team", teams.managers, teams.of


def tabulate_gaps(scored: Scored, teams: Teams, skills: Skills, gaps: Gaps) -> pd.DataFrame:
    """Gaps of the company, departments, teams, outcomes and people."""
    level, criteria = scored.prepared.cycle.effects.interval, scored.prepared.rules.criteria
    if not np.isfinite(gaps.gap).any():
        return SKILL_GAPS.empty()
    blocks = [_list_people(scored, skills, gaps)]
    for scope, names, of in list_scopes(scored, teams):
        for k, criterion in enumerate(criteria):
            found = average_gaps(skills, gaps, k, of, len(names), level)
            blocks.append(_list_groups(scope, names, criterion, found))
    for outcome, weight in weigh_outcomes(scored).items():
        by_rubric = np.vstack([weight, np.zeros(len(criteria))])
        own = by_rubric[scored.prepared.rules.rubric_of]
        found = average_outcome(skills, gaps, own, level)
        blocks.append(_list_groups("outcome", (outcome,), "", found))
    return SKILL_GAPS.conform(pd.concat([b for b in blocks if len(b)], ignore_index=True))


def weigh_outcomes(scored: Scored) -> dict[str, FloatArray]:
    """Outcome → (R, K) weight of each criterion times its share for the outcome."""
    prepared = scored.prepared
    rubrics, criteria = prepared.rubrics, prepared.rules.criteria
    column = {name: k for k, name in enumerate(criteria)}
    named = [o.id for o in prepared.strategy.outcomes] if prepared.strategy else []
    named += [o for rubric in rubrics for c in rubric.criteria for o in c.outcomes]
    weights = {name: np.zeros((len(rubrics), len(criteria))) for name in dict.fromkeys(named)}
    for r, rubric in enumerate(rubrics):
        parts = criterion_weights(rubric, prepared.strategy)
        for criterion, part in zip(rubric.criteria, parts, strict=True):
            for outcome, share in criterion.outcomes.items():
                weights[outcome][r, column[criterion.id]] = float(part * share) / 100
    return {name: weight for name, weight in weights.items() if weight.any()}


def _list_people(scored: Scored, skills: Skills, gaps: Gaps) -> pd.DataFrame:
    i, k = np.nonzero(np.isfinite(gaps.gap))
    n_below = pd.array(gaps.is_below[i, k].astype(int), dtype="Int64")
    n_below[~gaps.is_told[i, k]] = pd.NA
    return pd.DataFrame(
        {
            "scope": "person",
            "scope_id": np.array(scored.prepared.employees.ids, dtype=object)[i],
            "criterion": np.array(scored.prepared.rules.criteria, dtype=object)[k],
            "n": 1,
            "score": skills.calibrated[i, k],
            "expected": skills.expected[i, k],
            "gap": gaps.gap[i, k],
            "low": gaps.low[i, k],
            "high": gaps.high[i, k],
            "n_below": n_below,
            "verdict": gaps.verdict[i, k],
        }
    )


def _list_groups(
    scope: str, names: Sequence[str], criterion: str, found: GroupGaps
) -> pd.DataFrame:
    n_below = pd.array(found.n_below, dtype="Int64")
    n_below[found.n_below < 0] = pd.NA
    frame = pd.DataFrame(
        {
            "scope": scope,
            "scope_id": list(names),
            "criterion": criterion,
            "n": found.means.n,
            "score": found.score,
            "expected": found.expected,
            "gap": found.means.mean,
            "low": found.means.low,
            "high": found.means.high,
            "n_below": n_below,
            "verdict": found.verdict,
        }
    )
    return frame[frame["n"] > 0]


def tabulate_trends(scored: Scored, teams: Teams, skills: Skills) -> pd.DataFrame:
    """Change of skills a cycle, of people with scores of this cycle and an earlier one."""
    told = _read_past(scored)
    if not len(told):
        return SKILL_TRENDS.empty()
    criteria = scored.prepared.rules.criteria
    n_criteria, level = len(criteria), scored.prepared.cycle.effects.interval
    cycles = (*sorted(set(told["cycle"])), scored.prepared.cycle.cycle)
    place = {name: at for at, name in enumerate(cycles)}
    i, k = np.nonzero(np.isfinite(skills.calibrated))
    now = i * n_criteria + k
    past = told["series"].to_numpy(np.int64)
    both = np.intersect1d(past, now)
    if not len(both):
        return SKILL_TRENDS.empty()
    old, new = np.isin(past, both), np.isin(now, both)
    own = (skills.raw[i, k], skills.calibrated[i, k], skills.se[i, k])
    then = (told[name].to_numpy(float) for name in ("raw_score", "calibrated_score", "se"))
    raw, calibrated, se = (np.concatenate([a[old], b[new]]) for a, b in zip(then, own, strict=True))
    cycle = np.concatenate(
        [told["cycle"].map(place).to_numpy(np.int64)[old], np.full(new.sum(), len(cycles) - 1)]
    )
    series = np.searchsorted(both, np.concatenate([past[old], now[new]]))
    trends = find_trends(Scores(series, cycle, raw, calibrated, se), len(both), level)
    frame = pd.DataFrame(
        {
            "person": both // n_criteria, "k": both % n_criteria, "n_cycles": trends.n_cycles,
            "first": trends.first, "change": trends.change, "low": trends.low,
            "high": trends.high, "verdict": trends.verdict,
        }
    )  # fmt: skip
    frame = frame[frame["n_cycles"] >= 2]
    seen = pd.DataFrame({"person": both[series] // n_criteria, "k": both[series] % n_criteria,
                         "cycle": cycle})  # fmt: skip
    blocks = [_name_people(scored, frame)]
    blocks += [
        _average_changes(frame, seen, scope, n_criteria, level)
        for scope in list_scopes(scored, teams)
    ]
    whole = pd.concat([b for b in blocks if len(b)], ignore_index=True)
    since = np.array(cycles, dtype=object)[whole["first"].to_numpy(np.int64)]
    named = np.array(criteria, dtype=object)[whole["k"].to_numpy(np.int64)]
    return SKILL_TRENDS.conform(
        whole.assign(since=since, criterion=named).drop(columns=["first", "k"])
    )


def _read_past(scored: Scored) -> pd.DataFrame:
    """Earlier scores of people and criteria of this cycle, with the series of each."""
    prepared = scored.prepared
    past = prepared.records.get("criterion_history")
    if past is None:
        return pd.DataFrame()
    rows = past.frame[past.frame["cycle"] != prepared.cycle.cycle]
    column = {name: k for k, name in enumerate(prepared.rules.criteria)}
    person = prepared.employees.codes.encode(rows["employee_id"])
    k = rows["criterion"].map(column).to_numpy(float)
    kept = (person >= 0) & np.isfinite(k)
    series = person[kept] * len(column) + k[kept].astype(np.int64)
    scores = ("raw_score", "calibrated_score", "se")
    numbers = {name: pd.to_numeric(rows.loc[kept, name].replace("", None)) for name in scores}
    return pd.DataFrame({"cycle": rows.loc[kept, "cycle"], "series": series, **numbers})


def _name_people(scored: Scored, frame: pd.DataFrame) -> pd.DataFrame:
    ids = np.array(scored.prepared.employees.ids, dtype=object)
    named = frame.assign(scope="person", scope_id=ids[frame["person"].to_numpy(np.int64)], n=1)
    return named.drop(columns="person")


def _average_changes(
    frame: pd.DataFrame, seen: pd.DataFrame, scope: Scope, n_criteria: int, level: float
) -> pd.DataFrame:
    """Mean change over the people of each group and criterion."""
    kind, names, of = scope
    n_cells = len(names) * n_criteria

    def place(rows: pd.DataFrame) -> IntArray:
        group, k = of[rows["person"].to_numpy(np.int64)], rows["k"].to_numpy(np.int64)
        return np.where(group >= 0, group * n_criteria + k, -1)

    cell, at = place(frame), place(seen)
    means = average_groups(frame["change"].to_numpy(float), cell, n_cells, level)
    first = np.full(n_cells, np.iinfo(np.int64).max)
    np.minimum.at(first, cell[cell >= 0], frame["first"].to_numpy(np.int64)[cell >= 0])
    distinct = np.unique(np.column_stack([at, seen["cycle"]])[at >= 0], axis=0)[:, 0]
    n_cycles = np.bincount(distinct, minlength=n_cells)
    there = np.flatnonzero(means.n > 0)
    verdict = judge_side(means.low, means.high, "down", "up", "unclear")
    return pd.DataFrame(
        {
            "scope": kind, "scope_id": np.array([*names], dtype=object)[there // n_criteria],
            "k": there % n_criteria, "n": means.n[there], "n_cycles": n_cycles[there],
            "first": first[there], "change": means.mean[there], "low": means.low[there],
            "high": means.high[there], "verdict": verdict[there],
        }
    )  # fmt: skip
