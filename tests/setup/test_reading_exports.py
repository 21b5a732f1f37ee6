"""What is seen of somebody's files, before anything is proposed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from calibrate.errors import InputError
from calibrate.setup.dialect import guess_dates, guess_delimiter, guess_encoding, guess_header_row
from calibrate.setup.exports import SAMPLE_ROWS, read_exports
from calibrate.setup.words import find_identity, find_source, is_null, strip_source

PEOPLE = "Employee ID;Näme;Manager ID\n007;Zoë Øst;\n008;Bo;007\n"


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("cp1252", "cp1252")],
)
def test_encoding_is_proposed_from_the_bytes(encoding: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(PEOPLE.encode(encoding))
    (export,) = read_exports([path])
    assert export.encoding.value == expected
    assert export.names == ("Employee ID", "Näme", "Manager ID")
    assert export.columns[0].texts == ("007", "008")


def test_bytes_that_are_no_text_are_not_guessed() -> None:
    assert guess_encoding(b"a\0b") is None
    # 0x81 is neither UTF-8 here nor a letter of cp1252.
    assert guess_encoding(b"caf\x81\xe9,") is None


def test_character_cut_at_the_end_of_the_sample_is_no_fault() -> None:
    cut = "é".encode()[:1]
    guess = guess_encoding(b"abc" + cut, is_whole=False)
    assert guess is not None
    assert guess.value == "utf-8"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_the_one_that_makes_rows_equally_wide(delimiter: str) -> None:
    rows = [["name", "said", "mark"], ["Ada", "yes, and; no", "3,5"], ["Bo", "a|b", "4,0"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert guess_delimiter(text).value == delimiter


def test_title_rows_are_passed_over_and_keys_above_labels_too() -> None:
    title = [["Report of 2026"], ["by", "HR"], [], ["Worker", "Rating", "On"], ["Ada", "3", "x"]]
    assert guess_header_row(title).value == "4"
    keys = [["STATUS", "USERID", "HIREDATE"], ["STATUS", "User ID", "Hire Date"], ["a", "1", "x"]]
    assert guess_header_row(keys).value == "2"
    assert guess_header_row([["id", "mark"], ["1", "2"]]).value == "1"


@pytest.mark.parametrize(
    ("texts", "patterns"),
    [
        (["2026-12-31", "2026-01-02"], ("%Y-%m-%d",)),
        (["31.12.2026"], ("%d.%m.%Y",)),
        (["12/31/2026", "01/02/2026"], ("%m/%d/%Y",)),
        (["31/12/2026", "01/02/2026"], ("%d/%m/%Y",)),
        (["01/02/2026"], ("%d/%m/%Y", "%m/%d/%Y")),
        (["soon"], ()),
        ([], ()),
    ],
)
def test_dates_are_told_only_where_one_pattern_fits(
    texts: list[str], patterns: tuple[str, ...]
) -> None:
    assert guess_dates(texts) == patterns


def test_each_sheet_of_a_workbook_is_an_export(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(str(path))
    for name in ("People", "Marks", "Empty", "Hidden"):
        sheet = book.add_worksheet(name)
        if name != "Empty":
            sheet.write_row(0, 0, ["Employee ID", name])
            sheet.write_row(1, 0, [7, "x"])
        if name == "Hidden":
            sheet.hide()
    book.close()
    exports = read_exports([path])
    assert [export.sheet for export in exports] == ["People", "Marks"]
    # A number cell is the text people see.
    assert exports[0].columns[0].texts == ("7",)


def test_parquet_is_looked_into_as_text(tmp_path: Path) -> None:
    path = tmp_path / "marks.parquet"
    pd.DataFrame({"employee_id": ["007", None], "mark": [3.5, 4.0]}).to_parquet(path)
    (export,) = read_exports([path])
    assert export.columns[0].texts == ("007", "")
    assert export.columns[1].texts == ("3.5", "4")


def test_sample_of_a_large_file_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write("employee_id,mark\n")
        stream.writelines(f"{n:09},{n % 5}\n" for n in range(600_000))
    (export,) = read_exports([path])
    assert export.n_rows == SAMPLE_ROWS


def test_values_of_protected_columns_are_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Employee ID,Gender,dateOfBirth\n1,female,1980-01-01\n")
    (export,) = read_exports([path])
    assert [column.texts for column in export.columns] == [("1",), (), ()]


def test_columns_without_a_name_of_their_own_are_told(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Employee ID,Name,,Name\n1,Ada,x,Bo\n2,Cy,y,Di\n")
    (export,) = read_exports([path])
    assert export.names == ("Employee ID", "Name")
    assert export.faults == (
        "the column 'Name' stands twice: rename one",
        "column 3 has no name: name it or remove it",
    )


def test_spreadsheet_that_would_unpack_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (1 << 25))
    with pytest.raises(InputError, match=r"bomb\.xlsx"):
        read_exports([path])


@pytest.mark.parametrize(
    ("name", "role", "kind"),
    [
        ("Worker's Manager", "manager", ""), ("employeeId", "person", "id"),
        ("Reviewer Employee ID", "rater", "id"), ("Line manager e-mail", "manager", "email"),
        ("Supervisor No.", "manager", "id"), ("rater_id", "rater", "id"),
    ],
)  # fmt: skip
def test_columns_that_name_people_are_understood(name: str, role: str, kind: str) -> None:
    identity = find_identity(name)
    assert identity is not None
    assert (identity.role, identity.kind) == (role, kind)


@pytest.mark.parametrize(
    "name", ["Manager Comment", "Rating - Manager", "Employee Status", "Management Level", "Score"]
)
def test_columns_that_name_nobody_are_not_taken_for_people(name: str) -> None:
    assert find_identity(name) is None


def test_words_of_sources_and_of_no_answer_are_known() -> None:
    words = {
        "Self Assessment": "self", "Upward": "direct_report", "Peers": "peer", "Boss": "manager",
        "Skip-level manager": "skip_level", "Customer": "other", "Dotted line": "",
    }  # fmt: skip
    assert {text: find_source(text) for text in words} == words
    assert is_null("N/A")
    assert is_null("Too new to rate")
    assert not is_null("Needs improvement")
    assert strip_source("Manager rating: Quality") == "Quality"
