"""What docs/strategy.md shows can be read as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from calibrate.cli.main import run_command

RUBRIC = """schema: 1
id: r
version: 1
title: "R"
scale: {lowest: 1, highest: 5}
criteria:
  - id: k
    label: "K"
    weight: 100
    outcomes: {grow-revenue: 60, keep-customers: 40}
    expected: {L1: 3}
    levels: {1: "a", 2: "b", 3: "c", 4: "d", 5: "e"}
    develop: "f"
"""
CYCLE = """schema: 1
cycle: "2026-H2"
starts_on: 2026-07-01
ends_on: 2026-12-31
inputs:
  employees: {file: employees.csv}
  ratings: {file: ratings.csv}
  goals: {file: goals.csv}
strategy: strategy.yaml
rubrics: [r.yaml]
"""


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    """A cycle of the strategy and the goals of the page."""
    text = (root / "docs" / "strategy.md").read_text(encoding="utf-8")
    strategy = re.findall(r"```yaml\n(schema: 1.*?)```", text, re.DOTALL)[0]
    goals = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)[0]
    people = "employee_id,department\nE0004,Sales\nE0005,Sales\nE0042,Sales\n"
    for name, content in (
        ("strategy.yaml", strategy), ("goals.csv", goals), ("r.yaml", RUBRIC),
        ("cycle.yaml", CYCLE), ("employees.csv", people),
        ("ratings.csv", "employee_id,rater_id,source,criterion,mark\nE0042,E0004,manager,k,4\n"),
    ):  # fmt: skip
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def test_strategy_and_goals_of_the_page_are_in_order(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["check", str(folder / "cycle.yaml")]) == 0
    assert "Ready to run." in capsys.readouterr().out


def test_the_change_that_the_page_describes_is_accepted(folder: Path) -> None:
    path = folder / "strategy.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("    owner: E0004 ", "    valid_to: 2026-09-30\n    owner: E0004 ")
    text = text.replace("    parent: grow-revenue ", "    parent: win-more ")
    text += (
        '  - {id: win-more, title: "Win more", perspective: financial, weight: 60,\n'
        "     valid_from: 2026-10-01, replaces: grow-revenue, owner: E0004}\n"
    )
    path.write_text(text, encoding="utf-8")
    assert run_command(["check", str(folder / "cycle.yaml")]) == 0
