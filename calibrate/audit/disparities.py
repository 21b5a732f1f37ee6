"""The audit: from people, bands and groups to verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit.attributes import AttributeTable
from calibrate.audit.clustered import ClusterCells, number_clusters
from calibrate.audit.compare import Rows, Sides, compare_means, compare_rates
from calibrate.audit.cube import Cube, build_cube, median_of_cells
from calibrate.audit.findings import find_disparities, write_notes
from calibrate.audit.groups import Grouping, build_groupings, count_groups
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.metrics import (
    compare_with_rows,
    mean_of_points,
    measure_groups,
    measure_variances,
    share_above,
    share_of,
)
from calibrate.audit.parts import PARTS
from calibrate.audit.population import (
    SCORED_STAGES,
    AuditResult,
    AuditSettings,
    Population,
)
from calibrate.audit.suppress import suppress_small
from calibrate.audit.verdicts import judge_rows
from calibrate.config import MICRO, MISSING
from calibrate.tables import DISPARITIES, FINDINGS

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

NOBODY: IntArray = np.zeros(0, np.int64)


def audit_population(
    population: Population, attributes: AttributeTable, settings: AuditSettings
) -> AuditResult:
    """Compare groups at every stage and measure, and say what each figure can carry.

    Parameters
    ----------
    population
        Everybody and where each stage put them.
    attributes
        Opened after the scores were hashed.
    settings
        What to compare, declared before.

    Returns
    -------
    AuditResult
        Every figure by group, with primary suppression.
    """
    aligned = attributes.aligned_to(population.employee_ids)
    groupings = build_groupings(aligned, population, settings)
    cube = build_cube(population, aligned)
    codes = np.column_stack(
        [aligned.codes[name] for name in aligned.names]
        or [np.zeros((len(population.employee_ids), 0), np.int64)]
    )
    bench = _Bench(population, settings, cube, codes)
    blocks = [
        block
        for stage in population.stages
        for grouping in groupings
        for block in bench.compare_stage(stage, grouping)
    ]
    judged = judge_rows(blocks, population, settings)
    inquiry = Inquiry(population, settings, aligned, codes, groupings, bench.clusters, cube, judged)
    return _report(inquiry, bench.cross_check(groupings))


def _report(inquiry: Inquiry, cross_check: float | None) -> AuditResult:
    """Fill every table, withhold what is too small, and gather the reasons to look."""
    population, settings = inquiry.population, inquiry.settings
    rows = suppress_small(inquiry.rows) if len(inquiry.rows) else inquiry.rows
    tables = {
        "disparities": DISPARITIES.conform(
            rows[DISPARITIES.names] if len(rows) else DISPARITIES.empty()
        ),
        "groups": count_groups(inquiry.groupings, inquiry.codes, population, settings.min_cell),
    }
    found = find_disparities(rows)
    notes = [*write_notes(rows, population)]
    for part in PARTS:
        table = part.contract.conform(part.build(inquiry))
        tables[part.contract.name] = table
        found += part.find(inquiry, table) if part.find else []
        notes += part.note(inquiry, table) if part.note else []
    tables["findings"] = FINDINGS.conform(pd.DataFrame(found, columns=FINDINGS.names))
    return AuditResult(
        tables=tables, cross_check=cross_check, notes=tuple(notes), rules=settings.rules.describe()
    )


@dataclass
class _Bench:
    population: Population
    settings: AuditSettings
    cube: Cube
    codes: IntArray

    def __post_init__(self) -> None:
        manager = self.population.manager
        self.clusters = None if manager is None else number_clusters(manager)
        self.figures: dict[tuple[str, str], FloatArray] = {}

    def compare_stage(self, stage: str, grouping: Grouping) -> Iterator[Rows]:
        """Yield one block of rows for each measure of this stage."""
        measured = [self._measure_bands(stage, grouping)]
        if stage in SCORED_STAGES and (self.population.scores.get(stage, NOBODY) != MISSING).any():
            measured.append(self._measure_scores(stage, grouping))
        for measure, rows in chain.from_iterable(measured):
            size = len(grouping.labels)
            names = {"stage": stage, "measure": measure}
            yield rows | {key: np.full(size, name, dtype=object) for key, name in names.items()}

    def _measure_bands(self, stage: str, grouping: Grouping) -> Iterator[tuple[str, Rows]]:
        counts = self.cube.count_bands(stage, grouping, len(self.population.band_labels))
        n_groups, n_bands = counts.shape
        group, band = (part.ravel() for part in np.indices(counts.shape))
        sides = self._sides(grouping, counts.sum(axis=1))
        bands = self.population.bands[stage]
        bands = bands[bands >= 0]
        cells = self._cells(grouping, self.population.bands[stage] >= 0)
        wanted = _list_measures(self.population, self.settings)
        measures = {name: share_of(counted) for name, counted in wanted.items()}
        rates = measure_groups(group, band, counts.ravel(), n_groups, measures)
        for measure, counted in wanted.items():
            self.figures[grouping.attribute, f"{stage} {measure}"] = rates[measure]
            is_counted = np.isin(np.arange(n_bands), counted)
            x = counts[:, is_counted].sum(axis=1)
            outcome = is_counted[bands].astype(np.float64)
            yield (
                measure,
                compare_rates(
                    sides, x, rates[measure], cells, outcome, is_adverse=measure == "lowest_band"
                ),
            )

    def _measure_scores(self, stage: str, grouping: Grouping) -> Iterator[tuple[str, Rows]]:
        group, points, n = self.cube.count_points(stage, grouping)
        n_groups = len(grouping.labels)
        size = np.bincount(group, weights=n, minlength=n_groups).astype(np.int64)
        sides = self._sides(grouping, size)
        has_score = self.population.scores[stage] != MISSING
        scores = self.population.scores[stage][has_score]
        cells = self._cells(grouping, has_score)
        twice_median = median_of_cells(points, n)
        measures = {"scoring_rate": share_above(twice_median), "mean_score": mean_of_points}
        found = measure_groups(group, points, n, n_groups, measures)
        is_above = 2 * points > twice_median
        x = np.bincount(group, weights=n * is_above, minlength=n_groups).astype(np.int64)
        outcome = (2 * scores > twice_median).astype(np.float64)
        yield "scoring_rate", compare_rates(sides, x, found["scoring_rate"], cells, outcome)
        means = found["mean_score"]
        self.figures[grouping.attribute, f"{stage} mean_score"] = means
        variances = measure_variances(group, points / MICRO, n, means)
        yield "mean_score", compare_means(sides, means, variances, cells, scores / MICRO)

    def _sides(self, grouping: Grouping, n: IntArray) -> Sides:
        return Sides(grouping, n, self.settings.min_cell, self.settings.rules)

    def _cells(self, grouping: Grouping, inside: BoolArray) -> ClusterCells | None:
        if self.clusters is None:
            return None
        return ClusterCells.build(grouping.group_of(self.codes[inside]), self.clusters[inside])

    def cross_check(self, groupings: tuple[Grouping, ...]) -> float | None:
        """Compare favourable shares and means with fairlearn over people."""
        outcomes: list[tuple[str, BoolArray, BoolArray | FloatArray]] = []
        for stage in self.population.stages:
            bands = self.population.bands[stage]
            favourable = np.isin(bands, list(self.settings.favourable))
            outcomes.append((f"{stage} selection_rate", bands >= 0, favourable))
        for stage, scores in self.population.scores.items():
            outcomes.append((f"{stage} mean_score", scores != MISSING, scores / MICRO))
        labels = {g.attribute: g.group_of(self.codes) for g in groupings}
        return compare_with_rows(labels, outcomes, self.figures)


def _list_measures(population: Population, settings: AuditSettings) -> dict[str, list[int]]:
    n_bands = len(population.band_labels)
    cuts = {
        f"at_or_above:{population.band_labels[first]}": list(range(first, n_bands))
        for first in range(1, n_bands)
    }
    return {"selection_rate": sorted(settings.favourable)} | cuts | {"lowest_band": [0]}
