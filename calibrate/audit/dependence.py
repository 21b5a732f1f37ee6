"""People under one manager are not independent: what that does to each gap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from calibrate.audit.clustered import ClusterCells
from calibrate.audit.dependence_removal import Bounds, TwoSides, find_reversals, find_threshold
from calibrate.audit.groups import Grouping
from calibrate.audit.inference import Z_FOUND, tighten_gap
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.mantel_haenszel import (
    NO_RATIO,
    Strata,
    common_odds_ratio,
    common_risk_ratio,
    compare_strata,
)
from calibrate.audit.policy import PRIMARY_MEASURES
from calibrate.audit.population import SCORED_STAGES
from calibrate.bands.guideline import false_discovery_rate
from calibrate.config import MICRO, MISSING
from calibrate.tables import DEPENDENCE

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Row = dict[str, Any]

#: Where no larger share of the rated people is well linked, severities are not told apart.
HARDLY_ANY = 0.1
MEASURES = (*PRIMARY_MEASURES, "mean_score")


@dataclass(frozen=True)
class Outcome:
    """One measure of one stage.

    Parameters
    ----------
    stage, measure
    inside : (I,)
        People who have it.
    value : (P,)
        0 or 1, or points, of those people.
    """

    stage: str
    measure: str
    inside: BoolArray
    value: FloatArray

    @property
    def is_share(self) -> bool:
        return self.measure != "mean_score"


def list_outcomes(inquiry: Inquiry, stages: tuple[str, ...] | None = None) -> Iterator[Outcome]:
    """Favourable share, lowest band and mean score, of these stages or of all."""
    population, settings = inquiry.population, inquiry.settings
    for stage in population.stages if stages is None else stages:
        has_band = population.bands[stage] >= 0
        band = population.bands[stage][has_band]
        favourable = np.isin(band, sorted(settings.favourable)).astype(np.float64)
        yield Outcome(stage, "selection_rate", has_band, favourable)
        yield Outcome(stage, "lowest_band", has_band, (band == 0).astype(np.float64))
        scores = population.scores.get(stage)
        if stage in SCORED_STAGES and scores is not None and (scores != MISSING).any():
            has_score = scores != MISSING
            yield Outcome(stage, "mean_score", has_score, scores[has_score] / MICRO)


def is_within_leading(inquiry: Inquiry) -> bool:
    """Without severities a gap between managers may be one between raters: within leads."""
    background = inquiry.background
    if background is None or inquiry.clusters is None:
        return False
    rated = inquiry.population.rated
    linked = np.asarray(background.link)[rated] == "linked"
    return not background.is_fitted or bool(linked.size and linked.mean() <= HARDLY_ANY)


def build_dependence(inquiry: Inquiry) -> pd.DataFrame:
    """Split each gap into within and between managers, and leave out one manager at a time.

    Parameters
    ----------
    inquiry
        Without managers the table is empty.

    Returns
    -------
    frame as :data:`calibrate.tables.DEPENDENCE`
        A row per stage, measure and group other than the reference.
    """
    if inquiry.clusters is None or not len(inquiry.rows):
        return DEPENDENCE.empty()
    bench = _Bench(inquiry, inquiry.clusters)
    rows = [
        row
        for outcome in list_outcomes(inquiry)
        for grouping in inquiry.groupings
        for row in bench.compare(outcome, grouping)
    ]
    if not rows:
        return DEPENDENCE.empty()
    table = pd.DataFrame(rows).reindex(columns=DEPENDENCE.names)
    for family in table["family"].unique():
        inside = (table["family"] == family).to_numpy(bool)
        p_within = table.loc[inside, "p_within"].to_numpy(float)
        table.loc[inside, "q_within"] = false_discovery_rate(p_within)
        detectable = table.loc[inside, "detectable_within"].to_numpy(float)
        n_tests = max(1, int(np.isfinite(p_within).sum()))
        table.loc[inside, "detectable_within"] = tighten_gap(detectable, n_tests)
    return table


class _Bench:
    def __init__(self, inquiry: Inquiry, clusters: IntArray) -> None:
        self.inquiry, self.clusters = inquiry, clusters
        manager = inquiry.population.manager
        assert manager is not None
        first = np.unique(clusters, return_index=True)[1]
        self.manager_of = manager[first]
        background = inquiry.background
        self.manager_ids = background.manager_ids if background else ()
        self.judged = _Judged(inquiry)

    def compare(self, outcome: Outcome, grouping: Grouping) -> Iterator[Row]:
        """One row per group other than the reference."""
        if grouping.reference < 0:
            return
        group = grouping.group_of(self.inquiry.codes[outcome.inside])
        cells = ClusterCells.build(group, self.clusters[outcome.inside])
        sums, squares = cells.add_up(outcome.value), cells.add_up(outcome.value**2)
        reference = [cells.spread_out(grouping.reference, v) for v in (cells.n, sums, squares)]
        size = np.bincount(group, minlength=len(grouping.labels))
        for g, label in enumerate(grouping.labels):
            line = self.judged.find(outcome, grouping.attribute, label)
            if g == grouping.reference or line is None:
                continue
            row: Row = {
                "stage": outcome.stage, "measure": outcome.measure,
                "attribute": grouping.attribute, "group": label,
                "reference": grouping.reference_label, "family": line["family"],
                "suppressed": bool(line["is_small"]),
            }  # fmt: skip
            if not line["is_small"]:
                n1, y1, q1 = (cells.spread_out(g, v) for v in (cells.n, sums, squares))
                n0, y0, q0 = reference
                sides = TwoSides(n1, n0, y1, y0, q1, q0, outcome.is_share)
                row |= {"n": int(size[g]), "gap": line["difference"]}
                row |= {key: line[key] for key in ("p_value", "p_clustered")}
                row |= _compare_within(sides, row["gap"], self.inquiry.settings.min_cell)
                row |= self._leave_out(sides, line)
            yield row

    def _leave_out(self, sides: TwoSides, line: Row) -> Row:
        if not line["is_computable"]:
            return {}
        settings = self.inquiry.settings
        threshold, threshold_null = (
            find_threshold(self.judged.others(p, line), settings.rules.alpha)
            for p in (self.judged.larger, self.judged.largest)
        )
        present = np.flatnonzero(sides.n1 + sides.n0 > 0)
        removable = self.manager_of[present] >= 0
        bounds = Bounds(threshold, threshold_null, settings.min_cell, settings.rules)
        reversing = find_reversals(sides.take(present), bounds, removable)[1]
        managers = sorted(self._name(int(c)) for c in present[reversing])
        return {"n_reversing": len(managers), "reverses_without": managers[0] if managers else None}

    def _name(self, cluster: int) -> str:
        code = int(self.manager_of[cluster])
        return self.manager_ids[code] if self.manager_ids else str(code)


class _Judged:
    """Lines of the disparities by their key, and the p-values of their families."""

    def __init__(self, inquiry: Inquiry) -> None:
        rows = inquiry.rows
        keys = zip(rows["stage"], rows["measure"], rows["attribute"], rows["group"], strict=True)
        self.lines: dict[tuple[str, ...], Row] = {
            key: {str(name): value for name, value in record.items()} | {"place": place}
            for place, (key, record) in enumerate(zip(keys, rows.to_dict("records"), strict=True))
            if key[1] in MEASURES
        }
        larger = np.fmax(rows["p_value"].to_numpy(float), rows["p_clustered"].to_numpy(float))
        imposed = rows["p_null_imposed"].to_numpy(float)
        is_tested = rows["is_computable"].to_numpy(bool) & ~rows["is_small"].to_numpy(bool)
        self.larger = np.where(is_tested, larger, np.nan)
        self.largest = np.fmax(self.larger, np.where(is_tested, imposed, np.nan))
        self.family = rows["family"].to_numpy(object)

    def find(self, outcome: Outcome, attribute: str, group: str) -> Row | None:
        return self.lines.get((outcome.stage, outcome.measure, attribute, group))

    def others(self, p_value: FloatArray, line: Row) -> FloatArray:
        """Those of the other lines of this line's family."""
        inside = (self.family == line["family"]) & np.isfinite(p_value)
        inside[line["place"]] = False
        return np.asarray(p_value[inside], dtype=np.float64)


def _compare_within(sides: TwoSides, gap: float, min_cell: int) -> Row:
    """Gap within managers and the rest; empty where too few people can be compared."""
    strata = Strata.build(sides.n1, sides.n0, sides.y1, sides.y0, sides.q1 + sides.q0)
    least = max(1, min_cell)
    if min(strata.n1.sum(), strata.n0.sum()) < least:
        return {"within": "too_few"}
    found = compare_strata(strata, is_share=sides.is_share)
    low, high = find_interval_within(strata, found.gap)
    if found.test == "none":
        low = high = float("nan")  # Nobody differs: that is no certainty.
    ratio = common_risk_ratio(strata) if sides.is_share else NO_RATIO
    odds = common_odds_ratio(strata) if sides.is_share else NO_RATIO
    return {
        "within": "told",
        "n_managers": len(strata.n), "n_compared": int(strata.n.sum()),
        "gap_within": found.gap, "within_low": low, "within_high": high,
        "gap_between": gap - found.gap, "p_within": found.p_value, "test_within": found.test,
        "detectable_within": Z_FOUND * found.se,
        "ratio_within": ratio.value, "ratio_low": ratio.low, "ratio_high": ratio.high,
        "mh_odds_ratio": odds.value, "mh_low": odds.low, "mh_high": odds.high,
    }  # fmt: skip


def find_interval_within(strata: Strata, gap: float) -> tuple[float, float]:
    r"""95 % interval of the gap within managers, with managers as clusters.

    .. math:: T_s = y_{1s} - n_{1s} \frac{y_s}{n_s}, \quad w_s = \frac{n_{1s} n_{0s}}{n_s}, \quad
              \mathrm{se}^2 = \frac{S}{S - 1} \frac{\sum (T_s - w_s\,\mathrm{gap})^2}{(\sum w_s)^2}

    with Student's t of S − 1 degrees of freedom.

    Returns
    -------
    low, high
        NaN with a single manager.
    """
    n_strata = len(strata.n)
    if n_strata < 2:
        return float("nan"), float("nan")
    w = strata.n1 * strata.n0 / strata.n
    total = strata.y1 - strata.n1 * (strata.y1 + strata.y0) / strata.n
    squares = float(((total - w * gap) ** 2).sum())
    se = (n_strata / (n_strata - 1) * squares) ** 0.5 / float(w.sum())
    half = float(stdtrit(n_strata - 1, 0.975)) * se
    return gap - half, gap + half
