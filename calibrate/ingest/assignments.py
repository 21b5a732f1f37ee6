"""The assignments file → who manages whom, and which part of the manager's weight is whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibrate.config import Cycle
from calibrate.errors import Problem
from calibrate.ingest.check_assignments import (
    NEVER,
    bounds_of,
    check_against_each_other,
    check_loops,
    check_order,
    check_people,
    note_outside,
    read_days,
    where_not_refused,
)
from calibrate.ingest.contracts import assignment_contract
from calibrate.ingest.divide import divide_weight
from calibrate.ingest.table import read_text_table
from calibrate.ingest.values import EmployeeTable, IntArray

_COLUMNS = ("employee", "employee_id", "manager_id", "kind", "from", "to", "start", "end", "share")


@dataclass(frozen=True)
class Managers:
    """Every pair of an employee and somebody who manages, or managed, this employee.

    Parameters
    ----------
    names
        Ids of all managers, sorted.
    employee, manager : (P,)
        Codes of each pair, in any order.
    is_declared
        Does the cycle say who manages whom?
    """

    names: tuple[str, ...]
    employee: IntArray
    manager: IntArray
    is_declared: bool

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {name: code for code, name in enumerate(self.names)}

    @cached_property
    def _pairs(self) -> IntArray:
        return np.sort(self.employee * (len(self.names) + 1) + self.manager)

    def code_of(self, name: str) -> int:
        """Return the code of a manager, -1 for anybody else."""
        return self._codes.get(name, -1)

    def has(self, employee: IntArray, manager: IntArray) -> NDArray[np.bool_]:
        """Tell for each pair of codes whether it is declared."""
        asked = employee * (len(self.names) + 1) + manager
        if not len(self._pairs):
            return np.zeros(len(asked), dtype=bool)
        at = np.searchsorted(self._pairs, asked).clip(max=len(self._pairs) - 1)
        known: NDArray[np.bool_] = (self._pairs[at] == asked) & (manager >= 0)
        return known

    def of(self, employee: int) -> tuple[str, ...]:
        """Names of everybody who manages or managed one employee."""
        base = len(self.names) + 1
        first, end = np.searchsorted(self._pairs, [employee * base, (employee + 1) * base])
        return tuple(self.names[code] for code in self._pairs[first:end] % base)

    def explain(self, employee: int, rater: str) -> tuple[str, str]:
        """Say why a manager form is refused, and how to mend it."""
        known = ", ".join(f"'{name[:60]}'" for name in self.of(employee)[:5])
        declared = f"declared: {known}" if known else "nobody is declared"
        what = f"'{rater[:60]}' is not the manager; {declared}"
        return (
            what,
            "correct source or rater_id, or the manager in employees or assignments",
        )


@dataclass(frozen=True)
class AssignmentTable:
    """Who manages whom during the cycle, from assignments and from manager_id.

    Parameters
    ----------
    frame
        One row per pair and stretch of time, sorted by employee: employee
        (code), employee_id, manager_id, kind, from and to as text, share as
        given (NaN if blank), is_current (in force when the cycle ends) and
        part, the share of the manager's weight; the parts of a person sum to 1.
    line_manager : (I,)
        Line manager of each employee; "" for nobody.
    is_given
        Does the cycle have an assignments table?
    is_declared
        Does the cycle say who manages whom?
    """

    frame: pd.DataFrame
    line_manager: tuple[str, ...]
    is_given: bool
    is_declared: bool

    @cached_property
    def managers(self) -> Managers:
        """Who may file a manager form for whom."""
        names = tuple(sorted(set(self.frame["manager_id"])))
        return Managers(names, *self._encode(names), self.is_declared)

    def count_managers(self) -> IntArray:
        """Count the managers of each employee during the cycle: (I,) people."""
        pairs = self.frame.drop_duplicates(["employee", "manager_id"])
        return np.bincount(pairs["employee"], minlength=len(self.line_manager))

    def settle(self, employees: EmployeeTable) -> EmployeeTable:
        """Write the line manager into the employees' manager_id where that is blank."""
        if not self.is_given:
            return employees
        frame = employees.frame.assign(manager_id=pd.Series(self.line_manager, dtype=object))
        return replace(employees, frame=frame, declared=employees.declared | {"manager_id"})

    def part_of(
        self, employee: IntArray, rater: IntArray, raters: Sequence[str]
    ) -> NDArray[np.float64]:
        """Each rater's part of the manager's weight; 0 for whoever is no manager.

        Parameters
        ----------
        employee, rater : (N,) codes
        raters : (J,) ids
        """
        managers = self.managers
        base = len(managers.names) + 1
        pairs, place = np.unique(managers.employee * base + managers.manager, return_inverse=True)
        if not len(pairs):
            return np.zeros(len(employee))
        parts = np.bincount(place, self.frame["part"])
        code = np.fromiter(map(managers.code_of, raters), np.int64, len(raters))[rater]
        asked = employee * base + code
        at = np.minimum(np.searchsorted(pairs, asked), len(pairs) - 1)
        return np.where((pairs[at] == asked) & (code >= 0), parts[at], 0.0)

    def _encode(self, names: Sequence[str]) -> tuple[IntArray, IntArray]:
        code = {name: n for n, name in enumerate(names)}
        manager = np.fromiter(map(code.__getitem__, self.frame["manager_id"]), np.int64)
        return self.frame["employee"].to_numpy(np.int64), manager


def find_managers(employees: EmployeeTable) -> Managers:
    """Read who may file a manager form from the employees' manager_id alone."""
    return _tabulate_managers(employees).managers


def _tabulate_managers(employees: EmployeeTable) -> AssignmentTable:
    line_manager = employees.column("manager_id")
    frame = _imply(employees, line_manager, pd.DataFrame(columns=[*_COLUMNS, "is_current"]))
    is_declared = "manager_id" in employees.declared
    return AssignmentTable(frame.assign(part=1.0), line_manager, False, is_declared)


def read_assignments(
    cycle: Cycle, employees: EmployeeTable
) -> tuple[AssignmentTable, list[Problem]]:
    """Read who managed whom, and when; without the table the employees' manager_id says it.

    Rows with an error and rows that do not touch the cycle are left out and
    listed. With the table and manager_id both count: where the person has no
    row for the manager of employees, one is taken as meant.

    Returns
    -------
    AssignmentTable
    list of Problem
        Every fault of the file and its rows.
    """
    if not cycle.inputs.has("assignments"):
        return _tabulate_managers(employees), []
    text = read_text_table(cycle, "assignments")
    problems = [*text.problems, *text.check(assignment_contract())]
    problems += check_people(text, employees, has_file=cycle.inputs.has("employees"))
    problems += check_order(text)
    rows = _understand(text.without(problems), employees, cycle)
    problems += note_outside(text, rows, cycle)
    first, last = bounds_of(cycle)
    rows = rows[(rows["end"] >= first) & (rows["start"] <= last)]
    problems += check_against_each_other(text, rows, employees)
    rows = where_not_refused(rows, problems, text)
    line_manager, rows = _find_line_managers(rows, employees)
    loops = list(check_loops(text, rows, employees, line_manager))
    if loops:
        problems += loops
        rows = where_not_refused(rows, loops, text)
        line_manager, rows = _find_line_managers(rows, employees)
    frame = _imply(employees, line_manager, rows)
    frame["part"] = divide_weight(frame, cycle)
    return AssignmentTable(frame, tuple(line_manager), True, True), problems


def _understand(texts: pd.DataFrame, employees: EmployeeTable, cycle: Cycle) -> pd.DataFrame:
    """Codes, days and shares of rows without a fault; the index stays."""
    codes = employees.codes.encode(texts["employee_id"])
    rows = texts.assign(
        employee=codes,
        kind=texts["kind"].where(texts["kind"] != "", "line"),
        start=read_days(texts["from"], -NEVER),
        end=read_days(texts["to"], NEVER),
        share=[float(text) if text else np.nan for text in texts["share"]],
    )
    _, last = bounds_of(cycle)
    is_in_force = (rows["start"] <= last) & (rows["end"] >= last)
    rows["is_current"] = is_in_force & (rows["kind"] != "previous")
    return rows.loc[codes >= 0, [*_COLUMNS, "is_current"]]


def _find_line_managers(
    rows: pd.DataFrame, employees: EmployeeTable
) -> tuple[list[str], pd.DataFrame]:
    """The line manager in force when the cycle ends, else of employees, else the last one."""
    line = rows[rows["kind"] == "line"].sort_values(["is_current", "end", "start"], kind="stable")
    last = line.drop_duplicates("employee", keep="last")
    found = dict(zip(last["employee"], last["manager_id"], strict=True))
    line_manager = [
        declared or found.get(code, "")
        for code, declared in enumerate(employees.column("manager_id"))
    ]
    ended = last.index[~last["is_current"].astype(bool)]
    is_still = [line_manager[code] == found[code] for code in last["employee"][ended]]
    rows = rows.copy()
    rows.loc[ended[np.array(is_still, dtype=bool)], "is_current"] = True
    return line_manager, rows


def _imply(
    employees: EmployeeTable, line_manager: Sequence[str], rows: pd.DataFrame
) -> pd.DataFrame:
    """Add the line managers that employees name and no row does; sort by employee."""
    said = rows[rows["kind"] != "previous"]
    known = set(zip(said["employee"].tolist(), said["manager_id"].tolist(), strict=True))
    meant = [
        (code, employees.ids[code], name, "line", "", "", -NEVER, NEVER, np.nan, True)
        for code, name in enumerate(line_manager)
        if name and (code, name) not in known
    ]
    added = pd.DataFrame(meant, columns=[*_COLUMNS, "is_current"])
    # Joining an empty frame would blur the types.
    frame = pd.concat([part for part in (rows, added) if len(part)] or [added])
    frame = frame.astype({"employee": np.int64, "share": float, "is_current": bool})
    order = ["employee", "end", "start", "kind", "manager_id"]
    return frame.sort_values(order, kind="stable").reset_index(drop=True)
