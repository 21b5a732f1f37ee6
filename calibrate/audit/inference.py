"""Tests and power: is a gap more than chance, and could it have been seen?"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, ndtri, stdtr, stdtrit

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

ALPHA = 0.05
POWER = 0.80
#: Standard errors at which a gap is found with this power, one test at ALPHA.
Z_FOUND = float(ndtri(1 - ALPHA / 2) + ndtri(POWER))
#: Two tables are equally likely if their probabilities agree to this share.
SAME = 1e-7
#: Larger supports are cut this many standard deviations beyond the observed table.
FULL_SUPPORT = 20_000
REACH = 40.0


def find_support(x1: int, n1: int, x0: int, n0: int) -> tuple[int, int]:
    """First and last count of the group that the margins allow, as far as they matter.

    Beyond 20,000 tables those further than 40 standard deviations beyond the
    observed one are left out: they add nothing that a double can hold.

    Examples
    --------
    >>> find_support(3, 4, 1, 4)
    (0, 4)
    """
    counted, people = x1 + x0, n1 + n0
    first, last = max(0, counted - n0), min(n1, counted)
    if last - first <= FULL_SUPPORT:
        return first, last
    mean = n1 * counted / people
    spread = (mean * (1 - counted / people) * n0 / max(1, people - 1)) ** 0.5
    reach = abs(x1 - mean) + REACH * max(spread, 1.0)
    return max(first, int(mean - reach)), min(last, int(mean + reach) + 1)


@lru_cache(maxsize=65_536)
def fisher_midp(x1: int, n1: int, x0: int, n0: int) -> float:
    r"""Two-sided mid-p of Fisher's test that two rates are equal.

    .. math:: p = \sum_{P(k) < P(x_1)} P(k) + \tfrac12 \sum_{P(k) = P(x_1)} P(k)

    with P the hypergeometric probability of a table with the same margins and
    probabilities taken as equal within 1e-7 of each other.

    Parameters
    ----------
    x1, n1, x0, n0 : people
        Counted and in all, in the group and in the reference.

    Returns
    -------
    p, 0 to 1
        0.5 where the margins allow a single table: it says nothing.

    References
    ----------
    Fisher (1935), The Design of Experiments; Lancaster (1961), JASA 56.

    Examples
    --------
    The lady tasting tea, 3 of 4 cups right: (1 + 1)/70 + (16 + 16)/140.

    >>> round(fisher_midp(3, 4, 1, 4), 10)
    0.2571428571
    """
    counted = x1 + x0
    first, last = find_support(x1, n1, x0, n0)
    k = np.arange(first, last + 1, dtype=np.float64)
    log_p = -(
        gammaln(k + 1)
        + gammaln(n1 - k + 1)
        + gammaln(counted - k + 1)
        + gammaln(n0 - counted + k + 1)
    )
    likelihood = np.exp(log_p - log_p.max())
    relative = np.exp(np.minimum(log_p - log_p[x1 - first], 1.0))
    same = np.abs(relative - 1) <= SAME
    rarer = likelihood[(relative < 1) & ~same].sum() + likelihood[same].sum() / 2
    return float(rarer / likelihood.sum())


def pooled_z(x1: IntArray, n1: IntArray, x0: IntArray, n0: IntArray) -> FloatArray:
    r"""Gap of two rates in standard deviations, pooled under the null.

    .. math:: z = \frac{p_1 - p_0}{\sqrt{\bar p (1 - \bar p) (1/n_1 + 1/n_0)}}, \quad
              \bar p = \frac{x_1 + x_0}{n_1 + n_0}

    Parameters
    ----------
    x1, n1, x0, n0 : (R,) people
        Counted and in all, in the group and in the reference.

    Returns
    -------
    (R,) standard deviations
        Negative: a smaller share than the reference's. NaN where nobody or
        everybody is counted, or a side is empty.

    References
    ----------
    Fleiss, Levin and Paik (2003), Statistical Methods for Rates and
    Proportions, chapter 3; "two or three standard deviations" in Castaneda v.
    Partida, 430 U.S. 482, 496 (1977), note 17.

    Examples
    --------
    >>> pooled_z(*(np.array([people]) for people in (26, 48, 206, 259))).round(2)
    array([-3.76])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (x1 + x0) / (n1 + n0)
        spread = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
        return np.where(spread > 0, (x1 / n1 - x0 / n0) / spread, np.nan)


class MeanGap(NamedTuple):
    """Welch's comparison of two means."""

    difference: float
    low: float
    high: float
    p_value: float


def welch_test(
    mean1: float, variance1: float, n1: int, mean0: float, variance0: float, n0: int
) -> MeanGap:
    r"""Difference of two means with Welch's test and its 95 % interval.

    .. math:: t = \frac{\bar x_1 - \bar x_0}{s}, \quad
              s^2 = \frac{s_1^2}{n_1} + \frac{s_0^2}{n_0}, \quad
              \nu = \frac{s^4}{\frac{(s_1^2 / n_1)^2}{n_1 - 1} + \frac{(s_0^2 / n_0)^2}{n_0 - 1}}

    Parameters
    ----------
    mean1, mean0 : points
    variance1, variance0 : points squared
        With n − 1 below.
    n1, n0 : people

    Returns
    -------
    MeanGap
        Group minus reference. Interval and p are NaN for a single person and
        where nobody differs from anybody.

    References
    ----------
    Welch (1947), Biometrika 34.

    Examples
    --------
    >>> gap = welch_test(2.0, 1.0, 3, 4.0, 1.0, 3)
    >>> round(gap.difference, 3), round(gap.p_value, 4)
    (-2.0, 0.0705)
    """
    difference = mean1 - mean0
    nothing = float("nan")
    if min(n1, n0) < 2 or not variance1 + variance0 > 0:
        return MeanGap(difference, nothing, nothing, nothing)
    part1, part0 = variance1 / n1, variance0 / n0
    s = (part1 + part0) ** 0.5
    degrees = (part1 + part0) ** 2 / (part1**2 / (n1 - 1) + part0**2 / (n0 - 1))
    half = float(stdtrit(degrees, 0.975)) * s
    p_value = 2 * float(stdtr(degrees, -abs(difference) / s))
    return MeanGap(difference, difference - half, difference + half, p_value)


def detectable_ratio(
    rate0: FloatArray,
    n1: IntArray,
    n0: IntArray,
    alpha: float = ALPHA,
    power: float = POWER,
    *,
    is_adverse: bool = False,
) -> FloatArray:
    r"""The ratio nearest to 1, on its adverse side, that a test would have found with 80 % power.

    The r that solves

    .. math:: p_0 |1 - r| = z_{1 - \alpha/2} \sqrt{\bar p (1 - \bar p) (1/n_1 + 1/n_0)}
        + z_{0.8} \sqrt{r p_0 (1 - r p_0) / n_1 + p_0 (1 - p_0) / n_0}

    with :math:`\bar p = (n_1 r p_0 + n_0 p_0) / (n_1 + n_0)`: a two-sided normal
    test, pooled under the null, not adjusted for the family.

    Parameters
    ----------
    rate0 : (R,)
        Rate of the reference.
    n1, n0 : (R,) people
        In the group and in the reference.
    is_adverse
        The measure counts what nobody wants, as ``lowest_band`` does: the
        ratio sought then lies above 1.

    Returns
    -------
    (R,) ratio
        NaN where not even a rate of zero, or of one, would have been found.

    References
    ----------
    Fleiss, Levin and Paik (2003), Statistical Methods for Rates and
    Proportions, chapter 4.

    Examples
    --------
    >>> n = np.array([300, 1_000, 10_000])
    >>> detectable_ratio(np.full(3, 0.1), n * 46 // 100, n * 54 // 100).round(2)
    array([0.22, 0.53, 0.84])
    """
    z_alpha, z_power = float(ndtri(1 - alpha / 2)), float(ndtri(power))

    def excess(r: FloatArray) -> FloatArray:
        rate1 = r * rate0
        pooled = (n1 * rate1 + n0 * rate0) / (n1 + n0)
        under_null = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
        otherwise = np.sqrt(rate1 * (1 - rate1) / n1 + rate0 * (1 - rate0) / n0)
        return np.asarray(rate0 * np.abs(1 - r) - z_alpha * under_null - z_power * otherwise)

    with np.errstate(divide="ignore", invalid="ignore"):
        missed = np.ones_like(rate0)
        found = 1 / rate0 if is_adverse else np.zeros_like(rate0)
        is_possible = excess(found) >= 0
        for _ in range(60):
            middle = (found + missed) / 2
            is_found = excess(middle) >= 0
            found = np.where(is_found, middle, found)
            missed = np.where(is_found, missed, middle)
    return np.where(is_possible & (rate0 > 0), found, np.nan)


def detectable_gap(variance1: float, n1: int, variance0: float, n0: int) -> float:
    r"""The smallest difference of two means that a test would have found with 80 % power.

    .. math:: (z_{0.975} + z_{0.8}) \sqrt{s_1^2 / n_1 + s_0^2 / n_0}

    Examples
    --------
    >>> round(detectable_gap(100.0, 50, 100.0, 50), 2)
    5.6
    """
    if min(n1, n0) < 2:
        return float("nan")
    return Z_FOUND * float((variance1 / n1 + variance0 / n0) ** 0.5)


def tighten_gap(gap: FloatArray, n_tests: int) -> FloatArray:
    r"""The smallest difference of means found at a family's threshold, from that at 0.05.

    .. math:: d_m = d \, \frac{z_{1 - 0.05/(2m)} + z_{0.8}}{z_{0.975} + z_{0.8}}

    Parameters
    ----------
    gap : (R,) points
        As :func:`detectable_gap` gives it.
    n_tests
        m, tests of the family.

    Examples
    --------
    >>> tighten_gap(np.array([5.6]), 1), tighten_gap(np.array([5.6]), 10).round(2)
    (array([5.6]), array([7.29]))
    """
    wanted = float(ndtri(1 - ALPHA / (2 * n_tests)) + ndtri(POWER))
    return np.asarray(gap * (wanted / Z_FOUND))
