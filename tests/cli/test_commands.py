"""The commands as a person calls them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from calibrate.tables import DISPARITIES, PUBLIC

Calibrate = Callable[..., int]


def hash_tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_check_counts_what_is_there(
    company: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate("check", company / "cycle.yaml", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["people"], told["errors"]) == (True, 12, 0)


def test_run_writes_every_table_with_its_columns(
    company: Path, tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate("run", company / "cycle.yaml", "--out", tmp_path / "out") == 0
    latest = tmp_path / "out" / "latest"
    for contract in PUBLIC:
        assert pd.read_csv(latest / f"tables/{contract.name}.csv").columns.tolist() == (
            contract.names
        )
    disparities = pd.read_csv(latest / "audit/tables/disparities.csv")
    assert disparities.columns.tolist() == DISPARITIES.names
    index = pd.read_csv(latest / "packets/index.csv")
    assert sorted(index["kind"]) == ["archive", "audit", "session", "session"]
    assert all((latest / file).read_bytes().startswith(b"%PDF") for file in index["file"])
    assert "session-1.pdf" in capsys.readouterr().out


def test_same_run_again_is_recognised(
    company: Path, tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ("run", company / "cycle.yaml", "--out", tmp_path, "--only", "audit", "--json")
    assert calibrate(*run) == 0
    first = json.loads(capsys.readouterr().out)
    assert calibrate(*run) == 0
    second = json.loads(capsys.readouterr().out)
    assert second.pop("is_repeated")
    assert not first.pop("is_repeated")
    assert first == second
    assert len(list((tmp_path / "runs").iterdir())) == 1


def test_two_runs_are_byte_identical_whatever_the_jobs(
    company: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    for name, jobs in (("a", 1), ("b", 2)):
        run = ("run", company / "cycle.yaml", "--out", tmp_path / name, "--jobs", jobs)
        assert calibrate(*run) == 0
    a, b = (hash_tree(tmp_path / name / "latest") for name in "ab")
    assert a.keys() == b.keys()
    assert [name for name in a if a[name] != b[name]] == []


def test_manifest_hashes_every_file_of_the_run(
    company: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    from hashlib import sha256

    assert calibrate("audit", company / "cycle.yaml", "--out", tmp_path) == 0
    latest = tmp_path / "latest"
    told = json.loads((latest / "manifest.json").read_text())
    listed = {s["name"]: s["digest"]["sha256"] for s in told["subject"]}
    found = {
        name: sha256(content).hexdigest()
        for name, content in hash_tree(latest).items()
        if name != "manifest.json"
    }
    assert listed == found
    assert str(tmp_path) not in (latest / "manifest.json").read_text()


def test_quarantine_leaves_bad_rows_out_and_lists_them(
    company: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    with (company / "cycle.yaml").open("a") as stream:
        stream.write("on_problem: quarantine\n")
    with (company / "ratings.csv").open("a") as stream:
        stream.write("001,009,peer,delivery,9\n")
    assert calibrate("run", company / "cycle.yaml", "--out", tmp_path) == 0
    problems = pd.read_csv(tmp_path / "latest/tables/problems.csv")
    assert problems["level"].tolist() == ["error"]
    groups = pd.read_csv(tmp_path / "latest/audit/tables/groups.csv")
    assert groups["n_quarantined"].sum() == 1


def test_fault_of_a_whole_file_stops_in_spite_of_quarantine(
    company: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    with (company / "cycle.yaml").open("a") as stream:
        stream.write("on_problem: quarantine\n")
    (company / "ratings.csv").write_bytes(b"")
    assert calibrate("run", company / "cycle.yaml", "--out", tmp_path) == 3


def test_wrong_option_is_a_usage_error(company: Path, calibrate: Calibrate) -> None:
    assert calibrate("run", company / "cycle.yaml") == 2
    assert calibrate("fly") == 2


def test_missing_cycle_file_is_named(
    tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate("run", tmp_path / "cycle.yaml", "--out", tmp_path / "out") == 3
    assert "cycle.yaml" in capsys.readouterr().err


def test_output_that_cannot_be_written_ends_with_7(
    company: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    (tmp_path / "file").write_text("")
    assert calibrate("run", company / "cycle.yaml", "--out", tmp_path / "file" / "out") == 7


def test_bug_is_a_sentence_not_a_traceback(
    company: Path, tmp_path: Path, calibrate: Calibrate, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def fail(*_: object) -> None:
        raise ZeroDivisionError("never")

    monkeypatch.setattr("calibrate.pipeline.run.compute_scores", fail)
    monkeypatch.delenv("CALIBRATE_DEBUG", raising=False)
    assert calibrate("run", company / "cycle.yaml", "--out", tmp_path) == 1
    said = capsys.readouterr().err
    assert "bug" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", [(), ("check",), ("run",), ("audit",)])
def test_every_help_has_an_example(
    command: tuple[str, ...], calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate(*command, "--help") == 0
    told = capsys.readouterr().out
    assert "Example:" in told
    assert all(len(line) <= 80 for line in told.splitlines())


def test_proposal_for_somebody_nobody_marked_is_talked_about_and_audited(
    company: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    people = pd.read_csv(company / "employees.csv", dtype=str).assign(proposed_band="Meets")
    people.to_csv(company / "employees.csv", index=False)
    ratings = pd.read_csv(company / "ratings.csv", dtype=str)
    ratings[ratings["employee_id"] != "012"].to_csv(company / "ratings.csv", index=False)
    assert calibrate("run", company / "cycle.yaml", "--out", tmp_path) == 0
    agenda = pd.read_csv(tmp_path / "latest/tables/agenda.csv", dtype=str)
    (reason,) = agenda.loc[agenda["employee_id"] == "012", "reason"]
    assert "nobody marked" in reason
    table = pd.read_csv(tmp_path / "latest/audit/tables/disparities.csv")
    counted = table[(table["measure"] == "selection_rate") & (table["attribute"] == "gender")]
    # Eleven were marked, all twelve have a proposal.
    assert counted.groupby("stage")["n"].sum().to_dict() == {
        "calibrated": 11, "proposed": 12, "raw": 11,
    }  # fmt: skip


def test_folder_in_the_place_of_the_link_is_explained(
    company: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    (tmp_path / "latest").mkdir()
    assert calibrate("audit", company / "cycle.yaml", "--out", tmp_path) == 7


def test_file_that_may_not_be_read_is_a_problem_not_a_bug(
    company: Path, calibrate: Calibrate, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(
        "calibrate.pipeline.opening.os.access", lambda path, mode: Path(path).name != "ratings.csv"
    )
    assert calibrate("check", company / "cycle.yaml") == 3
    assert "ratings.csv: you may not read this file" in capsys.readouterr().err
