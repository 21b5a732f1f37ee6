"""Every figure of the likelihood against the covariance matrix of the forms written out."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from calibrate.effects.equations import build_equations
from calibrate.effects.layout import build_layout
from calibrate.effects.likelihood import average_information, evaluate
from calibrate.effects.solvers import ExactSolver, IterativeSolver

VARIANCE = {"employee": 30.0, "unit": 12.0, "employee_source": 7.0, "rater": 25.0}
ALL = ("employee", "unit", "employee_source", "rater")
# N = 60 in double precision, and a condition of V below 1e3.
ROUNDING = 1e-10


class Full:
    """V, P and the derivatives formed in full."""

    def __init__(self, network, terms, residual, noise):
        cell = np.unique(network.employee * 2 + network.source, return_inverse=True)[1]
        self.factors = network.factors | {"employee_source": cell}
        self.Z = {k: np.eye(self.factors[k].max() + 1)[self.factors[k]] for k in terms}
        X = np.eye(2)[network.source]
        self.y = network.points
        self.V_k = [Z @ Z.T for Z in self.Z.values()]
        self.V_k += [np.diag((noise == c).astype(float)) for c in range(len(residual))]
        self.theta = np.array([*(VARIANCE[k] for k in terms), *residual])
        self.V = sum(t * M for t, M in zip(self.theta, self.V_k, strict=True))
        W = np.linalg.inv(self.V)
        self.information = X.T @ W @ X
        self.P = W - W @ X @ np.linalg.inv(self.information) @ X.T @ W

    def criterion(self):
        log_det = np.linalg.slogdet(self.V)[1] + np.linalg.slogdet(self.information)[1]
        return log_det + self.y @ self.P @ self.y + (len(self.y) - 2) * np.log(2 * np.pi)

    def slope(self):
        P, y = self.P, self.y
        pairs = [np.trace(P @ M) - y @ P @ M @ P @ y for M in self.V_k]
        return self.theta * np.array(pairs) / 2

    def curvature(self):
        P, y = self.P, self.y
        K = len(self.theta)
        AI = [y @ P @ A @ P @ B @ P @ y for A, B in product(self.V_k, self.V_k)]
        return np.outer(self.theta, self.theta) * np.reshape(AI, (K, K)) / 2


def _set_up(network, terms, residual, side):
    noise = network.source if len(residual) == 2 else 0 * network.source
    full = Full(network, terms, residual, noise)
    layout = build_layout(network.points, network.source, full.factors, terms, noise, side)
    variance = {k: VARIANCE[k] for k in terms}
    return full, build_equations(layout, variance, np.array(residual))


CASES = [
    (ALL, [11.0, 19.0], "people"),
    (ALL, [11.0], "people"),
    (ALL, [11.0], "raters"),
    (("employee", "unit", "rater"), [11.0, 19.0], "people"),
    (("employee", "unit", "rater"), [11.0], "raters"),
    (("employee", "rater"), [11.0, 19.0], "people"),
    (("unit", "rater"), [11.0], "people"),
    (("employee",), [11.0, 19.0], "people"),
    (("rater",), [11.0], "raters"),
    (("rater",), [11.0, 19.0], "people"),
    ((), [11.0, 19.0], "people"),
]


@pytest.mark.parametrize(("terms", "residual", "side"), CASES)
def test_criterion_slope_and_curvature_equal_the_full_matrix(small, terms, residual, side) -> None:
    full, equations = _set_up(small, terms, residual, side)
    solver = ExactSolver(equations)
    at = evaluate(equations, solver)
    assert at.criterion == pytest.approx(full.criterion(), rel=ROUNDING)
    np.testing.assert_allclose(at.slope, full.slope(), atol=ROUNDING)
    np.testing.assert_allclose(average_information(at, solver), full.curvature(), atol=ROUNDING)


@pytest.mark.parametrize(("terms", "residual", "side"), CASES)
def test_effects_are_the_best_linear_predictions(small, terms, residual, side) -> None:
    full, equations = _set_up(small, terms, residual, side)
    at = evaluate(equations, ExactSolver(equations))
    for term in terms:
        ours = at.effect(term)[equations.layout.number[term]]
        theirs = VARIANCE[term] * full.Z[term].T @ full.P @ full.y
        np.testing.assert_allclose(ours, theirs, atol=ROUNDING)


def test_slope_is_the_finite_difference_of_the_criterion(small) -> None:
    _, equations = _set_up(small, ALL, [11.0, 19.0], "people")
    at = evaluate(equations, ExactSolver(equations))
    log = np.log([*VARIANCE.values(), 11.0, 19.0])
    for k in range(6):
        h = np.zeros(6)
        h[k] = 1e-4
        there = []
        for theta in (np.exp(log + h), np.exp(log - h)):
            moved = build_equations(
                equations.layout, dict(zip(ALL, theta, strict=False)), theta[4:]
            )
            there.append(evaluate(moved, ExactSolver(moved)).criterion)
        # Half the criterion; central differences err by h² ~ 1e-8 times a third derivative.
        assert at.slope[k] == pytest.approx((there[0] - there[1]) / 4e-4, abs=1e-5)


@pytest.mark.parametrize(
    ("terms", "residual"),
    [
        (ALL, [11.0, 19.0]),
        (("employee", "unit", "rater"), [11.0]),
        (("employee", "rater"), [9.0, 4]),
    ],
)
def test_probes_give_the_same_slope_within_their_own_error(small, terms, residual) -> None:
    full, equations = _set_up(small, terms, residual, "people")
    n_probes = 3_000
    solver = IterativeSolver(equations, n_probes, 7, {})
    at = evaluate(equations, solver)
    error = at.slope_samples.std(axis=0, ddof=1) / np.sqrt(n_probes)
    # 4 standard errors: one of some twenty figures passes that in 1 of 800 seeds.
    assert (np.abs(at.slope - full.slope()) < 4 * error + 1e-4).all()
    # Conjugate gradients stop at a hundredth for the curvature.
    np.testing.assert_allclose(
        average_information(at, solver), full.curvature(), atol=0.02 * full.curvature().max()
    )


def test_a_probe_more_costs_no_jitter(small) -> None:
    """Common probes: the same at any variances, so that two evaluations agree exactly."""
    _, equations = _set_up(small, ALL, [11.0, 19.0], "people")
    one, other = (evaluate(equations, IterativeSolver(equations, 4, 7, {})) for _ in range(2))
    np.testing.assert_array_equal(one.slope, other.slope)
