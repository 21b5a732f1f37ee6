"""R 4.2, ordinal 2022.11-16, clmm(): figures printed by tests/reference/clmm.R.

Wine: Randall (1989), Biometrical Journal 31; bitterness of 72 glasses by 9 judges.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import logit, ndtri

from calibrate.effects.ordinal.fit import OrdinalFit, fit_ordinal
from calibrate.effects.ordinal.laplace import Responses

SCRIPT = Path(__file__).parents[2] / "reference" / "clmm.R"
WINE = "233444551213235423325544323232532343333332322454112223232223333412323244"
#: clmm stops at a gradient of 1e-4, which leaves about 1e-5 in the parameters.
OPTIMISER = 5e-5


@pytest.fixture(scope="module")
def wine() -> OrdinalFit:
    rating = np.array([int(mark) - 1 for mark in WINE])
    is_warm, has_contact = np.tile([0.0] * 4 + [1.0] * 4, 9), np.tile([0.0, 0.0, 1.0, 1.0], 18)
    X = np.stack([is_warm, has_contact], axis=1)
    return fit_ordinal(Responses(rating, X), {"judge": np.repeat(np.arange(9), 8)})


def test_wine_log_likelihood_equals_clmm(wine: OrdinalFit) -> None:
    assert wine.laplace.value == pytest.approx(-81.56540929, abs=1e-5)


def test_wine_parameters_equal_clmm(wine: OrdinalFit) -> None:
    found = wine.parameters
    thresholds = [-1.623666924, 1.513365183, 4.228526688, 6.088772558]
    assert found.thresholds == pytest.approx(thresholds, rel=OPTIMISER)
    assert found.slopes == pytest.approx([3.062996626, 1.834884922], rel=OPTIMISER)
    assert found.sd["judge"] ** 2 == pytest.approx(1.279460909, rel=OPTIMISER)


def test_wine_judges_equal_clmm(wine: OrdinalFit) -> None:
    judges = [1.69617817508, -0.56578307671, 0.96880827817, -0.05954988774, 0.23051010547]
    assert wine.effect("judge", 9)[:5] == pytest.approx(judges, rel=1e-3, abs=OPTIMISER)


class _ParkMiller:
    """The generator of the R script, so that both draw the same marks."""

    def __init__(self) -> None:
        self.state = 20261121

    def __call__(self, n: int) -> NDArray[np.float64]:
        drawn = np.empty(n)
        for i in range(n):
            self.state = self.state * 16807 % 2147483647
            drawn[i] = self.state / 2147483647
        return drawn


@pytest.fixture(scope="module")
def crossed() -> OrdinalFit:
    uniform = _ParkMiller()
    person, rater = ndtri(uniform(60)) * 1.2, ndtri(uniform(25)) * 1.5
    i, j = np.repeat(np.arange(60), 5), np.floor(uniform(300) * 25).astype(np.int64)
    source = np.tile([0.0, 0.0, 1.0, 1.0, 1.0], 60)
    latent = person[i] + rater[j] + 0.5 * source + logit(uniform(300))
    mark = np.searchsorted([-3, -1.2, 0.3], latent, side="right").astype(np.int64)
    assert np.bincount(mark).tolist() == [48, 63, 59, 130]
    return fit_ordinal(Responses(mark, source[:, None]), {"employee": i, "rater": j})


def test_crossed_log_likelihood_equals_clmm(crossed: OrdinalFit) -> None:
    assert crossed.laplace.value == pytest.approx(-345.4201625, abs=1e-5)


def test_crossed_parameters_equal_clmm(crossed: OrdinalFit) -> None:
    found = crossed.parameters
    thresholds = [-2.3920209176, -0.6528647934, 0.6989895107]
    assert found.thresholds == pytest.approx(thresholds, rel=OPTIMISER)
    assert found.slopes == pytest.approx([0.5007540924], rel=OPTIMISER)
    variance = {term: sd**2 for term, sd in found.sd.items()}
    assert variance == pytest.approx({"employee": 0.973230171, "rater": 2.675356741}, rel=OPTIMISER)


def test_crossed_people_and_raters_equal_clmm(crossed: OrdinalFit) -> None:
    people = [0.93617746187, -1.64923526227, -0.40289768962, -0.38951441786]
    raters = [1.7448009578, 0.3633367255, 2.1838003984, -2.1818630019]
    assert crossed.effect("employee", 60)[:4] == pytest.approx(people, rel=OPTIMISER)
    assert crossed.effect("rater", 25)[:4] == pytest.approx(raters, rel=OPTIMISER)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_clmm_still_prints_the_figures_quoted_here() -> None:
    asked = "quit(status = !requireNamespace('ordinal', quietly = TRUE))"
    if subprocess.run(["Rscript", "-e", asked], check=False).returncode:
        pytest.skip("R's package ordinal is not installed")
    ran = subprocess.run(["Rscript", str(SCRIPT)], capture_output=True, text=True, check=True)
    for figure in ("-81.56540929", "1.279460909", "-345.4201625", "2.675356741"):
        assert figure in ran.stdout
