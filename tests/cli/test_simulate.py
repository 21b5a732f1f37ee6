"""``calibrate simulate`` as a person calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Calibrate = Callable[..., int]


def test_json_holds_both_worlds_without_a_gap_and_every_planted_ratio(
    company: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ("simulate", company / "cycle.yaml", "--simulations", 10, "--jobs", 1, "--json")
    assert calibrate(*call) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["moved"] for row in told["false_alarms"]] == ["people", "teams"]
    assert {row["n_simulations"] for row in told["false_alarms"]} == {10}
    groups = {(row["attribute"], row["group"]) for row in told["power"]}
    assert groups == {("gender", "f"), ("gender", "m")}
    assert len(told["power"]) == 10
    assert len(told["scores_sha256"]) == 64
    assert calibrate(*call) == 0
    assert json.loads(capsys.readouterr().out) == told


def test_the_table_fits_eighty_columns_and_no_file_is_written(
    company: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(company.rglob("*"))
    assert calibrate("simulate", company / "cycle.yaml", "--simulations", 10, "--jobs", 1) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert sum(line.startswith("gender: ") for line in lines) == 2
    assert sorted(company.rglob("*")) == before


def test_without_attributes_it_says_that_nothing_is_compared(
    company: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    cycle = company / "cycle.yaml"
    text = cycle.read_text().replace("  attributes: {file: attributes.csv}\n", "")
    cycle.write_text(text.replace("  attributes: [gender]\n", ""))
    assert calibrate("simulate", cycle, "--simulations", 10, "--jobs", 1) == 0
    assert "nothing is compared by group" in capsys.readouterr().out.replace("\n           ", " ")


def test_faults_of_the_attributes_file_end_with_three_and_show_no_value(
    company: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    with (company / "attributes.csv").open("a") as file:
        file.write("001,secret-group\n")
    assert calibrate("simulate", company / "cycle.yaml", "--simulations", 10) == 3
    said = capsys.readouterr()
    assert "secret-group" not in said.out + said.err
    assert "attributes.csv" in said.err


def test_fewer_than_ten_simulations_are_refused(company: Path, calibrate: Calibrate) -> None:
    assert calibrate("simulate", company / "cycle.yaml", "--simulations", 3) == 2
