"""Scores beside the attainment of goals: who is rated higher or lower than results suggest?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit
from scipy.stats import spearmanr

from calibrate.align.group_means import (
    EQUAL,
    FloatArray,
    GroupMeans,
    IntArray,
    TextArray,
    average_alike,
    judge_side,
)

#: Fewer people give no correlation.
FEWEST_RANKED = 10
#: Fewer people give no expectation for one of them.
FEWEST_COMPARED = 20
#: Values that agree to so many decimals are tied, so that no rounding makes an order.
DIGITS = 6


@dataclass(frozen=True)
class Correlation:
    """Rank correlation with its interval; NaN where it cannot be told.

    Parameters
    ----------
    value, low, high : -1 to 1
    detectable : 0 to 1
        Smallest correlation that would be seen in 4 of 5 cases.
    """

    value: float
    low: float
    high: float
    detectable: float


#: Where nothing can be told.
UNKNOWN = Correlation(np.nan, np.nan, np.nan, np.nan)


@dataclass(frozen=True)
class Expectation:
    """What people who reached as much have, beside each person; (I,) points, NaN is empty.

    Parameters
    ----------
    expected, low, high
        Of the person, from all others; the interval is that of ``difference``.
    difference
        Score less expected; positive: rated higher.
    residual
        Score less what all people together, this one included, suggest: for means of teams.
    verdict : (I,) higher, lower, in_line, not_told; empty without score or attainment
    """

    expected: FloatArray
    difference: FloatArray
    low: FloatArray
    high: FloatArray
    residual: FloatArray
    verdict: TextArray


def correlate(first: FloatArray, second: FloatArray, level: float = 0.95) -> Correlation:
    r"""Spearman's rank correlation, its interval, and what would have been seen.

    .. math::

        \tanh\Bigl(\operatorname{artanh} r \pm z \sqrt{\tfrac{1 + r^2/2}{n - 3}}\Bigr),
        \qquad detectable = \tanh\bigl((z_{.975} + z_{.80}) / \sqrt{n - 3}\bigr)

    Parameters
    ----------
    first, second : (I,) NaN is left out
    level
        Of the interval.

    Returns
    -------
    Correlation
        Empty below 10 people, or where one of the two is the same for all.

    References
    ----------
    Spearman (1904); Bonett & Wright (2000), Psychometrika 65 (the standard error).

    Examples
    --------
    >>> correlate(np.arange(12.0), np.arange(12.0) ** 2).value
    1.0
    """
    known = np.isfinite(first) & np.isfinite(second)
    a, b = np.round(first[known], DIGITS), np.round(second[known], DIGITS)
    n = len(a)
    if n < FEWEST_RANKED or np.ptp(a) <= 0 or np.ptp(b) <= 0:
        return UNKNOWN
    value = float(np.clip(spearmanr(a, b).statistic, -1, 1))
    half = float(ndtri(0.5 + level / 2)) * np.sqrt((1 + value**2 / 2) / (n - 3))
    middle = np.arctanh(np.clip(value, -1 + 1e-12, 1 - 1e-12))
    return Correlation(
        round(value, 12), float(np.tanh(middle - half)), float(np.tanh(middle + half)),
        float(np.tanh((ndtri(0.975) + ndtri(0.80)) / np.sqrt(n - 3))),
    )  # fmt: skip


def expect_scores(score: FloatArray, attainment: FloatArray, level: float = 0.90) -> Expectation:
    r"""Hold each score against those of people who reached as much of their goals.

    .. math::

        h_i &= \tfrac1n + \frac{(a_i - \bar a)^2}{\sum (a_j - \bar a)^2}, \qquad
        d_i = \frac{e_i}{1 - h_i}, \qquad
        s_{(i)}^2 = \frac{\sum e_j^2 - e_i^2 / (1 - h_i)}{n - 3} \\
        & d_i \pm t_{n-3}\, s_{(i)} \sqrt{1 / (1 - h_i)}

    e are the residuals of one least-squares line over all; d_i is the residual of the
    line without person i, so that nobody draws the own expectation. ``higher`` or
    ``lower`` needs an interval that excludes 0 and a score and attainment on opposite
    sides of their medians: above the line alone is no contradiction.

    Parameters
    ----------
    score : (I,) points; NaN is left out
    attainment : (I,) 0 to 1.5; NaN is left out
    level
        Of the prediction interval.

    Returns
    -------
    Expectation
        All ``not_told`` below 20 people, or where score or attainment is the same for all.

    References
    ----------
    Cook & Weisberg (1982), Residuals and Influence in Regression, 2.2 (deleted residuals).

    Examples
    --------
    >>> reached = np.arange(20.0) / 20
    >>> found = expect_scores(np.where(reached == 0, 90, 40 + 20 * reached), reached)
    >>> str(found.verdict[0]), round(float(found.expected[0]), 6)
    ('higher', 40.0)
    """
    known = np.isfinite(score) & np.isfinite(attainment)
    verdict = np.full(len(score), "", dtype=object)
    verdict[known] = "not_told"
    empty = np.full(len(score), np.nan)
    y, a = score[known], attainment[known]
    n = len(y)
    if n < FEWEST_COMPARED or np.ptp(y) <= EQUAL or np.ptp(a) <= EQUAL:
        return Expectation(empty, empty, empty, empty, empty, verdict)
    away = a - a.mean()
    squares = float((away**2).sum())
    e = y - y.mean() - float((away * y).sum()) / squares * away
    h = 1 / n + away**2 / squares
    # With a leverage of 1 the line goes through this person alone: the others tell nothing.
    rest = np.where(1 - h > EQUAL, 1 - h, np.nan)
    left = np.maximum(float((e**2).sum()) - e**2 / rest, 0.0)
    half = float(stdtrit(n - 3, 0.5 + level / 2)) * np.sqrt(left / (n - 3) / rest)
    d = e / rest
    side = judge_side(d - half, d + half, "lower", "higher", "in_line")
    above, ahead = _side(y), _side(a)
    side[(side == "higher") & ~((above > 0) & (ahead < 0))] = "in_line"
    side[(side == "lower") & ~((above < 0) & (ahead > 0))] = "in_line"
    verdict[known] = side
    expected, difference, low, high, residual = (
        _fill(known, part) for part in (y - d, d, d - half, d + half, e)
    )
    return Expectation(expected, difference, low, high, residual, verdict)


def compare_results(
    expectation: Expectation, group: IntArray, n_groups: int, level: float = 0.90
) -> tuple[GroupMeans, TextArray]:
    r"""Mean residual of each team or department, and whether it lies off 0.

    .. math:: \bar e_j \pm t_{N - J}\, s_w / \sqrt{n_j}

    The line of all is held fixed; with a handful of teams the interval is somewhat long.

    Parameters
    ----------
    group : (I,) codes below ``n_groups``; -1 is left out

    Returns
    -------
    GroupMeans
        Points; positive: rated higher than results suggest. Empty for a single group.
    verdict : (G,) higher, lower, in_line or not_told

    Examples
    --------
    >>> reached = np.tile(np.arange(10.0) / 10, 2)
    >>> team = np.repeat([0, 1], 10)
    >>> noise = np.tile([-1.0, 1.0], 10)
    >>> means, verdict = compare_results(
    ...     expect_scores(50 + 10 * reached + 8 * team + noise, reached), team, 2)
    >>> verdict.tolist()
    ['lower', 'higher']
    """
    means = average_alike(expectation.residual, group, n_groups, level)
    if int((means.n > 0).sum()) < 2:
        # One team alone lies on its own line, whatever its manager does.
        empty = np.full(n_groups, np.nan)
        means = GroupMeans(means.n, empty, empty, empty)
    return means, judge_side(means.low, means.high, "lower", "higher", "in_line")


def _side(values: FloatArray) -> FloatArray:
    """1 above the median, -1 below, 0 on it."""
    away = values - np.median(values)
    side: FloatArray = np.where(np.abs(away) <= EQUAL, 0.0, np.sign(away))
    return side


def _fill(known: np.ndarray, part: FloatArray) -> FloatArray:
    whole = np.full(len(known), np.nan)
    whole[known] = part
    return whole
