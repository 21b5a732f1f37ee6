"""What tests of spreadsheets share: reading one, and the one problem of a refused one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from calibrate.config import InputFile
from calibrate.errors import Problem
from calibrate.ingest.spreadsheet import SpreadsheetReader

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


def only_problem(path: Path, **keys: Any) -> Problem:
    """The one problem of a file that is refused as a whole."""
    reader = read(path, **keys)
    assert reader.read_header() == ()
    (problem,) = reader.problems
    assert problem.whole
    assert problem.fix
    return problem
