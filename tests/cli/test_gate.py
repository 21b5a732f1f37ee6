"""``--gate``: the run is written, and the exit code says what somebody must look at."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

Calibrate = Callable[..., int]


def propose(company: Path, bands: dict[str, str]) -> None:
    """Add the managers' proposals: one band for each gender."""
    genders = pd.read_csv(company / "attributes.csv", dtype=str)
    people = pd.read_csv(company / "employees.csv", dtype=str).merge(genders, on="employee_id")
    people["proposed_band"] = people["gender"].map(bands)
    people.drop(columns="gender").to_csv(company / "employees.csv", index=False)


def test_disparity_that_nobody_can_miss_trips_the_gate(
    company: Path, tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    # Eight women all in the top band, four men all in the middle: 1 of 495 tables is as odd.
    propose(company, {"f": "Outstanding", "m": "Meets"})
    run = ("audit", company / "cycle.yaml", "--out", tmp_path)
    assert calibrate(*run) == 0
    assert calibrate(*run, "--gate") == 4
    assert "gate: 1 primary" in capsys.readouterr().err
    table = pd.read_csv(tmp_path / "latest/audit/tables/disparities.csv")
    (verdict,) = table[
        (table["stage"] == "proposed")
        & (table["measure"] == "selection_rate")
        & (table["group"] == "m")
    ]["verdict"]
    assert verdict == "beyond"


def test_equal_proposals_pass_the_gate(company: Path, tmp_path: Path, calibrate: Calibrate) -> None:
    propose(company, {"f": "Meets", "m": "Meets"})
    assert calibrate("audit", company / "cycle.yaml", "--out", tmp_path, "--gate") == 0


def test_hard_guideline_trips_the_gate_and_a_soft_one_does_not(
    sample_data: Path, tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("sample_data", "rubrics"):
        shutil.copytree(sample_data.parent / folder, tmp_path / folder)
    path = tmp_path / "sample_data" / "cycle.yaml"
    soft = path.read_text().replace("{Outstanding: [0.05, 0.10]", "{Outstanding: [0.60, 0.80]")
    assert "mode: soft" in soft
    assert "[0.60, 0.80]" in soft
    path.write_text(soft.replace("mode: soft", "mode: hard"))
    calibrate("run", path, "--out", tmp_path / "hard", "--only", "executive", "--gate")
    assert "outside the guideline" in capsys.readouterr().err
    path.write_text(soft)
    calibrate("run", path, "--out", tmp_path / "soft", "--only", "executive", "--gate")
    assert "outside the guideline" not in capsys.readouterr().err
