"""Units beside each other: what is done there, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.align.activity import Practice
from calibrate.align.coverage import weigh_goals
from calibrate.align.impact import associate
from calibrate.ingest import UNIT_COLUMNS, find_unit_kind, pick_current, pick_own
from calibrate.pipeline.stages import Scored
from calibrate.score.results import average_attainment

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

#: Fewer people are no unit.
FEWEST_PEOPLE = 3


def tabulate_impact(
    scored: Scored, practice: Practice, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Table impact; units are teams where the measures name managers, else departments."""
    unit, names, of = _choose_units(scored)
    own = _measure_units(scored, practice, tables, of, len(names))
    measures, changes = _read_measures(scored, names, of, own)
    return associate(unit, own, measures, changes)


def _choose_units(scored: Scored) -> tuple[str, tuple[str, ...], IntArray]:
    """Kind of unit, their names, and the code of each person's; -1 for none."""
    employees, cycle = scored.prepared.employees, scored.prepared.cycle
    records = scored.prepared.records.get("unit_measures")
    named: set[str] = set()
    if records is not None:
        named = set(records.frame.loc[pick_own(records.frame, cycle), "unit"])
    kind = find_unit_kind(named, employees)
    if not kind:
        return "team", (), np.full(len(employees.ids), -1, np.int64)
    units = employees.column(UNIT_COLUMNS[kind])
    names = tuple(sorted({name for name in units if name}))
    place = {name: code for code, name in enumerate(names)}
    return kind, names, np.array([place.get(name, -1) for name in units], np.int64)


def _average(value: FloatArray, of: IntArray, n_units: int) -> FloatArray:
    """Mean of each unit over the people with a value; NaN below 3 people."""
    known = np.isfinite(value) & (of >= 0)
    n = np.bincount(of[known], minlength=n_units)
    total = np.bincount(of[known], value[known], n_units)
    return np.where(n >= FEWEST_PEOPLE, total / np.maximum(n, 1), np.nan)


def _measure_units(
    scored: Scored, practice: Practice, tables: Mapping[str, pd.DataFrame], of: IntArray,
    n_units: int,
) -> dict[str, FloatArray]:  # fmt: skip
    prepared, people = scored.prepared, scored.effects.employees
    ids = list(prepared.employees.ids)
    is_told = (people.link == "linked") | (people.link == "weak")
    own = {"score": _average(np.where(is_told, people.adjusted, people.raw), of, n_units)}
    goals, cascade = tables["goals"], tables["cascade"]
    if len(goals):
        reached = average_attainment(goals).set_index("employee_id")["attainment"]
        values = reached.reindex(ids).to_numpy(float, na_value=np.nan)
        own["attainment"] = _average(values, of, n_units)
    if prepared.strategy is not None and len(goals):
        own["alignment"] = _average(_share_aligned(goals, cascade, ids), of, n_units)
    if practice.talks is not None:
        own["checkins"] = _rate_checkins(practice, practice.talks.n, of, n_units)
    if practice.is_recognised is not None:
        warm = np.where(practice.is_there, practice.is_recognised.astype(float), np.nan)
        own["recognition"] = _average(warm, of, n_units)
    return own


def _rate_checkins(practice: Practice, n_talks: IntArray, of: IntArray, n_units: int) -> FloatArray:
    """Check-ins a person and month; of whoever came last week, one is not thirty a month."""
    known = practice.is_there & (of >= 0)
    n_people = np.bincount(of[known], minlength=n_units)
    months = np.bincount(of[known], practice.presence.months[known], n_units)
    n = np.bincount(of[known], n_talks[known].astype(float), n_units)
    rate = np.full(n_units, np.nan)
    np.divide(n, months, out=rate, where=n_people >= FEWEST_PEOPLE)
    return rate


def _share_aligned(goals: pd.DataFrame, cascade: pd.DataFrame, ids: list[str]) -> FloatArray:
    """(I,) share of the own goal weight that reaches an outcome; NaN without goals."""
    own = goals[(goals["kind"] == "person") & goals["counts"]]
    texts = own[["goal_id", "kind", "employee_id"]].astype(object)
    plain = own[["weight", "in_force"]].join(texts).assign(department="")
    weighed = weigh_goals(plain)
    reached = cascade.loc[cascade["outcome"].fillna("") != "", "goal_id"]
    part = weighed["part"].where(weighed["goal_id"].isin(set(reached)), 0.0)
    return part.groupby(weighed["employee_id"]).sum().reindex(ids).to_numpy(float)


def _read_measures(
    scored: Scored, names: tuple[str, ...], of: IntArray, own: Mapping[str, FloatArray]
) -> tuple[dict[str, FloatArray], dict[tuple[str, str], tuple[FloatArray, FloatArray]]]:
    """Measures of this cycle by unit, and their changes beside those of the scores."""
    records = scored.prepared.records.get("unit_measures")
    if records is None or not len(records):
        return {}, {}
    cycle = scored.prepared.cycle
    frame = records.frame.assign(value=pd.to_numeric(records.frame["value"]))
    frame = frame[frame["unit"].isin(names)].sort_values("as_of", kind="stable")
    now = frame[pick_current(frame, cycle)].drop_duplicates(["unit", "measure"], keep="last")
    measures = {
        str(measure): part.set_index("unit")["value"].reindex(list(names)).to_numpy(float)
        for measure, part in now.groupby("measure", sort=True)
    }
    earlier = sorted(set(frame["cycle"]) - {"", cycle.cycle})
    then_scores = _average_before(scored, earlier[-1], names) if earlier else None
    if then_scores is None:
        return measures, {}
    then = frame[frame["cycle"] == earlier[-1]].drop_duplicates(["unit", "measure"], keep="last")
    raw = _average(scored.effects.employees.raw, of, len(names))
    changes = {}
    for measure, part in then.groupby("measure", sort=True):
        before = part.set_index("unit")["value"].reindex(list(names)).to_numpy(float)
        if str(measure) in measures:
            pair = (raw - then_scores, measures[str(measure)] - before)
            changes["score", str(measure)] = pair
    return measures, changes


def _average_before(scored: Scored, cycle: str, names: tuple[str, ...]) -> FloatArray | None:
    """Mean raw score of each manager's people in an earlier cycle; None without."""
    history = scored.prepared.records.get("history")
    if history is None or not {"manager_id", "raw_score"} <= history.declared:
        return None
    rows = history.frame[(history.frame["cycle"] == cycle) & (history.frame["raw_score"] != "")]
    if not len(rows):
        return None
    place = {name: code for code, name in enumerate(names)}
    of = np.array([place.get(name, -1) for name in rows["manager_id"]], np.int64)
    return _average(rows["raw_score"].to_numpy(float), of, len(names))
