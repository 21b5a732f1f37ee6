"""Known truth: logits drawn from the model itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from calibrate.effects.ordinal.correct import correct_fit
from calibrate.effects.ordinal.fit import OrdinalFit, fit_ordinal
from calibrate.effects.ordinal.laplace import Responses

SD = {"employee": 1.2, "unit": 0.7, "rater": 1.4}
THRESHOLDS = np.array([-4.0, -2.6, -1.2, 0.2])
N, SEEDS = 1500, range(3)


@dataclass(frozen=True)
class Fits:
    """Fits of several companies before and after correction."""

    before: list[OrdinalFit]
    after: list[OrdinalFit]

    def mean_sd(self, fits: list[OrdinalFit]) -> dict[str, float]:
        return {k: float(np.mean([fit.parameters.sd[k] for fit in fits])) for k in SD}


def _invent(seed: int) -> tuple[Responses, dict[str, np.ndarray]]:
    """1,500 people in teams of 5, four forms each, half of all marks the top one."""
    rng = np.random.default_rng(seed)
    employee = np.repeat(np.arange(N), 4)
    factors = {
        "employee": employee,
        "unit": employee // 5,
        "rater": rng.permutation(np.arange(4 * N) % (N // 2)),
    }
    eta = sum(rng.normal(0, SD[k], code.max() + 1)[code] for k, code in factors.items())
    category = np.searchsorted(THRESHOLDS, eta + rng.logistic(size=4 * N)).astype(np.int64)
    return Responses(category, np.empty((4 * N, 0))), factors


@pytest.fixture(scope="module")
def fits() -> Fits:
    before, after = [], []
    for seed in SEEDS:
        responses, factors = _invent(seed)
        before.append(fit_ordinal(responses, factors))
        after.append(correct_fit(responses, factors, before[-1]))
    return Fits(before, after)


def test_laplace_alone_finds_too_little_difference_between_people(fits: Fits) -> None:
    """Breslow & Lin (1995): few forms a person bias variances down. Here by a tenth of the sd."""
    assert fits.mean_sd(fits.before)["employee"] < 0.93 * SD["employee"]


def test_correction_recovers_the_planted_standard_deviations(fits: Fits) -> None:
    found = fits.mean_sd(fits.after)
    # The sd of one company has an error of 4 % (employee, rater) and 7 % (unit), three companies
    # and a correction by one simulation each leave about 4 and 7 %; one step leaves some bias too.
    assert found["employee"] == pytest.approx(SD["employee"], rel=0.09)
    assert found["rater"] == pytest.approx(SD["rater"], rel=0.09)
    assert found["unit"] == pytest.approx(SD["unit"], rel=0.15)


def test_correction_recovers_the_distance_of_the_planted_thresholds(fits: Fits) -> None:
    """Where they lie in all depends on the means of the effects that were drawn; 0.1 by chance."""
    before, after = (
        np.mean([fit.parameters.thresholds for fit in some], axis=0)
        for some in (fits.before, fits.after)
    )
    planted = THRESHOLDS[-1] - THRESHOLDS[0]
    assert abs(after[-1] - after[0] - planted) < abs(before[-1] - before[0] - planted)
    assert after == pytest.approx(THRESHOLDS, abs=0.2)


def test_posterior_means_lie_where_the_truth_is_on_average(fits: Fits) -> None:
    """True raters average 0; the modes of skewed posteriors do not, their means nearly do."""
    after = fits.after[0]
    shift = after.mean("rater", N // 2).mean()
    assert abs(shift) < abs(after.effect("rater", N // 2).mean())
    assert abs(shift) < 0.05


def test_terms_on_their_boundary_stay_there() -> None:
    rng = np.random.default_rng(4)
    employee, rater = np.repeat(np.arange(60), 4), np.tile(np.arange(4), 60)
    category = np.searchsorted([-1.0, 1.0], rng.normal(0, 2, 60)[employee] + rng.logistic(size=240))
    responses = Responses(category.astype(np.int64), np.empty((240, 0)))
    fit = fit_ordinal(responses, {"employee": employee, "rater": rater})
    corrected = correct_fit(responses, {"employee": employee, "rater": rater}, fit)
    assert [s == 0 for s in corrected.parameters.sd.values()] == [
        s == 0 for s in fit.parameters.sd.values()
    ]


def test_the_same_marks_give_the_same_correction(fits: Fits) -> None:
    again = correct_fit(*_invent(0), fits.before[0])
    assert again.laplace.mode.tobytes() == fits.after[0].laplace.mode.tobytes()
