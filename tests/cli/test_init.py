"""The folder of a first cycle: accepted once filled in, and proposals that say why."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
import yaml

from calibrate.config import COLUMNS, InputFile, load_cycle
from calibrate.errors import ExitCode
from calibrate.pipeline import compute_scores, prepare_cycle

Calibrate = Callable[..., int]
PRODUCTS = [
    "bamboohr", "cultureamp", "fifteenfive", "lattice", "quantumworkplace", "successfactors",
    "workday",
]  # fmt: skip
ID_COLUMNS = {"employee_id", "manager_id", "rater_id"}
DEFAULT_CRITERIA = ("results", "customer-focus", "reliability", "improvement", "working-together")


def fill(folder: Path, table: str, *rows: dict[str, str]) -> None:
    """Append rows below the header that stands in the file."""
    path = folder / f"{table}.csv"
    header = path.read_text(encoding="utf-8").strip().split(",")
    lines = [",".join(row.get(name, "") for name in header) for row in rows]
    assert all(set(row) <= set(header) for row in rows)
    path.write_text("\n".join([",".join(header), *lines]) + "\n", encoding="utf-8")


def fill_people(folder: Path) -> None:
    fill(
        folder, "employees",
        {"employee_id": "1", "name": "Ada"},
        {"employee_id": "2", "name": "Bo", "manager_id": "1", "hired_on": "2024-03-01"},
        {"employee_id": "3", "name": "Cy", "manager_id": "1"},
    )  # fmt: skip


def uncomment(folder: Path, start: str) -> None:
    path = folder / "cycle.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(f"# {start}") == 1
    path.write_text(text.replace(f"# {start}", start), encoding="utf-8")


def list_exports(root: Path, product: str) -> list[Path]:
    folder = root / "tests/exports" / product
    return sorted(path for path in folder.iterdir() if path.suffix in {".csv", ".xlsx"})


def test_new_folder_is_accepted_once_rows_are_filled_in(
    tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "cycle"
    assert calibrate("init", folder) == 0
    assert f"calibrate check {folder}" in capsys.readouterr().out
    fill_people(folder)
    form = {"rater_id": "1", "source": "manager", "mark": "3"}
    marks = [
        {"employee_id": person, "criterion": name, **form}
        for person in "23" for name in DEFAULT_CRITERIA
    ]  # fmt: skip
    fill(folder, "ratings", *marks)
    assert calibrate("check", folder, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["people"], told["forms"]) == (True, 3, 2)


def test_every_table_of_a_new_folder_is_accepted_once_filled_in(
    tmp_path: Path, calibrate: Calibrate
) -> None:
    folder = tmp_path / "cycle"
    assert calibrate("init", folder) == 0
    fill_people(folder)
    fill(folder, "ratings", {"employee_id": "2", "rater_id": "1", "source": "manager",
                             "criterion": "results", "mark": "4"})  # fmt: skip
    fill(folder, "attributes", {"employee_id": "2", "gender": "female"})
    fill(folder, "goals", {"goal_id": "G1", "title": "Answer sooner", "kind": "company",
                           "outcome": "keep-customers"})  # fmt: skip
    fill(folder, "assignments", {"employee_id": "2", "manager_id": "1", "kind": "line"})
    for table in ("attributes", "goals", "assignments"):
        uncomment(folder, f"{table}: ")
    assert calibrate("check", folder) == 0


def test_minimal_folder_takes_one_label_per_person_and_manager(
    tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "cycle"
    assert calibrate("init", folder, "--minimal") == 0
    fill_people(folder)
    fill(
        folder, "ratings",
        {"employee_id": "2", "rater_id": "1", "mark": "Exceeds"},
        {"employee_id": "3", "rater_id": "1", "mark": "Too new to rate"},
    )  # fmt: skip
    capsys.readouterr()
    assert calibrate("check", folder, "--json") == 0
    cycle = load_cycle(folder)
    scored = compute_scores(prepare_cycle(cycle))
    raw = dict(zip(scored.prepared.employees.ids, scored.effects.employees.raw, strict=True))
    # "Exceeds" is mark 4 of 1 to 5: 100 x 3 / 4.
    assert raw["2"] == 75
    assert cycle.bands.cuts_micro == tuple(int(cut * 1e6) for cut in (12.5, 37.5, 62.5, 87.5))
    assert not (folder / "strategy.yaml").exists()


@pytest.mark.parametrize("option", [(), ("--minimal",)])
def test_unfilled_folder_is_refused_with_the_file_to_fill(
    option: tuple[str, ...], tmp_path: Path, calibrate: Calibrate,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert calibrate("init", tmp_path / "cycle", *option) == 0
    assert calibrate("check", tmp_path / "cycle") == ExitCode.INPUT
    assert "employees.csv: there is no row below the header" in capsys.readouterr().err


def test_lines_in_comments_say_what_holds_without_them(
    tmp_path: Path, calibrate: Calibrate
) -> None:
    assert calibrate("init", tmp_path / "cycle") == 0
    before = load_cycle(tmp_path / "cycle")
    text = (tmp_path / "cycle/cycle.yaml").read_text(encoding="utf-8")
    front, _, commented = text.partition("# From here on")
    lines = commented.splitlines()[1:]
    shown = [line.removeprefix("# ") for line in lines if not line.startswith("# guideline")]
    path = tmp_path / "cycle/cycle.yaml"
    path.write_text(front + "\n".join(shown) + "\n", encoding="utf-8")
    after = load_cycle(tmp_path / "cycle")
    assert len(after.model_fields_set) > len(before.model_fields_set) + 9
    # A unit is chosen by the data where the key is absent; the line names none either.
    assert after == before


def test_readme_explains_every_column_of_every_table(tmp_path: Path, calibrate: Calibrate) -> None:
    assert calibrate("init", tmp_path / "cycle") == 0
    text = (tmp_path / "cycle/README.md").read_text(encoding="utf-8")
    for table in ("employees", "ratings", "goals", "assignments"):
        section = text.partition(f"## {table}.csv")[2].partition("\n## ")[0]
        explained = re.findall(r"^\| \**(\w+)\** \| (.+) \|$", section, flags=re.MULTILINE)
        assert [name for name, _ in explained if name != "column"] == list(COLUMNS[table])
        assert "The attribute, in your words." not in section


def test_folder_that_holds_something_is_left_alone(
    tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert calibrate("init", tmp_path) == ExitCode.DISK
    assert "is not empty and nothing was written" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_export_that_cannot_be_read_is_named_and_nothing_is_written(
    tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old.xls").write_bytes(b"x")
    missing, old = tmp_path / "missing.csv", tmp_path / "old.xls"
    assert calibrate("init", tmp_path / "cycle", "--from", missing, old) == ExitCode.INPUT
    said = capsys.readouterr().err
    assert "missing.csv: there is no such file" in said
    assert "the ending of 'old.xls' is not known" in said
    assert not (tmp_path / "cycle").exists()


def test_file_without_from_is_a_question_of_usage(tmp_path: Path, calibrate: Calibrate) -> None:
    assert calibrate("init", tmp_path / "cycle", "a.csv") == ExitCode.USAGE


def list_ids(parts: tuple[InputFile, ...]) -> set[tuple[str, str, str]]:
    """File, their column and ours, for the columns that tell people apart."""
    return {
        (Path(name).name, theirs, ours)
        for part in parts for name in part.files
        for theirs, ours in part.ours if ours in ID_COLUMNS
    }  # fmt: skip


@pytest.mark.parametrize("product", PRODUCTS)
def test_proposal_finds_tables_and_id_columns_of_each_product(
    product: str, root: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    written = load_cycle(root / "tests/exports" / product)
    assert calibrate("init", tmp_path / "new", "--from", *list_exports(root, product)) == 0
    answer_open_questions(tmp_path / "new", root / "tests/exports" / product)
    proposed = load_cycle(tmp_path / "new")
    for table in COLUMNS:
        found, expected = proposed.inputs.parts(table), written.inputs.parts(table)
        assert list_ids(found) == list_ids(expected)
        assert len(found) == len(expected)


@pytest.mark.parametrize("product", PRODUCTS)
def test_answered_proposal_scores_as_the_written_mapping(
    product: str, root: Path, tmp_path: Path, calibrate: Calibrate
) -> None:
    exports = root / "tests/exports" / product
    assert calibrate("init", tmp_path / "new", "--from", *list_exports(root, product)) == 0
    assert calibrate("check", tmp_path / "new") == ExitCode.INPUT
    answer_open_questions(tmp_path / "new", exports)
    scores = []
    for folder in (exports, tmp_path / "new"):
        scored = compute_scores(prepare_cycle(load_cycle(folder)))
        raw = pd.Series(scored.effects.employees.raw, list(scored.prepared.employees.ids))
        scores.append(raw.dropna())
    assert len(scores[0]) >= 14
    pd.testing.assert_series_equal(*scores, check_exact=False, rtol=1e-12)


def answer_open_questions(folder: Path, written: Path) -> None:
    """Fill in marks, null labels, the scale and weights, as the written mapping has them."""
    cycle = yaml.safe_load((written / "cycle.yaml").read_text(encoding="utf-8"))
    path = folder / "cycle.yaml"
    text = path.read_text(encoding="utf-8")
    for scale in cycle.get("scales", {}).values():
        for label, mark in scale["marks"].items():
            text = re.sub(rf'# ("{re.escape(label)}"): \?', rf"\1: {mark}", text)
    text = text.replace("# nulls:", "nulls:").replace("# leave_out:", "leave_out:")
    path.write_text(text, encoding="utf-8")
    rubric = folder / "rubrics/reviews.yaml"
    if rubric.exists():
        text = rubric.read_text(encoding="utf-8").replace("# scale:", "scale:")
        for criterion in yaml.safe_load((written / "rubric.yaml").read_text("utf-8"))["criteria"]:
            label = re.escape(f'"{criterion["label"]}"')
            text = re.sub(rf"({label}\n    weight:) \d+", rf"\1 {criterion['weight']}", text)
        rubric.write_text(text, encoding="utf-8")


def test_every_proposed_entry_says_why(root: Path, tmp_path: Path, calibrate: Calibrate) -> None:
    for product in PRODUCTS:
        assert calibrate("init", tmp_path / product, "--from", *list_exports(root, product)) == 0
        text = (tmp_path / product / "cycle.yaml").read_text(encoding="utf-8")
        inputs = text.partition("\ninputs:")[2].partition("\n# scales")[0].partition("\nscales")[0]
        entries = [line for line in inputs.splitlines() if re.match(r'\s+(- )?"', line)]
        assert len(entries) > 8
        assert [line for line in entries if "# proposed: because " not in line] == []


def test_attributes_are_named_and_their_values_never_read(
    root: Path, tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate("init", tmp_path / "new", "--from", *list_exports(root, "bamboohr")) == 0
    texts = [p.read_text(encoding="utf-8") for p in (tmp_path / "new").rglob("*") if p.is_file()]
    told = "".join([*texts, capsys.readouterr().out])
    assert "The files hold attributes: Gender, Ethnicity, Birth Date" in told
    assert '- "Gender"' in told
    assert not re.search(r"Non-binary|\bFemale\b|03/01/1970", told)


def test_days_that_fit_two_patterns_are_left_to_a_person(
    tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    people = tmp_path / "people.csv"
    people.write_text(
        "Employee ID,Name,Manager ID,Hire Date\n1,Ada,,01/02/2024\n2,Bo,1,03/04/2024\n"
    )
    assert calibrate("init", tmp_path / "new", "--from", people, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert "people.csv: how are days written? see dates" in told["open"]
    text = (tmp_path / "new/cycle.yaml").read_text(encoding="utf-8")
    assert '# dates: "%d/%m/%Y"' in text
    assert '# dates: "%m/%d/%Y"' in text
    assert not re.search(r"^ *dates:", text, flags=re.MULTILINE)


def test_unknown_relationship_is_left_to_a_person(
    tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ["Reviewee ID,Reviewer ID,Relationship,Question,Rating"]
    rows += [f"{n},9,{who},Q{q},{3 + q}" for n in (1, 2) for q in (0, 1)
             for who in ("Manager", "Dotted line")]  # fmt: skip
    (tmp_path / "r.csv").write_text("\n".join(rows) + "\n")
    assert calibrate("init", tmp_path / "new", "--from", tmp_path / "r.csv", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert "r.csv: what is 'Dotted line' in Relationship? see values, source" in told["open"]
    text = (tmp_path / "new/cycle.yaml").read_text(encoding="utf-8")
    assert '"Manager": manager' in text
    assert '# "Dotted line": ?' in text


def test_names_and_labels_cannot_leave_their_quotes(tmp_path: Path, calibrate: Calibrate) -> None:
    label = 'Good"\nseed: 7 # \x1b[31m'
    book = xlsxwriter.Workbook(str(tmp_path / "r.xlsx"))
    sheet = book.add_worksheet("A 'sheet' #1")
    sheet.write_row(0, 0, ["Reviewee ID", "Reviewer ID", "Type: \n#x", "Question", "Rating"])
    for at in range(1, 9):
        answer = label if at % 2 else "5 - Great"
        sheet.write_row(at, 0, [f"{at}", "9", "a\tb", f"Q{at % 2}", answer])
    book.close()
    assert calibrate("init", tmp_path / "new", "--from", tmp_path / "r.xlsx") == 0
    text = (tmp_path / "new/cycle.yaml").read_text(encoding="utf-8")
    assert "\x1b" not in text
    raw = yaml.safe_load(text)
    assert "seed" not in raw
    assert raw["inputs"]["ratings"]["sheet"] == "A 'sheet' #1"
    assert raw["scales"]["labels"]["marks"] == {"5 - Great": 5}


def test_own_format_needs_no_mapping(company: Path, tmp_path: Path, calibrate: Calibrate) -> None:
    files = [company / f"{name}.csv" for name in ("employees", "ratings", "attributes")]
    assert calibrate("init", tmp_path / "new", "--from", *files) == 0
    rubric = tmp_path / "new/rubrics/reviews.yaml"
    text = rubric.read_text(encoding="utf-8")
    rubric.write_text(text.replace("# scale:", "scale:"), encoding="utf-8")
    assert calibrate("check", tmp_path / "new") == 0
    inputs = load_cycle(tmp_path / "new").inputs
    assert not any(part.columns for table in COLUMNS for part in inputs.parts(table))
    assert [t for t in type(inputs).model_fields if inputs.has(t)] == [
        "ratings", "employees", "attributes",
    ]  # fmt: skip


def test_bands_are_the_labels_where_each_has_a_mark(tmp_path: Path, calibrate: Calibrate) -> None:
    labels = ["1 - Low", "2 - Fair", "3 - Good", "4 - High", "5 - Top", "Too new to rate"]
    rows = [f"{n},{n + 20},{label}" for n, label in enumerate(labels * 3)]
    text = "\n".join(["Employee ID,Manager ID,Manager Rating", *rows]) + "\n"
    (tmp_path / "reviews.csv").write_text(text)
    folder = tmp_path / "folder"
    assert calibrate("init", folder, "--from", tmp_path / "reviews.csv") == 0
    told = yaml.safe_load((folder / "cycle.yaml").read_text())
    assert told["bands"]["labels"] == ["Low", "Fair", "Good", "High", "Top"]


def test_folder_asks_for_what_is_still_open_in_its_words(
    root: Path, tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "folder"
    assert calibrate("init", folder, "--from", *list_exports(root, "lattice")) == 0
    assert f"cycle.yaml and {folder / 'rubrics' / 'reviews.yaml'}" in capsys.readouterr().out
    assert calibrate("check", folder) == ExitCode.INPUT
    assert "no label has a mark yet" in capsys.readouterr().err
    uncomment(folder, '"Meets expectations": ?')
    path = folder / "cycle.yaml"
    path.write_text(path.read_text().replace('"Meets expectations": ?', '"Meets expectations": 3'))
    assert calibrate("check", folder) == ExitCode.INPUT
    told = " ".join(capsys.readouterr().err.split())
    assert "scale: the key is missing; write the lowest and highest mark" in told


def test_column_beside_attributes_is_asked_about(
    tmp_path: Path, calibrate: Calibrate, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("Employee ID,Gender,Speaks French\n1,x,yes\n2,y,no\n")
    assert calibrate("init", tmp_path / "new", "--from", tmp_path / "a.csv", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["tables"] == {"attributes": ["a.csv"]}
    asked = "a.csv: is Speaks French an attribute? if not, list it under ignore"
    assert asked in told["open"]
    assert told["not_used"] == []
