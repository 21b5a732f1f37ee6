from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit

from calibrate.effects.ordinal.curvature import Curvature, ExactCurvature
from calibrate.effects.ordinal.laplace import Laplace, Parameters, Responses, approximate
from calibrate.effects.ordinal.layout import Layout, build_equations, lay_out
from calibrate.effects.result import FloatArray

TERMS = ("employee", "unit", "rater")


def exactly(layout: Layout, weight: FloatArray, precision: FloatArray) -> Curvature:
    return ExactCurvature(layout, build_equations(layout, weight, precision))


def _approximate(responses: Responses, layout: Layout, at: Parameters) -> Laplace:
    return approximate(responses, layout, at, np.zeros(layout.size), exactly)


def test_gradient_agrees_with_finite_differences() -> None:
    rng = np.random.default_rng(3)
    employee, rater = np.repeat(np.arange(12), 4), rng.permutation(np.arange(48) % 8)
    factors = {"employee": employee, "unit": employee // 4, "rater": rater}
    responses = Responses(rng.permutation(np.arange(48) % 4), rng.normal(size=(48, 2)))
    layout = lay_out(factors)

    def at(x: FloatArray) -> Parameters:
        sd = dict(zip(layout.slices, np.exp(x[5:]), strict=True))
        return Parameters(x[:3], x[3:5], sd)

    x = np.array([-1.0, 0.2, 1.5, 0.3, -0.4, 0.1, -0.5, 0.4])
    gradient = _approximate(responses, layout, at(x)).gradient
    step = 1e-5
    differences = [
        (
            _approximate(responses, layout, at(x + step * e)).value
            - _approximate(responses, layout, at(x - step * e)).value
        )
        / (2 * step)
        for e in np.eye(8)
    ]
    # Central differences are exact to about step².
    assert gradient == pytest.approx(differences, abs=1e-6)


def test_value_is_close_to_the_integral_where_a_rater_has_many_forms() -> None:
    """One rater, 200 forms: the error of Laplace's method is of order 1/200 of one unit."""
    category = np.repeat([0, 1, 2], [40, 90, 70])
    layout = lay_out({"rater": np.zeros(200, dtype=np.int64)})
    at = Parameters(np.array([-1.0, 1.0]), np.empty(0), {"rater": 0.8})
    value = _approximate(Responses(category, np.empty((200, 0))), layout, at).value

    def integrand(v: float) -> float:
        p = np.diff(np.concatenate([[0], expit(np.array([-1.0, 1.0]) - v), [1]]))
        log_p = np.array([40, 90, 70]) @ np.log(p)
        return float(np.exp(log_p + 250 - v**2 / (2 * 0.64)) / np.sqrt(2 * np.pi * 0.64))

    integral = quad(integrand, -3, 3, points=[0.0, 0.2, 0.4], epsabs=0, epsrel=1e-10)[0]
    assert value == pytest.approx(np.log(integral) - 250, abs=5e-3)


def test_mode_solves_its_equation() -> None:
    """Z'ℓ' = Σ⁻¹ v at the mode."""
    category = np.array([0, 1, 1, 2, 2, 2])
    layout = lay_out({"rater": np.array([0, 0, 1, 1, 2, 2])})
    at = Parameters(np.array([-0.5, 0.7]), np.empty(0), {"rater": 1.3})
    found = _approximate(Responses(category, np.empty((6, 0))), layout, at)
    score = layout.Z.T @ found.terms.slope
    # Newton's method stops at a decrement of 1e-10, so the score is good to its root.
    assert score == pytest.approx(found.mode / 1.3**2, abs=1e-5)
