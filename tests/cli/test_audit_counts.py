"""``calibrate audit --counts``: a folder like any run's, and clear words for a bad table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

Calibrate = Callable[..., int]

TEAL = (
    "attribute,group,n,n_favourable,ratio,is_reference\n"
    "race,black,48,26,0.80,\nrace,white,259,206,1.00,yes\n"
)


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    path = tmp_path / "theirs.csv"
    path.write_text(TEAL, encoding="utf-8")
    return path


def test_the_run_holds_packet_workbook_tables_and_a_manifest_of_all_of_it(
    theirs: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    out = tmp_path / "out"
    assert calibrate("audit", "--counts", theirs, "--out", out) == 0
    run = (out / "latest").resolve()
    assert run.parent == out / "runs"
    assert run.name.startswith("counts-")
    assert (run / "audit/audit.pdf").read_bytes().startswith(b"%PDF")
    assert (run / "audit/audit.xlsx").is_file()
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    listed = {item["name"]: item["digest"]["sha256"] for item in manifest["subject"]}
    written = {
        str(path.relative_to(run)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in run.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert listed == written
    assert str(tmp_path) not in (run / "manifest.json").read_text(encoding="utf-8")
    found = pd.read_csv(run / "audit/tables/findings.csv")
    assert sorted(found["kind"]) == ["contradiction", "disparity"]


def test_the_same_table_again_is_recognised_and_gives_the_same_bytes(
    theirs: Path, tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    for out in ("one", "two", "two"):
        assert calibrate("audit", "--counts", theirs, "--out", tmp_path / out) == 0
    assert "not repeated" in capsys.readouterr().out
    one, two = ((tmp_path / out / "latest").resolve() for out in ("one", "two"))
    assert one.name == two.name
    for path in one.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (two / path.relative_to(one)).read_bytes()


def test_the_gate_trips_on_a_primary_beyond(
    theirs: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    assert calibrate("audit", "--counts", theirs, "--out", tmp_path / "o", "--gate") == 4


def test_the_result_is_plain_json(
    theirs: Path, tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate("audit", "--counts", theirs, "--out", tmp_path / "o", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["counts"] == {
        "groups_compared": 2, "printed_contradictions": 1, "primary_disparities_beyond": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("cycle.yaml", "--counts", "theirs.csv"),
        ("cycle.yaml", "--rules", "us-2026"),
        ("cycle.yaml", "--min-cell", "5"),
        ("--counts", "theirs.csv", "--rules", "eu-1999"),
    ],
)
def test_both_and_neither_are_a_mistake_on_the_command_line(
    arguments: tuple[str, ...], tmp_path: Path, calibrate: Calibrate
) -> None:
    assert calibrate("audit", *arguments, "--out", tmp_path / "o") == 2
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"attribute,group,n,n_favourable\nrace,a,20,21\n"),
        ("a.csv", b""),
        ("a.csv", b"\x00\x01\x02"),
        ("a.csv", b"attribute,group\n\xff\xfe,1\n"),
        ("a.xlsx", b"no spreadsheet"),
        ("a.parquet", b"no parquet"),
        ("a.pdf", b"%PDF"),
    ],
)
def test_a_bad_table_ends_with_its_problems_and_no_run(
    name: str, content: bytes, tmp_path: Path, calibrate: Calibrate,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / name).write_bytes(content)
    assert calibrate("audit", "--counts", tmp_path / name, "--out", tmp_path / "o") == 3
    assert "problem" in capsys.readouterr().err
    assert (tmp_path / "o/problems.csv").is_file()
    assert not list((tmp_path / "o").glob("runs/*"))


def test_a_missing_table_is_told(
    tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate("audit", "--counts", tmp_path / "no.csv", "--out", tmp_path / "o") == 3
    assert "there is no such file" in capsys.readouterr().err


def test_a_group_below_the_smallest_cell_shows_no_figure_in_any_table(
    tmp_path: Path, calibrate: Calibrate
) -> None:
    path = tmp_path / "ricci.csv"
    path.write_text(
        "attribute,group,n,n_favourable\nrace,white,25,16\nrace,black,8,3\n", encoding="utf-8"
    )
    assert calibrate("audit", "--counts", path, "--out", tmp_path / "o") == 0
    table = pd.read_csv(tmp_path / "o/latest/audit/tables/disparities.csv").set_index("group")
    assert table.loc["black", "verdict"] == "too_few"
    assert table.loc["black", ["n", "rate", "ratio", "p_value"]].isna().all()
    shown = ("audit", "--counts", path, "--out", tmp_path / "o", "--min-cell", "5")
    assert calibrate(*shown) == 0
    table = pd.read_csv(tmp_path / "o/latest/audit/tables/disparities.csv").set_index("group")
    assert table.loc["black", "rate"] == 0.375


def test_an_audit_of_counts_speaks_the_language_that_is_asked_for(
    theirs: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    out = tmp_path / "out"
    assert calibrate("audit", "--counts", theirs, "--out", out, "--language", "de") == 0
    found = pd.read_csv(out / "latest/audit/tables/findings.csv").set_index("kind")
    evidence = found.loc["disparity", "evidence"]
    # 26/48 over 206/259 is 0.681.
    assert "0,68" in evidence
    assert "0.68" not in evidence
    assert not found["headline"].str.contains("A reason to look").any()


def test_a_language_goes_with_counts_alone(
    tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate("audit", "cycle.yaml", "--out", tmp_path / "out", "--language", "de") == 2
    assert "--language go with --counts" in capsys.readouterr().err
