"""The mixed-model equations at given variances, with the nested side solved in closed form.

Notation of docs/method.md, section 2: A is the side set aside, R the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from calibrate.effects.layout import Layout, SparseMatrix, add_up
from calibrate.effects.result import FloatArray


@dataclass(frozen=True)
class Equations:
    r"""V = R + Σ σ²_k Z_k Z_k' at one set of variances.

    The part of A is inverted level by level. With τ the variance of a level and p the
    precision that reaches it from below, a = 1 / (1 + τ p) passes on.

    Parameters
    ----------
    layout
        Forms and levels.
    variance : term → points squared
        All positive; ``inf`` makes a level of A fixed, and one without a variance does nothing.
    residual : (C,) points squared
        One for each code of ``layout.noise``.
    w : (N,)
        1 / σ² of each form.
    precision, passed, kept : (q,) for each level of A
        p, a = 1 / (1 + τ p) and τ a.
    """

    layout: Layout
    variance: Mapping[str, float]
    residual: FloatArray
    w: FloatArray
    precision: tuple[FloatArray, ...]
    passed: tuple[FloatArray, ...]
    kept: tuple[FloatArray, ...]

    @cached_property
    def N(self) -> SparseMatrix:
        """(leaves, m) weighted forms of each leaf and level of R."""
        layout = self.layout
        shape = (layout.n_leaves, layout.n_rest)
        weight = np.repeat(self.w, len(layout.codes)) if len(layout.codes) > 1 else self.w
        return sparse.csr_array((weight, layout.columns, layout.row_starts), shape=shape)

    @cached_property
    def N_turned(self) -> SparseMatrix:
        """(m, leaves): N'. A product with it scatters, which beats a copy that gathers."""
        return self.N.T

    @cached_property
    def ridge(self) -> FloatArray:
        """(m,) 1 / σ²_k of each level of R."""
        parts = [np.full(self.layout.sizes[k], 1 / self.variance[k]) for k in self.layout.rest]
        return np.concatenate([np.zeros(0), *parts])

    @cached_property
    def weights_of_rest(self) -> FloatArray:
        """(m,) sum of the weights of the forms on each level of R."""
        parts = [add_up(c, self.w, self.layout.sizes[k]) for k, c in self.layout.codes.items()]
        return np.concatenate([np.zeros(0), *parts])

    @cached_property
    def posterior(self) -> tuple[FloatArray, ...]:
        """(q,) for each level of A: variance of the sum of effects down to it, R being known."""
        variance: list[FloatArray] = []
        for at in range(len(self.kept) - 1, -1, -1):
            own = self.kept[at]
            if variance:
                own = own + self.passed[at] ** 2 * variance[0][self.layout.parents[at]]
            variance.insert(0, own)
        return tuple(variance)

    @cached_property
    def ways(self) -> tuple[tuple[SparseMatrix, SparseMatrix], ...]:
        """For each level but the last a times its levels, summed up and handed down."""
        pairs = []
        for passed, parent, up in zip(
            self.passed, self.layout.parents, self.layout.sums_up, strict=False
        ):
            rows = np.arange(len(parent) + 1, dtype=up.indices.dtype)
            down = sparse.csr_array((passed, parent, rows), shape=up.shape[::-1])
            pairs.append((sparse.csr_array((passed[up.indices], up.indices, up.indptr),
                                           shape=up.shape), down))  # fmt: skip
        return tuple(pairs)

    @cached_property
    def diagonal(self) -> FloatArray:
        """(m,) of S, but for what A takes from it."""
        whole: FloatArray = self.weights_of_rest + self.ridge
        return whole

    def solve_levels(self, r: FloatArray, *, overwrite: bool = False) -> list[FloatArray]:
        """Sums of effects down to each level of A, from weighted sums over the leaves.

        Parameters
        ----------
        r : (leaves,) or (leaves, columns)
            Z' W q at the finest level.
        overwrite
            May ``r`` be used up? With millions of leaves a new array costs more than its sums.

        Returns
        -------
        list of (q,) or (q, columns)
            From the finest level to the coarsest; empty without levels.
        """
        sums = [r if overwrite else r.copy()]
        for up, _ in self.ways:
            sums.append(up @ sums[-1])
        effects: list[FloatArray] = []
        for at in range(len(self.kept) - 1, -1, -1):
            own = sums[at]
            own *= self.kept[at] if own.ndim == 1 else self.kept[at][:, None]
            if effects:
                own += self.ways[at][1] @ effects[0]
            effects.insert(0, own)
        return effects

    def multiply(self, x: FloatArray) -> FloatArray:
        """S x with S = Z_R' V_A⁻¹ Z_R + 1/σ², for R of a single term."""
        product = times(self.diagonal, x)
        if self.layout.levels:
            product -= self.N_turned @ self.solve_levels(self.N @ x, overwrite=True)[0]
        return product

    def remove_levels(self, q: FloatArray, *, of_leaves: bool = False) -> FloatArray:
        """Z_R' V_A⁻¹ q, (m,).

        Parameters
        ----------
        q : (N,) or (leaves,)
            Value of the forms, or one that the forms of a leaf share.
        of_leaves
            Which of the two.
        """
        layout = self.layout
        if not layout.codes:
            return np.zeros(0)
        if of_leaves:
            f = self.solve_levels(self.precision[0] * q, overwrite=True)[0]
            return np.asarray(self.N_turned @ (q - f))
        weighted = np.multiply(self.w, q, out=layout.scratch)
        parts = [add_up(c, weighted, layout.sizes[k]) for k, c in layout.codes.items()]
        right = np.concatenate(parts)
        if layout.levels:
            sums = add_up(layout.leaf, weighted, layout.n_leaves)
            right -= self.N_turned @ self.solve_levels(sums, overwrite=True)[0]
        return right

    def levels_of(
        self, q: FloatArray, x: FloatArray, *, of_leaves: bool = False
    ) -> list[FloatArray]:
        """Sums of effects down to each level of A, once x is solved: see :meth:`finish`."""
        return self.solve_levels(self._weigh_leaves(q, x, of_leaves=of_leaves), overwrite=True)

    def sum_sources(self, q: FloatArray, x: FloatArray, *, of_leaves: bool = False) -> FloatArray:
        """(S,) X' V⁻¹ q, once x is solved: see :meth:`finish`."""
        layout = self.layout
        if layout.source_of_leaf is None:
            whole = self.finish(q, x, of_leaves=of_leaves)
            return add_up(layout.source, whole, layout.n_sources)
        sums = self._weigh_leaves(q, x, of_leaves=of_leaves)
        sums -= self.precision[0] * self.solve_levels(sums)[0]
        return add_up(layout.source_of_leaf, sums, layout.n_sources)

    def finish(
        self,
        q: FloatArray,
        x: FloatArray,
        *,
        of_leaves: bool = False,
        out: FloatArray | None = None,
    ) -> FloatArray:
        """V⁻¹ q, (N,), once S x = Z_R' V_A⁻¹ q is solved.

        Parameters
        ----------
        q, of_leaves
            As in :meth:`remove_levels`.
        x : (m,)
            The solution.
        out : (N,), optional
            Where to put it; may be ``q``.
        """
        layout = self.layout
        left = np.empty(layout.n_forms) if out is None else out
        if layout.levels:
            f = self.levels_of(q, x, of_leaves=of_leaves)[0]
            if of_leaves:
                np.take(q - f, layout.leaf, out=left, mode="clip")
            else:
                spread = np.take(f, layout.leaf, out=layout.scratch, mode="clip")
                np.subtract(q, spread, out=left)
        else:
            np.copyto(left, q)
        for term, code in layout.codes.items():
            left -= np.take(x[layout.place[term]], code, out=layout.scratch, mode="clip")
        left *= self.w
        return left

    def _weigh_leaves(self, q: FloatArray, x: FloatArray, *, of_leaves: bool) -> FloatArray:
        """(leaves,) weighted sums of q - Z_R x."""
        layout = self.layout
        if of_leaves:
            sums = self.precision[0] * q
        else:
            weighted = np.multiply(self.w, q, out=layout.scratch)
            sums = add_up(layout.leaf, weighted, layout.n_leaves)
        if layout.codes:
            sums -= self.N @ x
        return sums


def times(a: FloatArray, x: FloatArray) -> FloatArray:
    """Each row of ``x`` by the entry of ``a``."""
    product: FloatArray = a * x if x.ndim == 1 else a[:, None] * x
    return product


def build_equations(
    layout: Layout, variance: Mapping[str, float], residual: FloatArray
) -> Equations:
    """Lay out the equations at these variances.

    Examples
    --------
    Two forms of one person: p = 2/50, and half of their sum is believed.

    >>> from calibrate.effects.layout import build_layout
    >>> code = np.zeros(2, dtype=np.int64)
    >>> layout = build_layout(np.array([40.0, 60.0]), code, {"employee": code}, ("employee",))
    >>> build_equations(layout, {"employee": 25.0}, np.array([50.0])).passed
    (array([0.5]),)
    """
    w = 1.0 / residual[layout.noise]
    precision: list[FloatArray] = []
    passed: list[FloatArray] = []
    kept: list[FloatArray] = []
    for at, level in enumerate(layout.levels):
        if at == 0:
            p = add_up(layout.leaf, w, layout.n_leaves)
        else:
            p = layout.sums_up[at - 1] @ (passed[-1] * precision[-1])
        tau = variance.get(level, 0.0)
        is_fixed = np.isinf(tau)
        precision.append(p)
        passed.append(np.zeros(len(p)) if is_fixed else 1.0 / (1.0 + tau * p))
        own: FloatArray = np.divide(1.0, p, out=np.zeros(len(p)), where=p > 0)
        kept.append(own if is_fixed else tau * passed[-1])
    return Equations(layout, variance, residual, w, tuple(precision), tuple(passed), tuple(kept))
