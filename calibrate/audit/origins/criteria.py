"""Which criterion carries a gap that the total does not explain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri, stdtr

from calibrate.audit.background import FormEvidence
from calibrate.audit.clustered import ClusteredGap
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.mantel_haenszel import (
    NO_RATIO,
    Ratio,
    Strata,
    common_odds_ratio,
    compare_strata,
)
from calibrate.audit.origins.lines import (
    NOTHING,
    BoolArray,
    Figures,
    FloatArray,
    IntArray,
    Line,
    Pair,
    average_by,
    list_pairs,
    widen,
)
from calibrate.config import MICRO, MISSING

#: ETS bounds of a polytomous item, in standard deviations of the criterion.
MODERATE, LARGE = 0.17, 0.25
#: ETS bounds of a yes/no item on the delta scale, −2.35 times the logarithm of the odds ratio.
DELTA_SCALE, DELTA_MODERATE, DELTA_LARGE = -2.35, 1.0, 1.5
ALPHA = 0.05
#: People a stratum of the total holds, and the most strata.
STRATUM_PEOPLE, MOST_STRATA = 20, 40
#: Strata that smaller companies have all the same, and people each then holds.
FEW_STRATA, FEW_PEOPLE = 8, 5


@dataclass(frozen=True)
class MantelResult:
    """A gap given the total.

    Parameters
    ----------
    gap
        Standardised mean difference in the unit of the values: group minus reference.
    error
        Its standard error with people as independent.
    p_value, p_clustered
        Of Mantel's test; clustered by manager NaN without managers.
    inflation
        Clustered over independent standard error of the test's sum; NaN without managers.
    degrees
        Managers − 1.
    odds_ratio
        Of values 1 and 0, over the strata.
    """

    gap: float
    error: float
    p_value: float
    p_clustered: float
    inflation: float
    degrees: float
    odds_ratio: Ratio


def cut_strata(total: FloatArray) -> IntArray:
    """Strata of about 20 people by the total, at most 40; equal totals stay together.

    Fewer than 160 people are cut into 8 strata, of 5 people at least: two or
    three would leave most of a gap of the total inside them.

    Examples
    --------
    >>> cut_strata(np.arange(400.0)).tolist()[::25][:5]
    [0, 1, 2, 3, 5]
    >>> cut_strata(np.arange(25.0)).tolist()[::5]
    [0, 1, 2, 3, 4]
    """
    least = min(FEW_STRATA, len(total) // FEW_PEOPLE)
    n_strata = max(1, min(MOST_STRATA, max(least, len(total) // STRATUM_PEOPLE)))
    rank = np.searchsorted(np.sort(total), total, side="left")
    return np.asarray(rank * n_strata // max(1, len(total)), np.int64)


def mantel_test(
    values: FloatArray,
    is_group: BoolArray,
    stratum: IntArray,
    clusters: IntArray | None = None,
    *,
    is_share: bool = False,
) -> MantelResult:
    r"""Gap of two groups within strata of the total, by Mantel and by Dorans and Schmitt.

    With F the group and R the reference, :math:`n_s` people and the mean
    :math:`\bar x_s` of stratum s:

    .. math:: \mathrm{SMD} = \sum_s \frac{n_{Fs}}{n_F} (\bar x_{Fs} - \bar x_{Rs}), \quad
              \mathrm{var} = \sum_s \Bigl( \frac{n_{Fs}}{n_F} \Bigr)^2
              \Bigl( \frac{1}{n_{Fs}} + \frac{1}{n_{Rs}} \Bigr)^2 V_s, \quad
              V_s = \frac{n_{Fs} n_{Rs}}{n_s (n_s - 1)} \sum_i (x_i - \bar x_s)^2

    and Mantel's test of :func:`calibrate.audit.mantel_haenszel.compare_strata`.
    Strata without both groups say nothing and are left out. The clustered
    variance of the test's sum adds up, by manager,
    :math:`\tfrac{n_s}{n_s - 1} (g_i - n_{Fs}/n_s)(x_i - \bar x_s)` and squares
    the sums, times C/(C − 1), with C − 1 degrees of freedom.

    Parameters
    ----------
    values : (P,)
        Criterion of each person, in points, or 1 and 0.
    is_group : (P,)
        The others are the reference.
    stratum : (P,)
    clusters : (P,) or None
    is_share
        The values are 1 and 0.

    References
    ----------
    Mantel (1963), JASA 58; Dorans and Schmitt (1991), ETS Research Report
    91-47; Zwick and Thayer (1996), Journal of Educational and Behavioral
    Statistics 21.

    Examples
    --------
    >>> x, g = np.array([1.0, 2, 3, 2, 3, 4]), np.array([1, 1, 1, 0, 0, 0], dtype=bool)
    >>> result = mantel_test(x, g, np.zeros(6, np.int64))
    >>> result.gap, round(result.p_value, 4)
    (-1.0, 0.2429)
    """
    n_strata = int(stratum.max(initial=-1)) + 1
    n_all = np.bincount(stratum, minlength=n_strata)
    n_group = np.bincount(stratum[is_group], minlength=n_strata)
    has_both = (n_group > 0) & (n_group < n_all)
    if not has_both.any():
        return MantelResult(*(NOTHING,) * 6, NO_RATIO)
    kept = has_both[stratum]
    x, g = values[kept], is_group[kept]
    s = (np.cumsum(has_both) - 1)[stratum[kept]]
    n, n1 = np.bincount(s), np.bincount(s[g])
    n0 = n - n1
    centred = x - (np.bincount(s, x) / n)[s]
    variance = n1 * n0 / (n * (n - 1)) * np.bincount(s, centred**2)
    surplus = np.bincount(s[g], centred[g])
    # Mean of the group minus mean of the reference: the surplus over n1 and over n0.
    each = surplus * n / (n1 * n0)
    gap = float(n1 @ each / n1.sum())
    error = float(((n / n0 / n1.sum()) ** 2 @ variance) ** 0.5)
    sums = (np.bincount(s[side], x[side], minlength=len(n)) for side in (g, ~g))
    columns = (n1, n0, *sums, np.bincount(s, x**2))
    strata = Strata.build(*(np.asarray(column, np.float64) for column in columns))
    p_value = compare_strata(strata, is_share=is_share).p_value
    ratio = common_odds_ratio(strata) if is_share else NO_RATIO
    plain = MantelResult(gap, error, p_value, NOTHING, NOTHING, NOTHING, ratio)
    if clusters is None or np.isnan(p_value):
        return plain
    part = (g - (n1 / n)[s]) * centred * (n / (n - 1))[s]
    by_cluster = np.bincount(clusters[kept], part)
    n_clusters = int(np.count_nonzero(np.bincount(clusters[kept])))
    clustered = float((by_cluster**2).sum()) * n_clusters / max(1, n_clusters - 1)
    if n_clusters < 2 or not clustered > 0:
        return plain
    p_clustered = 2 * float(stdtr(n_clusters - 1, -abs(float(surplus.sum())) / clustered**0.5))
    inflation = (clustered / float(variance.sum())) ** 0.5
    return replace(
        plain, p_clustered=p_clustered, inflation=inflation, degrees=float(n_clusters - 1)
    )


def grade_difference(gap: float, deviation: float, p_value: float) -> str:
    """ETS class of a criterion on a scale of several marks.

    A: not significant at 0.05, or at most 0.17 standard deviations; C: more
    than 0.25; B: between. Empty where there is no test.

    References
    ----------
    Zwick, Thayer and Mazzeo (1997), Applied Measurement in Education 10.

    Examples
    --------
    >>> [grade_difference(gap, 10.0, 0.01) for gap in (1.7, -2.0, -2.6)]
    ['A', 'B', 'C']
    >>> grade_difference(-2.6, 10.0, 0.2)
    'A'
    """
    if np.isnan(p_value) or not deviation > 0:
        return ""
    size = abs(gap) / deviation
    if p_value >= ALPHA or size <= MODERATE:
        return "A"
    return "C" if size > LARGE else "B"


def grade_odds_ratio(odds_ratio: float, error: float, p_value: float) -> str:
    r"""ETS class of a yes/no figure by :math:`\Delta = -2.35 \ln \hat\alpha`.

    A: not significantly different from 0 at 0.05, or absolutely below 1; C: at
    least 1.5 and significantly above 1 (one-sided 0.05); B: between.

    References
    ----------
    Dorans and Holland (1993), in Differential Item Functioning; Zwick (2012),
    ETS Research Report 12-08.

    Examples
    --------
    >>> [grade_odds_ratio(alpha, 0.1, 0.01) for alpha in (0.7, 0.6, 0.5)]
    ['A', 'B', 'C']
    """
    if np.isnan(p_value) or np.isnan(odds_ratio):
        return ""
    delta, of_delta = abs(DELTA_SCALE * np.log(odds_ratio)), abs(DELTA_SCALE) * error
    if p_value >= ALPHA or delta < DELTA_MODERATE:
        return "A"
    is_above_one = delta - DELTA_MODERATE > float(ndtri(1 - ALPHA)) * of_delta
    return "C" if delta >= DELTA_LARGE and is_above_one else "B"


def compare_criteria(inquiry: Inquiry) -> Iterator[Line]:
    """Three lines a criterion: the plain gap, the gap given the total, the odds ratio."""
    background = inquiry.background
    raw = inquiry.population.scores.get("raw")
    if background is None or raw is None:
        return
    total = np.where(raw == MISSING, np.nan, raw / MICRO)
    pairs = [pair for _, pair in list_pairs(inquiry)]
    for place, criterion in enumerate(background.forms.criteria):
        values = average_criterion(background.forms, place, len(total))
        has_both = ~np.isnan(values) & ~np.isnan(total)
        for pair in pairs:
            yield from _compare(pair.narrow(has_both), criterion, values, total)


def average_criterion(forms: FormEvidence, place: int, n_people: int) -> FloatArray:
    """Mean points of each person's scored forms on one criterion, weighted as the score is."""
    scored = forms.scored & (forms.weight > 0)
    points: FloatArray = forms.criterion_points[scored, place]
    return average_by(forms.employee[scored], points, n_people, forms.weight[scored])


def _compare(pair: Pair, criterion: str, values: FloatArray, total: FloatArray) -> Iterator[Line]:
    yield pair.write("criterion", criterion, "points", pair.compare_means(values))
    chosen = pair.is_group | pair.is_reference
    if pair.is_small:
        yield pair.write("criterion", criterion, "points_given_total", Figures())
        yield pair.write("criterion", criterion, "odds_ratio", Figures())
        return
    x, is_group = values[chosen], pair.is_group[chosen]
    clusters = None if pair.clusters is None else pair.clusters[chosen]
    stratum = cut_strata(total[chosen])
    found = mantel_test(x, is_group, stratum, clusters)
    figures = _write_difference(found)
    grade = grade_difference(found.gap, float(x.std(ddof=1)), figures.larger_p)
    yield pair.write("criterion", criterion, "points_given_total", figures, grade)
    is_counted = x > np.median(x)
    test = mantel_test(is_counted.astype(np.float64), is_group, stratum, clusters, is_share=True)
    yield pair.write(
        "criterion", criterion, "odds_ratio", *_write_ratio(test, is_counted, is_group)
    )


def _write_ratio(
    test: MantelResult, is_counted: BoolArray, is_group: BoolArray
) -> tuple[Figures, str]:
    """The odds ratio; its interval is stretched by what clustering adds to the error."""
    ratio, z = test.odds_ratio.value, float(ndtri(0.975))
    if np.isnan(ratio):
        return Figures(), ""
    error = float(np.log(test.odds_ratio.high / ratio) / z * np.fmax(1.0, test.inflation))
    figures = Figures(
        ratio, ratio * float(np.exp(-z * error)), ratio * float(np.exp(z * error)),
        test.p_value, test.p_clustered,
        float(is_counted[is_group].mean()), float(is_counted[~is_group].mean()),
    )  # fmt: skip
    return figures, grade_odds_ratio(ratio, error, figures.larger_p)


def _write_difference(found: MantelResult) -> Figures:
    half = float(ndtri(0.975)) * found.error
    error = found.error * found.inflation
    clustered = ClusteredGap(found.gap, error, found.degrees, found.p_clustered)
    low, high = widen(found.gap - half, found.gap + half, clustered)
    return Figures(found.gap, low, high, found.p_value, found.p_clustered)
