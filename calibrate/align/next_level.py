"""How marks stand to the next level: a reason to talk about it, no decision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibrate.align.group_means import FloatArray, IntArray, TextArray


@dataclass(frozen=True)
class Readiness:
    """How each person stands to the bar of the next level; all arrays are (I,).

    Parameters
    ----------
    n_told, n_at, n_unclear, n_below
        Criteria that can be told; of these with the whole interval at or above the bar,
        with the bar inside, and wholly below.
    holding_back
        Criterion furthest below the bar; -1 where no score lies below it.
    verdict
        talk, growing, not_yet or not_told.
    """

    n_told: IntArray
    n_at: IntArray
    n_unclear: IntArray
    n_below: IntArray
    holding_back: IntArray
    verdict: TextArray


def hold_to_bar(
    score: FloatArray, half: FloatArray, bar: FloatArray, n_criteria: IntArray
) -> Readiness:
    """Hold scores against the bar of the next level.

    ``talk``: no criterion below and at least half at the bar. ``not_yet``: at least half
    below. ``growing``: all else. ``not_told``: fewer than half of the criteria can be told.

    Parameters
    ----------
    score : (I, K) points
    half : (I, K) points
        Half the width of its interval; NaN where the error is not known.
    bar : (I, K) points; NaN where the next level has none
    n_criteria : (I,)
        Criteria of the person's rubric.

    Examples
    --------
    >>> found = hold_to_bar(np.array([[80.0, 74], [60, 40]]), np.full((2, 2), 5.0),
    ...                     np.full((2, 2), 75.0), np.array([2, 2]))
    >>> found.verdict.tolist(), found.n_unclear.tolist(), found.holding_back.tolist()
    (['talk', 'not_yet'], [1, 0], [1, 1])
    """
    away = score - bar
    told = np.isfinite(away) & np.isfinite(half)
    at, below = told & (away - half >= 0), told & (away + half < 0)
    n_told, n_at, n_below = (flag.sum(axis=1).astype(np.int64) for flag in (told, at, below))
    lowest = np.where(told, away, np.inf)
    holding_back = np.where(lowest.min(axis=1) < 0, lowest.argmin(axis=1), -1)
    verdict = np.full(len(score), "growing", dtype=object)
    verdict[2 * n_below >= n_told] = "not_yet"
    verdict[(n_below == 0) & (2 * n_at >= n_told)] = "talk"
    verdict[(n_told == 0) | (2 * n_told < n_criteria)] = "not_told"
    return Readiness(
        n_told, n_at, n_told - n_at - n_below, n_below, holding_back.astype(np.int64), verdict
    )


def find_bars(
    expected_mark: FloatArray, next_mark: FloatArray, span: FloatArray, step: FloatArray,
    *, is_absolute: bool,
) -> FloatArray:  # fmt: skip
    r"""Bar of the next level, in the points of the person's own scores.

    .. math::

        \text{absolute:}\quad 50 + 100\,\frac{e_{next} - e}{hi - lo} \qquad\qquad
        \text{relative:}\quad 100\,\frac{e - lo + step}{hi - lo}

    Absolute points are distances to the own level, so the bar is that of the next level
    seen from there. A relative mark speaks of the own level alone: the bar is one step
    above its expectation. A bar never lies above 100 points.

    Parameters
    ----------
    expected_mark, next_mark : marks above the lowest of the scale; NaN without
    span, step : marks

    Examples
    --------
    >>> ask = np.array([2.0]), np.array([3.0]), np.array([4.0]), np.array([1.0])
    >>> find_bars(*ask, is_absolute=True), find_bars(*ask, is_absolute=False)
    (array([75.]), array([75.]))
    """
    free = (
        50 + 100 * (next_mark - expected_mark) / span
        if is_absolute
        else 100 * (expected_mark + step) / span
    )
    bar: FloatArray = np.minimum(free, 100.0)
    return bar
