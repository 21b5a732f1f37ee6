"""Two ways to solve S x = z: exactly, and by conjugate gradients with seeded probes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from scipy import sparse

from calibrate.effects.dense import invert
from calibrate.effects.equations import Equations
from calibrate.effects.result import FloatArray
from calibrate.errors import FitError
from calibrate.language import _

#: Columns of the identity held at once.
BLOCK = 256
#: Residual of conjugate gradients, relative: of the points, of a source mean, of a probe, of a
#: curvature. A slope is a difference of sums of q terms, to be known to a part of √q; a curvature
#: is a quadratic form, in which an error is squared.
TIGHT, FIRM, LOOSE, ROUGH = 1e-5, 1e-4, 1e-3, 1e-1
#: Of what is handed on, once the variances are found.
FINAL = 1e-7
MAX_ITERATIONS = 2_000


class Solver(Protocol):
    """What the likelihood asks of either way."""

    #: log |S|; NaN where it is not known.
    log_det: float
    #: Is every figure exact, so that a probe is a column of the identity?
    is_exact: bool

    def solve(self, z: FloatArray, name: str, tolerance: float = TIGHT) -> FloatArray:
        """(m,) S⁻¹ z; under a name the answer is kept, to be a start next time."""
        ...

    def probes(self) -> Iterator[tuple[FloatArray, FloatArray, float]]:
        """Columns z, S⁻¹ z and the weight of their products in a trace."""
        ...


class ExactSolver:
    """S inverted by Cholesky.

    Parameters
    ----------
    equations
        At the variances of interest.
    """

    is_exact = True

    def __init__(self, equations: Equations) -> None:
        layout = equations.layout
        m = layout.n_rest
        self.T: FloatArray = np.zeros((0, 0))
        self.log_det = 0.0
        if m == 0:
            return
        Z = sparse.csr_array(
            (np.ones(len(layout.columns)), layout.columns,
             np.arange(layout.n_forms + 1) * len(layout.codes)), shape=(layout.n_forms, m),
        )  # fmt: skip
        S = Z.T @ sparse.csr_array(Z * equations.w[:, None])
        N = equations.N.copy()
        N.sum_duplicates()
        for at in range(len(layout.levels)):
            S = S - N.T @ sparse.csr_array(N * equations.kept[at][:, None])
            if at + 1 < len(layout.levels):
                N = layout.sums_up[at] @ sparse.csr_array(N * equations.passed[at][:, None])
        dense = S.toarray(order="F")
        dense[np.diag_indices(m)] += equations.ridge
        self.T, self.log_det = invert(dense)

    def solve(self, z: FloatArray, name: str, tolerance: float = TIGHT) -> FloatArray:
        solution: FloatArray = self.T @ z
        return solution

    def probes(self) -> Iterator[tuple[FloatArray, FloatArray, float]]:
        m = len(self.T)
        for start in range(0, m, BLOCK):
            here = slice(start, min(start + BLOCK, m))
            z = np.zeros((m, here.stop - start))
            z[np.arange(here.stop - start) + start, np.arange(here.stop - start)] = 1.0
            yield z, self.T[:, here], 1.0


class IterativeSolver:
    """Conjugate gradients, preconditioned by the diagonal; R must be a single term.

    Parameters
    ----------
    equations
        At the variances of interest.
    n_probes
        Rademacher columns for traces and prediction errors.
    seed
        Of the probes: the same at any variances, so that steps do not jitter.
    last
        Earlier answers by name, used as starts and replaced.
    """

    is_exact = False
    log_det = float("nan")

    def __init__(
        self, equations: Equations, n_probes: int, seed: int, last: dict[str, FloatArray]
    ) -> None:
        self._equations = equations
        self._n_probes = n_probes
        self._seed = seed
        self._last = last
        self._diagonal = equations.diagonal

    def solve(self, z: FloatArray, name: str, tolerance: float = TIGHT) -> FloatArray:
        solution = self._iterate(z, self._last.get(name), tolerance)
        if name:
            self._last[name] = solution
        return solution

    def _iterate(self, z: FloatArray, start: FloatArray | None, tolerance: float) -> FloatArray:
        multiply, diagonal = self._equations.multiply, self._diagonal
        goal = tolerance**2 * float(z @ (z / diagonal))
        x = np.zeros(len(z)) if start is None else start.copy()
        left = z.copy() if start is None else z - multiply(x)
        scaled = left / diagonal
        way, step = scaled.copy(), np.empty(len(z))
        size = float(left @ scaled)
        for __ in range(MAX_ITERATIONS):
            if size <= goal:
                return x
            image = multiply(way)
            length = size / float(way @ image)
            x += np.multiply(way, length, out=step)
            left -= np.multiply(image, length, out=step)
            np.divide(left, diagonal, out=scaled)
            before, size = size, float(left @ scaled)
            way *= size / before
            way += scaled
        raise FitError(_("the equations could not be solved: conjugate gradients did not settle"))

    def probes(self) -> Iterator[tuple[FloatArray, FloatArray, float]]:
        rng = np.random.default_rng(self._seed)
        m = len(self._diagonal)
        for k in range(self._n_probes):
            z = np.where(rng.integers(0, 2, m) == 1, 1.0, -1.0)
            yield z, self.solve(z, f"probe {k}", LOOSE), 1.0 / self._n_probes
