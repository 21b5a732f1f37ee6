"""Solutions and variances from the equations: exactly, or from seeded samples."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.linalg import lapack

from calibrate.effects.ordinal.layout import Equations, Layout, Sparse
from calibrate.effects.result import FloatArray
from calibrate.errors import FitError
from calibrate.language import _

#: Contrasts handled at a time; all at once would hold forms times equations.
_ROWS = 2048


class Curvature(ABC):
    """What is asked of H; the eliminated term costs a diagonal alone."""

    def __init__(self, layout: Layout, equations: Equations) -> None:
        self.layout, self.equations = layout, equations

    def solve(self, right: FloatArray) -> FloatArray:
        """H⁻¹ right for one right side, (q,)."""
        D, B = self.equations.D, self.equations.B
        n_A = len(D)
        r_A, r_R = right[:n_A], right[n_A:]
        x_R = self._solve_rest(r_R - B @ (r_A / D))
        return np.concatenate([(r_A - B.T @ x_R) / D, x_R])

    def variances(self, contrasts: Sparse) -> FloatArray:
        """(m,) posterior variance of each row of contrasts, which has at most one entry in A.

        With the part on A given the rest taken out exactly, what is left is a
        contrast M of R alone: k' H⁻¹ k = k_A² / D + M' S⁻¹ M.
        """
        D, B = self.equations.D, self.equations.B
        n_A = len(D)
        K_A, K_R = contrasts[:, :n_A].tocsr(), contrasts[:, n_A:].tocsr()
        variance: FloatArray = K_A.power(2) @ (1.0 / D)
        if B.shape[0]:
            # M = K_R - K_A D⁻¹ B'
            through = sparse.diags_array(1.0 / D) @ B.T
            M = (K_R - K_A @ through).tocsr()
            for start in range(0, M.shape[0], _ROWS):
                some = slice(start, start + _ROWS)
                variance[some] += self._spread(M[some])
        return variance

    @cached_property
    def leverages(self) -> FloatArray:
        """(N,) h_n = z_n' H⁻¹ z_n, the posterior variance of each form's predictor."""
        return self.variances(self.layout.Z)

    @cached_property
    def diagonal(self) -> FloatArray:
        """(q,) diagonal of H⁻¹."""
        n_A = len(self.equations.D)
        eliminated = sparse.eye_array(n_A, self.layout.size, format="csr")
        return np.concatenate([self.variances(eliminated), self._rest_diagonal()])

    @abstractmethod
    def log_determinant(self) -> float:
        """log |H|; NaN where it is not known."""

    @abstractmethod
    def _solve_rest(self, right: FloatArray) -> FloatArray:
        """S⁻¹ right, with S = G - B D⁻¹ B'."""

    @abstractmethod
    def _rest_diagonal(self) -> FloatArray:
        """(q_R,) diagonal of S⁻¹."""

    @abstractmethod
    def _spread(self, M: Sparse) -> FloatArray:
        """(m,) M' S⁻¹ M of each row."""


class ExactCurvature(Curvature):
    """S as a dense matrix; for as many equations as memory and patience allow."""

    def __init__(self, layout: Layout, equations: Equations) -> None:
        super().__init__(layout, equations)
        D, B = equations.D, equations.B
        S = (equations.G - (B @ sparse.diags_array(1.0 / D)) @ B.T).toarray(order="F")
        if len(S):
            S, failed = lapack.dpotrf(S, lower=1, clean=0, overwrite_a=1)
            if failed:
                raise FitError(_("the equations of the ordinal model are singular"))
        self._L = S

    def log_determinant(self) -> float:
        log_det = np.log(self.equations.D).sum() + 2.0 * np.log(np.diagonal(self._L)).sum()
        return float(log_det)

    @cached_property
    def _inverse(self) -> FloatArray:
        lower, __ = lapack.dpotri(self._L, lower=1)
        inverse: FloatArray = np.tril(lower)
        inverse += np.tril(inverse, -1).T
        return inverse

    def _solve_rest(self, right: FloatArray) -> FloatArray:
        if not len(right):
            return right
        solution: FloatArray = lapack.dpotrs(self._L, right, lower=1)[0]
        return solution

    def _rest_diagonal(self) -> FloatArray:
        diagonal: FloatArray = np.diagonal(self._inverse) if len(self._L) else np.empty(0)
        return diagonal

    def _spread(self, M: Sparse) -> FloatArray:
        spread: FloatArray = M.multiply(M @ self._inverse).sum(axis=1)
        return spread


class SampledCurvature(Curvature):
    r"""S by conjugate gradients, variances from draws of the posterior.

    Each draw solves S x = (perturbation), so that x ~ N(0, S⁻¹) on R; the part on A
    is exact (Rao-Blackwell: Sidén, Lindgren, Bolin & Villani 2018). The same
    seeded normal numbers serve every call, so that estimates are smooth in the
    parameters and the bytes are the same every time.

    Parameters
    ----------
    weight : (N,)
        W of the equations.
    precision : (q,)
    noise : (N, m) and (q, m) standard normal
    """

    def __init__(
        self, layout: Layout, equations: Equations, weight: FloatArray, precision: FloatArray,
        noise: tuple[FloatArray, FloatArray],
    ) -> None:  # fmt: skip
        super().__init__(layout, equations)
        self._weight, self._precision, self._noise = weight, precision, noise
        D, B = equations.D, equations.B
        self._turned = B.T.tocsr()
        self._scale = equations.G.diagonal() - B.power(2) @ (1.0 / D)

    def log_determinant(self) -> float:
        return float("nan")

    @cached_property
    def _right(self) -> FloatArray:
        """(q, m) draws of N(0, H)."""
        of_form, of_level = self._noise
        right = self.layout.Z.T @ (np.sqrt(self._weight)[:, None] * of_form)
        right += np.sqrt(self._precision)[:, None] * of_level
        drawn: FloatArray = right
        return drawn

    @cached_property
    def _draws(self) -> FloatArray:
        """(q_R, m) draws of N(0, S⁻¹)."""
        D, right = self.equations.D, self._right
        n_A = len(D)
        reduced = right[n_A:] - self.equations.B @ (right[:n_A] / D[:, None])
        return self._descend(reduced, DRAWN)

    def _rest_diagonal(self) -> FloatArray:
        # Each level given all others is exact too: its mean there is x - (H x) / H_ii, and
        # H x is what was drawn.
        own = self.equations.G.diagonal()
        mean = self._draws - self._right[len(self.equations.D) :] / own[:, None]
        diagonal: FloatArray = 1.0 / own + np.square(mean).mean(axis=1)
        return diagonal

    def _solve_rest(self, right: FloatArray) -> FloatArray:
        return self._descend(right[:, None], SOLVED)[:, 0]

    def _spread(self, M: Sparse) -> FloatArray:
        spread: FloatArray = np.square(M @ self._draws).mean(axis=1)
        return spread

    def _descend(self, right: FloatArray, tolerance: float) -> FloatArray:
        """Conjugate gradients of several right sides, preconditioned by the diagonal."""
        scale = self._scale[:, None]
        x, r = np.zeros_like(right), right.copy()
        z = r / scale
        p, rz = z.copy(), (r * z).sum(axis=0)
        goal = tolerance**2 * (right * right / scale).sum(axis=0)
        for __ in range(STEPS):
            if (rz <= goal).all():
                return x
            Sp = self._apply(p)
            step = np.divide(rz, (p * Sp).sum(axis=0), out=np.zeros_like(rz), where=rz > goal)
            x += step * p
            r -= step * Sp
            z = r / scale
            rz, before = (r * z).sum(axis=0), rz
            p = z + np.divide(rz, before, out=np.zeros_like(rz), where=before > 0) * p
        raise FitError(_("the equations of the ordinal model were not solved"))

    def _apply(self, x: FloatArray) -> FloatArray:
        D = self.equations.D[:, None]
        applied: FloatArray = self.equations.G @ x - self.equations.B @ ((self._turned @ x) / D)
        return applied


#: Relative residual at which conjugate gradients stop: one solution; draws, which are chance
#: anyway; and the most steps.
SOLVED, DRAWN, STEPS = 1e-8, 1e-5, 2000
