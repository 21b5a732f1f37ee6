"""Scores by criterion of the earlier cycles; one department has risen on one criterion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from calibrate.demo.activity import EARLIER
from calibrate.demo.catalogue import DEPARTMENTS, day, read_criteria
from calibrate.demo.company import Company
from calibrate.demo.people_files import pick_id
from calibrate.demo.table_file import TableFile, numbers, text
from calibrate.demo.truth import MEAN, Truth

#: Department and position of the criterion that has risen, and points per cycle: planted.
RISING, RISING_AT, RISE = "Data", 3, 6.0
#: Standard error of an earlier score, points.
ERROR = 4.0
#: Mean of the earlier scores above that of the truth: marks are rounded to the upper side.
_LEVEL = 2.0


def write_criterion_history(
    rng: np.random.Generator, path: Path, ids: Any, company: Company, truth: Truth
) -> int:
    """Write calibrated scores by criterion of everybody who was there, with their errors."""
    criteria = read_criteria()
    n_criteria = len(criteria[0])
    labels = [name for one in criteria for name in one]
    rising = [one.name for one in DEPARTMENTS].index(RISING)
    with TableFile(path) as table:
        for cycles_ago, (name, ended) in zip((2, 1), EARLIER, strict=True):
            people = np.flatnonzero(company.hired <= day(ended) - 90)
            people = people[(people > 0) & company.is_rated[people]]
            then = MEAN + _LEVEL + truth.unit[company.tree.manager[people]] + truth.employee[people]
            score = then[:, None] + truth.profile[people]
            score = score + rng.normal(0.0, ERROR, score.shape)
            is_rising = company.tree.department[people] == rising
            is_rising &= company.rubric[people] == DEPARTMENTS[rising].rubric
            score[is_rising, RISING_AT] -= RISE * cycles_ago
            score = np.clip(score, 0.0, 100.0).ravel()
            at = company.rubric[people][:, None] * n_criteria + np.arange(n_criteria)
            table.write(
                {
                    "cycle": pa.array([name] * len(score), pa.string()),
                    "employee_id": pick_id(ids, np.repeat(people, n_criteria)),
                    "criterion": text(labels, at.ravel()),
                    "calibrated_score": numbers(score, 1),
                    "se": numbers(np.full(len(score), ERROR), 1),
                }
            )
        return table.n_rows
