"""The ratings files → chunks of RatingTable."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from calibrate.config import Cycle, shown_name
from calibrate.errors import Problem
from calibrate.ingest.check_marks import check_marks
from calibrate.ingest.columns import match_header
from calibrate.ingest.read import CHUNK_ROWS, CsvReader, RawChunk
from calibrate.ingest.rows import RowChecker, check_rows
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
    chunk_rows
        Rows held in memory at once.

    Attributes
    ----------
    problems : list of Problem
        Errors and notes in order of file and row.
    rater_ids : tuple of str
        Id of each rater code, in order of first appearance among rows kept.
    n_rows : int
        Data rows read, kept or not.
    quarantined : (rows left out,) int64
        Employee code of each row left out, -1 where the employee is unknown.
    """

    def __init__(
        self,
        cycle: Cycle,
        employees: EmployeeTable,
        rules: MarkRules,
        chunk_rows: int = CHUNK_ROWS,
    ) -> None:
        self._cycle = cycle
        self._checker = RowChecker(cycle, employees, rules)
        self._chunk_rows = chunk_rows
        self._start()

    def _start(self) -> None:
        self.problems: list[Problem] = []
        self.n_rows = 0
        self._raters: dict[str, int] = {}
        self._left_out: list[IntArray] = []

    @property
    def rater_ids(self) -> tuple[str, ...]:
        return tuple(self._raters)

    @property
    def quarantined(self) -> IntArray:
        return np.concatenate([np.empty(0, dtype=np.int64), *self._left_out])

    def __iter__(self) -> Iterator[RatingTable]:
        self._start()
        for number, name in enumerate(self._cycle.inputs.ratings.files):
            yield from self._read_file(number, name)

    def _read_file(self, number: int, name: str) -> Iterator[RatingTable]:
        declared, shown = self._cycle.inputs.ratings, shown_name(name)
        reader = CsvReader(
            self._cycle.resolve(name), shown, declared.encoding, declared.delimiter,
            self._chunk_rows,
        )  # fmt: skip
        names = reader.read_header()
        if names:
            attributes = self._cycle.attribute_names
            header = match_header(names, "ratings", declared, shown, attributes)
            self.problems += header.problems
            if not header.problems:
                position = {n: at for n, at in header.position.items() if n not in _UNREAD}
                for chunk in reader.chunks(tuple(position.values())):
                    table = self._reduce(number, shown, list(position), chunk)
                    if len(table):
                        yield table
        self.problems += reader.problems
        self.n_rows += len(reader.ragged)
        self._left_out.append(np.full(len(reader.ragged), -1, dtype=np.int64))

    def _reduce(self, number: int, shown: str, names: list[str], chunk: RawChunk) -> RatingTable:
        rows = check_rows(self._checker, shown, names, chunk)
        marks = check_marks(rows)
        self.problems += rows.problems
        self.n_rows += len(chunk.row)
        self._left_out.append(rows.employee[rows.bad])
        kept = ~rows.bad
        return RatingTable(
            employee=rows.employee[kept],
            rater=self._code_raters(rows.texts["rater_id"], rows.codes_of("rater_id")[kept]),
            source=rows.source[kept],
            criterion=rows.criterion[kept],
            mark=marks[kept],
            file=np.full(int(kept.sum()), number, dtype=np.int64),
            row=chunk.row[kept],
        )

    def _code_raters(self, texts: pd.Categorical, codes: IntArray) -> IntArray:
        names = texts.categories.tolist()
        known = np.full(len(names), -1, dtype=np.int64)
        for code in pd.unique(codes).tolist():
            known[code] = self._raters.setdefault(names[code], len(self._raters))
        return known[codes]
