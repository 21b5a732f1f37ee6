"""Scores are cut into bands, and bands get probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, stdtr

from calibrate.config import MICRO, MISSING

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


def to_micro(points: FloatArray) -> IntArray:
    """Round points to whole millionths; NaN becomes ``MISSING``.

    Examples
    --------
    >>> to_micro(np.array([64.99999999999])).tolist()
    [65000000]
    """
    known = ~np.isnan(points)
    return np.where(known, np.round(np.where(known, points, 0) * MICRO), MISSING).astype(np.int64)


def cut_bands(points: FloatArray, cuts_micro: Sequence[int]) -> IntArray:
    """Band of each score, 0 the lowest, -1 where there is no score.

    A score on a cut belongs above it. Both are compared as whole millionths
    of a point, so that no sum of floats decides about a person.

    Examples
    --------
    >>> cut_bands(np.array([29.0, 30.0, np.nan]), [30_000_000]).tolist()
    [0, 1, -1]
    """
    micro = to_micro(points)
    band = np.searchsorted(np.asarray(cuts_micro, np.int64), micro, side="right")
    return np.where(micro == MISSING, -1, band).astype(np.int64)


def band_probabilities(
    mean: FloatArray, se: FloatArray, cuts_micro: Sequence[int], df: FloatArray | None = None
) -> FloatArray:
    r"""Probability of each band under the posterior of the score: normal, or Student's t.

    .. math:: P(k) = \Phi\bigl(\tfrac{c_{k+1} - \mu}{s}\bigr)
                   - \Phi\bigl(\tfrac{c_k - \mu}{s}\bigr)

    Parameters
    ----------
    mean, se : (I,) points
        Calibrated score and its standard error. Without a positive ``se`` the
        row is NaN: no probability is claimed.
    cuts_micro : (B - 1,) millionths of a point
    df : (I,) degrees of freedom
        None and infinite: normal.

    Returns
    -------
    (I, B) probabilities, each row sums to 1 or is NaN

    Examples
    --------
    >>> band_probabilities(np.array([50.0]), np.array([5.0]), [50_000_000])
    array([[0.5, 0.5]])
    """
    cuts = np.asarray(cuts_micro, np.float64) / MICRO
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (cuts[None, :] - mean[:, None]) / se[:, None]
        below = ndtr(z)
        if df is not None and np.isfinite(df).any():
            is_normal = np.isinf(df)[:, None]
            below = np.where(is_normal, below, stdtr(np.where(is_normal, 1, df[:, None]), z))
    edges = np.hstack([np.zeros((len(mean), 1)), below, np.ones((len(mean), 1))])
    shares = np.diff(edges, axis=1)
    shares[~(se > 0)] = np.nan
    return shares
