"""Which form touches which random effect, and the equations that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from calibrate.effects.result import FloatArray, IntArray

#: scipy ships no types; this is a scipy.sparse CSR array.
Sparse = Any


@dataclass(frozen=True)
class Layout:
    """Random effects in one vector: the eliminated term A first, then the others, R.

    Parameters
    ----------
    codes : term → (N,)
        Dense codes, A first; the order is the order of the vector.
    slices : term → slice
        Where the levels of each term stand.
    Z : (N, q) sparse
        Effects of each form.
    """

    codes: Mapping[str, IntArray]
    slices: Mapping[str, slice]
    Z: Sparse

    @property
    def size(self) -> int:
        return int(self.Z.shape[1])

    @property
    def n_eliminated(self) -> int:
        return int(next(iter(self.slices.values())).stop)

    def spread(self, by_term: Mapping[str, float]) -> FloatArray:
        """(q,) a number of each term at all its levels."""
        return np.concatenate(
            [np.full(part.stop - part.start, by_term[k]) for k, part in self.slices.items()]
        )


def lay_out(factors: Mapping[str, IntArray], first: str | None = None) -> Layout:
    """Order the terms so that the largest is eliminated, or the one that is named.

    Parameters
    ----------
    factors : term → (N,)
        Dense codes; every level has a form. A form has one level of each.
    first
        Term to eliminate.

    Examples
    --------
    >>> layout = lay_out({"rater": np.array([0, 1, 1]), "employee": np.array([0, 1, 2])})
    >>> list(layout.slices.items())
    [('employee', slice(0, 3, None)), ('rater', slice(3, 5, None))]
    """
    size = {k: int(code.max()) + 1 for k, code in factors.items()}
    order = sorted(factors, key=lambda k: (k != first, -size[k]))
    slices, start = {}, 0
    for k in order:
        slices[k] = slice(start, start + size[k])
        start += size[k]
    n_forms = len(factors[order[0]])
    column = np.stack([factors[k] + slices[k].start for k in order], axis=1).ravel()
    row_ends = np.arange(0, len(column) + 1, len(order))
    Z = sparse.csr_array((np.ones(len(column)), column, row_ends), shape=(n_forms, start))
    return Layout({k: factors[k] for k in order}, slices, Z)


@dataclass(frozen=True)
class Equations:
    r"""Minus the second derivative of the penalised log-likelihood, in blocks.

    .. math:: H = Z' W Z + \Sigma^{-1} = \begin{pmatrix} D & B' \\ B & G \end{pmatrix}

    Parameters
    ----------
    D : (q_A,)
        Diagonal block of the eliminated term.
    B : (q_R, q_A) sparse
    G : (q_R, q_R) sparse
    """

    D: FloatArray
    B: Sparse
    G: Sparse


def build_equations(layout: Layout, weight: FloatArray, precision: FloatArray) -> Equations:
    """Put together the blocks for given weights of the forms.

    Parameters
    ----------
    weight : (N,) positive
        W.
    precision : (q,) positive
        Diagonal of the inverse prior variance.
    """
    n_A = layout.n_eliminated
    eliminated, *others = layout.codes
    code_A = layout.codes[eliminated]
    D = np.bincount(code_A, weight, n_A) + precision[:n_A]
    if not others:
        return Equations(D, sparse.csr_array((0, n_A)), sparse.csr_array((0, 0)))
    Z_R = layout.Z[:, n_A:].tocsr()
    weighted = (Z_R * weight[:, None]).T.tocsr()
    Z_A = layout.Z[:, :n_A].tocsr()
    G = weighted @ Z_R + sparse.diags_array(precision[n_A:])
    return Equations(D, (weighted @ Z_A).tocsr(), G.tocsr())
