"""A residual per source, and employee x source: R's glmmTMB, lme4 and nlme (``sources/fit.R``).

588 forms of 84 people in 12 units (``sources/make_forms.py``); the same models are also written
out from their covariance matrix, so that R's figures are not believed but checked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from calibrate.effects import Effects, Settings, estimate_effects
from calibrate.effects.fit import fit_variances

Array = NDArray[np.float64]
FOLDER = Path(__file__).parent / "sources"
SOURCES = ("manager", "peer", "direct_report")
#: glmmTMB's optimiser stops where the criterion is flat to 1e-10: variances to about 3e-5.
OPTIMISER = 1e-4


@pytest.fixture(scope="module")
def forms() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "forms.csv")


@pytest.fixture(scope="module")
def first(forms: pd.DataFrame) -> pd.DataFrame:
    """One form of each source and person."""
    return forms[~forms.duplicated(["employee", "source"])].reset_index(drop=True)


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    whole: dict[str, Any] = json.loads((FOLDER / "figures.json").read_text(encoding="utf-8"))
    return whole


def codes(forms: pd.DataFrame) -> dict[str, NDArray[np.int64]]:
    source = forms["source"].map(SOURCES.index).to_numpy(np.int64)
    employee = forms["employee"].to_numpy(np.int64)
    return {
        "employee": employee,
        "unit": forms["unit"].to_numpy(np.int64),
        "rater": forms["rater"].to_numpy(np.int64),
        "employee_source": employee * len(SOURCES) + source,
        "source": source,
    }


def estimate(forms: pd.DataFrame) -> Effects:
    """Our default model."""
    code = codes(forms)
    effects = estimate_effects(
        code["employee"], code["rater"], code["source"], forms["points"].to_numpy(float),
        np.ones(len(forms)), unit_of_each(forms), 84, 40, Settings(),
    )  # fmt: skip
    return effects


def unit_of_each(forms: pd.DataFrame) -> NDArray[np.int64]:
    return forms.groupby("employee")["unit"].first().to_numpy(np.int64)


class Written:
    """The model from its covariance matrix at R's variances: V, source means, predictions."""

    def __init__(self, forms: pd.DataFrame, figures: Mapping[str, Any]) -> None:
        code = codes(forms)
        residual = np.array([figures["residual"][name] for name in SOURCES])
        self.Z = {term: np.eye(code[term].max() + 1)[code[term]] for term in figures["variances"]}
        self.variances = figures["variances"]
        self.X = np.eye(len(SOURCES))[code["source"]]
        self.V = np.diag(residual[code["source"]])
        for term, variance in self.variances.items():
            self.V += variance * self.Z[term] @ self.Z[term].T
        y = forms["points"].to_numpy(float)
        self.V_X = np.linalg.solve(self.V, self.X)
        self.means = np.linalg.solve(self.X.T @ self.V_X, self.V_X.T @ y)
        self.r = y - self.X @ self.means
        self.V_r = np.linalg.solve(self.V, self.r)

    def criterion(self) -> float:
        """-2 log restricted likelihood."""
        log_det = np.linalg.slogdet(self.V)[1] + np.linalg.slogdet(self.X.T @ self.V_X)[1]
        df = len(self.r) - len(SOURCES)
        return float(log_det + self.r @ self.V_r + df * np.log(2 * np.pi))

    def effect(self, term: str) -> Array:
        return np.asarray(self.variances[term] * self.Z[term].T @ self.V_r)

    def person_errors(self, unit: NDArray[np.int64]) -> Array:
        """PEV of u + theta: L G L' - L G Z'P Z G L'."""
        through = self.variances["employee"] * self.Z["employee"].T
        through = through + self.variances["unit"] * self.Z["unit"].T[unit]
        projection = np.linalg.inv(self.V)
        projection -= self.V_X @ np.linalg.solve(self.X.T @ self.V_X, self.V_X.T)
        whole = self.variances["employee"] + self.variances["unit"]
        return np.asarray(whole - np.diagonal(through @ projection @ through.T))


@pytest.mark.parametrize(
    "model", ["by_source", "interaction", "both", "employee_alone", "employee_alone_tmb"]
)
def test_figures_of_r_fit_the_written_model(
    model: str, forms: pd.DataFrame, first: pd.DataFrame, figures: dict[str, Any]
) -> None:
    stated = figures[model]
    written = Written(first if model == "by_source" else forms, stated)
    assert written.criterion() == pytest.approx(stated["criterion"], rel=1e-10)
    # Predictions follow from variances that R prints to 12 digits.
    assert written.means == pytest.approx([stated["means"][name] for name in SOURCES], abs=1e-6)
    if "rater" in stated:
        rater = {name: written.effect("rater")[int(name)] for name in stated["rater"]}
        assert rater == pytest.approx(stated["rater"], abs=1e-5)


def test_two_packages_of_r_agree_on_a_residual_per_source(figures: dict[str, Any]) -> None:
    nlme, tmb = figures["employee_alone"], figures["employee_alone_tmb"]
    assert nlme["criterion"] == pytest.approx(tmb["criterion"], abs=1e-6)
    assert nlme["residual"] == pytest.approx(tmb["residual"], rel=OPTIMISER)
    assert nlme["variances"] == pytest.approx(tmb["variances"], rel=OPTIMISER)


def test_four_crossed_terms_with_one_residual_equal_lme4(
    forms: pd.DataFrame, figures: dict[str, Any]
) -> None:
    stated, code = figures["interaction"], codes(forms)
    factors = {term: code[term] for term in stated["variances"]}
    for term in factors:
        factors[term] = np.unique(factors[term], return_inverse=True)[1]
    points = forms["points"].to_numpy(float)
    fit = fit_variances(points, code["source"], factors, tuple(factors))
    expected = stated["variances"] | {"residual": stated["residual"]["peer"]}
    assert dict(fit.variance) | {"residual": fit.mean_residual} == pytest.approx(
        expected, rel=OPTIMISER
    )
    assert fit.at.criterion == pytest.approx(stated["criterion"], abs=1e-6)
    assert fit.source_means == pytest.approx([stated["means"][s] for s in SOURCES], abs=1e-4)
    rater = {name: fit.effect("rater", 40)[int(name)] for name in stated["rater"]}
    assert rater == pytest.approx(stated["rater"], abs=1e-3)


Compare = Callable[[Effects, dict[str, Any]], None]


@pytest.fixture(scope="module")
def compare() -> Compare:
    def check(effects: Effects, stated: dict[str, Any]) -> None:
        variance = {term: value for term, value, _ in effects.variance}
        found = {term: variance[term] for term in stated["variances"]}
        assert found == pytest.approx(stated["variances"], rel=OPTIMISER)
        by_source = [stated["residual"][name] for name in SOURCES]
        assert effects.source_residual[: len(SOURCES)] == pytest.approx(by_source, rel=OPTIMISER)
        means = [stated["means"][name] for name in SOURCES]
        # Predictions move with the variances: 1e-3 points is a fortieth of a printed digit.
        assert effects.source_mean[: len(SOURCES)] == pytest.approx(means, abs=1e-3)
        calibrated = effects.employees.calibrated
        person = {name: calibrated[int(name)] - effects.mu for name in stated["person"]}
        assert person == pytest.approx(stated["person"], abs=1e-3)
        severity = {name: -effects.raters.severity[int(name)] for name in stated["rater"]}
        assert severity == pytest.approx(stated["rater"], abs=1e-3)

    return check


def test_a_residual_per_source_equals_glmmtmb(
    first: pd.DataFrame, figures: dict[str, Any], compare: Compare
) -> None:
    compare(estimate(first), figures["by_source"])


def test_a_residual_per_source_with_employee_by_source_equals_glmmtmb(
    forms: pd.DataFrame, figures: dict[str, Any], compare: Compare
) -> None:
    compare(estimate(forms), figures["both"])


@pytest.mark.parametrize("model", ["by_source", "both"])
def test_errors_equal_those_of_the_covariance_matrix(
    model: str, forms: pd.DataFrame, first: pd.DataFrame, figures: dict[str, Any]
) -> None:
    used = first if model == "by_source" else forms
    expected = np.sqrt(Written(used, figures[model]).person_errors(unit_of_each(used)))
    assert estimate(used).employees.se == pytest.approx(expected, rel=OPTIMISER)
