"""Marks on any scale become points from 0 to 100."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from calibrate.config import MISSING

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


def normalise_relative(marks: IntArray, lowest: IntArray, highest: IntArray) -> FloatArray:
    r"""Place each mark on its own scale.

    .. math:: x = 100\,\frac{m - lo}{hi - lo}

    Parameters
    ----------
    marks : (F, K) millionths of a mark
        ``MISSING`` where a criterion was not answered.
    lowest, highest : (F, K) millionths of a mark
        Ends of the scale that the form's rubric gives the criterion.

    Returns
    -------
    (F, K) points, 0 to 100
        NaN where unanswered.

    Examples
    --------
    >>> one = np.array([[1_000_000]])
    >>> normalise_relative(4 * one, one, 5 * one)
    array([[75.]])
    """
    answered = marks != MISSING
    above = np.where(answered, marks - lowest, 0)
    span = np.where(answered, highest - lowest, 1)
    points: FloatArray = np.where(answered, 100 * above / span, np.nan)
    return points


def normalise_absolute(
    marks: IntArray, lowest: IntArray, highest: IntArray, expected: IntArray
) -> tuple[FloatArray, int]:
    r"""Measure each mark from what the level expects, so that 50 means "as expected".

    .. math:: x = \min\bigl(100, \max(0,\; 50 + 100\,\tfrac{m - e}{hi - lo})\bigr)

    Parameters
    ----------
    marks, lowest, highest, expected : (F, K) millionths of a mark

    Returns
    -------
    points : (F, K) points, NaN where unanswered
    n_kept : int
        Marks that lay outside 0 to 100 points and were kept at the end.

    Examples
    --------
    >>> one = np.array([[1_000_000]])
    >>> normalise_absolute(5 * one, one, 5 * one, 2 * one)
    (array([[100.]]), 1)
    """
    answered = marks != MISSING
    points = np.full(marks.shape, np.nan)
    distance = marks[answered] - expected[answered]
    free = 50 + 100 * distance / (highest[answered] - lowest[answered])
    points[answered] = np.clip(free, 0, 100)
    return points, int(np.count_nonzero((free < 0) | (free > 100)))
