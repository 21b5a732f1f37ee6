from __future__ import annotations

import numpy as np
import pytest

from calibrate.effects.ordinal.fit import fit_ordinal
from calibrate.effects.ordinal.laplace import Responses
from calibrate.errors import FitError


def _responses(category: np.ndarray) -> Responses:
    return Responses(np.asarray(category, dtype=np.int64), np.empty((len(category), 0)))


def test_one_category_is_refused() -> None:
    with pytest.raises(FitError, match="all marks are the same"):
        fit_ordinal(_responses(np.zeros(6)), {"rater": np.arange(6) % 3})


def test_marks_that_raters_part_perfectly_are_refused() -> None:
    with pytest.raises(FitError, match="nothing is left"):
        fit_ordinal(_responses(np.repeat([0, 1, 2], 40)), {"rater": np.repeat(np.arange(6), 20)})


def test_a_term_without_variance_is_dropped_and_has_zero() -> None:
    """Each rater gives every mark equally often: nothing of theirs differs."""
    category, rater = np.tile([0, 1, 2], 40), np.repeat(np.arange(4), 30)
    employee = np.repeat(np.tile(np.arange(10), 4), 3)
    shifted = np.clip(category + (employee > 6) - (employee < 3), 0, 2)
    fit = fit_ordinal(_responses(shifted), {"employee": employee, "rater": rater})
    assert fit.parameters.sd["rater"] == 0
    assert fit.parameters.sd["employee"] > 0.5
    assert fit.effect("rater", 4).tolist() == [0, 0, 0, 0]


def test_nothing_that_differs_is_refused() -> None:
    with pytest.raises(FitError, match="differ"):
        fit_ordinal(
            _responses(np.tile([0, 1, 2], 40)),
            {"employee": np.tile(np.repeat(np.arange(10), 3), 4), "rater": np.arange(120) // 30},
        )


@pytest.fixture(scope="module")
def network() -> tuple[Responses, dict[str, np.ndarray]]:
    rng = np.random.default_rng(11)
    n, n_raters = 150, 120
    employee, rater = np.repeat(np.arange(n), 5), rng.permutation(np.arange(5 * n) % n_raters)
    latent = rng.normal(0, 1.2, n)[employee] + rng.normal(0, 1.5, n_raters)[rater]
    category = np.searchsorted([-2.0, 0.0, 1.5], latent + rng.logistic(size=5 * n))
    return _responses(category), {"employee": employee, "rater": rater}


def test_drawn_variances_give_nearly_the_exact_fit(
    network: tuple[Responses, dict[str, np.ndarray]],
) -> None:
    responses, factors = network
    exact, drawn = fit_ordinal(responses, factors), fit_ordinal(responses, factors, most_exact=0)
    assert exact.is_exact
    assert not drawn.is_exact
    # 64 draws and 120 raters leave about 1 % in a standard deviation: an eighth of its own error.
    assert drawn.parameters.sd == pytest.approx(exact.parameters.sd, rel=0.02)
    assert drawn.parameters.thresholds == pytest.approx(exact.parameters.thresholds, abs=0.03)
    assert drawn.effect("employee", 150) == pytest.approx(exact.effect("employee", 150), abs=0.05)


def test_the_same_draws_give_the_same_bytes(
    network: tuple[Responses, dict[str, np.ndarray]],
) -> None:
    once, again = (fit_ordinal(*network, most_exact=0) for _ in range(2))
    assert once.laplace.mode.tobytes() == again.laplace.mode.tobytes()
