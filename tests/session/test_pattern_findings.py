"""Odd distributions as findings: what stood out, how far, and where to look next."""

import numpy as np
import pandas as pd

from calibrate.session.patterns import list_pattern_findings
from calibrate.tables import PATTERNS


def make_patterns(*lines: dict[str, object]) -> pd.DataFrame:
    usual: dict[str, object] = {
        "scope": "manager", "scope_id": "M1", "test": "inflation", "n": 10, "value": 0.9,
        "expected": 0.3, "low": 0.1, "high": 0.6, "detectable": np.nan, "p_value": 1e-4,
        "q_value": 0.01, "verdict": "beyond",
    }  # fmt: skip
    return PATTERNS.conform(pd.DataFrame([usual | line for line in lines]))


def test_tests_of_one_scope_are_one_finding_with_figures_and_a_next_step() -> None:
    spread = {"test": "spread", "value": 2.0, "expected": 12.0, "low": 6.0, "high": 18.0}
    [finding] = list_pattern_findings(make_patterns({}, spread | {"q_value": 1e-5}))
    kind, scope, scope_id, level, headline, evidence = finding
    assert (kind, scope, scope_id, level) == ("distribution", "manager", "M1", "look")
    assert "more people in the favourable bands; scores closer together" in headline
    assert "90% against 30% (by chance 10% to 60%, q = 0.010)" in evidence
    assert "Spread 2.0 points against 12.0" in evidence
    assert "q below 0.001" in evidence
    assert "Manager or team: cannot be told. Look next" in evidence


def test_only_what_is_beyond_is_a_finding_and_the_guideline_has_its_own() -> None:
    lines = [{"test": "guideline"}, {"verdict": "significant_only"}]
    assert not list(list_pattern_findings(make_patterns(*lines)))


def test_a_department_that_is_a_session_too_is_named_once() -> None:
    lines = [{"scope": scope, "scope_id": "Sales"} for scope in ("department", "session")]
    assert [row[1] for row in list_pattern_findings(make_patterns(*lines))] == ["department"]


def test_a_level_is_set_beside_other_levels() -> None:
    [finding] = list_pattern_findings(make_patterns({"scope": "level", "scope_id": "L3"}))
    assert finding[4].startswith("Level L3 stands out from other levels")
