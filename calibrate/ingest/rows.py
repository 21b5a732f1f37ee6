"""Rows of ratings → codes; a row that breaks a rule is listed and left out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibrate.config import SOURCES, Cycle
from calibrate.errors import Problem
from calibrate.faults import FOLLOWING
from calibrate.ingest.assignments import Managers
from calibrate.ingest.contracts import rating_contract
from calibrate.ingest.marks import ParsedMark
from calibrate.ingest.recode import Spellings, Suggester
from calibrate.ingest.translate import Rows
from calibrate.ingest.values import EmployeeTable, IntArray, MarkRules
from calibrate.ingest.vocabulary import Vocabulary

Flags = NDArray[np.bool_]
#: Row position → what is wrong, and the fix.
Words = Callable[[int], tuple[str, str]]
_MANAGER, _SELF = SOURCES.index("manager"), SOURCES.index("self")


@dataclass
class RowChecker:
    """What rows are checked against, and what their texts mean; built once per stream."""

    cycle: Cycle
    employees: EmployeeTable
    rules: MarkRules
    managers: Managers
    suggester: Suggester = field(init=False)
    spellings: Spellings = field(init=False)
    parsed: dict[int, ParsedMark] = field(init=False, default_factory=dict)
    _vocabularies: dict[str, Vocabulary] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.suggester = Suggester(self.employees.ids, self.employees.refused)
        self.spellings = Spellings(self.employees.ids)
        self._contract = rating_contract()
        self._explained: dict[str, tuple[str, str]] = {}

    def vocabulary(self, column: str) -> Vocabulary:
        """All texts of a column so far."""
        if column not in self._vocabularies:
            self._vocabularies[column] = Vocabulary(column, self._contract)
        return self._vocabularies[column]

    def explain_people(self, names: Collection[str]) -> dict[str, tuple[str, str]]:
        """Say what is wrong with unknown employees' ids; the same words each time."""
        new = [name for name in names if name not in self._explained]
        self.suggester.prepare(new)
        self._explained.update((name, self.suggester.explain_person(name)) for name in new)
        return self._explained

    def looks_like_another(self, name: str) -> bool:
        """Does another id of the cycle, or of an earlier rater, look the same?"""
        self.spellings.add(name)
        return bool(self.spellings.find_other(name))

    @cached_property
    def is_declared_source(self) -> Flags:
        return np.array([source in self.cycle.sources for source in SOURCES] + [True])


@dataclass
class CheckedRows:
    """A chunk in codes; ``bad`` marks the rows that broke a rule.

    All arrays have one entry per row; -1 stands for what is unknown.
    ``dropped`` marks cells of a wide table that say nothing.
    """

    checker: RowChecker
    shown: str
    rows: Rows
    theirs: Mapping[str, str]
    is_wide: bool
    codes: dict[str, IntArray] = field(init=False)
    bad: Flags = field(init=False)
    dropped: Flags = field(init=False)
    problems: list[Problem] = field(init=False)

    def __post_init__(self) -> None:
        self.bad = self.rows.bad.copy()
        self.dropped = np.zeros(len(self.rows), dtype=bool)
        self.problems = list(self.rows.problems)
        self.codes = {
            column: self.checker.vocabulary(column).encode(texts)
            for column, texts in self.rows.texts.items()
        }

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def row(self) -> IntArray:
        return self.rows.row

    def look_up(self, column: str, fact: str, find: Callable[[str], int]) -> IntArray:
        """Code each row by a function of its text, called once per distinct text."""
        return self.checker.vocabulary(column).find(fact, find)[self.codes[column]]

    def text(self, column: str, at: int) -> str:
        return self.checker.vocabulary(column).texts[int(self.codes[column][at])]

    def name_column(self, column: str, at: int) -> str:
        """Name a column as its file does."""
        if self.is_wide and self._is_of_mark(column):
            return self.theirs.get(self.text("criterion", at), column)
        return self.theirs.get(column, column)

    def refuse(self, column: str, rule: str, where: Flags, words: Words, *same: IntArray) -> None:
        """List a problem for each flagged row, and leave the row out.

        ``words`` is asked once for all rows that are equal in each of ``same``.
        """
        at = np.flatnonzero(where)
        if not len(at):
            return
        self.bad |= where
        if not self._is_of_mark(column):
            at = self._first_of_row(at)
        codes = self.codes[column]
        key = join_codes(*(one[at] for one in same)) if same else at
        _, first, kind = np.unique(key, return_index=True, return_inverse=True)
        said = [words(int(at[position])) for position in first]
        texts = self.checker.vocabulary(column).texts
        if self.is_wide and self._is_of_mark(column):
            names = [self.name_column(column, one) for one in at.tolist()]
        else:
            names = [self.theirs.get(column, column)] * len(at)
        self.problems += [
            Problem(self.shown, row, name, rule, said[k][0], said[k][1], value=texts[code])
            for row, name, k, code in zip(
                self.row[at].tolist(), names, kind.tolist(), codes[at].tolist(), strict=True
            )
        ]

    def _is_of_mark(self, column: str) -> bool:
        return column in ("mark", "criterion")

    def _first_of_row(self, at: IntArray) -> IntArray:
        """Keep one of the marks of each row of a wide table: its fault is told once."""
        return at[np.diff(self.row[at], prepend=-1) != 0] if self.is_wide else at

    @cached_property
    def employee(self) -> IntArray:
        return self.look_up("employee_id", "employee", self.checker.employees.codes.code_of)

    @cached_property
    def source(self) -> IntArray:
        known = {source: code for code, source in enumerate(SOURCES)}
        return self.look_up("source", "source", lambda text: known.get(text, -1))

    @cached_property
    def criterion(self) -> IntArray:
        known = {name: code for code, name in enumerate(self.checker.rules.criteria)}
        return self.look_up("criterion", "criterion", lambda text: known.get(text, -1))

    @cached_property
    def rubric(self) -> IntArray:
        return np.append(self.checker.rules.rubric_of, -1)[self.employee]


def check_rows(
    checker: RowChecker, shown: str, rows: Rows, theirs: Mapping[str, str], *, is_wide: bool
) -> CheckedRows:
    """Check one chunk of ratings against people and sources; marks come after.

    Parameters
    ----------
    checker
        People, marks and sources of the cycle.
    shown
        What problems call the file.
    rows
        The rows as text, one per mark.
    theirs
        Our column, or criterion, to its name in the file.
    is_wide
        The file has one column per criterion.

    Returns
    -------
    CheckedRows
        Codes, problems, and which rows are to be left out.
    """
    checked = CheckedRows(checker, shown, rows, theirs, is_wide)
    _check_texts(checked)
    _check_people(checked)
    _check_spellings(checked)
    _check_sources(checked)
    return checked


def _check_texts(rows: CheckedRows) -> None:
    for column, codes in rows.codes.items():
        if column == "mark":
            continue
        name = rows.theirs.get(column, column)
        told: set[tuple[int, str]] = set()
        for at, fault in rows.checker.vocabulary(column).faults(codes):
            rows.bad[at] = True
            row = int(rows.row[at])
            if not rows.is_wide or (row, fault.rule) not in told:
                rows.problems.append(replace(fault, file=rows.shown, row=row, column=name))
                told.add((row, fault.rule))


def _check_people(rows: CheckedRows) -> None:
    codes, texts = rows.codes["employee_id"], rows.checker.vocabulary("employee_id").texts
    strangers = np.unique(codes[rows.employee < 0]).tolist()
    # What is blank or has blanks around it has been told already.
    unknown = [code for code in strangers if texts[code].strip() == texts[code] != ""]
    if not unknown:
        return
    explained = rows.checker.explain_people([texts[code] for code in unknown])
    name_rule = rows.checker.suggester.name_rule
    left_out = [code for code in unknown if name_rule(texts[code]) in FOLLOWING]
    is_unknown, is_left_out = np.isin(codes, unknown), np.isin(codes, left_out)
    for rule, where in (
        ("unknown_employee", is_unknown & ~is_left_out), ("employee_left_out", is_left_out),
    ):  # fmt: skip
        rows.refuse(
            "employee_id", rule, where,
            lambda at: explained[rows.text("employee_id", at)], codes,
        )  # fmt: skip


def _check_spellings(rows: CheckedRows) -> None:
    checker = rows.checker
    for column in ("employee_id", "rater_id"):
        texts, codes = checker.vocabulary(column).texts, rows.codes[column]
        # In the order of the rows, which the order of texts need not be: the first one stands.
        accented = pd.unique(codes[rows.look_up(column, "is_ascii", str.isascii) == 0])
        others = [code for code in accented if checker.looks_like_another(texts[code])]
        is_other = np.isin(codes, others)
        if column == "employee_id":
            # An unknown one has been told already.
            is_other &= rows.employee >= 0

        def words(at: int, column: str = column) -> tuple[str, str]:
            name = rows.text(column, at)
            return Spellings.explain(column, name, checker.spellings.find_other(name))

        rows.refuse(column, "id_spelling", is_other, words, codes)


def _check_sources(rows: CheckedRows) -> None:
    checker, source, employee = rows.checker, rows.source, rows.employee
    names = list(checker.cycle.sources)
    rows.refuse(
        "source", "source_not_declared", ~checker.is_declared_source[source],
        lambda at: (
            f"source '{rows.text('source', at)}' has no weight in this cycle",
            f"add it under sources; declared: {', '.join(names)}",
        ),
        rows.codes["source"],
    )  # fmt: skip
    rater = rows.look_up("rater_id", "employee", checker.employees.codes.code_of)
    has_rater = rows.look_up("rater_id", "is_given", lambda text: bool(text.strip())) > 0
    is_own = (rater == employee) & (employee >= 0)
    rows.refuse(
        "rater_id", "self_by_another", (source == _SELF) & ~is_own & (employee >= 0) & has_rater,
        lambda at: (
            f"source is self, but '{rows.text('rater_id', at)[:60]}' rates"
            f" '{rows.text('employee_id', at)[:60]}'",
            "correct source or rater_id",
        ),
        rows.codes["rater_id"], rows.codes["employee_id"],
    )  # fmt: skip
    rows.refuse(
        "source", "self_under_other_source", (source >= 0) & (source != _SELF) & is_own,
        lambda at: (
            f"'{rows.text('rater_id', at)[:60]}' rates the own person as"
            f" {rows.text('source', at)}",
            "write self as source, or correct rater_id",
        ),
        rows.codes["rater_id"], rows.codes["source"],
    )  # fmt: skip
    if checker.managers.is_declared:
        _check_manager(rows, has_rater & ~is_own)


def _check_manager(rows: CheckedRows, comparable: Flags) -> None:
    managers = rows.checker.managers
    rater = rows.look_up("rater_id", "manager", managers.code_of)
    at = np.flatnonzero((rows.source == _MANAGER) & (rows.employee >= 0) & comparable)
    wrong = np.zeros(len(rows), dtype=bool)
    wrong[at] = ~managers.has(rows.employee[at], rater[at])
    rows.refuse(
        "rater_id", "not_the_manager", wrong,
        lambda at: managers.explain(int(rows.employee[at]), rows.text("rater_id", at)),
        rows.codes["rater_id"], rows.employee,
    )  # fmt: skip


def join_codes(*codes: IntArray) -> IntArray:
    """Number rows so that those equal in all codes are equal, and no others.

    Examples
    --------
    >>> joined = join_codes(np.array([0, 0, 1]), np.array([-1, -1, 5]))
    >>> bool(joined[0] == joined[1]), bool(joined[1] == joined[2])
    (True, False)
    """
    joined = codes[0]
    for more in codes[1:]:
        joined = joined * (more.max(initial=0) + 2) + more + 1
    return joined


def melt(rows: Rows, criteria: Mapping[str, int]) -> Rows:
    """Turn a row with a column per criterion into a row per criterion.

    Rows keep their number; marks of one row follow each other in the order of
    the columns.
    """
    names, n_rows = list(criteria), len(rows)
    n_marks = len(names)
    texts = {
        column: pd.Categorical.from_codes(np.repeat(text.codes, n_marks), text.categories)
        for column, text in rows.texts.items()
        if column not in criteria
    }
    texts["criterion"] = pd.Categorical.from_codes(
        np.tile(np.arange(n_marks), n_rows), categories=pd.Index(names, dtype=object)
    )
    together = pd.api.types.union_categoricals([rows.texts[name] for name in names])
    marks = together.codes.reshape(n_marks, n_rows).T.ravel()
    texts["mark"] = pd.Categorical.from_codes(marks, categories=together.categories)
    bad = np.repeat(rows.bad, n_marks)
    bad |= np.stack([rows.bad_marks[name] for name in names], axis=1).ravel()
    return Rows(texts, np.repeat(rows.row, n_marks), bad, rows.problems)
