"""Goals: how far from baseline to target?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.ingest import GoalTable
from calibrate.tables import GOALS

ATTAINMENT_CAP = 1.5

FloatArray = npt.NDArray[np.float64]
_COPIED = (
    "goal_id", "kind", "goal_type", "employee_id", "department", "parent_id", "title", "outcome",
    "weight", "unit", "due_on", "valid_from", "valid_to",
)  # fmt: skip


def measure_attainment(
    goals: GoalTable,
    present: Mapping[str, float] | None = None,
    days: tuple[date, date] | None = None,
) -> pd.DataFrame:
    r"""Give each goal the share of its way that was covered.

    .. math:: a = \min\Bigl(1.5, \max\bigl(0, \tfrac{\mathrm{actual} - \mathrm{baseline}}
              {p\,(\mathrm{target} - \mathrm{baseline})}\bigr)\Bigr)

    The sign of target minus baseline carries the direction, so a falling
    measure needs no flag. A goal without baseline, target or actual, or whose
    target equals its baseline, has no attainment. Absence prorates the target
    of a person's own goal: p is the share of the cycle the person was present,
    1 for every other goal. Marks are never prorated.

    An objective has the mean attainment of its key results, weighted by their
    weights; each is capped before. A key result counts within its objective
    alone. A version counts for the share of the cycle on which it was in force.

    Parameters
    ----------
    present
        Share present, 0 to 1, of the people who have one.
    days
        First and last day of the cycle; without them the last version of each goal counts alone.

    Returns
    -------
    frame as :data:`calibrate.tables.GOALS`
    """
    frame = goals.frame
    share = frame["employee_id"].map(dict(present or {})).astype("Float64")
    share = share.where(frame["kind"] == "person").fillna(1.0)
    way = share * (frame["target"] - frame["baseline"])
    covered = (frame["actual"] - frame["baseline"]) / way.where(way != 0)
    if days is None:
        in_force = np.where(frame["goal_id"].duplicated(keep="last"), 0.0, 1.0)
    else:
        in_force = measure_days(frame["valid_from"], frame["valid_to"], days)
    table = frame[list(_COPIED)].assign(
        present_share=share,
        in_force=in_force,
        counts=(frame["goal_type"] != "key_result").to_numpy() & (in_force > 0),
        has_evidence=frame["evidence"] != "",
        attainment=covered.clip(0, ATTAINMENT_CAP),
    )
    return GOALS.conform(_average_key_results(table))


def measure_days(
    valid_from: pd.Series[str], valid_to: pd.Series[str], days: tuple[date, date]
) -> FloatArray:
    """Share of the cycle on which each goal was in force, both ends included; (G,) 0 to 1.

    Examples
    --------
    >>> first, last = pd.Series(["", "2026-07-17"]), pd.Series(["2026-07-15", ""])
    >>> measure_days(first, last, (date(2026, 7, 1), date(2026, 7, 30))).round(3).tolist()
    [0.5, 0.467]
    """
    first, last = (np.datetime64(day, "D") for day in days)
    start = np.maximum(_to_days(valid_from, first), first)
    end = np.minimum(_to_days(valid_to, last), last)
    inside = np.maximum((end - start).astype(np.int64) + 1, 0)
    return np.asarray(inside / (int((last - first).astype(np.int64)) + 1), np.float64)


def _to_days(texts: pd.Series[str], blank: np.datetime64) -> npt.NDArray[np.datetime64]:
    filled = texts.mask(texts == "", str(blank)).to_numpy(dtype=object)
    return filled.astype("datetime64[D]")


def fill_weights(weight: pd.Series[float], holder: pd.Series[str]) -> pd.Series[float]:
    """Let a goal without a weight weigh as much as its holder's other goals do on average.

    Parameters
    ----------
    weight : (G,)
        NaN or NA where none is given; all goals of a holder without any weigh 1.
    holder : (G,) whose goal

    Examples
    --------
    >>> fill_weights(pd.Series([30, 50, None, None]), pd.Series(["a", "a", "a", "b"])).tolist()
    [30.0, 50.0, 40.0, 1.0]
    """
    given = weight.astype("Float64").astype(float)
    return given.fillna(given.groupby(holder).transform("mean")).fillna(1.0)


def _average_key_results(table: pd.DataFrame) -> pd.DataFrame:
    """Give objectives the mean of their key results; one without any keeps its own figures."""
    parts = table[(table["goal_type"] == "key_result") & table["attainment"].notna()]
    weight = fill_weights(parts["weight"], parts["parent_id"]) * parts["in_force"]
    sums = (
        pd.DataFrame({"parent_id": parts["parent_id"], "weight": weight,
                      "covered": weight * parts["attainment"]})
        .groupby("parent_id")[["weight", "covered"]]
        .sum()
    )  # fmt: skip
    sums = sums[sums["weight"] > 0]
    mean = table["goal_id"].map(sums["covered"] / sums["weight"]).astype("Float64")
    is_objective = (table["goal_type"] == "objective") & mean.notna()
    return table.assign(attainment=table["attainment"].mask(is_objective, mean))


def average_attainment(goals: pd.DataFrame) -> pd.DataFrame:
    """Mean attainment of each person's own goals, weighted by weight and time in force."""
    own = goals[(goals["kind"] == "person") & goals["counts"] & goals["attainment"].notna()]
    weight = fill_weights(own["weight"], own["employee_id"]) * own["in_force"]
    sums = (
        own.assign(weight=weight, covered=weight * own["attainment"])
        .groupby("employee_id")[["weight", "covered"]]
        .sum()
    )
    counted = sums[sums["weight"] > 0]
    return pd.DataFrame(
        {"attainment": counted["covered"] / counted["weight"]}, index=counted.index
    ).reset_index()
