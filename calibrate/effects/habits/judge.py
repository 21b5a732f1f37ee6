"""From a rater's figure and what the pool would show to an interval, a p-value and a flag."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibrate.effects.result import BoolArray, FloatArray, IntArray

#: A rater is flagged below this; one honest rater in twenty is.
LEVEL = 0.05
#: Raters below this share of wrong ones are left aside from the pool.
ASIDE = 0.10
#: Lowest dealt figures, at least, from which the tail is continued.
FEWEST_EXTREME = 20
#: Deals that differ by less are all the same: nothing can be told.
ROUNDING = 1e-9
#: Lowest load of each class of raters.
LOADS = (0, 4, 5, 6, 7, 8, 10, 13, 18, 30)


@dataclass(frozen=True)
class Habit:
    """One habit of every rater; all arrays are (J,), NaN where it cannot be told.

    Parameters
    ----------
    value, low, high
        The figure and its 95 % interval.
    n
        Forms, or for the self gap other people's forms, behind it.
    expected
        What the pool would show with the same load.
    p_value, q_value
        Chance of a figure so far off from a rater like the pool; the same after
        Benjamini-Hochberg over all raters of this habit.
    """

    value: FloatArray
    low: FloatArray
    high: FloatArray
    n: IntArray
    expected: FloatArray
    p_value: FloatArray
    q_value: FloatArray

    @property
    def flagged(self) -> BoolArray:
        """(J,) Does the rater stand out at :data:`LEVEL`, taken alone?"""
        return np.asarray(self.p_value < LEVEL)


def empty_habit(n: IntArray) -> Habit:
    """A habit that can be told of nobody."""
    nothing = np.full(len(n), np.nan)
    return Habit(nothing, nothing, nothing, n, nothing, nothing, nothing)


def judge(
    value: FloatArray, replicates: FloatArray, n: IntArray, *,
    is_low_only: bool = False, may_widen: bool = False,
) -> Habit:  # fmt: skip
    r"""Set each rater's figure against what the dealt pool shows with the same forms.

    .. math:: z_j = \frac{v_j - \bar v^*_j}{s^*_j}

    The tails of z are those of all dealt figures of raters of a like load, so that
    few deals give small p-values.

    Parameters
    ----------
    value : (J,)
        NaN where it cannot be told.
    replicates : (R, J)
        The same figure of each deal.
    n : (J,)
        Forms of each rater.
    is_low_only
        Test against low figures alone.
    may_widen
        Where the middle two thirds of all raters are spread wider than the deals say,
        make s* as much wider: what the deals take as known is an estimate.

    Returns
    -------
    Habit
        The interval is that of a shift: v - s* times the quantiles of z*.
    """
    known = np.flatnonzero(np.isfinite(value) & (replicates.std(axis=0) > ROUNDING))
    if not len(known):
        return empty_habit(n)
    drawn = replicates[:, known]
    centre, error = drawn.mean(axis=0), drawn.std(axis=0, ddof=1)
    scaled = (drawn - centre) / error
    z = (value[known] - centre) / error
    if may_widen:
        wider = max(1.0, _measure_middle(z) / _measure_middle(scaled))
        error, z = error * wider, z / wider
    p, low, high = np.empty(len(known)), np.empty(len(known)), np.empty(len(known))
    load = np.searchsorted(LOADS, n[known], side="right")
    for one in np.unique(load):
        mine = load == one
        pool = np.sort(scaled[:, mine], axis=None)
        below = find_tail(pool, z[mine])
        above = find_tail(-pool[::-1], -z[mine])
        p[mine] = below if is_low_only else np.minimum(2 * np.minimum(below, above), 1.0)
        bottom, top = np.quantile(pool, [0.025, 0.975])
        low[mine] = value[known][mine] - top * error[mine]
        high[mine] = value[known][mine] - bottom * error[mine]
    parts = (value[known], low, high, centre, p, adjust_p(p))
    value, low, high, expected, p_value, q_value = (
        spread_out(len(n), known, part) for part in parts
    )
    return Habit(value, low, high, n, expected, p_value, q_value)


def find_tail(pool: FloatArray, z: FloatArray) -> FloatArray:
    r"""Share of the pool at or below each z; beyond its last figures an exponential tail.

    .. math:: P(Z \le z) = \frac{k}{n}\, e^{-(t - z) / m}, \quad z < t

    with t the k-th lowest figure and m the mean distance of those below it.

    Parameters
    ----------
    pool : (n,)
        In order, at least 40.
    z : (m,)

    References
    ----------
    Davison & Smith (1990), J. R. Stat. Soc. B 52 (exceedances over a threshold).

    Examples
    --------
    >>> pool = np.linspace(0, 1, 1001)
    >>> find_tail(pool, np.array([0.5, -10])).round(3)
    array([0.5, 0. ])
    """
    n = len(pool)
    k = max(FEWEST_EXTREME, n // 200)
    share = np.searchsorted(pool, z, side="right") / n
    edge = pool[k - 1]
    reach = float((edge - pool[: k - 1]).mean())
    if reach > 0:
        share = np.where(z < edge, k / n * np.exp(np.minimum(z - edge, 0) / reach), share)
    else:
        share = np.maximum(share, 1 / (n + 1))
    return np.asarray(share)


def _measure_middle(z: FloatArray) -> float:
    low, high = np.quantile(z, [1 / 6, 5 / 6])
    return float(high - low)


def adjust_p(p_value: FloatArray) -> FloatArray:
    """Benjamini-Hochberg over the figures that are there.

    Examples
    --------
    >>> adjust_p(np.array([0.01, 0.04, np.nan, 0.03])).round(2)
    array([0.03, 0.04,  nan, 0.04])
    """
    known = np.flatnonzero(np.isfinite(p_value))
    order = known[np.argsort(p_value[known], kind="stable")]
    scaled = p_value[order] * len(order) / np.arange(1, len(order) + 1)
    lowest = np.minimum.accumulate(scaled[::-1])[::-1]
    return spread_out(len(p_value), order, np.minimum(lowest, 1.0))


def spread_out(n: int, at: IntArray, part: FloatArray) -> FloatArray:
    """(n,) ``part`` at the places ``at``, NaN elsewhere."""
    whole: FloatArray = np.full(n, np.nan)
    whole[at] = part
    return whole
