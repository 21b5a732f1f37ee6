"""The ratings files → chunks of RatingTable."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from calibrate.config import Cycle, InputFile, show_place
from calibrate.errors import Problem
from calibrate.ingest.assignments import Managers, find_managers
from calibrate.ingest.check_marks import check_marks
from calibrate.ingest.columns import Header, match_header
from calibrate.ingest.open import open_table
from calibrate.ingest.read import CHUNK_ROWS
from calibrate.ingest.rows import RowChecker, check_rows, melt
from calibrate.ingest.translate import Rows, Translator
from calibrate.ingest.values import EmployeeTable, IntArray, MarkRules, RatingTable

#: Comments are long, and no later stage reads them: they stay in the file.
_UNREAD = frozenset({"comment"})


class RatingStream:
    """Reads the ratings in chunks and leaves out, and lists, every row with an error.

    Iterate once; afterwards ``problems``, ``rater_ids``, ``n_rows`` and
    ``quarantined`` are complete. Iterating again starts afresh. A fault of a
    whole file or column is a problem with ``whole`` set, and nothing of that
    file is handed on. Whether problems stop the run is the caller's decision.

    Parameters
    ----------
    cycle, employees, rules
        The cycle, its people and the marks each rubric allows.
    managers
        Who may file a manager form; from the employees' manager_id if not given.
    chunk_rows
        Rows held in memory at once.

    Attributes
    ----------
    problems : list of Problem
        Errors and notes in order of file and row.
    rater_ids : tuple of str
        Id of each rater code, in order of first appearance among rows kept.
    n_rows : int
        Marks read, kept or not; a row of a wide table holds several.
    quarantined : (rows left out,) int64
        Employee code of each row left out, -1 where the employee is unknown.
    """

    def __init__(
        self,
        cycle: Cycle,
        employees: EmployeeTable,
        rules: MarkRules,
        managers: Managers | None = None,
        chunk_rows: int = CHUNK_ROWS,
    ) -> None:
        self._cycle = cycle
        self._checker = RowChecker(cycle, employees, rules, managers or find_managers(employees))
        self._chunk_rows = chunk_rows
        self._start()

    def _start(self) -> None:
        self.problems: list[Problem] = []
        self.n_rows = 0
        self._rater_order: IntArray = np.empty(0, dtype=np.int64)
        self._n_raters = 0
        self._left_out: list[IntArray] = []

    @property
    def rater_ids(self) -> tuple[str, ...]:
        texts = self._checker.vocabulary("rater_id").texts
        known = np.flatnonzero(self._rater_order >= 0)
        ordered = known[np.argsort(self._rater_order[known])]
        return tuple(texts[code] for code in ordered)

    @property
    def quarantined(self) -> IntArray:
        return np.concatenate([np.empty(0, dtype=np.int64), *self._left_out])

    def __iter__(self) -> Iterator[RatingTable]:
        self._start()
        for number, (part, name) in enumerate(self._cycle.inputs.places("ratings")):
            yield from self._read_file(number, part, name)

    def _read_file(self, number: int, part: InputFile, name: str) -> Iterator[RatingTable]:
        shown = show_place(part, name)
        reader = open_table(self._cycle, part, name, self._chunk_rows)
        names = reader.read_header()
        if names:
            header = match_header(
                names, "ratings", part, shown, self._cycle.attribute_names,
                self._checker.rules.criteria,
            )  # fmt: skip
            self.problems += header.problems
            if not header.problems:
                translator = Translator(part, header, shown, _UNREAD)
                for rows in translator.read(reader):
                    table = self._reduce(number, shown, header, rows)
                    if len(table):
                        yield table
                self.problems += translator.notes()
        self.problems += reader.problems
        self.n_rows += len(reader.ragged)
        self._left_out.append(np.full(len(reader.ragged), -1, dtype=np.int64))

    def _reduce(self, number: int, shown: str, header: Header, rows: Rows) -> RatingTable:
        is_wide = bool(header.criteria)
        if is_wide:
            rows = melt(rows, header.criteria)
        checked = check_rows(self._checker, shown, rows, header.theirs, is_wide=is_wide)
        marks = check_marks(checked)
        self.problems += checked.problems
        self.n_rows += len(rows) - int(checked.dropped.sum())
        self._left_out.append(checked.employee[checked.bad & ~checked.dropped])
        kept = ~checked.bad & ~checked.dropped
        return RatingTable(
            employee=checked.employee[kept],
            rater=self._code_raters(checked.codes["rater_id"][kept]),
            source=checked.source[kept],
            criterion=checked.criterion[kept],
            mark=marks[kept],
            file=np.full(int(kept.sum()), number, dtype=np.int64),
            row=rows.row[kept],
        )

    def _code_raters(self, codes: IntArray) -> IntArray:
        """Number the raters of rows kept in order of first appearance."""
        n_texts = len(self._checker.vocabulary("rater_id").texts)
        unseen = np.full(n_texts - len(self._rater_order), -1, dtype=np.int64)
        self._rater_order = np.concatenate([self._rater_order, unseen])
        distinct, first = np.unique(codes, return_index=True)
        new = self._rater_order[distinct] < 0
        appearing = distinct[new][np.argsort(first[new])]
        self._rater_order[appearing] = self._n_raters + np.arange(len(appearing))
        self._n_raters += len(appearing)
        return self._rater_order[codes]
