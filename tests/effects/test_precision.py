"""How sure a score is where the company is small, or where nobody can be compared."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, t

from calibrate.bands import band_probabilities
from calibrate.effects import Assumed, Effects, Settings, estimate_effects
from calibrate.effects.forms import sort_forms
from calibrate.effects.precision import assumed_errors, measure_spread


def rate_alone(points: list[float], settings: Settings) -> Effects:
    """Managers 0 and 1 each mark their own people once, in turn."""
    n = len(points)
    people = np.arange(n)
    return estimate_effects(
        people, people % 2, 0 * people, np.array(points), np.ones(n), None, n, 2, settings
    )


def rate_crossed(n_employees: int, n_raters: int, seed: int = 1) -> Effects:
    rng = np.random.default_rng(seed)
    i, j = (code.ravel() for code in np.indices((n_employees, n_raters)))
    points = 50 + rng.normal(0, 9, n_employees)[i] - rng.normal(0, 6, n_raters)[j]
    points = points + rng.normal(0, 7, len(i))
    return estimate_effects(
        i, j, 0 * i, points, np.ones(len(i)), None, n_employees, n_raters, Settings()
    )


@pytest.mark.parametrize(("n", "width"), [(99, t.ppf(0.95, 98)), (100, norm.ppf(0.95))])
def test_interval_is_students_below_a_hundred_people_and_normal_from_there(
    n: int, width: float
) -> None:
    people = rate_crossed(n, 4).employees
    assert people.high - people.calibrated == pytest.approx(width * people.se)


@pytest.mark.parametrize(("n", "width"), [(40, t.ppf(0.95, 40)), (120, norm.ppf(0.95))])
def test_pooled_interval_is_students_below_a_hundred_comparisons(n: int, width: float) -> None:
    """Two raters mark everybody: one comparison a person, and nobody is linked."""
    rng = np.random.default_rng(2)
    i, j = (code.ravel() for code in np.indices((n, 2)))
    points = np.clip(50 + rng.normal(0, 10, n)[i] + rng.normal(0, 8, 2 * n), 5, 95)
    people = estimate_effects(i, j, 0 * i, points, np.ones(2 * n), None, n, 2, Settings()).employees
    inside = (people.low > 0) & (people.high < 100)
    assert set(people.interval_from) == {"pooled"}
    assert (people.high - people.raw)[inside] == pytest.approx(width * people.se[inside])


def test_no_interval_is_made_up_where_nothing_is_assumed() -> None:
    people = rate_alone([40, 50, 60, 70], Settings()).employees
    assert np.isnan(people.se).all()
    assert people.interval_from.tolist() == [""] * 4


def test_assumed_interval_follows_the_declared_shares() -> None:
    """Variance of 40 50 60 70 is 166.67; 0.6 + 0.4 · 0.5 = 0.8 of it is not the person's."""
    effects = rate_alone([40, 50, 60, 70], Settings(assumed=Assumed((0.3, 0.6), 0.5)))
    people = effects.employees
    error = np.sqrt(0.8 * 500 / 3)
    assert people.se == pytest.approx([error] * 4)
    # Student's t of 3 degrees of freedom at 0.95.
    assert people.low == pytest.approx(people.raw - 2.353363 * error, abs=1e-4)
    assert people.interval_from.tolist() == ["assumed"] * 4
    assert people.link.tolist() == ["unlinked"] * 4
    assert people.calibrated.tolist() == people.raw.tolist() == [40, 50, 60, 70]
    assert any("assumed, not measured" in note for note in effects.notes)


def test_forms_of_one_rater_share_the_raters_part_and_average_their_noise() -> None:
    """Two forms of one rater, s² = 100: 60 stays, of 40 · 0.5 = 20 half is left."""
    two = np.zeros(2, dtype=np.int64)
    forms = sort_forms(two, two, np.arange(2), np.array([40.0, 60]), np.ones(2), 1, 1)
    assert assumed_errors(forms, 100.0, 0.6, 0.5) ** 2 == pytest.approx([70])


def test_equal_marks_give_no_assumed_certainty() -> None:
    people = rate_alone([50, 50, 50], Settings(assumed=Assumed((0.3, 0.6), 0.5))).employees
    assert np.isnan(people.se).all()
    assert people.interval_from.tolist() == [""] * 3


def test_spread_is_taken_about_the_mean_of_each_source() -> None:
    """Source 0: 40 and 60, source 1: 80 and 100; within them 4 · 100 / (4 − 2) = 200."""
    four = np.arange(4)
    points = np.array([40.0, 60, 80, 100])
    forms = sort_forms(four, four, four // 2, points, np.ones(4), 4, 4)
    assert measure_spread(forms) == (200.0, 2)


def test_linked_people_keep_the_interval_of_the_model_whatever_is_assumed() -> None:
    rng = np.random.default_rng(3)
    i, j = (code.ravel() for code in np.indices((8, 4)))
    i, j = np.append(i, 8), np.append(j, 4)
    points = np.clip(50 + rng.normal(0, 12, 9)[i] + rng.normal(0, 6, len(i)), 0, 100)
    declared = Settings(assumed=Assumed((0.3, 0.6), 0.5))
    with_it, without = (
        estimate_effects(i, j, 0 * i, points, np.ones(len(i)), None, 9, 5, settings).employees
        for settings in (declared, Settings())
    )
    assert with_it.interval_from.tolist()[:8] == ["model"] * 8
    assert with_it.se[:8].tolist() == without.se[:8].tolist()


def test_bands_of_a_small_company_have_students_probabilities() -> None:
    """The cut is one error above the score: P = 1 − T₃(1) = 0.1955."""
    se, df = np.array([5.0, 5.0]), np.array([3.0, np.inf])
    shares = band_probabilities(np.array([45.0, 45.0]), se, [50_000_000], df)
    assert shares[0, 1] == pytest.approx(0.195501, abs=1e-6)
    assert shares[1, 1] == pytest.approx(0.158655, abs=1e-6)
