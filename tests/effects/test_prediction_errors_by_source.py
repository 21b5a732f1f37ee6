"""Noise that differs by source, with a person's effect and without, by Henderson's equations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from calibrate.effects.fit import fit_variances
from calibrate.effects.layout import ALIKE
from calibrate.effects.prediction_errors import predict_person_errors, predict_rater_errors


@pytest.fixture(scope="module")
def peers_apart(inventor):
    """40 people in 8 units, a manager and three peers each; peers are noisier by far."""
    network = inventor(np.random.default_rng(5), 8, 5)
    # Each manager is a peer of others, so that the forms of one rater differ in noise.
    rater = np.unique(network.rater % (network.n_raters - 8), return_inverse=True)[1]
    network = replace(network, rater=rater, n_raters=int(rater.max()) + 1)
    rng = np.random.default_rng(6)
    return network, network.points + np.where(network.source == 1, rng.normal(0, 8, 160), 0.0)


def _solve_henderson(network, points, terms, variance, residual):
    """Solution and covariance of the errors of all random effects, term by term.

    The mixed-model equations, written out: [X'WX X'WZ; Z'WX Z'WZ + G⁻¹].
    """
    X = np.eye(2)[network.source]
    blocks = [np.eye(network.factors[term].max() + 1)[network.factors[term]] for term in terms]
    left = np.hstack([X, *blocks])
    W = np.diag(1 / residual[network.source])
    ridge = [np.full(Z.shape[1], 1 / variance[term]) for term, Z in zip(terms, blocks, strict=True)]
    inverse = np.linalg.inv(left.T @ W @ left + np.diag(np.concatenate([np.zeros(2), *ridge])))
    solution = inverse @ left.T @ W @ points
    starts = np.cumsum([2] + [Z.shape[1] for Z in blocks])
    where = {t: slice(starts[k], starts[k + 1]) for k, t in enumerate(terms)}
    return solution, inverse, where


@pytest.mark.parametrize(
    ("terms", "levels"),
    [
        (("rater",), (ALIKE, "rater")),
        (("unit", "rater"), (ALIKE, "unit")),
        (("employee", "rater"), (ALIKE, "employee")),
        (("employee", "unit", "rater"), (ALIKE, "employee", "unit")),
    ],
)
def test_errors_with_a_noise_of_each_source_solve_hendersons_equations(
    peers_apart, terms, levels
) -> None:
    """Where no person's effect is left the raters themselves are set aside, by source."""
    network, points = peers_apart
    fit = fit_variances(points, network.source, network.factors, terms, network.source)
    assert fit.layout.levels == levels
    assert min(fit.variance.values()) > 0
    assert fit.residual[1] > 2 * fit.residual[0] > 0

    solution, inverse, where = _solve_henderson(network, points, terms, fit.variance, fit.residual)
    # 160 forms in double precision; the condition of the equations is below 1e4.
    close = {"rtol": 1e-8, "atol": 1e-9}
    own = where["rater"]
    np.testing.assert_allclose(fit.effect("rater", network.n_raters), solution[own], **close)
    np.testing.assert_allclose(predict_rater_errors(fit), np.diagonal(inverse)[own], **close)
    if "employee" not in terms:
        return
    pick = np.zeros((network.n_employees, len(inverse)))
    pick[:, where["employee"]] = np.eye(network.n_employees)
    if "unit" in terms:
        pick[np.arange(network.n_employees), where["unit"].start + network.unit] = 1.0
    np.testing.assert_allclose(
        predict_person_errors(fit), np.diagonal(pick @ inverse @ pick.T), **close
    )


@pytest.mark.parametrize("terms", [("employee",), ("rater",)])
def test_one_side_alone_has_the_errors_of_a_mean_that_shrinks(terms) -> None:
    """One source of many: known mean, no other side. PEV → 1 / (1/σ² + Σ 1/σ²_s)."""
    rng = np.random.default_rng(3)
    level = np.repeat(np.arange(2_000), 4)
    source = np.tile([0, 1, 1, 1], 2_000)
    points = rng.normal(0, 5, 2_000)[level] + rng.normal(0, np.array([2.0, 6.0])[source])
    fit = fit_variances(points, source, {terms[0]: level}, terms, source)
    predict = predict_person_errors if terms == ("employee",) else predict_rater_errors
    known = 1 / (1 / fit.variance[terms[0]] + 1 / fit.residual[0] + 3 / fit.residual[1])
    # Estimating two means from 2,000 levels adds up to σ²/2,000 of 25, next to an error of 2.
    assert predict(fit) == pytest.approx(np.full(2_000, known), rel=0.01)
    assert (predict(fit) > known).all()
