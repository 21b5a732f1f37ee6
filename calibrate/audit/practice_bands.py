"""What two groups got, compared band by band: do rewards follow bands alike for both?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from calibrate.audit.mantel_haenszel import (
    NO_RATIO,
    Ratio,
    Strata,
    common_risk_ratio,
    compare_strata,
)
from calibrate.audit.metrics import StandardGap, compute_hedges_g

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
NOTHING = float("nan")
NO_GAP = StandardGap(NOTHING, NOTHING, NOTHING)


@dataclass(frozen=True)
class BandGap:
    """Two groups beside each other within bands; NaN where nothing can be said.

    Parameters
    ----------
    n, n_reference : people
        In bands that hold people of both.
    n_yes, n_yes_reference
        Sums of the outcome over them.
    rate, rate_reference, difference
        Weighted means over the bands; the last is the first less the second.
    low, high
        95 % interval of the difference.
    ratio
        Mantel-Haenszel's, of shares alone.
    standard
        The difference in standard deviations within bands, of means alone.
    p_value, p_clustered
        With people as independent, with people of one manager hanging together.
    se
        Of no difference.
    """

    n: int
    n_reference: int
    n_yes: float = NOTHING
    n_yes_reference: float = NOTHING
    rate: float = NOTHING
    rate_reference: float = NOTHING
    difference: float = NOTHING
    low: float = NOTHING
    high: float = NOTHING
    ratio: Ratio = NO_RATIO
    standard: StandardGap = NO_GAP
    p_value: float = NOTHING
    p_clustered: float = NOTHING
    se: float = NOTHING


class _Residuals(NamedTuple):
    """Group and outcome of each person less the means of the band."""

    group: FloatArray
    outcome: FloatArray
    n_bands: int


def compare_in_bands(
    value: FloatArray, is_group: BoolArray, band: IntArray, cluster: IntArray | None,
    *, is_share: bool,
) -> BandGap:  # fmt: skip
    r"""Compare what a group and its reference got within the same band.

    .. math:: w_b = \frac{n_{1b} n_{0b}}{n_b}, \quad
              \mathrm{rate}_g = \frac{\sum_b w_b \bar y_{gb}}{\sum_b w_b}, \quad
              \mathrm{difference} = \mathrm{rate}_1 - \mathrm{rate}_0

    the coefficient of the group in least squares with an intercept for each
    band. p is that of :func:`calibrate.audit.mantel_haenszel.compare_strata`.
    The interval is the wider of two: residuals of people, and of managers, with
    Student's t.

    Parameters
    ----------
    value : (P,)
        0 or 1, percent, or any other unit.
    is_group : (P,)
        Else the reference.
    band : (P,) codes from 0
    cluster : (P,) codes from 0, or None
        Manager of each person.
    is_share
        The outcome is 0 or 1.

    References
    ----------
    Mantel and Haenszel (1959), JNCI 22; Landis, Heyman and Koch (1978),
    International Statistical Review 46; Frisch and Waugh (1933), Econometrica 1.

    Examples
    --------
    Each band has its own level; within it both groups get the same:

    >>> value = np.array([1.0, 3.0, 1.0, 3.0, 5.0, 7.0, 5.0, 7.0])
    >>> is_group = np.array([1, 1, 0, 0, 1, 1, 0, 0], dtype=bool)
    >>> band = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> compare_in_bands(value, is_group, band, None, is_share=False).difference
    0.0
    """
    n_bands = int(band.max(initial=-1)) + 1
    n1, n0 = (np.bincount(band[side], minlength=n_bands) for side in (is_group, ~is_group))
    kept = ((n1 > 0) & (n0 > 0))[band]
    value, is_group, band = value[kept], is_group[kept], band[kept]
    cluster = None if cluster is None else cluster[kept]
    strata = _build_strata(value, is_group, band, n_bands)
    sizes = int(strata.n1.sum()), int(strata.n0.sum())
    if not len(strata.n):
        return BandGap(*sizes)
    found = compare_strata(strata, is_share=is_share)
    weight = strata.n1 * strata.n0 / strata.n
    rate, rate0 = (
        float((weight * y / n).sum() / weight.sum())
        for y, n in ((strata.y1, strata.n1), (strata.y0, strata.n0))
    )
    residuals = _take_out_bands(value, is_group, band, n_bands)
    half = _find_half(residuals, found.gap, cluster)
    has_test = found.test != "none"
    return BandGap(
        *sizes, float(strata.y1.sum()), float(strata.y0.sum()), rate, rate0, found.gap,
        found.gap - half, found.gap + half,
        ratio=common_risk_ratio(strata) if is_share else NO_RATIO,
        standard=_standardise(residuals, found.gap, *sizes) if not is_share else NO_GAP,
        p_value=found.p_value,
        p_clustered=score_p(residuals.group, residuals.outcome, cluster)
        if cluster is not None and has_test else NOTHING,
        se=found.se,
    )  # fmt: skip


def _build_strata(value: FloatArray, is_group: BoolArray, band: IntArray, size: int) -> Strata:
    columns = [np.bincount(band[side], minlength=size) for side in (is_group, ~is_group)]
    columns += [np.bincount(band[side], value[side], size) for side in (is_group, ~is_group)]
    squares = np.bincount(band, value**2, size)
    return Strata.build(*(np.asarray(c, np.float64) for c in (*columns, squares)))


def _take_out_bands(
    value: FloatArray, is_group: BoolArray, band: IntArray, size: int
) -> _Residuals:
    n = np.maximum(np.bincount(band, minlength=size), 1)
    means = [np.bincount(band, v, size) / n for v in (is_group.astype(np.float64), value)]
    return _Residuals(is_group - means[0][band], value - means[1][band], len(np.unique(band)))


def _find_half(residuals: _Residuals, gap: float, cluster: IntArray | None) -> float:
    """Half the wider 95 % interval: of people, and of managers; NaN where neither is told."""
    own = residuals.group * (residuals.outcome - gap * residuals.group)
    weight = float((residuals.group**2).sum())
    degrees = len(own) - residuals.n_bands - 1
    halves = []
    if degrees > 0:
        error = (len(own) / degrees * float((own**2).sum())) ** 0.5 / weight
        halves.append(float(stdtrit(degrees, 0.975)) * error)
    if cluster is not None:
        sums, degrees_by_manager = _add_by_cluster(own, residuals.group, cluster)
        if len(sums) > 1:
            scale = len(sums) / (len(sums) - 1)
            error = (scale * float((sums**2).sum())) ** 0.5 / weight
            halves.append(float(stdtrit(degrees_by_manager, 0.975)) * error)
    widest = max(halves, default=NOTHING)
    return widest if widest > 0 else NOTHING


def _add_by_cluster(
    own: FloatArray, group: FloatArray, cluster: IntArray
) -> tuple[FloatArray, float]:
    """Sums over each manager, and how many managers count, less one."""
    size = int(cluster.max(initial=-1)) + 1
    weight = np.bincount(cluster, group**2, size)
    is_there = weight > 0
    sums = np.bincount(cluster, own, size)[is_there].astype(np.float64)
    weight = weight[is_there]
    effective = float(weight.sum() ** 2 / (weight**2).sum()) if len(weight) else 0.0
    return sums, max(1.0, effective - 1)


def score_p(group: FloatArray, outcome: FloatArray, cluster: IntArray) -> float:
    r"""Test no difference within bands when people of one manager hang together.

    .. math:: u_c = \sum_{i \in c} \tilde g_i \tilde y_i, \quad
              a_c = \sum_{i \in c} \tilde g_i^2, \quad
              t = \frac{\sum u_c}{\sqrt{\frac{M}{M - 1} \sum u_c^2}}, \quad
              \nu = \frac{(\sum a_c)^2}{\sum a_c^2} - 1

    with g and y the group's indicator and the outcome less their means in the
    band, and M managers of whom somebody is compared: the score test, spread
    as if the groups did not differ. One manager who decides everything thus
    makes t about 1, not large.

    Parameters
    ----------
    group, outcome : (P,)
        Less the means of the band.
    cluster : (P,) codes from 0

    Returns
    -------
    p, 0 to 1
        1 with a single manager; NaN where nothing varies.

    References
    ----------
    Guo, Pan, Connett, Hannan and French (2005), Small-sample performance of the
    robust score test, Statistics in Medicine 24; Carter, Schnepel and
    Steigerwald (2017), Review of Economics and Statistics 99, for the managers
    that count.

    Examples
    --------
    Four managers with u of 1, 1, 1 and -1: t is 2 / sqrt(4/3 x 4) with 3 degrees of freedom.

    >>> u = np.array([1.0, 1.0, 1.0, -1.0])
    >>> round(score_p(np.ones(4), u, np.arange(4)), 4)
    0.4502
    """
    sums, degrees = _add_by_cluster(group * outcome, group, cluster)
    if len(sums) < 2:
        return 1.0 if len(sums) else NOTHING
    variance = len(sums) / (len(sums) - 1) * float((sums**2).sum())
    if not variance > 0:
        return NOTHING
    return 2 * float(stdtr(degrees, -abs(float(sums.sum())) / variance**0.5))


def _standardise(residuals: _Residuals, gap: float, n1: int, n0: int) -> StandardGap:
    """Hedges' g with the variance within bands and groups."""
    left = residuals.outcome - gap * residuals.group
    degrees = len(left) - residuals.n_bands - 1
    variance = float((left**2).sum()) / degrees if degrees > 0 else NOTHING
    return compute_hedges_g(gap, variance, n1, variance, n0)
