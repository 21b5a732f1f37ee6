"""``calibrate demo``: a folder that runs anywhere, the same for the same seed."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pandas as pd
import pytest
import yaml

from calibrate.cli.main import run_command


def make(folder: Path, *options: object) -> int:
    return run_command(["demo", str(folder), *map(str, options)])


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "company"
    assert make(folder, "--employees", 300, "--seed", 5) == 0
    return folder


def test_one_seed_gives_the_same_bytes_and_another_seed_other_people(
    company: Path, tmp_path: Path
) -> None:
    make(tmp_path / "again", "--employees", 300, "--seed", 5)
    make(tmp_path / "other", "--employees", 300, "--seed", 6)
    first, again, other = (contents(f) for f in (company, tmp_path / "again", tmp_path / "other"))
    assert first == again
    assert first.keys() == other.keys()
    same = {name for name in first if first[name] == other[name]}
    used = ("people-managers", "engineering", "sales", "customer-support", "operations")
    assert same == {"strategy.yaml", *(f"rubrics/{name}.yaml" for name in used)}


def test_every_id_of_every_table_is_one_of_the_employees(company: Path) -> None:
    known = {row["employee_id"] for row in read_rows(company / "employees.csv")}
    assert len(known) == 300
    for path in sorted(company.rglob("*.csv")):
        for row in read_rows(path):
            for column in ("employee_id", "rater_id", "manager_id", "proposed_by", "unit"):
                if path.stem != "goals" or column != "unit":
                    assert row.get(column, "") in known | {""}, (path.name, column)


def test_planted_raters_have_exactly_the_severity_the_plan_names(company: Path) -> None:
    plan = yaml.safe_load((company / "truth" / "planted.yaml").read_text(encoding="utf-8"))
    truth = {row["rater_id"]: row for row in read_rows(company / "truth" / "raters.csv")}
    assert sorted(one["severity"] for one in plan["raters"]) == [-20, 20, 20]
    for one in plan["raters"]:
        assert float(truth[one["rater_id"]]["severity"]) == one["severity"]
        assert truth[one["rater_id"]]["planted"] == "yes"
    assert sum(row["planted"] == "yes" for row in truth.values()) == 3


def test_rewards_roughly_follow_bands_and_history_has_two_cycles(company: Path) -> None:
    people = pd.read_csv(company / "employees.csv").set_index("employee_id")
    rewards = pd.read_csv(company / "rewards.csv").set_index("employee_id")
    rank = {"Below": 0, "Developing": 1, "Meets": 2, "Exceeds": 3, "Outstanding": 4}
    both = rewards.join(people["proposed_band"].map(rank)).dropna()
    # Steps between bands are at least one percent, noise 0.6.
    assert both["merit_percent"].corr(both["proposed_band"], method="spearman") > 0.7
    history = pd.read_csv(company / "history.csv")
    assert set(history["cycle"]) == {"2025-H2", "2026-H1"}
    assert not history.duplicated(["cycle", "employee_id"]).any()


@pytest.mark.parametrize("size", [12, 1000])
def test_the_smallest_company_and_a_larger_one_pass_the_check(
    size: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(tmp_path / "company", "--employees", size) == 0
    assert run_command(["check", str(tmp_path / "company")]) == 0, capsys.readouterr().err


def test_ratings_as_parquet_say_the_same_as_csv(company: Path, tmp_path: Path) -> None:
    make(tmp_path / "p", "--employees", 300, "--seed", 5, "--format", "parquet")
    typed = pd.read_parquet(tmp_path / "p" / "ratings.parquet")
    texts = pd.read_csv(company / "ratings.csv", dtype=str)
    assert typed["employee_id"].tolist() == texts["employee_id"].tolist()
    marks = texts["mark"].astype(float)
    assert typed["mark"].isna().tolist() == marks.isna().tolist()
    assert typed["mark"].dropna().tolist() == marks.dropna().tolist()
    assert "ratings.parquet" in (tmp_path / "p" / "cycle.yaml").read_text(encoding="utf-8")
    assert run_command(["check", str(tmp_path / "p")]) == 0


def test_an_outcome_nobody_serves_takes_its_weight_from_the_others(tmp_path: Path) -> None:
    plant = tmp_path / "plant.yaml"
    outcome = (
        '{id: second-market, title: "A \\"second\\" market", perspective: customer, weight: 10}'
    )
    plant.write_text(f"schema: 1\nunserved_outcomes: [{outcome}]\n", encoding="utf-8")
    assert make(tmp_path / "company", "--employees", 40, "--plant", plant) == 0
    text = (tmp_path / "company" / "strategy.yaml").read_text(encoding="utf-8")
    outcomes = {item["id"]: item for item in yaml.safe_load(text)["outcomes"]}
    assert outcomes["second-market"]["title"] == 'A "second" market'
    assert sum(item["weight"] for item in outcomes.values()) == 100
    # 90 points shared as 25 25 15 10 15 of 90: the planted one of the sample gives way.
    assert outcomes["grow-revenue"]["weight"] == 25
    assert "win-river-ports" not in outcomes
    goals = read_rows(tmp_path / "company" / "goals.csv")
    assert "second-market" not in {row["outcome"] for row in goals}
    assert sum(int(row["weight"]) for row in goals if row["kind"] == "company") == 90
    assert run_command(["check", str(tmp_path / "company")]) == 0


def test_a_folder_with_something_in_it_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("keep me", encoding="utf-8")
    assert make(tmp_path) == 7
    said = "is not empty and nothing was written; name a folder that is new or empty"
    assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert make(tmp_path / "mine.txt") == 7


def test_an_empty_folder_and_one_that_does_not_exist_are_filled(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "a" / "b"):
        assert make(folder, "--employees", 12) == 0
        assert (folder / "cycle.yaml").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "empty"]


def test_whoever_stands_in_an_empty_folder_finds_it_filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert make(Path("."), "--employees", 12) == 0
    # The folder one stands in, not another one of its name.
    assert "cycle.yaml" in os.listdir()
    assert not [name for name in os.listdir() if "unfinished" in name]


def test_a_wrong_plant_file_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant = tmp_path / "plant.yaml"
    plant.write_text("schema: 1\nseverities: [{rater: E9999, points: 5}]\n", encoding="utf-8")
    assert make(tmp_path / "company", "--plant", plant) == 3
    assert "plant.yaml row 2: severities[0].rater: 'E9999'" in capsys.readouterr().err
    assert make(tmp_path / "company", "--plant", tmp_path / "none.yaml") == 3
    assert [path.name for path in tmp_path.iterdir()] == ["plant.yaml"]


@pytest.mark.parametrize("size", [11, 1_000_001])
def test_sizes_out_of_range_are_a_matter_of_usage(tmp_path: Path, size: int) -> None:
    assert make(tmp_path / "company", "--employees", size) == 2


def test_it_says_what_was_written_and_what_to_type_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "our company"
    assert make(folder, "--employees", 60) == 0
    said = capsys.readouterr().out
    assert f"calibrate run '{folder}/cycle.yaml' --out out" in said
    assert "manager forms mark gender female by -10 points" in said
    assert make(tmp_path / "other", "--employees", 60, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rows"]["employees"] == 60
    assert told["planted"]["disparities"][0]["points"] == -10
