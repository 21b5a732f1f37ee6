"""The cube drawn again: how far would a figure over all groups move, and how far by luck alone?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

REPLICATES = 2_000
#: 95 % in the middle of the replicates.
ENDS = (0.025, 0.975)
#: Without any gap, a figure lies beyond the outer one of these in 1 audit of 20.
USUAL = (0.05, 0.95)


#: Up to this many people two levels are drawn from a table of their probabilities.
LOOKED_UP = 500


class Levels(NamedTuple):
    """One group's cells.

    Parameters
    ----------
    n : (L,) people
    value : (L, M)
        Of each measure: 0 or 1, or millionths of a point. Whole numbers, so
        that no order of adding up and no number of threads changes a digit.
    """

    n: IntArray
    value: IntArray


class Interval(NamedTuple):
    low: float
    high: float


def resample_groups(
    groups: Sequence[Levels], rng: np.random.Generator, n_replicates: int = REPLICATES
) -> FloatArray:
    r"""Draw every group again from its own cells; each keeps its people.

    .. math:: (n^*_{g1}, \ldots, n^*_{gL}) \sim
              \mathrm{Multinomial}(n_g, (n_{g1}, \ldots, n_{gL}) / n_g), \qquad
              \bar y^*_g = \frac{1}{n_g} \sum_l n^*_{gl} y_{gl}

    It is the same as drawing people with replacement within each group, at the
    cost of cells instead of people.

    Returns
    -------
    (M, R, G)
        Mean of each measure: a rate, or millionths of a point.

    Examples
    --------
    >>> sure = Levels(np.array([5]), np.array([[1]]))
    >>> resample_groups([sure], np.random.default_rng(0), 2).tolist()
    [[[1.0], [1.0]]]
    """
    return _stack(_draw(levels, int(levels.n.sum()), rng, n_replicates) for levels in groups)


def resample_pooled(
    pooled: Levels, n: IntArray, rng: np.random.Generator, n_replicates: int = REPLICATES
) -> FloatArray:
    """Draw every group from the people of all: what luck does where there is no gap.

    Parameters
    ----------
    pooled
        Everybody's cells.
    n : (G,) people

    Returns
    -------
    (M, R, G)
        As for :func:`resample_groups`.
    """
    return _stack(_draw(pooled, size, rng, n_replicates) for size in n.tolist())


def divide_extremes(rates: FloatArray) -> FloatArray:
    """Smallest over largest rate along the last axis; NaN where nobody is counted.

    Examples
    --------
    >>> divide_extremes(np.array([[0.2, 0.5], [0.0, 0.0]]))
    array([0.4, nan])
    """
    largest = rates.max(axis=-1)
    safe = np.where(largest > 0, largest, 1.0)
    return np.where(largest > 0, rates.min(axis=-1) / safe, np.nan)


def subtract_extremes(figures: FloatArray) -> FloatArray:
    """Largest minus smallest figure along the last axis."""
    return np.asarray(figures.max(axis=-1) - figures.min(axis=-1))


def average_gaps(n: IntArray, reference: int) -> Callable[[FloatArray], FloatArray]:
    r"""Mean distance to the reference, each other group weighted by its people.

    .. math:: \frac{\sum_{g \ne r} n_g |y_g - y_r|}{\sum_{g \ne r} n_g}

    Parameters
    ----------
    n : (G,) people
    reference
        Position of r.

    Examples
    --------
    >>> average_gaps(np.array([10, 30, 60]), 2)(np.array([0.5, 0.1, 0.2]))
    array(0.15)
    """
    weight = np.where(np.arange(len(n)) == reference, 0, n) / (n.sum() - n[reference])

    def measure(figures: FloatArray) -> FloatArray:
        gaps = np.abs(figures - figures[..., reference, np.newaxis])
        return np.asarray((gaps * weight).sum(axis=-1))

    return measure


def bound_ratio(value: float, drawn: FloatArray, usual_low: float) -> Interval:
    """Interval of a smallest over largest rate.

    The smallest of several noisy rates is too small and the largest too large;
    the replicates repeat that and lie lower still. Where there is no gap, their
    middle 95 % never hold 1. So the upper end is the lower one reflected on
    the logarithm, the lower end the smaller of both ways, and where luck alone
    gives such a ratio the interval reaches 1.

    Parameters
    ----------
    value
        Of the data, above 0.
    drawn : (R,)
        Of the replicates.
    usual_low
        Below it lies 1 ratio of 20 without any gap.

    Examples
    --------
    >>> low, high = bound_ratio(0.5, np.linspace(0.4, 0.6, 2001), usual_low=0.9)
    >>> round(low, 3), round(high, 3)
    (0.405, 0.617)
    """
    first, last = np.nanquantile(drawn, ENDS).tolist()
    low = min(first, value * value / last)
    high = min(1.0, value * value / first) if first > 0 else 1.0
    return Interval(low, 1.0 if value >= usual_low else max(high, last))


def bound_difference(value: float, drawn: FloatArray, usual_high: float) -> Interval:
    """Interval of a largest minus smallest figure, or of a mean distance.

    As :func:`bound_ratio`, reflected without the logarithm; where luck alone
    gives such a difference the interval reaches 0.

    Examples
    --------
    >>> low, high = bound_difference(0.2, np.linspace(0.1, 0.4, 2001), usual_high=0.05)
    >>> round(low, 4), round(high, 4)
    (0.0075, 0.3925)
    """
    first, last = np.nanquantile(drawn, ENDS).tolist()
    low = 0.0 if value <= usual_high else max(0.0, min(first, 2 * value - last))
    return Interval(low, max(last, 2 * value - first))


def _stack(drawn: Iterable[FloatArray]) -> FloatArray:
    # Replicates lie side by side in memory: extremes over groups take a fifth of the time.
    return np.stack(list(drawn), axis=1).swapaxes(1, 2)


def _draw(levels: Levels, n_people: int, rng: np.random.Generator, n_replicates: int) -> FloatArray:
    share = levels.n / levels.n.sum()
    if len(share) == 2 and n_people <= LOOKED_UP and share.all():
        counted = _look_up_binomial(n_people, float(share[1]), rng, n_replicates)
        drawn = np.stack([n_people - counted, counted], axis=1)
    else:
        drawn = rng.multinomial(n_people, share, size=n_replicates)
    return np.ascontiguousarray((drawn @ levels.value).T / n_people, dtype=np.float64)


def _look_up_binomial(n: int, p: float, rng: np.random.Generator, n_replicates: int) -> IntArray:
    """Draw from the cumulative binomial of one group, at half the cost of one draw at a time."""
    k = np.arange(n + 1)
    log_probability = k * np.log(p) + (n - k) * np.log1p(-p) - gammaln(k + 1) - gammaln(n - k + 1)
    cumulative = np.cumsum(np.exp(log_probability + gammaln(n + 1)))
    drawn = np.searchsorted(cumulative, rng.random(n_replicates) * cumulative[-1], side="right")
    return np.asarray(drawn, dtype=np.int64)
