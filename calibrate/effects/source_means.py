"""What estimating the source means takes and gives: no score enters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibrate.effects.equations import Equations
from calibrate.effects.layout import Layout
from calibrate.effects.result import FloatArray
from calibrate.effects.solvers import FIRM, Solver
from calibrate.errors import FitError
from calibrate.language import _


@dataclass(frozen=True)
class Means:
    """The means at one set of variances.

    Parameters
    ----------
    solved : list of (m,)
        S⁻¹ Z_R' V_A⁻¹ of each source's indicator.
    variance : (S, S)
        Covariance of the estimated means, points squared.
    log_det
        log |X' V⁻¹ X|.
    """

    solved: list[FloatArray]
    variance: FloatArray
    log_det: float

    def invert(
        self, equations: Equations, share: FloatArray, out: FloatArray | None = None
    ) -> FloatArray:
        """(N,) V⁻¹ X share, for share (S,) of each source."""
        x = self.mix(share)
        q, of_leaves = spread_sources(equations.layout, share)
        return equations.finish(q, x, of_leaves=of_leaves, out=out)

    def mix(self, share: FloatArray) -> FloatArray:
        """(m,) solution for share (S,) of each source."""
        mixed: FloatArray = share[0] * self.solved[0]
        for column, part in zip(self.solved[1:], share[1:].tolist(), strict=True):
            if part:
                mixed += part * column
        return mixed

    def list_factors(self) -> list[FloatArray]:
        """S columns of (S,) whose squares add up to ``variance``."""
        return list(np.linalg.cholesky(self.variance).T)


def solve_means(equations: Equations, solver: Solver, tolerance: float = FIRM) -> Means:
    """V⁻¹ X and the covariance of the source means, which no score enters.

    Raises
    ------
    FitError
        If the equations are singular.
    """
    solved, information = solve_sources(equations, solver, tolerance)
    try:
        lower = np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        raise FitError(_("the mixed-model equations are singular")) from None
    variance = np.linalg.inv(information)
    log_det = 2 * float(np.log(np.diagonal(lower)).sum())
    return Means(solved, (variance + variance.T) / 2, log_det)


def solve_sources(
    equations: Equations, solver: Solver, tolerance: float
) -> tuple[list[FloatArray], FloatArray]:
    """S⁻¹ Z_R' V_A⁻¹ X, S columns of (m,), and X' V⁻¹ X, (S, S)."""
    layout = equations.layout
    S = layout.n_sources
    solved, information = [], np.empty((S, S))
    for s, share in enumerate(np.eye(S)):
        q, of_leaves = spread_sources(layout, share)
        right = equations.remove_levels(q, of_leaves=of_leaves)
        x = solver.solve(right, f"source {s}", tolerance) if len(right) else right
        solved.append(x)
        information[s] = equations.sum_sources(q, x, of_leaves=of_leaves)
    return solved, (information + information.T) / 2


def spread_sources(layout: Layout, share: FloatArray) -> tuple[FloatArray, bool]:
    """A value of each source, (S,), on the leaves where their forms share it, or on the forms."""
    of_leaf = layout.source_of_leaf
    return (share[layout.source], False) if of_leaf is None else (share[of_leaf], True)
