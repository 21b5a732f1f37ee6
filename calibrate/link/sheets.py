"""The blind sheets: a workbook for each rater, and all questions as one ratings table."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from calibrate.link.questions import RaterSheet, Scale
from calibrate.report.workbook.sheets import close_book, write_text

#: A file carries a date; ours is always the same, so that the same plan gives the same bytes.
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
#: Row of the column names as a spreadsheet counts it; what stands above is for people.
HEADER_ROW = 5
#: Columns for people; the cycle leaves them out when the sheet is read back.
FOR_PEOPLE = ("Person", "Work", "Question", "Scale")
_COLUMNS = (*FOR_PEOPLE, "mark", "comment", "employee_id", "rater_id", "source", "criterion")
_WIDTHS = (24, 26, 24, 70, 12, 36, 12, 12, 12, 12)
_MARK, _FIRST_ID = 4, 6
_LINE, _MOST_LINES = 15, 14
#: Longest list of marks that stands in the cell's rule itself.
_LONGEST_LIST = 200
_SOURCE = "other"


def encode_ratings(sheets: Sequence[RaterSheet]) -> bytes:
    """All questions as a ratings table with blank marks; ids stand as they are, to be read back."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("employee_id", "rater_id", "source", "criterion", "mark"))
    for sheet in sheets:
        for q in sheet.questions:
            writer.writerow((q.employee_id, q.rater_id, _SOURCE, q.criterion, ""))
    return text.getvalue().encode()


def write_sheet_file(path: Path, sheet: RaterSheet, title: str) -> None:
    """Write the workbook for one rater: questions and nothing anybody else has said."""
    book = Workbook(str(path), {"strings_to_urls": False, "in_memory": True})
    book.set_properties({"title": f"Marks for {title}", "created": _NO_DATE})
    page = book.add_worksheet("Marks")
    top = book.add_format({"bold": True, "font_size": 16})
    head = book.add_format({"bold": True, "bottom": 2, "bg_color": "#E4E4E4", "valign": "top"})
    plain = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    free = book.add_format({"locked": False, "border": 1, "valign": "top", "align": "center"})
    note = book.add_format({"locked": False, "border": 1, "valign": "top", "text_wrap": True})
    write_text(page, 0, 0, f"Marks for {title}", top)
    for row, line in enumerate(_say_how(sheet), 1):
        write_text(page, row, 0, line)
    for place, (name, width) in enumerate(zip(_COLUMNS, _WIDTHS, strict=True)):
        page.write_string(HEADER_ROW - 1, place, name, head)
        page.set_column(place, place, width, None, {"hidden": place >= _FIRST_ID})
    for row, q in enumerate(sheet.questions, HEADER_ROW):
        texts = (q.person, q.work, q.label, q.guide)
        for place, text in enumerate(texts):
            write_text(page, row, place, text, plain)
        page.write_blank(row, _MARK, None, free)
        page.write_blank(row, _MARK + 1, None, note)
        for place, text in enumerate((q.employee_id, q.rater_id, _SOURCE, q.criterion), _FIRST_ID):
            write_text(page, row, place, text, plain)
        lines = max(_count_lines(text, _WIDTHS[n] - 2) for n, text in enumerate(texts))
        page.set_row(row, _LINE * min(lines, _MOST_LINES))
    _set_rules(book, page, sheet)
    _arrange(page, len(sheet.questions))
    close_book(book)


def _count_lines(text: str, width: int) -> int:
    return sum(max(1, -(-len(line) // width)) for line in text.split("\n"))


def _say_how(sheet: RaterSheet) -> tuple[str, ...]:
    n = sheet.n_people
    people = "1 person" if n == 1 else f"{n} people"
    return (
        f"For {sheet.rater}: {people} of other teams. Mark what you saw yourself in this cycle.",
        "Leave a cell empty where you cannot tell. Do not ask others for their marks.",
    )


def _set_rules(book: Workbook, page: Worksheet, sheet: RaterSheet) -> None:
    """Let each cell take the marks of its own scale only."""
    long: dict[tuple[str, ...], str] = {}
    for row, q in enumerate(sheet.questions, HEADER_ROW):
        page.data_validation(row, _MARK, row, _MARK, _build_rule(book, q.scale, long))


def _build_rule(
    book: Workbook, scale: Scale, long: dict[tuple[str, ...], str]
) -> dict[str, object]:
    listed = f"{scale.lowest} to {scale.highest}"
    rule: dict[str, object] = {
        "ignore_blank": True, "error_title": "Not on the scale",
        "error_message": f"Choose one of the listed marks ({listed}), or leave the cell empty.",
    }  # fmt: skip
    if not scale.marks or not (scale.are_labels or all(mark.isdigit() for mark in scale.marks)):
        # A list of decimals means something else where the comma is the decimal point.
        bounds = {"minimum": float(scale.lowest), "maximum": float(scale.highest)}
        return rule | {"validate": "decimal", "criteria": "between"} | bounds
    if not any("," in mark for mark in scale.marks) and sum(map(len, scale.marks)) < _LONGEST_LIST:
        return rule | {"validate": "list", "source": list(scale.marks)}
    if scale.marks not in long:
        aside = book.add_worksheet(f"Scale {len(long) + 1}")
        aside.hide()
        for row, mark in enumerate(scale.marks):
            write_text(aside, row, 0, mark)
        long[scale.marks] = f"='{aside.get_name()}'!$A$1:$A${len(scale.marks)}"
    return rule | {"validate": "list", "source": long[scale.marks]}


def _arrange(page: Worksheet, n_questions: int) -> None:
    """Freeze the heading, protect all but the answers, and set the page for print."""
    page.freeze_panes(HEADER_ROW, 1)
    page.protect("", {"format_rows": True, "format_columns": True})
    page.set_selection(HEADER_ROW, _MARK, HEADER_ROW, _MARK)
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEADER_ROW - 1)
    page.print_area(0, 0, HEADER_ROW + n_questions - 1, _FIRST_ID - 1)
    page.set_footer("&LConfidential&RPage &P of &N")
