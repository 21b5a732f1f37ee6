from __future__ import annotations

import numpy as np
import pytest

from calibrate.effects.fit import fit_variances
from calibrate.effects.prediction_errors import (
    predict_person_errors,
    predict_rater_errors,
    set_right,
)

TERMS = ("employee", "unit", "rater")


@pytest.mark.parametrize("n_raters", [8, 999])
@pytest.mark.parametrize("with_unit", [True, False])
def test_predictions_and_errors_equal_the_full_matrix(inventor, n_raters, with_unit) -> None:
    """Either side set aside: 8 raters leave the people the larger one."""
    network = inventor(np.random.default_rng(11), 5, 3)
    rater = np.unique(network.rater % n_raters, return_inverse=True)[1]
    network = type(network)(**(vars(network) | {"rater": rater, "n_raters": rater.max() + 1}))
    terms = TERMS if with_unit else ("employee", "rater")
    fit = fit_variances(network.points, network.source, network.factors, terms)
    assert ("rater" in fit.layout.rest) == (15 + 5 * with_unit >= network.n_raters)
    assert min(fit.variance.values()) > 0

    dense, variance = network.dense(*terms), dict(fit.variance) | {"residual": fit.mean_residual}
    n, J, U = network.n_employees, network.n_raters, 5
    for term, size in zip(terms, (n, U, J) if with_unit else (n, J), strict=True):
        # 60 forms in double precision; the condition of V is below 1e3.
        np.testing.assert_allclose(
            fit.effect(term, size), dense.predict(variance, term), rtol=1e-9, atol=1e-10
        )
    of_unit = np.eye(U)[network.unit] if with_unit else np.zeros((n, 0))
    L = np.hstack([np.eye(n), of_unit, np.zeros((n, J))])
    np.testing.assert_allclose(predict_person_errors(fit), dense.error(variance, L), rtol=1e-9)
    L = np.hstack([np.zeros((J, n + of_unit.shape[1])), np.eye(J)])
    np.testing.assert_allclose(predict_rater_errors(fit), dense.error(variance, L), rtol=1e-9)


@pytest.mark.parametrize("n_forms", [3, 5])
def test_errors_without_inversion_are_near_the_exact_ones(inventor, n_forms) -> None:
    network = inventor(np.random.default_rng(2), 90, 8, n_forms=n_forms)
    exact, probed = (
        fit_variances(network.points, network.source, network.factors, TERMS, network.source,
                      engine=engine)
        for engine in ("exact", "iterative")
    )  # fmt: skip
    for predict, typical, worst in (
        (predict_person_errors, 0.02, 0.06), (predict_rater_errors, 0.03, 0.10),
    ):  # fmt: skip
        ratio = np.sqrt(predict(probed) / predict(exact)) - 1
        # What docs/method.md states: right on average, the spread over people a few per cent.
        assert abs(ratio.mean()) < 0.005
        assert ratio.std() < typical
        assert np.abs(ratio).max() < worst


def test_small_classes_share_the_ratio_of_their_neighbour() -> None:
    """900 of class 0 are right, 3 of class 1 would be tripled: too few to be believed."""
    alike = np.repeat([0, 1], [900, 3])
    right = set_right(np.ones(903), np.where(alike == 0, 1.0, 3.0), alike)
    assert right == pytest.approx(np.full(903, 909 / 903))
