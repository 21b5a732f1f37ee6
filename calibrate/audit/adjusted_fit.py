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

#: Directions of the controls below this share of the largest are none.
RANK = 1e-10
#: A person whose leverage is this near 1 is met by a coefficient of its own.
ALONE = 1e-9


@dataclass(frozen=True)
class Cells:
    """People of a group and its reference, counted where all controls are equal.

    Parameters
    ----------
    controls : (C, K)
        Values of the controls; the first column is 1.
    is_group : (C,)
        Else the reference.
    n : (C,) people, at least 1
    mean : (C,)
        Mean outcome of the cell.
    spread : (C,)
        Sum of the squared differences from that mean.
    """

    controls: FloatArray
    is_group: BoolArray
    n: FloatArray
    mean: FloatArray
    spread: FloatArray

    def take(self, kept: BoolArray) -> Cells:
        """These cells alone."""
        return Cells(
            self.controls[kept], self.is_group[kept], self.n[kept], self.mean[kept],
            self.spread[kept],
        )  # fmt: skip

    def count(self) -> tuple[int, int]:
        """People of the group and of the reference."""
        return int(self.n[self.is_group].sum()), int(self.n[~self.is_group].sum())


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

    with d the group's indicator, Z the controls, :math:`h_c` the leverage of a
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

    >>> cells = Cells(np.array([[1.0, 0], [1, 0], [1, 1], [1, 1]]), np.array([1, 0, 1, 0]) > 0,
    ...               np.full(4, 5.0), np.array([3.0, 5, 6, 8]), np.ones(4))
    >>> round(fit_gap(cells).gap, 12)
    -2.0
    """
    kept, n_left_out = cells, 0
    while True:
        scores, n_directions = _span(kept)
        indicator = kept.is_group.astype(np.float64)
        residual = indicator - _project(scores, kept.n, indicator)
        information = float((kept.n * residual**2).sum())
        if not information > ALONE * min(kept.count()):
            return _without_figures("confounded", kept, n_left_out)
        leverage = (scores**2).sum(axis=1) / kept.n + residual**2 / information
        is_alone = (kept.n == 1) & (leverage > 1 - ALONE)
        if not is_alone.any():
            break
        n_left_out += int(is_alone.sum())
        kept = kept.take(~is_alone)
        if not min(kept.count()):
            return _without_figures("confounded", kept, n_left_out)
    gap = float((kept.n * residual * kept.mean).sum()) / information
    of_controls = _project(scores, kept.n, kept.mean - gap * indicator)
    squares = kept.spread + kept.n * (kept.mean - of_controls - gap * indicator) ** 2
    degrees = float(kept.n.sum()) - n_directions - 1
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


def _span(cells: Cells) -> tuple[FloatArray, int]:
    """An orthonormal basis of the weighted controls, and how many directions they have."""
    basis, strength, _ = np.linalg.svd(
        np.sqrt(cells.n)[:, None] * cells.controls, full_matrices=False
    )
    has_strength = strength > RANK * strength[0]
    return basis[:, has_strength], int(has_strength.sum())


def _project(scores: FloatArray, n: FloatArray, values: FloatArray) -> FloatArray:
    """What the controls say about values, cell by cell."""
    weight = np.sqrt(n)
    return np.asarray(scores @ (scores.T @ (weight * values)) / weight, dtype=np.float64)


def _without_figures(status: Status, cells: Cells, n_left_out: int) -> AdjustedGap:
    nothing = float("nan")
    return AdjustedGap(
        status, nothing, nothing, nothing, nothing, nothing, cells, n_left_out,
        np.full(len(cells.n), nothing),
    )  # fmt: skip
