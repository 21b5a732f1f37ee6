from __future__ import annotations

import numpy as np
import pytest

from calibrate.effects.connect import find_components
from calibrate.effects.strength import measure_link_strength


def _brute_force(employee, rater, source, gamma):
    """Posterior of b − mean(b) with employees and sources projected out, one component."""
    Z = np.eye(rater.max() + 1)[rater]
    X = np.hstack([np.eye(employee.max() + 1)[employee], np.eye(source.max() + 1)[source]])
    P = np.eye(len(rater)) - X @ np.linalg.pinv(X)
    J = Z.shape[1]
    centre = np.eye(J) - 1 / J
    posterior = np.linalg.inv(gamma * Z.T @ P @ Z + np.eye(J))
    return 1 - np.diagonal(centre @ posterior @ centre) / (1 - 1 / J)


@pytest.mark.parametrize(("n_people", "n_raters"), [(12, 6), (6, 12), (9, 9)])
@pytest.mark.parametrize("n_sources", [1, 3])
def test_strength_equals_brute_force_in_either_order(n_people, n_raters, n_sources) -> None:
    rng = np.random.default_rng(5)
    employee = np.concatenate([np.arange(n_people), rng.integers(0, n_people, 40)])
    rater = np.concatenate([np.arange(n_people) % n_raters, rng.integers(0, n_raters, 40)])
    rater[-n_raters:] = np.arange(n_raters)
    source = rng.integers(0, n_sources, len(rater))
    parts = find_components(employee, rater, n_people, n_raters)
    assert parts.linked.tolist() == [True]
    # Matrices of at most 15 columns in double precision.
    np.testing.assert_allclose(
        measure_link_strength(employee, rater, source, parts, 0.7),
        _brute_force(employee, rater, source, 0.7),
        atol=1e-12,
    )


def test_sources_confounded_with_employees_do_no_harm() -> None:
    """Each employee is rated from one source: the source is lost in the employees."""
    employee, rater = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
    parts = find_components(employee, rater, 4, 3)
    plain = measure_link_strength(employee, rater, 0 * rater, parts, 1.0)
    confounded = measure_link_strength(employee, rater, employee % 2, parts, 1.0)
    np.testing.assert_allclose(confounded, plain, atol=1e-12)  # rounding


def test_a_source_of_one_rater_cannot_be_told_from_that_rater() -> None:
    """Rater 0 alone is the manager: severity and source level are one, so no contrast."""
    employee, rater = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
    source = np.where(rater == 0, 0, 1)
    parts = find_components(employee, rater, 4, 3)
    strength = measure_link_strength(employee, rater, source, parts, 1.0)
    # c_0 = b_0 - mean is untouched by the data, the two peers are compared with each other:
    # Var c_1 = Var((b_1 - b_2)/2 | x) + Var(c_0)/4 = (1/2)/(1 + 4) + (2/3)/4 of 2/3.
    assert strength[0] == 0
    assert strength[1:] == pytest.approx([1 - (0.1 + 1 / 6) / (2 / 3)] * 2, abs=1e-12)


def test_a_rater_whose_people_nobody_else_rated_has_exactly_zero() -> None:
    # Three raters share persons 0 to 2; rater 3 rates persons 3 and 4 alone.
    employee = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 4])
    rater = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 3, 3])
    parts = find_components(employee, rater, 5, 4)
    strength = measure_link_strength(employee, rater, 0 * rater, parts, 1.0)
    assert strength[3] == 0
    assert (strength[:3] > 0.5).all()


def test_equal_severities_have_no_strength() -> None:
    employee, rater = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
    parts = find_components(employee, rater, 4, 4)
    assert measure_link_strength(employee, rater, 0 * rater, parts, 0.0).tolist() == [0] * 4


def test_each_component_is_measured_on_its_own() -> None:
    """Two copies of a complete design: the second changes nothing in the first."""
    employee, rater = np.repeat(np.arange(2), 3), np.tile(np.arange(3), 2)
    both = np.concatenate([employee, employee + 2]), np.concatenate([rater, rater + 3])
    parts = find_components(*both, 4, 6)
    strength = measure_link_strength(*both, 0 * both[0], parts, 0.5)
    # Complete design: 1 − 1/(1 + 2γ).
    assert strength == pytest.approx([0.5] * 6, abs=1e-12)
