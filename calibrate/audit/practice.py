"""Check-ins, feedback, recognition and rewards by group, plain and within the same band."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit.background import PracticeEvidence
from calibrate.audit.clustered import ClusterCells, clustered_gap
from calibrate.audit.compare import Rows, Sides, compare_means, compare_rates
from calibrate.audit.disclosure.apart import gives_away
from calibrate.audit.groups import Grouping
from calibrate.audit.inference import ALPHA, Z_FOUND, detectable_ratio, tighten_gap
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.origins.lines import newcombe_interval, widen
from calibrate.audit.policy import Evidence, RulePack, judge, name_primary_stage
from calibrate.audit.practice_bands import BandGap, compare_in_bands
from calibrate.bands.guideline import false_discovery_rate
from calibrate.tables import PRACTICE

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Row = dict[str, Any]

FAMILY = "practice"
#: Stage of the lines that compare everybody, whatever their band.
PLAIN = "people"
#: Whoever was there for less could hardly have a check-in, and a rate of theirs is noise.
LEAST_MONTHS = 1.0
#: What follows bands, and is therefore compared within them too.
REWARDS = ("promotion", "merit", "bonus")
COUNTS = ("n", "n_reference", "n_yes", "n_yes_reference")
FIGURES = (
    "rate", "rate_reference", "ratio", "ratio_low", "ratio_high", "difference", "low", "high",
    "p_value", "p_clustered", "p_null_imposed", "q_value", "q_null_imposed",
    "detectable_difference", "detectable_difference_family",
)  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """One thing that people got.

    Parameters
    ----------
    dimension, name
        What it is about, and what is measured.
    value : (I,)
        1 or 0, percent, or check-ins a month.
    inside : (I,)
        Of whom it is known.
    is_share
        The value is 1 or 0.
    """

    dimension: str
    name: str
    value: FloatArray
    inside: BoolArray
    is_share: bool


def list_measures(inquiry: Inquiry) -> tuple[Measure, ...]:
    """Whatever the files tell, in the order of the pages; nothing that nobody has."""
    practice = inquiry.background.practice if inquiry.background else None
    if practice is None:
        return ()
    found = (*_list_talks(inquiry, practice), *_list_rewards(practice))
    return tuple(measure for measure in found if measure.inside.any())


def _list_talks(inquiry: Inquiry, practice: PracticeEvidence) -> Iterator[Measure]:
    was_there = find_present(practice)
    if practice.n_checkins is not None:
        n, manager = practice.n_checkins, inquiry.population.manager
        has_manager = was_there if manager is None else was_there & (manager >= 0)
        yield _share("checkins", "checkin_share", n > 0, has_manager)
        has_months = has_manager & np.isfinite(practice.months)
        months = np.where(has_months, practice.months, 1.0)
        yield Measure("checkins", "checkins_per_month", n / months, has_months, is_share=False)
    for dimension, name, flags in (
        ("feedback", "feedback_share", practice.has_feedback),
        ("recognition", "recognised_share", practice.has_recognition),
    ):
        if flags is not None:
            yield _share(dimension, name, flags, was_there)


def _list_rewards(practice: PracticeEvidence) -> Iterator[Measure]:
    promoted = practice.promoted
    yield _share("promotion", "promoted_share", promoted == 1, promoted >= 0)
    for dimension, percent in (
        ("merit", practice.merit_percent),
        ("bonus", practice.bonus_percent),
    ):
        has_any = np.isfinite(percent)
        value = np.where(has_any, percent, 0.0)
        yield Measure(dimension, f"{dimension}_percent", value, has_any, is_share=False)


def find_present(practice: PracticeEvidence) -> BoolArray:
    """People there for a month or more; everybody where the cycle has no dates."""
    return np.asarray(~(practice.months < LEAST_MONTHS), np.bool_)


def _share(dimension: str, name: str, flags: BoolArray, inside: BoolArray) -> Measure:
    return Measure(dimension, name, flags.astype(np.float64), inside, is_share=True)


def build_practice(inquiry: Inquiry) -> pd.DataFrame:
    r"""Compare what each group of a single attribute got with its reference.

    Shares: Fisher's mid-p, Newcombe's interval, Koopman's ratio. Means: Welch.
    Both besides clustered by manager, the wider interval and the larger p
    count. Rewards once more within the bands of the stage that decides:
    :func:`calibrate.audit.practice_bands.compare_in_bands`. q-values are after
    Benjamini-Hochberg over the whole table, a family of its own: no verdict on
    bands can change by it.

    Returns
    -------
    frame as :data:`calibrate.tables.PRACTICE`
        Empty without check-ins, feedback and rewards; intersections are left out.
    """
    groupings = [g for g in inquiry.groupings if len(g.positions) == 1 and g.reference >= 0]
    stage = name_primary_stage(inquiry.population.stages)
    blocks: list[list[Row]] = []
    for grouping in groupings:
        for measure in list_measures(inquiry):
            blocks.append(_compare_plain(inquiry, grouping, measure))
            if stage and measure.dimension in REWARDS:
                blocks.append(_compare_within(inquiry, grouping, measure, stage))
    lines = [line for block in blocks for line in block]
    if not lines:
        return PRACTICE.empty()
    rows = _judge(pd.DataFrame(lines), inquiry.settings.rules)
    rows[list(COUNTS)] = rows[list(COUNTS)].astype("Int64")
    rows.loc[rows["suppressed"].to_numpy(bool), [*COUNTS, *FIGURES]] = pd.NA
    return PRACTICE.conform(rows[PRACTICE.names])


def _hide(inquiry: Inquiry, grouping: Grouping, measure: Measure) -> Grouping:
    """In a view to be handed on, hide every group where the others would tell a hidden one."""
    if not len(grouping.withheld):
        return grouping
    group = inquiry.group_of(grouping)[measure.inside]
    n = np.bincount(group, minlength=len(grouping.labels))
    hidden = grouping.find_hidden(n, inquiry.settings.min_cell)
    place = measure.value if measure.is_share else np.zeros(len(measure.value))
    at = place[measure.inside].astype(np.int64)
    is_telling = bool((hidden & ~grouping.withheld).any())
    if is_telling or gives_away(grouping, group, at, hidden, inquiry.settings.min_cell):
        return replace(grouping, withheld=np.ones(len(grouping.labels), np.bool_))
    return grouping


def _compare_plain(inquiry: Inquiry, grouping: Grouping, measure: Measure) -> list[Row]:
    grouping = _hide(inquiry, grouping, measure)
    group, value = inquiry.group_of(grouping)[measure.inside], measure.value[measure.inside]
    size = len(grouping.labels)
    n = np.bincount(group, minlength=size)
    sums = np.bincount(group, value, size).astype(np.float64)
    clusters = inquiry.clusters
    cells = None if clusters is None else ClusterCells.build(group, clusters[measure.inside])
    sides = Sides(grouping, n, inquiry.settings.min_cell, inquiry.settings.rules)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = sums / n
        left = np.bincount(group, (value - means[group]) ** 2, size)
        variances = left / (n - 1)
    if measure.is_share:
        rows = compare_rates(sides, np.rint(sums).astype(np.int64), means, cells, value)
    else:
        rows = compare_means(sides, means, variances, cells, value)
    _bound_differences(rows, sides, sums if measure.is_share else None, cells, value)
    return [_write_plain(rows, measure, g, sides) for g in range(size) if g != sides.reference]


def _bound_differences(
    rows: Rows, sides: Sides, counted: FloatArray | None, cells: ClusterCells | None,
    value: FloatArray,
) -> None:  # fmt: skip
    """Let low and high bound the difference, of shares too; the clustered interval if wider."""
    r, n = sides.reference, sides.n
    sums = None if cells is None else cells.add_up(value)
    for g in sides.list_compared():
        if counted is not None:
            people = int(counted[g]), int(n[g]), int(counted[r]), int(n[r])
            rows["low"][g], rows["high"][g] = newcombe_interval(*people)
        if cells is not None and sums is not None:
            (n1, y1), (n0, y0) = (
                [cells.spread_out(side, values) for values in (cells.n, sums)] for side in (g, r)
            )
            clustered = clustered_gap(n1, y1, n0, y0)
            rows["low"][g], rows["high"][g] = widen(rows["low"][g], rows["high"][g], clustered)


def _name(grouping: Grouping, g: int, measure: Measure, stage: str) -> Row:
    return {
        "stage": stage, "dimension": measure.dimension, "measure": measure.name,
        "attribute": grouping.attribute, "group": grouping.labels[g],
        "reference": grouping.reference_label, "family": FAMILY, "is_share": measure.is_share,
    }  # fmt: skip


def _write_plain(rows: Rows, measure: Measure, g: int, sides: Sides) -> Row:
    r = sides.reference
    counted = rows["n_favourable"] if measure.is_share else np.full(len(sides.n), np.nan)
    figures = [name for name in FIGURES if name in rows]
    return _name(sides.grouping, g, measure, PLAIN) | {
        "n": int(sides.n[g]), "n_reference": int(sides.n[r]),
        "n_yes": counted[g], "n_yes_reference": counted[r],
        "rate_reference": rows["rate"][r],
        **{name: rows[name][g] for name in figures},
        "is_computable": bool(rows["is_computable"][g]), "suppressed": bool(rows["is_small"][g]),
        "is_beyond_bound": bool(rows["is_beyond_bound"][g]),
        "is_inside_bound": bool(rows["is_inside_bound"][g]),
    }  # fmt: skip


def _compare_within(
    inquiry: Inquiry, grouping: Grouping, measure: Measure, stage: str
) -> list[Row]:
    """People of the same band beside each other; those without a band are left out."""
    band = inquiry.population.bands[stage]
    measure = replace(measure, inside=measure.inside & (band >= 0))
    grouping = _hide(inquiry, grouping, measure)
    r, least = grouping.reference, max(1, inquiry.settings.min_cell)
    group, at = inquiry.group_of(grouping), measure.inside
    n = np.bincount(group[at], minlength=len(grouping.labels))
    hidden = grouping.find_hidden(n, inquiry.settings.min_cell)
    lines = []
    for g in range(len(grouping.labels)):
        if g == r:
            continue
        line = _name(grouping, g, measure, stage) | {"suppressed": bool(hidden[g] or hidden[r])}
        gap = BandGap(0, 0)
        if not line["suppressed"]:
            pair = at & ((group == g) | (group == r))
            clusters = None if inquiry.clusters is None else inquiry.clusters[pair]
            gap = compare_in_bands(
                measure.value[pair], group[pair] == g, band[pair], clusters,
                is_share=measure.is_share,
            )  # fmt: skip
            line["suppressed"] = min(gap.n, gap.n_reference) < least
        lines.append(line | _write_within(gap, measure, inquiry.settings.rules))
    return lines


def _write_within(gap: BandGap, measure: Measure, rules: RulePack) -> Row:
    ratio, standard = gap.ratio, gap.standard
    if measure.is_share:
        low, high = float(rules.lower), float(rules.upper)
        size = gap.rate / gap.rate_reference if gap.rate_reference > 0 else np.nan
        ends = (ratio.low, ratio.high)
    else:
        low, high = -rules.standardised_difference, rules.standardised_difference
        size, ends = standard.g, (standard.low, standard.high)
    return {
        "n": gap.n, "n_reference": gap.n_reference,
        "n_yes": gap.n_yes if measure.is_share else np.nan,
        "n_yes_reference": gap.n_yes_reference if measure.is_share else np.nan,
        "rate": gap.rate, "rate_reference": gap.rate_reference,
        "ratio": size if measure.is_share else np.nan,
        "ratio_low": ratio.low, "ratio_high": ratio.high,
        "difference": gap.difference, "low": gap.low, "high": gap.high,
        "p_value": gap.p_value, "p_clustered": gap.p_clustered, "p_null_imposed": np.nan,
        "detectable_difference": Z_FOUND * gap.se,
        "is_computable": bool(np.isfinite(size) and np.isfinite(gap.p_value)),
        # A ratio on the bound is not beyond it, whatever the last digit of a double says.
        "is_beyond_bound": bool(size < low - 1e-12 or size > high + 1e-12),
        "is_inside_bound": bool(low <= ends[0] and ends[1] <= high),
    }  # fmt: skip


def _judge(rows: pd.DataFrame, rules: RulePack) -> pd.DataFrame:
    """Adjust over all lines, add what a test of them all would have found, and judge."""
    p_values = [rows[name].to_numpy(float) for name in ("p_value", "p_clustered", "p_null_imposed")]
    is_tested = rows["is_computable"].to_numpy(bool) & ~rows["suppressed"].to_numpy(bool)
    larger = np.where(is_tested, np.fmax(p_values[0], p_values[1]), np.nan)
    imposed = np.where(is_tested, p_values[2], np.nan)
    q_imposed = false_discovery_rate(np.fmax(larger, imposed))
    rows["q_value"] = q_value = false_discovery_rate(larger)
    rows["q_null_imposed"] = q_imposed = np.where(np.isfinite(imposed), q_imposed, np.nan)
    rows["detectable_difference_family"] = _tighten(rows, int(np.isfinite(larger).sum()))
    flags = zip(
        rows["is_computable"], rows["suppressed"], rows["is_beyond_bound"],
        rows["is_inside_bound"], q_value.tolist(), q_imposed.tolist(), strict=True,
    )  # fmt: skip
    rows["verdict"] = [
        "too_few" if small else judge(Evidence(there, small, False, *other), rules.alpha)
        for there, small, *other in flags
    ]
    return rows


def _tighten(rows: pd.DataFrame, n_tests: int) -> FloatArray:
    """Smallest differences found with 80 % power at 0.05 over the number of tests."""
    gap = rows["detectable_difference"].to_numpy(float)
    tight = tighten_gap(gap, max(1, n_tests))
    is_rate = (rows["is_share"] & (rows["stage"] == PLAIN)).to_numpy(bool) & np.isfinite(gap)
    if is_rate.any():
        part = rows[is_rate]
        rate0 = part["rate_reference"].to_numpy(float)
        n1, n0 = (part[name].to_numpy(np.int64) for name in ("n", "n_reference"))
        smallest = detectable_ratio(rate0, n1, n0, ALPHA / max(1, n_tests))
        tight[is_rate] = rate0 * np.abs(1 - smallest)
    return tight
