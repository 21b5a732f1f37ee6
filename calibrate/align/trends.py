"""Criterion scores over cycles: does a skill grow?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibrate.align.group_means import FloatArray, IntArray, TextArray, find_quantile, judge_side


@dataclass(frozen=True)
class Scores:
    """Scores of people and criteria over cycles, one entry a score; all arrays are (N,).

    Parameters
    ----------
    series : codes
        Person and criterion in one number; a series has a score a cycle at most.
    cycle : codes
        Place of the cycle in time; one step is one cycle.
    raw, calibrated, se : points, NaN where not given
    """

    series: IntArray
    cycle: IntArray
    raw: FloatArray
    calibrated: FloatArray
    se: FloatArray


@dataclass(frozen=True)
class Trends:
    """Change of each series; all arrays are (S,), NaN is empty.

    Parameters
    ----------
    n_cycles
        Cycles with a score.
    first
        The first of them.
    change, low, high
        Points a cycle; no interval where an error is not known.
    verdict
        up, down, unclear or not_told.
    """

    n_cycles: IntArray
    first: IntArray
    change: FloatArray
    low: FloatArray
    high: FloatArray
    verdict: TextArray


def find_trends(scores: Scores, n_series: int, level: float = 0.90) -> Trends:
    r"""Change of each series a cycle, weighted by how sure each score is.

    .. math:: b = \frac{\sum w (t - \bar t)(x - \bar x)}{\sum w (t - \bar t)^2}, \qquad
              se_b = \Bigl(\sum w (t - \bar t)^2\Bigr)^{-1/2}, \qquad w = 1 / se^2

    Bars are weighted means. x is the calibrated score where all cycles of a series have
    it, else the raw one. Where an error is missing, or x is raw, all weights are equal
    and there is no interval. Two cycles give their difference. Errors of different
    cycles are taken as independent.

    Parameters
    ----------
    n_series
        Series codes lie below it.

    Returns
    -------
    Trends
        Empty for a series of fewer than two cycles.

    Examples
    --------
    >>> two = np.array([0, 0]), np.array([0, 1])
    >>> found = find_trends(Scores(*two, *np.array([[50.0, 60], [50, 60], [3, 4]])), 1)
    >>> found.change.tolist(), found.low.round(2).tolist(), found.verdict.tolist()
    ([10.0], [1.78], ['up'])
    """
    series, t = scores.series, scores.cycle.astype(float)
    takes_raw = _any(np.isnan(scores.calibrated), series, n_series)
    x = np.where(takes_raw[series], scores.raw, scores.calibrated)
    sure = np.isfinite(scores.se) & (scores.se > 0)
    is_plain = takes_raw | _any(~sure, series, n_series)
    w = np.where(is_plain[series], 1.0, 1 / np.where(sure, scores.se, 1.0) ** 2)
    # A series whose raw scores are missing too has no value to follow.
    w = np.where(np.isnan(x), 0.0, w)
    x = np.nan_to_num(x)
    n_cycles = np.bincount(series[w > 0], minlength=n_series).astype(np.int64)
    total = np.maximum(np.bincount(series, w, n_series), 1e-300)
    away = t - (np.bincount(series, w * t, n_series) / total)[series]
    off = x - (np.bincount(series, w * x, n_series) / total)[series]
    squares = np.bincount(series, w * away**2, n_series)
    told = n_cycles >= 2
    change, half = np.full(n_series, np.nan), np.full(n_series, np.nan)
    np.divide(np.bincount(series, w * away * off, n_series), squares, out=change, where=told)
    z = float(find_quantile(np.array([np.inf]), level)[0])
    np.divide(z, np.sqrt(squares), out=half, where=told & ~is_plain)
    first = np.full(n_series, np.iinfo(np.int64).max)
    np.minimum.at(first, series[w > 0], scores.cycle[w > 0])
    return Trends(
        n_cycles, first, change, change - half, change + half,
        judge_side(change - half, change + half, "down", "up", "unclear"),
    )  # fmt: skip


def _any(flag: NDArray[np.bool_], series: IntArray, n_series: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.bincount(series[flag], minlength=n_series) > 0
    return found
