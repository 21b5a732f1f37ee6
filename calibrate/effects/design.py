"""Forms → cross-products: after this step the fit never sees a single form again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from scipy import sparse

from calibrate.effects.result import FloatArray, IntArray

#: scipy ships no types; this is a scipy.sparse CSR array of counts.
SparseCounts = Any


@dataclass(frozen=True)
class Design:
    """Counts and sums of the linked forms, by factor and by pair of factors.

    A factor is ``employee``, ``unit`` or ``rater``; q is its number of levels,
    S the number of sources with a form, N the number of forms.

    Parameters
    ----------
    n_forms
        N.
    centre
        Points subtracted before anything is summed, against cancellation.
    square
        y'y of the centred points.
    source_counts, source_totals : (S,)
        Forms, and sum of centred points.
    counts, totals : factor → (q,)
        The same for each level of a factor.
    by_source : factor → (S, q) sparse
        Forms of each source on each level.
    cross : (factor, factor) → (q, q) sparse
        Forms on each pair of levels, for both orders of the pair.
    """

    n_forms: int
    centre: float
    square: float
    source_counts: FloatArray
    source_totals: FloatArray
    counts: Mapping[str, FloatArray]
    totals: Mapping[str, FloatArray]
    by_source: Mapping[str, SparseCounts]
    cross: Mapping[tuple[str, str], SparseCounts]

    @property
    def n_sources(self) -> int:
        return len(self.source_counts)


def build_design(points: FloatArray, source: IntArray, factors: Mapping[str, IntArray]) -> Design:
    """Reduce forms to the cross-products that the model needs.

    Parameters
    ----------
    points : (N,) points
        Score of each form.
    source : (N,)
        Dense codes 0 to S-1; every code has a form.
    factors : name → (N,)
        Dense codes 0 to q-1 of each random term; every code has a form.

    Returns
    -------
    Design
        Sums over forms.

    Examples
    --------
    >>> design = build_design(np.array([40.0, 60.0, 80.0]), np.zeros(3, dtype=np.int64),
    ...                       {"employee": np.array([0, 0, 1])})
    >>> design.counts["employee"], design.totals["employee"], design.square
    (array([2., 1.]), array([-20.,  20.]), 800.0)
    """
    centre = float(points.mean())
    y = points - centre
    levels = {name: int(code.max()) + 1 for name, code in factors.items()}
    n_sources = int(source.max()) + 1
    cross: dict[tuple[str, str], SparseCounts] = {}
    for one, other in combinations(factors, 2):
        pairs = _count(factors[one], factors[other], (levels[one], levels[other]))
        cross[one, other], cross[other, one] = pairs, pairs.T.tocsr()
    return Design(
        n_forms=len(points),
        centre=centre,
        square=float(y @ y),
        source_counts=np.bincount(source).astype(np.float64),
        source_totals=_sum(source, y),
        counts={k: np.bincount(code).astype(np.float64) for k, code in factors.items()},
        totals={k: _sum(code, y) for k, code in factors.items()},
        by_source={k: _count(source, c, (n_sources, levels[k])) for k, c in factors.items()},
        cross=cross,
    )


def _sum(code: IntArray, value: FloatArray) -> FloatArray:
    return np.bincount(code, value).astype(np.float64)


def _count(row: IntArray, column: IntArray, shape: tuple[int, int]) -> SparseCounts:
    ones = np.ones(len(row))
    return sparse.coo_array((ones, (row, column)), shape=shape).tocsr()
