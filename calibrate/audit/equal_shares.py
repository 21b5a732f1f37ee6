"""Each stage at the same share of people, so that a stricter cut is not taken for a gap."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit.groups import Grouping
from calibrate.audit.inference import detectable_ratio
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.intervals import ratio_interval
from calibrate.audit.policy import name_primary_stage
from calibrate.bands import band_probabilities, to_micro
from calibrate.config import MICRO, MISSING
from calibrate.tables import EQUAL_SHARES

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

#: Columns that a row loses where its group or its reference is too small.
FIGURES = (
    "n", "mean_forms", "median_forms", "rate", "ratio", "ratio_low", "ratio_high", "raw_ratio",
    "change", "change_low", "change_high", "detectable_ratio",
)  # fmt: skip
#: Quantile of 95 % intervals.
Z = 1.959963984540054


class Counted(NamedTuple):
    """How much of each person a stage counts.

    Parameters
    ----------
    inside : (I,)
        Has a score or band at this stage.
    share
        Of the people inside, 0 to 1.
    counted, by_raw : (n inside,) 0 to 1
        By this stage, and by the raw score of the same people at the same share.
    """

    stage: str
    inside: BoolArray
    share: float
    counted: FloatArray
    by_raw: FloatArray


def take_share(score: IntArray, share: float, *, is_top: bool) -> FloatArray:
    r"""Count the best, or the worst, so that they are this share of all; ties are split evenly.

    Parameters
    ----------
    score : (n,)
        Whole numbers, so that equal scores are equal.
    share
        0 to 1.

    Returns
    -------
    (n,) 0 to 1
        They sum to ``share`` × n.

    Examples
    --------
    Two of four are wanted; the second place is shared by two:

    >>> take_share(np.array([9, 5, 5, 1]), 0.5, is_top=True).tolist()
    [1.0, 0.5, 0.5, 0.0]
    """
    ranked = -score if is_top else score
    place, n = np.unique(ranked, return_inverse=True, return_counts=True)[1:]
    before = np.cumsum(n) - n
    return np.asarray(np.clip((share * len(score) - before) / n, 0.0, 1.0)[place], np.float64)


def sum_probabilities(
    mean: FloatArray, se: FloatArray, df: FloatArray, share: float, *, is_top: bool
) -> FloatArray:
    r"""Count each person by the probability to be in the top, or bottom, share.

    .. math:: a_i = P(s_i > c), \qquad \tfrac1n \sum_i a_i = share

    The cut c is found to a millionth of a point.

    Parameters
    ----------
    mean, se : (n,) points
        Calibrated score and its standard error.
    df : (n,)
        Degrees of freedom; infinite: normal.
    share
        0 to 1, neither of the two.

    Examples
    --------
    A person who is known badly counts for nearly as much as one known well:

    >>> sum_probabilities(np.array([50.0, 50.0]), np.array([9.0, 1.0]), np.full(2, np.inf), 0.5,
    ...                   is_top=True).round(3).tolist()
    [0.5, 0.5]
    """
    reach = 200 * float(se.max()) + 1
    low, high = int((mean.min() - reach) * MICRO), int((mean.max() + reach) * MICRO)
    column = 1 if is_top else 0
    while high - low > 1:
        middle = (low + high) // 2
        counted = band_probabilities(mean, se, [middle], df)[:, column]
        is_too_far_up = (float(counted.mean()) < share) == is_top
        low, high = (low, middle) if is_too_far_up else (middle, high)
    return np.asarray(band_probabilities(mean, se, [high], df)[:, column], np.float64)


def list_shares(inquiry: Inquiry) -> dict[str, tuple[list[int], float]]:
    """Bands that each measure counts, and their share at the stage that decides.

    A measure is left out where its bands do not lie at an end of the scale, or where
    nobody or everybody stands in them: there is no share to compare at.
    """
    population, favourable = inquiry.population, sorted(inquiry.settings.favourable)
    stage = name_primary_stage(population.stages)
    n_bands = len(population.band_labels)
    if stage is None or not favourable:
        return {}
    bands = population.bands[stage]
    bands = bands[bands >= 0]
    wanted = {"lowest_band": [0]}
    if favourable == list(range(favourable[0], n_bands)):
        wanted = {"favourable": favourable, **wanted}
    shares = {k: (c, float(np.isin(bands, c).mean()) if len(bands) else 0.0)
              for k, c in wanted.items()}  # fmt: skip
    return {k: pair for k, pair in shares.items() if 0 < pair[1] < 1}


def count_stages(
    inquiry: Inquiry, counted: list[int], share: float, *, is_top: bool
) -> Iterator[Counted]:
    """Count the people of every stage, in the order of the stages."""
    population, background = inquiry.population, inquiry.background
    raw = population.scores["raw"]
    scores = {"raw": raw}
    if background is not None:
        scores["adjusted"] = to_micro(background.adjusted)
    if "calibrated" in population.scores:
        scores["calibrated"] = population.scores["calibrated"]

    def by_raw(inside: BoolArray, share: float) -> FloatArray:
        return take_share(raw[inside], share, is_top=is_top)

    for stage, score in scores.items():
        inside = (score != MISSING) & (raw != MISSING)
        taken = take_share(score[inside], share, is_top=is_top)
        yield Counted(stage, inside, share, taken, by_raw(inside, share))
    known = background.calibration if background else None
    if known is not None and (inside := (known.se > 0) & (raw != MISSING)).any():
        chances = sum_probabilities(
            known.calibrated[inside], known.se[inside], known.df[inside], share, is_top=is_top
        )
        yield Counted("calibrated_probability", inside, share, chances, by_raw(inside, share))
    for stage in ("proposed", "final"):
        if stage in population.bands:
            inside = (population.bands[stage] >= 0) & (raw != MISSING)
            is_counted = np.isin(population.bands[stage][inside], counted).astype(np.float64)
            own = float(is_counted.mean()) if len(is_counted) else 0.0
            yield Counted(stage, inside, own, is_counted, by_raw(inside, own))


class _Rates(NamedTuple):
    rate: FloatArray
    ratio: FloatArray
    reference_rate: float


def _rate(counted: FloatArray, group: IntArray, n: FloatArray, reference: int) -> _Rates:
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.bincount(group, counted, len(n)) / n
        ratio = np.where(rate[reference] > 0, rate / rate[reference], np.nan)
    return _Rates(rate, ratio, float(rate[reference]))


def compare_ratios(
    counted: FloatArray, by_raw: FloatArray, group: IntArray, n: IntArray, reference: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    r"""Difference of two ratios of the same people, and its 95 % interval.

    .. math::

        \Delta = \frac{\bar a_1}{\bar a_0} - \frac{\bar b_1}{\bar b_0}, \quad
        d_i = \frac{a_i - \bar a_1}{n_1 \bar a_0} - \frac{b_i - \bar b_1}{n_1 \bar b_0}
        \ (i \in 1), \quad
        d_i = \frac{\bar a_1 (a_i - \bar a_0)}{n_0 \bar a_0^2}
            - \frac{\bar b_1 (b_i - \bar b_0)}{n_0 \bar b_0^2} \ (i \in 0)

    and the variance of Δ is Σ d_i², the delta method. Cuts are taken as known, people
    as independent.

    Parameters
    ----------
    counted, by_raw : (P,) 0 to 1
        a and b.
    group : (P,) code
    n : (G,) people
    reference
        Code of side 0.

    Returns
    -------
    (G,) difference, low, high
        NaN where the reference's rate is 0.

    Examples
    --------
    >>> a = np.array([1.0, 0.0, 1.0, 1.0])
    >>> compare_ratios(a, a, np.array([1, 1, 0, 0]), np.array([2, 2]), 0)[0].tolist()
    [0.0, 0.0]
    """
    size = n.astype(np.float64)
    a, b = (_rate(values, group, size, reference) for values in (counted, by_raw))
    with np.errstate(invalid="ignore", divide="ignore"):
        left_a, left_b = counted - a.rate[group], by_raw - b.rate[group]
        one = left_a / a.reference_rate - left_b / b.reference_rate
        own = np.bincount(group, one**2, len(n)) / size**2
        at = group == reference
        of_aa, of_ab, of_bb = (
            float((x[at] * y[at]).sum()) / size[reference] ** 2
            for x, y in ((left_a, left_a), (left_a, left_b), (left_b, left_b))
        )
        r_a, r_b = a.ratio / a.reference_rate, b.ratio / b.reference_rate
        other = r_a**2 * of_aa - 2 * r_a * r_b * of_ab + r_b**2 * of_bb
    half = Z * np.sqrt(np.maximum(own + other, 0.0))
    change = a.ratio - b.ratio
    return change, change - half, change + half


def build_equal_shares(inquiry: Inquiry) -> pd.DataFrame:
    """Compare each group with its reference at equal shares, as :data:`EQUAL_SHARES`."""
    if inquiry.background is None or "raw" not in inquiry.population.scores:
        return EQUAL_SHARES.empty()
    groupings = [g for g in inquiry.groupings if g.reference >= 0]
    frames = [
        _compare(inquiry, grouping, measure, at)
        for measure, (counted, share) in list_shares(inquiry).items()
        for at in count_stages(inquiry, counted, share, is_top=measure == "favourable")
        for grouping in groupings
    ]
    return EQUAL_SHARES.conform(pd.concat(frames)) if frames else EQUAL_SHARES.empty()


def _compare(inquiry: Inquiry, grouping: Grouping, measure: str, at: Counted) -> pd.DataFrame:
    group = inquiry.group_of(grouping)[at.inside]
    r, size = grouping.reference, len(grouping.labels)
    n = np.bincount(group, minlength=size)
    rates = _rate(at.counted, group, n.astype(np.float64), r)
    x = np.bincount(group, at.counted, size)
    side0 = np.full(size, x[r]), np.full(size, max(int(n[r]), 1))
    low, high = ratio_interval(x, np.maximum(n, 1), *side0)
    change, change_low, change_high = compare_ratios(at.counted, at.by_raw, group, n, r)
    mean, median = _describe_forms(inquiry, at.inside, group, size)
    frame = pd.DataFrame(
        {
            "stage": at.stage, "measure": measure, "attribute": grouping.attribute,
            "group": list(grouping.labels), "reference": grouping.reference_label,
            "n": n, "mean_forms": mean, "median_forms": median, "share": at.share,
            "rate": rates.rate, "ratio": rates.ratio, "ratio_low": low, "ratio_high": high,
            "raw_ratio": rates.ratio - change,
            "change": change, "change_low": change_low, "change_high": change_high,
            "detectable_ratio": detectable_ratio(
                np.full(size, rates.reference_rate), np.maximum(n, 1), side0[1],
                is_adverse=measure == "lowest_band",
            ),
        }
    )  # fmt: skip
    compared = ["ratio_low", "ratio_high", "detectable_ratio", "change_low", "change_high"]
    frame.loc[[r], compared] = np.nan
    if at.stage == "raw":
        frame[["change", "change_low", "change_high"]] = np.nan
    hidden = inquiry.hides(grouping, at.inside)
    hidden |= hidden[r]
    frame["n"] = frame["n"].astype("Int64")
    frame.loc[hidden, list(FIGURES)] = pd.NA
    return frame.assign(suppressed=hidden)


def _describe_forms(
    inquiry: Inquiry, inside: BoolArray, group: IntArray, size: int
) -> tuple[FloatArray, FloatArray]:
    """(G,) mean and median of the scored forms a person has."""
    if inquiry.background is None:
        return np.full(size, np.nan), np.full(size, np.nan)
    n_forms = inquiry.background.n_forms[inside]
    ordered = n_forms[np.lexsort((n_forms, group))]
    ends = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=size))])
    parts = [ordered[a:b] for a, b in pairwise(ends.tolist())]
    mean = [float(p.mean()) if len(p) else np.nan for p in parts]
    median = [float(np.median(p)) if len(p) else np.nan for p in parts]
    return np.array(mean), np.array(median)
