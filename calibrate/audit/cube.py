"""One contingency cube feeds every figure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibrate.audit.attributes import AlignedAttributes
from calibrate.audit.groups import Grouping
from calibrate.audit.population import Population
from calibrate.config import MISSING

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Layer:
    """Cells of one stage: groups of all attributes × band × points, with people counted.

    Parameters
    ----------
    codes : (C, A)
        Position of the label of each attribute.
    band : (C,)
        -1 for none.
    points : (C,) millionths of a point
        ``MISSING`` where the stage has no score.
    n : (C,) people
    """

    codes: IntArray
    band: IntArray
    points: IntArray
    n: IntArray


@dataclass(frozen=True)
class Cube:
    """Layers by stage."""

    layers: dict[str, Layer]

    def count_bands(self, stage: str, grouping: Grouping, n_bands: int) -> IntArray:
        """People of each group in each band, (G, B)."""
        layer = self.layers[stage]
        inside = layer.band >= 0
        group = grouping.group_of(layer.codes[inside])
        counts = np.zeros((len(grouping.labels), n_bands), np.int64)
        np.add.at(counts, (group, layer.band[inside]), layer.n[inside])
        return counts

    def count_points(self, stage: str, grouping: Grouping) -> tuple[IntArray, IntArray, IntArray]:
        """Group, millionths of a point and people of the cells that have a score."""
        layer = self.layers[stage]
        inside = layer.points != MISSING
        return grouping.group_of(layer.codes[inside]), layer.points[inside], layer.n[inside]


def build_cube(population: Population, aligned: AlignedAttributes) -> Cube:
    """Count people once; every rate, mean and median is read off these counts.

    Parameters
    ----------
    population, aligned
        The same (I,) people in the same order.
    """
    n_people = len(population.employee_ids)
    codes = np.empty((n_people, len(aligned.names)), np.int64)
    for position, name in enumerate(aligned.names):
        codes[:, position] = aligned.codes[name]
    empty = np.full(n_people, MISSING, np.int64)
    layers = {
        stage: _count_cells(codes, population.bands[stage], population.scores.get(stage, empty))
        for stage in population.stages
    }
    return Cube(layers)


def _count_cells(codes: IntArray, band: IntArray, points: IntArray) -> Layer:
    inside = (band >= 0) | (points != MISSING)
    # Ranks keep the key small enough for one sort of whole numbers.
    rank = np.unique(points[inside], return_inverse=True)[1]
    columns = [*codes[inside].T, band[inside] + 1, rank.astype(np.int64)]
    key = np.zeros(int(inside.sum()), np.int64)
    for column in columns:
        key = np.unique(key, return_inverse=True)[1] * (int(column.max(initial=0)) + 1) + column
    first, n = np.unique(key, return_index=True, return_counts=True)[1:]
    return Layer(codes[inside][first], band[inside][first], points[inside][first], n)


def median_of_cells(points: IntArray, n: IntArray) -> int:
    """Twice the median of counted points, so that it is a whole number.

    Examples
    --------
    >>> median_of_cells(np.array([10, 20, 40]), np.array([1, 1, 2]))
    60
    """
    order = np.argsort(points, kind="stable")
    reached = np.cumsum(n[order])
    people = int(reached[-1])
    middle = np.searchsorted(reached, [(people - 1) // 2, people // 2], side="right")
    return int(points[order][middle].sum())
