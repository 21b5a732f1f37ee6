"""Versions of a goal: rows of one id, each with the days on which it was in force."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibrate.config import Cycle
from calibrate.errors import Problem
from calibrate.ingest.likeness import write_composed
from calibrate.ingest.table import TextTable

IntArray = NDArray[np.int64]
_FIRST, _LAST = "0001-01-01", "9999-12-31"


def check_versions(table: TextTable) -> Iterator[Problem]:
    """Find rows of one goal that are in force on the same day; each of the two is refused."""
    frame = table.frame
    if not len(frame):
        return
    spelling = frame["goal_id"].map(write_composed)
    twins = frame[spelling.duplicated(keep=False) & (frame["goal_id"].str.strip() != "")]
    if not len(twins):
        return
    goal = spelling[twins.index]
    has_days = ((twins["valid_from"] != "") | (twins["valid_to"] != "")).groupby(goal)
    n_spellings = twins["goal_id"].groupby(goal).transform("nunique")
    is_double = ~has_days.transform("any") | (n_spellings > 1)
    for index, name in twins.loc[is_double, "goal_id"].items():
        what = f"goal_id '{name[:60]}' stands twice"
        fix = "keep one row per goal_id, or give each version valid_from and valid_to"
        yield table.problem(int(str(index)), "goal_id", "duplicate_id", what, fix)
    dated = twins[~is_double]
    clashing = dated[dated["goal_id"].isin(_find_clashes(dated))]
    for _, rows in clashing.groupby("goal_id", sort=False):
        yield from _check_overlap(table, rows)


def _find_clashes(rows: pd.DataFrame) -> set[str]:
    """Goals of which a version begins before an earlier one has ended."""
    start, end = rows["valid_from"].replace("", _FIRST), rows["valid_to"].replace("", _LAST)
    ordered = rows[["goal_id"]].assign(start=start, end=end)
    ordered = ordered.sort_values(["goal_id", "start", "end"], kind="stable")
    is_first = ~ordered["goal_id"].duplicated()
    # Where no two neighbours meet, no others do either.
    clashes = ~is_first & (ordered["start"] <= ordered["end"].shift(fill_value=""))
    return set(ordered.loc[clashes, "goal_id"])


def _check_overlap(table: TextTable, rows: pd.DataFrame) -> Iterator[Problem]:
    start = rows["valid_from"].replace("", _FIRST)
    end = rows["valid_to"].replace("", _LAST)
    ordered = rows.assign(start=start, end=end).sort_values(["start", "end"], kind="stable")
    days = zip(ordered.index.tolist(), ordered["start"], ordered["end"], strict=True)
    latest, holder = "", -1
    for index, begin, last in days:
        if begin <= latest:
            for one, other in ((index, holder), (holder, index)):
                row = table.places[other][1]
                what = f"this version is in force on a day on which that of row {row} is too"
                fix = "end one version on the day before the next begins"
                yield table.problem(one, "valid_from", "overlapping_versions", what, fix)
        if last > latest:
            latest, holder = last, index


def find_rows_above(
    ids: pd.Series[str], parents: pd.Series[str], valid_from: pd.Series[str],
    valid_to: pd.Series[str],
) -> IntArray:  # fmt: skip
    """Find the row above each row: of that goal's versions the one of the row's last day.

    Parameters
    ----------
    ids, parents : (G,) text
        A row is a goal or a version of one; "" names no goal above.
    valid_from, valid_to : (G,) days as 2026-07-01, "" is open

    Returns
    -------
    (G,) positions; -1 where no goal above is named, or none of that id is there. A goal
    above that begins later than the row ends is taken by its first version.

    Examples
    --------
    >>> ids, parents = pd.Series(["A", "A", "b", "c"]), pd.Series(["", "", "A", "A"])
    >>> start = pd.Series(["", "2026-10-01", "", ""])
    >>> end = pd.Series(["2026-09-30", "", "2026-08-31", ""])
    >>> find_rows_above(ids, parents, start, end).tolist()
    [-1, -1, 0, 1]
    """
    known = pd.Index(ids.unique())
    code, above = known.get_indexer(ids.to_numpy()), known.get_indexer(parents.to_numpy())
    above = np.where((parents == "").to_numpy(bool), -1, above)
    end = valid_to.mask(valid_to == "", _LAST)
    rank, days = pd.factorize(pd.concat([valid_from, end], ignore_index=True), sort=True)
    begins, ends = rank[: len(ids)], rank[len(ids) :]
    step = len(days) + 1
    key = code * step + begins
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    begun = np.searchsorted(ordered, above * step + ends, side="right") - 1
    first = np.minimum(np.searchsorted(ordered, above * step), len(ids) - 1)
    is_there = (begun >= 0) & (code[order][np.maximum(begun, 0)] == above)
    rows = order[np.where(is_there, begun, first)]
    return np.asarray(np.where(above >= 0, rows, -1), np.int64)


def note_outside(table: TextTable, kept: pd.Index, cycle: Cycle) -> Iterator[Problem]:
    """Note goals that were in force on no day of the cycle: they enter no figure."""
    if cycle.starts_on is None or cycle.ends_on is None:
        return
    frame = table.frame.loc[kept]
    first, last = cycle.starts_on.isoformat(), cycle.ends_on.isoformat()
    outside = ((frame["valid_from"] != "") & (frame["valid_from"] > last)) | (
        (frame["valid_to"] != "") & (frame["valid_to"] < first)
    )
    names = frame["goal_id"].tolist()
    for at in outside.to_numpy().nonzero()[0].tolist():
        shown, row = table.places[int(frame.index[at])]
        what = f"'{names[at][:60]}' was in force on no day of the cycle"
        fix = "it enters no figure; correct valid_from or valid_to if that is wrong"
        yield Problem(shown, row, "valid_from", "goal_outside_cycle", what, fix, "note")
