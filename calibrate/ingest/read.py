"""Text file → header and chunks of text; nothing is converted and nothing guessed."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibrate.errors import Problem
from calibrate.ingest.encoding import (
    find_bad_byte,
    find_mark,
    is_mark_right,
    plain_name,
    read_past_mark,
)

#: Rows per chunk; 48 million marks pass through in about two hundred.
CHUNK_ROWS = 1 << 18
_SNIFF = 1 << 16
#: Longest cell; a longer one is a quote that was never closed.
_LONGEST_CELL = 1 << 20


@dataclass(frozen=True)
class RawChunk:
    """Consecutive rows of one file: the text of each wanted column, and the row numbers.

    Columns are categorical, so that each distinct text is looked at once; "" is
    a blank cell and no code is negative.
    """

    columns: tuple[pd.Categorical, ...]
    row: NDArray[np.int64]


class TableReader(Protocol):
    """What every kind of input table offers; faults never raise, they become problems.

    A row number is what a spreadsheet shows: the header is row 1, a blank line
    is a row, and a cell with line breaks inside quotes stays within its row.
    """

    shown: str
    problems: list[Problem]
    header: tuple[str, ...]
    #: Rows whose number of cells differs from the header's; they are in no chunk.
    ragged: list[int]

    def read_header(self) -> tuple[str, ...]:
        """Return the column names without surrounding blanks; empty if there are none."""

    def chunks(self, wanted: tuple[int, ...]) -> Iterator[RawChunk]:
        """Yield the rows after the header; only the ``wanted`` columns are ever decoded."""


def as_categories(texts: NDArray[np.object_]) -> pd.Categorical:
    """Turn a column of texts into codes and distinct texts, in order of appearance."""
    codes, distinct = pd.factorize(texts)
    return pd.Categorical.from_codes(codes, categories=pd.Index(distinct, dtype=object))


@dataclass
class CsvReader:
    """Reads one delimited file row by row and lists what it cannot read.

    Parameters
    ----------
    path, shown
        Where the file is, and what problems call it.
    encoding, delimiter, header_row
        As declared in the cycle.
    chunk_rows
        Rows held in memory at once.
    """

    path: Path
    shown: str
    encoding: str = "utf-8"
    delimiter: str = ","
    header_row: int = 1
    chunk_rows: int = CHUNK_ROWS
    problems: list[Problem] = field(default_factory=list)
    header: tuple[str, ...] = ()
    ragged: list[int] = field(default_factory=list)
    #: Lines of the file up to the end of the header.
    header_lines: int = 0

    def refuse(self, rule: str, what: str, fix: str, row: int | None = None) -> None:
        self.problems.append(Problem(self.shown, row, "", rule, what, fix, whole=True))

    def read_header(self) -> tuple[str, ...]:
        first = list(self._records(stop_after=self.header_row))
        if len(first) == self.header_row:
            self.header = tuple(cell.strip() for cell in first[-1])
        if not any(self.header) and not self.problems:
            where = "the first line" if self.header_row == 1 else f"row {self.header_row}"
            what = f"{where} is blank" if first else "the file is empty"
            if 0 < len(first) < self.header_row:
                what = f"there is no row {self.header_row}: the file ends before"
            fix = f"write the column names on {where}"
            if self.header_row > 1:
                fix += ", or correct header_row"
            self.refuse("empty_file", what, fix)
            self.header = ()
        return self.header

    def chunks(self, wanted: tuple[int, ...]) -> Iterator[RawChunk]:
        width = len(self.header)
        batch: list[list[str]] = []
        rows: list[int] = []
        has_rows = False
        for number, record in enumerate(self._records(), start=1):
            if number <= self.header_row or not any(record):
                continue
            has_rows = True
            if len(record) != width:
                self._note_ragged(number, len(record))
                continue
            batch.append(record)
            rows.append(number)
            if len(batch) >= self.chunk_rows:
                yield _make_chunk(batch, rows, wanted)
                batch, rows = [], []
        if batch:
            yield _make_chunk(batch, rows, wanted)
        if not has_rows and not self.problems:
            self.refuse(
                "no_rows", "there is no row below the header",
                "export the file again, or take it out of the inputs",
            )  # fmt: skip

    def read_rows(self, rows: Collection[int]) -> Iterator[tuple[int, list[str]]]:
        """Yield rows as they stand, whatever their number of cells, beside their number."""
        for number, record in enumerate(self._records(stop_after=max(rows, default=1)), start=1):
            if number in rows:
                yield number, record

    def _note_ragged(self, row: int, n_cells: int) -> None:
        self.ragged.append(row)
        what = f"{n_cells} cells where the header has {len(self.header)}"
        fix = "add or remove delimiters; put text with a delimiter in quotes"
        self.problems.append(Problem(self.shown, row, "", "ragged_row", what, fix))

    def _records(self, stop_after: int | None = None) -> Iterator[list[str]]:
        csv.field_size_limit(_LONGEST_CELL)
        number = 0
        try:
            with self.path.open("rb") as stream:
                if self._is_binary(stream):
                    return
                with self._as_text(stream) as text:
                    cells = csv.reader(_without_nul(text), delimiter=self.delimiter, strict=True)
                    for number, record in enumerate(cells, start=1):
                        if number == self.header_row:
                            self.header_lines = cells.line_num
                        yield record
                        if number == stop_after:
                            return
        except FileNotFoundError:
            self.refuse("missing_file", "there is no such file", "check name and folder")
        except IsADirectoryError:
            self.refuse("missing_file", "this is a folder", "name a file")
        except UnicodeError:
            self._explain_encoding()
        except csv.Error as error:
            what = f"not readable as a table: {error}"
            self.refuse("csv_syntax", what, "close every quote; check the delimiter", number + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "bad file name"
            self.refuse("unreadable_file", f"cannot be read: {reason}", "check the file")

    def _as_text(self, stream: BinaryIO) -> io.TextIOWrapper:
        read_past_mark(stream, self.encoding)
        return io.TextIOWrapper(stream, encoding=self.encoding, newline="")

    def _is_binary(self, stream: BinaryIO) -> bool:
        start = stream.read(_SNIFF)
        stream.seek(0)
        if not is_mark_right(start[:4], self.encoding):
            self._explain_encoding()
            return True
        is_wide = plain_name(self.encoding).startswith(("utf-16", "utf-32"))
        if b"\0" in start and not is_wide:
            self.refuse("binary_file", "this is no text file", "save it as CSV in UTF-8")
            return True
        return False

    def _explain_encoding(self) -> None:
        offset, line = find_bad_byte(self.path, self.encoding) or (0, 1)
        name = "UTF-8" if codecs.lookup(self.encoding).name == "utf-8" else self.encoding
        rule = "not_utf8" if name == "UTF-8" else "not_decodable"
        with self.path.open("rb") as stream:
            mark, meant = find_mark(stream.read(4))
        if mark and meant != plain_name(self.encoding):
            fix = f"its first bytes say {meant}: declare encoding: {meant}"
        elif name == "UTF-8":
            fix = "save it as CSV UTF-8, or declare its encoding, such as encoding: cp1252"
        else:
            fix = "declare the encoding the file was saved in"
        self.refuse(rule, f"byte {offset} is not {name}", fix, line)


def _without_nul(lines: io.TextIOWrapper) -> Iterator[str]:
    for line in lines:
        if "\0" in line:
            raise csv.Error("a NUL character")
        yield line


def _make_chunk(batch: list[list[str]], rows: list[int], wanted: tuple[int, ...]) -> RawChunk:
    columns = []
    for position in wanted:
        texts = np.empty(len(batch), dtype=object)
        texts[:] = [record[position] for record in batch]
        columns.append(as_categories(texts))
    return RawChunk(tuple(columns), np.array(rows, dtype=np.int64))
