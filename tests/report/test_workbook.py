"""The workbooks, as LibreOffice and another reader open them."""

from __future__ import annotations

import csv
import hashlib
import re
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from math import isnan
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from calibrate import tables
from calibrate.report import Material
from calibrate.report.workbook import books, sheets, write_calibration_workbook
from calibrate.report.workbook.people import PEOPLE, add_names, tabulate_people
from calibrate.tables import Column, Contract

Invent = Callable[..., Material]
NASTY = (
    '=HYPERLINK("http://x.example","click")', "=1+1", "+1-1", "-2", "@SUM(A1)", "\t=1",
    "<r><t>bold</t></r>", "_x0041_", "two\nlines", "https://x.example/", "mailto:a@x.example",
    "internal:'People'!A1", "007", "1e5", "TRUE", "2026-01-02", "12:30", "1/2", "'quoted",
    "<b>&amp;", " edge ", "日本語", "😀", "#REF!",
)  # fmt: skip
TRUTH = {"TRUE()", "FALSE()"}
#: More tables may stand between these; these stay.
SHEETS = (
    "Cover", "People", "Agenda", "Findings", "Distribution", "Raters", "Criterion scores",
    "Goals", "Forms", "Variance", "Problems", "Columns",
)  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """A workbook as written, saved again by LibreOffice, and shown by it."""

    ours: Path
    saved: Path
    shown: Path

    def read(self, sheet: str, *, again: bool = False) -> list[list[object]]:
        return read_sheet(self.saved if again else self.ours, sheet)

    def show(self, sheet: str) -> list[list[str]]:
        path = self.shown / f"{self.ours.stem}-{sheet}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))


def read_sheet(path: Path, sheet: str) -> list[list[object]]:
    book = CalamineWorkbook.from_path(path)
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def convert(paths: list[Path], into: Path, target: str) -> None:
    """Let LibreOffice open the files and save them in another format."""
    profile = (into / "profile").as_uri()
    call = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", target]
    call += ["--outdir", str(into), *map(str, paths)]
    done = subprocess.run(call, check=True, capture_output=True, text=True, timeout=120)
    assert "Error" not in done.stderr


def open_all(paths: list[Path], folder: Path) -> dict[str, Opened]:
    saved, shown = folder / "saved", folder / "shown"
    convert(paths, saved, "xlsx:Calc MS Excel 2007 XML")
    # Comma, quote, UTF-8, from row 1; cells as shown on screen; -1: every sheet.
    text = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,true,false,false,-1"
    convert(paths, shown, text)
    return {path.stem: Opened(path, saved / path.name, shown) for path in paths}


def make_nasty(material: Material) -> Material:
    """Put what a spreadsheet could misread into names and problems."""
    employees = material.employees.copy()
    employees["name"] = [NASTY[i % len(NASTY)] for i in range(len(employees))]
    problems = pd.DataFrame({
        "file": "ratings.csv", "row": range(2, 2 + len(NASTY)), "column": "mark", "rule": "x",
        "level": "error", "value": list(NASTY), "fix": "mend it",
    })  # fmt: skip
    frames = {**material.tables, "problems": tables.PROBLEMS.conform(problems)}
    return replace(material, employees=employees, tables=frames)


@pytest.fixture(scope="module")
def nasty(invent: Invent) -> Material:
    return make_nasty(invent())


@pytest.fixture(scope="module")
def opened(
    nasty: Material, run_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Opened]:
    folder = tmp_path_factory.mktemp("books")
    write_calibration_workbook(folder / "nasty.xlsx", nasty)
    paths = [
        folder / "nasty.xlsx",
        run_folder / "calibration.xlsx",
        run_folder / "audit/audit.xlsx",
    ]
    return open_all(paths, folder)


def assert_same_cells(found: list[list[object]], frame: pd.DataFrame) -> None:
    """Each cell is that of the table, an empty one where the table has none."""
    assert found[0] == list(frame.columns)
    assert len(found) - 1 == len(frame)
    for row, values in zip(found[1:], frame.itertuples(index=False), strict=True):
        for cell, value in zip(row, values, strict=True):
            if value is None or value is pd.NA or (isinstance(value, float) and isnan(value)):
                assert cell == ""
            elif isinstance(cell, date):
                assert cell.isoformat() == value
            elif isinstance(value, str | bool):
                assert cell == value
                assert type(cell) is type(value)
            else:
                assert float(cell) == pytest.approx(float(value), rel=1e-12)


@pytest.mark.parametrize("again", [False, True], ids=["as written", "saved by LibreOffice"])
@pytest.mark.parametrize(
    ("book", "table"),
    [("calibration", c.name) for c in (*tables.PUBLIC,) if c.name not in ("scores", "people")]
    + [("audit", name) for name in ("disparities", "findings", "groups", "problems")],
)
def test_each_sheet_has_the_cells_of_its_table(
    book: str, table: str, again: bool, opened: dict[str, Opened], run_folder: Path
) -> None:
    top = run_folder / "audit" if book == "audit" else run_folder
    frame = pd.read_parquet(top / "tables" / f"{table}.parquet").astype(object)
    found = opened[book].read(table.replace("_", " ").capitalize(), again=again)
    kept = [place for place, name in enumerate(found[0]) if name in frame.columns]
    rows = [[row[place] for place in kept] for row in found]
    ordered = ("band", "stage") if book == "audit" else ("band",)
    last = next((name for name in ordered if name in frame.columns), None)
    if last:  # bands in their order, and deciding stages first, instead of the alphabet's order
        names = list(frame.columns)
        key = list(tables.DISPARITIES.key) if last == "stage" else names[: names.index(last) + 1]
        frame = frame.sort_values(key, kind="stable")
        rows = [rows[0], *sorted(rows[1:], key=lambda row: tuple(map(str, row[: len(key)])))]
    assert_same_cells(rows, frame)


def test_the_lines_that_decide_come_first(opened: dict[str, Opened]) -> None:
    rows = opened["audit"].read("Disparities")
    assert rows[1][:2] == ["proposed", "selection_rate"]
    families = [row[rows[0].index("family")] for row in rows[1:]]
    n_primary = families.count("primary")
    single = [family for family in families if family != "exploratory"]
    assert single[:n_primary] == ["primary"] * n_primary


def test_sheets_of_the_audit_come_as_its_packet_is_read(opened: dict[str, Opened]) -> None:
    cells = [row[0] for row in opened["audit"].read("Cover")]
    sheets = cells[cells.index("Sheet") + 1 :]
    assert sheets[:4] == ["Findings", "Disparities", "Groups", "Dependence"]
    assert sheets[-1] == "Columns"
    assert all(len(str(name)) <= 31 for name in sheets)


@pytest.mark.parametrize("again", [False, True], ids=["as written", "saved by LibreOffice"])
def test_people_have_every_score_under_their_names(
    again: bool, opened: dict[str, Opened], run_folder: Path, sample_data: Path
) -> None:
    rows = opened["calibration"].read("People", again=again)
    people = pd.DataFrame(rows[1:], columns=rows[0]).set_index("Employee ID").sort_index()
    scores = pd.read_parquet(run_folder / "tables/scores.parquet").set_index("employee_id")
    staff = pd.read_csv(sample_data / "employees.csv", dtype=str, keep_default_na=False)
    staff = staff.set_index("employee_id").loc[people.index]
    assert people.index.tolist() == scores.index.tolist()
    assert people["Name"].tolist() == staff["name"].tolist()
    names = dict(zip(staff.index, staff["name"], strict=True)) | {"": ""}
    assert people["Manager"].tolist() == [names[m] for m in staff["manager_id"]]
    assert people["Level"].tolist() == staff["level"].tolist()
    for heading, column in (("Raw score", "raw_score"), ("Calibrated score", "calibrated_score"),
                            ("Pull", "pull"), ("High", "high"), ("Forms", "n_forms")):  # fmt: skip
        found = pd.to_numeric(people[heading].replace("", None))
        expected = scores[column].astype(float)
        assert found.to_numpy(float) == pytest.approx(expected.to_numpy(), rel=1e-12, nan_ok=True)
    order = [(row[0], row[1]) for row in rows[1:]]
    assert order == sorted(order)


def test_text_that_looks_like_a_formula_link_or_number_stays_text(
    opened: dict[str, Opened],
) -> None:
    for again in (False, True):
        rows = opened["nasty"].read("Problems", again=again)
        place = rows[0].index("value")
        assert sorted(str(row[place]) for row in rows[1:]) == sorted(NASTY)
        assert all(isinstance(row[place], str) for row in rows[1:])
        people = opened["nasty"].read("People", again=again)
        assert set(NASTY) <= {row[1] for row in people[1:]}


@pytest.mark.parametrize("book", ["nasty", "calibration", "audit"])
def test_no_cell_is_a_formula_and_links_stay_inside_the_workbook(
    book: str, opened: dict[str, Opened]
) -> None:
    for path in (opened[book].ours, opened[book].saved):
        with zipfile.ZipFile(path) as parts:
            for name in parts.namelist():
                if name.startswith("xl/worksheets/"):
                    text = parts.read(name).decode()
                    # LibreOffice saves a truth value as a call of one of these two.
                    formulas = set(re.findall("<f[^>]*>(.*?)</f>", text))
                    assert formulas <= (set() if path == opened[book].ours else TRUTH), name
                    assert "http://x.example" not in re.sub(r"<t[ >].*?</t>", "", text, flags=re.S)
            assert not [name for name in parts.namelist() if "externalLink" in name]


def test_readers_see_points_with_one_decimal_shares_as_percent_and_p_with_three_digits(
    opened: dict[str, Opened],
) -> None:
    def shown(sheet: str, column: str) -> list[str]:
        head, *rows = opened["nasty"].show(sheet)
        return [row[head.index(column)] for row in rows if row[head.index(column)]]

    assert [c for c in shown("People", "Raw score") if not re.fullmatch(r"\d+\.\d", c)] == []
    assert [c for c in shown("People", "How likely") if not re.fullmatch(r"\d+\.\d%", c)] == []
    assert shown("Variance", "variance") == ["100.0", "64.0", "81.0", "25.0"]
    assert shown("Variance", "share") == ["37.0%", "24.0%", "30.0%", "9.0%"]
    assert set(shown("Distribution", "p_value")) == {"0.0300"}
    assert all(cell.isdigit() for cell in shown("Distribution", "n"))


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.500"), (0.0345, "0.0345"), (0.00345, "3.45E-03"), (1.0, "1.000")]
)
def test_p_format_has_three_significant_digits(value: float, text: str) -> None:
    small, middle, large = sheets.choose_number_format(Column("p_value", "number", "")).split(";")
    digits = small if value < 0.01 else middle if value < 0.1 else large
    form = digits.rsplit("]", 1)[-1]
    decimals = len(form.split("E")[0]) - 2
    assert text == (f"{value:.{decimals}E}" if "E" in form else f"{value:.{decimals}f}")


def test_bands_come_from_low_to_high(opened: dict[str, Opened]) -> None:
    rows = opened["nasty"].read("Distribution")[1:]
    company = [row[3] for row in rows[:5]]
    assert company == ["Below", "Developing", "Meets", "Exceeds", "Outstanding"]


def test_sheets_have_stable_names_and_the_cover_links_to_each(opened: dict[str, Opened]) -> None:
    names = CalamineWorkbook.from_path(opened["nasty"].ours).sheet_names
    assert [name for name in names if name in SHEETS] == list(SHEETS)
    with zipfile.ZipFile(opened["nasty"].ours) as parts:
        cover = parts.read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r"location=\"'(.+?)'!A1\"", cover) == names[1:]


def test_cover_says_run_readers_and_that_a_finding_is_a_reason_to_look(
    opened: dict[str, Opened], run_folder: Path
) -> None:
    for book, whom in (("calibration", "For HR alone"), ("audit", "For auditors alone")):
        cells = [str(cell) for row in opened[book].read("Cover") for cell in row]
        assert run_folder.resolve().name.rsplit("-", 1)[-1] in " ".join(cells)
        assert "A finding is a reason to look." in cells
        assert any(cell.startswith(whom) for cell in cells)


def test_every_column_of_every_sheet_is_explained(opened: dict[str, Opened]) -> None:
    for book in ("calibration", "audit"):
        path = opened[book].ours
        told = {(row[0], row[1]): row[2] for row in opened[book].read("Columns")[1:]}
        assert all(told.values())
        for sheet in CalamineWorkbook.from_path(path).sheet_names[1:-1]:
            assert [c for s, c in told if s == sheet] == opened[book].read(sheet)[0]


def test_headings_are_frozen_and_filtered(opened: dict[str, Opened]) -> None:
    with zipfile.ZipFile(opened["nasty"].ours) as parts:
        for n in range(2, len(SHEETS) + 1):
            text = parts.read(f"xl/worksheets/sheet{n}.xml").decode()
            assert 'state="frozen"' in text
            assert "<autoFilter" in text


def test_workbook_for_hr_holds_no_attribute_and_no_figure_by_group(
    opened: dict[str, Opened], run_folder: Path, sample_data: Path
) -> None:
    attributes = pd.read_csv(sample_data / "attributes.csv", dtype=str, keep_default_na=False)
    groups = {v for name in attributes.columns[1:] for v in attributes[name]} - {""}
    words = {*attributes.columns[1:], *groups, "not stated"}
    path = opened["calibration"].ours
    for sheet in CalamineWorkbook.from_path(path).sheet_names:
        cells = {str(cell).lower() for row in read_sheet(path, sheet) for cell in row}
        assert not {word.lower() for word in words} & cells, sheet
        assert not [c for c in cells if "gender" in c or "ethnic" in c], sheet
    audit = {str(cell) for row in opened["audit"].read("Groups") for cell in row}
    assert groups <= audit  # the same search finds them where they belong


def test_same_tables_give_the_same_bytes_without_a_date_of_today(
    nasty: Material, tmp_path: Path
) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_calibration_workbook(tmp_path / name, nasty)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 31, 0, 0, 0)}
        assert f"{date.today():%Y-%m-%d}" not in parts.read("docProps/core.xml").decode()


def test_too_long_table_is_left_out_whole_and_the_cover_says_so(
    nasty: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 100)
    monkeypatch.setattr(books, "MOST_ROWS", 100)
    path = tmp_path / "small.xlsx"
    write_calibration_workbook(path, nasty)
    names = CalamineWorkbook.from_path(path).sheet_names
    assert "Forms" not in names
    assert "People" in names
    cells = [str(cell) for row in read_sheet(path, "Cover") for cell in row]
    n_forms = len(nasty.tables["forms"])
    line = f"Forms: {n_forms} rows are more than the 100 this workbook takes. "
    assert line + "They are whole in tables/forms.csv and .parquet." in cells
    assert "Forms (left out)" in cells


def test_text_longer_than_a_cell_is_cut_and_the_cover_says_so(
    nasty: Material, tmp_path: Path
) -> None:
    problems = nasty.tables["problems"].copy()
    problems.loc[0, "value"] = "x" * 40_000
    problems.loc[1, "value"] = "<r>" + "é" * 40_000 + "</r>"
    longer = replace(nasty, tables={**nasty.tables, "problems": problems})
    path = tmp_path / "long.xlsx"
    write_calibration_workbook(path, longer)
    cells = [str(cell) for row in read_sheet(path, "Cover") for cell in row]
    assert any(cell.startswith("Problems: 2 texts are longer than a cell") for cell in cells)


@pytest.mark.parametrize(
    "text", ["\r", "a\rb", "bell\x07", "_x000D_", "<r>", "<r></r>", "<r>half", "]]>", "x&#13;y"]
)
def test_odd_characters_and_markup_come_back_as_they_are(
    text: str, nasty: Material, tmp_path: Path
) -> None:
    problems = nasty.tables["problems"].assign(value=text)
    path = tmp_path / "odd.xlsx"
    write_calibration_workbook(path, replace(nasty, tables={**nasty.tables, "problems": problems}))
    rows = read_sheet(path, "Problems")
    assert {row[rows[0].index("value")] for row in rows[1:]} == {text}


def test_suggestion_follows_the_evidence(invent: Invent) -> None:
    """E004 has no proposal, E007 has one; E007's manager is E000, Søren Ødegård."""
    rows = {}
    for shown in ("never", "after_proposal", "always"):
        people = tabulate_people(invent(shown=shown)).set_index("Employee ID")
        rows[shown] = people.loc[["E004", "E007"], "Suggested band"].notna().tolist()
        assert people.loc["E007", "Manager"] == "Søren Ødegård"
        assert people.loc["E007", "Department"] == "Engineering"
        assert people.loc["E005", "Not rated because"] == "on leave"
    assert rows == {
        "never": [False, False], "after_proposal": [False, True], "always": [True, True],
    }  # fmt: skip


def test_reasons_tell_of_no_suggestion_that_waits(invent: Invent) -> None:
    """E004 has no proposal, E007 has one; both are on the agenda for the same two rules."""
    said = {}
    for shown in ("never", "after_proposal", "always"):
        people = tabulate_people(invent(shown=shown)).set_index("Employee ID")
        said[shown] = people.loc[["E004", "E007"], "Why"].tolist()
    veiled = "near a cut, or severity matters; the manager marks higher than peers"
    assert [reasons[0] == veiled for reasons in said.values()] == [True, True, False]
    assert said["never"][1].startswith("the proposal and the marks differ; ")
    assert said["after_proposal"][1] == said["always"][1] != said["never"][1]


def test_names_stand_behind_owners_teams_people_and_lists_of_them() -> None:
    names = {"E1": "Ann", "E2": "Bo"}
    _, gaps = add_names(
        tables.SKILL_GAPS,
        pd.DataFrame({"scope": ["person", "team", "outcome"], "scope_id": ["E1", "E2", "E1"]}),
        names,
    )
    assert gaps["scope_name"].fillna("").tolist() == ["Ann", "Bo", ""]
    _, plan = add_names(
        tables.TRAINING_PLAN, pd.DataFrame({"employee_ids": ["E2;E9;E1", ""]}), names
    )
    assert plan["employee_names"].tolist() == ["Bo;E9;Ann", ""]
    contract, coverage = add_names(
        tables.COVERAGE, pd.DataFrame({"owner": ["E1", None], "outcome": ["a", "b"]}), names
    )
    assert coverage["owner_name"].fillna("").tolist() == ["Ann", ""]
    assert contract.names.index("owner_name") == contract.names.index("owner") + 1


def test_people_without_names_or_managers_are_shown_by_id(invent: Invent) -> None:
    material = invent(has_managers=False)
    bare = replace(material, employees=material.employees[["employee_id"]])
    people = PEOPLE.conform(tabulate_people(bare))
    assert people["Name"].tolist() == people["Employee ID"].tolist()


def test_days_numbers_beyond_bounds_and_truth_values_have_types(tmp_path: Path) -> None:
    from xlsxwriter import Workbook

    contract = Contract(
        "kinds", ("id",),
        (Column("id", "text", "id"), Column("day", "date", "day"),
         Column("flag", "boolean", "flag"), Column("size", "number", "size")),
    )  # fmt: skip
    frame = pd.DataFrame({
        "id": ["a", "b", "c"], "day": ["2026-12-31", "1899-12-31", None],
        "flag": [True, False, None], "size": [1 / 3, float("inf"), None],
    })  # fmt: skip
    book = Workbook(tmp_path / "kinds.xlsx", {"constant_memory": True})
    sheet = sheets.Sheet(contract, frame, "tables/kinds")
    sheets.write_sheet(book.add_worksheet("Kinds"), sheet, sheets.Styles.of(book))
    book.close()
    rows = read_sheet(tmp_path / "kinds.xlsx", "Kinds")
    assert rows[1:] == [
        ["a", date(2026, 12, 31), True, 0.333333333333],
        ["b", "1899-12-31", False, "inf"],
        ["c", "", "", ""],
    ]


def test_cover_of_the_audit_names_the_scores_it_audits(
    run_folder: Path, opened: dict[str, Opened]
) -> None:
    cells = [str(cell) for row in opened["audit"].read("Cover") for cell in row]
    scores = (run_folder / "tables" / "scores.parquet").read_bytes()
    assert cells.count(hashlib.sha256(scores).hexdigest()) == 2
