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
    key: IntArray
    marks: IntArray
    place: IntArray

    def take(self, chosen: npt.NDArray[np.bool_]) -> _Block:
        return _Block(self.key[chosen], self.marks[chosen], self.place[chosen])


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
        """Merge the chunks; ``rater_order`` maps provisional rater codes to final ones."""
        merged = self._merge()
        source = merged.key & ((1 << _SOURCE_BITS) - 1)
        provisional = (merged.key >> _SOURCE_BITS) & ((1 << _RATER_BITS) - 1)
        employee = merged.key >> (_RATER_BITS + _SOURCE_BITS)
        rater = rater_order[provisional] if len(provisional) else provisional
        order = np.lexsort((rater, source, employee))
        first = merged.place.min(axis=1, initial=np.iinfo(np.int64).max)[order]
        marks = np.where(merged.marks == CONFLICT, MISSING, merged.marks)[order]
        return ReducedForms(
            employee[order], rater[order], source[order], marks,
            first >> _ROW_BITS, first & ((1 << _ROW_BITS) - 1),
        )  # fmt: skip

    def _merge(self) -> _Block:
        n_criteria = len(self.criteria)
        if not self._blocks:
            none = np.empty((0, n_criteria), np.int64)
            return _Block(np.empty(0, np.int64), none, none)
        blocks = self._join_cut_forms()
        key = np.concatenate([block.key for block in blocks])
        order = np.argsort(key, kind="stable")
        marks = np.concatenate([block.marks for block in blocks])[order]
        place = np.concatenate([block.place for block in blocks])[order]
        return _Block(key[order], marks, place)

    def _join_cut_forms(self) -> list[_Block]:
        """Put together the forms whose rows lie in several chunks; few do in most files."""
        blocks, self._blocks = self._blocks, []
        key = np.sort(np.concatenate([block.key for block in blocks]))
        cut = np.unique(key[1:][key[1:] == key[:-1]])
        if not len(cut):
            return blocks
        whole: list[_Block] = []
        long: list[tuple[IntArray, ...]] = []
        for block in blocks:
            is_cut = np.isin(block.key, cut)
            part = block.take(is_cut)
            form, column = np.nonzero(part.place != _NOWHERE)
            long.append(
                (part.key[form], column, part.marks[form, column], part.place[form, column])
            )
            whole.append(block.take(~is_cut) if is_cut.any() else block)
        return [*whole, self._reduce(*(np.concatenate(p) for p in zip(*long, strict=True)))]

    def _reduce(
        self, key: IntArray, criterion: IntArray, mark: IntArray, place: IntArray
    ) -> _Block:
        form, forms = pd.factorize(key)
        shape = (len(forms), len(self.criteria))
        marks, places = np.full(shape, MISSING), np.full(shape, _NOWHERE)
        cell = form * shape[1] + criterion
        if len(cell) and np.bincount(cell).max() > 1:
            order = np.lexsort((place, cell))
            cell, mark, place = cell[order], mark[order], place[order]
            start = np.flatnonzero(np.diff(cell, prepend=-1))
            mark = self._settle_repeats(
                forms[cell // shape[1]], cell % shape[1], mark, place, start
            )
            cell, mark, place = cell[start], mark[start], place[start]
        marks.ravel()[cell] = mark
        places.ravel()[cell] = place
        return _Block(forms, marks, places)

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

    def _repeat(self, criterion: np.int64, place: np.int64, first: np.int64) -> Problem:
        file, row = self._at(place)
        return Problem(
            file, row, "mark", "repeated_mark",
            f"repeats the mark for '{self.criteria[criterion]}' of row {self._at(first)[1]}",
            "it was counted once; delete one of the rows", level="note",
        )  # fmt: skip

    def _contradiction(
        self, criterion: np.int64, mark: np.int64, place: np.int64, other: np.int64
    ) -> Problem:
        file, row = self._at(place)
        other_file, other_row = self._at(other)
        value = "blank" if mark == MISSING else f"{mark / 1_000_000:g}"
        there = f"row {other_row}" if other_file == file else f"{other_file} row {other_row}"
        return Problem(
            file, row, "mark", "conflicting_marks",
            f"mark {value} for '{self.criteria[criterion]}' contradicts {there}: same rater, "
            "employee and source",
            "keep the row that is right and delete the other", value=value,
        )  # fmt: skip


_NOWHERE = np.iinfo(np.int64).max
