"""Verdicts in their order, and bounds in whole numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calibrate.audit.policy import (
    Evidence,
    is_ratio_beyond,
    judge,
    load_rules,
    name_family,
    name_primary_stage,
)
from calibrate.errors import InputError

CLEAR = Evidence(
    is_computable=True,
    is_small=False,
    is_reference=False,
    is_beyond_bound=True,
    is_inside_bound=False,
    q_value=0.001,
)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "beyond"),
        ({"is_small": True}, "too_few"),
        ({"is_small": True, "is_computable": False}, "not_computable"),
        ({"is_beyond_bound": False}, "significant_only"),
        ({"is_beyond_bound": False, "is_inside_bound": True}, "significant_only"),
        ({"q_value": 0.05}, "beyond"),
        ({"q_value": 0.0500001}, "inconclusive"),
        ({"q_null_imposed": 0.05}, "beyond"),
        ({"q_null_imposed": 0.0500001}, "inconclusive"),
        ({"q_null_imposed": 0.06, "is_beyond_bound": False}, "inconclusive"),
        ({"q_value": 0.9, "is_beyond_bound": False, "is_inside_bound": True}, "within"),
        ({"q_value": float("nan")}, "inconclusive"),
        ({"is_reference": True}, "within"),
        ({"is_reference": True, "is_small": True}, "too_few"),
    ],
)
def test_the_first_verdict_that_applies_is_given(changes: dict[str, object], verdict: str) -> None:
    assert judge(replace(CLEAR, **changes), alpha=0.05) == verdict  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("table", "is_beyond"),
    [
        ((48, 100, 60, 100), False),  # exactly 4/5; 0.48/0.60 is below it as floats
        ((60, 100, 48, 100), False),  # exactly 5/4
        ((4799, 10_000, 60, 100), True),
        ((61, 100, 48, 100), True),
        ((0, 50, 1, 50), True),
    ],
)
def test_four_fifths_is_exact_in_either_direction(
    table: tuple[int, int, int, int], is_beyond: bool
) -> None:
    assert is_ratio_beyond(*table, load_rules("us-2026")) is is_beyond


def test_families_are_named_by_stage_measure_and_attribute() -> None:
    assert name_family("final", "lowest_band", "gender", "final") == "primary"
    assert name_family("proposed", "selection_rate", "gender", "final") == "secondary"
    assert name_family("final", "at_or_above:Meets", "gender", "final") == "secondary"
    assert name_family("final", "lowest_band", "gender*race", "final") == "exploratory"


def test_the_latest_decision_is_what_the_first_family_is_about() -> None:
    assert name_primary_stage(("raw", "calibrated", "proposed", "final")) == "final"
    assert name_primary_stage(("raw", "calibrated")) == "raw"
    assert name_primary_stage(()) is None


def test_an_unknown_rule_pack_names_the_known_ones() -> None:
    with pytest.raises(InputError, match="us-2026"):
        load_rules("eu-1999")
