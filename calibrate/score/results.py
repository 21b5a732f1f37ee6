"""Goals: how far from baseline to target?"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from calibrate.ingest import GoalTable
from calibrate.tables import GOALS

ATTAINMENT_CAP = 1.5


def measure_attainment(
    goals: GoalTable, present: Mapping[str, float] | None = None
) -> pd.DataFrame:
    r"""Give each goal the share of its way that was covered.

    .. math:: a = \min\Bigl(1.5, \max\bigl(0, \tfrac{\mathrm{actual} - \mathrm{baseline}}
              {p\,(\mathrm{target} - \mathrm{baseline})}\bigr)\Bigr)

    The sign of target minus baseline carries the direction, so a falling
    measure needs no flag. A goal without baseline, target or actual, or whose
    target equals its baseline, has no attainment. Absence prorates the target
    of a person's own goal: p is the share of the cycle the person was present,
    1 for every other goal. Marks are never prorated.

    Parameters
    ----------
    present
        Share present, 0 to 1, of the people who have one.

    Returns
    -------
    frame as :data:`calibrate.tables.GOALS`
    """
    frame = goals.frame
    share = frame["employee_id"].map(dict(present or {})).astype("Float64")
    share = share.where(frame["kind"] == "person").fillna(1.0)
    way = share * (frame["target"] - frame["baseline"])
    covered = (frame["actual"] - frame["baseline"]) / way.where(way != 0)
    table = frame[["goal_id", "kind", "employee_id", "title", "outcome", "weight"]].assign(
        present_share=share, attainment=covered.clip(0, ATTAINMENT_CAP)
    )
    return GOALS.conform(table)


def average_attainment(goals: pd.DataFrame) -> pd.DataFrame:
    """Mean attainment of each person's own goals, weighted by goal weight."""
    own = goals[(goals["kind"] == "person") & goals["attainment"].notna()]
    weight = own["weight"].fillna(1.0)
    sums = (
        own.assign(weight=weight, covered=weight * own["attainment"])
        .groupby("employee_id")[["weight", "covered"]]
        .sum()
    )
    counted = sums[sums["weight"] > 0]
    return pd.DataFrame(
        {"attainment": counted["covered"] / counted["weight"]}, index=counted.index
    ).reset_index()
