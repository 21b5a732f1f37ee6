from __future__ import annotations

import numpy as np
import pytest

from calibrate.effects.design import build_design
from calibrate.effects.model import build_system, evaluate
from calibrate.errors import FitError

TERMS = ("employee", "unit", "rater")
# At the profiled residual variance both sides are the same number; N = 60 in double precision.
ROUNDING = 1e-11


def _design(network):
    return build_design(network.points, network.source, network.factors)


@pytest.mark.parametrize(
    "terms", [TERMS, ("employee", "rater"), ("unit", "rater"), ("employee",), ()]
)
def test_criterion_equals_the_restricted_likelihood_of_the_full_matrix(small, terms) -> None:
    gamma = np.array([1.3, 0.4, 0.7])[: len(terms)]
    at = evaluate(build_system(_design(small), terms), gamma)
    variance = dict(zip(terms, gamma * at.sigma2, strict=True)) | {"residual": at.sigma2}
    assert at.criterion == pytest.approx(small.dense(*terms).criterion(variance), rel=ROUNDING)


def test_larger_factor_is_eliminated_whichever_it_is(small) -> None:
    system = build_system(_design(small), TERMS)
    assert system.eliminated == "rater"
    assert build_system(_design(small), ("employee", "unit")).eliminated == "employee"


def test_gradient_equals_finite_differences(small, inventor) -> None:
    few_raters = inventor(np.random.default_rng(4), 6, 4)
    few_raters = build_design(
        few_raters.points,
        few_raters.source,
        few_raters.factors | {"rater": few_raters.rater % 7},
    )
    for design in (_design(small), few_raters):
        system = build_system(design, TERMS)
        gamma = np.array([0.8, 0.3, 1.7])
        gradient = evaluate(system, gamma).gradient
        for k in range(3):
            h = np.zeros(3)
            h[k] = 1e-5
            rise = evaluate(system, gamma + h).criterion - evaluate(system, gamma - h).criterion
            # Central differences: h² ~ 1e-10 times a third derivative of some tens.
            assert gradient[k] == pytest.approx(rise / 2e-5, abs=1e-6)


def test_average_information_equals_its_definition(small) -> None:
    """AI_kl = y'P K_k P K_l P y, less what profiling the residual takes, from dense matrices."""
    gamma = np.array([0.8, 0.3, 1.7])
    at = evaluate(build_system(_design(small), TERMS), gamma)
    dense = small.dense(*TERMS)
    P = dense.projection(dict(zip(TERMS, gamma, strict=True)) | {"residual": 1.0})
    Py = P @ dense.y
    f = np.column_stack([Z @ (Z.T @ Py) for Z in dense.Z.values()])
    s2, df = at.sigma2, len(dense.y) - 2
    expected = f.T @ P @ f / s2 - np.outer(f.T @ Py, f.T @ Py) / (df * s2**2)
    np.testing.assert_allclose(at.information, expected, rtol=1e-9)  # sums of 60 doubles


def test_too_few_forms_are_refused() -> None:
    x, one_source = np.array([1.0, 2.0, 4.0]), np.zeros(3, dtype=np.int64)
    design = build_design(
        x, one_source, {"employee": np.array([0, 0, 1]), "rater": np.array([0, 1, 1])}
    )
    with pytest.raises(FitError, match="too few"):
        evaluate(build_system(design, ("employee", "rater")), np.array([1.0, 1.0]))


def test_equal_marks_leave_no_residual() -> None:
    code = np.arange(12, dtype=np.int64)
    design = build_design(np.full(12, 50.0), 0 * code, {"employee": code // 3, "rater": code % 3})
    with pytest.raises(FitError, match="no residual"):
        evaluate(build_system(design, ("employee", "rater")), np.array([1.0, 1.0]))


def test_a_network_beyond_memory_is_refused_before_it_is_built(small, monkeypatch) -> None:
    monkeypatch.setattr("calibrate.effects.model.MAX_DENSE", 10)
    with pytest.raises(FitError, match="more than the 10 it can solve"):
        build_system(_design(small), TERMS)
