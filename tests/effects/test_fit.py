from __future__ import annotations

import numpy as np
import pytest

from calibrate.effects import model
from calibrate.effects.design import build_design
from calibrate.effects.fit import fit_variances, predict_errors
from calibrate.errors import FitError

# The optimiser stops when a log ratio is within 1e-8; closed forms are exact.
OPTIMUM = 1e-7

# Rows are people, columns raters: 60 + (-15, -5, 5, 15) + (-10, 0, 10) + a residual
# whose rows and columns sum to zero.
CROSSED = np.array([[37.0, 43, 55], [43, 57, 65], [55, 67, 73], [65, 73, 87]])


def _crossed():
    i, j = (code.ravel() for code in np.indices(CROSSED.shape))
    return build_design(CROSSED.ravel(), 0 * i, {"employee": i, "rater": j})


def test_balanced_one_way_equals_analysis_of_variance() -> None:
    """Means 40, 50, 60 of four forms: MSB = 4 · 100. Within: 3 (5² + 5² + 3² + 7²) / 9 = 36."""
    x = np.array([[45.0, 45, 37, 33], [55, 55, 47, 43], [65, 65, 57, 53]])
    fit = fit_variances(
        build_design(x.ravel(), np.zeros(12, dtype=np.int64), {"employee": np.arange(12) // 4}),
        ("employee",),
    )
    assert fit.variance["residual"] == pytest.approx(36, rel=OPTIMUM)
    assert fit.variance["employee"] == pytest.approx((400 - 36) / 4, rel=OPTIMUM)


def test_balanced_crossed_equals_analysis_of_variance() -> None:
    """MSE = 32/6, MS people = 3 · 500/3 = 500, MS raters = 4 · 200/2 = 400."""
    fit = fit_variances(_crossed(), ("employee", "rater"))
    assert fit.variance["residual"] == pytest.approx(16 / 3, rel=OPTIMUM)
    assert fit.variance["employee"] == pytest.approx((500 - 16 / 3) / 3, rel=OPTIMUM)
    assert fit.variance["rater"] == pytest.approx((400 - 16 / 3) / 4, rel=OPTIMUM)
    assert fit.source_means == pytest.approx([60.0], rel=1e-12)  # balanced: the grand mean


def test_balanced_blup_is_the_deviation_times_one_minus_the_error_ratio() -> None:
    fit = fit_variances(_crossed(), ("employee", "rater"))
    shrink_people, shrink_raters = 1 - (16 / 3) / 500, 1 - (16 / 3) / 400
    people, raters = fit.effect("employee"), fit.effect("rater")
    assert people == pytest.approx(shrink_people * np.array([-15, -5, 5, 15]), rel=OPTIMUM)
    # The middle rater's effect is zero: an absolute bound, in points.
    assert raters == pytest.approx(shrink_raters * np.array([-10, 0, 10]), rel=OPTIMUM, abs=1e-9)


def test_optimum_is_where_the_dense_criterion_is_lowest(small) -> None:
    terms = ("employee", "unit", "rater")
    design = build_design(small.points, small.source, small.factors)
    fit = fit_variances(design, terms)
    dense = small.dense(*terms)
    lowest = dense.criterion(fit.variance)
    assert fit.at.criterion == pytest.approx(lowest, rel=1e-11)  # 60 forms, double precision
    for term in (*terms, "residual"):
        for factor in (0.98, 1.02):
            moved = dict(fit.variance) | {term: fit.variance[term] * factor}
            assert dense.criterion(moved) > lowest


@pytest.mark.parametrize("n_raters", [8, 999])
@pytest.mark.parametrize("with_unit", [True, False])
def test_predictions_and_errors_equal_the_full_matrix(inventor, n_raters, with_unit) -> None:
    """Both elimination orders: 8 raters leave employees the larger factor."""
    network = inventor(np.random.default_rng(11), 5, 3)
    rater = np.unique(network.rater % n_raters, return_inverse=True)[1]
    network = type(network)(**(vars(network) | {"rater": rater, "n_raters": rater.max() + 1}))
    terms = ("employee", "unit", "rater") if with_unit else ("employee", "rater")
    design = build_design(network.points, network.source, network.factors)
    fit = fit_variances(design, terms)
    assert fit.system.eliminated == ("employee" if n_raters == 8 else "rater")
    assert min(fit.variance.values()) > 0

    dense = network.dense(*terms)
    for term in terms:
        # 60 forms in double precision; the condition of V is below 1e3.
        np.testing.assert_allclose(
            fit.effect(term), dense.predict(fit.variance, term), rtol=1e-9, atol=1e-10
        )
    n, J, U = network.n_employees, network.n_raters, 5
    unit = network.unit if with_unit else None
    of_unit = np.eye(U)[network.unit] if with_unit else np.zeros((n, 0))
    L = np.hstack([np.eye(n), of_unit, np.zeros((n, J))])
    np.testing.assert_allclose(
        predict_errors(fit, "employee", unit), dense.error(fit.variance, L), rtol=1e-9
    )
    L = np.hstack([np.zeros((J, n + of_unit.shape[1])), np.eye(J)])
    np.testing.assert_allclose(
        predict_errors(fit, "rater"), dense.error(fit.variance, L), rtol=1e-9
    )


def test_errors_come_out_the_same_in_blocks(small, monkeypatch) -> None:
    fit = fit_variances(
        build_design(small.points, small.source, small.factors), ("employee", "unit", "rater")
    )
    whole = predict_errors(fit, "rater")
    monkeypatch.setattr("calibrate.effects.fit.BLOCK", 1)
    # The same products, grouped otherwise: rounding alone.
    np.testing.assert_allclose(predict_errors(fit, "rater"), whole, rtol=1e-12)


def test_variance_on_its_boundary_is_exactly_zero_and_the_rest_is_refitted() -> None:
    """Raters with equal means: MS raters = 0, so the term goes; one-way: MSW = 32/8."""
    x = CROSSED - np.array([-10.0, 0, 10])
    i, j = (code.ravel() for code in np.indices(x.shape))
    design = build_design(x.ravel(), 0 * i, {"employee": i, "rater": j})
    fit = fit_variances(design, ("employee", "rater"))
    assert fit.variance["rater"] == 0
    assert fit.variance["residual"] == pytest.approx(4, rel=OPTIMUM)
    assert fit.variance["employee"] == pytest.approx((500 - 4) / 3, rel=OPTIMUM)
    assert fit.effect("rater").tolist() == [0, 0, 0]


def test_everything_on_the_boundary_leaves_the_sample_variance() -> None:
    i, j = (code.ravel() for code in np.indices((3, 3)))
    x = 50 + np.array([[1.0, -1, 0], [-1, 0, 1], [0, 1, -1]]).ravel()
    fit = fit_variances(build_design(x, 0 * i, {"employee": i, "rater": j}), ("employee", "rater"))
    assert fit.variance == {"employee": 0, "rater": 0, "residual": pytest.approx(6 / 8)}


def test_exactly_additive_marks_are_refused() -> None:
    i, j = (code.ravel() for code in np.indices((5, 4)))
    design = build_design(30.0 + 7 * i + 3 * j**2, 0 * i, {"employee": i, "rater": j})
    with pytest.raises(FitError, match="no residual"):
        fit_variances(design, ("employee", "rater"))


def test_two_terms_with_the_same_levels_are_refused() -> None:
    i = np.arange(24) // 4
    x = 50 + 5.0 * i + np.tile([1.0, -1, 2, -2], 6)
    design = build_design(x, 0 * i, {"employee": i, "unit": i})
    with pytest.raises(FitError, match="not positive definite"):
        fit_variances(design, ("employee", "unit"))


def test_no_descent_is_refused(small, monkeypatch) -> None:
    """A criterion that only rises, as after a defect of the data, must not loop."""
    true, calls = model.evaluate, iter(range(10_000))

    def rising(system, gamma):
        at = true(system, gamma)
        return type(at)(**(vars(at) | {"criterion": at.criterion + 10.0 * next(calls)}))

    monkeypatch.setattr("calibrate.effects.fit.evaluate", rising)
    design = build_design(small.points, small.source, small.factors)
    with pytest.raises(FitError, match="did not settle"):
        fit_variances(design, ("employee", "rater"))
