"""How much of a plain gap goes with the controls, and how much does not."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from calibrate.audit.adjusted_fit import AdjustedGap, Cells, Span

FloatArray = npt.NDArray[np.float64]

#: A direction of the group that the reference lacks, as a share of its length.
OUTSIDE = 1e-8


class TwoParts(NamedTuple):
    """The plain gap as a sum."""

    explained: float
    unexplained: float


def split_gap(adjusted: AdjustedGap) -> TwoParts:
    r"""Split a plain gap by the coefficients of both groups together (Oaxaca and Blinder).

    .. math:: \bar y_1 - \bar y_0 = (\bar z_1 - \bar z_0)^\top \hat\gamma + \mathrm{gap}

    where :math:`\hat\gamma` is fitted to both groups with the group's own
    indicator beside it, so that the indicator does not leak into the controls.
    The unexplained part is the adjusted gap. Everybody who entered the fit is
    in the plain gap.

    Returns
    -------
    TwoParts
        NaN where the gap could not be told.

    References
    ----------
    Oaxaca (1973), International Economic Review 14; Blinder (1973), Journal of
    Human Resources 8; Jann (2008), The Stata Journal 8 (the pooled form).

    Examples
    --------
    >>> from calibrate.audit.adjusted_fit import fit_gap
    >>> cells = Cells(np.array([0, 0, 1, 1]), np.zeros((4, 0)), np.array([1, 0, 1, 0]) > 0,
    ...               np.array([30.0, 10, 10, 30]), np.array([3.0, 5, 7, 9]), np.ones(4))
    >>> [round(part, 9) for part in split_gap(fit_gap(cells))]
    [-2.0, -2.0]
    """
    if not np.isfinite(adjusted.gap):
        return TwoParts(float("nan"), float("nan"))
    return TwoParts(_contrast(adjusted.cells, adjusted.of_controls), adjusted.gap)


def explain_by_reference(cells: Cells) -> float:
    r"""The explained part with coefficients of the reference alone.

    .. math:: (\bar z_1 - \bar z_0)^\top \hat\gamma_0

    Returns
    -------
    float
        NaN where the group is in values of a control in which nobody of the
        reference is: the reference says nothing about them.

    Examples
    --------
    >>> cells = Cells(np.array([0, 0, 1]), np.zeros((3, 0)), np.array([1, 0, 1]) > 0,
    ...               np.ones(3), np.ones(3), np.zeros(3))
    >>> explain_by_reference(cells)
    nan
    """
    reference = cells.take(~cells.is_group)
    kinds = np.unique(reference.value)
    place = np.searchsorted(kinds, cells.value).clip(max=len(kinds) - 1)
    if (kinds[place] != cells.value).any():
        return float("nan")
    span = Span.build(reference)

    def mean_by_value(column: FloatArray) -> FloatArray:
        sums = np.bincount(span.value, weights=span.n * column, minlength=len(kinds))
        return np.asarray((sums / span.people)[place], dtype=np.float64)

    columns = [
        column - mean_by_value(of_reference)
        for column, of_reference in zip(cells.controls.T, reference.controls.T, strict=True)
    ]
    centred = np.column_stack(columns or [np.zeros((len(place), 0))])
    outside = centred - centred @ span.directions.T @ span.directions
    if np.abs(outside).max(initial=0.0) > OUTSIDE * np.abs(centred).max(initial=1.0):
        return float("nan")
    predicted = mean_by_value(reference.mean) + centred @ span.find_coefficients(reference.mean)
    return _contrast(cells, predicted)


def _contrast(cells: Cells, values: FloatArray) -> float:
    """Mean over the group's people less mean over the reference's."""
    n1, n0 = cells.count()
    weighted = cells.n * values
    of_group = float(weighted[cells.is_group].sum()) / n1
    return of_group - float(weighted[~cells.is_group].sum()) / n0
