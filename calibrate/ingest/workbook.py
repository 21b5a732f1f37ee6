"""Workbook → its sheets, and what a sheet holds before it is read.

A spreadsheet reader lays a sheet out as one rectangle and copies shared texts into
each cell; one cell in the last corner asks for 17 billion. Both are counted first.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import Final

from calibrate.ingest.archive import Archive, damaged, refuse, too_large

#: Filled cells, cells of the rectangle around them, and characters in them.
MOST_FILLED: Final = 10_000_000
MOST_CELLS: Final = 1 << 25
MOST_TEXT: Final = 1 << 28

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_DIGITS = "0123456789"

#: First row, first column, last row, last column, all from 0.
Area = tuple[int, int, int, int]


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: its name, whether people see it, and the member it stands in."""

    name: str
    is_visible: bool
    member: str


@dataclass
class SheetContent:
    """What a sheet holds: filled cells, error values, merged cells; rows and columns from 0."""

    last_of_column: dict[int, int] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)


def read_sheets(archive: Archive) -> tuple[Sheet, ...]:
    """List the sheets that hold cells, in the order people see them.

    Raises
    ------
    InputError
        If there is no workbook inside, or it is damaged.
    """
    book = _find_book(archive)
    targets = _read_relations(archive, book)
    sheets: list[Sheet] = []

    def start(name: str, at: dict[str, str]) -> None:
        if _local(name) == "sheet":
            relation = next((at[key] for key in at if key.endswith(":id")), "")
            kind, member = targets.get(relation, ("", ""))
            if kind == "worksheet":
                is_visible = at.get("state", "visible") == "visible"
                sheets.append(Sheet(at.get("name", ""), is_visible, member))

    archive.parse(book, start)
    if len({sheet.name for sheet in sheets}) < len(sheets):
        raise damaged(archive.shown, "two sheets have one name")
    _check_styles(archive, targets)
    return tuple(sheets)


def _find_book(archive: Archive) -> str:
    targets = _read_relations(archive, "")
    book = next((member for kind, member in targets.values() if kind == "officeDocument"), "")
    if book.endswith(".bin"):
        what = "this is a binary workbook (.xlsb) with the name of another"
        raise refuse(archive.shown, "not_a_spreadsheet", what, "save it as .xlsx")
    if book.rpartition("/")[2] != "workbook.xml":
        raise refuse(
            archive.shown, "not_a_spreadsheet", "there is no workbook inside",
            "open it in the program it was made with and save the table as .xlsx",
        )  # fmt: skip
    return book


def _read_relations(archive: Archive, member: str) -> dict[str, tuple[str, str]]:
    """Return kind and member of each part that a member refers to, by the relation's id."""
    folder, name = posixpath.split(member)
    targets: dict[str, tuple[str, str]] = {}

    def start(element: str, at: dict[str, str]) -> None:
        if _local(element) != "Relationship" or at.get("TargetMode") == "External":
            return
        key, target = at.get("Id", ""), at.get("Target", "")
        if key in targets:
            raise damaged(archive.shown, "two of its relations have one id")
        # A target that begins with a slash is absolute to the archive, not to the folder.
        path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        targets[key] = (at.get("Type", "").rpartition("/")[2], path)

    archive.parse(posixpath.join(folder, "_rels", f"{name}.rels"), start)
    return targets


def _check_styles(archive: Archive, targets: dict[str, tuple[str, str]]) -> None:
    for kind, member in targets.values():
        if kind == "styles":
            archive.parse(member, lambda *_: None)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def scan_sheet(archive: Archive, sheet: Sheet) -> SheetContent:
    """Go through a sheet once and count, before anything is laid out in memory.

    Raises
    ------
    InputError
        If the sheet is damaged or larger than the limits above.
    """
    book = _find_book(archive)
    targets = _read_relations(archive, book).values()
    shared = [member for kind, member in targets if kind == "sharedStrings"]
    if len(shared) > 1:
        raise damaged(archive.shown, "it has two lists of texts")
    lengths = _measure_texts(archive, shared[0]) if shared else []
    scan = _SheetScan(archive.shown, sheet.name, lengths)
    archive.parse(sheet.member, scan.start, scan.text)
    return scan.content


def _measure_texts(archive: Archive, member: str) -> list[int]:
    lengths: list[int] = []

    def start(name: str, _: dict[str, str]) -> None:
        if _local(name) == "si":
            lengths.append(0)
            if len(lengths) > MOST_FILLED:
                raise too_large(archive.shown, f"more than {MOST_FILLED:,} texts")

    def text(part: str) -> None:
        if lengths:
            lengths[-1] += len(part)

    archive.parse(member, start, text)
    return lengths


class _SheetScan:
    """Hears the elements of a sheet one by one."""

    def __init__(self, shown: str, name: str, lengths: list[int]) -> None:
        self.content = SheetContent()
        self._shown, self._name, self._lengths = shown, name, lengths
        self._row, self._column = -1, -1
        self._kind, self._inside = "", ""
        self._columns: dict[str, int] = {}
        self._n_filled = self._n_text = self._n_merged = 0
        self._first_row, self._last_row = _LAST_ROW, -1
        self._first_column, self._last_column = _LAST_COLUMN, -1

    def start(self, name: str, at: dict[str, str]) -> None:
        local = name if ":" not in name else _local(name)
        self._inside = local
        if local == "c":
            self._kind = at.get("t", "n")
            place = at.get("r")
            if place is None:
                self._column += 1
            else:
                self._row, self._column = self._place(place)
        elif local in {"v", "is"}:
            self._fill()
        elif local == "row":
            number = at.get("r", "")
            self._row = int(number) - 1 if number.isdecimal() else self._row + 1
            self._column = -1
        elif local == "mergeCell":
            self._merge(*at.get("ref", "").partition(":")[::2])

    def text(self, part: str) -> None:
        if self._inside != "v" or not part.strip():
            return
        if self._kind == "s":
            index = int(part) if part.isdecimal() else -1
            if not 0 <= index < len(self._lengths):
                raise damaged(self._shown, f"sheet '{self._name}' refers to a text that is missing")
            self._n_text += self._lengths[index]
            if self._n_text > MOST_TEXT:
                raise self._too_large(f"more than {MOST_TEXT:,} characters of text")
        elif self._kind == "e":
            self.content.errors[self._row, self._column] = part.strip()

    def _merge(self, first: str, last: str) -> None:
        area = (*self._place(first), *self._place(last or first))
        self._n_merged += max(area[2] - area[0], 0) + 1
        if self._n_merged > MOST_FILLED:
            raise self._too_large("merged cells that lie over each other")
        self.content.merged.append(area)

    def _fill(self) -> None:
        row, column = self._row, self._column
        self._n_filled += 1
        if self._n_filled > MOST_FILLED:
            raise self._too_large(f"more than {MOST_FILLED:,} filled cells")
        if row > self.content.last_of_column.get(column, -1):
            self.content.last_of_column[column] = row
        is_inside = self._first_row <= row <= self._last_row
        if not is_inside or not self._first_column <= column <= self._last_column:
            self._widen(row, column)

    def _widen(self, row: int, column: int) -> None:
        if not (0 <= row < _LAST_ROW and 0 <= column < _LAST_COLUMN):
            raise damaged(self._shown, f"sheet '{self._name}' has cells outside of any sheet")
        self._first_row, self._last_row = min(self._first_row, row), max(self._last_row, row)
        self._first_column = min(self._first_column, column)
        self._last_column = max(self._last_column, column)
        n_rows = self._last_row - self._first_row + 1
        if n_rows * (self._last_column - self._first_column + 1) > MOST_CELLS:
            raise self._too_large(
                "cells so far apart that the sheet would need memory for"
                f" more than {MOST_CELLS:,} cells"
            )

    def _place(self, place: str) -> tuple[int, int]:
        """Turn such as C7 into row and column."""
        letters = place.rstrip(_DIGITS)
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = _find_column(letters)
        number = place[len(letters) :]
        if column < 0 or not 0 < len(number) < 8:
            raise damaged(self._shown, f"sheet '{self._name}' has a cell named {place[:20]!r}")
        return int(number) - 1, column

    def _too_large(self, what: str) -> Exception:
        return too_large(self._shown, f"sheet '{self._name}' has {what}")


def _find_column(letters: str) -> int:
    if not (0 < len(letters) < 4 and letters.isascii() and letters.isupper()):
        return -1
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
