"""How far raters agree: intraclass correlations and Krippendorff's alpha."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit
from scipy.stats import f as f_distribution

from calibrate.effects.result import FloatArray, IntArray

#: Chance that an interval misses on either side, and its normal quantile.
TAIL: Final = 0.025
Z: Final = 1.959963984540054
#: Resamples of alpha; units are put into so many groups where there are more of them.
RESAMPLES, MOST_GROUPS = 1000, 500


#: A correlation so near its lowest value is at it.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Agreement:
    """One measure with its 95 % interval; NaN is not computable.

    Parameters
    ----------
    value, low, high
        1 is full agreement, 0 what chance brings.
    n
        People with at least two forms.
    """

    value: float
    low: float
    high: float
    n: int


def intraclass(table: FloatArray) -> Mapping[str, Agreement]:
    r"""The six intraclass correlations of a full table, with their F intervals.

    .. math::

        ICC_1 = \frac{B - W}{B + (k-1) W}, \quad
        ICC_2 = \frac{B - E}{B + (k-1) E + k (J - E)/n}, \quad
        ICC_3 = \frac{B - E}{B + (k-1) E}

    Parameters
    ----------
    table : (n, k)
        One row a person, one column a rater; every cell filled, n and k at least 2.

    Returns
    -------
    measure → Agreement
        ``icc1`` (raters differ from person to person), ``icc2`` (the same raters, a
        sample of many), ``icc3`` (these raters alone), and the same of the mean of
        k raters: ``icc1k``, ``icc2k``, ``icc3k``.

    Raises
    ------
    ValueError
        If the table is smaller or a cell is empty: a bug of the caller.

    References
    ----------
    Shrout & Fleiss (1979), Psychol. Bull. 86, table 4 and p. 424 to 425.
    """
    n, k = table.shape
    if n < 2 or k < 2 or np.isnan(table).any():
        raise ValueError("an intraclass correlation needs a full table of 2 by 2 or more")
    centre = table.mean()
    people, raters = table.mean(axis=1) - centre, table.mean(axis=0) - centre
    rest = table - centre - people[:, None] - raters
    B = k * float(people @ people) / (n - 1)
    J = n * float(raters @ raters) / (k - 1)
    E = float((rest**2).sum()) / ((n - 1) * (k - 1))
    W = (J * (k - 1) + E * (n - 1) * (k - 1)) / (n * (k - 1))
    one = bound_ratio(B, W, n - 1, n * (k - 1), k)
    two = _bound_two_way(B, J, E, n, k)
    three = bound_ratio(B, E, n - 1, (n - 1) * (k - 1), k)
    found = {"icc1": one, "icc2": two, "icc3": three}
    result = {}
    for name, ends in found.items():
        result[name] = Agreement(*ends, n)
        result[f"{name}k"] = _step_up(result[name], k)
    return result


def bound_ratio(
    B: float, W: float, df_B: float, df_W: float, k: float
) -> tuple[float, float, float]:
    """(B − W) / (B + (k − 1) W) with the exact interval of B / W."""
    if not W > 0 or df_B < 1 or df_W < 1:
        value = 1.0 if B > 0 and W == 0 else float("nan")
        return value, float("nan"), float("nan")
    ratio = B / W
    low = ratio / float(f_distribution.ppf(1 - TAIL, df_B, df_W))
    high = ratio * float(f_distribution.ppf(1 - TAIL, df_W, df_B))
    value, low, high = ((F - 1) / (F + k - 1) for F in (ratio, low, high))
    return value, low, high


def _bound_two_way(B: float, J: float, E: float, n: int, k: int) -> tuple[float, float, float]:
    whole = B + (k - 1) * E + k * (J - E) / n
    value = (B - E) / whole if whole > 0 else float("nan")
    # Without differences between people or raters the approximation of the ends has no degrees.
    if not (E > 0 and B > 0 and J > 0 and whole > 0):
        return value, float("nan"), float("nan")
    F_J = J / E
    a = k * value * F_J + n * (1 + (k - 1) * value) - k * value
    df = (k - 1) * (n - 1) * a**2 / (
        (n - 1) * k**2 * value**2 * F_J**2 + (n * (1 + (k - 1) * value) - k * value) ** 2
    )  # fmt: skip
    down = float(f_distribution.ppf(1 - TAIL, n - 1, df))
    up = float(f_distribution.ppf(1 - TAIL, df, n - 1))
    low = n * (B - down * E) / (down * (k * J + (k * n - k - n) * E) + n * B)
    high = n * (up * B - E) / (k * J + (k * n - k - n) * E + n * up * B)
    return value, low, high


def _step_up(one: Agreement, k: float) -> Agreement:
    """Spearman-Brown: the same of the mean of k; NaN where that has no meaning."""
    value, low, high = (_lengthen(end, k) for end in (one.value, one.low, one.high))
    return Agreement(value, low, high, one.n)


def _lengthen(value: float, k: float) -> float:
    below = 1 + (k - 1) * value
    # At -1/(k - 1) people differ less than nothing: their mean has no reliability to speak of.
    return k * value / below if below > ROUNDING else float("nan")


def agree_once(unit: IntArray, value: FloatArray) -> Mapping[str, Agreement]:
    r"""``icc1`` and ``icc1k`` where each person has forms of raters of their own.

    .. math:: k_0 = \frac{N - \sum_i n_i^2 / N}{I - 1}

    stands for the number of forms; exact where all people have the same number.

    Parameters
    ----------
    unit : (N,) codes
        The person of each form; those with a single form are left out.
    value : (N,) points

    References
    ----------
    Donner (1986), Int. Stat. Rev. 54 (k₀ with unequal numbers).
    """
    unit, value = _keep_pairs(unit, value)
    count = np.bincount(unit).astype(np.float64)
    n_people, N = len(count), len(value)
    if n_people < 2:
        nothing = Agreement(float("nan"), float("nan"), float("nan"), n_people)
        return {"icc1": nothing, "icc1k": nothing}
    mean = np.bincount(unit, value) / count
    k = (N - float(count @ count) / N) / (n_people - 1)
    B = float(count @ (mean - value.mean()) ** 2) / (n_people - 1)
    W = float(((value - mean[unit]) ** 2).sum()) / (N - n_people)
    ends = bound_ratio(B, W, n_people - 1, N - n_people, k)
    return {
        "icc1": Agreement(*ends, n_people),
        "icc1k": _step_up(Agreement(*ends, n_people), k),
    }


def agree_crossed(
    person: float, rater: float, noise: float, n_people: int, n_raters: int, n_forms: int
) -> Mapping[str, Agreement]:
    r"""``icc2`` and ``icc3`` of a network from the variances of its fit.

    .. math::

        ICC_2 = \frac{\sigma^2_p}{\sigma^2_p + \sigma^2_b + \sigma^2_e}, \quad
        ICC_3 = \frac{\sigma^2_p}{\sigma^2_p + \sigma^2_e}

    Intervals are approximate: those of a balanced table with as many people, raters
    and forms.

    Parameters
    ----------
    person, rater, noise : points squared
        Variance of person and unit together, of raters, of one form.
    n_people, n_raters, n_forms
        Of the fit.
    """
    per_person, per_rater = n_forms / n_people, n_forms / n_raters
    df = n_forms - n_people - n_raters + 1
    nothing = Agreement(float("nan"), float("nan"), float("nan"), n_people)
    if min(df, n_people - 1, n_raters - 1) < 1 or not noise > 0 or per_person <= 1:
        return dict.fromkeys(("icc2", "icc2k", "icc3", "icc3k"), nothing)
    of_noise = 2 * noise**2 / df
    of_person = 2 * (noise + per_person * person) ** 2 / (n_people - 1)
    of_rater = 2 * (noise + per_rater * rater) ** 2 / (n_raters - 1)
    a, b = 1 / per_person, 1 / per_rater
    covariance = of_noise * np.array([[a * a, a * b, -a], [a * b, b * b, -b], [-a, -b, 1.0]])
    covariance[0, 0] += of_person * a * a
    covariance[1, 1] += of_rater * b * b
    two = _bound_share(person, np.array([rater, noise]), covariance)
    three = bound_ratio(noise + per_person * person, noise, n_people - 1, df, per_person)
    found = {"icc2": Agreement(*two, n_people), "icc3": Agreement(*three, n_people)}
    return found | {f"{name}k": _step_up(one, per_person) for name, one in found.items()}


def _bound_share(
    person: float, others: FloatArray, covariance: FloatArray
) -> tuple[float, float, float]:
    """Share of the first variance in all, and its interval on the logit."""
    rest = float(others.sum())
    value = person / (person + rest)
    if not 0 < value < 1:
        return value, float("nan"), float("nan")
    slope = np.concatenate([[1 / person], np.full(len(others), -1 / rest)])
    half = Z * float(np.sqrt(slope @ covariance @ slope))
    # From almost no variance the interval is everything, and its odds beyond any float.
    low, high = expit(np.log(person / rest) + np.array([-half, half]))
    return value, float(low), float(high)


def find_alpha(
    unit: IntArray, value: FloatArray, *, is_ordinal: bool, rng: np.random.Generator
) -> Agreement:
    r"""Krippendorff's alpha: one less the ratio of observed to expected disagreement.

    .. math::

        \alpha = 1 - \frac{N - 1}{N} \cdot
        \frac{\sum_u \frac{m_u}{m_u - 1} \sum_{c \in u} (x_{uc} - \bar x_u)^2}
             {\sum_{u,c} (x_{uc} - \bar x)^2}

    over the N values of units with two or more. The ordinal metric is the squared
    difference of mid-ranks, so that alpha is the same with ranks for x.

    Parameters
    ----------
    unit : (N,) codes
        What was judged.
    value : (N,)
        NaN is missing.
    is_ordinal
        Compare ranks, else distances.
    rng
        Resamples units; their ranks stay those of all.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.

    Examples
    --------
    >>> one = find_alpha(np.array([0, 0, 1, 1]), np.array([1.0, 1, 3, 3]), is_ordinal=False,
    ...                  rng=np.random.default_rng(1))
    >>> one.value, one.n
    (1.0, 2)
    """
    unit, x = _keep_pairs(unit, value)
    n_units = int(unit.max(initial=-1)) + 1
    if is_ordinal and len(x):
        _, level, count = np.unique(x, return_inverse=True, return_counts=True)
        x = (np.cumsum(count) - count / 2)[level]
    if n_units < 2 or np.ptp(x) == 0:
        return Agreement(float("nan"), float("nan"), float("nan"), n_units)
    x = x - x.mean()
    m = np.bincount(unit).astype(np.float64)
    total, square = np.bincount(unit, x), np.bincount(unit, x**2)
    within = (m * square - total**2) / (m - 1)
    sums = np.column_stack([m, total, square, within])
    group = rng.permutation(n_units) % min(n_units, MOST_GROUPS)
    parts = np.array([np.bincount(group, column) for column in sums.T])
    picks = rng.multinomial(parts.shape[1], np.full(parts.shape[1], 1 / parts.shape[1]), RESAMPLES)
    low, high = np.nanquantile(_alpha(parts @ picks.T), [TAIL, 1 - TAIL])
    return Agreement(float(_alpha(sums.sum(axis=0))), float(low), float(high), n_units)


def _alpha(sums: FloatArray) -> FloatArray:
    """Alpha from N, Σx, Σx² and the disagreement within units; NaN if all values are equal."""
    N, total, square, within = sums
    spread = square - total**2 / N
    some = spread > 1e-9 * np.maximum(square, 1e-300)
    return np.asarray(
        np.where(some, 1 - (N - 1) / N * within / np.where(some, spread, 1.0), np.nan)
    )


def _keep_pairs(unit: IntArray, value: FloatArray) -> tuple[IntArray, FloatArray]:
    """Values of units with two or more, units counted from 0."""
    there = ~np.isnan(value)
    unit, value = unit[there], value[there]
    _, unit = np.unique(unit, return_inverse=True)
    paired = np.bincount(unit)[unit] >= 2
    _, unit = np.unique(unit[paired], return_inverse=True)
    return unit, value[paired]
