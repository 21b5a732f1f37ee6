"""docs/strategy.md: its strategy, goals and settings run as they stand, and its words are ours."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from calibrate.align.smart import RULES
from calibrate.cli.main import run_command
from calibrate.config import load_yaml

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "strategy.md").read_text(encoding="utf-8")
YAML = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
GOALS = re.findall(r"^```csv\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
#: Rows for the tables that section 6 of the page names.
TABLES = {
    "employees": "employee_id,manager_id,department\nE0001,,Office\nE0002,E0001,Office\n"
    "E0003,E0001,Office\nE0004,E0001,Sales\nE0005,E0001,Sales\n",
    "checkins": "employee_id,held_on\nE0004,2026-08-03\n",
    "feedback": "employee_id,given_on,kind,criterion\nE0004,2026-08-03,praise,overall\n",
    "rewards": "employee_id,merit_percent,bonus_percent,promoted\nE0004,2.5,8,no\n",
    "unit_measures": "unit,measure,value,as_of,cycle\nE0001,engagement,71,2026-11-30,2026-H2\n",
    "criterion_history": "cycle,employee_id,criterion,calibrated_score,se\n"
    "2026-H1,E0004,overall,55,4\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    strategy, setting = YAML
    (folder / "strategy.yaml").write_text(strategy, encoding="utf-8")
    (folder / "goals.csv").write_text(GOALS[0], encoding="utf-8")
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    marks = [
        f"{person},E0001,manager,overall,{mark}"
        for person, mark in zip(("E0002", "E0003", "E0004", "E0005"), (3, 4, 2, 3), strict=True)
    ]
    ratings = ["employee_id,rater_id,source,criterion,mark", *marks]
    (folder / "ratings.csv").write_text("\n".join(ratings) + "\n", encoding="utf-8")
    rubric = (ROOT / "rubrics" / "overall.yaml").read_text(encoding="utf-8")
    (folder / "overall.yaml").write_text(rubric, encoding="utf-8")
    written = re.findall(r"`((?:strategy: |goals: |criterion_history: )[^`]+)`", PAGE)
    named, *inputs = written
    assert len(written) == 3
    more = "\n  ".join(["inputs:", "employees: {file: employees.csv}", *inputs])
    setting = setting.replace("inputs:", more)
    head = 'schema: 1\ncycle: "2026-H2"\nstarts_on: 2026-07-01\nends_on: 2026-12-31\n'
    text = f"{head}{named}\nrubrics: [overall.yaml]\n{setting}"
    (folder / "cycle.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def tables(folder: Path) -> Path:
    out = folder / "out"
    command = ["run", str(folder / "cycle.yaml"), "--out", str(out), "--no-packets"]
    assert run_command(command) == 0
    return out / "latest" / "tables"


def test_a_folder_made_of_the_page_is_in_order(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["check", str(folder / "cycle.yaml")]) == 0, capsys.readouterr().err
    assert load_yaml(folder / "cycle.yaml", "cycle.yaml")["cadence"] == {"checkin_days": 30}


def test_key_results_and_versions_count_as_the_page_says(tables: Path) -> None:
    goals = pd.read_parquet(tables / "goals.parquet").set_index(["goal_id", "valid_from"])
    reached = goals["attainment"].groupby("goal_id").agg(list)
    # 3 of 4 ports and 2 of 2 resellers, half each: (0.75 + 1) / 2.
    assert reached["G3"] == [pytest.approx(0.875)]
    # 74 from 58 is 16 of 32; 79 is 21 of 22. Days in force: 92 of 184 each.
    assert reached["G4"] == pytest.approx([16 / 32, 21 / 22])
    assert goals.xs("G4", level="goal_id")["in_force"].tolist() == pytest.approx([0.5, 0.5])
    assert set(goals.index[~goals["counts"]].get_level_values(0)) == {"G3.1", "G3.2"}


def test_verdicts_changes_and_weights_by_days_are_those_of_the_page(tables: Path) -> None:
    coverage = pd.read_parquet(tables / "coverage.parquet").set_index("outcome")
    # 20 % for one half of the cycle each.
    assert coverage.loc[["faster-delivery", "safer-crossings"], "weight"].tolist() == [10, 10]
    assert coverage.loc["safer-crossings", "verdict"] == "unserved"
    shown = set(re.findall(r"^\| `(unserved|thin|over|served)` \| [a-z ]+ \|", PAGE, re.MULTILINE))
    assert set(coverage["verdict"]) <= shown == {"unserved", "thin", "over", "served"}
    changes = pd.read_parquet(tables / "strategy_changes.parquet")
    assert changes[["subject_id", "change"]].to_numpy().tolist() == [
        ["safer-crossings", "replaced"],
        ["G4", "retargeted"],
    ]


def test_the_table_of_an_earlier_run_will_do_as_scores_of_earlier_cycles(
    folder: Path, tables: Path, tmp_path: Path
) -> None:
    (source,) = re.findall(r"`(\{file: \.\./2026-H1/criterion_scores\.csv[^`]+)`", PAGE)
    here, earlier = tmp_path / "2026-H2", tmp_path / "2026-H1"
    shutil.copytree(folder, here, ignore=shutil.ignore_patterns("out"))
    earlier.mkdir()
    shutil.copyfile(tables / "criterion_scores.csv", earlier / "criterion_scores.csv")
    cycle = (here / "cycle.yaml").read_text(encoding="utf-8")
    changed = cycle.replace("criterion_history: {file: criterion_history.csv}",
                            f"criterion_history: {source}")  # fmt: skip
    assert changed != cycle
    (here / "cycle.yaml").write_text(changed, encoding="utf-8")
    assert run_command(["check", str(here / "cycle.yaml")]) == 0


def test_the_rules_of_the_page_are_those_of_the_program() -> None:
    section = PAGE.split("## 4.")[1].split("## 5.")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == RULES


def test_every_table_and_column_the_page_names_is_written(tables: Path) -> None:
    listed = json.loads((tables.parent / "datapackage.json").read_text(encoding="utf-8"))
    known = {Path(one["path"]).stem for one in listed["resources"]}
    named = set(re.findall(r"(?:Table |^- )`(\w+)`", PAGE, re.MULTILINE))
    assert len(named) >= 10
    assert named <= known
    words = {row["goal_type"] for row in csv.DictReader(GOALS[0].splitlines())}
    assert words == {"objective", "key_result", "kpi"}


def test_the_page_is_short_and_its_links_lead_somewhere() -> None:
    assert len(PAGE.splitlines()) <= 150
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
    assert (ROOT / "sample_data" / "truth" / "planted.yaml").is_file()
