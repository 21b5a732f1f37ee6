"""Rows of ratings → codes; a row that breaks a rule is listed and left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibrate.config import SOURCES, Cycle
from calibrate.errors import Problem
from calibrate.ingest.contracts import as_categories, check_contract, rating_contract
from calibrate.ingest.read import RawChunk
from calibrate.ingest.recode import Suggester
from calibrate.ingest.values import EmployeeTable, IntArray, MarkRules

Flags = NDArray[np.bool_]
#: Row position → what is wrong, and the fix.
Words = Callable[[int], tuple[str, str]]
_MANAGER, _SELF = SOURCES.index("manager"), SOURCES.index("self")


@dataclass
class RowChecker:
    """What rows are checked against; built once per stream."""

    cycle: Cycle
    employees: EmployeeTable
    rules: MarkRules
    suggester: Suggester = field(init=False)

    def __post_init__(self) -> None:
        self.suggester = Suggester(self.employees.ids, self.employees.refused)

    @cached_property
    def manager_codes(self) -> dict[str, int]:
        names = sorted(set(self.employees.column("manager_id")) - {""})
        return {name: code for code, name in enumerate(names)}

    @cached_property
    def manager_of(self) -> IntArray:
        """(I,) code of each employee's manager, -1 where manager_id is blank."""
        names = self.employees.column("manager_id")
        return np.array([self.manager_codes.get(name, -1) for name in names] + [-1], dtype=np.int64)

    @cached_property
    def is_declared_source(self) -> Flags:
        return np.array([source in self.cycle.sources for source in SOURCES] + [True])


@dataclass
class CheckedRows:
    """A chunk in codes; ``bad`` marks the rows that broke a rule.

    All arrays have one entry per row; -1 stands for what is unknown.
    """

    checker: RowChecker
    shown: str
    row: IntArray
    texts: dict[str, pd.Categorical]
    bad: Flags = field(init=False)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bad = np.zeros(len(self.row), dtype=bool)

    def codes_of(self, column: str) -> IntArray:
        return self.texts[column].codes.astype(np.int64)

    def look_up(self, column: str, find: Callable[[str], int]) -> IntArray:
        """Code each row by a function of its text, called once per distinct text."""
        distinct = self.texts[column].categories.tolist()
        found = np.fromiter(map(find, distinct), dtype=np.int64, count=len(distinct))
        return found[self.codes_of(column)]

    def text(self, column: str, at: int) -> str:
        categorical = self.texts[column]
        return str(categorical.categories[categorical.codes[at]])

    def refuse(self, column: str, rule: str, where: Flags, words: Words) -> None:
        """List a problem for each flagged row, and leave the row out."""
        for at in np.flatnonzero(where).tolist():
            what, fix = words(at)
            value = self.text(column, at)
            self.problems.append(
                Problem(self.shown, int(self.row[at]), column, rule, what, fix, value=value)
            )
        self.bad |= where

    @cached_property
    def employee(self) -> IntArray:
        return self.look_up("employee_id", self.checker.employees.codes.code_of)

    @cached_property
    def source(self) -> IntArray:
        known = {source: code for code, source in enumerate(SOURCES)}
        return self.look_up("source", lambda text: known.get(text, -1))

    @cached_property
    def criterion(self) -> IntArray:
        known = {name: code for code, name in enumerate(self.checker.rules.criteria)}
        return self.look_up("criterion", lambda text: known.get(text, -1))

    @cached_property
    def rubric(self) -> IntArray:
        return np.append(self.checker.rules.rubric_of, -1)[self.employee]


def check_rows(checker: RowChecker, shown: str, names: list[str], chunk: RawChunk) -> CheckedRows:
    """Check one chunk of ratings against people and sources; marks come after.

    Parameters
    ----------
    checker
        People, marks and sources of the cycle.
    shown
        What problems call the file.
    names
        Our name of each column in the chunk.
    chunk
        The rows as text.

    Returns
    -------
    CheckedRows
        Codes, problems, and which rows are to be left out.
    """
    texts = {n: as_categories(c) for n, c in zip(names, chunk.columns, strict=True)}
    rows = CheckedRows(checker, shown, chunk.row, texts)
    _check_contract(rows)
    _check_people(rows)
    _check_sources(rows)
    return rows


def _check_contract(rows: CheckedRows) -> None:
    frame = pd.DataFrame({name: text for name, text in rows.texts.items() if name != "mark"})
    found = check_contract(
        frame, rating_contract(), lambda index: (rows.shown, int(rows.row[index]))
    )
    rows.problems += found
    numbers = np.unique(np.array([problem.row for problem in found], dtype=np.int64))
    rows.bad |= np.isin(rows.row, numbers)


def _check_people(rows: CheckedRows) -> None:
    is_neat = rows.look_up("employee_id", lambda text: bool(text.strip()) and text == text.strip())
    explained: dict[str, tuple[str, str]] = {}

    def words(at: int) -> tuple[str, str]:
        name = rows.text("employee_id", at)
        if name not in explained:
            explained[name] = rows.checker.suggester.explain_person(name)
        return explained[name]

    unknown = (rows.employee < 0) & (is_neat > 0)
    rows.refuse("employee_id", "unknown_employee", unknown, words)


def _check_sources(rows: CheckedRows) -> None:
    checker, source, employee = rows.checker, rows.source, rows.employee
    names = list(checker.cycle.sources)
    rows.refuse(
        "source", "source_not_declared", ~checker.is_declared_source[source],
        lambda at: (
            f"source '{rows.text('source', at)}' has no weight in this cycle",
            f"add it under sources; declared: {', '.join(names)}",
        ),
    )  # fmt: skip
    rater = rows.look_up("rater_id", checker.employees.codes.code_of)
    has_rater = rows.look_up("rater_id", lambda text: bool(text.strip())) > 0
    is_own = (rater == employee) & (employee >= 0)
    rows.refuse(
        "rater_id", "self_by_another", (source == _SELF) & ~is_own & (employee >= 0) & has_rater,
        lambda at: (
            f"source is self, but '{rows.text('rater_id', at)[:60]}' rates"
            f" '{rows.text('employee_id', at)[:60]}'",
            "correct source or rater_id",
        ),
    )  # fmt: skip
    rows.refuse(
        "source", "self_under_other_source", (source >= 0) & (source != _SELF) & is_own,
        lambda at: (
            f"'{rows.text('rater_id', at)[:60]}' rates the own person as"
            f" {rows.text('source', at)}",
            "write self as source, or correct rater_id",
        ),
    )  # fmt: skip
    if "manager_id" in checker.employees.declared:
        _check_manager(rows, has_rater & ~is_own)


def _check_manager(rows: CheckedRows, comparable: Flags) -> None:
    checker = rows.checker
    # -2 equals no manager's code, not even the -1 of people without one.
    rater = rows.look_up("rater_id", lambda text: checker.manager_codes.get(text, -2))
    managers = checker.employees.column("manager_id")

    def words(at: int) -> tuple[str, str]:
        manager = managers[int(rows.employee[at])]
        known = f"manager_id is '{manager}'" if manager else "manager_id is blank"
        what = f"'{rows.text('rater_id', at)[:60]}' is not the manager; {known}"
        return what, "correct source or rater_id, or manager_id in employees"

    wrong = (rows.source == _MANAGER) & (rows.employee >= 0) & comparable
    wrong &= rater != checker.manager_of[rows.employee]
    rows.refuse("rater_id", "not_the_manager", wrong, words)
