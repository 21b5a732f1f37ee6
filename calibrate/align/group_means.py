"""Means of people by team, department or company, with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
TextArray = NDArray[np.object_]

#: Fewer people give a mean, and no interval.
FEWEST = 3
#: Points count as equal if they agree to a millionth.
EQUAL = 1e-6


@dataclass(frozen=True)
class GroupMeans:
    """Mean of each group; all arrays are (G,), NaN where it cannot be told.

    Parameters
    ----------
    n
        Values behind the mean.
    mean, low, high
        In the unit of the values.
    """

    n: IntArray
    mean: FloatArray
    low: FloatArray
    high: FloatArray


def average_groups(
    values: FloatArray, group: IntArray, n_groups: int, level: float = 0.90
) -> GroupMeans:
    r"""Average values by group, with Student's interval from the group's own spread.

    .. math:: \bar x_g \pm t_{n_g - 1}\, s_g / \sqrt{n_g}

    Parameters
    ----------
    values : (N,) any unit; NaN is left out
    group : (N,) codes below ``n_groups``; -1 is left out
    level
        Of the interval, between 0 and 1.

    Returns
    -------
    GroupMeans
        No interval below 3 values, nor where all of a group agree: marks come in steps,
        and three equal ones say nothing of how far the next would lie off.

    Examples
    --------
    >>> means = average_groups(np.array([1.0, 2, 3, 9]), np.array([0, 0, 0, 1]), 2)
    >>> means.mean.tolist(), means.low.round(2).tolist()
    ([2.0, 9.0], [0.31, nan])
    """
    n, mean, squares = _sum_groups(values, group, n_groups)
    told = (n >= FEWEST) & (squares > EQUAL**2)
    free = np.maximum(n - 1, 1)
    half = stdtrit(free, 0.5 + level / 2) * np.sqrt(squares / free / np.maximum(n, 1))
    half = np.where(told, half, np.nan)
    return GroupMeans(n, mean, mean - half, mean + half)


def average_alike(
    values: FloatArray, group: IntArray, n_groups: int, level: float = 0.90
) -> GroupMeans:
    r"""Average values by group, with an interval from the spread within all groups.

    .. math:: \bar x_g \pm t_{N - G}\, s_w / \sqrt{n_g}, \qquad
              s_w^2 = \sum_g \sum_{i \in g} (x_i - \bar x_g)^2 / (N - G)

    For small groups whose values are tied: a spread of the own would often be 0 there.

    Parameters
    ----------
    values : (N,) any unit; NaN is left out
    group : (N,) codes below ``n_groups``; -1 is left out

    Returns
    -------
    GroupMeans
        No interval for groups below 3 values, nor where N - G is below 3.

    Examples
    --------
    >>> means = average_alike(np.array([1.0, 2, 3, 7, 7, 7]), np.array([0, 0, 0, 1, 1, 1]), 2)
    >>> (means.high - means.mean).round(3).tolist()
    [0.87, 0.87]
    """
    n, mean, squares = _sum_groups(values, group, n_groups)
    free = int(n.sum()) - int((n > 0).sum())
    within = float(squares.sum())
    if free < FEWEST or within <= EQUAL**2:
        empty = np.full(n_groups, np.nan)
        return GroupMeans(n, mean, empty, empty.copy())
    half = float(stdtrit(free, 0.5 + level / 2)) * np.sqrt(within / free / np.maximum(n, 1))
    half = np.where(n >= FEWEST, half, np.nan)
    return GroupMeans(n, mean, mean - half, mean + half)


def find_quantile(df: FloatArray, level: float) -> FloatArray:
    """Half the width of an interval in standard errors; infinite df is the normal one.

    Examples
    --------
    >>> find_quantile(np.array([3.0, np.inf]), 0.9).round(3).tolist()
    [2.353, 1.645]
    """
    is_normal = ~np.isfinite(df)
    t = stdtrit(np.where(is_normal, 1.0, df), 0.5 + level / 2)
    quantile: FloatArray = np.where(is_normal, float(ndtri(0.5 + level / 2)), t)
    return quantile


def judge_side(
    low: NDArray[Any], high: NDArray[Any], below: str, above: str, between: str
) -> TextArray:
    """Say on which side of 0 an interval lies; ``not_told`` where there is none.

    Examples
    --------
    >>> low, high = np.array([1.0, -1, -3, np.nan]), np.array([2.0, 1, -1, np.nan])
    >>> judge_side(low, high, "below", "above", "about").tolist()
    ['above', 'about', 'below', 'not_told']
    """
    verdict = np.full(np.shape(low), between, dtype=object)
    verdict[np.asarray(high < 0)] = below
    verdict[np.asarray(low > 0)] = above
    verdict[np.isnan(low) | np.isnan(high)] = "not_told"
    return verdict


def _sum_groups(
    values: FloatArray, group: IntArray, n_groups: int
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Number, mean and sum of squares about it of each group."""
    known = np.isfinite(values) & (group >= 0)
    x, codes = values[known], group[known]
    n = np.bincount(codes, minlength=n_groups).astype(np.int64)
    mean = np.full(n_groups, np.nan)
    np.divide(np.bincount(codes, x, n_groups), n, out=mean, where=n > 0)
    squares: FloatArray = np.bincount(codes, (x - mean[codes]) ** 2, n_groups).astype(np.float64)
    return n, mean, squares
