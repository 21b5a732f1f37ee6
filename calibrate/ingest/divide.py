"""Several managers of one person: how much of the manager's weight is whose?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibrate.config import Cycle
from calibrate.ingest.check_assignments import NEVER, bounds_of
from calibrate.ingest.values import IntArray

FloatArray = NDArray[np.float64]


def divide_weight(frame: pd.DataFrame, cycle: Cycle) -> FloatArray:
    r"""Divide the manager's weight among the assignments of each person.

    .. math:: p_r = s_r \text{ where a share is given, else }
              \bigl(1 - \textstyle\sum s\bigr)\, d_r / \textstyle\sum d

    The sums run over the person's rows; d is days inside the cycle, or 1
    where no row of the person has a date or the cycle has none.

    Parameters
    ----------
    frame
        Rows sorted by employee, as in ``AssignmentTable.frame``.

    Returns
    -------
    (rows,) parts, 0 to 1
        They sum to 1 for each person with a row of blank share.
    """
    first, last = bounds_of(cycle)
    has_bounds = cycle.starts_on is not None and cycle.ends_on is not None
    employee, share = frame["employee"].to_numpy(np.int64), frame["share"].to_numpy(float)
    start, end = frame["start"].to_numpy(np.int64), frame["end"].to_numpy(np.int64)
    kind, manager = frame["kind"].to_numpy(), frame["manager_id"].to_numpy()
    part = share.copy()
    edges = np.flatnonzero(np.diff(employee, prepend=-1, append=-1))
    sizes = np.diff(edges)
    part[edges[:-1][sizes == 1]] = 1.0
    open_people = np.add.reduceat(np.isnan(share), edges[:-1]) > 0 if len(frame) else sizes > 0
    for place in np.flatnonzero((sizes > 1) & open_people):
        rows = slice(edges[place], edges[place + 1])
        blank = np.isnan(share[rows])
        is_dated = bool((start[rows] > -NEVER).any() or (end[rows] < NEVER).any())
        if is_dated and has_bounds:
            size = _count_days(kind[rows], start[rows], end[rows], first, last)
        else:
            names = manager[rows].tolist()
            size = np.array([1 / names.count(name) for name in names])
        size = np.where(blank, size, 0.0)
        size = size if size.sum() > 0 else blank.astype(float)
        left = max(1 - float(np.nansum(share[rows])), 0.0)
        part[rows] = np.where(blank, left * size / size.sum(), share[rows])
    return part


def _count_days(
    kind: NDArray[np.object_], start: IntArray, end: IntArray, first: int, last: int
) -> FloatArray:
    """Days of each row of one person inside the cycle.

    A line manager without a first day begins after the one before; a previous
    one without a last day ends before the one after.
    """
    in_turn = np.isin(kind, ("line", "previous"))
    begin, finish = start.copy(), end.copy()
    for row in np.flatnonzero(in_turn):
        before = end[in_turn & (end < min(end[row], last))]
        if start[row] == -NEVER and len(before):
            begin[row] = before.max() + 1
        after = start[in_turn & (start > max(start[row], first))]
        if kind[row] == "previous" and end[row] == NEVER and len(after):
            finish[row] = after.min() - 1
    inside = np.minimum(finish, last) - np.maximum(begin, first) + 1
    days: FloatArray = np.maximum(inside, 0).astype(float)
    return days
