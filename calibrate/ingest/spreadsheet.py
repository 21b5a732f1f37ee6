"""Spreadsheet → header and chunks of text, as people see the cells."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from calibrate.config import InputFile, say_known
from calibrate.errors import InputError, Problem
from calibrate.ingest.archive import damaged, read_archive, refuse
from calibrate.ingest.cells import show_cell
from calibrate.ingest.read import CHUNK_ROWS, RawChunk, as_categories
from calibrate.ingest.workbook import Sheet, SheetContent, read_sheets, scan_sheet

Cell = str | float | bool | date | datetime | time | timedelta

#: Spreadsheets keep 15 digits of a number; what follows them has become zeros.
_MOST_DIGITS: Final = 1e15
#: Error values the library can read; on any other it gives up.
_KNOWN_ERRORS: Final = frozenset(
    {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}
)


@dataclass
class SpreadsheetReader:
    """Reads one sheet of an .xlsx or .xlsm file; of formulas the stored results.

    A row with an error value (#N/A), with a number whose last digits a
    spreadsheet has lost, or with cells merged across rows in a wanted column is
    listed in ``problems`` and ``ragged``, and is in no chunk. Columns without a
    name and without any value are passed over.

    Parameters
    ----------
    path, shown
        Where the file is, and what problems call it.
    part
        Its ``sheet`` and ``header_row``.
    chunk_rows
        Rows turned into text at once.
    """

    path: Path
    shown: str
    part: InputFile
    chunk_rows: int = CHUNK_ROWS
    problems: list[Problem] = field(default_factory=list)
    header: tuple[str, ...] = ()
    ragged: list[int] = field(default_factory=list)
    _content: SheetContent = field(default_factory=SheetContent)
    #: Column of the sheet, from 0, of each name in the header.
    _columns: tuple[int, ...] = ()
    _cells: Any = None

    def read_header(self) -> tuple[str, ...]:
        try:
            archive = read_archive(self.path, self.shown)
            sheet = _choose_sheet(read_sheets(archive), self.part.sheet, self.shown)
            self._content = scan_sheet(archive, sheet)
            self._cells = self._load(sheet)
            self._match_columns(sheet)
        except InputError as error:
            self.problems += error.problems
        return self.header

    def _load(self, sheet: Sheet) -> Any:
        try:
            return load_cells(self.path, sheet, self.shown)
        except InputError:
            unknown = [p for p in self._list_errors() if p.value not in _KNOWN_ERRORS]
            if unknown:
                raise InputError(unknown) from None
            raise

    def _match_columns(self, sheet: Sheet) -> None:
        at = self.part.header_row - 1
        names = dict(enumerate(self._find_row(at)))
        for top, left, bottom, _ in self._content.merged:
            if top < at <= bottom and not names.get(left):
                names[left] = next(iter(self._find_row(top)[left : left + 1]), "")
        named = {column: show_cell(name).strip() for column, name in names.items()}
        filled = {column for column, last in self._content.last_of_column.items() if last > at}
        self._columns = tuple(sorted({c for c, name in named.items() if name} | filled))
        if not any(named.values()):
            self._columns = ()
            what = f"row {at + 1} of sheet '{sheet.name}' is blank"
            fix = "write the column names there, or say in header_row which row has them"
            raise refuse(self.shown, "empty_file", what, fix)
        self.header = tuple(named.get(column, "") for column in self._columns)

    def _find_row(self, at: int) -> list[Cell]:
        """Return a row of the sheet with the blank columns in front of it."""
        row: list[Cell] = next(itertools.islice(self._cells.iter_rows(), at, None), [])
        return [""] * self._left + row

    @property
    def _left(self) -> int:
        """Blank columns the library leaves out in front; blank rows on top it does not."""
        return self._cells.start[1] if self._cells.start else 0

    def chunks(self, wanted: tuple[int, ...]) -> Iterator[RawChunk]:
        columns = [self._columns[position] for position in wanted]
        bad = self._find_bad_rows(wanted)
        errors = {row for row, _ in self._content.errors}
        batch: list[list[Cell]] = []
        rows: list[int] = []
        has_rows = False
        for at, cells in enumerate(self._cells.iter_rows()):
            is_blank = cells.count("") == len(cells) and at not in errors
            if at < self.part.header_row or is_blank:
                continue
            has_rows = True
            if at in bad:
                self.ragged.append(at + 1)
                continue
            batch.append(cells)
            rows.append(at + 1)
            if len(batch) >= self.chunk_rows:
                yield from self._make_chunk(batch, rows, columns)
                batch, rows = [], []
        yield from self._make_chunk(batch, rows, columns)
        if not has_rows and not self.problems:
            what = "there is no row below the header"
            fix = "export the file again, or take it out of the inputs"
            self.problems.append(Problem(self.shown, None, "", "no_rows", what, fix, whole=True))

    def _make_chunk(
        self, batch: list[list[Cell]], rows: list[int], columns: list[int]
    ) -> Iterator[RawChunk]:
        is_kept = np.ones(len(batch), dtype=bool)
        texts = []
        for column in columns:
            text = np.empty(len(batch), dtype=object)
            at = column - self._left
            is_inside = 0 <= at < len(batch[0]) if batch else False
            cells = [row[at] for row in batch] if is_inside else [""] * len(batch)
            for index, cell in enumerate(cells):
                text[index] = cell if type(cell) is str else show_cell(cell)
                if type(cell) is float and abs(cell) >= _MOST_DIGITS:
                    self._refuse_digits(rows[index], column, text[index])
                    is_kept[index] = False
            texts.append(text)
        row = np.array(rows, dtype=np.int64)
        self.ragged += row[~is_kept].tolist()
        if is_kept.any():
            kept = tuple(as_categories(text[is_kept]) for text in texts)
            yield RawChunk(kept, row[is_kept])

    def _refuse_digits(self, row: int, column: int, text: str) -> None:
        what = (
            f"cell {xl_rowcol_to_cell(row - 1, column)} holds a number of more than 15 digits,"
            " of which a spreadsheet keeps 15"
        )
        fix = "format the column as text and enter the numbers again"
        self.problems.append(
            Problem(self.shown, row, self._name_of(column), "digits_lost", what, fix, value=text)
        )

    def _name_of(self, column: int) -> str:
        return dict(zip(self._columns, self.header, strict=True)).get(column, "")

    def _find_bad_rows(self, wanted: tuple[int, ...]) -> set[int]:
        """List error values and merged cells in wanted columns; return their rows, from 0."""
        columns = {self._columns[position] for position in wanted}
        found = [p for p in self._list_errors() if p.row and p.row > self.part.header_row]
        errors = [p for p in found if p.column in {self._name_of(c) for c in columns}]
        self.problems += errors
        bad = {p.row - 1 for p in errors if p.row}
        for top, left, bottom, right in self._content.merged:
            first = max(top, self.part.header_row)
            touched = sorted(column for column in columns if left <= column <= right)
            if bottom < first or not touched or (first == bottom and len(touched) == 1):
                continue
            what = f"cells {xl_range(top, left, bottom, right)} are merged"
            fix = "split the cells and write the value into each row"
            name = self._name_of(touched[0])
            last = min(bottom, max(self._content.last_of_column.values(), default=-1))
            for at in range(first, last + 1):
                self.problems.append(Problem(self.shown, at + 1, name, "merged_cells", what, fix))
                bad.add(at)
        return bad

    def _list_errors(self) -> Iterator[Problem]:
        for (row, column), value in sorted(self._content.errors.items()):
            what = f"cell {xl_rowcol_to_cell(row, column)} shows the error {value[:20]}"
            fix = "mend the formula, or write the value instead"
            name = self._name_of(column)
            yield Problem(
                self.shown, row + 1, name, "error_value", what, fix,
                value=value[:20], whole=not self.header,
            )  # fmt: skip


def _choose_sheet(sheets: tuple[Sheet, ...], name: str | None, shown: str) -> Sheet:
    named = [sheet for sheet in sheets if sheet.name == name]
    visible = [sheet for sheet in sheets if sheet.is_visible]
    if name is not None:
        if named:
            return named[0]
        known = say_known(name, [sheet.name for sheet in sheets])
        raise refuse(shown, "unknown_sheet", f"there is no sheet '{name[:60]}'", known)
    if len(visible) == 1:
        return visible[0]
    if not visible:
        raise refuse(shown, "unknown_sheet", "there is no visible sheet", "name one under sheet")
    names = ", ".join(f"'{sheet.name}'" for sheet in visible[:20])
    raise refuse(
        shown, "several_sheets", f"there are {len(visible)} sheets: {names}",
        "say under sheet which one to read",
    )  # fmt: skip


def load_cells(path: Path, sheet: Sheet, shown: str) -> Any:
    import python_calamine

    try:
        return python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name(sheet.name)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise damaged(shown, str(error)[:200] or "it cannot be opened") from None
    except BaseException as error:
        # A panic of the library is not even an Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(shown, "the library that reads spreadsheets gave up") from None
