"""The audit: from people, bands and groups to verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits

from calibrate.audit.attributes import AttributeTable
from calibrate.audit.clustered import ClusterCells, number_clusters
from calibrate.audit.compare import Rows, Sides, compare_means, compare_rates
from calibrate.audit.cube import (
    Cells,
    Cube,
    build_cube,
    count_cell_bands,
    find_twice_median,
    measure_variances,
)
from calibrate.audit.disclosure import (
    EarlierView,
    Plan,
    Told,
    mark_withheld,
    plan_disclosure,
    say_plan,
)
from calibrate.audit.findings import find_disparities, write_notes
from calibrate.audit.groups import GROUPS, Grouping, build_groupings, count_groups
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.metrics import Outcome, compare_with_people, list_measures, measure_groups
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
from calibrate.language import _
from calibrate.language.figures import write_scientific
from calibrate.tables import DISPARITIES, FINDINGS

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

#: Measures of stages that have points: a share, then a mean.
SCORE_MEASURES = ("scoring_rate", "mean_score")


def audit_population(
    population: Population,
    attributes: AttributeTable,
    settings: AuditSettings,
    earlier: Sequence[EarlierView] | None = None,
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
    earlier
        Views handed on before: the result is then such a view, too. None makes
        the view for auditors, in which small groups alone are withheld.

    Returns
    -------
    AuditResult
        Every figure by group that may be shown.

    Raises
    ------
    InputError
        If earlier views give a small group away, whatever this one hides.
    """
    # One thread: more of them spin on vectors this short, and could add up in another order.
    with threadpool_limits(limits=1):
        return _audit(population, attributes, settings, earlier)


def _audit(
    population: Population,
    attributes: AttributeTable,
    settings: AuditSettings,
    earlier: Sequence[EarlierView] | None,
) -> AuditResult:
    aligned = attributes.aligned_to(population.employee_ids)
    groupings = build_groupings(aligned, population, settings)
    cube = build_cube(population, aligned)
    codes = np.column_stack(
        [aligned.codes[name] for name in aligned.names]
        or [np.zeros((len(population.employee_ids), 0), np.int64)]
    )
    plan = plan_disclosure(groupings, codes, population, settings, earlier)
    bench = _Bench(population, settings, cube, codes, groupings, plan)
    blocks = [
        block
        for stage in population.stages
        for position in range(len(groupings))
        for block in bench.compare_stage(stage, position)
    ]
    judged = judge_rows(blocks, population, settings)
    shown = tuple(mark_withheld(grouping, plan) for grouping in groupings)
    inquiry = Inquiry(population, settings, aligned, codes, shown, bench.clusters, cube, judged)
    return _report(inquiry, bench.cross_check(), plan)


def _report(inquiry: Inquiry, checked: tuple[float, int] | None, plan: Plan) -> AuditResult:
    """Fill every table, withhold what a plan says, and gather the reasons to look."""
    population, settings = inquiry.population, inquiry.settings
    rows = suppress_small(inquiry.rows) if len(inquiry.rows) else inquiry.rows
    everybody = inquiry.cube.headcount
    told = Told(plan)
    disparities = rows[DISPARITIES.names] if len(rows) else DISPARITIES.empty()
    told.add(DISPARITIES, DISPARITIES.conform(disparities))
    told.add(GROUPS, count_groups(inquiry.groupings, everybody, settings.min_cell))
    found = find_disparities(rows)
    missing = () if inquiry.aligned.names else settings.attributes or ()
    notes = [*write_notes(rows, population, missing), *_describe_check(checked)]
    for part in PARTS:
        table = told.add(part.contract, part.contract.conform(part.build(inquiry)))
        # What is said of a table may say no more than the table does.
        found += part.find(inquiry, table) if part.find else []
        notes += part.note(inquiry, table) if part.note else []
    tables = told.tables | {
        "findings": FINDINGS.conform(pd.DataFrame(found, columns=FINDINGS.names)),
        "disclosure": told.tabulate(),
    }
    worst = None if checked is None else checked[0]
    return AuditResult(
        tables=tables,
        cross_check=worst,
        notes=(*notes, *say_plan(plan)),
        rules=settings.rules.describe(),
    )


def _describe_check(checked: tuple[float, int] | None) -> list[str]:
    if checked is None:
        return []
    return [
        _(
            "All {n} shares and means by group were computed a second time, person by person, "
            "with fairlearn. The largest difference is {difference}.",
            n=checked[1], difference=write_scientific(checked[0]),
        )
    ]  # fmt: skip


@dataclass
class _Bench:
    population: Population
    settings: AuditSettings
    cube: Cube
    codes: IntArray
    groupings: tuple[Grouping, ...]
    plan: Plan

    def __post_init__(self) -> None:
        manager = self.population.manager
        self.clusters = None if manager is None else number_clusters(manager)
        wanted = list_measures(self.population.band_labels, self.settings.favourable)
        labels = np.arange(self.cube.n_bands)
        self.counted = {measure: np.isin(labels, bands) for measure, bands in wanted.items()}
        self.measures = (*self.counted, *SCORE_MEASURES)
        self.cells = [
            {stage: self.cube.cells_of(stage, grouping) for stage in self.population.stages}
            for grouping in self.groupings
        ]
        self.figures = self._measure()

    def _measure(self) -> list[FloatArray]:
        """Every share and mean of each grouping: (measures, stages, groups)."""
        found = []
        for grouping, cells in zip(self.groupings, self.cells, strict=True):
            size = len(grouping.labels)
            shape = (len(self.measures), len(cells), size)
            group = [position * size + each.group for position, each in enumerate(cells.values())]
            if not group:
                found.append(np.zeros(shape))
                continue
            outcomes = [self._outcomes_of_cells(each) for each in cells.values()]
            figures = measure_groups(
                np.concatenate(group), _join_outcomes(outcomes), len(cells) * size
            )
            found.append(figures.reshape(shape))
        return found

    def _outcomes_of_cells(self, cells: Cells) -> list[Outcome]:
        has_band = cells.n * (cells.band >= 0)
        has_points = cells.n * cells.has_points
        return [
            *(Outcome(counted[cells.band], has_band) for counted in self.counted.values()),
            Outcome(cells.is_above, has_points),
            Outcome(cells.points, has_points),
        ]

    def _outcomes_of_people(self, stage: str) -> list[Outcome]:
        band = self.population.bands[stage]
        points = self.population.scores.get(stage, np.full(len(band), MISSING))
        has_band, has_points = band >= 0, points != MISSING
        is_above = 2 * points > find_twice_median(points[has_points])
        return [
            *(Outcome(counted[band], has_band) for counted in self.counted.values()),
            Outcome(is_above, has_points),
            Outcome(points / MICRO, has_points),
        ]

    def compare_stage(self, stage: str, position: int) -> Iterator[Rows]:
        """Yield one block of rows for each measure of this stage."""
        cells = self.cells[position][stage]
        grouping = mark_withheld(self.groupings[position], self.plan, (stage,))
        stages = self.population.stages
        figures = dict(
            zip(self.measures, self.figures[position][:, stages.index(stage)], strict=True)
        )
        measured = [self._compare_bands(stage, grouping, cells, figures)]
        if stage in SCORED_STAGES and cells.has_points.any():
            measured.append(self._compare_scores(stage, grouping, cells, figures))
        for measure, rows in chain.from_iterable(measured):
            size = len(grouping.labels)
            names = {"stage": stage, "measure": measure}
            yield rows | {key: np.full(size, name, dtype=object) for key, name in names.items()}

    def _compare_bands(
        self, stage: str, grouping: Grouping, cells: Cells, figures: Mapping[str, FloatArray]
    ) -> Iterator[tuple[str, Rows]]:
        counts = count_cell_bands(cells, len(grouping.labels), self.cube.n_bands)
        sides = self._sides(grouping, counts.sum(axis=1))
        bands = self.population.bands[stage]
        teams = self._teams(grouping, bands >= 0)
        bands = bands[bands >= 0]
        for measure, counted in self.counted.items():
            x = counts[:, counted].sum(axis=1)
            outcome = counted[bands].astype(np.float64)
            is_adverse = measure == "lowest_band"
            rows = compare_rates(sides, x, figures[measure], teams, outcome, is_adverse=is_adverse)
            yield measure, rows

    def _compare_scores(
        self, stage: str, grouping: Grouping, cells: Cells, figures: Mapping[str, FloatArray]
    ) -> Iterator[tuple[str, Rows]]:
        size = len(grouping.labels)
        n, x = (
            np.bincount(cells.group, weights=cells.n * flag, minlength=size).astype(np.int64)
            for flag in (cells.has_points, cells.is_above)
        )
        sides = self._sides(grouping, n)
        has_score = self.population.scores[stage] != MISSING
        scores = self.population.scores[stage][has_score]
        teams = self._teams(grouping, has_score)
        is_above = (2 * scores > find_twice_median(scores)).astype(np.float64)
        share, mean = SCORE_MEASURES
        yield share, compare_rates(sides, x, figures[share], teams, is_above)
        variances = measure_variances(cells.keep(cells.has_points), size)
        yield mean, compare_means(sides, figures[mean], variances, teams, scores / MICRO)

    def _sides(self, grouping: Grouping, n: IntArray) -> Sides:
        return Sides(grouping, n, self.settings.min_cell, self.settings.rules)

    def _teams(self, grouping: Grouping, inside: BoolArray) -> ClusterCells | None:
        if self.clusters is None:
            return None
        return ClusterCells.build(grouping.group_of(self.codes[inside]), self.clusters[inside])

    def cross_check(self) -> tuple[float, int] | None:
        """Largest difference of any share or mean to fairlearn over people, and how many."""
        outcomes = [o for stage in self.population.stages for o in self._outcomes_of_people(stage)]
        checked = [
            compare_with_people(
                grouping.group_of(self.codes), outcomes,
                # People bring all measures of a stage, then those of the next.
                figures.transpose(1, 0, 2).reshape(len(outcomes), -1),
            )
            for grouping, figures in zip(self.groupings, self.figures, strict=True)
        ]  # fmt: skip
        n_figures = sum(n for __, n in checked)
        return (max(worst for worst, __ in checked), n_figures) if n_figures else None


def _join_outcomes(outcomes: Sequence[Sequence[Outcome]]) -> list[Outcome]:
    """The same measures of several stages, one below the other."""
    return [
        Outcome(np.concatenate([o.value for o in each]), np.concatenate([o.n for o in each]))
        for each in zip(*outcomes, strict=True)
    ]
