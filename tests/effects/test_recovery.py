"""A quick look at what benchmarks/recovery.py measures in full."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
if not BENCHMARKS.is_dir():
    pytest.skip("no benchmarks beside these tests", allow_module_level=True)

EMPLOYEES, SEEDS = 480, 3


@pytest.fixture(scope="module")
def recovery() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        yield importlib.import_module("recovery")
        for name in ("recovery", "companies", "document"):
            sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def companies(recovery: ModuleType) -> Any:
    return sys.modules["companies"]


def named(recovery: ModuleType, label: str) -> Any:
    return next(one for one in recovery.SCENARIOS if one.label == label)


@pytest.mark.parametrize(
    "label",
    [
        "peers across teams",
        "teams do not differ",
        "noise differs by source",
        "people differ by source",
        "peers only within the team",
    ],
)
def test_aims_are_reached_where_the_assumptions_hold(recovery: ModuleType, label: str) -> None:
    found = recovery.measure(named(recovery, label), EMPLOYEES, SEEDS)
    assert found["calibrated"] <= 0.70
    assert found["gain"] >= 0.03
    assert found["calibrated"] < found["z-scored"]
    # 1,440 people: the error of a share of 0.9 is 0.008, somewhat more within one network.
    assert found["coverage"] == pytest.approx(0.90, abs=0.03)


def test_without_the_unit_outer_tenths_are_covered_less(recovery: ModuleType) -> None:
    with_unit = recovery.measure(named(recovery, "teams differ much"), EMPLOYEES, SEEDS)
    left_out = named(recovery, "teams differ much, unit left out of the model")
    without = recovery.measure(left_out, EMPLOYEES, SEEDS)
    assert without["calibrated"] > with_unit["calibrated"]
    assert without["outer"] < with_unit["outer"] - 0.03


def test_managers_only_leaves_everybody_raw(recovery: ModuleType) -> None:
    found = recovery.measure(named(recovery, "managers only"), 80, 1)
    assert found["calibrated"] == 1.0
    assert found["gain"] == 0.0
    assert np.isnan(found["coverage"])


def test_simple_scores_by_hand(recovery: ModuleType, companies: ModuleType) -> None:
    """Rater 0 gives 40 and 60, rater 1 gives 70 and 90: means 50 and 80, spread 200½ each."""
    forms = companies.Forms(
        employee=np.array([0, 1, 0, 1]),
        rater=np.array([0, 0, 1, 1]),
        source=np.ones(4, dtype=np.int64),
        points=np.array([40.0, 60.0, 70.0, 90.0]),
        unit=np.zeros(2, dtype=np.int64),
        n_raters=2,
        truth=np.array([55.0, 75.0]),
        honest=np.zeros(2, dtype=bool),
    )
    scores = recovery.score_simply(forms)
    assert scores["raw"] == pytest.approx([55, 75])
    assert scores["centred"] == pytest.approx([55, 75])
    step = 10 / 200**0.5 * 325**0.5  # variance of all four: (25² + 5² + 5² + 25²) / 4
    assert scores["z-scored"] == pytest.approx([65 - step, 65 + step])


def test_expected_mark_is_the_mean_over_many_raters(companies: ModuleType) -> None:
    drawn = 80.0 + np.random.default_rng(1).normal(0, 12, 400_000)
    mean = companies.round_to_marks(drawn).mean()
    # Rounded points have a standard deviation of about 13: 0.02 over so many.
    assert companies.expect_marks(np.array([80.0]), 12.0)[0] == pytest.approx(mean, abs=0.1)


def test_nobody_marks_twice_or_themselves_and_inside_means_the_own_team(
    companies: ModuleType,
) -> None:
    scenario = companies.Scenario("", n_forms=(1, 4, 2), inside=1.0)
    employee, rater, source = companies.draw_network(np.random.default_rng(2), scenario, 160)
    assert len(np.unique(employee * 1000 + rater)) == len(employee) == 160 * 7
    colleague = source > 0
    assert (rater[~colleague] == 160 + employee[~colleague] // 8).all()
    assert (rater[colleague] // 8 == employee[colleague] // 8).all()
    assert (rater != employee).all()
