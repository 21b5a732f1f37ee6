"""What the audit packet says about calibration and gaps, in words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from calibrate.report.document import Bullets, Paragraph, Section, Table, walk
from calibrate.report.views.audit_parts.calibration import build_calibration
from calibrate.report.views.audit_parts.moves import build_moves
from calibrate.tables import EQUAL_SHARES, MOVES, PASSTHROUGH, Contract

KEYS = {"attribute": "gender", "group": "w", "reference": "m", "suppressed": False}


def tables_of(section: Section) -> list[Table]:
    return [block for block in walk(section.blocks) if isinstance(block, Table)]


def said_in(section: Section) -> list[str]:
    sentences: list[str] = []
    for block in walk(section.blocks):
        if isinstance(block, Paragraph):
            sentences.append(block.text)
        elif isinstance(block, Bullets):
            sentences += block.items
    return sentences


def build(tables: dict[str, pd.DataFrame], model: str = "linear") -> tuple[Section, ...]:
    material: Any = SimpleNamespace(cycle=SimpleNamespace(effects=SimpleNamespace(model=model)))
    audit = SimpleNamespace(tables=tables)
    return (*build_calibration(material, audit), *build_moves(material, audit))  # type: ignore[arg-type]


def make(contract: Contract, *rows: dict[str, Any]) -> pd.DataFrame:
    empty: dict[str, Any] = dict.fromkeys(contract.names)
    return contract.conform(pd.DataFrame([empty | KEYS | row for row in rows]))


def share(stage: str, ratio: float | None, **other: Any) -> dict[str, Any]:
    figures = {
        "stage": stage, "measure": "favourable", "n": 40, "mean_forms": 2.0, "share": 0.1,
        "ratio": ratio, "ratio_low": 0.5, "ratio_high": 0.9,
    }  # fmt: skip
    return figures | other


def send(score: str, kept: float, removed: float | None) -> dict[str, Any]:
    return {"score": score, "n": 40, "kept_real": kept, "rater_made_in_raw": 0.2,
            "removed_rater_made": removed}  # fmt: skip


def test_uneven_forms_and_a_clear_change_are_named() -> None:
    reference = {"group": "m", "mean_forms": 7.0, "ratio_low": None, "ratio_high": None}
    shares = make(
        EQUAL_SHARES, share("raw", 1.5), share("raw", 1.0, **reference),
        share("calibrated", 0.64, change=-0.86, change_low=-1.1, change_high=-0.6),
        share("calibrated_probability", 0.98),
    )  # fmt: skip
    (section,) = build({"equal_shares": shares})
    text = " ".join(said_in(section))
    assert "gender: w 2.0 against 7.0 (m)" in text
    assert "gender: w −0.86 (−1.10 to −0.60)" in text
    (grid,) = tables_of(section)
    assert "the same 10% of all people" in grid.about
    assert [cell if isinstance(cell, str) else cell.text for cell in grid.rows[0].cells] == [
        "gender: w / m", "40", "2.0", "1.50", "0.64", "0.98",
    ]  # fmt: skip


def test_a_change_whose_interval_is_printed_with_zero_is_not_named() -> None:
    shares = make(
        EQUAL_SHARES, share("calibrated", 0.9, change=-0.06, change_low=-0.13, change_high=-0.001)
    )
    (section,) = build({"equal_shares": shares})
    assert any("changes for no group" in sentence for sentence in said_in(section))


def test_shares_of_gaps_stand_in_words() -> None:
    sent = make(PASSTHROUGH, send("adjusted", 0.97, 0.6), send("calibrated", 0.78, 0.65))
    (section,) = build({"passthrough": sent})
    text = " ".join(said_in(section))
    assert "keep 97% of it and calibrated scores 78%" in text
    assert "take out 60% of it and calibrated scores 65%" in text
    assert "no calculation on these marks can tell the two apart" in text


def test_raters_of_one_mix_can_make_no_gap() -> None:
    sent = make(PASSTHROUGH, send("adjusted", 1.0, None), send("calibrated", 0.8, None))
    (section,) = build({"passthrough": sent})
    assert any("hardly make a gap" in sentence for sentence in said_in(section))


def test_without_a_fit_one_sentence_and_no_column_twice() -> None:
    sent = make(PASSTHROUGH, send("adjusted", 1.0, 0.0), send("calibrated", 1.0, 0.0))
    shares = make(
        EQUAL_SHARES, share("raw", 0.7), share("adjusted", 0.7), share("calibrated", 0.7),
        share("proposed", 0.8),
    )  # fmt: skip
    (section,) = build({"equal_shares": shares, "passthrough": sent})
    assert any("No severity was taken out" in sentence for sentence in said_in(section))
    assert [head.text for head in tables_of(section)[0].columns][3:] == ["Raw", "Proposed"]


def test_the_ordinal_model_is_said_to_state_no_share() -> None:
    (section,) = build({"equal_shares": make(EQUAL_SHARES, share("raw", 0.7))}, "ordinal")
    assert any("ordinal model" in sentence for sentence in said_in(section))


def move(q: float | None, **other: Any) -> dict[str, Any]:
    row = {
        "from_stage": "raw", "to_stage": "proposed", "family": "exploratory", "n": 50, "n_up": 3,
        "n_down": 20, "mean_change": -0.34, "difference": -0.4, "low": -0.6, "high": -0.2,
        "difference_same_band": -0.3, "p_value": q, "p_clustered": q, "q_value": q,
        "detectable_difference": 0.3, "p_from": "exact",
    }  # fmt: skip
    return row | other


def test_moves_stand_by_pair_of_stages_and_a_clear_one_is_marked() -> None:
    crossed = {"attribute": "gender*site", "reference": "m*x"}
    moves = make(
        MOVES, move(0.01), move(0.9, from_stage="proposed", to_stage="final"),
        move(0.02, group="w*x", **crossed), move(0.8, group="w*y", **crossed),
    )  # fmt: skip
    (section,) = build({"moves": moves})
    managers, session = tables_of(section)
    assert [row.cells[0] for row in managers.rows] == [
        "gender: w / m",
        "gender × site: w × x / m × x",
    ]
    assert [row.look for row in managers.rows] == ["marked"] * 2
    assert {row.look for row in session.rows} == {""}
    assert "the session did" in session.about
    assert "4 comparisons in this family; with q of 0.05 or less: 2." in " ".join(said_in(section))


def test_what_is_withheld_shows_no_figure() -> None:
    hidden = dict.fromkeys(["n", "mean_forms", "ratio", "ratio_low", "ratio_high"])
    shares = make(
        EQUAL_SHARES, share("raw", 0.7), share("raw", None, group="z", suppressed=True, **{
            key: value for key, value in hidden.items() if key != "ratio"}),
    )  # fmt: skip
    (section,) = build({"equal_shares": shares})
    (grid,) = tables_of(section)
    assert len(grid.rows) == 1
    assert "1 group" in grid.notice


@pytest.mark.parametrize(
    "tables", [{}, {"moves": MOVES.empty(), "passthrough": PASSTHROUGH.empty()}]
)
def test_nothing_to_say_is_no_section(tables: dict[str, pd.DataFrame]) -> None:
    assert build(tables) == ()
