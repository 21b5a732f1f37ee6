"""One contingency cube feeds every figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from calibrate.audit.attributes import AlignedAttributes
from calibrate.audit.groups import Grouping, Headcount
from calibrate.audit.population import Population
from calibrate.config import MICRO, MISSING

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

#: Keys up to this many are numbered by counting; sorting costs ten times as much.
COUNTED_KEYS = 1 << 16


@dataclass(frozen=True)
class Cells:
    """Counted people: who they are, where they stand, how many, and the sums of their points.

    Points lie in bins of one point, and the bin that holds the median of all is
    split there. Within a bin the points are added up as whole numbers, so that
    means and variances are exact and no order of people changes a digit.

    Parameters
    ----------
    codes : (C, A + S)
        Labels of the attributes, then of the strata; or a single column with
        the group (:meth:`Cube.cells_of`).
    band : (C,)
        -1 for none.
    side : (C,)
        1 above the median of all, else 0; -1 without a score.
    bin : (C,)
        Whole points; 0 without a score.
    n : (C,) people
    offset : (C,) millionths of a point
        Sum of the distances to the middle of the bin.
    square : (C,) millionths of a point, squared
        Sum of the squared distances.
    """

    codes: IntArray
    band: IntArray
    side: IntArray
    bin: IntArray
    n: IntArray
    offset: IntArray
    square: IntArray

    @property
    def group(self) -> IntArray:
        """First code: the group, where there is no other."""
        return self.codes[:, 0]

    @property
    def has_points(self) -> BoolArray:
        return np.asarray(self.side >= 0, dtype=np.bool_)

    @property
    def is_above(self) -> BoolArray:
        """Stands above the median of all."""
        return np.asarray(self.side == 1, dtype=np.bool_)

    @property
    def centre(self) -> IntArray:
        """Middle of the bin in millionths of a point."""
        return self.bin * MICRO + MICRO // 2

    @property
    def points(self) -> FloatArray:
        """Mean points of each cell; 0 without a score."""
        mean = (self.centre + self.offset / self.n) / MICRO
        return np.where(self.has_points, mean, 0.0)

    def keep(self, inside: BoolArray) -> Cells:
        """Some of the cells."""
        return Cells(*(getattr(self, field.name)[inside] for field in fields(self)))

    def sum_up(self, codes: IntArray) -> Cells:
        """The same people by fewer codes, (C, A')."""
        shifted = self.bin - self.bin.min(initial=0)
        cell, kept = number_cells([*codes.T, self.band + 1, self.side + 1, shifted], len(codes))
        n, offset, square = (
            _add_up(cell, values, len(kept)) for values in (self.n, self.offset, self.square)
        )
        band, side, bins = (column[kept] for column in (self.band, self.side, self.bin))
        return Cells(codes[kept], band, side, bins, n, offset, square)


@dataclass(frozen=True)
class Cube:
    """People by attributes, strata and where each stage put them.

    Parameters
    ----------
    stages
        Stage to its cells.
    headcount
        Everybody.
    n_bands
        Bands of the company.
    n_attributes
        Columns of ``codes`` that are attributes; strata follow.
    """

    stages: Mapping[str, Cells]
    headcount: Headcount
    n_bands: int
    n_attributes: int

    def cells_of(self, stage: str, grouping: Grouping) -> Cells:
        """Cells of one stage by group."""
        cells = self.stages[stage]
        return cells.sum_up(grouping.group_of(cells.codes)[:, np.newaxis])

    def count_bands(self, stage: str, grouping: Grouping) -> IntArray:
        """People of each group in each band, (G, B)."""
        return count_cell_bands(self.cells_of(stage, grouping), len(grouping.labels), self.n_bands)

    def count_above(self, stage: str, grouping: Grouping) -> tuple[IntArray, IntArray]:
        """People of each group with a score, and those above the median of all, (G,) each."""
        cells, size = self.cells_of(stage, grouping), len(grouping.labels)
        return (
            _add_up(cells.group, cells.n * cells.has_points, size),
            _add_up(cells.group, cells.n * cells.is_above, size),
        )

    def count_strata(self, stage: str, grouping: Grouping) -> IntArray:
        """People of each stratum by group and band, (S, G, B); one stratum without strata."""
        cells = self.stages[stage]
        strata = [column + 1 for column in cells.codes[:, self.n_attributes :].T]
        stratum, kept = number_cells([np.zeros(len(cells.n), np.int64), *strata])
        shape = (len(kept), len(grouping.labels), self.n_bands)
        counts = np.zeros(shape, np.int64)
        inside = cells.band >= 0
        at = (stratum[inside], grouping.group_of(cells.codes[inside]), cells.band[inside])
        np.add.at(counts, at, cells.n[inside])
        return counts


def build_cube(
    population: Population, aligned: AlignedAttributes, strata: Sequence[IntArray] = ()
) -> Cube:
    """Count people once; every rate, mean and variance is read off these counts.

    Parameters
    ----------
    population, aligned
        The same (I,) people in the same order.
    strata
        Codes (I,) of what is to be held constant, -1 where unknown. Each
        multiplies the cells, so none is counted unless it is asked for.
    """
    people = [aligned.codes[name] for name in aligned.names]
    cell, kept = number_cells([*people, *(codes + 1 for codes in strata)], len(population.rated))
    codes = np.column_stack([c[kept] for c in (*people, *strata)] or [kept[:, np.newaxis][:, :0]])
    codes = codes.astype(np.int64)
    empty = np.full(len(cell), MISSING, np.int64)
    stages = {
        stage: _count_stage(
            cell, codes, population.bands[stage], population.scores.get(stage, empty)
        )
        for stage in population.stages
    }
    headcount = _count_everybody(cell, codes[:, : len(people)], population)
    return Cube(stages, headcount, len(population.band_labels), len(people))


def number_cells(
    columns: Sequence[IntArray], n_rows: int | None = None
) -> tuple[IntArray, IntArray]:
    """Number the combinations of codes that occur, in the order of the codes.

    Parameters
    ----------
    columns
        Codes (I,) from 0 on.
    n_rows
        I, where there may be no column at all.

    Returns
    -------
    cell : (I,)
    kept : (C,)
        One row of each cell.

    Examples
    --------
    >>> cell, kept = number_cells([np.array([1, 0, 1]), np.array([0, 7, 0])])
    >>> cell.tolist(), len(kept)
    ([1, 0, 1], 2)
    """
    rows = len(columns[0]) if columns else int(n_rows or 0)
    cell, size = np.zeros(rows, np.int64), 1
    for column in columns:
        width = int(column.max(initial=0)) + 1
        cell, size = _make_dense(cell * width + column, size * width)
    kept = np.empty(size if rows else 0, np.int64)
    kept[cell] = np.arange(rows)
    return cell, kept


def count_columns(
    cell: IntArray, values: npt.NDArray[np.integer], n_cells: int, n_levels: int
) -> IntArray:
    """Count many rating columns at once: people by cell and level, for each column.

    Parameters
    ----------
    cell : (I,)
        Of each person.
    values : (I, K)
        Levels from 0 on; negative is not rated.

    Returns
    -------
    (K, n_cells, n_levels) people

    Examples
    --------
    >>> count_columns(np.array([0, 0, 1]), np.array([[1], [1], [-1]]), 2, 2).tolist()
    [[[0, 2], [0, 0]]]
    """
    counts = np.empty((values.shape[1], n_cells, n_levels), np.int64)
    # One level more stands for "not rated", so that nobody is copied out.
    base = cell * (n_levels + 1) + 1
    for k in range(values.shape[1]):
        key = base + np.maximum(values[:, k], -1)
        table = np.bincount(key, minlength=n_cells * (n_levels + 1))
        counts[k] = table.reshape(n_cells, n_levels + 1)[:, 1:]
    return counts


def find_twice_median(points: IntArray) -> int:
    """Twice the median, so that it is a whole number; 0 of nobody.

    Examples
    --------
    >>> find_twice_median(np.array([40, 10, 20, 40]))
    60
    """
    if not len(points):
        return 0
    middle = [(len(points) - 1) // 2, len(points) // 2]
    return int(np.partition(points, middle)[middle].sum())


def measure_variances(cells: Cells, n_groups: int) -> FloatArray:
    r"""Variance of the points of each group, from whole numbers alone.

    .. math:: s_g^2 = \frac{n_g \sum x_i^2 - (\sum x_i)^2}{n_g (n_g - 1)}

    so that it is 0 where nobody differs, whatever the points are.

    Parameters
    ----------
    cells
        By group, all with a score.

    Returns
    -------
    (G,) points squared, NaN for fewer than two people
    """
    n, total, squares = [0] * n_groups, [0] * n_groups, [0] * n_groups
    columns = (cells.group, cells.n, cells.centre, cells.offset, cells.square)
    # Python's whole numbers do not overflow; there are a few hundred cells.
    for g, people, centre, offset, square in zip(*(c.tolist() for c in columns), strict=True):
        n[g] += people
        total[g] += people * centre + offset
        squares[g] += square + 2 * centre * offset + people * centre * centre
    return np.array(
        [
            (k * s2 - s1 * s1) / (k * (k - 1) * MICRO**2) if k > 1 else np.nan
            for k, s1, s2 in zip(n, total, squares, strict=True)
        ],
        dtype=np.float64,
    )


def _count_stage(cell: IntArray, codes: IntArray, band: IntArray, points: IntArray) -> Cells:
    has_points = points != MISSING
    twice_median = find_twice_median(points[has_points])
    inside = has_points | (band >= 0)
    if not inside.all():
        cell, band, points, has_points = (
            column[inside] for column in (cell, band, points, has_points)
        )
    bins = np.where(has_points, points // MICRO, 0)
    side = np.where(has_points, 2 * points > twice_median, -1)
    number, kept = number_cells([cell, band + 1, side + 1, bins - bins.min(initial=0)], len(cell))
    distance = np.where(has_points, points - bins * MICRO - MICRO // 2, 0)
    return Cells(
        codes[cell[kept]], band[kept], side[kept], bins[kept],
        np.bincount(number, minlength=len(kept)).astype(np.int64),
        _add_up(number, distance, len(kept)), _add_up(number, distance**2, len(kept)),
    )  # fmt: skip


def _count_everybody(cell: IntArray, codes: IntArray, population: Population) -> Headcount:
    rows = population.quarantined
    return Headcount(
        codes,
        np.bincount(cell, minlength=len(codes)).astype(np.int64),
        np.bincount(cell[population.rated], minlength=len(codes)).astype(np.int64),
        None if rows is None else _add_up(cell, rows.astype(np.int64), len(codes)),
    )


def count_cell_bands(cells: Cells, n_groups: int, n_bands: int) -> IntArray:
    """People of each group in each band, (G, B), of cells by group."""
    inside = cells.band >= 0
    counts = np.zeros((n_groups, n_bands), np.int64)
    np.add.at(counts, (cells.group[inside], cells.band[inside]), cells.n[inside])
    return counts


def _make_dense(key: IntArray, size: int) -> tuple[IntArray, int]:
    if size <= max(COUNTED_KEYS, 4 * len(key)):
        is_present = np.zeros(size, np.bool_)
        is_present[key] = True
        number = np.cumsum(is_present) - 1
        return number[key], int(is_present.sum())
    present, dense = np.unique(key, return_inverse=True)
    return dense.astype(np.int64), len(present)


def _add_up(cell: IntArray, values: IntArray, n_cells: int) -> IntArray:
    sums = np.zeros(n_cells, np.int64)
    np.add.at(sums, cell, values)
    return sums
