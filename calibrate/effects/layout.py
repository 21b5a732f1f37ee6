"""Forms → numbered levels in the order of the algebra: done once, before any variance is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from calibrate.effects.result import Codes, FloatArray, IntArray

#: scipy ships no types; this is a scipy.sparse CSR array.
SparseMatrix = Any
SmallCodes = NDArray[np.int8]

#: Terms that nest in each other, from the finest to the coarsest.
NESTED = ("employee_source", "employee", "unit")
#: The level of forms alike in noise.
ALIKE = "alike"


@dataclass(frozen=True)
class Layout:
    """The forms of a fit, with one side of the network set aside.

    Notation of docs/method.md, section 2. The levels of A, the side set aside, nest in
    each other: either people with their unit, or raters. R is the other side.

    Parameters
    ----------
    y : (N,) points
        Score of each form less ``centre``; forms are sorted by the finest level of A.
    centre
        Points subtracted before anything is summed, against cancellation.
    source : (N,)
        Dense codes 0 to S-1 of the fixed means.
    noise : (N,)
        Dense codes 0 to C-1: forms of one code share a residual variance.
    terms
        Random terms, in the order of every (K,) array.
    levels
        Levels of A from the finest to the coarsest; may be empty. Where forms of one level
        differ in noise, the finest is ``alike``: forms of one noise, without a variance.
    parents : one array for each level but the last
        Level above of each level.
    leaf : (N,)
        Finest level of A.
    codes : term → (N,)
        Level of each term of R.
    sizes : term → q
    number : term → (q,)
        Where each level given by the caller stands now.
    order : (N,)
        Place of each form among those given.
    """

    y: FloatArray
    centre: float
    source: NDArray[np.int16]
    noise: SmallCodes
    terms: tuple[str, ...]
    levels: tuple[str, ...]
    parents: tuple[IntArray, ...]
    leaf: IntArray
    codes: Mapping[str, IntArray]
    sizes: Mapping[str, int]
    number: Mapping[str, NDArray[np.int32]]
    order: NDArray[np.int32]

    @property
    def n_forms(self) -> int:
        return len(self.y)

    @cached_property
    def n_sources(self) -> int:
        return int(self.source.max()) + 1

    @cached_property
    def n_noises(self) -> int:
        return int(self.noise.max()) + 1

    @property
    def rest(self) -> tuple[str, ...]:
        """Terms of R."""
        return tuple(self.codes)

    @property
    def n_leaves(self) -> int:
        return self.sizes[self.levels[0]] if self.levels else 1

    @cached_property
    def place(self) -> Mapping[str, slice]:
        """Where the levels of a term of R stand in the (m,) arrays."""
        places, start = {}, 0
        for term in self.codes:
            places[term] = slice(start, start + self.sizes[term])
            start += self.sizes[term]
        return places

    @cached_property
    def n_rest(self) -> int:
        """m, the levels of R."""
        return sum(self.sizes[term] for term in self.codes)

    @cached_property
    def scratch(self) -> FloatArray:
        """(N,) room for what is used at once: at millions of forms new memory is what costs."""
        return np.empty(self.n_forms)

    @cached_property
    def n_forms_of_noise(self) -> FloatArray:
        """(C,) forms of each noise."""
        return np.bincount(self.noise, minlength=self.n_noises).astype(np.float64)

    def multiply_noises(self, one: FloatArray, other: FloatArray) -> FloatArray:
        """(C,) products of two values over the forms of each noise."""
        if self.n_noises == 1:
            return np.array([np.vdot(one, other)])
        products = np.multiply(one, other, out=self.scratch)
        if not self.levels:
            return add_up(self.noise, products, self.n_noises)
        # Wide codes of few leaves: narrow ones of all forms would be widened at each sum.
        of_leaf = add_up(self.leaf, products, self.n_leaves)
        return add_up(self.noise_of_leaf, of_leaf, self.n_noises)

    @cached_property
    def source_of_leaf(self) -> IntArray | None:
        """(leaves,) source that all forms of a leaf share; None where one has several."""
        if not self.levels or not _is_function(self.leaf, self.source):
            return None
        source = np.zeros(self.n_leaves, np.int64)
        source[self.leaf] = self.source
        return source

    def sum_sources(self, value: FloatArray, sums: Mapping[str, FloatArray]) -> FloatArray:
        """(S,) sums of a value of the forms by source, beside those of :meth:`sum_levels`."""
        if self.source_of_leaf is None:
            return add_up(self.source, value, self.n_sources)
        return add_up(self.source_of_leaf, sums[self.levels[0]], self.n_sources)

    @cached_property
    def noise_of_leaf(self) -> SmallCodes:
        """(leaves,) noise that all forms of a leaf share."""
        noise = np.zeros(self.n_leaves, np.int8)
        noise[self.leaf] = self.noise
        return noise

    @cached_property
    def noise_of_rest(self) -> FloatArray:
        """(m, C) forms of each noise on each level of R."""
        count = np.zeros((self.n_rest, self.n_noises))
        for term, code in self.codes.items():
            for c in range(self.n_noises):
                here = self.noise == c
                count[self.place[term], c] = np.bincount(code[here], minlength=self.sizes[term])
        return count

    @cached_property
    def columns(self) -> NDArray[np.int32]:
        """(N · terms of R,) column of each form and term of R, form by form."""
        one = [self.codes[term] + self.place[term].start for term in self.codes]
        return np.stack(one, axis=1).ravel().astype(np.int32) if one else np.zeros(0, np.int32)

    @cached_property
    def row_starts(self) -> NDArray[np.int32]:
        """Where each leaf begins in ``columns``."""
        n = np.bincount(self.leaf, minlength=self.n_leaves) * len(self.codes)
        return np.concatenate([[0], np.cumsum(n)]).astype(np.int32)

    @cached_property
    def sums_up(self) -> tuple[SparseMatrix, ...]:
        """For each level but the last the matrix that sums it into the level above.

        Levels are numbered by their parents, so that each row is a run.
        """
        matrices = []
        for parent, above in zip(self.parents, self.levels[1:], strict=True):
            n = np.bincount(parent, minlength=self.sizes[above])
            starts = np.concatenate([[0], np.cumsum(n)]).astype(np.int32)
            places = np.arange(len(parent), dtype=np.int32)
            shape = (self.sizes[above], len(parent))
            matrices.append(sparse.csr_array((np.ones(len(parent)), places, starts), shape=shape))
        return tuple(matrices)

    def sum_levels(self, value: FloatArray) -> dict[str, FloatArray]:
        """Sum a value of the forms over the levels of every term."""
        sums = {k: add_up(code, value, self.sizes[k]) for k, code in self.codes.items()}
        if self.levels:
            total = add_up(self.leaf, value, self.n_leaves)
            sums[self.levels[0]] = total
            for level, up in zip(self.levels[1:], self.sums_up, strict=True):
                total = up @ total
                sums[level] = total
        return sums

    def to_leaves(self, level: str, value: NDArray[Any]) -> NDArray[Any]:
        """(leaves,) value of each leaf's part of a level of A."""
        for parent in reversed(self.parents[: self.levels.index(level)]):
            value = value[parent]
        return value


def add_up(code: Codes, value: FloatArray, n: int) -> FloatArray:
    """(n,) sums of a value over its codes."""
    total = np.bincount(code, value, n)
    return np.asarray(total, np.float64)


def build_layout(
    points: FloatArray,
    source: Codes,
    factors: Mapping[str, Codes],
    terms: tuple[str, ...],
    noise: Codes | None = None,
    eliminate: str | None = None,
) -> Layout:
    """Number the levels so that forms, their leaves and the leaves' parents lie side by side.

    Parameters
    ----------
    points : (N,) points
        Score of each form.
    source : (N,)
        Dense codes of the fixed means; every code has a form.
    factors : term → (N,)
        Dense codes of each random term; every code has a form. ``employee_source``,
        ``employee`` and ``unit`` nest in this order; ``rater`` crosses them.
    terms
        Those to use.
    noise : (N,), optional
        Dense codes of the residual variances; one for all by default.
    eliminate
        ``people`` or ``raters``: the side to set aside; by default what leaves fewer
        equations. Where residual variances differ it is always people.

    Returns
    -------
    Layout
        Levels of A are numbered by the level above, then as given.

    Examples
    --------
    >>> layout = build_layout(np.array([40.0, 60.0, 80.0]), np.zeros(3, dtype=np.int64),
    ...                       {"employee": np.array([0, 1, 0])}, ("employee",))
    >>> layout.y, layout.leaf
    (array([-20.,  20.,   0.]), array([0, 0, 1]))
    """
    nested = tuple(term for term in NESTED if term in terms)
    sizes = {term: int(factors[term].max()) + 1 for term in terms}
    crossed = tuple(term for term in terms if term not in nested)
    noise = np.zeros(len(points), np.int64) if noise is None else noise
    if noise.max() > 0 and nested:
        eliminate = "people"
    if eliminate is None:
        by_people = sum(sizes[term] for term in nested) >= sum(sizes[term] for term in crossed)
        eliminate = "people" if by_people else "raters"
    levels, rest = (nested, crossed) if eliminate == "people" else (crossed, nested)
    if levels and noise.max() > 0 and not _is_function(factors[levels[0]], noise):
        alike = factors[levels[0]].astype(np.int64) * (int(noise.max()) + 1) + noise
        factors = dict(factors) | {ALIKE: np.unique(alike, return_inverse=True)[1]}
        levels = (ALIKE, *levels)
        sizes[ALIKE] = int(factors[ALIKE].max()) + 1
    number, parents = _number_levels(levels, factors, sizes)
    leaf = number[levels[0]][factors[levels[0]]] if levels else np.zeros(len(points), np.int64)
    order = np.arange(len(leaf))
    if (np.diff(leaf) < 0).any():
        order = np.argsort(leaf, kind="stable")
    for term in rest:
        number[term] = _number_by_sight(factors[term][order], sizes[term])
    centre = float(points.mean())
    return Layout(
        y=points[order] - centre,
        centre=centre,
        source=source[order].astype(np.int16),
        noise=noise[order].astype(np.int8),
        terms=terms,
        levels=levels,
        parents=parents,
        leaf=leaf[order],
        codes={term: number[term][factors[term][order]] for term in rest},
        sizes=sizes,
        number={term: code.astype(np.int32) for term, code in number.items()},
        order=order.astype(np.int32),
    )


def _is_function(code: Codes, value: Codes) -> bool:
    """Does each code have a single value?"""
    of_code = np.zeros(int(code.max()) + 1, value.dtype)
    of_code[code] = value
    return bool((of_code[code] == value).all())


def _number_by_sight(code: Codes, n: int) -> IntArray:
    """Number levels in the order in which forms show them: neighbours lie close in memory."""
    first = np.full(n, len(code))
    first[code[::-1]] = np.arange(len(code))[::-1]
    number = np.empty(n, np.int64)
    number[np.argsort(first, kind="stable")] = np.arange(n)
    return number


def _number_levels(
    levels: tuple[str, ...], factors: Mapping[str, Codes], sizes: Mapping[str, int]
) -> tuple[dict[str, IntArray], tuple[IntArray, ...]]:
    """New number of each level, and the parents in the new numbers."""
    number: dict[str, IntArray] = {}
    parents: list[IntArray] = []
    for level, above in zip(reversed(levels), (None, *reversed(levels[1:])), strict=False):
        if above is None:
            number[level] = np.arange(sizes[level])
            continue
        parent = np.zeros(sizes[level], np.int64)
        parent[factors[level]] = number[above][factors[above]]
        rank = np.argsort(parent, kind="stable")
        number[level] = np.empty_like(rank)
        number[level][rank] = np.arange(len(rank))
        parents.insert(0, parent[rank])
    return number, tuple(parents)
