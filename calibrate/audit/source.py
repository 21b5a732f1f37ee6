"""Rows of the attributes file as text; only ``attributes`` calls this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calibrate.config import Cycle, InputFile
from calibrate.errors import Problem
from calibrate.ingest.read import CsvReader


@dataclass(frozen=True, repr=False)
class Record:
    """One row: where it stands and what it says; printing shows nothing of it."""

    file: str
    row: int
    values: Mapping[str, str]


@dataclass(frozen=True, repr=False)
class Source:
    """All rows of the file or files, under our column names.

    Parameters
    ----------
    header : names in the order of the first file
    records : rows that have a cell for each column
    problems : what could not be read
    """

    header: tuple[str, ...]
    records: tuple[Record, ...]
    problems: tuple[Problem, ...]


def read_source(cycle: Cycle, declared: InputFile) -> Source:
    """Read the declared file, or files of the same columns; values stay as they stand."""
    header: tuple[str, ...] | None = None
    records: list[Record] = []
    problems: list[Problem] = []
    for shown in declared.files:
        reader = CsvReader(cycle.resolve(shown), shown, declared.encoding, declared.delimiter)
        names = reader.read_header()
        ours, faults = _rename(names, declared, shown)
        header = ours if header is None else header
        if names and set(ours) != set(header):
            what, fix = "other columns than in the first file", "give all files the same columns"
            faults.append(Problem(shown, 1, "", "columns_differ", what, fix, whole=True))
        problems += faults
        if names and not faults:
            ignored = set(declared.ignore)
            positions = tuple(at for at, theirs in enumerate(names) if theirs not in ignored)
            for chunk in reader.chunks(positions):
                for at, row in enumerate(chunk.row.tolist()):
                    cells = (str(column[at]) for column in chunk.columns)
                    records.append(Record(shown, row, dict(zip(ours, cells, strict=True))))
        problems += reader.problems
    return Source(header or (), tuple(records), tuple(problems))


def _rename(
    names: tuple[str, ...], declared: InputFile, shown: str
) -> tuple[tuple[str, ...], list[Problem]]:
    problems: list[Problem] = []

    def report(column: str, rule: str, what: str, fix: str) -> None:
        problems.append(Problem(shown, 1, column, rule, what, fix, whole=True))

    for theirs in (*declared.columns, *declared.ignore):
        if names and theirs not in names:
            report(theirs, "missing_column", f"there is no column '{theirs}'", "check the cycle")
    kept = [theirs for theirs in names if theirs not in declared.ignore]
    ours = tuple(declared.columns.get(theirs, theirs) for theirs in kept)
    for name in sorted({name for name in ours if ours.count(name) > 1}):
        report(name, "duplicate_column", f"two columns are '{name}'", "rename or ignore one")
    if "" in ours:
        report("", "blank_column", "a column has no name", "name it or remove it")
    return ours, problems
