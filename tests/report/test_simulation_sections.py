"""What the audit packet says about power, false alarms and people of unknown group."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd

from calibrate.report.document import Bullets, Paragraph, Section, Table, walk
from calibrate.report.views.audit_parts.simulation import build_simulation
from calibrate.report.views.audit_parts.unknowns import build_unknowns
from calibrate.tables import SIMULATION, UNKNOWNS, Contract

ALARM = {
    "kind": "false_alarm", "moved": "people", "n": 200, "n_simulations": 200, "n_found": 7,
    "share": 0.035, "low": 0.014, "high": 0.071, "suppressed": False,
}  # fmt: skip
LINE = {
    "stage": "proposed", "measure": "selection_rate", "attribute": "gender", "group": "w",
    "reference": "m", "n_unknown": 20, "n_unknown_counted": 8, "ratio_known": 0.6,
    "ratio_lowest": 0.45, "ratio_highest": 0.93, "bound": "either", "verdict_known": "beyond",
    "verdict_lowest": "beyond", "verdict_highest": "inconclusive", "could_change": True,
    "suppressed": False,
}  # fmt: skip


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


def make(contract: Contract, *rows: dict[str, Any]) -> pd.DataFrame:
    empty: dict[str, Any] = dict.fromkeys(contract.names)
    return contract.conform(pd.DataFrame([empty | row for row in rows]))


def power(group: str, ratio: float, share: float | None) -> dict[str, Any]:
    figures = {
        "kind": "power", "moved": "teams", "attribute": "gender", "group": group, "ratio": ratio,
        "suppressed": share is None,
    }  # fmt: skip
    if share is None:
        return figures
    return figures | {"n": 90, "n_simulations": 100, "n_found": 100 * share, "share": share}


def build(builder: Any, name: str, table: pd.DataFrame) -> tuple[Section, ...]:
    sections: tuple[Section, ...] = builder(None, SimpleNamespace(tables={name: table}))
    return sections


def words_of(section: Section) -> str:
    cells = [str(cell) for grid in tables_of(section) for row in grid.rows for cell in row.cells]
    captions = [grid.about for grid in tables_of(section)]
    return " ".join([*said_in(section), *captions, *cells])


def test_false_alarms_are_said_with_their_interval_and_missed_gaps_by_name() -> None:
    table = make(
        SIMULATION, ALARM, power("w", 0.5, 0.95), power("w", 0.7, 0.4), power("m", 0.5, 0.99),
        power("m", 0.7, 0.9), power("x", 0.5, None), power("x", 0.7, None),
    )  # fmt: skip
    (section,) = build(build_simulation, "simulation", table)
    text = words_of(section)
    assert "7 of 200 audits had a primary 'beyond' (3.5%; 95% interval 1.4% to 7.1%)" in text
    assert "A ratio of 0.70 would have been missed in more than 2 of 10 cases for 1 of 2" in text
    assert "gender: w." in text
    assert "A ratio of 0.50 would have been found in at least 8 of 10 cases in every group" in text
    assert tuple(row.cells for row in tables_of(section)[0].rows) == (
        ("gender: m", "90", "90%", "99%"),
        ("gender: w", "90", "40%", "95%"),
    )
    assert "Groups that are too small: 1." in text
    assert "nan" not in text.lower().split()


def test_one_line_for_each_comparison_those_that_could_change_first() -> None:
    calm = {"group": "x", "could_change": False, "verdict_highest": "beyond", "ratio_highest": None}
    hidden = dict.fromkeys(
        ["n_unknown", "n_unknown_counted", "ratio_known", "ratio_lowest", "ratio_highest", "bound"]
    )
    small = hidden | {"group": "y", "suppressed": True, "could_change": None}
    other = {"measure": "at_or_above:High", "verdict_known": None, "could_change": None}
    table = make(UNKNOWNS, LINE | calm, LINE, LINE | small, LINE | other)
    (section,) = build(build_unknowns, "unknowns", table)
    (grid,) = tables_of(section)
    first, second = grid.rows
    assert first.cells == (
        "gender: w / m", "20 (8)", "0.60", "0.45 to 0.93", "beyond", "beyond", "inconclusive",
    )  # fmt: skip
    assert [row.look for row in grid.rows] == ["marked", ""]
    assert second.cells[3] == "0.45 and more"
    said = said_in(section)[-1]
    assert said.startswith("Of 2 primary lines, 1 could read otherwise. 1 comparison is withheld")
    assert "audit/tables/unknowns" in said


def test_empty_tables_have_no_section() -> None:
    assert build(build_simulation, "simulation", SIMULATION.empty()) == ()
    assert build(build_unknowns, "unknowns", UNKNOWNS.empty()) == ()
    assert build_unknowns(None, SimpleNamespace(tables={})) == ()  # type: ignore[arg-type]
