"""The scored forms as codes, checked and in one order whatever order they came in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibrate.effects.result import (
    HIGHEST,
    LOWEST,
    N_SOURCES,
    BoolArray,
    Codes,
    FloatArray,
    IntArray,
)

#: Points come from integers; this forgives their rounding alone.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Forms:
    """Scored forms, sorted by employee, rater and source.

    Parameters
    ----------
    employee, rater, source : (N,)
        Codes.
    points : (N,) points, 0 to 100
        Score of the form.
    weight : (N,) positive
        How many peer forms it counts for in raw and adjusted scores.
    n_employees, n_raters
        I and J.
    """

    employee: NDArray[np.int32]
    rater: NDArray[np.int32]
    source: NDArray[np.int8]
    points: FloatArray
    weight: FloatArray
    n_employees: int
    n_raters: int

    def __len__(self) -> int:
        return len(self.points)

    def take(self, keep: BoolArray) -> Forms:
        """The forms where ``keep`` holds; codes stay."""
        if keep.all():
            return self
        return Forms(self.employee[keep], self.rater[keep], self.source[keep],
                     self.points[keep], self.weight[keep],
                     self.n_employees, self.n_raters)  # fmt: skip

    def mean(self, value: FloatArray) -> FloatArray:
        """(I,) weighted mean of a value of the forms over each employee; NaN without a form."""
        weight = np.bincount(self.employee, self.weight, self.n_employees)
        total = np.bincount(self.employee, self.weight * value, self.n_employees)
        mean: FloatArray = np.full(self.n_employees, np.nan)
        np.divide(total, weight, out=mean, where=weight > 0)
        return mean

    def pairs(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Employee and rater of each distinct pair of them; forms stand in this order."""
        is_new = np.ones(len(self), dtype=bool)
        is_new[1:] = (np.diff(self.employee) != 0) | (np.diff(self.rater) != 0)
        return self.employee[is_new], self.rater[is_new]

    def people_with_two_raters(self) -> BoolArray:
        """(I,) Has at least two distinct raters?"""
        return np.bincount(self.pairs()[0], minlength=self.n_employees) >= 2


def sort_forms(
    employee: IntArray, rater: IntArray, source: IntArray, points: FloatArray,
    weight: FloatArray, n_employees: int, n_raters: int,
) -> Forms:  # fmt: skip
    """Check the arrays and put the forms in order, so that shuffled rows give the same bytes.

    Raises
    ------
    ValueError
        If lengths differ, a code is out of range, points leave 0 to 100 or a
        weight is not positive: a bug of the caller, never the user's fault.

    Examples
    --------
    >>> one = np.ones(2)
    >>> forms = sort_forms(np.array([1, 0]), np.array([0, 0]), np.array([1, 1]),
    ...                    np.array([70.0, 50.0]), one, 2, 1)
    >>> forms.points
    array([50., 70.])
    """
    codes = [np.asarray(a, dtype=np.int64) for a in (employee, rater, source)]
    values = [np.asarray(a, dtype=np.float64) for a in (points, weight)]
    if len({a.shape for a in (*codes, *values)}) != 1 or codes[0].ndim != 1:
        raise ValueError("the arrays of the forms differ in length")
    for name, code, size in zip(
        ("employee", "rater", "source"), codes, (n_employees, n_raters, N_SOURCES), strict=True
    ):
        if len(code) and not (code.min() >= 0 and code.max() < size):
            raise ValueError(f"a code of {name} lies outside 0 to {size - 1}")
    x, w = values
    if not ((x >= LOWEST - ROUNDING) & (x <= HIGHEST + ROUNDING)).all():
        raise ValueError("the points of a form lie outside 0 to 100")
    if not ((w > 0) & np.isfinite(w)).all():
        raise ValueError("the weight of a scored form must be positive")
    order = _find_order(codes[0] * max(n_raters, 1) + codes[1], codes[2], x, w)
    i, j = (code[order].astype(np.int32) for code in codes[:2])
    s = codes[2][order].astype(np.int8)
    return Forms(i, j, s, x[order], w[order], n_employees, n_raters)


def _find_order(pair: IntArray, source: IntArray, x: FloatArray, w: FloatArray) -> IntArray:
    """Order by pair and source; marks decide only where these are not enough."""
    key = pair * N_SOURCES + source
    order = np.argsort(key, kind="stable")
    if len(key) and (np.diff(key[order]) == 0).any():
        return np.lexsort((w, x, key))
    return order


def number_codes(code: Codes) -> tuple[IntArray, IntArray]:
    """Codes that occur, and each entry's place among them.

    Examples
    --------
    >>> number_codes(np.array([7, 2, 7]))
    (array([2, 7]), array([1, 0, 1]))
    """
    if not len(code):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    is_there = np.zeros(int(code.max()) + 1, dtype=bool)
    is_there[code] = True
    number = np.cumsum(is_there) - 1
    return np.flatnonzero(is_there), number[code]
