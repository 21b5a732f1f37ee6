"""``calibrate link`` from end to end: what it asks, what it never overwrites, how it comes back."""

from __future__ import annotations

import errno
import fcntl
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from calibrate.cli.main import run_command
from calibrate.config import InputFile, load_cycle
from calibrate.errors import ExitCode
from calibrate.ingest.spreadsheet import SpreadsheetReader
from calibrate.link.sheets import FOR_PEOPLE, HEADER_ROW


def read_page(path: Path, name: str = "xl/worksheets/sheet1.xml") -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def test_before_any_further_mark_nobody_can_be_compared(company: Any) -> None:
    scores = company.run()
    assert (scores["link"].dropna().isin(["unlinked", "unrated"])).all()


def test_the_plan_joins_all_teams_with_one_pair_fewer_than_teams(company: Any) -> None:
    assert company.link() == ExitCode.DONE
    plan = company.plan()
    joined = plan[plan["components_after"] == "1"].iloc[0]
    assert int(joined["order"]) == company.n_teams - 1
    assert int(joined["people_linked_after"]) == company.n_people
    assert plan.groupby("rater_id").size().max() == 2
    own = plan["rater_id"] == plan["employee_id"].str[:2]
    assert not own.any()


def test_raters_mark_in_the_own_department_where_they_can(company: Any) -> None:
    company.link()
    plan = company.plan()
    step = plan[plan["step"] == "1"]
    # Two departments of three teams: one pair must cross, and one manager at the end of the
    # line is asked for somebody anywhere.
    assert step["why"].str.contains("same department").sum() >= len(step) - 2


def test_every_rater_of_the_plan_has_one_sheet_and_the_plan_names_it(company: Any) -> None:
    company.link()
    plan = company.plan()
    named = {company.links / name for name in plan["sheet"]}
    assert named == set(company.sheets())
    assert plan.groupby("sheet")["rater_id"].nunique().eq(1).all()


def test_sheets_hold_no_mark_score_or_person_beyond_those_asked_for(company: Any) -> None:
    company.link()
    plan = company.plan()
    for path in company.sheets():
        mine = plan[plan["sheet"] == f"sheets/{path.name}"]
        texts = read_page(path, "xl/sharedStrings.xml")
        everybody = {
            f"Person {team}-{k}" for team in range(company.n_teams) for k in range(company.size)
        }
        assert {name for name in everybody if f">{name}<" in texts} == set(mine["employee"])
        assert "score" not in texts.lower()
        # The cells to fill are there and hold nothing.
        cells = re.findall(r'<c r="E(\d+)"([^>]*)>', read_page(path))
        answers = [rest for row, rest in cells if int(row) > HEADER_ROW]
        assert len(answers) == 2 * len(mine)
        assert all(rest.endswith("/") for rest in answers)


def test_each_cell_takes_the_marks_of_its_scale_only(company: Any) -> None:
    company.link()
    page = read_page(company.sheets()[0])
    n_questions = 2 * len(company.plan().query(f"sheet == 'sheets/{company.sheets()[0].name}'"))
    assert page.count("<dataValidation ") == n_questions
    assert page.count('<formula1>"1,2,3,4,5"</formula1>') == n_questions


def test_filled_workbooks_are_read_back_and_link_the_teams(company: Any) -> None:
    company.link()
    for path in company.sheets():
        company.fill_workbook(path, lambda row: str(2 + row % 3))
    company.add_part((company.links / "add-to-cycle.yaml").read_text(encoding="utf-8"))
    scores = company.run().dropna(subset="raw_score")
    assert len(scores) == company.n_people
    assert scores["link"].isin(["linked", "weak"]).all()
    assert scores["component"].nunique() == 1


def test_a_half_filled_table_is_read_back_and_blanks_are_not_answered(company: Any) -> None:
    company.link()
    # Two rows a form: every fourth form stays blank.
    company.fill_table(company.links / "sheet.csv", lambda n: "" if n // 2 % 4 == 3 else "4")
    company.add_part('- file: "out/link/lines/sheet.csv"')
    scores = company.run().dropna(subset="raw_score")
    asked = len(company.plan())
    assert scores["n_forms"].sum() == company.n_people + asked - asked // 4
    assert scores["link"].isin(["linked", "weak"]).mean() > 0.5


def test_the_same_plan_leaves_filled_sheets_alone(
    company: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    company.link()
    path = company.sheets()[0]
    company.fill_workbook(path, lambda _: "3")
    filled = path.read_bytes()
    assert company.link() == ExitCode.DONE
    assert path.read_bytes() == filled
    assert "1 file changed since" in " ".join(capsys.readouterr().out.split())


def test_another_plan_is_refused_over_a_filled_sheet_and_nothing_is_touched(
    company: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    company.link()
    company.fill_table(company.links / "sheet.csv", lambda n: "5" if n == 0 else "")
    before = {path: path.read_bytes() for path in company.links.rglob("*") if path.is_file()}
    assert company.link("--marks", "1") == ExitCode.INPUT
    after = {path: path.read_bytes() for path in company.links.rglob("*") if path.is_file()}
    assert before == after
    assert "sheet.csv" in capsys.readouterr().err
    assert sorted(p.name for p in company.links.parent.iterdir()) == ["lines"]


def test_an_untouched_plan_gives_way_to_another(company: Any) -> None:
    company.link()
    assert company.link("--marks", "1") == ExitCode.DONE
    assert company.plan().groupby("rater_id").size().max() == 1


def test_a_full_disk_leaves_the_old_plan_whole(
    company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.link()
    before = {path: path.read_bytes() for path in company.links.rglob("*") if path.is_file()}

    def fill_disk(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("calibrate.link.make.encode_ratings", fill_disk)
    assert company.link("--marks", "1") == ExitCode.DISK
    after = {path: path.read_bytes() for path in company.links.rglob("*") if path.is_file()}
    assert before == after
    assert sorted(p.name for p in company.links.parent.iterdir()) == ["lines"]


def test_an_interrupted_change_of_plans_is_put_back(company: Any) -> None:
    company.link()
    company.fill_table(company.links / "sheet.csv", lambda _: "4")
    company.links.rename(company.links.with_name(".replaced-lines"))
    assert company.link() == ExitCode.DONE
    assert ",4" in (company.links / "sheet.csv").read_text(encoding="utf-8")


def test_a_busy_folder_is_told(company: Any) -> None:
    company.out.mkdir()
    with (company.out / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert company.link() == ExitCode.BUSY


def test_shuffled_rows_give_the_same_bytes(
    company: Any, tmp_path: Path, write_company: Any
) -> None:
    company.link()
    (tmp_path / "second").mkdir()
    other = write_company(tmp_path / "second")
    for name in ("employees.csv", "ratings.csv"):
        head, *rows = (other.folder / name).read_text(encoding="utf-8").splitlines()
        text = "\n".join([head, *reversed(rows)]) + "\n"
        (other.folder / name).write_text(text, encoding="utf-8")
    other.link()
    assert (other.links / "written.json").read_bytes() == (
        company.links / "written.json"
    ).read_bytes()


def test_a_cycle_whose_sources_lack_other_is_told_what_to_add(
    company: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    company.change("seed: 11", "seed: 11\nsources: {manager: {weight: 2}}")
    assert company.link() == ExitCode.DONE
    assert "other: {weight: 1}" in capsys.readouterr().out


def test_labels_of_a_scale_are_offered_and_read_back(company: Any) -> None:
    labels = {n: f"Level {n}, of five" for n in range(1, 6)}
    listed = ", ".join(f'"{text}": {n}' for n, text in labels.items())
    scale = f'scales:\n  words: {{version: 1, marks: {{{listed}}}, nulls: ["Too new"]}}\n'
    company.change("rubrics:", scale + "rubrics:")
    company.change("{file: ratings.csv}", "{file: ratings.csv, scale: words}")
    ratings = company.folder / "ratings.csv"
    head, *rows = ratings.read_text(encoding="utf-8").splitlines()
    named = [f'{row.rpartition(",")[0]},"{labels[int(row[-1])]}"' for row in rows]
    ratings.write_text("\n".join([head, *named]) + "\n", encoding="utf-8")
    assert company.link() == ExitCode.DONE
    page = read_page(company.sheets()[0])
    assert "'Scale 1'!$A$1:$A$6" in page
    offered = read_page(company.sheets()[0], "xl/sharedStrings.xml")
    assert all(f">{text}<" in offered for text in [*labels.values(), "Too new"])
    said = (company.links / "add-to-cycle.yaml").read_text(encoding="utf-8")
    assert '\n  scale: "words"\n' in said
    table = company.links / "sheet.csv"
    company.fill_table(table, lambda n: "Too new" if n % 8 < 2 else labels[3])
    company.change(
        "    - {file: ratings.csv, scale: words}\n",
        "    - {file: ratings.csv, scale: words}\n"
        '    - {file: "out/link/lines/sheet.csv", scale: words}\n',
    )
    scores = company.run().dropna(subset="raw_score")
    assert scores["link"].isin(["linked", "weak"]).any()


def test_ids_come_back_as_they_were(company: Any) -> None:
    company.link()
    part = InputFile(file="sheet.xlsx", header_row=HEADER_ROW, ignore=FOR_PEOPLE)
    reader = SpreadsheetReader(company.sheets()[0], "sheet.xlsx", part)
    header = reader.read_header()
    wanted = tuple(header.index(name) for name in ("employee_id", "rater_id", "source"))
    first = next(iter(reader.chunks(wanted))).columns
    plan = company.plan()
    mine = plan[plan["sheet"] == f"sheets/{company.sheets()[0].name}"]
    assert set(first[0]) == set(mine["employee_id"])
    assert set(first[1]) == set(mine["rater_id"])
    assert set(first[2]) == {"other"}


def test_a_company_that_is_linked_is_told_so_and_gets_no_folder(
    sample_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["link", str(sample_data / "cycle.yaml"), "--out", str(tmp_path)]) == 0
    assert "No further mark is needed" in capsys.readouterr().out
    assert not (tmp_path / "link").exists()


def test_a_cycle_without_adjustment_asks_nobody(
    company: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    company.change("seed: 11", "seed: 11\neffects: {model: none}")
    assert company.link() == ExitCode.DONE
    assert "model: none" in capsys.readouterr().out
    assert not company.links.exists()


def test_before_anybody_has_marked_there_is_nothing_to_plan(
    company: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (company.folder / "ratings.csv").write_text(
        "employee_id,rater_id,source,criterion,mark\n000,00,manager,delivery,\n"
    )
    assert company.link() == ExitCode.DONE
    assert "Nobody has marked anybody yet" in capsys.readouterr().out


def test_json_says_what_each_step_gives(company: Any, capsys: pytest.CaptureFixture[str]) -> None:
    company.link("--json")
    said = json.loads(capsys.readouterr().out)
    assert [step["step"] for step in said["steps"]] == [0, 1, 2]
    assert [step["n_components"] for step in said["steps"]] == [company.n_teams, 1, 1]
    assert said["steps"][0]["mean_strength"] == 0
    assert said["steps"][1]["n_linked"] == company.n_people
    assert said["n_asked"] == company.n_teams
    # Everybody has the own manager's form; the plan gives some a second.
    asked = pd.read_csv(company.links / "plan.csv", dtype="string")["employee_id"].nunique()
    assert said["n_once"] == company.n_people - asked > 0
    # Two people of two criteria each, a minute a criterion.
    assert said["minutes"] == 4


@pytest.mark.parametrize("width", ["40", "80"])
def test_what_is_printed_fits_the_screen(
    company: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    width: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("COLUMNS", width)
    company.link()
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= int(width) for line in lines if str(company.out) not in line)


def test_faulty_ratings_are_listed_and_nothing_is_written(company: Any) -> None:
    ratings = company.folder / "ratings.csv"
    ratings.write_text(ratings.read_text(encoding="utf-8") + "000,00,manager,delivery,9\n")
    assert company.link() == ExitCode.INPUT
    assert not company.links.exists()


def test_the_cycle_file_of_the_second_part_loads_strictly(company: Any) -> None:
    company.link()
    company.add_part((company.links / "add-to-cycle.yaml").read_text(encoding="utf-8"))
    parts = load_cycle(company.cycle).inputs.parts("ratings")
    assert len(parts) == 2
    assert len(parts[1].files) == company.n_teams
