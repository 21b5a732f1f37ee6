"""What comes next for people: the next level, and where practice would help most."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.align.group_means import find_quantile
from calibrate.align.next_level import Readiness, find_bars, hold_to_bar
from calibrate.align.skills import Gaps, Skills
from calibrate.align.training import find_main_outcome, order_needs
from calibrate.pipeline.stages import Scored
from calibrate.rubric import Rubric
from calibrate.tables import NEXT_LEVEL, TRAINING_PLAN

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

#: One step of a scale that allows any mark: a quarter of it.
WIDEST_STEP = 0.25


def tabulate_next_level(scored: Scored, skills: Skills) -> pd.DataFrame:
    """Everybody rated whose rubric knows a level after the own."""
    prepared = scored.prepared
    half = find_quantile(skills.df, prepared.cycle.effects.interval)[:, None] * skills.se
    level = np.array(prepared.employees.column("level"), dtype=object)
    rated = np.isfinite(skills.calibrated).any(axis=1)
    blocks = []
    for r, rubric in enumerate(prepared.rubrics):
        levels = list_levels(rubric)
        known = rated & (prepared.rules.rubric_of == r) & np.isin(level, levels[:-1])
        people = np.flatnonzero(known)
        if not len(people):
            continue
        place = {name: at for at, name in enumerate(levels)}
        at = np.array([place[str(name)] for name in level[people]], np.int64)
        columns = np.array(
            [prepared.rules.criteria.index(name) for name in rubric.criterion_ids], np.int64
        )
        ready = hold_to_bar(
            skills.calibrated[np.ix_(people, columns)], half[np.ix_(people, columns)],
            lay_bars(rubric, levels)[at], np.full(len(people), len(columns)),
        )  # fmt: skip
        blocks.append(_describe(scored, rubric, people, (levels, at), ready))
    return NEXT_LEVEL.conform(pd.concat(blocks)) if blocks else NEXT_LEVEL.empty()


def list_levels(rubric: Rubric) -> list[str]:
    """Levels of a rubric from low to high: the order in which its expectations name them."""
    return list(dict.fromkeys(level for c in rubric.criteria for level in c.expected))


def lay_bars(rubric: Rubric, levels: list[str]) -> FloatArray:
    """Bar of each level but the last and criterion: (L - 1, K) points."""
    lowest, highest = float(rubric.scale.lowest), float(rubric.scale.highest)
    marks = np.array(
        [[float(c.expected.get(level, np.nan)) for c in rubric.criteria] for level in levels]
    )
    own, after = marks[:-1] - lowest, marks[1:] - lowest
    span = highest - lowest
    step = float(rubric.scale.step) or WIDEST_STEP * span
    wide = np.full(own.shape, span)
    return find_bars(
        own, after, wide, np.full(own.shape, step), is_absolute=rubric.marks == "absolute"
    )


def _describe(
    scored: Scored,
    rubric: Rubric,
    people: IntArray,
    placed: tuple[list[str], IntArray],
    ready: Readiness,
) -> pd.DataFrame:
    levels, at = placed
    named = np.array([*rubric.criterion_ids, ""], dtype=object)
    names = np.array(levels, dtype=object)
    return pd.DataFrame(
        {
            "employee_id": np.array(scored.prepared.employees.ids, dtype=object)[people],
            "level": names[at],
            "next_level": names[at + 1],
            "basis": "next_level" if rubric.marks == "absolute" else "own_level",
            "n_criteria": ready.n_told,
            "n_at": ready.n_at,
            "n_unclear": ready.n_unclear,
            "n_below": ready.n_below,
            "holding_back": named[ready.holding_back],
            "verdict": ready.verdict,
        }
    )


def plan_training(scored: Scored, gaps: Gaps) -> pd.DataFrame:
    """One row a criterion, rubric and department in which somebody is clearly below."""
    prepared = scored.prepared
    employees, rubric_of = prepared.employees, prepared.rules.rubric_of
    i, k = np.nonzero(np.isfinite(gaps.gap) & (rubric_of >= 0)[:, None])
    department = np.array(employees.column("department"), dtype=object)
    long = pd.DataFrame(
        {
            "r": rubric_of[i], "k": k, "department": department[i], "i": i,
            "gap": gaps.gap[i, k], "is_below": gaps.is_below[i, k],
        }
    )  # fmt: skip
    keys = ["r", "k", "department"]
    below = long[long["is_below"]]
    if not len(below):
        return TRAINING_PLAN.empty()
    ids = np.array(employees.ids, dtype=object)
    needs = (
        below.assign(employee_ids=ids[below["i"].to_numpy(np.int64)])
        .groupby(keys, sort=True)
        .agg(n_below=("i", "size"), gap=("gap", "mean"), employee_ids=("employee_ids", ";".join))
        .reset_index()
        .merge(long.groupby(keys).size().rename("n").reset_index(), on=keys, validate="1:1")
    )
    return TRAINING_PLAN.conform(
        order_needs(_name_needs(scored, needs)).drop(columns="outcome_weight")
    )


def _name_needs(scored: Scored, needs: pd.DataFrame) -> pd.DataFrame:
    """Put names, outcome and next step beside the codes."""
    prepared = scored.prepared
    weight = {o.id: o.weight for o in prepared.strategy.outcomes} if prepared.strategy else {}
    rows = []
    for r, k in zip(needs["r"], needs["k"], strict=True):
        rubric, name = prepared.rubrics[int(r)], prepared.rules.criteria[int(k)]
        criterion = next(c for c in rubric.criteria if c.id == name)
        outcome, worth = find_main_outcome(dict(criterion.outcomes), weight)
        rows.append((name, rubric.id, outcome, worth, criterion.develop))
    columns = ["criterion", "rubric", "outcome", "outcome_weight", "develop"]
    named = pd.DataFrame(rows, columns=columns, index=needs.index)
    return pd.concat([needs.drop(columns=["r", "k"]), named], axis=1)
