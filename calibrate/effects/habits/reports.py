"""Scored forms with their criteria, and forms about oneself: what habits are read from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibrate.effects.result import FloatArray, IntArray


@dataclass(frozen=True)
class Reports:
    """Scored forms in order of employee, rater and source.

    Parameters
    ----------
    employee, rater, source : (N,) codes
    points : (N,) points, 0 to 100
    criteria : (N, K) points
        NaN where a criterion was left open.
    n_raters
        J.
    """

    employee: IntArray
    rater: IntArray
    source: IntArray
    points: FloatArray
    criteria: FloatArray
    n_raters: int

    def __len__(self) -> int:
        return len(self.points)


@dataclass(frozen=True)
class SelfForms:
    """Forms of people about themselves.

    Parameters
    ----------
    employee, rater : (n,) codes
        One and the same person in the two orders of codes.
    points : (n,) points, 0 to 100
    """

    employee: IntArray
    rater: IntArray
    points: FloatArray


def sort_reports(
    employee: IntArray, rater: IntArray, source: IntArray, points: FloatArray,
    criteria: FloatArray, n_raters: int,
) -> Reports:  # fmt: skip
    """Put forms in order, so that shuffled rows give the same figures.

    Examples
    --------
    >>> reports = sort_reports(np.array([1, 0]), np.array([0, 0]), np.array([1, 1]),
    ...                        np.array([70.0, 50.0]), np.array([[70.0], [50.0]]), 1)
    >>> reports.points
    array([50., 70.])
    """
    order = np.lexsort((points, source, rater, employee))
    return Reports(employee[order], rater[order], source[order], points[order],
                   criteria[order], n_raters)  # fmt: skip
