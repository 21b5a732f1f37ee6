"""Who could be counted in which table: groups that share margins, and what is counted of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibrate.audit.groups import Grouping
from calibrate.audit.population import Population
from calibrate.config import MISSING

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

#: Everybody of the cycle, rated or not.
PEOPLE = "people"
#: People with a score, above the median of all or not.
SCORED = "scored"


@dataclass(frozen=True)
class Layer:
    """A way of counting the same people.

    Parameters
    ----------
    name
        ``people``, a stage, or a stage with ``scored``.
    place : (I,)
        What each person is counted as, from 0; -1 is not in this layer.
    size
        How many things there are to be counted as.
    """

    name: str
    place: IntArray
    size: int

    @property
    def stage(self) -> str:
        """Stage it belongs to; ``people`` for everybody."""
        return self.name.split()[0]


@dataclass(frozen=True)
class Margins:
    """Attributes linked by intersections, with every count that could be published of them.

    Counts of attributes that are crossed nowhere say nothing about each other:
    each such set is attacked alone.

    Parameters
    ----------
    groupings
        Single attributes and intersections of the set.
    labels : (U,) attribute and group of each unit
    member : (U, C) bool
        Unit u is the sum of these cells of the full cross.
    layers : names
    slots : (S,) position of the layer of each counted thing
    counts : (C, S) people
    is_reference, is_unstated : (U,) bool
    """

    groupings: tuple[Grouping, ...]
    labels: tuple[tuple[str, str], ...]
    member: npt.NDArray[np.bool_]
    layers: tuple[str, ...]
    slots: IntArray
    counts: FloatArray
    is_reference: npt.NDArray[np.bool_]
    is_unstated: npt.NDArray[np.bool_]

    def count(self) -> IntArray:
        """People of each unit in each layer, (U, L)."""
        per_slot = self.member @ self.counts
        n = [per_slot[:, self.slots == layer].sum(axis=1) for layer in range(len(self.layers))]
        return np.column_stack(n).astype(np.int64)


def list_layers(population: Population) -> tuple[Layer, ...]:
    """Everybody, then each stage with its bands, then scores above the median."""
    layers = [Layer(PEOPLE, population.rated.astype(np.int64), 2)]
    for stage in population.stages:
        layers.append(Layer(stage, population.bands[stage], len(population.band_labels)))
        points = population.scores.get(stage)
        if points is not None and (points != MISSING).any():
            above = (points > np.median(points[points != MISSING])).astype(np.int64)
            layers.append(Layer(f"{stage} {SCORED}", np.where(points != MISSING, above, -1), 2))
    return tuple(layers)


def build_margins(
    groupings: Sequence[Grouping], codes: IntArray, layers: Sequence[Layer]
) -> tuple[Margins, ...]:
    """Count every linked set of attributes, each over its own full cross.

    Parameters
    ----------
    groupings : as the audit compares them
    codes : (I, A) position of the label of each attribute
    layers : as :func:`list_layers` gives them
    """
    return tuple(_count(linked, codes, layers) for linked in _link(groupings))


def _link(groupings: Sequence[Grouping]) -> list[tuple[Grouping, ...]]:
    sets: list[set[int]] = []
    for grouping in groupings:
        own = set(grouping.positions)
        joined = [other for other in sets if other & own]
        sets = [other for other in sets if not other & own]
        sets.append(own.union(*joined))
    return [tuple(g for g in groupings if set(g.positions) <= linked) for linked in sets]


def _count(groupings: tuple[Grouping, ...], codes: IntArray, layers: Sequence[Layer]) -> Margins:
    positions = sorted({position for g in groupings for position in g.positions})
    flat = np.zeros(len(codes), np.int64)
    for position in positions:
        width = int(codes[:, position].max(initial=0)) + 1
        # Ranks keep the key small, however many attributes are linked.
        flat = np.unique(flat * width + codes[:, position], return_inverse=True)[1]
    first = np.unique(flat, return_index=True)[1]
    n_cells = len(first)
    blocks = []
    for layer in layers:
        inside = layer.place >= 0
        key = flat[inside] * layer.size + layer.place[inside]
        counted = np.bincount(key, minlength=n_cells * layer.size)
        blocks.append(counted.reshape(n_cells, layer.size))
    members, labels, reference, unstated = [], [], [], []
    for grouping in groupings:
        group = grouping.group_of(codes[first])
        for position, label in enumerate(grouping.labels):
            members.append(group == position)
            labels.append((grouping.attribute, label))
            reference.append(position == grouping.reference)
            unstated.append(not bool(grouping.is_known[position]))
    return Margins(
        groupings, tuple(labels), np.array(members, dtype=np.bool_).reshape(-1, n_cells),
        tuple(layer.name for layer in layers),
        np.repeat(np.arange(len(layers)), [layer.size for layer in layers]),
        np.hstack(blocks).astype(np.float64),
        np.array(reference, dtype=np.bool_), np.array(unstated, dtype=np.bool_),
    )  # fmt: skip
