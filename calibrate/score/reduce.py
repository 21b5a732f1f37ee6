"""Chunks of ratings become forms, one row each, before the next chunk is read."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.config import MISSING
from calibrate.errors import Problem
from calibrate.ingest import RatingTable

IntArray = npt.NDArray[np.int64]

#: A mark that two rows contradict; never used, never overwritten.
CONFLICT = MISSING + 1
_SOURCE_BITS, _RATER_BITS, _ROW_BITS = 4, 32, 40


@dataclass(frozen=True)
class ReducedForms:
    """All forms of a cycle, marks still as entered.

    Parameters
    ----------
    employee, rater, source : (N,) codes
    marks : (N, K) millionths of a mark, ``MISSING`` where not answered
    file, row : (N,)
        Where the form's first row stands.
    """

    employee: IntArray
    rater: IntArray
    source: IntArray
    marks: IntArray
    file: IntArray
    row: IntArray


@dataclass(frozen=True)
class _Block:
    """Forms of one chunk, or forms put together out of several.

    Parameters
    ----------
    key : (F,)
        Employee, rater and source of a form in one number.
    first : (F,)
        File and row, in one number, where the form begins.
    marks : (F, K)
    offset : (F, K)
        Rows from the form's first to the mark's; -1 where there is no row.
    """

    key: IntArray
    first: IntArray
    marks: IntArray
    offset: npt.NDArray[np.int32]

    def take(self, chosen: npt.NDArray[np.bool_]) -> _Block:
        return _Block(self.key[chosen], self.first[chosen], self.marks[chosen], self.offset[chosen])

    def unfold(self) -> tuple[IntArray, ...]:
        """Give the rows back: key, criterion, mark and place of each."""
        form, column = np.nonzero(self.offset >= 0)
        place = self.first[form] + self.offset[form, column]
        return self.key[form], column, self.marks[form, column], place


@dataclass
class FormReducer:
    """Collects chunks; finds the same mark entered twice, also across chunks.

    Parameters
    ----------
    criteria
        Criterion names, in the order of the codes.
    files
        Names of the rating files, in the order of the codes.
    """

    criteria: tuple[str, ...]
    files: tuple[str, ...]
    problems: list[Problem] = field(default_factory=list)
    #: Employee codes of rows that contradict each other, one entry a row.
    contradicted: list[int] = field(default_factory=list)
    _blocks: list[_Block] = field(default_factory=list)

    def add(self, ratings: RatingTable) -> None:
        """Reduce one chunk to forms and keep nothing else of it."""
        key = (
            (ratings.employee.astype(np.int64) << (_RATER_BITS + _SOURCE_BITS))
            | (ratings.rater.astype(np.int64) << _SOURCE_BITS)
            | ratings.source.astype(np.int64)
        )
        place = (ratings.file.astype(np.int64) << _ROW_BITS) | ratings.row.astype(np.int64)
        self._blocks.append(
            self._reduce(key, ratings.criterion.astype(np.int64), ratings.mark, place)
        )

    def finish(self, rater_order: IntArray) -> ReducedForms:
        """Put the chunks together; ``rater_order`` maps provisional rater codes to final ones."""
        blocks = self._join_cut_forms()
        key = np.concatenate([np.empty(0, np.int64), *(block.key for block in blocks)])
        first = np.concatenate([np.empty(0, np.int64), *(block.first for block in blocks)])
        source = key & ((1 << _SOURCE_BITS) - 1)
        rater = (key >> _SOURCE_BITS) & ((1 << _RATER_BITS) - 1)
        rater = rater_order[rater] if len(rater) else rater
        employee = key >> (_RATER_BITS + _SOURCE_BITS)
        order = np.lexsort((rater, source, employee))
        marks = np.empty((len(key), len(self.criteria)), np.int64)
        place = np.empty(len(key), np.int64)
        place[order] = np.arange(len(key))
        start = 0
        while blocks:
            # Each block is let go as soon as its marks are in place.
            block = blocks.pop(0)
            marks[place[start : start + len(block.key)]] = block.marks
            start += len(block.key)
        marks[marks == CONFLICT] = MISSING
        return ReducedForms(
            employee[order], rater[order], source[order], marks,
            first[order] >> _ROW_BITS, first[order] & ((1 << _ROW_BITS) - 1),
        )  # fmt: skip

    def _join_cut_forms(self) -> list[_Block]:
        """Put together the forms whose rows lie in several chunks; few do in most files."""
        blocks, self._blocks = self._blocks, []
        if not blocks:
            return blocks
        key = np.sort(np.concatenate([block.key for block in blocks]))
        cut = np.unique(key[1:][key[1:] == key[:-1]])
        if not len(cut):
            return blocks
        whole: list[_Block] = []
        rows: list[tuple[IntArray, ...]] = []
        while blocks:
            block = blocks.pop(0)
            is_cut = np.isin(block.key, cut)
            rows.append(block.take(is_cut).unfold())
            whole.append(block.take(~is_cut) if is_cut.any() else block)
        return [*whole, self._reduce(*(np.concatenate(part) for part in zip(*rows, strict=True)))]

    def _reduce(
        self, key: IntArray, criterion: IntArray, mark: IntArray, place: IntArray
    ) -> _Block:
        form, forms = pd.factorize(key)
        n_criteria = len(self.criteria)
        cell = form * n_criteria + criterion
        if len(cell) and np.bincount(cell).max() > 1:
            order = np.lexsort((place, cell))
            cell, mark, place = cell[order], mark[order], place[order]
            start = np.flatnonzero(np.diff(cell, prepend=-1))
            mark = self._settle_repeats(
                forms[cell // n_criteria], cell % n_criteria, mark, place, start
            )
            cell, mark, place = cell[start], mark[start], place[start]
        first = np.full(len(forms), np.iinfo(np.int64).max)
        np.minimum.at(first, cell // n_criteria, place)
        marks = np.full((len(forms), n_criteria), MISSING)
        marks.ravel()[cell] = mark
        # Rows of several files lie far apart; forms put together are not taken apart again.
        offset = np.full(marks.shape, -1, np.int32)
        apart = place - first[cell // n_criteria]
        offset.ravel()[cell] = np.where(apart <= np.iinfo(np.int32).max, apart, -1)
        return _Block(forms, first, marks, offset)

    def _settle_repeats(
        self, key: IntArray, criterion: IntArray, mark: IntArray, place: IntArray, start: IntArray
    ) -> IntArray:
        """Note rows that repeat a mark; list and void those that contradict each other."""
        mark = mark.copy()
        ends = np.append(start[1:], len(key))
        several = np.flatnonzero(ends - start > 1)
        for lo, hi in zip(start[several], ends[several], strict=True):
            values = mark[lo:hi]
            agreed = bool((values == values[0]).all()) and values[0] != CONFLICT
            for at in range(lo, hi):
                if agreed and at > lo:
                    self.problems.append(self._repeat(criterion[at], place[at], place[lo]))
                elif not agreed and mark[at] != CONFLICT:
                    other = place[hi - 1] if at == lo else place[lo]
                    self.problems.append(
                        self._contradiction(criterion[at], mark[at], place[at], other)
                    )
                    self.contradicted.append(int(key[at] >> (_RATER_BITS + _SOURCE_BITS)))
            if not agreed:
                mark[lo] = CONFLICT
        return mark

    def _at(self, place: np.int64) -> tuple[str, int]:
        return self.files[int(place >> _ROW_BITS)], int(place & ((1 << _ROW_BITS) - 1))

    def _name_place(self, place: np.int64, file: str) -> str:
        """Name a row, and its file where it is another one."""
        other_file, row = self._at(place)
        return f"row {row}" if other_file == file else f"{other_file} row {row}"

    def _repeat(self, criterion: np.int64, place: np.int64, first: np.int64) -> Problem:
        file, row = self._at(place)
        there = self._name_place(first, file)
        return Problem(
            file, row, "mark", "repeated_mark",
            f"repeats the mark for '{self.criteria[criterion]}' of {there}",
            "it was counted once; delete one of the rows", level="note",
        )  # fmt: skip

    def _contradiction(
        self, criterion: np.int64, mark: np.int64, place: np.int64, other: np.int64
    ) -> Problem:
        file, row = self._at(place)
        there = self._name_place(other, file)
        value = "blank" if mark == MISSING else f"{mark / 1_000_000:g}"
        return Problem(
            file, row, "mark", "conflicting_marks",
            f"mark {value} for '{self.criteria[criterion]}' contradicts {there}: same rater, "
            "employee and source",
            "keep the row that is right and delete the other", value=value,
        )  # fmt: skip
