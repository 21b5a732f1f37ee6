"""One function per formula; point values come from fairlearn's MetricFrame.

fairlearn loads scikit-learn, so it is imported where a figure is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammaln, ndtri

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

#: fairlearn's frame takes 3.6 s for a million rows; beyond this many its functions get each group.
FRAMED_ROWS = 200_000


class Outcome(NamedTuple):
    """What is measured.

    Parameters
    ----------
    value : (C,)
        Booleans: is counted, and the figure is a share. Numbers: the figure is
        their mean.
    n : (C,) people
        That a row stands for; rows without people are left out. Booleans where
        a row is a person: then there are no weights.
    """

    value: BoolArray | FloatArray
    n: IntArray | BoolArray


def measure_groups(group: IntArray, outcomes: Sequence[Outcome], n_groups: int) -> FloatArray:
    r"""Shares and means of each group, by fairlearn on rows that stand for ``n`` people.

    .. math:: p_g = x_g / n_g, \qquad \bar x_g = \frac{1}{n_g} \sum_{i \in g} x_i

    Rows are cells of the cube, or people: then ``n`` is a boolean.

    Parameters
    ----------
    group : (C,)
        Position of the group.
    outcomes : (O,)
        All are measured in one pass over the groups.

    Returns
    -------
    (O, G), NaN for a group without people

    Examples
    --------
    >>> top = Outcome(np.array([True, False, True]), np.array([1, 3, 5]))
    >>> measure_groups(np.array([0, 0, 1]), [top], 3)
    array([[0.25, 1.  ,  nan]])
    """
    found = np.full((len(outcomes), n_groups), np.nan)
    if not (len(group) and outcomes):
        return found
    measure = _write_metric(outcomes)
    if len(group) > FRAMED_ROWS:
        order = np.argsort(group, kind="stable")
        ends = np.searchsorted(group[order], np.arange(n_groups + 1))
        for g, (first, last) in enumerate(pairwise(ends.tolist())):
            found[:, g] = measure(np.zeros(last - first), order[first:last])
        return found
    from fairlearn.metrics import MetricFrame

    # fairlearn sees no missing group and no text of the file; it takes an array of one
    # for no array at all, hence the Series. Rows are told by their number, so that a
    # single pass reads every outcome.
    frame = MetricFrame(
        metrics={"all": measure},
        y_true=np.zeros(len(group)),
        y_pred=np.arange(len(group)),
        sensitive_features=pd.Series(group, name="group"),
    )
    for g, figures in frame.by_group["all"].items():
        found[:, g] = figures
    return found


def _write_metric(outcomes: Sequence[Outcome]) -> Callable[[Any, Any], FloatArray]:
    from fairlearn.metrics import mean_prediction, selection_rate

    def measure(y_true: Any, y_pred: Any) -> FloatArray:
        """Every outcome of the rows whose numbers are given."""
        figures = []
        for value, n in outcomes:
            people = n[y_pred]
            inside = y_pred[people > 0]
            metric = selection_rate if value.dtype == np.bool_ else mean_prediction
            weight = None if people.dtype == np.bool_ else n[inside].astype(np.float64)
            nothing = np.zeros(len(inside))
            figures.append(
                float(metric(nothing, value[inside], sample_weight=weight))
                if len(inside)
                else float("nan")
            )
        return np.array(figures)

    return measure


def list_measures(band_labels: Sequence[str], favourable: Collection[int]) -> dict[str, list[int]]:
    """Measures of bands and the positions of the bands that each counts.

    Examples
    --------
    >>> list_measures(["Below", "Meets"], {1})
    {'selection_rate': [1], 'at_or_above:Meets': [1], 'lowest_band': [0]}
    """
    n_bands = len(band_labels)
    cuts = {
        f"at_or_above:{band_labels[first]}": list(range(first, n_bands))
        for first in range(1, n_bands)
    }
    return {"selection_rate": sorted(favourable)} | cuts | {"lowest_band": [0]}


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


def compare_with_people(
    group: IntArray, outcomes: Sequence[Outcome], figures: FloatArray
) -> tuple[float, int]:
    """Largest difference between the cube's figures and fairlearn person by person.

    Parameters
    ----------
    group : (I,)
    outcomes : (O,)
        Of each person; ``n`` is a boolean.
    figures : (O, G)
        Of the cube.

    Returns
    -------
    worst, n_figures
        Infinite where one of the two has a figure and the other none.

    Examples
    --------
    >>> top = Outcome(np.array([True, False]), np.array([True, True]))
    >>> compare_with_people(np.array([0, 0]), [top], np.array([[0.75]]))
    (0.25, 1)
    """
    found = measure_groups(group, outcomes, figures.shape[1])
    gap = np.abs(found - figures)
    gap[np.isnan(found) != np.isnan(figures)] = np.inf
    is_compared = ~np.isnan(gap)
    return float(gap[is_compared].max(initial=0.0)), int(is_compared.sum())
