"""A cycle that names a theme: checked first, part of the run's id, and kept for the sheets."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

Calibrate = Callable[..., int]

THEIRS = "attribute,group,n,n_favourable\nrace,black,48,26\nrace,white,259,206\n"


@pytest.fixture
def themed(company: Path, sample_data: Path) -> Path:
    """The company of twelve in the example theme."""
    shutil.copytree(sample_data / "theme", company / "look")
    with (company / "cycle.yaml").open("a") as cycle:
        cycle.write("theme: look\n")
    return company


def list_inputs(out: Path) -> set[str]:
    told = json.loads((out / "latest/manifest.json").read_text())["predicate"]["buildDefinition"]
    return {item["name"] for item in told["resolvedDependencies"]}


def read_text(pdf: Path) -> str:
    done = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def test_a_run_is_set_in_its_theme_and_keeps_it(
    themed: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    out = tmp_path / "out"
    assert calibrate("run", themed / "cycle.yaml", "--out", out, "--only", "session") == 0
    assert {"look/theme.yaml", "look/logo.svg"} <= list_inputs(out)
    packet = read_text(out / "latest/packets/session-1.pdf")
    assert "TIDEWRIGHT INTERNAL" in packet
    assert "Whoever manages the person speaks last." in packet
    page = (out / "latest/index.html").read_text()
    assert 'alt="Tidewright"' in page
    sheet = tmp_path / "sheet.pdf"
    # The folder of the theme may be gone by then: a run is read alone.
    shutil.rmtree(themed / "look")
    assert calibrate("explain", out / "latest", "004", "--pdf", sheet) == 0
    told = read_text(sheet)
    assert "TIDEWRIGHT · CONFIDENTIAL" in told
    assert "yours to keep" in told
    assert "The works council goes through this sheet with you" in told
    assert "HR can show how every figure here was computed" in told


def test_a_sheet_is_not_set_in_a_theme_that_was_changed(
    themed: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    out = tmp_path / "out"
    assert calibrate("run", themed / "cycle.yaml", "--out", out, "--only", "executive") == 0
    kept = out / "latest/theme.json"
    kept.write_text(kept.read_text().replace("yours to keep", "ours"))
    sheet = tmp_path / "sheet.pdf"
    assert calibrate("explain", out / "latest", "004", "--pdf", sheet) == 5
    assert not sheet.exists()


def test_another_theme_is_another_run_with_the_same_scores_and_settings(
    themed: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    out = tmp_path / "out"
    run = ("run", themed / "cycle.yaml", "--out", out, "--only", "executive")
    assert calibrate(*run) == 0
    first = (out / "latest").resolve()
    settings = themed / "look/theme.yaml"
    settings.write_text(settings.read_text().replace("#1d4f91", "#7b2d8e"))
    assert calibrate(*run) == 0
    second = (out / "latest").resolve()
    assert first != second
    for table in ("scores", "raters"):
        name = f"tables/{table}.parquet"
        assert (first / name).read_bytes() == (second / name).read_bytes()
    indexes = [pd.read_csv(folder / "packets/index.csv") for folder in (first, second)]
    assert set(indexes[0]["content"]).isdisjoint(indexes[1]["content"])
    configurations = [
        (folder / "audit/tables/configurations.csv").read_bytes() for folder in (first, second)
    ]
    # How packets look is no setting that figures by group could have been chosen with.
    assert configurations[0] == configurations[1]


def test_a_fault_of_the_theme_is_told_by_check_and_before_a_run(
    themed: Path, tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = themed / "look/theme.yaml"
    settings.write_text(settings.read_text().replace("#1d4f91", "#ff8800"))
    assert calibrate("check", themed / "cycle.yaml", "--json") == 3
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["file"], problem["column"]) == ("look/theme.yaml", "accent")
    out = tmp_path / "out"
    assert calibrate("run", themed / "cycle.yaml", "--out", out) == 3
    assert "look/theme.yaml" in capsys.readouterr().err
    assert not (out / "latest").exists()
    assert len(pd.read_csv(out / "problems.csv")) == 1


def test_a_theme_on_another_drive_leaves_no_path_in_the_run(
    themed: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    shared, out = tmp_path / "shared", tmp_path / "out"
    (themed / "look").rename(shared)
    cycle = themed / "cycle.yaml"
    cycle.write_text(cycle.read_text().replace("theme: look", f'theme: "{shared}"'))
    assert calibrate("run", cycle, "--out", out, "--only", "executive") == 0
    assert "shared/theme.yaml" in list_inputs(out)
    for file in (out / "latest").rglob("*.json"):
        assert str(tmp_path) not in file.read_text(), file.name


def test_an_audit_of_counts_takes_a_theme_by_option(
    tmp_path: Path, sample_data: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs, out = tmp_path / "theirs.csv", tmp_path / "out"
    theirs.write_text(THEIRS)
    audit = ("audit", "--counts", theirs, "--out", out)
    assert calibrate(*audit) == 0
    plain = (out / "latest").resolve()
    assert calibrate(*audit, "--theme", sample_data / "theme") == 0
    assert (out / "latest").resolve() != plain
    assert "TIDEWRIGHT INTERNAL" in read_text(out / "latest/audit/audit.pdf")
    assert {"theme/theme.yaml", "theme/logo.svg"} <= list_inputs(out)
    assert calibrate(*audit, "--theme", tmp_path) == 3
    assert "there is no such file" in capsys.readouterr().err


def test_the_option_goes_with_counts_alone(
    company: Path, tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    theme = ("--theme", tmp_path)
    assert calibrate("audit", company / "cycle.yaml", "--out", tmp_path / "o", *theme) == 2
    assert "a cycle file names its own" in " ".join(capsys.readouterr().err.split())
