from __future__ import annotations

import numpy as np
import pytest

from calibrate.effects import Settings, estimate_criteria, estimate_effects

WEIGHTS = np.array([0.5, 0.3, 0.2])


def _company(seed, n_people=120, n_forms=6, missing=0.0):
    """Everybody is marked by six of 40 raters; persons and raters have a profile of their own."""
    rng = np.random.default_rng(seed)
    employee = np.repeat(np.arange(n_people), n_forms)
    rater = np.concatenate([rng.permutation(40)[:n_forms] for _ in range(n_people)])
    theta = rng.normal(0, 6, n_people)
    profile = rng.normal(0, 5, (n_people, 3))
    severity, bias = rng.normal(0, 6, 40), rng.normal(0, 4, (40, 3))
    x = 50 + theta[employee, None] + profile[employee] - severity[rater, None] - bias[rater]
    x = x + rng.normal(0, 4, len(employee))[:, None] + rng.normal(0, 5, x.shape)
    x = x.clip(0, 100)
    x[rng.random(x.shape) < missing] = np.nan
    there = np.isfinite(x)
    keep = there.any(axis=1)
    x, there, employee, rater = x[keep], there[keep], employee[keep], rater[keep]
    points = np.nansum(x * WEIGHTS, axis=1) / (there * WEIGHTS).sum(axis=1)
    return employee, rater, x, points, 50 + theta[:, None] + profile


def _estimate(employee, rater, x, points, **settings):
    one, n = np.ones(len(points)), int(employee.max()) + 1
    whole = estimate_effects(employee, rater, 0 * rater, points, one, None, n, 40,
                             Settings(**settings))  # fmt: skip
    return whole, estimate_criteria(employee, rater, 0 * rater, x, points, one, whole)


def test_criteria_average_to_the_whole_where_every_form_is_complete() -> None:
    whole, criteria = _estimate(*_company(1)[:4])
    # Clipping at 0 and 100 touches nobody here; the rest is rounding of the solver.
    assert criteria.calibrated @ WEIGHTS == pytest.approx(whole.employees.calibrated, abs=1e-8)
    assert criteria.raw @ WEIGHTS == pytest.approx(whole.employees.raw, abs=1e-8)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_criteria_come_nearer_to_the_truth_than_raw_means(missing) -> None:
    ratio, covered = [], []
    for seed in range(12):
        *forms, truth = _company(seed, missing=missing)
        _, criteria = _estimate(*forms)
        error = criteria.calibrated - truth
        ratio.append(np.nanstd(error) / np.nanstd(criteria.raw - truth))
        covered.append(np.nanmean(np.abs(error - np.nanmean(error)) < 1.6449 * criteria.se))
    assert np.mean(ratio) < 0.8
    # 12 companies of 120 people and 3 criteria at 0.90: what a company shares widens it.
    assert 0.86 < np.mean(covered) < 0.94


def test_a_single_criterion_is_the_whole() -> None:
    employee, rater, _, points, _ = _company(2)
    whole = estimate_effects(employee, rater, 0 * rater, points, np.ones(len(points)), None,
                             120, 40, Settings())  # fmt: skip
    one = estimate_criteria(employee, rater, 0 * rater, points[:, None], points,
                            np.ones(len(points)), whole)  # fmt: skip
    np.testing.assert_array_equal(one.calibrated[:, 0], whole.employees.calibrated)
    np.testing.assert_array_equal(one.se[:, 0], whole.employees.se)


def test_nothing_linked_leaves_the_raw_criteria() -> None:
    employee = np.arange(12)
    x = np.tile([40.0, 50.0, 70.0], (12, 1))
    _, criteria = _estimate(employee, employee // 4, x, x @ WEIGHTS)
    np.testing.assert_array_equal(criteria.calibrated, criteria.raw)
    assert np.isnan(criteria.se).all()


def test_without_a_model_criteria_have_no_error() -> None:
    _, criteria = _estimate(*_company(3)[:4], model="none")
    np.testing.assert_array_equal(criteria.calibrated, criteria.raw)
    assert np.isnan(criteria.se).all()


def test_order_of_the_rows_changes_no_byte() -> None:
    employee, rater, x, points, _ = _company(4, missing=0.1)
    mixed = np.random.default_rng(0).permutation(len(points))
    _, one = _estimate(employee, rater, x, points)
    _, other = _estimate(employee[mixed], rater[mixed], x[mixed], points[mixed])
    assert one.calibrated.tobytes() == other.calibrated.tobytes()
    assert one.se.tobytes() == other.se.tobytes()
