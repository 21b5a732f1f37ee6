"""Assignments held against people, dates, shares and each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibrate.config import Cycle
from calibrate.errors import Problem
from calibrate.ingest.recode import Suggester
from calibrate.ingest.table import TextTable, find_loops
from calibrate.ingest.values import EmployeeTable, IntArray

#: A day after every other; HR systems write 9999-12-31 for an open end.
NEVER = int(np.datetime64("9999-01-01", "D").astype(np.int64))
#: Shares are decimal fractions: 0.1 + 0.2 + 0.7 overshoots 1 by rounding alone.
ROUNDING = 1e-9


def read_days(texts: pd.Series[str], blank: int) -> IntArray:
    """ISO dates as days since 1970.

    Examples
    --------
    >>> read_days(pd.Series(["1970-01-02", ""]), -5).tolist()
    [1, -5]
    """
    known = texts.where(texts != "", "NaT").to_numpy(dtype="U10").astype("datetime64[D]")
    days = known.astype(np.int64)
    return np.where(np.isnat(known), blank, np.clip(days, -NEVER, NEVER))


def bounds_of(cycle: Cycle) -> tuple[int, int]:
    """First and last day of the cycle; open where it does not say."""
    first = np.datetime64(cycle.starts_on, "D").astype(np.int64) if cycle.starts_on else -NEVER
    last = np.datetime64(cycle.ends_on, "D").astype(np.int64) if cycle.ends_on else NEVER
    return int(first), int(last)


def check_people(text: TextTable, employees: EmployeeTable, *, has_file: bool) -> Iterator[Problem]:
    """Find rows about nobody of the cycle, and people who manage themselves.

    Without an employees file the people are those rated: then a stranger is
    somebody nobody rated, and a note.
    """
    suggester = Suggester(employees.ids, employees.refused)
    pairs = zip(text.frame["employee_id"], text.frame["manager_id"], strict=True)
    for index, (person, manager) in enumerate(pairs):
        if person and person == manager:
            what, fix = f"'{person[:60]}' is the own manager", "name the manager or remove the row"
            yield text.problem(index, "manager_id", "own_manager", what, fix)
        if not person or person != person.strip() or person in employees.codes:
            continue
        if has_file:
            what, fix = suggester.explain_person(person)
            yield text.problem(index, "employee_id", suggester.name_rule(person), what, fix)
        else:
            what, fix = f"'{person[:60]}' was not rated in this cycle", "the row is not used"
            problem = text.problem(index, "employee_id", "not_in_cycle", what, fix)
            yield replace(problem, level="note")


def check_order(text: TextTable) -> Iterator[Problem]:
    """Find assignments that end before they begin."""
    start, end = text.frame["from"], text.frame["to"]
    # ISO dates order as text; a malformed one has a problem of its own.
    for index in ((start != "") & (end != "") & (end < start)).to_numpy().nonzero()[0]:
        what = f"to {end.iloc[index]} is before from {start.iloc[index]}"
        yield text.problem(int(index), "to", "date_order", what, "correct one of the dates")


def note_outside(text: TextTable, rows: pd.DataFrame, cycle: Cycle) -> Iterator[Problem]:
    """Note assignments that do not touch the cycle; they are not used."""
    first, last = bounds_of(cycle)
    for index in rows.index[rows["end"] < first]:
        what = f"the assignment ended on {text.frame['to'][index]}, before the cycle"
        problem = text.problem(index, "to", "outside_cycle", what, "the row is not used")
        yield replace(problem, level="note")
    for index in rows.index[rows["start"] > last]:
        what = f"the assignment begins on {text.frame['from'][index]}, after the cycle"
        problem = text.problem(index, "from", "outside_cycle", what, "the row is not used")
        yield replace(problem, level="note")


def check_against_each_other(
    text: TextTable, rows: pd.DataFrame, employees: EmployeeTable
) -> Iterator[Problem]:
    """Find rows that contradict each other or the employees' manager_id.

    Parameters
    ----------
    rows
        Rows that touch the cycle and are right by themselves; the index is
        their position in ``text``, columns as in ``AssignmentTable.frame``.
    """
    yield from _check_overlaps(text, rows)
    yield from _check_shares(text, rows)
    in_force = rows[(rows["kind"] == "line") & rows["is_current"]]
    n_managers = in_force.groupby("employee")["manager_id"].transform("nunique")
    several = in_force[n_managers > 1]
    everyone = several.groupby("employee")["manager_id"].agg(", ".join)
    for index, code, person in zip(
        several.index, several["employee"], several["employee_id"], strict=True
    ):
        what = f"'{person[:60]}' has several line managers: {everyone[code][:120]}"
        fix = "end one of them (to), or make one matrix or acting"
        yield text.problem(index, "manager_id", "several_line_managers", what, fix)
    single = in_force[n_managers == 1]
    declared = employees.frame["manager_id"].to_numpy()[single["employee"].to_numpy()]
    differs = (declared != "") & (declared != single["manager_id"].to_numpy())
    for index, other in zip(single.index[differs], declared[differs], strict=True):
        mine = text.frame["manager_id"][index]
        what = f"the line manager is '{mine[:60]}', employees say '{other[:60]}'"
        fix = "correct one of them, or end the assignment (to)"
        yield text.problem(index, "manager_id", "manager_contradiction", what, fix)


def _check_overlaps(text: TextTable, rows: pd.DataFrame) -> Iterator[Problem]:
    ordered = rows.sort_values(["employee", "manager_id", "start", "end"], kind="stable")
    same = (ordered[["employee", "manager_id"]] == ordered[["employee", "manager_id"]].shift()).all(
        axis=1
    )
    latest = ordered.groupby(["employee", "manager_id"])["end"].cummax().shift()
    index_of = ordered.index.to_numpy()
    for place in np.flatnonzero((same & (ordered["start"] <= latest)).to_numpy()):
        twins = int(index_of[place - 1]), int(index_of[place])
        for index, other in (twins, twins[::-1]):
            shown, row = text.places[other]
            there = f"row {row}" if shown == text.places[index][0] else f"{shown} row {row}"
            what = f"the same person and manager stand in {there} for the same days"
            fix = "keep one of the rows, or part their dates"
            yield text.problem(index, "manager_id", "overlapping_assignment", what, fix)


def _check_shares(text: TextTable, rows: pd.DataFrame) -> Iterator[Problem]:
    total = rows.groupby("employee")["share"].transform("sum")
    for index in rows.index[rows["share"].notna() & (total > 1 + ROUNDING)]:
        what = f"the shares of this person sum to {total[index]:g}"
        yield text.problem(index, "share", "share_sum", what, "keep their sum within 1")
    is_full = rows["share"].isna() & (total > 1 - ROUNDING) & (total <= 1 + ROUNDING)
    for index in rows.index[is_full]:
        what = "the other managers' shares sum to 1 and leave nothing for this one"
        yield text.problem(index, "share", "no_share_left", what, "write a share in each row")


def check_loops(
    text: TextTable, rows: pd.DataFrame, employees: EmployeeTable, managers: list[str]
) -> Iterator[Problem]:
    """Find circles among line managers that no single table shows.

    Parameters
    ----------
    managers : (I,)
        Line manager of each employee, from both tables.
    """
    in_force = rows[rows["kind"] == "line"]
    place = dict(zip(in_force["employee"], in_force.index, strict=True))
    for loop in find_loops([employees.codes.code_of(name) for name in managers]):
        names = [employees.ids[code] for code in loop]
        shown = " → ".join([*names[:8], "…"] if len(names) > 8 else [*names, names[0]])
        for index in sorted(place[code] for code in loop if code in place):
            what, fix = f"line managers run in a circle: {shown}", "correct one of them"
            yield text.problem(index, "manager_id", "manager_loop", what, fix)


def where_not_refused(rows: pd.DataFrame, problems: list[Problem], text: TextTable) -> pd.DataFrame:
    """Rows that no error names."""
    bad = {(p.file, p.row) for p in problems if p.level == "error"}
    kept: NDArray[np.bool_] = np.array(
        [text.places[index] not in bad for index in rows.index], bool
    )
    return rows[kept]
