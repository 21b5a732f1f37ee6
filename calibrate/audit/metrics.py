"""One function per formula; point values come from fairlearn's MetricFrame.

fairlearn loads scikit-learn, so it is imported where a figure is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammaln, ndtri

from calibrate.config import MICRO

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Measure = Callable[..., float]


def measure_groups(
    group: IntArray,
    value: IntArray,
    n: IntArray,
    n_groups: int,
    measures: Mapping[str, Measure],
) -> dict[str, FloatArray]:
    r"""Shares and means of each group, by fairlearn on cells that stand for ``n`` people.

    .. math:: p_g = x_g / n_g, \qquad \bar x_g = \frac{1}{n_g} \sum_{i \in g} x_i

    Parameters
    ----------
    group : (C,)
        Position of the group.
    value : (C,)
        Band, or millionths of a point: whole numbers, so that sums are exact
        in any order.
    n : (C,) people
        Cells without people are left out.
    measures
        Name to :func:`share_of` what is counted, or :func:`mean_of`.

    Returns
    -------
    name to (G,), NaN for a group without people

    Examples
    --------
    >>> top = measure_groups(np.array([0, 0, 1]), np.array([2, 0, 2]), np.array([1, 3, 5]), 3,
    ...                      {"top": share_of({2})})
    >>> top["top"]
    array([0.25, 1.  ,  nan])
    """
    from fairlearn.metrics import MetricFrame

    # fairlearn sees no empty cell, no missing group and no text of the file; it takes
    # an array of one for no array at all, hence the Series.
    inside = n > 0
    found = {name: np.full(n_groups, np.nan) for name in measures}
    if not inside.any():
        return found
    weights = {"sample_weight": n[inside].astype(np.float64)}
    frame = MetricFrame(
        metrics=dict(measures),
        y_true=np.zeros(int(inside.sum())),
        y_pred=value[inside],
        sensitive_features=pd.Series(group[inside], name="group"),
        sample_params=dict.fromkeys(measures, weights),
    )
    by_group = frame.by_group
    present = by_group.index.to_numpy(np.int64)
    for name in measures:
        found[name][present] = by_group[name].to_numpy(np.float64)
    return found


def share_of(counted: Collection[int]) -> Measure:
    """Selection rate: the share of people whose value is one of those counted."""
    from fairlearn.metrics import selection_rate

    wanted = np.array(sorted(counted))

    def measure(y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
        return float(selection_rate(y_true, np.isin(y_pred, wanted), sample_weight=sample_weight))

    return measure


def share_above(twice_median: int) -> Measure:
    """Scoring rate: the share of people strictly above a median, given as twice its value."""
    from fairlearn.metrics import selection_rate

    def measure(y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
        is_above = 2 * y_pred > twice_median
        return float(selection_rate(y_true, is_above, sample_weight=sample_weight))

    return measure


def mean_of_points(y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
    """Mean of millionths of a point, in points."""
    from fairlearn.metrics import mean_prediction

    return float(mean_prediction(y_true, y_pred, sample_weight=sample_weight)) / MICRO


def measure_variances(
    group: IntArray, points: FloatArray, n: IntArray, means: FloatArray
) -> FloatArray:
    r"""Variance of the points of each group.

    .. math:: s_g^2 = \frac{1}{n_g - 1} \sum_{i \in g} (x_i - \bar x_g)^2

    Parameters
    ----------
    group, n : (C,)
        As for :func:`measure_groups`.
    points : (C,) points
    means : (G,) points

    Returns
    -------
    (G,) points squared, NaN for fewer than two people

    Examples
    --------
    >>> measure_variances(np.zeros(2, int), np.array([1.0, 3.0]), np.ones(2, int), np.array([2.0]))
    array([2.])
    """
    size = np.bincount(group, weights=n, minlength=len(means))
    squares = np.bincount(group, weights=n * (points - means[group]) ** 2, minlength=len(means))
    return np.where(size > 1, squares / np.maximum(size - 1, 1), np.nan)


def compute_ratio(rate: float, rate0: float) -> float:
    """Rate of the group over the rate of the reference; NaN where the latter is 0.

    Examples
    --------
    >>> compute_ratio(0.25, 0.5)
    0.5
    """
    return rate / rate0 if rate0 > 0 else float("nan")


def compute_shortfall(n: IntArray, rate0: float, x: IntArray) -> FloatArray:
    """People the group is short of the reference's rate: n × rate0 − x; negative is a surplus.

    Examples
    --------
    >>> compute_shortfall(np.array([20]), 0.5, np.array([6]))
    array([4.])
    """
    return np.asarray(n * rate0 - x, dtype=np.float64)


def compute_impact_ratios(
    rates: FloatArray, n: IntArray, is_known: BoolArray, *, min_cell: int, min_share: Fraction
) -> FloatArray:
    r"""Rate over the highest rate among the groups that the rule pack admits.

    .. math:: I_g = p_g / \max_{h \in A} p_h

    A group is admitted if its attribute is known, it has at least ``min_cell``
    people, and at least ``min_share`` of the people whose attribute is known.

    Parameters
    ----------
    rates, n, is_known : (G,)

    Returns
    -------
    (G,) 0 to 1
        NaN for groups that are not admitted, and where the highest rate is 0.

    References
    ----------
    New York City, 6 RCNY 5-301 and 5-302 (2023).

    Examples
    --------
    >>> compute_impact_ratios(np.array([0.2, 0.5, 0.9]), np.array([50, 49, 1]),
    ...                       np.array([True, True, True]), min_cell=1, min_share=Fraction(2, 100))
    array([0.4, 1. , nan])
    """
    known = n[is_known].sum()
    is_large = n * min_share.denominator >= known * min_share.numerator
    is_admitted = is_known & (n >= min_cell) & (n > 0) & is_large
    highest = rates[is_admitted].max(initial=0.0)
    if not highest > 0:
        return np.full(len(rates), np.nan)
    return np.where(is_admitted, rates / highest, np.nan)


class StandardGap(NamedTuple):
    """Hedges' g and its 95 % interval."""

    g: float
    low: float
    high: float


def compute_hedges_g(
    difference: float, variance1: float, n1: int, variance0: float, n0: int
) -> StandardGap:
    r"""Gap of two means in pooled standard deviations, corrected for small samples.

    .. math:: g = J(\nu) \frac{\bar x_1 - \bar x_0}{s_p}, \quad
              J(\nu) = \frac{\Gamma(\nu/2)}{\sqrt{\nu/2}\;\Gamma((\nu - 1)/2)}, \quad
              \nu = n_1 + n_0 - 2, \quad
              \mathrm{se}^2 = \frac{n_1 + n_0}{n_1 n_0} + \frac{g^2}{2 (n_1 + n_0)}

    Parameters
    ----------
    difference : points
    variance1, variance0 : points squared
    n1, n0 : people

    Returns
    -------
    StandardGap
        NaN where a side has a single person or nobody differs.

    References
    ----------
    Hedges (1981), Journal of Educational Statistics 6; Hedges and Olkin (1985),
    Statistical Methods for Meta-Analysis, chapter 5.

    Examples
    --------
    J(10) is 0.9228, so half a standard deviation becomes 0.461.

    >>> round(compute_hedges_g(5.0, 100.0, 6, 100.0, 6).g, 3)
    0.461
    """
    nothing = float("nan")
    if min(n1, n0) < 2 or not variance1 + variance0 > 0:
        return StandardGap(nothing, nothing, nothing)
    degrees = n1 + n0 - 2
    pooled = ((n1 - 1) * variance1 + (n0 - 1) * variance0) / degrees
    log_j = gammaln(degrees / 2) - gammaln((degrees - 1) / 2) - np.log(degrees / 2) / 2
    g = float(np.exp(log_j)) * difference / float(pooled) ** 0.5
    se = ((n1 + n0) / (n1 * n0) + g * g / (2 * (n1 + n0))) ** 0.5
    half = float(ndtri(0.975)) * se
    return StandardGap(g, g - half, g + half)


def compare_with_rows(
    labels: Mapping[str, IntArray],
    outcomes: Sequence[tuple[str, BoolArray, BoolArray | FloatArray]],
    figures: Mapping[tuple[str, str], FloatArray],
) -> float | None:
    """Largest difference between the cube's figures and fairlearn person by person.

    Parameters
    ----------
    labels
        Attribute to the (I,) group of each person.
    outcomes
        Name, the (I,) people that have it, and their value.
    figures
        (attribute, name) to the (G,) figures of the cube.

    Returns
    -------
    float
        None where nothing is compared.
    """
    from fairlearn.metrics import MetricFrame, mean_prediction, selection_rate

    worst = None
    for name, is_inside, value in outcomes:
        for attribute, group in labels.items():
            figure = figures.get((attribute, name))
            if figure is None or not is_inside.any():
                continue
            frame = MetricFrame(
                metrics={"value": selection_rate if value.dtype == np.bool_ else mean_prediction},
                y_true=np.zeros(int(is_inside.sum())),
                y_pred=value[is_inside],
                sensitive_features=pd.Series(group[is_inside], name="group"),
            )
            by_group = frame.by_group["value"]
            gap = np.abs(figure[by_group.index.to_numpy(np.int64)] - by_group.to_numpy(np.float64))
            worst = max(worst or 0.0, float(gap.max()))
    return worst
