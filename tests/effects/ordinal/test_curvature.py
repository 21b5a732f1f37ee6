"""The blocks against the matrix written out in full."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from calibrate.effects.ordinal.curvature import ExactCurvature, SampledCurvature
from calibrate.effects.ordinal.layout import Layout, build_equations, lay_out


class Case:
    """120 forms of 30 people in 6 units by 12 raters."""

    def __init__(self) -> None:
        rng = np.random.default_rng(5)
        employee = np.repeat(np.arange(30), 4)
        self.unit = np.arange(30) // 5
        rater = np.concatenate([np.arange(12), rng.integers(0, 12, 108)])
        self.factors = {"employee": employee, "unit": self.unit[employee], "rater": rater}
        self.layout: Layout = lay_out(self.factors)
        self.weight = rng.uniform(0.1, 0.5, 120)
        self.precision = self.layout.spread({"employee": 0.7, "unit": 2.0, "rater": 0.5})
        self.equations = build_equations(self.layout, self.weight, self.precision)
        Z = self.layout.Z.toarray()
        self.H = Z.T @ (self.weight[:, None] * Z) + np.diag(self.precision)
        self.C = np.linalg.inv(self.H)
        self.person_and_unit = sparse.csr_array(
            Z[np.arange(0, 120, 4)] * (np.arange(Z.shape[1]) < self._end_of_units())
        )

    def _end_of_units(self) -> np.ndarray:
        keep = np.zeros(self.layout.size)
        for term in ("employee", "unit"):
            keep[self.layout.slices[term]] = self.layout.size
        return keep


@pytest.fixture(scope="module")
def case() -> Case:
    return Case()


def test_the_largest_term_is_eliminated_unless_another_is_named() -> None:
    factors = {"employee": np.array([0, 0, 1]), "rater": np.array([0, 1, 2])}
    assert next(iter(lay_out(factors).slices)) == "rater"
    assert next(iter(lay_out(factors, first="employee").slices)) == "employee"


@pytest.mark.parametrize("first", ["employee", "rater"])
def test_exact_solutions_equal_the_full_matrix(case: Case, first: str) -> None:
    layout = lay_out(case.factors, first=first)
    precision = layout.spread({"employee": 0.7, "unit": 2.0, "rater": 0.5})
    exact = ExactCurvature(layout, build_equations(layout, case.weight, precision))
    Z = layout.Z.toarray()
    H = Z.T @ (case.weight[:, None] * Z) + np.diag(precision)
    C, right = np.linalg.inv(H), np.arange(layout.size, dtype=float)
    # Dense algebra of 50 equations: rounding alone.
    assert exact.solve(right) == pytest.approx(C @ right, rel=1e-9)
    assert exact.log_determinant() == pytest.approx(np.linalg.slogdet(H)[1], rel=1e-12)
    assert exact.diagonal == pytest.approx(np.diagonal(C), rel=1e-10)
    assert exact.leverages == pytest.approx(np.einsum("ni,ij,nj->n", Z, C, Z), rel=1e-10)


def test_a_single_term_needs_no_dense_matrix() -> None:
    layout = lay_out({"rater": np.array([0, 0, 1])})
    weight, precision = np.array([0.2, 0.3, 0.1]), np.array([1.0, 1.0])
    exact = ExactCurvature(layout, build_equations(layout, weight, precision))
    assert exact.diagonal == pytest.approx([1 / 1.5, 1 / 1.1])
    assert exact.log_determinant() == pytest.approx(np.log(1.5 * 1.1))
    assert exact.solve(np.array([1.5, 2.2])) == pytest.approx([1, 2])


def _draw(case: Case, n_draws: int) -> SampledCurvature:
    rng = np.random.default_rng(7)
    noise = rng.standard_normal((120, n_draws)), rng.standard_normal((case.layout.size, n_draws))
    return SampledCurvature(case.layout, case.equations, case.weight, case.precision, noise)


def test_conjugate_gradients_solve_what_the_full_matrix_solves(case: Case) -> None:
    right = np.arange(case.layout.size, dtype=float)
    # The solver stops at a relative residual of 1e-8.
    assert _draw(case, 1).solve(right) == pytest.approx(case.C @ right, rel=1e-6)


def test_drawn_variances_are_within_their_monte_carlo_error(case: Case) -> None:
    n_draws = 4000
    drawn = _draw(case, n_draws)
    # A variance from n draws has relative error sqrt(2/n) = 2.2 %; what is exact in it has none.
    error = 4 * np.sqrt(2 / n_draws)
    assert drawn.diagonal == pytest.approx(np.diagonal(case.C), rel=error)
    Z = case.layout.Z.toarray()
    assert drawn.leverages == pytest.approx(np.einsum("ni,ij,nj->n", Z, case.C, Z), rel=error)
    K = case.person_and_unit.toarray()
    whole = np.einsum("ni,ij,nj->n", K, case.C, K)
    assert drawn.variances(case.person_and_unit) == pytest.approx(whole, rel=error)
    assert np.isnan(drawn.log_determinant())
