"""Somebody's export files → columns with a bounded sample of their texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from calibrate.config.inputs import ENDINGS, PARQUET_ENDINGS, SPREADSHEET_ENDINGS
from calibrate.config.names import is_protected_name
from calibrate.errors import InputError, Problem
from calibrate.ingest.archive import read_archive
from calibrate.ingest.cells import show_cell
from calibrate.ingest.spreadsheet import load_cells
from calibrate.ingest.workbook import read_sheets, scan_sheet
from calibrate.setup.dialect import (
    COMMA,
    FIRST_ROW,
    UTF_8,
    Guess,
    guess_delimiter,
    guess_encoding,
    guess_header_row,
    split_rows,
)

#: Rows looked at in each file: enough to see every label, few enough to be quick.
SAMPLE_ROWS: Final = 5_000
_SAMPLE_BYTES: Final = 1 << 22
_NUMBER = re.compile(r"[-+]?\d{1,12}(?:[.,]\d{1,6})?", re.ASCII)


@dataclass(frozen=True)
class Column:
    """A column of an export; a protected one keeps its name alone."""

    name: str
    texts: tuple[str, ...] = ()

    @cached_property
    def counts(self) -> Counter[str]:
        """Each text that is not blank, and how often it stands in the sample."""
        return Counter(text for text in self.texts if text)

    @property
    def is_protected(self) -> bool:
        return is_protected_name(self.name)

    @property
    def is_numeric(self) -> bool:
        return bool(self.counts) and all(_NUMBER.fullmatch(text) for text in self.counts)

    @property
    def is_unique(self) -> bool:
        return bool(self.counts) and max(self.counts.values()) == 1

    @property
    def has_labels(self) -> bool:
        """Few short texts that repeat: what answers on a scale look like."""
        n = self.counts.total()
        is_short = all(len(text) <= 60 for text in self.counts)
        return is_short and 1 < len(self.counts) <= 12 and n >= 2 * len(self.counts)

    @property
    def has_marks(self) -> bool:
        """Labels, or numbers of which nearly all are such as a scale has."""
        if not self.is_numeric:
            return self.has_labels
        n_odd = sum(self.counts[text] for text in self.odd_numbers)
        return not self.is_unique and n_odd <= 0.2 * self.counts.total()

    @property
    def odd_numbers(self) -> tuple[str, ...]:
        """Numbers that no scale has; some programs store "no answer" so."""
        numbers = {text: float(text.replace(",", ".")) for text in self.counts}
        return tuple(text for text, number in numbers.items() if not 0 <= number <= 10)


@dataclass(frozen=True)
class Export:
    """One table of somebody's files: a text file, a Parquet file, or one sheet of a workbook."""

    path: Path
    columns: tuple[Column, ...]
    n_rows: int
    sheet: str = ""
    encoding: Guess = UTF_8
    delimiter: Guess = COMMA
    header_row: Guess = FIRST_ROW
    faults: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        return f"{self.path.name}, sheet {self.sheet}" if self.sheet else self.path.name

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def find(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def read_exports(paths: Sequence[Path]) -> tuple[Export, ...]:
    """Look into each file, and into each sheet of a workbook that holds a table.

    Values of protected attributes are not kept: their names are all that is known.

    Raises
    ------
    InputError
        Listing every file that cannot be read.
    """
    exports: list[Export] = []
    problems: list[Problem] = []
    for path in dict.fromkeys(paths):
        try:
            exports += _read(path)
        except InputError as error:
            problems += error.problems
        except FileNotFoundError:
            problems.append(_refuse(path, "there is no such file", "check name and folder"))
        except OSError as error:
            problems.append(_refuse(path, f"cannot be read: {error.strerror}", "check the file"))
    if problems:
        raise InputError(problems)
    return tuple(exports)


def _refuse(path: Path, what: str, fix: str) -> Problem:
    return Problem(path.name, None, "", "export", what, fix, whole=True)


def _read(path: Path) -> Iterator[Export]:
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        what = f"the ending of '{path.name}' is not known"
        raise InputError([_refuse(path, what, f"save it as one of {', '.join(ENDINGS)}")])
    if ending in SPREADSHEET_ENDINGS:
        yield from _read_workbook(path)
    elif ending in PARQUET_ENDINGS:
        yield _read_parquet(path)
    else:
        yield _read_text(path)


def _read_text(path: Path) -> Export:
    with path.open("rb") as stream:
        start = stream.read(_SAMPLE_BYTES)
        is_whole = not stream.read(1)
    encoding = guess_encoding(start, is_whole=is_whole)
    if encoding is None:
        raise InputError([_refuse(path, "this is no text file", "save it as CSV in UTF-8")])
    text = start.decode(encoding.value, errors="ignore").removeprefix("\ufeff")
    delimiter = guess_delimiter(text)
    rows = split_rows(text, delimiter.value, SAMPLE_ROWS + 30)
    if not is_whole:
        rows = rows[:-1]
    return _make_export(path, rows, encoding=encoding, delimiter=delimiter)


def _read_workbook(path: Path) -> Iterator[Export]:
    archive = read_archive(path, path.name)
    for sheet in read_sheets(archive):
        if not sheet.is_visible:
            continue
        # Counted before it is opened: a few bytes of a workbook can ask for gigabytes.
        scan_sheet(archive, sheet)
        cells = load_cells(path, sheet, path.name)
        values = cells.to_python(skip_empty_area=False, nrows=SAMPLE_ROWS + 30)
        rows = [[show_cell(value) for value in row] for row in values]
        if sum(any(row) for row in rows) > 1:
            yield _make_export(path, rows, sheet=sheet.name)


def _read_parquet(path: Path) -> Export:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            batch = next(file.iter_batches(batch_size=SAMPLE_ROWS), None)
            names = file.schema_arrow.names
    except pa.ArrowException as error:
        what = f"the Parquet file cannot be read: {str(error).splitlines()[0][:80]}"
        raise InputError([_refuse(path, what, "write it again")]) from None
    columns = [c.to_pylist() for c in batch.columns] if batch else [[] for _ in names]
    rows = [names, *([show_cell(value) for value in row] for row in zip(*columns, strict=True))]
    return _make_export(path, rows)


def _make_export(
    path: Path,
    rows: Sequence[Sequence[str]],
    *,
    sheet: str = "",
    encoding: Guess = UTF_8,
    delimiter: Guess = COMMA,
) -> Export:
    header_row = guess_header_row(rows)
    at = int(header_row.value)
    names = [name.strip() for name in rows[at - 1]] if len(rows) >= at else []
    while names and not names[-1]:
        names.pop()
    if not names:
        raise InputError([_refuse(path, "no row holds names of columns", "export it again")])
    twice = [name for name, n in Counter(name for name in names if name).items() if n > 1]
    faults = [f"the column '{name}' stands twice: rename one" for name in twice]
    if "" in names:
        faults.append(f"column {names.index('') + 1} has no name: name it or remove it")
    below = [row for row in rows[at : at + SAMPLE_ROWS] if any(cell.strip() for cell in row)]
    columns = tuple(
        Column(name)
        if is_protected_name(name)
        else Column(name, tuple(row[i].strip() if i < len(row) else "" for row in below))
        for i, name in enumerate(names)
        if name and name not in names[:i]
    )
    return Export(path, columns, len(below), sheet, encoding, delimiter, header_row, tuple(faults))
