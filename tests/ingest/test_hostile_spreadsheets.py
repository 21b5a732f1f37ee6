"""Spreadsheets that are something else, damaged, or made to exhaust memory."""

from __future__ import annotations

import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from calibrate.ingest import archive, workbook

from .sheets import Write, only_problem, read, read_rows

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


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
