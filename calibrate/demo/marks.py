"""Noise and the scale: from the points of a form to marks, comments and proposed bands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from calibrate.demo.catalogue import (
    CUTS,
    MANAGER,
    SELF,
    SOURCES,
    Floats,
    Ints,
    day,
    read_criteria,
    read_source,
)
from calibrate.demo.company import Company
from calibrate.demo.network import Forms
from calibrate.demo.table_file import BLOCK, TableFile, dates, text
from calibrate.demo.truth import Truth

POINTS_PER_MARK = 25.0
TONES = ("low", "middle", "high")
#: One form in fifty leaves a criterion open; one in eight has a comment.
_OPEN, _COMMENTED = 0.02, 0.12
_FIRST_DAY, _DAYS = date(2026, 11, 16), 20


@dataclass(frozen=True)
class MarkBlock:
    """Marks of the forms ``start`` to ``start + n``; -1 is an open criterion.

    ``spoken`` is the criterion a comment is about, -1 for none; ``complete``
    are the marks as they were before a criterion was left open.
    """

    start: int
    marks: Ints
    complete: Ints
    spoken: Ints
    rated_on: Ints


def draw_marks(
    rng: np.random.Generator, truth: Truth, forms: Forms, means: Floats, form_sd: Floats,
    criterion_sd: float,
) -> Iterator[MarkBlock]:  # fmt: skip
    """Draw the marks of all forms, block by block.

    Parameters
    ----------
    means, form_sd : (N,) points
        What a form has before noise, and how much noise its criteria share.
    criterion_sd : points
        Noise of each criterion of its own.
    """
    n_criteria = truth.profile.shape[1]
    for start in range(0, len(forms), BLOCK):
        part = slice(start, start + BLOCK)
        n = len(means[part])
        points = means[part] + form_sd[part] * rng.standard_normal(n)
        each = points[:, None] + truth.profile[forms.employee[part]]
        each += criterion_sd * rng.standard_normal((n, n_criteria))
        complete = np.clip(np.rint(1 + each / POINTS_PER_MARK), 1, 5).astype(np.int64)
        open_ = np.where(rng.random(n) < _OPEN, rng.integers(0, n_criteria, n), -1)
        spoken = np.where(rng.random(n) < _COMMENTED, rng.integers(0, n_criteria, n), -1)
        spoken[(forms.source[part] == SELF) | (spoken == open_)] = -1
        marks = complete.copy()
        left_open = np.flatnonzero(open_ >= 0)
        marks[left_open, open_[left_open]] = -1
        rated_on = day(_FIRST_DAY) + rng.integers(0, _DAYS, n)
        yield MarkBlock(start, marks, complete, spoken, rated_on)


def write_ratings(
    table: TableFile, ids: Any, company: Company, forms: Forms, block: MarkBlock
) -> None:
    """Append a block of forms, one row per mark."""
    n, n_criteria = block.marks.shape
    part = slice(block.start, block.start + n)
    rubric = company.rubric[forms.employee[part]]
    names = [name for one in read_criteria() for name in one]
    criterion = rubric[:, None] * n_criteria + np.arange(n_criteria)
    tone = np.sign(block.marks - 3) + 1
    comment = np.where(
        np.arange(n_criteria) == block.spoken[:, None], criterion * len(TONES) + tone, -1
    ).ravel()
    marks = block.marks.ravel()
    employee = np.repeat(forms.employee[part], n_criteria)
    rater = np.repeat(forms.rater[part], n_criteria)
    table.write(
        {
            "employee_id": ids.take(pa.array(employee)),
            "rater_id": ids.take(pa.array(rater)),
            "source": text(SOURCES, np.repeat(forms.source[part], n_criteria)),
            "criterion": text(names, criterion.ravel()),
            "mark": pa.array(marks, mask=marks < 0),
            "comment": text(["", *_list_comments(names)], comment + 1),
            "rated_on": dates(np.repeat(block.rated_on, n_criteria)),
        }
    )


def _list_comments(names: list[str]) -> list[str]:
    texts = {(row["criterion"], row["tone"]): row["text"] for row in read_source("comments.csv")}
    return [texts[name, tone] for name in names for tone in TONES]


def band_forms(company: Company, forms: Forms, block: MarkBlock, band_of: Ints) -> None:
    """Set the band of the line manager's own form for each person of the block.

    Weighted marks are whole numbers, so that a score on a cut belongs above it.
    """
    part = slice(block.start, block.start + len(block.marks))
    employee, rater = forms.employee[part], forms.rater[part]
    is_line = (forms.source[part] == MANAGER) & (rater == company.tree.manager[employee])
    weights = np.array([list(one.values()) for one in read_criteria()])
    by_line = employee[is_line]
    hundredths = (weights[company.rubric[by_line]] * 25 * (block.complete[is_line] - 1)).sum(axis=1)
    band_of[by_line] = np.searchsorted(100 * np.array(CUTS), hundredths, side="right")
