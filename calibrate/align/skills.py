"""Scores by criterion against what levels ask for: people, teams and outcomes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibrate.align.group_means import (
    FloatArray,
    GroupMeans,
    IntArray,
    TextArray,
    average_groups,
    find_quantile,
    judge_side,
)


@dataclass(frozen=True)
class Skills:
    """Scores by criterion beside expectations; NaN is empty.

    Parameters
    ----------
    raw, calibrated, se, expected : (I, K) points
    df : (I,)
        Degrees of freedom of the errors; infinite where they are taken as normal.
    """

    raw: FloatArray
    calibrated: FloatArray
    se: FloatArray
    expected: FloatArray
    df: FloatArray


@dataclass(frozen=True)
class Gaps:
    """Gap of each person and criterion; all arrays are (I, K), NaN is empty.

    Parameters
    ----------
    gap, low, high
        Calibrated score less expected, points; negative is below.
    verdict
        below, about, above or not_told; empty without score or expectation.
    """

    gap: FloatArray
    low: FloatArray
    high: FloatArray
    verdict: TextArray

    @property
    def is_below(self) -> NDArray[np.bool_]:
        return np.asarray(self.verdict == "below")

    @property
    def is_told(self) -> NDArray[np.bool_]:
        return np.isfinite(self.low)


@dataclass(frozen=True)
class GroupGaps:
    """Gaps of one criterion or outcome by group; all arrays are (G,).

    Parameters
    ----------
    means
        Mean raw score less expected, points.
    score, expected
        Means behind it, points.
    n_below
        People clearly below; -1 where that can be told of nobody.
    verdict
        below, about, above or not_told.
    """

    means: GroupMeans
    score: FloatArray
    expected: FloatArray
    n_below: IntArray
    verdict: TextArray


def find_gaps(skills: Skills, level: float = 0.90) -> Gaps:
    r"""Gap of each person to what the level asks for, with its interval.

    .. math:: g_{ik} = \hat x_{ik} - e_{ik}, \qquad g_{ik} \pm z\, se_{ik}

    z is Student's where the errors have degrees of freedom.

    Examples
    --------
    >>> one = np.array([[40.0]])
    >>> found = find_gaps(Skills(one, one, one / 10, one + 10, np.array([np.inf])))
    >>> found.verdict.tolist(), found.high.round(2).tolist()
    ([['below']], [[-3.42]])
    """
    gap = skills.calibrated - skills.expected
    half = find_quantile(skills.df, level)[:, None] * skills.se
    verdict = judge_side(gap - half, gap + half, "below", "above", "about")
    verdict[np.isnan(gap)] = ""
    return Gaps(gap, gap - half, gap + half, verdict)


def average_gaps(
    skills: Skills, gaps: Gaps, k: int, group: IntArray, n_groups: int, level: float = 0.90
) -> GroupGaps:
    """Mean gap of one criterion by group, over people, from raw scores.

    Raw, because calibrated scores are drawn towards the middle: their spread, and with it
    the interval, would come out too small.

    Parameters
    ----------
    k
        Column of the criterion.
    group : (I,) codes below ``n_groups``; -1 is left out
    """
    return _average(
        skills.raw[:, k], skills.expected[:, k], gaps.is_below[:, k], gaps.is_told[:, k],
        group, n_groups, level,
    )  # fmt: skip


def average_outcome(
    skills: Skills, gaps: Gaps, weight: FloatArray, level: float = 0.90
) -> GroupGaps:
    r"""Mean gap over the criteria that serve an outcome, then over people.

    .. math:: g_i = \sum_k w_{ik} (x_{ik} - e_{ik}) / \sum_k w_{ik}, \quad k \text{ known}

    Parameters
    ----------
    weight : (I, K)
        Weight of the criterion in the person's rubric times its share for the outcome.

    Returns
    -------
    GroupGaps
        Of one group; ``n_below`` counts people clearly below on at least one of the criteria.

    Examples
    --------
    >>> score, se = np.array([[40.0, 60]]), np.full((1, 2), np.nan)
    >>> skills = Skills(score, score, se, np.full((1, 2), 50.0), np.array([np.inf]))
    >>> found = average_outcome(skills, find_gaps(skills), np.array([[0.3, 0.1]]))
    >>> found.score.tolist(), found.means.mean.tolist()
    ([45.0], [-5.0])
    """
    known = np.isfinite(skills.raw) & np.isfinite(skills.expected) & (weight > 0)
    used = np.where(known, weight, 0.0)
    total = used.sum(axis=1)
    sums = [(used * np.nan_to_num(part)).sum(axis=1) for part in (skills.raw, skills.expected)]
    score, expected = (np.full(len(total), np.nan) for _ in sums)
    for mean, part in zip((score, expected), sums, strict=True):
        np.divide(part, total, out=mean, where=total > 0)
    serves = used > 0
    return _average(
        score, expected, np.any(gaps.is_below & serves, axis=1),
        np.any(gaps.is_told & serves, axis=1),
        np.zeros(len(total), np.int64), 1, level,
    )  # fmt: skip


def _average(
    score: FloatArray,
    expected: FloatArray,
    is_below: NDArray[np.bool_],
    is_told: NDArray[np.bool_],
    group: IntArray,
    n_groups: int,
    level: float,
) -> GroupGaps:
    gap = score - expected
    means = average_groups(gap, group, n_groups, level)
    there = np.isfinite(gap)
    mean_score, mean_expected = (
        average_groups(np.where(there, part, np.nan), group, n_groups, level).mean
        for part in (score, expected)
    )
    n_told, n_below = (
        np.bincount(group[flag & there & (group >= 0)], minlength=n_groups)
        for flag in (is_told, is_below)
    )
    return GroupGaps(
        means, mean_score, mean_expected, np.where(n_told > 0, n_below, -1).astype(np.int64),
        judge_side(means.low, means.high, "below", "above", "about"),
    )  # fmt: skip
