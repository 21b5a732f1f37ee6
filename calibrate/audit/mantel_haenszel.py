"""Two groups compared within strata: Mantel-Haenszel, and whether one figure may stand for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, gammaln, ndtr, ndtri

from calibrate.audit.inference import SAME

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

#: Mantel and Fleiss: the normal test holds where the sum of the counted people could lie
#: this far from what is expected, on either side.
ENOUGH = 5.0


@dataclass(frozen=True)
class Strata:
    """Sums of an outcome in strata that hold people of both groups.

    Parameters
    ----------
    n1, n0 : (S,) people
        Of the group and of the reference.
    y1, y0 : (S,)
        Sums of the outcome; for a share the people counted.
    squares : (S,)
        Sum of the squared outcome over both; for a share the people counted.
    """

    n1: FloatArray
    n0: FloatArray
    y1: FloatArray
    y0: FloatArray
    squares: FloatArray

    @staticmethod
    def build(
        n1: FloatArray, n0: FloatArray, y1: FloatArray, y0: FloatArray,
        squares: FloatArray | None = None,
    ) -> Strata:  # fmt: skip
        """Keep the strata with both groups; without ``squares`` the outcome is 0 or 1."""
        has_both = (n1 > 0) & (n0 > 0)
        total = y1 + y0 if squares is None else squares
        return Strata(n1[has_both], n0[has_both], y1[has_both], y0[has_both], total[has_both])

    @property
    def n(self) -> FloatArray:
        """People of both groups, (S,)."""
        return self.n1 + self.n0


class Ratio(NamedTuple):
    """A ratio and its 95 % interval."""

    value: float
    low: float
    high: float


NO_RATIO = Ratio(float("nan"), float("nan"), float("nan"))


class StratifiedGap(NamedTuple):
    """The weighted gap within strata, its p-value, which test gave it, and its error."""

    gap: float
    p_value: float
    test: str
    se: float


def compare_strata(strata: Strata, *, is_share: bool) -> StratifiedGap:
    r"""Is the outcome the same for both groups within strata?

    .. math:: T = \sum_s \Bigl( y_{1s} - n_{1s} \frac{y_s}{n_s} \Bigr), \quad
              V = \sum_s \frac{n_{1s} n_{0s}}{n_s (n_s - 1)}
                  \Bigl( q_s - \frac{y_s^2}{n_s} \Bigr), \quad
              z = \frac{T}{\sqrt V}, \quad
              \mathrm{gap} = \frac{T}{\sum_s n_{1s} n_{0s} / n_s}, \quad
              \mathrm{se} = \frac{\sqrt V}{\sum_s n_{1s} n_{0s} / n_s}

    without a correction for continuity. For a share this is Mantel and
    Haenszel's test, for points its extension to means. A share is tested
    exactly, by the mid-p of the sum of hypergeometric counts, where Mantel and
    Fleiss's rule fails: where :math:`\sum y_{1s}` cannot lie at least 5 below
    and 5 above what is expected.

    Parameters
    ----------
    strata
        At least one.
    is_share
        The outcome is 0 or 1.

    Returns
    -------
    StratifiedGap
        Gap in the outcome's unit, group minus reference; ``test`` is ``normal``
        or ``exact``. All NaN, ``none``, without strata; p is NaN where nobody
        differs within a stratum. ``se`` is that of no gap.

    References
    ----------
    Mantel and Haenszel (1959), JNCI 22; Mantel and Fleiss (1980), American
    Journal of Epidemiology 112; Landis, Heyman and Koch (1978), International
    Statistical Review 46.

    Examples
    --------
    One stratum of 4 and 4, 3 against 1 counted: the lady's cups again.

    >>> cups = Strata.build(*(np.array([v]) for v in (4.0, 4.0, 3.0, 1.0)))
    >>> found = compare_strata(cups, is_share=True)
    >>> found.gap, round(found.p_value, 10), found.test
    (0.5, 0.2571428571, 'exact')
    """
    if not len(strata.n):
        return StratifiedGap(float("nan"), float("nan"), "none", float("nan"))
    n, y = strata.n, strata.y1 + strata.y0
    expected = strata.n1 * y / n
    total = float((strata.y1 - expected).sum())
    weight = float((strata.n1 * strata.n0 / n).sum())
    gap = total / weight
    spread = np.maximum(strata.squares - y**2 / n, 0.0)
    variance = float((strata.n1 * strata.n0 / (n * (n - 1)) * spread).sum())
    if not variance > 1e-12 * float(strata.squares.sum()):
        return StratifiedGap(gap, float("nan"), "none", float("nan"))
    se = variance**0.5 / weight
    if is_share:
        lowest, highest = np.maximum(0, y - strata.n0), np.minimum(strata.n1, y)
        room = min(float((expected - lowest).sum()), float((highest - expected).sum()))
        if room < ENOUGH:
            return StratifiedGap(gap, exact_midp(strata), "exact", se)
    return StratifiedGap(gap, 2 * float(ndtr(-abs(gap) / se)), "normal", se)


def exact_midp(strata: Strata) -> float:
    r"""Two-sided mid-p of the sum of the counted people, given the margins of every stratum.

    .. math:: p = \sum_{P(k) < P(t)} P(k) + \tfrac12 \sum_{P(k) = P(t)} P(k), \quad
              P = P_1 * \dots * P_S

    with :math:`P_s` the hypergeometric distribution of stratum s and * the
    convolution. With one stratum it is :func:`calibrate.audit.inference.fisher_midp`.

    References
    ----------
    Birch (1964), JRSS B 26; Lancaster (1961), JASA 56.
    """
    counted = strata.y1 + strata.y0
    first = np.maximum(0, counted - strata.n0)
    last = np.minimum(strata.n1, counted)
    probability = np.ones(1)
    for s in np.flatnonzero(last > first).tolist():
        k = np.arange(first[s], last[s] + 1)
        log_p = -(
            gammaln(k + 1)
            + gammaln(strata.n1[s] - k + 1)
            + gammaln(counted[s] - k + 1)
            + gammaln(strata.n0[s] - counted[s] + k + 1)
        )
        of_stratum = np.exp(log_p - log_p.max())
        probability = np.convolve(probability, of_stratum / of_stratum.sum())
    observed = probability[round(float((strata.y1 - first).sum()))]
    is_same = np.abs(probability - observed) <= SAME * observed
    rarer = probability[(probability < observed) & ~is_same].sum()
    return float(min(1.0, rarer + probability[is_same].sum() / 2))


def common_odds_ratio(strata: Strata) -> Ratio:
    r"""One odds ratio for all strata, with Robins, Breslow and Greenland's interval.

    .. math:: \psi = \frac{\sum R_s}{\sum S_s}, \quad
              \mathrm{var} \ln \psi = \frac{\sum P_s R_s}{2 (\sum R_s)^2}
              + \frac{\sum (P_s S_s + Q_s R_s)}{2 \sum R_s \sum S_s}
              + \frac{\sum Q_s S_s}{2 (\sum S_s)^2}

    with :math:`R = a d / n`, :math:`S = b c / n`, :math:`P = (a + d) / n` and
    :math:`Q = (b + c) / n` of the table a, b (group: counted, not) over c, d.

    Returns
    -------
    Ratio
        NaN where no stratum has both a counted person of one group and an
        uncounted one of the other, in both directions.

    References
    ----------
    Robins, Breslow and Greenland (1986), Biometrics 42.
    """
    a, b = strata.y1, strata.n1 - strata.y1
    c, d = strata.y0, strata.n0 - strata.y0
    r, s = a * d / strata.n, b * c / strata.n
    p, q = (a + d) / strata.n, (b + c) / strata.n
    sum_r, sum_s = float(r.sum()), float(s.sum())
    if not (sum_r > 0 and sum_s > 0):
        return NO_RATIO
    variance = (
        (p * r).sum() / (2 * sum_r**2)
        + (p * s + q * r).sum() / (2 * sum_r * sum_s)
        + (q * s).sum() / (2 * sum_s**2)
    )
    return _widen(sum_r / sum_s, float(variance))


def common_risk_ratio(strata: Strata) -> Ratio:
    r"""One ratio of the two rates for all strata, with Greenland and Robins's interval.

    .. math:: \theta = \frac{\sum y_{1s} n_{0s} / n_s}{\sum y_{0s} n_{1s} / n_s}, \quad
              \mathrm{var} \ln \theta = \frac{\sum (n_{1s} n_{0s} y_s - y_{1s} y_{0s} n_s) / n_s^2}
              {\sum (y_{1s} n_{0s} / n_s) \sum (y_{0s} n_{1s} / n_s)}

    References
    ----------
    Greenland and Robins (1985), Biometrics 41.

    Examples
    --------
    >>> one = Strata.build(*(np.array([v]) for v in (100.0, 100.0, 20.0, 40.0)))
    >>> common_risk_ratio(one).value
    0.5
    """
    top = float((strata.y1 * strata.n0 / strata.n).sum())
    bottom = float((strata.y0 * strata.n1 / strata.n).sum())
    if not (top > 0 and bottom > 0):
        return NO_RATIO
    counted = strata.y1 + strata.y0
    spread = (strata.n1 * strata.n0 * counted - strata.y1 * strata.y0 * strata.n) / strata.n**2
    return _widen(top / bottom, float(spread.sum()) / (top * bottom))


def _widen(value: float, variance: float) -> Ratio:
    half = float(ndtri(0.975)) * max(variance, 0.0) ** 0.5
    return Ratio(value, float(value * np.exp(-half)), float(value * np.exp(half)))


def breslow_day(strata: Strata, odds_ratio: float) -> float:
    r"""Do the strata share one odds ratio? Breslow and Day's test with Tarone's correction.

    .. math:: X^2 = \sum_s \frac{(a_s - A_s)^2}{v_s}
              - \frac{(\sum a_s - \sum A_s)^2}{\sum v_s}, \quad
              v_s^{-1} = \frac1{A_s} + \frac1{B_s} + \frac1{C_s} + \frac1{D_s}

    with A, B, C, D the table of stratum s that has its margins and the common
    odds ratio; chi-squared with one degree less than strata.

    Returns
    -------
    p, 0 to 1
        NaN with fewer than two strata in which anything can vary.

    References
    ----------
    Breslow and Day (1980), Statistical Methods in Cancer Research I; Tarone
    (1985), Biometrika 72.
    """
    counted = strata.y1 + strata.y0
    can_vary = (counted > 0) & (counted < strata.n)
    if can_vary.sum() < 2 or not odds_ratio > 0:
        return float("nan")
    n1, n0, m, a = (v[can_vary] for v in (strata.n1, strata.n0, counted, strata.y1))
    fitted = _fit_counted(n1, n0, m, odds_ratio)
    with np.errstate(divide="ignore"):
        inverse = 1 / fitted + 1 / (n1 - fitted) + 1 / (m - fitted) + 1 / (n0 - m + fitted)
    variance = 1 / inverse
    squared = ((a - fitted) ** 2 * inverse).sum()
    squared -= (a - fitted).sum() ** 2 / variance.sum()
    return float(chdtrc(len(a) - 1, max(float(squared), 0.0)))


def _fit_counted(n1: FloatArray, n0: FloatArray, m: FloatArray, odds_ratio: float) -> FloatArray:
    """Solve A (n0 - m + A) = ψ (n1 - A)(m - A) for the A that the margins allow."""
    square = 1 - odds_ratio
    linear = n0 - m + odds_ratio * (n1 + m)
    constant = -odds_ratio * n1 * m
    root = np.sqrt(np.maximum(linear**2 - 4 * square * constant, 0.0))
    # This form of the root has no difference of equal numbers, also where ψ is 1.
    return np.asarray(-2 * constant / (linear + root), dtype=np.float64)
