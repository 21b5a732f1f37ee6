"""Spreadsheets written by another program, by hand, or to exhaust memory."""

from __future__ import annotations

import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from calibrate.config import InputFile
from calibrate.errors import Problem
from calibrate.ingest import archive, workbook
from calibrate.ingest.spreadsheet import SpreadsheetReader

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

Write = Callable[[Any, Any], None]


def read(path: Path, chunk_rows: int = 1000, **keys: Any) -> SpreadsheetReader:
    return SpreadsheetReader(path, "r.xlsx", InputFile(file="r.xlsx", **keys), chunk_rows)


def read_rows(reader: SpreadsheetReader, *wanted: int) -> list[tuple[int | str, ...]]:
    """Row number and texts of each row; all columns unless some are named."""
    header = reader.header or reader.read_header()
    rows: list[tuple[int | str, ...]] = []
    for chunk in reader.chunks(wanted or tuple(range(len(header)))):
        rows += zip(chunk.row.tolist(), *map(list, chunk.columns), strict=True)
    return rows


@pytest.fixture
def make(tmp_path: Path) -> Callable[[Write], Path]:
    """Write a workbook of one sheet through XlsxWriter."""

    def write(fill: Write) -> Path:
        with xlsxwriter.Workbook(tmp_path / "r.xlsx") as book:
            fill(book, book.add_worksheet("Ratings"))
        return tmp_path / "r.xlsx"

    return write


def only_problem(path: Path, **keys: Any) -> Problem:
    """The one problem of a file that is refused as a whole."""
    reader = read(path, **keys)
    assert reader.read_header() == ()
    (problem,) = reader.problems
    assert problem.whole
    assert problem.fix
    return problem


# Cells


def test_cells_become_the_text_people_see(make: Callable[[Write], Path]) -> None:
    def fill(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        hours = book.add_format({"num_format": "[h]:mm:ss"})
        clock = book.add_format({"num_format": "hh:mm"})
        text = book.add_format({"num_format": "@"})
        sheet.write(0, 0, "value")
        sheet.write(1, 0, 7)
        sheet.write(2, 0, 4.25)
        sheet.write_string(3, 0, "007", text)
        sheet.write(4, 0, 1e-7)
        sheet.write(5, 0, True)
        sheet.write(6, 0, datetime(2026, 7, 1), day)
        sheet.write(7, 0, datetime(2026, 7, 1, 12, 30), day)
        sheet.write(8, 0, time(9, 5), clock)
        sheet.write(9, 0, timedelta(hours=30), hours)
        sheet.write_formula(10, 0, "=1+1", None, 2)
        sheet.write_formula(11, 0, '="a"&"b"', None, "ab")
        sheet.write(12, 0, " NA ")
        sheet.write(13, 0, "#N/A")
        sheet.write(14, 0, date(2026, 12, 31), day)
        sheet.write(15, 0, 999_999_999_999_999)

    reader = read(make(fill))
    texts = [
        "7", "4.25", "007", "0.0000001", "TRUE", "2026-07-01", "2026-07-01T12:30:00", "09:05:00",
        "30:00:00", "2", "ab", " NA ", "#N/A", "2026-12-31", "999999999999999",
    ]  # fmt: skip
    assert read_rows(reader) == list(enumerate(texts, start=2))
    assert reader.problems == []


def test_dates_of_the_1904_system_are_the_same_days(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "day")
        sheet.write(1, 0, date(2026, 7, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    assert read_rows(read(path)) == [(2, "2026-07-01")]


def test_rows_keep_the_numbers_people_see_and_blank_rows_are_passed_over(
    make: Callable[[Write], Path],
) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write(0, 0, "Performance cycle 2026")
        sheet.write_row(3, 2, [" employee_id ", "mark"])
        sheet.write_row(5, 2, ["E1", 4])
        sheet.write_row(8, 2, ["E2"])

    reader = read(make(fill), header_row=4, chunk_rows=1)
    assert reader.read_header() == ("employee_id", "mark")
    assert read_rows(reader) == [(6, "E1", "4"), (9, "E2", "")]
    assert read_rows(reader, 1) == [(6, "4"), (9, "")]


def test_columns_without_a_name_are_passed_over_only_where_they_are_empty(
    make: Callable[[Write], Path],
) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["a", "", "b", "", ""])
        sheet.write_row(1, 0, [1, "", 2, "", "note"])
        sheet.write_blank(1, 9, None, book.add_format({"bold": True}))

    reader = read(make(fill))
    assert reader.read_header() == ("a", "b", "")
    assert read_rows(reader) == [(2, "1", "2", "note")]


def test_a_name_merged_down_over_two_header_rows_is_the_name(
    make: Callable[[Write], Path],
) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 1, 0, "employee_id")
        sheet.merge_range(0, 1, 0, 2, "Marks")
        sheet.write_row(1, 1, ["clarity", "delivery"])
        sheet.write_row(2, 0, ["E1", 3, 4])

    reader = read(make(fill), header_row=2)
    assert reader.read_header() == ("employee_id", "clarity", "delivery")
    assert read_rows(reader) == [(3, "E1", "3", "4")]


def test_error_values_are_listed_by_cell_and_their_rows_left_out(
    make: Callable[[Write], Path],
) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["id", "mark", "comment"])
        sheet.write_row(1, 0, ["E1", 4])
        sheet.write(2, 0, "E2")
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        sheet.write_row(3, 0, ["E3", 4])
        sheet.write_formula(3, 2, "=-good", None, "#NAME?")

    reader = read(make(fill))
    # The comment is not wanted: what is wrong with it is nobody's business.
    assert read_rows(reader, *(reader.read_header() and (0, 1))) == [
        (2, "E1", "4"), (4, "E3", "4"),
    ]  # fmt: skip
    assert reader.ragged == [3]
    (problem,) = reader.problems
    assert (problem.row, problem.column, problem.rule) == (3, "mark", "error_value")
    assert problem.value == "#DIV/0!"
    assert "B3" in problem.what
    assert not problem.whole


def test_merged_cells_among_the_rows_are_listed_and_never_filled(
    make: Callable[[Write], Path],
) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["manager_id", "employee_id", "team"])
        sheet.merge_range(1, 0, 2, 0, "M1")
        sheet.write_row(1, 1, ["E1", "x"])
        sheet.write_row(2, 1, ["E2", "x"])
        sheet.write_row(3, 0, ["M2", "E3"])
        sheet.merge_range(3, 2, 4, 2, "y")

    reader = read(make(fill))
    assert read_rows(reader, 0, 1) == [(4, "M2", "E3")]
    assert [(p.row, p.rule, p.column) for p in reader.problems] == [
        (2, "merged_cells", "manager_id"), (3, "merged_cells", "manager_id"),
    ]  # fmt: skip
    assert "A2:A3" in reader.problems[0].what


def test_ids_that_lost_digits_are_problems(make: Callable[[Write], Path]) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["id"])
        sheet.write_number(1, 0, 1234567890123456)
        sheet.write_string(2, 0, "1234567890123456")

    reader = read(make(fill))
    assert read_rows(reader) == [(3, "1234567890123456")]
    assert [(p.row, p.rule) for p in reader.problems] == [(2, "digits_lost")]


# Sheets


@pytest.fixture
def three_sheets(tmp_path: Path) -> Path:
    with xlsxwriter.Workbook(tmp_path / "r.xlsx") as book:
        for name in ("Ratings", "Legend", "Old"):
            book.add_worksheet(name).write_column(0, 0, ["name", name])
        book.get_worksheet_by_name("Old").hide()
    return tmp_path / "r.xlsx"


def test_the_declared_sheet_is_read_also_where_it_is_hidden(three_sheets: Path) -> None:
    assert read_rows(read(three_sheets, sheet="Legend")) == [(2, "Legend")]
    assert read_rows(read(three_sheets, sheet="Old")) == [(2, "Old")]


def test_several_sheets_are_named_where_none_is_declared(three_sheets: Path) -> None:
    problem = only_problem(three_sheets)
    assert problem.rule == "several_sheets"
    assert "'Ratings', 'Legend'" in problem.what
    assert "Old" not in problem.what


def test_a_sheet_that_is_not_there_names_the_nearest(three_sheets: Path) -> None:
    problem = only_problem(three_sheets, sheet="rating")
    assert problem.rule == "unknown_sheet"
    assert "did you mean 'Ratings'?" in problem.fix


def test_the_only_visible_sheet_is_read_unasked(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "r.xlsx") as book:
        book.add_worksheet("Lists").hide()
        book.add_worksheet("Ratings").write_column(0, 0, ["id", "E1"])
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=Ratings!$A$1:$A$2"})
        book.add_chartsheet("Chart").set_chart(chart)
        book.get_worksheet_by_name("Ratings").activate()
    assert read_rows(read(tmp_path / "r.xlsx")) == [(2, "E1")]


def test_a_blank_header_row_and_a_sheet_without_rows_are_problems(
    make: Callable[[Write], Path],
) -> None:
    path = make(lambda _, sheet: sheet.write(4, 0, "id"))
    assert "row 1" in only_problem(path).what
    reader = read(path, header_row=5)
    assert read_rows(reader) == []
    assert [problem.rule for problem in reader.problems] == ["no_rows"]
    assert only_problem(make(lambda *_: None)).rule == "empty_file"


# Files that are not what their name says


def test_a_file_that_is_something_else_is_named_for_what_it_is(tmp_path: Path) -> None:
    def what(content: bytes) -> str:
        (tmp_path / "r.xlsx").write_bytes(content)
        return only_problem(tmp_path / "r.xlsx").what

    assert "text file" in what(b"employee_id,mark\nE1,4\n")
    assert "web page" in what(b"\xef\xbb\xbf\r\n<html><table><tr><td>E1</table>")
    assert "web page" in what(b"<?xml version='1.0'?><Workbook/>")
    assert "empty" in what(b"")
    assert "no spreadsheet" in what(b"\x89PNG\r\n\x1a\n\0\0\0")
    old = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    assert ".xls" in what(old)
    assert "password" in what(old + "EncryptedPackage".encode("utf-16-le"))


def test_missing_files_and_folders_are_problems(tmp_path: Path) -> None:
    assert only_problem(tmp_path / "none.xlsx").rule == "missing_file"
    assert only_problem(tmp_path).rule == "missing_file"


def test_archives_of_other_programs_are_named(tmp_path: Path) -> None:
    def what(*names: str) -> str:
        with zipfile.ZipFile(tmp_path / "r.xlsx", "w") as made:
            for name in names:
                made.writestr(name, "x")
        return only_problem(tmp_path / "r.xlsx").what

    assert "holds export.csv" in what("export.csv")
    assert "OpenDocument" in what("mimetype", "content.xml")
    assert "without a workbook" in what("word.txt")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_cut_file_is_a_problem(make: Callable[[Write], Path], share: float) -> None:
    path = make(lambda _, sheet: sheet.write_column(0, 0, [f"E{n}" for n in range(1000)]))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert only_problem(path).rule == "damaged_spreadsheet"


def test_no_changed_byte_ends_in_a_traceback(make: Callable[[Write], Path]) -> None:
    path = make(lambda _, sheet: sheet.write_column(0, 0, ["id", "E1", "E2", 3, 4.5]))
    content = path.read_bytes()
    for at in range(0, len(content), 23):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        reader = read(path)
        if reader.read_header():
            list(reader.chunks((0,)))


# Files made to exhaust memory. Each is written by hand: no spreadsheet program makes them.


def write_raw(path: Path, rows: str, texts: str = "", **others: str | bytes) -> Path:
    """Write the few parts a workbook needs; ``others`` replace or add parts."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="r0"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _relations(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
    }
    named = {"sheet": "xl/worksheets/sheet1.xml", "book": "xl/workbook.xml"}
    parts |= {named.get(key, key): content for key, content in others.items()}
    with zipfile.ZipFile(path / "r.xlsx", "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return path / "r.xlsx"


def _relations(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def cell(place: str, value: object = 1, kind: str = "n") -> str:
    return f'<c r="{place}" t="{kind}"><v>{value}</v></c>'


HEADER = f'<row r="1">{cell("A1", 0, "s")}</row>'
ID = "<si><t>id</t></si>"


def test_the_smallest_workbook_by_hand_is_read(tmp_path: Path) -> None:
    path = write_raw(tmp_path, HEADER + f'<row r="2">{cell("A2", 7)}</row>', ID)
    reader = read(path)
    assert (reader.read_header(), read_rows(reader)) == (("id",), [(2, "7")])


def test_cells_without_places_follow_one_another(tmp_path: Path) -> None:
    rows = f"<row>{'<c><v>1</v></c>' * 2}</row><row><c><v>3</v></c></row>"
    reader = read(write_raw(tmp_path, rows))
    assert (reader.read_header(), read_rows(reader)) == (("1", "1"), [(2, "3", "")])


def test_one_cell_in_the_last_corner_is_refused(tmp_path: Path) -> None:
    # 1,048,576 rows of 16,384 columns are 17 billion cells.
    problem = only_problem(write_raw(tmp_path, HEADER + cell("XFD1048576"), ID))
    assert problem.rule == "spreadsheet_too_large"


def test_a_corner_hidden_behind_a_comment_or_a_prefix_is_found(tmp_path: Path) -> None:
    hidden = "<!-- <c r='A1 --><x:c y='>' r='XFD1048576'><x:v>1</x:v></x:c>"
    path = write_raw(tmp_path, f'<x:row xmlns:x="{MAIN}" r="2">{hidden}</x:row>' + HEADER, ID)
    assert only_problem(path).rule == "spreadsheet_too_large"


def test_formatted_cells_without_a_value_do_not_count(tmp_path: Path) -> None:
    rows = HEADER + f'<row r="2">{cell("A2")}</row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert read_rows(read(write_raw(tmp_path, rows, ID))) == [(2, "1")]


def test_one_long_text_in_many_cells_is_refused(tmp_path: Path) -> None:
    # 300,000 characters in 1,000 cells: 2 KB of file, 300 MB of text.
    rows = HEADER + "<row>" + '<c t="s"><v>1</v></c>' * 1000 + "</row>"
    path = write_raw(tmp_path, rows, ID + f"<si><t>{'x' * 300_000}</t></si>")
    assert path.stat().st_size < 3000
    problem = only_problem(path)
    assert problem.rule == "spreadsheet_too_large"
    assert "characters" in problem.what


def test_too_many_cells_texts_and_merged_rows_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_FILLED", 1000)
    rows = HEADER + "<row>" + "<c><v>1</v></c>" * 1001 + "</row>"
    assert "filled" in only_problem(write_raw(tmp_path, rows, ID)).what
    assert "texts" in only_problem(write_raw(tmp_path, HEADER, ID * 1001)).what
    merge = '<mergeCell ref="A2:A600"/>'
    merged = f"</sheetData><mergeCells>{merge * 2}</mergeCells>"
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{HEADER}{merged}</worksheet>'
    assert "merged" in only_problem(write_raw(tmp_path, "", ID, sheet=sheet)).what


def test_a_part_that_unpacks_to_very_much_is_refused(tmp_path: Path) -> None:
    problem = only_problem(write_raw(tmp_path, HEADER + " " * (20 << 20), ID))
    assert problem.rule == "spreadsheet_too_large"
    assert "400 times" in problem.what


def test_a_directory_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    path = write_raw(tmp_path, HEADER, ID, **{f"x/{n}.xml": "" for n in range(10_001)})
    assert "10,000 parts" in only_problem(path).what


def test_entities_are_refused_wherever_they_stand(tmp_path: Path) -> None:
    doctype = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{HEADER}</sheetData></worksheet>'
    for part in (
        {"sheet": doctype + sheet},
        {"xl/sharedStrings.xml": doctype + f'<sst xmlns="{MAIN}">{ID}</sst>'},
        {"_rels/.rels": doctype + _relations(("officeDocument", "xl/workbook.xml"))},
    ):
        problem = only_problem(write_raw(tmp_path, HEADER, ID, **part))
        assert "document type" in problem.what


def change_directory(path: Path, name: str, at: int, value: int) -> None:
    """Overwrite four bytes of a member's entry in the archive's directory."""
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(name.encode()))
    content[entry + at : entry + at + 4] = struct.pack("<I", value)
    path.write_bytes(content)


SIZE, PLACE = 24, 42


def test_a_part_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    for size in (10, 100_000):
        path = write_raw(tmp_path, HEADER + "<row></row>" * 1000, ID)
        change_directory(path, "xl/worksheets/sheet1.xml", SIZE, size)
        assert "than it says" in only_problem(path).what


def test_parts_that_overlap_are_refused(tmp_path: Path) -> None:
    path = write_raw(tmp_path, HEADER, ID)
    change_directory(path, "xl/sharedStrings.xml", PLACE, 0)
    # Some versions of Python's own reader find it first.
    assert only_problem(path).rule == "damaged_spreadsheet"


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = write_raw(tmp_path, HEADER, ID, **{"XL\\workbook.xml": "<x/>"})
    assert "one name" in only_problem(path).what


def test_an_archive_with_something_behind_its_end_is_refused(tmp_path: Path) -> None:
    # The second is an empty directory: which of the two counts, readers do not agree on.
    for comment, rule in (
        (b"x", "damaged_spreadsheet"),
        (b"PK\x05\x06" + bytes(18), "not_a_spreadsheet"),
    ):
        path = write_raw(tmp_path, HEADER, ID)
        with zipfile.ZipFile(path, "a") as opened:
            opened.comment = comment
        assert only_problem(path).rule == rule


def test_missing_parts_and_wrong_places_are_problems(tmp_path: Path) -> None:
    def what(rows: str, **others: str) -> str:
        return only_problem(write_raw(tmp_path, rows, ID, **others)).what

    assert "damaged" in what(HEADER + cell("ZZZZ99999999"))
    assert "damaged" in what(HEADER + cell("a2"))
    assert "a text that is missing" in what(cell("A1", 99, "s"))
    assert "no workbook" in what(HEADER, **{"_rels/.rels": _relations(("x", "y"))})
    binary = _relations(("officeDocument", "xl/workbook.bin"))
    assert "xlsb" in what(HEADER, **{"_rels/.rels": binary})
    no_sheet = _relations(("worksheet", "worksheets/sheet9.xml"))
    assert "is missing" in what(HEADER, **{"xl/_rels/workbook.xml.rels": no_sheet})


def test_an_error_value_nobody_knows_is_named_by_its_cell(tmp_path: Path) -> None:
    problem = only_problem(write_raw(tmp_path, HEADER + cell("B7", "#SPILL!", "e"), ID))
    assert (problem.row, problem.value) == (7, "#SPILL!")
    assert "B7" in problem.what


def test_a_panic_of_the_library_is_a_problem(
    make: Callable[[Write], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    import python_calamine

    panic = type("PanicException", (BaseException,), {})

    class Broken:
        @staticmethod
        def from_path(_: Path) -> None:
            raise panic("index out of bounds")

    monkeypatch.setattr(python_calamine, "CalamineWorkbook", Broken)
    path = make(lambda _, sheet: sheet.write_column(0, 0, ["id", "E1"]))
    assert only_problem(path).rule == "damaged_spreadsheet"


def bombs(folder: Path) -> Iterator[Path]:
    """The worst file of each kind that passes the checks of its directory."""
    for number, (rows, texts) in enumerate(
        [
            (HEADER + cell("XFD1048576"), ID),
            (HEADER + '<row><c t="s"><v>1</v></c></row>' * 100_000, ID + f"<si>{'x' * 10**6}</si>"),
            (HEADER + " " * (15 << 20), ID),
            (HEADER, "<si/>" * 1_000_000),
        ]
    ):
        path = folder / str(number)
        path.mkdir()
        yield write_raw(path, rows, texts)


def test_no_such_file_needs_much_memory(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from calibrate.config import InputFile\n"
        "from calibrate.ingest.spreadsheet import SpreadsheetReader\n"
        "for path in sys.argv[1:]:\n"
        "    reader = SpreadsheetReader(Path(path), 'x', InputFile(file='x.xlsx'))\n"
        "    if reader.read_header(): list(reader.chunks((0,)))\n"
        "    assert len(reader.problems) == 1, reader.problems\n"
        # ru_maxrss would count what this very process held when it forked.
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
    )
    paths = [str(path) for path in bombs(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-c", code, *paths], check=True, capture_output=True, text=True
    )
    # The packages alone take 130 MB.
    assert int(done.stdout) < 400 << 10


def test_limits_hold_a_full_sheet_of_twenty_columns_and_half_a_million_rows() -> None:
    assert workbook.MOST_FILLED >= 20 * 500_000
    assert archive.MOST_UNPACKED >= workbook.MOST_FILLED * 100
