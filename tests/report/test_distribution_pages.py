"""Counts of distributions say what was tested; a quota is only worked out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from calibrate.report import AuditMaterial, Material, draft_packet
from calibrate.tables import DISTRIBUTION, PATTERNS, QUOTA, QUOTA_IMPACT

Invent = Callable[..., Material]


def read_words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def with_tables(material: Material, **tables: pd.DataFrame) -> Material:
    return replace(material, tables=dict(material.tables) | tables)


def make_distribution(verdicts: dict[tuple[str, str], str]) -> pd.DataFrame:
    rows = [
        {
            "scope": scope, "scope_id": scope_id, "band": "Outstanding", "n": 20, "share": 0.2,
            "low": 0.1, "high": 0.3, "p_value": 0.2, "q_value": 0.2, "verdict": verdict,
        }
        for (scope, scope_id), verdict in verdicts.items()
    ]  # fmt: skip
    return DISTRIBUTION.conform(pd.DataFrame(rows))


def make_pattern(scope_id: str, test: str, verdict: str, **other: object) -> dict[str, object]:
    return {
        "scope": "manager", "scope_id": scope_id, "test": test, "n": 10, "value": 0.9,
        "expected": 0.3, "low": 0.1, "high": 0.6, "detectable": 0.8, "p_value": 0.001,
        "q_value": 0.004, "verdict": verdict, **other,
    }  # fmt: skip


PATTERN_ROWS = PATTERNS.conform(
    pd.DataFrame(
        [
            make_pattern("E000", "inflation", "beyond"),
            make_pattern("E000", "spread", "inconclusive", value=12.0, expected=11.0),
            make_pattern("E001", "inflation", "inconclusive", detectable=None),
            make_pattern("E002", "inflation", "too_few", p_value=None, q_value=None),
        ]
    )
)


def test_executives_see_how_many_are_off_the_guideline_of_those_tested(invent: Invent) -> None:
    table = make_distribution(
        {("company", "all"): "outside", ("session", "A"): "inconclusive",
         ("session", "B"): "within"}
    )  # fmt: skip
    material = with_tables(invent(), distribution=table, patterns=PATTERN_ROWS)
    text = read_words(draft_packet("executive", material).html)
    assert "Off guideline: company, 2 sessions 1 of 3" in text
    # E002 is too few: two managers were tested and one stands out.
    assert "Teams and departments that stand out 1 of 2" in text


def test_executives_read_no_zero_where_nothing_was_tested(invent: Invent) -> None:
    table = make_distribution({("company", "all"): "too_few"}).assign(p_value=pd.NA)
    untested = with_tables(invent(), distribution=table, patterns=PATTERNS.empty())
    text = read_words(draft_packet("executive", untested).html)
    assert "Outside the guideline not tested" in text
    assert "stand out" not in text
    bare = with_tables(invent(has_guideline=False), patterns=PATTERNS.empty())
    text = read_words(draft_packet("executive", bare).html)
    assert "Outside the guideline no guideline" in text


def test_auditors_see_what_stood_out_and_what_could_not_be_found(
    invent: Invent, audit: AuditMaterial
) -> None:
    moved = {
        "scope": "session", "scope_id": "A", "employee_id": "E003", "from_band": "Outstanding",
        "to_band": "Exceeds", "is_tied": False, "share_moved": 1.0, "margin": 2.0,
    }  # fmt: skip
    impact = {
        "attribute": "gender", "reference": "men", "family": "secondary", "n": 40, "n_up": 0,
        "n_tied": 0, "rate_before": 0.25, "rate_after": 0.1, "ratio_before": 0.67,
        "ratio_after": 0.3, "detectable_ratio": 3.1, "p_value": 0.02, "p_clustered": 0.03,
        "q_value": 0.03, "suppressed": False,
    }  # fmt: skip
    groups = [impact | {"group": "women", "n_down": 6}, impact | {"group": "men", "n_down": 3,
              "p_value": None, "p_clustered": None, "q_value": None}]  # fmt: skip
    material = with_tables(
        invent(), patterns=PATTERN_ROWS, quota=QUOTA.conform(pd.DataFrame([moved]))
    )
    seen = replace(
        audit,
        tables=dict(audit.tables) | {"quota_impact": QUOTA_IMPACT.conform(pd.DataFrame(groups))},
    )
    text = read_words(draft_packet("audit", material, audit=seen).html)
    assert "Of 2 managers with 5 people or more, 1 could be found" in text
    assert "at 80% of their people (median). For the others not even everybody" in text
    assert "1 manager has fewer than 5 people" in text
    assert "moved down 1, up 0." in text
    assert "another share of women (gender) than of the reference" in text
    assert "the engine moves nobody" in text
