"""``calibrate check``: a summary first, and a list to mend by."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

Calibrate = Callable[..., int]
Captured = pytest.CaptureFixture[str]
FIRST = "001,008,peer,delivery,4"


def change(company: Path, file: str, old: str, new: str) -> None:
    text = (company / file).read_text()
    assert old in text
    (company / file).write_text(text.replace(old, new))


@pytest.fixture
def spoiled(company: Path) -> Path:
    """Folder of a company with 5 marks of 9, one misspelt employee, one short row."""
    lines = (company / "ratings.csv").read_text().splitlines()
    assert lines[1] == FIRST
    lines[1] = "0O1,008,peer,delivery,4"
    lines[4:9] = [line[:-1] + "9" for line in lines[4:9]]
    lines.append("004,009,peer")
    (company / "ratings.csv").write_text("\n".join(lines) + "\n")
    return company


def test_company_in_order_is_ready(company: Path, calibrate: Calibrate, capsys: Captured) -> None:
    assert calibrate("check", company / "cycle.yaml") == 0
    told = capsys.readouterr()
    assert "4 files of cycle.yaml" in told.out
    assert "12  people" in told.out
    assert told.out.endswith("Ready to run.\n")
    assert told.err == ""


def test_summary_says_what_was_read_then_each_rule_by_its_count(
    spoiled: Path, calibrate: Calibrate, capsys: Captured
) -> None:
    assert calibrate("check", spoiled / "cycle.yaml") == 3
    told = capsys.readouterr()
    assert "ratings.csv" in told.out
    assert "12  people" in told.out
    assert "Ready" not in told.out
    blocks = told.err.strip().split("\n\n")
    assert blocks[0].startswith("7 errors")
    assert blocks[1].splitlines() == [
        "5 errors: a mark lies outside the rubric's scale (mark_out_of_scale)",
        "  ratings.csv row 5: criterion 'quality' has mark 9; rubric.yaml allows 1 to 5",
        "  ratings.csv row 6: criterion 'delivery' has mark 9; rubric.yaml allows 1 to 5",
        "  ratings.csv row 7: criterion 'quality' has mark 9; rubric.yaml allows 1 to 5",
        "  … and 2 more in ratings.csv",
    ]
    assert "ratings.csv row 2: employee_id '0O1' is unknown; did you mean '001'?" in told.err


def test_without_out_nothing_is_written(spoiled: Path, calibrate: Calibrate) -> None:
    before = sorted(spoiled.rglob("*"))
    assert calibrate("check", spoiled / "cycle.yaml") == 3
    assert sorted(spoiled.rglob("*")) == before


def test_out_gets_every_problem_and_a_later_success_takes_it_away(
    spoiled: Path, tmp_path: Path, calibrate: Calibrate, capsys: Captured
) -> None:
    out = tmp_path / "list"
    assert calibrate("check", spoiled / "cycle.yaml", "--out", out) == 3
    told = capsys.readouterr().err
    assert str(out / "problems.csv") in told
    assert str(out / "problems.xlsx") in told
    with (out / "problems.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["row"] for row in rows if row["level"] == "error"] == [
        "2", "5", "6", "7", "8", "9", str(len((spoiled / "ratings.csv").read_text().splitlines())),
    ]  # fmt: skip
    assert rows[-1]["content"] == "004 | 009 | peer"

    lines = (spoiled / "ratings.csv").read_text().splitlines()[:-1]
    lines[1] = FIRST
    lines[4:9] = [line[:-1] + "3" for line in lines[4:9]]
    (spoiled / "ratings.csv").write_text("\n".join(lines) + "\n")
    assert calibrate("check", spoiled / "cycle.yaml", "--out", out) == 0
    assert not list(out.glob("problems.*"))


def test_stopped_run_names_the_lists_and_a_good_one_takes_them_away(
    spoiled: Path, tmp_path: Path, calibrate: Calibrate, capsys: Captured
) -> None:
    out = tmp_path / "out"
    arguments = ("run", spoiled / "cycle.yaml", "--out", out, "--no-packets")
    assert calibrate(*arguments) == 3
    told = capsys.readouterr().err
    assert "calibrate: 7 problems; nothing was scored" in told
    assert str(out / "problems.xlsx") in told
    assert (out / "problems.csv").is_file()
    with (spoiled / "cycle.yaml").open("a") as stream:
        stream.write("on_problem: quarantine\n")
    assert calibrate(*arguments) == 0
    assert not list(out.glob("problems.*"))


def test_json_holds_every_problem_and_the_counts(
    spoiled: Path, calibrate: Calibrate, capsys: Captured
) -> None:
    assert calibrate("check", spoiled / "cycle.yaml", "--json") == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["errors"], told["people"]) == (False, 7, 12)
    assert told["rules"][0] == {
        "rule": "mark_out_of_scale", "level": "error", "count": 5, "files": ["ratings.csv"],
    }  # fmt: skip
    errors = [p for p in told["problems"] if p["level"] == "error"]
    assert len(errors) == 7
    assert {p["rule"] for p in errors} == {"mark_out_of_scale", "unknown_employee", "ragged_row"}
    assert errors[0]["file"] == "ratings.csv"


def test_what_follows_from_another_fault_comes_after_it(
    company: Path, calibrate: Calibrate, capsys: Captured
) -> None:
    with (company / "employees.csv").open("a") as stream:
        stream.write("004,Person 004,,A,L1\n")
    assert calibrate("check", company / "cycle.yaml", "--json") == 3
    rules = [rule["rule"] for rule in json.loads(capsys.readouterr().out)["rules"]]
    # Two rows are at fault; the marks of that person, many more, only follow.
    assert rules[:2] == ["duplicate_id", "employee_left_out"]


@pytest.mark.parametrize(("delimiter", "written"), [(";", ";"), ("\t", "\\t"), ("|", "|")])
def test_another_delimiter_is_one_fault_and_named(
    company: Path, calibrate: Calibrate, capsys: Captured, delimiter: str, written: str
) -> None:
    change(company, "ratings.csv", ",", delimiter)
    assert calibrate("check", company / "cycle.yaml") == 3
    told = " ".join(capsys.readouterr().err.split())
    assert told.startswith("1 error 1 error")
    assert f'delimiter: "{written}"' in told


def test_a_file_without_any_declared_column_is_one_fault(
    company: Path, calibrate: Calibrate, capsys: Captured
) -> None:
    change(
        company, "cycle.yaml", "{file: ratings.csv}",
        "{file: ratings.csv, columns: {Whom: employee_id, Who: rater_id, As: source}}",
    )  # fmt: skip
    assert calibrate("check", company / "cycle.yaml") == 3
    told = " ".join(capsys.readouterr().err.split())
    assert told.startswith("1 error 1 error")
    assert "the row begins 'employee_id', 'rater_id', 'source'" in told


def test_column_that_is_there_already_is_not_suggested(
    company: Path, calibrate: Calibrate, capsys: Captured
) -> None:
    change(company, "ratings.csv", "criterion,mark", "criterion,Score")
    assert calibrate("check", company / "cycle.yaml") == 3
    told = " ".join(capsys.readouterr().err.split())
    assert "the column mark is missing" in told
    assert "did you mean 'source'" not in told


def test_json_of_thousands_of_problems_is_one_document(
    company: Path, calibrate: Calibrate, capsys: Captured
) -> None:
    with (company / "ratings.csv").open("a") as stream:
        stream.writelines(f"X{n},008,peer,delivery,4\n" for n in range(2500))
    assert calibrate("check", company / "cycle.yaml", "--json") == 3
    told = json.loads(capsys.readouterr().out)
    assert [p["value"] for p in told["problems"]] == [f"X{n}" for n in range(2500)]


def test_cycle_that_cannot_be_read_is_told_with_its_key(
    company: Path, tmp_path: Path, calibrate: Calibrate, capsys: Captured
) -> None:
    change(company, "cycle.yaml", "packets:", "packages:")
    assert calibrate("check", company / "cycle.yaml", "--out", tmp_path / "list") == 3
    assert "did you mean 'packets'?" in capsys.readouterr().err
    with (tmp_path / "list" / "problems.csv").open(newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["content"] == "packages: [session, audit]"


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_every_line_fits_the_terminal(
    spoiled: Path, columns: int, calibrate: Calibrate, capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("COLUMNS", str(columns))
    assert calibrate("check", spoiled / "cycle.yaml") == 3
    told = capsys.readouterr()
    said = [line for line in (told.out + told.err).splitlines() if str(spoiled) not in line]
    assert max(map(len, said)) <= columns


def test_value_of_an_attribute_is_in_no_list(
    company: Path, tmp_path: Path, calibrate: Calibrate, capsys: Captured
) -> None:
    change(company, "attributes.csv", "004,m", "004,secret ")
    out = tmp_path / "list"
    assert calibrate("check", company / "cycle.yaml", "--out", out) == 3
    told = capsys.readouterr()
    assert "attributes.csv row 5" in told.err
    assert "secret" not in told.out + told.err
    assert "secret" not in (out / "problems.csv").read_text()
