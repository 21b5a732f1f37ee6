"""What ingest hands on: tables of text, and chunks of ratings as whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibrate.errors import Problem
from calibrate.ingest.recode import Codes

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class EmployeeTable:
    """The people of the cycle, sorted by id.

    Parameters
    ----------
    frame
        One row per person, every column of the contract as text; "" is blank.
    declared
        Columns the file really has.
    refused
        Ids whose row has an error; they are in no other table.
    if_rated
        What to note about somebody of whom no form is expected, should there be one.
    """

    frame: pd.DataFrame
    declared: frozenset[str]
    refused: frozenset[str] = frozenset()
    if_rated: Mapping[str, Problem] = field(default_factory=dict)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(self.frame["employee_id"].tolist())

    @cached_property
    def codes(self) -> Codes:
        return Codes(self.ids)

    def column(self, name: str) -> tuple[str, ...]:
        """Return one column as text, in the order of ``ids``."""
        return tuple(self.frame[name].tolist())


@dataclass(frozen=True)
class GoalTable:
    """The goals, sorted by id; weight, baseline, target and actual are numbers."""

    frame: pd.DataFrame
    declared: frozenset[str]


@dataclass(frozen=True)
class MarkRules:
    """Which marks each rubric allows, in millionths, K criteria over R rubrics.

    Parameters
    ----------
    criteria
        (K,) ids of all criteria, in order of first appearance.
    rubric_of
        (I,) rubric of each employee; -1 where none applies.
    lowest, highest, step
        (R, K) micro marks; step 0 allows any, lowest ``MISSING`` where the
        rubric has no such criterion.
    rubric_files
        (R,) file names as the cycle spells them.
    labels
        (K,) label to micro mark, or ``None`` where marks are numbers.
    nulls
        (K,) labels that stand for "not answered".
    """

    criteria: tuple[str, ...]
    rubric_of: IntArray
    lowest: IntArray
    highest: IntArray
    step: IntArray
    rubric_files: tuple[str, ...]
    labels: tuple[Mapping[str, int] | None, ...]
    nulls: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class RatingTable:
    """One chunk of ratings; all arrays have one entry per row that was kept.

    Parameters
    ----------
    employee
        Code of the person rated, as in ``EmployeeTable.ids``.
    rater
        Code in order of first appearance, as in ``RatingStream.rater_ids``.
    source, criterion
        Index into ``SOURCES`` and ``MarkRules.criteria``.
    mark
        Micro mark; ``MISSING`` where the criterion was not answered.
    file, row
        Which input file, and the row a spreadsheet would show (header 1).
    """

    employee: IntArray
    rater: IntArray
    source: IntArray
    criterion: IntArray
    mark: IntArray
    file: IntArray
    row: IntArray

    def __len__(self) -> int:
        return len(self.employee)
