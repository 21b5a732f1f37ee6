from __future__ import annotations

import numpy as np
import pytest

from calibrate.effects.equations import build_equations
from calibrate.effects.layout import build_layout
from calibrate.effects.solvers import ExactSolver, IterativeSolver
from calibrate.errors import FitError


@pytest.fixture
def equations(small):
    terms = ("employee", "unit", "rater")
    layout = build_layout(small.points, small.source, small.factors, terms, small.source)
    return build_equations(layout, dict(zip(terms, (30.0, 12.0, 25.0), strict=True)),
                           np.array([11.0, 19.0]))  # fmt: skip


def test_both_solve_the_same_equations(equations) -> None:
    z = np.random.default_rng(1).normal(size=equations.layout.n_rest)
    exact = ExactSolver(equations).solve(z, "z")
    near = IterativeSolver(equations, 1, 0, {}).solve(z, "z", 1e-10)
    np.testing.assert_allclose(near, exact, atol=1e-9)  # ten times the residual asked for
    np.testing.assert_allclose(equations.multiply(exact), z, atol=1e-12)


def test_the_last_answer_is_where_the_next_begins(equations) -> None:
    z = np.random.default_rng(1).normal(size=equations.layout.n_rest)
    last: dict[str, np.ndarray] = {}
    first = IterativeSolver(equations, 1, 0, last).solve(z, "z", 1e-12)
    assert last["z"] is first
    again = IterativeSolver(equations, 1, 0, last).solve(z, "z", 1e-6)
    np.testing.assert_array_equal(again, first)


def test_no_end_is_refused(equations, monkeypatch) -> None:
    monkeypatch.setattr("calibrate.effects.solvers.MAX_ITERATIONS", 2)
    with pytest.raises(FitError, match="did not settle"):
        IterativeSolver(equations, 1, 0, {}).solve(np.ones(equations.layout.n_rest), "z", 1e-14)
