"""Sentences claim what the tables carry, and no page shows a name meant for programs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from calibrate.report import AuditMaterial, Material, draft_packet
from calibrate.report.words import say_term
from calibrate.tables import HABITS

Invent = Callable[..., Material]


def read_words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def with_table(material: Material, name: str, table: pd.DataFrame) -> Material:
    return replace(material, tables=dict(material.tables) | {name: table})


def with_variances(material: Material, se: float | None) -> Material:
    terms = ["employee", "employee_source", "rater", "residual", "residual:peer"]
    table = pd.DataFrame({
        "term": terms, "variance": [100.0, 20.0, 60.0, 120.0, 110.0],
        "share": [1 / 3, 1 / 15, 0.2, 0.4, None], "se": [12.0, 5.0, se, None, 7.5],
        "monte_carlo": 0.0,
    }).astype({"variance": "Float64", "share": "Float64", "se": "Float64"})  # fmt: skip
    return with_table(material, "variance", table)


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("employee_source", "what one source sees in a person"),
        ("residual:direct_report", "noise of one form of a direct report"),
        ("residual:skip_level", "noise of one form of a manager above"),
        ("residual:other", "noise of one form of somebody else"),
    ],
)
def test_each_part_of_the_variance_has_words(term: str, words: str) -> None:
    assert say_term(term) == words


def test_the_audit_names_each_part_in_words_with_its_error(
    invent: Invent, audit: AuditMaterial
) -> None:
    text = read_words(draft_packet("audit", with_variances(invent(), 9.0), audit=audit).html)
    assert "the rater&#39;s severity 60.0 ± 9.0 20%" in text
    assert "noise of one peer form 110.0 ± 7.5 –" in text
    assert "are no further share" in text
    assert "employee source" not in text
    assert "residual" not in text


def test_the_audit_counts_thin_raters_apart_from_those_who_stand_out(
    invent: Invent, audit: AuditMaterial
) -> None:
    material = invent()
    raters = material.tables["raters"].copy()
    raters["n_forms"] = [3, 4, *[9] * (len(raters) - 2)]
    raters.loc[raters.index[2], "severity"] = None
    first, second, third, fourth = raters["rater_id"][[0, 1, 3, 4]]
    # Beyond its bound and beyond chance: first, but on 3 forms; second by a habit; third.
    # The fourth's severity is below 5 points.
    habits = pd.DataFrame({
        "rater_id": [first, second, third, fourth],
        "habit": ["severity", "spread", "severity", "severity"],
        "value": [9.0, 0.6, 9.0, 4.0], "low": 1.0, "high": 12.0, "n": [3, 4, 9, 9],
        "expected": 0.0, "p_value": 0.001, "q_value": 0.01, "flagged": True, "words": "",
    })  # fmt: skip
    told = with_table(material, "raters", raters)
    told = with_table(told, "habits", HABITS.conform(habits))
    text = read_words(draft_packet("audit", told, audit=audit).html)
    assert "2 raters stand out in severity or a habit" in text
    assert "The severity of 2 raters rests on fewer than 5 forms." in text


@pytest.mark.parametrize(("se", "is_rough"), [(29.0, False), (31.0, True), (None, False)])
def test_a_variance_below_two_standard_errors_is_called_rough(
    invent: Invent, se: float | None, is_rough: bool
) -> None:
    text = read_words(draft_packet("executive", with_variances(invent(), se)).html)
    assert "20% of the differences between forms come from who marked" in text
    assert ("a rough estimate" in text) is is_rough


def test_in_a_small_company_moved_people_are_counted_by_the_adjusted_score(
    invent: Invent,
) -> None:
    material = invent()
    scores = material.tables["scores"].copy()
    rated = scores["raw_score"].notna()
    # Cuts at 30, 45, 65 and 85: one person's severity carries over a cut, nobody else's does.
    scores.loc[rated, ["raw_score", "adjusted_score"]] = 50.0
    scores.loc[rated, ["raw_band", "suggested_band"]] = "Meets"
    scores.loc[scores.index[rated][0], "adjusted_score"] = 65.0
    text = read_words(draft_packet("executive", with_table(material, "scores", scores)).html)
    share = f"{100 / rated.sum():.0f}%"
    assert rated.sum() < 100
    assert f"{share} would change band with severity taken out; bands follow the raw" in text


def test_the_guideline_sentence_tells_the_figure_its_verdict_rests_on(invent: Invent) -> None:
    material = invent(has_guideline=True)
    table = material.tables["distribution"].copy()
    is_session = table["scope"] == "session"
    table.loc[is_session, "verdict"] = "inconclusive"
    table.loc[is_session, ["p_value", "q_value"]] = [0.028, 0.139]
    session = str(table.loc[is_session, "scope_id"].iloc[0])
    html = draft_packet("session", with_table(material, "distribution", table), key=session).html
    said = "in 3% of cases (p = 0.028; q = 0.139 after correction for many tests)."
    assert said in read_words(html)
