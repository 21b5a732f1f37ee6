"""Versions of a goal: rows of one id, each with the days on which it was in force."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from calibrate.config import Cycle
from calibrate.errors import Problem
from calibrate.ingest.likeness import write_composed
from calibrate.ingest.table import TextTable

_FIRST, _LAST = "0001-01-01", "9999-12-31"


def check_versions(table: TextTable) -> Iterator[Problem]:
    """Find rows of one goal that are in force on the same day; each of the two is refused."""
    frame = table.frame
    if not len(frame):
        return
    spelling = frame["goal_id"].map(write_composed)
    twins = frame[spelling.duplicated(keep=False) & (frame["goal_id"].str.strip() != "")]
    for _, rows in twins.groupby(spelling[twins.index], sort=False):
        has_days = bool(((rows["valid_from"] != "") | (rows["valid_to"] != "")).any())
        if not has_days or rows["goal_id"].nunique() > 1:
            for index, name in zip(rows.index, rows["goal_id"].tolist(), strict=True):
                what = f"goal_id '{name[:60]}' stands twice"
                fix = "keep one row per goal_id, or give each version valid_from and valid_to"
                yield table.problem(int(index), "goal_id", "duplicate_id", what, fix)
            continue
        yield from _check_overlap(table, rows)


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
