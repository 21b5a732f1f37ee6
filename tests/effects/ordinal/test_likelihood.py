from __future__ import annotations

import numpy as np
import pytest

from calibrate.effects.ordinal.likelihood import FormTerms, evaluate_forms

KAPPA = np.array([-1.0, 0.5, 2.0])
CATEGORY = np.arange(4)


def _evaluate(shift: np.ndarray | None = None, eta: float = 0.3) -> FormTerms:
    return evaluate_forms(CATEGORY, KAPPA + (0 if shift is None else shift), np.full(4, eta))


def test_probabilities_of_all_categories_sum_to_one() -> None:
    assert np.exp(_evaluate().value).sum() == pytest.approx(1, abs=1e-14)


def test_two_categories_are_a_logistic_regression() -> None:
    terms = evaluate_forms(np.array([0, 1]), np.array([0.4]), np.array([1.0, 1.0]))
    p = 1 / (1 + np.exp(-(1.0 - 0.4)))
    assert np.exp(terms.value) == pytest.approx([1 - p, p])
    assert terms.slope == pytest.approx([-p, 1 - p])
    assert terms.weight == pytest.approx([p * (1 - p)] * 2)


def test_derivatives_by_the_predictor_agree_with_finite_differences() -> None:
    step, terms = 1e-5, _evaluate()
    above, below = _evaluate(eta=0.3 + step), _evaluate(eta=0.3 - step)
    # Central differences are exact to step² and rounding / step.
    assert terms.slope == pytest.approx((above.value - below.value) / (2 * step), abs=1e-9)
    assert terms.weight == pytest.approx((below.slope - above.slope) / (2 * step), abs=1e-9)
    assert terms.weight_slope == pytest.approx((above.weight - below.weight) / (2 * step), abs=1e-9)


@pytest.mark.parametrize("place", range(3))
def test_derivatives_by_a_threshold_agree_with_finite_differences(place: int) -> None:
    step, terms = 1e-5, _evaluate()
    shift = step * np.eye(3)[place]
    up, down = _evaluate(shift), _evaluate(-shift)
    is_above, is_below = place == CATEGORY, place == CATEGORY - 1

    def pick(above: np.ndarray, below: np.ndarray) -> np.ndarray:
        return np.where(is_above, above, 0) + np.where(is_below, below, 0)

    score = (up.value - down.value) / (2 * step)
    assert pick(terms.above_score, terms.below_score) == pytest.approx(score, abs=1e-9)
    cross = (up.slope - down.slope) / (2 * step)
    assert pick(terms.above, terms.below) == pytest.approx(cross, abs=1e-9)
    turn = (up.weight - down.weight) / (2 * step)
    assert pick(terms.above_slope, terms.below_slope) == pytest.approx(turn, abs=1e-9)


def test_forms_far_out_lose_no_digits() -> None:
    """Two thresholds 1 apart and a predictor 60 above: log p = -60 + log(1 - 1/e) + κ."""
    terms = evaluate_forms(np.array([1]), np.array([0.0, 1.0]), np.array([60.0]))
    assert terms.value[0] == pytest.approx(1 - 60 + np.log1p(-np.exp(-1)), rel=1e-12)
    assert terms.slope[0] == pytest.approx(-1)
