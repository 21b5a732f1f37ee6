"""A gap of two groups with controls held constant: least squares on counted cells, HC3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Status = Literal["told", "confounded", "too_few", "flat"]

#: A direction of the controls that is weaker than this, per root of the people, is none.
RANK = 1e-10
#: A person whose leverage is this near 1 is met by a coefficient of its own.
ALONE = 1e-9


@dataclass(frozen=True)
class Cells:
    """People of a group and its reference, counted where all controls are equal.

    Parameters
    ----------
    value : (C,) codes
        Value of the control with the most values; 0 where there is none. Each has
        an intercept of its own, which is taken out by means and never written down.
    controls : (C, K)
        Columns of the other controls, without a constant.
    is_group : (C,)
        Else the reference.
    n : (C,) people, at least 1
    mean : (C,)
        Mean outcome of the cell.
    spread : (C,)
        Sum of the squared differences from that mean.
    """

    value: IntArray
    controls: FloatArray
    is_group: BoolArray
    n: FloatArray
    mean: FloatArray
    spread: FloatArray

    def take(self, kept: BoolArray) -> Cells:
        """These cells alone."""
        return Cells(
            self.value[kept], self.controls[kept], self.is_group[kept], self.n[kept],
            self.mean[kept], self.spread[kept],
        )  # fmt: skip

    def count(self) -> tuple[int, int]:
        """People of the group and of the reference."""
        return int(self.n[self.is_group].sum()), int(self.n[~self.is_group].sum())


@dataclass(frozen=True)
class Span:
    """The space of the weighted controls.

    Parameters
    ----------
    value, n : (C,)
        As in :class:`Cells`.
    people : (V,)
        Of each value.
    basis : (C, R)
        Orthonormal, of the other controls less their means by value.
    directions : (R, K)
        What each column of the basis is in terms of those controls.
    strength : (R,)
    """

    value: IntArray
    n: FloatArray
    people: FloatArray
    basis: FloatArray
    directions: FloatArray
    strength: FloatArray

    @staticmethod
    def build(cells: Cells) -> Span:
        """Take out the means by value, then what the other controls have in common."""
        value = np.unique(cells.value, return_inverse=True)[1].astype(np.int64)
        people = np.bincount(value, weights=cells.n).astype(np.float64)
        centred = np.column_stack(
            [column - _mean_by(value, people, cells.n, column) for column in cells.controls.T]
            or [np.zeros((len(value), 0))]
        )
        basis, strength, directions = np.linalg.svd(
            np.sqrt(cells.n)[:, None] * centred, full_matrices=False
        )
        kept = strength > RANK * cells.n.sum() ** 0.5
        return Span(value, cells.n, people, basis[:, kept], directions[kept], strength[kept])

    @property
    def n_directions(self) -> int:
        return len(self.people) + len(self.strength)

    @property
    def leverage(self) -> FloatArray:
        """Of a person of each cell, by the controls alone."""
        others = (self.basis**2).sum(axis=1) / self.n
        return np.asarray(1 / self.people[self.value] + others, dtype=np.float64)

    def find_coefficients(self, outcome: FloatArray) -> FloatArray:
        """Of the (K,) other controls."""
        scores = self.basis.T @ (np.sqrt(self.n) * self._centre(outcome))
        return np.asarray(self.directions.T @ (scores / self.strength), dtype=np.float64)

    def project(self, outcome: FloatArray) -> FloatArray:
        """What the controls say about an outcome, cell by cell."""
        centred, weight = self._centre(outcome), np.sqrt(self.n)
        others = self.basis @ (self.basis.T @ (weight * centred)) / weight
        return np.asarray(outcome - centred + others, dtype=np.float64)

    def _centre(self, outcome: FloatArray) -> FloatArray:
        return outcome - _mean_by(self.value, self.people, self.n, outcome)


def _mean_by(value: IntArray, people: FloatArray, n: FloatArray, column: FloatArray) -> FloatArray:
    sums = np.bincount(value, weights=n * column, minlength=len(people))
    return np.asarray((sums / people)[value], dtype=np.float64)


@dataclass(frozen=True)
class AdjustedGap:
    """The gap at equal controls.

    Parameters
    ----------
    status
        ``told``; ``confounded`` where the controls determine the group,
        ``too_few`` where no degree of freedom is left, ``flat`` where nobody
        differs. Figures other than the gap are NaN unless told.
    gap, se, low, high, p_value
        Group minus reference, 95 %.
    cells : Cells
        Those that entered the fit.
    n_left_out : people
        Alone in a value of a control.
    of_controls : (C,)
        What the controls alone say about each of the cells.
    """

    status: Status
    gap: float
    se: float
    low: float
    high: float
    p_value: float
    cells: Cells
    n_left_out: int
    of_controls: FloatArray


def fit_gap(cells: Cells) -> AdjustedGap:
    r"""Regress the outcome on group and controls, each cell weighing its people.

    .. math:: \tilde d = d - Z (Z^\top N Z)^{-} Z^\top N d, \quad
              \mathrm{gap} = \frac{\sum_c n_c \tilde d_c \bar y_c}{\sum_c n_c \tilde d_c^2}, \quad
              \mathrm{se}^2 = \frac{\sum_c \tilde d_c^2 E_c / (1 - h_c)^2}
                                   {(\sum_c n_c \tilde d_c^2)^2}

    with d the group's indicator, Z the controls with their constant, :math:`h_c` the leverage of a
    person of cell c and :math:`E_c = s_c + n_c (\bar y_c - \hat y_c)^2` the
    squared residuals of its people. People are alike within a cell, so this is
    the regression over people, with HC3 errors, to the last digits.

    A person with leverage 1 is met exactly by a coefficient that nobody else
    has part in: HC3 is 0/0 there, and the other coefficients do not depend on
    that person, who is left out and counted.

    Parameters
    ----------
    cells
        With people of both groups.

    Returns
    -------
    AdjustedGap
        Student's t with n − rank degrees of freedom.

    References
    ----------
    Frisch and Waugh (1933), Econometrica 1; MacKinnon and White (1985), Journal
    of Econometrics 29; Long and Ervin (2000), The American Statistician 54.

    Examples
    --------
    Two levels, the group 2 below the reference in each:

    >>> cells = Cells(np.array([0, 0, 1, 1]), np.zeros((4, 0)), np.array([1, 0, 1, 0]) > 0,
    ...               np.full(4, 5.0), np.array([3.0, 5, 6, 8]), np.ones(4))
    >>> round(fit_gap(cells).gap, 12)
    -2.0
    """
    kept, n_left_out = cells, 0
    while True:
        span = Span.build(kept)
        indicator = kept.is_group.astype(np.float64)
        residual = indicator - span.project(indicator)
        information = float((kept.n * residual**2).sum())
        if not information > ALONE * min(kept.count()):
            return _without_figures("confounded", kept, n_left_out)
        leverage = span.leverage + residual**2 / information
        is_alone = (kept.n == 1) & (leverage > 1 - ALONE)
        if not is_alone.any():
            break
        n_left_out += int(is_alone.sum())
        kept = kept.take(~is_alone)
        if not min(kept.count()):
            return _without_figures("confounded", kept, n_left_out)
    gap = float((kept.n * residual * kept.mean).sum()) / information
    of_controls = span.project(kept.mean - gap * indicator)
    squares = kept.spread + kept.n * (kept.mean - of_controls - gap * indicator) ** 2
    degrees = float(kept.n.sum()) - span.n_directions - 1
    if degrees < 1:
        return _without_figures("too_few", kept, n_left_out)
    se = float((residual**2 * squares / (1 - leverage) ** 2).sum()) ** 0.5 / information
    if not se > 1e-12 * float(np.abs(kept.mean).max()):
        return _without_figures("flat", kept, n_left_out)
    half = float(stdtrit(degrees, 0.975)) * se
    p_value = 2 * float(stdtr(degrees, -abs(gap) / se))
    return AdjustedGap(
        "told", gap, se, gap - half, gap + half, p_value, kept, n_left_out, of_controls
    )


def _without_figures(status: Status, cells: Cells, n_left_out: int) -> AdjustedGap:
    nothing = float("nan")
    return AdjustedGap(
        status, nothing, nothing, nothing, nothing, nothing, cells, n_left_out,
        np.full(len(cells.n), nothing),
    )  # fmt: skip
