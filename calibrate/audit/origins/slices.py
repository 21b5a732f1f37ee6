"""In which places, levels and stages a gap stands, and whether it differs between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import fdtrc

from calibrate.audit.inquiry import Inquiry
from calibrate.audit.origins.lines import (
    NOTHING,
    Figures,
    FloatArray,
    IntArray,
    Line,
    Pair,
    list_pairs,
)
from calibrate.audit.policy import name_primary_stage
from calibrate.audit.population import SCORED_STAGES
from calibrate.config import MICRO, MISSING
from calibrate.language import N_

#: Columns of the employees a gap is looked at within, and their words.
SLICE_WORDS = {
    "location": N_("Location"),
    "work_mode": N_("Work mode"),
    "level": N_("Level"),
    "job_family": N_("Job family"),
    "department": N_("Department"),
}
SLICES = tuple(SLICE_WORDS)
NOT_GIVEN = "not given"


class Heterogeneity(NamedTuple):
    """Welch's test that gaps are equal."""

    f: float
    p_value: float


def welch_heterogeneity(
    gaps: Sequence[float], variances: Sequence[float], degrees: Sequence[float]
) -> Heterogeneity:
    r"""Are several gaps, each with its own variance, the same?

    .. math:: F = \frac{\sum_s w_s (d_s - \bar d)^2 / (S - 1)}
                       {1 + \frac{2 (S - 2)}{S^2 - 1} \Lambda}, \quad
              \Lambda = \sum_s \frac{(1 - w_s / W)^2}{\nu_s}

    with :math:`w_s = 1/v_s`, W their sum, :math:`\bar d` the weighted mean, on
    S − 1 and :math:`(S^2 - 1) / (3 \Lambda)` degrees of freedom.

    Parameters
    ----------
    gaps, variances, degrees : (S,)
        A difference of two groups, its variance and the degrees of freedom of that.

    Returns
    -------
    Heterogeneity
        NaN for fewer than two gaps.

    References
    ----------
    Welch (1951), Biometrika 38.

    Examples
    --------
    >>> round(welch_heterogeneity([0.0, 3.0], [1.0, 1.0], [20.0, 20.0]).p_value, 4)
    0.0401
    """
    d, v, nu = (np.array(part, np.float64) for part in (gaps, variances, degrees))
    n = len(d)
    if n < 2:
        return Heterogeneity(NOTHING, NOTHING)
    w = 1 / v
    share = w / w.sum()
    spread = float((w * (d - (share * d).sum()) ** 2).sum()) / (n - 1)
    slack = float(((1 - share) ** 2 / nu).sum())
    f = spread / (1 + 2 * (n - 2) / (n**2 - 1) * slack)
    return Heterogeneity(f, float(fdtrc(n - 1, (n**2 - 1) / (3 * slack), f)))


def compare_slices(inquiry: Inquiry) -> Iterator[Line]:
    """Gap of the favourable share and of the raw score within each slice, and their test."""
    background = inquiry.background
    if background is None:
        return
    outcomes = list_outcomes(inquiry)
    cut = {
        name: np.unique(
            np.array(background.strata[name], dtype=object).astype(str), return_inverse=True
        )
        for name in SLICES
        if name in background.strata
    }
    for _, pair in list_pairs(inquiry):
        for dimension, (labels, code) in cut.items():
            for figure, values in outcomes.items():
                known = pair.narrow(~np.isnan(values))
                yield from _compare_within(known, dimension, labels.tolist(), code, figure, values)


def list_outcomes(inquiry: Inquiry) -> Mapping[str, FloatArray]:
    """What is compared within a slice; NaN for people it is not known of."""
    population = inquiry.population
    outcomes: dict[str, FloatArray] = {}
    stage = name_primary_stage(population.stages)
    if stage:
        outcomes["share"] = is_favourable(inquiry, stage)
    if "raw" in population.scores:
        raw = population.scores["raw"]
        outcomes["points"] = np.where(raw == MISSING, np.nan, raw / MICRO)
    return outcomes


def is_favourable(inquiry: Inquiry, stage: str) -> FloatArray:
    """1 for a favourable band of this stage, 0 for another, NaN for none."""
    band = inquiry.population.bands[stage]
    favourable = np.isin(band, sorted(inquiry.settings.favourable)).astype(np.float64)
    return np.where(band < 0, np.nan, favourable)


def _compare_within(
    pair: Pair, dimension: str, labels: list[str], code: IntArray, figure: str, values: FloatArray
) -> Iterator[Line]:
    kept: list[Pair] = []
    for place, label in enumerate(labels):
        inside = pair.narrow(code == place)
        compare = inside.compare_shares if figure == "share" else inside.compare_means
        yield inside.write(dimension, label or NOT_GIVEN, figure, compare(values))
        if not inside.is_small:
            kept.append(inside)
    found = [_measure_gap(inside, values, is_share=figure == "share") for inside in kept]
    found = [each for each in found if each[1] > 0 and each[2] > 0]
    test = welch_heterogeneity(*zip(*found, strict=True)) if len(found) > 1 else None
    if test is not None:
        within = pair.narrow(np.any([k.is_group | k.is_reference for k in kept], axis=0))
        figures = Figures(test.f, p_value=test.p_value)
        yield within.write(dimension, "all", f"heterogeneity_of_{figure}", figures)


def _measure_gap(pair: Pair, values: FloatArray, *, is_share: bool) -> tuple[float, float, float]:
    """Gap, the larger of its independent and clustered variance, degrees of freedom."""
    sides = [values[pair.is_group], values[pair.is_reference]]
    if min(pair.n, pair.n_reference) < 2:
        return NOTHING, NOTHING, NOTHING
    if is_share:
        # Nobody counted is no proof of a rate of zero: half a person more on either side.
        rates = [(float(y.sum()) + 0.5) / (len(y) + 1) for y in sides]
        parts = [rate * (1 - rate) / len(y) for rate, y in zip(rates, sides, strict=True)]
    else:
        parts = [float(y.var(ddof=1)) / len(y) for y in sides]
    gap, variance = float(sides[0].mean() - sides[1].mean()), sum(parts)
    clustered = pair.cluster(values)
    if clustered.error**2 > variance:
        return gap, clustered.error**2, clustered.degrees
    if not variance > 0:
        return gap, NOTHING, NOTHING
    of_parts = sum(part**2 / (len(y) - 1) for part, y in zip(parts, sides, strict=True))
    return gap, variance, variance**2 / of_parts


def compare_stages(inquiry: Inquiry) -> Iterator[Line]:
    """Gap of the favourable share, and of the score where there is one, at every stage."""
    population = inquiry.population
    for _, pair in list_pairs(inquiry):
        for stage in population.stages:
            values = is_favourable(inquiry, stage)
            known = pair.narrow(~np.isnan(values))
            yield known.write("stage", stage, "share", known.compare_shares(values))
            if stage in SCORED_STAGES and stage in population.scores:
                scores = population.scores[stage]
                values = np.where(scores == MISSING, np.nan, scores / MICRO)
                known = pair.narrow(scores != MISSING)
                yield known.write("stage", stage, "points", known.compare_means(values))
