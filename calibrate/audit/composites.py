"""One figure over all groups, with what luck alone would make of it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit.bootstrap import (
    REPLICATES,
    USUAL,
    Levels,
    average_gaps,
    bound_difference,
    bound_ratio,
    divide_extremes,
    resample_groups,
    resample_pooled,
    subtract_extremes,
)
from calibrate.audit.cube import Cells
from calibrate.audit.groups import Grouping
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.metrics import list_measures
from calibrate.audit.population import STAGES
from calibrate.config import MICRO
from calibrate.language import _
from calibrate.tables import COMPOSITES

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

#: Below this many people, or counted or uncounted people, of any group no interval is given:
#: the middle of the replicates covers 43 % instead of 95 % where a group has 6 people.
LEAST_PEOPLE, LEAST_COUNTED = 10, 5
RATIO, RANGE, GAP = "smallest_over_largest", "largest_minus_smallest", "mean_gap_to_reference"
#: Keeps these draws apart from those of other parts with the same seed.
STREAM = 50

SCORE_MEASURES = ("scoring_rate", "mean_score")
FIGURES = ("value", "low", "high", "null_value", "null_low", "null_high")


def build_composites(inquiry: Inquiry) -> pd.DataFrame:
    """Smallest over largest, largest minus smallest, mean distance to the reference.

    Returns
    -------
    frame as :data:`calibrate.tables.COMPOSITES`
    """
    rows = [
        row
        for stage in inquiry.population.stages
        for grouping in inquiry.groupings
        for bench in _list_benches(inquiry, stage, grouping)
        for row in bench.list_rows()
    ]
    return COMPOSITES.conform(pd.DataFrame(rows, columns=COMPOSITES.names))


def note_composites(inquiry: Inquiry, table: pd.DataFrame) -> list[str]:
    """Say which figures have no interval, and what the draws leave out."""
    shown = table[~table["suppressed"].astype(bool) & table["value"].notna()]
    without = int(shown["low"].isna().sum())
    if not len(shown):
        return []
    said = []
    if without:
        said.append(
            _(
                "{n} of {total} figures over all groups have no interval: a group has fewer than "
                "{people} people, or fewer than {counted} on either side of the cut, and too few "
                "people cannot be drawn again.",
                n=without, total=len(shown), people=LEAST_PEOPLE, counted=LEAST_COUNTED,
            )
        )  # fmt: skip
    if inquiry.clusters is not None:
        said.append(
            _(
                "Figures over all groups are drawn person by person. Where teams differ, luck "
                "alone moves them further than their intervals say; no verdict rests on them."
            )
        )
    return said


@dataclass(frozen=True)
class _Bench:
    """The groups of one attribute at one stage, and the measures read off the same draws.

    Parameters
    ----------
    stage, grouping, reference
        Position of the reference among the groups that are shown, -1 if it is not.
    measures
        Of the columns of ``groups``; the last is a mean where ``has_points``.
    groups
        Those of at least ``min_cell`` people with a known attribute.
    pooled
        Their people as one group, points by bin.
    """

    stage: str
    grouping: Grouping
    measures: tuple[str, ...]
    groups: tuple[Levels, ...]
    pooled: Levels
    reference: int
    seed: int

    @cached_property
    def n(self) -> IntArray:
        """(G,) people."""
        return np.array([levels.n.sum() for levels in self.groups], dtype=np.int64)

    @cached_property
    def sums(self) -> IntArray:
        """(M, G) people counted, or millionths of a point."""
        return np.array([levels.n @ levels.value for levels in self.groups], dtype=np.int64).T

    def list_rows(self) -> Iterator[dict[str, object]]:
        """One row for each measure and statistic."""
        empty = {
            "stage": self.stage, "attribute": self.grouping.attribute,
            "n_groups": len(self.groups), "n_replicates": REPLICATES,
            "suppressed": len(self.groups) < 2, **dict.fromkeys(FIGURES, np.nan),
        }  # fmt: skip
        if len(self.groups) < 2:
            for measure in self.measures:
                for statistic in _list_statistics(measure):
                    yield empty | {"measure": measure, "statistic": statistic, "n_replicates": 0}
            return
        # A name, not a position: another attribute changes no figure of this one.
        key = [self.seed, STREAM, STAGES.index(self.stage)]
        key += [zlib.crc32(text.encode()) for text in (self.grouping.attribute, *self.measures)]
        rng = np.random.default_rng(key)
        drawn = resample_groups(self.groups, rng)
        null = resample_pooled(self.pooled, self.n, rng)
        for position, measure in enumerate(self.measures):
            unit = MICRO if measure == "mean_score" else 1
            figures = self.sums[position] / self.n / unit
            samples = (figures, drawn[position] / unit, null[position] / unit)
            for statistic in _list_statistics(measure):
                filled = self._fill(statistic, samples, self._is_enough(position, measure))
                yield empty | {"measure": measure, "statistic": statistic} | filled

    def _is_enough(self, position: int, measure: str) -> bool:
        if measure == "mean_score":
            return bool((self.n >= LEAST_PEOPLE).all())
        x = self.sums[position]
        least = np.minimum(x, self.n - x)
        return bool((self.n >= LEAST_PEOPLE).all() and (least >= LEAST_COUNTED).all())

    def _fill(
        self, statistic: str, samples: tuple[FloatArray, FloatArray, FloatArray], is_enough: bool
    ) -> dict[str, float]:
        measure = self._choose(statistic)
        if measure is None:
            return {}
        value, drawn, null = (measure(sample) for sample in samples)
        if not np.isfinite(value):
            return {}
        usual = np.nanquantile(null, USUAL).tolist()
        filled = {
            "value": float(value),
            "null_value": float(np.nanmean(null)),
            "null_low": usual[0],
            "null_high": usual[1],
        }
        if is_enough:
            is_ratio = statistic == RATIO
            bound = bound_ratio if is_ratio else bound_difference
            ends = bound(float(value), drawn, usual[0] if is_ratio else usual[1])
            filled |= ends._asdict()
        return filled

    def _choose(self, statistic: str) -> Callable[[FloatArray], FloatArray] | None:
        if statistic == GAP:
            return average_gaps(self.n, self.reference) if self.reference >= 0 else None
        return divide_extremes if statistic == RATIO else subtract_extremes


def _list_statistics(measure: str) -> tuple[str, ...]:
    """A ratio of points means nothing: their zero is a choice."""
    return (RANGE, GAP) if measure == "mean_score" else (RATIO, RANGE, GAP)


def _list_benches(inquiry: Inquiry, stage: str, grouping: Grouping) -> Iterator[_Bench]:
    cells = inquiry.cube.cells_of(stage, grouping)
    labels = np.arange(inquiry.cube.n_bands)
    wanted = list_measures(inquiry.population.band_labels, inquiry.settings.favourable)
    counted = {measure: np.isin(labels, bands) for measure, bands in wanted.items()}
    inside = cells.keep(cells.band >= 0)
    of_bands = np.column_stack([is_in[inside.band] for is_in in counted.values()])
    yield _set_up(inquiry, stage, grouping, tuple(counted), inside, of_bands)
    inside = cells.keep(cells.has_points)
    if len(inside.n):
        # A cell's mean, to the millionth of a point.
        points = inside.centre + np.rint(inside.offset / inside.n).astype(np.int64)
        of_points = np.column_stack([inside.is_above, points])
        yield _set_up(inquiry, stage, grouping, SCORE_MEASURES, inside, of_points)


def _set_up(
    inquiry: Inquiry,
    stage: str,
    grouping: Grouping,
    measures: tuple[str, ...],
    cells: Cells,
    value: npt.NDArray[np.generic],
) -> _Bench:
    levels: IntArray = value.astype(np.int64)
    n = np.bincount(cells.group, weights=cells.n, minlength=len(grouping.labels))
    is_shown = grouping.is_known & ~grouping.find_hidden(n, inquiry.settings.min_cell)
    shown = np.flatnonzero(is_shown).tolist()
    # Cells alike in every measure are one: fewer draws, the same law.
    own = [cells.group == g for g in shown]
    groups = [_merge(cells.n[mine], levels[mine], levels[mine]) for mine in own]
    has_reference = grouping.reference in shown
    # Drawn by size, the reference first: what a group is called changes no figure.
    first = shown.index(grouping.reference) if has_reference else -1
    order = sorted(range(len(groups)), key=lambda at: (at != first, *_rank(groups[at])))
    chosen = is_shown[cells.group]
    place = np.column_stack([cells.side, cells.bin])
    key = place if measures == SCORE_MEASURES else levels
    pooled = _merge(cells.n[chosen], levels[chosen], key[chosen])
    reference, seed = 0 if has_reference else -1, inquiry.settings.seed
    ordered = tuple(groups[at] for at in order)
    return _Bench(stage, grouping, measures, ordered, pooled, reference, seed)


def _rank(levels: Levels) -> tuple[int, list[int], list[list[int]]]:
    return -int(levels.n.sum()), levels.n.tolist(), levels.value.tolist()


def _merge(n: IntArray, value: IntArray, key: IntArray) -> Levels:
    """Levels of equal key as one, with the mean of their values."""
    kept, where = np.unique(key, axis=0, return_inverse=True)
    people = np.bincount(where.ravel(), weights=n, minlength=len(kept)).astype(np.int64)
    sums = np.zeros((len(kept), value.shape[1]), np.int64)
    np.add.at(sums, where.ravel(), n[:, np.newaxis] * value)
    return Levels(people, np.rint(sums / people[:, np.newaxis]).astype(np.int64))
