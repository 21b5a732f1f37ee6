"""The list of problems as a workbook: a summary, and a sheet per file to mend beside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from calibrate.errors import Problem, count_rules
from calibrate.faults import say_fault
from calibrate.ingest.excerpt import Excerpt
from calibrate.report.workbook.sheets import close_book, set_page, write_text

#: More rows per sheet nobody mends by hand; all of them are in the CSV.
MOST_ROWS = 20_000
#: Sheets of one workbook together; a spreadsheet should still open.
_MOST_IN_ALL = 100_000
_FIXED = ("Row", "Column", "Level", "What is wrong", "How to mend it")
_WIDTHS = (8, 18, 8, 44, 44)
_SUMMARY = ("Count", "Level", "Rule", "What it means", "Files", "The first", "", "")
_SUMMARY_WIDTHS = (10, 8, 24, 44, 28, 44, 44, 44)
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
_LONGEST_TEXT = 400
#: The widest column of theirs, in letters.
_WIDEST = 40
#: Letters that surely fit on a line of a wide column, height of a line, lines of a row.
_LETTERS, _LINE, _MOST_LINES = 46, 15, 8


class ProblemBook:
    """Writes the workbook sheet by sheet; the cell at fault is yellow, bold and framed."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        self._book = Workbook(str(path), {"constant_memory": True, "strings_to_urls": False})
        self._left = _MOST_IN_ALL
        self._names = {"summary"}
        text = {"num_format": "@", "valign": "top"}
        self._header = self._book.add_format(
            {"bold": True, "bottom": 2, "text_wrap": True, "valign": "top", "bg_color": "#E4E4E4"}
        )
        self._theirs = self._book.add_format(
            {"bold": True, "italic": True, "bottom": 2, "valign": "top", "bg_color": "#F4F4F4"}
        )
        self._text = self._book.add_format(text)
        self._wrapped = self._book.add_format({**text, "text_wrap": True})
        self._fault = self._book.add_format(
            {**text, "bold": True, "border": 2, "bg_color": "#FFE08A"}
        )
        self._strong = self._book.add_format({"bold": True, "font_size": 16})
        self._write_summary(problems)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        close_book(self._book)

    def _write_summary(self, problems: Sequence[Problem]) -> None:
        sheet = self._book.add_worksheet("Summary")
        for place, width in enumerate(_SUMMARY_WIDTHS):
            sheet.set_column(place, place, width, self._wrapped)
        n_errors = sum(problem.level == "error" for problem in problems)
        sheet.write_string(0, 0, "Problems to mend", self._strong)
        sheet.write_string(
            1, 0,
            f"{n_errors:,} errors, {len(problems) - n_errors:,} notes. An error stops a run or "
            "costs it the row; a note does neither.",
            self._book.add_format({"valign": "top"}),
        )  # fmt: skip
        sheet.write_string(
            2, 0,
            "Each file has a sheet: the row, what is wrong and how to mend it; beside it the row "
            "as it stands. The cell at fault is bold in a frame. Mend your file, not this one.",
            self._book.add_format({"valign": "top"}),
        )  # fmt: skip
        for place, name in enumerate(_SUMMARY):
            sheet.write_string(4, place, name, self._header)
        count = self._book.add_format({"num_format": "#,##0", "valign": "top", "align": "left"})
        rules = count_rules(problems)
        for at, rule in enumerate(rules, 5):
            files = ", ".join(rule.files[:10]) + ", …" * (len(rule.files) > 10)
            texts = (
                rule.level,
                rule.rule,
                say_fault(rule.rule),
                files,
                *(str(p) for p in rule.first),
            )
            n_lines = max(-(-len(text) // _LETTERS) for text in texts)
            sheet.set_row(at, _LINE * min(n_lines, _MOST_LINES))
            sheet.write_number(at, 0, rule.count, count)
            for place, text in enumerate(texts, 1):
                _write(sheet, at, place, text, None)
        sheet.freeze_panes(5, 0)
        sheet.autofilter(4, 0, 4 + max(len(rules), 1), 4)
        set_page(sheet, "Summary")

    def add(
        self, shown: str, problems: Sequence[Problem], row: NDArray[np.int64], excerpt: Excerpt
    ) -> None:
        """Add the sheet of one file: errors first, then notes, each in order of the rows."""
        most = min(MOST_ROWS, self._left)
        is_note = np.array([problem.level == "note" for problem in problems], dtype=bool)
        chosen = np.argsort(is_note, kind="stable")[:most]
        self._left -= len(chosen)
        sheet = self._book.add_worksheet(self._name_sheet(shown))
        first = 1
        if len(chosen) < len(problems):
            sheet.write_string(
                0, 0,
                f"The first {len(chosen):,} of {len(problems):,} problems of this file. "
                "All of them are in problems.csv.",
                self._book.add_format({"bold": True}),
            )  # fmt: skip
            first = 2
        self._write_header(sheet, first - 1, excerpt)
        cells = _Cells(excerpt, row[chosen])
        for at, index in enumerate(chosen.tolist()):
            self._write_row(sheet, first + at, problems[index], cells.of(at), excerpt)
        sheet.freeze_panes(first, 2)
        n_columns = len(_FIXED) + max(len(excerpt.names), 1)
        sheet.autofilter(first - 1, 0, first - 1 + max(len(chosen), 1), n_columns - 1)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        sheet.repeat_rows(first - 1)
        set_page(sheet, shown)

    def _write_header(self, sheet: Worksheet, at: int, excerpt: Excerpt) -> None:
        for place, (name, width) in enumerate(zip(_FIXED, _WIDTHS, strict=True)):
            sheet.set_column(place, place, width, self._wrapped if width > 20 else self._text)
            sheet.write_string(at, place, name, self._header)
        for n, name in enumerate(excerpt.names or ("The row",)):
            place = len(_FIXED) + n
            longest = _find_longest(excerpt.columns[n]) if n < len(excerpt.columns) else 0
            width = min(max(len(name) + 4, longest + 3, 12), _WIDEST)
            sheet.set_column(place, place, width, self._text)
            _write(sheet, at, place, name, self._theirs)

    def _write_row(
        self, sheet: Worksheet, at: int, problem: Problem, cells: Sequence[str], excerpt: Excerpt
    ) -> None:
        # Not every spreadsheet fits the height of a row to its wrapped texts.
        n_lines = max(-(-len(problem.what) // _LETTERS), -(-len(problem.fix) // _LETTERS), 1)
        sheet.set_row(at, _LINE * min(n_lines, _MOST_LINES))
        if problem.row is not None:
            sheet.write_number(at, 0, problem.row)
        texts = (problem.column, problem.level, problem.what, problem.fix)
        for place, text in enumerate(texts, 1):
            _write(sheet, at, place, text, None)
        fault = excerpt.named.get(problem.column, -1)
        for place, cell in enumerate(cells):
            is_fault = place == fault
            _write(sheet, at, len(_FIXED) + place, cell, self._fault if is_fault else None)

    def _name_sheet(self, shown: str) -> str:
        base = _NOT_IN_A_NAME.sub(" ", shown).strip()[:28] or "file"
        name, n = base, 2
        while name.lower() in self._names:
            name, n = f"{base[:26]} {n}", n + 1
        self._names.add(name.lower())
        return name


def _find_longest(column: pa.Array) -> int:
    """Letters of the longest text."""
    return int(pc.max(pc.utf8_length(column)).as_py() or 0)


class _Cells:
    """The cells of the rows of one sheet."""

    def __init__(self, excerpt: Excerpt, rows: NDArray[np.int64]) -> None:
        self._at = excerpt.find(rows)
        self._rows = rows
        self._raw = excerpt.raw if excerpt.names != ("line",) else {}
        there = np.unique(self._at[self._at >= 0])
        self._place = {position: n for n, position in enumerate(there.tolist())}
        self._columns = [column.take(there).to_pylist() for column in excerpt.columns]

    def of(self, at: int) -> Sequence[str]:
        """Cells of a row, none if it could not be read again."""
        raw = self._raw.get(int(self._rows[at]))
        if raw is not None:
            return (raw,)
        place = self._place.get(int(self._at[at]))
        return () if place is None else [column[place] for column in self._columns]


def _write(sheet: Worksheet, row: int, place: int, text: str, form: Format | None) -> None:
    # A blank cell at fault keeps its frame.
    if text or form is not None:
        write_text(sheet, row, place, text[:_LONGEST_TEXT], form)
