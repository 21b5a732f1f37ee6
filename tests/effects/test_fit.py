from __future__ import annotations

import numpy as np
import pytest

from calibrate.effects import search as searching
from calibrate.effects.fit import fit_variances
from calibrate.errors import FitError

# The optimiser stops when a log ratio is within 1e-8; closed forms are exact.
OPTIMUM = 1e-7

# Rows are people, columns raters: 60 + (-15, -5, 5, 15) + (-10, 0, 10) + a residual
# whose rows and columns sum to zero.
CROSSED = np.array([[37.0, 43, 55], [43, 57, 65], [55, 67, 73], [65, 73, 87]])


def _fit_table(x):
    i, j = (code.ravel() for code in np.indices(x.shape))
    return fit_variances(x.ravel(), 0 * i, {"employee": i, "rater": j}, ("employee", "rater"))


def test_balanced_one_way_equals_analysis_of_variance() -> None:
    """Means 40, 50, 60 of four forms: MSB = 4 · 100. Within: 3 (5² + 5² + 3² + 7²) / 9 = 36."""
    x = np.array([[45.0, 45, 37, 33], [55, 55, 47, 43], [65, 65, 57, 53]])
    zero = np.zeros(12, dtype=np.int64)
    fit = fit_variances(x.ravel(), zero, {"employee": np.arange(12) // 4}, ("employee",))
    assert fit.mean_residual == pytest.approx(36, rel=OPTIMUM)
    assert fit.variance["employee"] == pytest.approx((400 - 36) / 4, rel=OPTIMUM)


def test_balanced_crossed_equals_analysis_of_variance() -> None:
    """MSE = 32/6, MS people = 3 · 500/3 = 500, MS raters = 4 · 200/2 = 400."""
    fit = _fit_table(CROSSED)
    assert fit.mean_residual == pytest.approx(16 / 3, rel=OPTIMUM)
    assert fit.variance["employee"] == pytest.approx((500 - 16 / 3) / 3, rel=OPTIMUM)
    assert fit.variance["rater"] == pytest.approx((400 - 16 / 3) / 4, rel=OPTIMUM)
    assert fit.source_means == pytest.approx([60.0], rel=1e-12)  # balanced: the grand mean


def test_balanced_blup_is_the_deviation_times_one_minus_the_error_ratio() -> None:
    fit = _fit_table(CROSSED)
    shrink_people, shrink_raters = 1 - (16 / 3) / 500, 1 - (16 / 3) / 400
    people, raters = fit.effect("employee", 4), fit.effect("rater", 3)
    assert people == pytest.approx(shrink_people * np.array([-15, -5, 5, 15]), rel=OPTIMUM)
    # The middle rater's effect is zero: an absolute bound, in points.
    assert raters == pytest.approx(shrink_raters * np.array([-10, 0, 10]), rel=OPTIMUM, abs=1e-9)


def test_optimum_is_where_the_dense_criterion_is_lowest(small) -> None:
    terms = ("employee", "unit", "rater")
    fit = fit_variances(small.points, small.source, small.factors, terms)
    dense = small.dense(*terms)
    variance = dict(fit.variance) | {"residual": fit.mean_residual}
    lowest = dense.criterion(variance)
    assert fit.at.criterion == pytest.approx(lowest, rel=1e-11)  # 60 forms, double precision
    for term in (*terms, "residual"):
        for factor in (0.98, 1.02):
            moved = variance | {term: variance[term] * factor}
            assert dense.criterion(moved) > lowest


def test_each_source_gets_its_own_noise() -> None:
    """Balanced, one factor: within source s the residual is the mean square about the person."""
    rng = np.random.default_rng(8)
    person = np.repeat(np.arange(400), 8)
    noise = np.tile([0, 0, 0, 0, 1, 1, 1, 1], 400)
    x = 50 + rng.normal(0, 5, 400)[person] + rng.normal(0, 1, 3200) * np.array([4.0, 8.0])[noise]
    fit = fit_variances(x, 0 * person, {"employee": person}, ("employee",), noise)
    # 400 · 3 and more degrees of freedom each: the log has a standard error of 0.04.
    assert np.log(fit.residual / [16, 64]) == pytest.approx([0, 0], abs=0.12)
    assert np.log(fit.variance["employee"] / 25) == pytest.approx(0, abs=0.25)


def test_a_source_without_noise_of_its_own_takes_that_of_the_largest() -> None:
    """Source 1 repeats the person exactly: its own variance would be zero, a certainty."""
    rng = np.random.default_rng(8)
    person = np.repeat(np.arange(60), 5)
    noise = np.tile([0, 0, 0, 1, 1], 60)
    theta = rng.normal(0, 5, 60)[person]
    x = 50 + theta + np.where(noise == 0, rng.normal(0, 4, 300), 0.0)
    fit = fit_variances(x, 0 * person, {"employee": person}, ("employee",), noise)
    assert fit.merged_into.tolist() == [0, 0]
    assert fit.residual[0] == fit.residual[1]


def test_iterative_variances_lie_within_their_stated_error_of_the_exact_ones(inventor) -> None:
    network = inventor(np.random.default_rng(2), 60, 8)
    terms = ("employee", "unit", "rater")
    exact, probed = (
        fit_variances(network.points, network.source, network.factors, terms, network.source,
                      engine=engine, seed=3)
        for engine in ("exact", "iterative")
    )  # fmt: skip
    assert exact.monte_carlo == 0
    assert 0 < probed.monte_carlo < 0.1
    error = np.sqrt(np.diagonal(np.linalg.inv(exact.information)))
    moved = [np.log(probed.variance[k] / exact.variance[k]) for k in terms]
    moved += list(np.log(probed.residual / exact.residual))
    # Three times the stated error, and the search itself stops at 0.005 of a standard error.
    assert (np.abs(moved) / error < 3 * probed.monte_carlo + 0.01).all()


def test_the_same_seed_gives_the_same_bytes(inventor) -> None:
    network = inventor(np.random.default_rng(2), 20, 6)
    one, other = (
        fit_variances(network.points, network.source, network.factors, ("employee", "rater"),
                      engine="iterative", seed=3)
        for _ in range(2)
    )  # fmt: skip
    assert one.variance == other.variance


def test_variance_on_its_boundary_is_exactly_zero_and_the_rest_is_refitted() -> None:
    """Raters with equal means: MS raters = 0, so the term goes; one-way: MSW = 32/8."""
    fit = _fit_table(CROSSED - np.array([-10.0, 0, 10]))
    assert fit.variance["rater"] == 0
    assert fit.mean_residual == pytest.approx(4, rel=OPTIMUM)
    assert fit.variance["employee"] == pytest.approx((500 - 4) / 3, rel=OPTIMUM)
    assert fit.effect("rater", 3).tolist() == [0, 0, 0]


def test_everything_on_the_boundary_leaves_the_sample_variance() -> None:
    fit = _fit_table(50 + np.array([[1.0, -1, 0], [-1, 0, 1], [0, 1, -1]]))
    assert fit.variance == {"employee": 0, "rater": 0}
    assert fit.mean_residual == pytest.approx(6 / 8)


def test_a_term_without_variance_is_dropped_by_probes_too(inventor) -> None:
    sd = {"employee": 6, "unit": 0, "rater": 6, "residual": 5}
    network = inventor(np.random.default_rng(4), 60, 8, sd=sd)
    exact, probed = (
        fit_variances(network.points, network.source, network.factors,
                      ("employee", "unit", "rater"), engine=engine)
        for engine in ("exact", "iterative")
    )  # fmt: skip
    assert exact.variance["unit"] == 0
    assert probed.variance["unit"] == 0


def test_exactly_additive_marks_are_refused() -> None:
    i, j = np.indices((5, 4))
    with pytest.raises(FitError, match="no residual"):
        _fit_table(30.0 + 7 * i + 3 * j**2)


def test_equal_marks_are_refused() -> None:
    with pytest.raises(FitError, match="no residual"):
        _fit_table(np.full((4, 3), 50.0))


def test_too_few_forms_are_refused() -> None:
    zero = np.zeros(3, dtype=np.int64)
    factors = {"employee": np.array([0, 0, 1]), "rater": np.array([0, 1, 1])}
    with pytest.raises(FitError, match="too few"):
        fit_variances(np.array([1.0, 2.0, 4.0]), zero, factors, ("employee", "rater"))


def test_two_terms_with_the_same_levels_are_refused() -> None:
    i = np.arange(24) // 4
    x = 50 + 5.0 * i + np.tile([1.0, -1, 2, -2], 6)
    with pytest.raises(FitError, match="not positive definite"):
        fit_variances(x, 0 * i, {"employee": i, "unit": i}, ("employee", "unit"))


def test_no_descent_is_refused(small, monkeypatch) -> None:
    """A criterion that only rises, as after a defect of the data, must not loop."""
    true, calls = searching.evaluate, iter(range(10_000))

    def rising(equations, solver):
        at = true(equations, solver)
        return type(at)(**(vars(at) | {"criterion": at.criterion + 10.0 * next(calls)}))

    monkeypatch.setattr("calibrate.effects.search.evaluate", rising)
    with pytest.raises(FitError, match="did not settle"):
        fit_variances(small.points, small.source, small.factors, ("employee", "rater"))
