"""The restricted likelihood at one set of variances: slope, curvature, solution.

Notation of docs/method.md, section 2. θ holds the variances: first those of the terms,
then the residual ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from calibrate.effects.equations import Equations, times
from calibrate.effects.layout import add_up
from calibrate.effects.messages import pass_messages
from calibrate.effects.result import FloatArray
from calibrate.effects.solvers import ROUGH, TIGHT, Solver
from calibrate.effects.source_means import Means, solve_means

#: Levels whose prediction errors readers see.
SHOWN = ("employee", "rater")


@dataclass(frozen=True)
class Evaluation:
    """The model at one set of variances.

    Parameters
    ----------
    equations
        With the variances.
    criterion
        -2 log restricted likelihood; NaN where the solver is not exact.
    slope : (K + C,)
        Derivative of half the criterion by log θ.
    slope_samples : (probes, K + C)
        Of each probe alone; a single row where the solver is exact.
    fixed : (S,)
        Source means less the layout's centre, points.
    means
        What estimating them takes and gives.
    Py : (N,)
        V⁻¹ of what the means leave.
    sums : term → (q,)
        Z' P y.
    reach : term → (q,)
        What the other side adds to the prediction error of the sums of effects down to
        each level of A, or the diagonal of S⁻¹ by the levels of R; noisy unless exact.
    """

    equations: Equations
    criterion: float
    slope: FloatArray
    slope_samples: FloatArray
    fixed: FloatArray
    means: Means
    Py: FloatArray
    sums: Mapping[str, FloatArray]
    reach: Mapping[str, FloatArray]

    @cached_property
    def messages(self) -> tuple[FloatArray, FloatArray]:
        """See :func:`calibrate.effects.messages.pass_messages`."""
        return pass_messages(self.equations)

    def effect(self, term: str) -> FloatArray:
        """(q,) points: predicted effects σ²_k Z_k' P y, in the layout's numbers."""
        predicted: FloatArray = self.equations.variance[term] * self.sums[term]
        return predicted


def evaluate(equations: Equations, solver: Solver) -> Evaluation:
    r"""Evaluate the restricted likelihood and its slope.

    .. math::

        \frac{\partial}{\partial\theta_k}\left(-\log L\right)
        = \tfrac12\left(\operatorname{tr} P V_k - y' P V_k P y\right)

    Parameters
    ----------
    equations
        From :func:`calibrate.effects.equations.build_equations`.
    solver
        Exact, or iterative with probes for the traces.

    Returns
    -------
    Evaluation
        Curvature apart: see :func:`average_information`.

    Raises
    ------
    FitError
        If the equations are singular or conjugate gradients do not settle.

    References
    ----------
    Patterson & Thompson (1971), Biometrika 58. Hutchinson (1990), Commun. Stat. 19 (probes).
    """
    layout = equations.layout
    means = solve_means(equations, solver)
    fixed, Py = solve_points(equations, solver, means, layout.y, "points")
    sums = layout.sum_levels(Py)
    samples, reach = _trace(equations, solver)
    lost = _lost_to_means(equations, means)
    theta = _theta(equations)
    quadratic = np.concatenate(
        [[sums[k] @ sums[k] for k in layout.terms], layout.multiply_noises(Py, Py)]
    )
    slopes = theta * (samples - lost - quadratic) / 2
    n, p = layout.n_forms, layout.n_sources
    log_det = _log_det(equations) + solver.log_det + means.log_det
    return Evaluation(
        equations=equations,
        criterion=log_det + float(layout.y @ Py) + (n - p) * float(np.log(2 * np.pi)),
        slope=slopes.mean(axis=0),
        slope_samples=slopes,
        fixed=fixed,
        means=means,
        Py=Py,
        sums=sums,
        reach=reach,
    )


def solve_points(
    equations: Equations,
    solver: Solver,
    means: Means,
    y: FloatArray,
    name: str,
    tolerance: float = TIGHT,
) -> tuple[FloatArray, FloatArray]:
    """Source means (S,) less the centre, and P y of the forms (N,)."""
    layout = equations.layout
    right = equations.remove_levels(y)
    x = solver.solve(right, name, tolerance) if len(right) else right
    fixed: FloatArray = means.variance @ equations.sum_sources(y, x)
    # What the means leave is solved by what solved the two.
    left = np.take(fixed, layout.source)
    np.subtract(y, left, out=left)
    return fixed, equations.finish(left, x - means.mix(fixed), out=left)


def average_information(at: Evaluation, solver: Solver) -> FloatArray:
    r"""Curvature of half the criterion by log θ, averaged with its expectation.

    .. math:: \tfrac12 \theta_k \theta_l \; y' P V_k P V_l P y

    Parameters
    ----------
    at
        From :func:`evaluate`.
    solver
        The same.

    Returns
    -------
    (K + C, K + C)
        Symmetric.

    References
    ----------
    Gilmour, Thompson & Cullis (1995), Biometrics 51.
    """
    equations, layout = at.equations, at.equations.layout
    theta = _theta(equations)
    K, C, S = len(layout.terms), layout.n_noises, layout.n_sources
    products, on_sources = np.empty((K + C, K + C)), np.empty((K + C, S))
    room = np.empty(layout.n_forms)
    for column in range(K + C):
        q, of_leaves = _derive(at, column, room)
        right = equations.remove_levels(q, of_leaves=of_leaves)
        x = solver.solve(right, "", ROUGH) if len(right) else right
        e = equations.finish(q, x, of_leaves=of_leaves, out=room)
        sums = layout.sum_levels(e)
        products[:K, column] = [at.sums[term] @ sums[term] for term in layout.terms]
        products[K:, column] = layout.multiply_noises(at.Py, e)
        on_sources[column] = layout.sum_sources(e, sums)
    products -= on_sources @ at.means.variance @ on_sources.T
    information: FloatArray = (products + products.T) / 4 * np.outer(theta, theta)
    return information


def _derive(at: Evaluation, column: int, room: FloatArray) -> tuple[FloatArray, bool]:
    """V_k P y of the forms, in ``room``, or of the leaves where their forms share it."""
    layout = at.equations.layout
    if column >= len(layout.terms):
        return np.multiply(at.Py, layout.noise == column - len(layout.terms), out=room), False
    term = layout.terms[column]
    value = at.sums[term]
    if term in layout.codes:
        return np.take(value, layout.codes[term], out=room, mode="clip"), False
    return layout.to_leaves(term, value), True


def _theta(equations: Equations) -> FloatArray:
    theta: FloatArray = np.concatenate(
        [[equations.variance[k] for k in equations.layout.terms], equations.residual]
    )
    return theta


def _log_det(equations: Equations) -> float:
    """log |V_A| and of the variances of R, which scale S."""
    layout = equations.layout
    total = float(layout.n_forms_of_noise @ np.log(equations.residual))
    total -= sum(float(np.log(passed).sum()) for passed in equations.passed)
    return total + sum(layout.sizes[k] * float(np.log(equations.variance[k])) for k in layout.rest)


def _trace(equations: Equations, solver: Solver) -> tuple[FloatArray, dict[str, FloatArray]]:
    """tr V⁻¹ V_k, one row for each probe (a single one if exact), and the diagonals beside it."""
    layout = equations.layout
    inside = _trace_inside(equations)
    K = len(layout.terms)
    shown = [term for term in layout.terms if term in (*layout.rest, *SHOWN)]
    reach = {term: np.zeros(layout.sizes[term]) for term in shown}
    rows: list[FloatArray] = []
    for z, x, weight in solver.probes():
        row = np.zeros(len(inside))
        for term in layout.rest:
            here = layout.place[term]
            along = _sum_columns(z[here] * x[here])
            reach[term] += weight * along
            row[layout.terms.index(term)] = along.sum() / equations.variance[term] ** 2
        if layout.n_noises > 1:
            # R is a single term, and the forms of a leaf share their noise: counts suffice.
            along = _sum_columns(z * x)
            row[K:] = layout.noise_of_rest.T @ along / equations.residual**2
        if layout.levels:
            N_z, N_x = equations.N @ z, equations.N @ x
            f_z, f_x = equations.solve_levels(N_z), equations.solve_levels(N_x)
            for k, value in _multiply_levels(equations, (N_z, f_z[0]), (N_x, f_x[0])).items():
                row[k] = value
            row[K:] -= _lost_by_noise(equations, (N_z, f_z[0]), (N_x, f_x[0]))
            for at, level in enumerate(layout.levels):
                if level in reach:
                    reach[level] += weight * _sum_columns(f_z[at] * f_x[at])
        rows.append(row)
    if not rows:
        return inside[None, :], reach
    outside = np.array(rows)
    if solver.is_exact:
        outside = outside.sum(axis=0, keepdims=True)
    trace = inside - outside
    if layout.n_noises == 1:
        # tr V⁻¹ V = N holds the one residual trace, whatever the others are.
        theta = _theta(equations)
        trace[:, K] = (layout.n_forms - trace[:, :K] @ theta[:K]) / theta[K]
    return trace, reach


def _multiply_levels(
    equations: Equations,
    one: tuple[FloatArray, FloatArray],
    other: tuple[FloatArray, FloatArray],
) -> dict[int, float]:
    """Products of Z_k' V_A⁻¹ Z_R z and Z_k' V_A⁻¹ Z_R x over each term of A."""
    layout = equations.layout
    sums = [N_v - times(equations.precision[0], f) for N_v, f in (one, other)]
    products: dict[int, float] = {}
    for at, level in enumerate(layout.levels):
        if at:
            sums = [layout.sums_up[at - 1] @ total for total in sums]
        if level in layout.terms:
            products[layout.terms.index(level)] = _inner(*sums)
    return products


def _lost_by_noise(
    equations: Equations,
    one: tuple[FloatArray, FloatArray],
    other: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """(C,) what A takes from the products of Z_R z and Z_R x over the forms of each noise."""
    layout = equations.layout
    (N_z, f_z), (N_x, f_x) = one, other
    crossed = f_z * (N_x - times(equations.precision[0], f_x)) + N_z * f_x
    lost = add_up(layout.noise_of_leaf, _sum_columns(crossed), layout.n_noises)
    return np.asarray(lost / equations.residual)


def _trace_inside(equations: Equations) -> FloatArray:
    """tr V_A⁻¹ V_k for the terms of A and the residuals; q / σ² for those of R."""
    layout = equations.layout
    trace = np.zeros(len(layout.terms) + layout.n_noises)
    for at, level in enumerate(layout.levels):
        p = equations.precision[at]
        if level in layout.terms:
            trace[layout.terms.index(level)] = float((p - p**2 * equations.posterior[at]).sum())
    for term in layout.rest:
        trace[layout.terms.index(term)] = layout.sizes[term] / equations.variance[term]
    K, C = len(layout.terms), layout.n_noises
    trace[K:] = layout.n_forms_of_noise / equations.residual
    if layout.levels:
        w = 1.0 / equations.residual[layout.noise_of_leaf]
        lost = equations.precision[0] * w * equations.posterior[0]
        trace[K:] -= add_up(layout.noise_of_leaf, lost, C)
    return trace


def _inner(one: FloatArray, other: FloatArray) -> float:
    return float(np.vdot(one, other))


def _sum_columns(value: FloatArray) -> FloatArray:
    return value if value.ndim == 1 else value.sum(axis=1)


def _lost_to_means(equations: Equations, means: Means) -> FloatArray:
    """tr (X' V⁻¹ X)⁻¹ X' V⁻¹ V_k V⁻¹ X: what estimating the source means takes from a trace."""
    layout = equations.layout
    K = len(layout.terms)
    lost = np.zeros(K + layout.n_noises)
    room = np.empty(layout.n_forms)
    for share in means.list_factors():
        e = means.invert(equations, share, room)
        sums = layout.sum_levels(e)
        lost[:K] += [_inner(sums[k], sums[k]) for k in layout.terms]
        lost[K:] += layout.multiply_noises(e, e)
    return lost
