from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from calibrate.effects.ordinal.points import PointScale, tabulate_curve

MARKS = PointScale(np.array([-1.0, 1.0]), np.array([0.0, 50.0, 100.0]), np.zeros(1), np.ones(1))


def test_expected_points_weigh_the_categories() -> None:
    """Thresholds ∓1: at 0 the outer categories have 1 / (1 + e) each."""
    outer = 1 / (1 + np.e)
    assert MARKS.expect(np.zeros(1))[0] == pytest.approx(50)
    square = outer * 100**2 + (1 - 2 * outer) * 50**2
    assert MARKS.expect_square(np.zeros(1))[0] == pytest.approx(square)


def test_source_means_are_integrals_over_everything_else() -> None:
    scale = PointScale(
        np.array([0.0]), np.array([0.0, 100.0]), np.array([0.0, 1.0]), np.ones(2) / 2
    )
    whole = [
        100 * quad(lambda z, m=level: expit(m + 1.5 * z) * norm.pdf(z), -10, 10)[0]
        for level in (0, 1)
    ]
    # 31 nodes of Gauss and Hermite are good to 1e-6 for a logistic curve of this spread.
    assert scale.source_means(1.5) == pytest.approx(whole, abs=1e-4)


def test_noise_of_a_certain_form_is_that_of_a_coin() -> None:
    scale = PointScale(np.array([0.0]), np.array([0.0, 100.0]), np.zeros(1), np.ones(1))
    assert scale.source_residuals(0.0) == pytest.approx([2500])


def test_curve_averages_over_sources_and_the_other_effects() -> None:
    scale = PointScale(
        np.array([0.0]), np.array([0.0, 100.0]), np.array([0.0, 1.0]), np.array([0.25, 0.75])
    )
    sure = np.zeros(1)
    mean, error = tabulate_curve(scale, 0.9, np.array([0.4]), sure).moments(np.array([0.4]), sure)
    by_hand = sum(
        share * 100 * quad(lambda z, m=level: expit(0.4 + m + 0.9 * z) * norm.pdf(z), -10, 10)[0]
        for share, level in ((0.25, 0), (0.75, 1))
    )
    assert mean[0] == pytest.approx(by_hand, abs=1e-4)
    assert error[0] == pytest.approx(0, abs=1e-9)


def test_an_effect_nothing_is_known_of_has_the_overall_mean() -> None:
    mode, sd = np.zeros(1), np.array([1.2])
    mean, _ = tabulate_curve(MARKS, 0.5, mode, sd).moments(mode, sd)
    assert mean == pytest.approx(MARKS.source_means(np.hypot(1.2, 0.5)), abs=1e-4)


def test_small_errors_pass_through_the_slope_of_the_curve() -> None:
    """Delta method: sd in points is slope times sd in logits."""
    mode, sd = np.array([0.3]), np.array([0.01])
    curve = tabulate_curve(MARKS, 0.0, mode, sd)
    slope = (MARKS.expect(mode + 1e-4) - MARKS.expect(mode - 1e-4)) / 2e-4
    assert curve.moments(mode, sd)[1] == pytest.approx(slope * 0.01, rel=1e-3)


def test_variances_of_terms_and_noise_sum_to_the_whole() -> None:
    """A straight line: with many steps far apart, terms keep their variance in points."""
    steps = np.arange(-200.0, 201.0)
    line = PointScale(steps, np.arange(402.0), np.zeros(1), np.ones(1))
    parts = line.decompose({"employee": 3.0, "rater": 4.0})
    # Steps of one logit round the logistic noise π²/3 and add 1/12 of their own.
    assert parts["employee"] == pytest.approx(9, rel=1e-6)
    assert parts["rater"] == pytest.approx(16, rel=1e-6)
    assert parts["residual"] == pytest.approx(np.pi**2 / 3 + 1 / 12, rel=1e-2)


def test_a_term_without_variance_has_none_in_points() -> None:
    parts = MARKS.decompose({"employee": 1.0, "rater": 0.0})
    assert parts["rater"] == pytest.approx(0, abs=1e-12)
    assert parts["residual"] > 0
