"""The fit as a way from forms to scores, against the same algebra in full matrices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from calibrate.effects import Effects, Settings, estimate_effects, frozen
from calibrate.effects.frozen import FrozenFit

Array = NDArray[np.float64]
TERMS = ("employee", "unit", "rater")


def estimate(network, settings: Settings | None = None) -> Effects:
    return estimate_effects(
        network.employee, network.rater, network.source, network.points, network.weight,
        network.unit, network.n_employees, network.n_raters, settings or Settings(),
    )  # fmt: skip


def freeze(network, effects: Effects) -> FrozenFit:
    return FrozenFit(
        network.employee, network.rater, network.source, network.weight, network.unit, effects
    )


def mean_by_weight(network, value: Array) -> Array:
    total = np.bincount(network.employee, network.weight * value)
    return np.asarray(total / np.bincount(network.employee, network.weight))


def pass_densely(network, effects: Effects, q: Array) -> tuple[Array, Array]:
    """Adjusted and calibrated scores of other points at the same variances, matrix by matrix."""
    given = {str(term): value for term, value, _ in effects.variance}
    terms = tuple(term for term in TERMS if given.get(term))
    model = replace(network.dense(*terms), y=q)
    V = np.diag(effects.source_residual[network.source])
    Z = dict(model.Z)
    cell = np.unique(network.employee * 2 + network.source, return_inverse=True)[1]
    if given.get("employee_source"):
        Z["employee_source"] = np.eye(cell.max() + 1)[cell]
    for term, design in Z.items():
        V = V + given[term] * design @ design.T
    W = np.linalg.inv(V)
    fixed = np.linalg.solve(model.X.T @ W @ model.X, model.X.T @ W @ q)
    left = W @ (q - model.X @ fixed)
    effect = {term: given[term] * design.T @ left for term, design in Z.items()}
    mu = float(np.average(fixed[network.source], weights=network.weight))
    form = q - (fixed[network.source] - mu)
    if "rater" in effect:
        form = form - effect["rater"][network.rater]
    calibrated = mu + effect.get("employee", np.zeros(network.n_employees))
    if "unit" in effect:
        calibrated = calibrated + effect["unit"][network.unit]
    return mean_by_weight(network, form), calibrated


def test_the_points_of_the_run_give_its_scores(small, inventor) -> None:
    for network in (small, inventor(np.random.default_rng(3), 12, 8)):
        effects = estimate(network)
        assert effects.fitted
        passed = freeze(network, effects).apply(network.points)
        people = effects.employees
        assert np.abs(passed.raw - people.raw).max() < 1e-8
        assert np.abs(passed.adjusted - people.adjusted).max() < 1e-8
        assert np.abs(passed.calibrated.clip(0, 100) - people.calibrated).max() < 1e-8


def test_invented_points_pass_as_the_full_matrices_say(small) -> None:
    effects = estimate(small)
    fit = freeze(small, effects)
    rng = np.random.default_rng(5)
    for q in (rng.normal(size=len(small.points)), (small.employee < 5).astype(float)):
        passed = fit.apply(q)
        adjusted, calibrated = pass_densely(small, effects, q)
        # Both are exact; sixty forms leave rounding alone.
        assert np.abs(passed.adjusted - adjusted).max() < 1e-9
        assert np.abs(passed.calibrated - calibrated).max() < 1e-9


def test_conjugate_gradients_agree_with_the_inverse(small, monkeypatch: pytest.MonkeyPatch) -> None:
    effects = estimate(small)
    q = (small.employee < 5).astype(float)
    exact = freeze(small, effects).apply(q)
    monkeypatch.setattr(frozen, "MOST_EXACT", 0)
    iterated = freeze(small, effects).apply(q)
    # They stop at 1e-7 of the right side.
    assert np.abs(iterated.adjusted - exact.adjusted).max() < 1e-5
    assert np.abs(iterated.calibrated - exact.calibrated).max() < 1e-5


def test_a_constant_stays_what_it_is(small) -> None:
    passed = freeze(small, estimate(small)).apply(np.full(len(small.points), 7.0))
    for score in passed:
        assert score == pytest.approx(7.0, abs=1e-10)


def test_without_a_fit_all_scores_are_the_raw_one(small) -> None:
    effects = estimate(small, Settings(model="none"))
    q = np.arange(len(small.points), dtype=float)
    passed = freeze(small, effects).apply(q)
    expected = mean_by_weight(small, q)
    for score in passed:
        assert score == pytest.approx(expected, abs=1e-12)


def test_unlinked_people_keep_the_raw_score_beside_a_fit(small) -> None:
    lonely = replace(
        small,
        employee=np.append(small.employee, small.n_employees),
        rater=np.append(small.rater, small.n_raters),
        source=np.append(small.source, 1),
        points=np.append(small.points, 80.0),
        weight=np.append(small.weight, 1.0),
        unit=np.append(small.unit, 0),
        n_employees=small.n_employees + 1,
        n_raters=small.n_raters + 1,
    )
    effects = estimate(lonely)
    passed = freeze(lonely, effects).apply(lonely.points)
    assert effects.employees.link[-1] == "unlinked"
    assert (passed.raw[-1], passed.adjusted[-1], passed.calibrated[-1]) == (80.0, 80.0, 80.0)
    assert np.abs(passed.adjusted - effects.employees.adjusted).max() < 1e-8
