"""Somebody else's table of counts: one row a group, with the figures they printed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from calibrate.audit.attributes import NOT_STATED
from calibrate.config import InputFile, say_known
from calibrate.config.inputs import ENDINGS
from calibrate.errors import InputError, Problem
from calibrate.ingest.contracts import is_visible
from calibrate.ingest.open import open_file

REQUIRED = ("attribute", "group", "n", "n_favourable")
OPTIONAL = ("measure", "stage", "is_reference")
#: Figures that may be printed beside the counts; each is checked against them.
PRINTED = ("rate", "ratio", "impact_ratio", "p_value", "difference", "z_value", "shortfall")
KNOWN = (*REQUIRED, *OPTIONAL, *PRINTED)
#: What a table without the column is about.
MEASURE, STAGE = "selection_rate", "given"
#: Names of the group of people whose attribute is not known.
NOT_KNOWN = (NOT_STATED, "unknown")

#: Twelve digits are more people than there are, and far within what a double holds exactly.
_WHOLE = re.compile(r"\d{1,12}(\.0+)?")
_FIGURE = re.compile(r"[<>]?\s*[-+\N{MINUS SIGN}]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*%?")
_YES, _NO = ("yes", "true", "1", "y", "x"), ("", "no", "false", "0", "n")


@dataclass(frozen=True)
class CountRow:
    """One group: how many people, how many of them counted, and what was printed.

    Parameters
    ----------
    row
        Line of the file; the header is row 1.
    stage, measure, attribute, group
        What is compared.
    n, n_favourable
        People, and how many of them the measure counts.
    is_reference
        Marked as the group that the others are compared with.
    printed
        Column to the figure as it stands in the file.
    """

    row: int
    stage: str
    measure: str
    attribute: str
    group: str
    n: int
    n_favourable: int
    is_reference: bool = False
    printed: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        """No part of the group is the one of people who did not say."""
        return not any(part.lower() in NOT_KNOWN for part in self.group.split("*"))


def read_counts(path: Path) -> tuple[CountRow, ...]:
    """Read a table of counts from CSV, XLSX or Parquet.

    Raises
    ------
    InputError
        With every problem; a table at fault is never audited in part.
    """
    shown = path.name
    if path.suffix.lower() not in ENDINGS:
        what, fix = f"the ending of '{shown}' is not known", f"save it as {', '.join(ENDINGS)}"
        raise InputError([Problem(shown, None, "", "unknown_format", what, fix, whole=True)])
    reader = open_file(path, shown, InputFile(file=shown))
    header = reader.read_header()
    problems = list(reader.problems)
    if header and not problems:
        problems += _check_header(header, shown)
    if problems:
        raise InputError(problems)
    records: list[tuple[int, dict[str, str]]] = []
    for chunk in reader.chunks(tuple(range(len(header)))):
        columns = [[str(cell) for cell in column] for column in chunk.columns]
        for row, *cells in zip(chunk.row.tolist(), *columns, strict=True):
            records.append((row, dict(zip(header, cells, strict=True))))
    problems = list(reader.problems)
    rows = []
    for number, record in records:
        found = _check_record(number, record, shown)
        problems += found
        if not found:
            rows.append(_build_row(number, record))
    problems += _check_together(rows, shown)
    if problems:
        raise InputError(problems)
    return tuple(rows)


def _check_header(header: Sequence[str], file: str) -> list[Problem]:
    def report(column: str, rule: str, what: str, fix: str) -> Problem:
        return Problem(file, 1, column, rule, what, fix, whole=True)

    if len(header) == 1 and (signs := [sign for sign in ";\t|" if sign in header[0]]):
        what = f"the columns are parted by {signs[0]!r}"
        return [report("", "wrong_delimiter", what, "save it with commas, or as .xlsx or .parquet")]
    needed = f"needed: {', '.join(REQUIRED)}"
    problems = [
        report(name, "missing_column", f"column {name} is missing", needed)
        for name in REQUIRED
        if name not in header
    ]
    problems += [
        report(name, "unknown_column", f"unknown column '{name}'", say_known(name, KNOWN))
        for name in header
        if name not in KNOWN
    ]
    problems += [
        report(name, "duplicate_column", f"two columns are '{name}'", "remove one")
        for name, times in Counter(header).items()
        if times > 1 and name in KNOWN
    ]
    return problems


def _check_record(row: int, record: Mapping[str, str], file: str) -> list[Problem]:
    problems: list[Problem] = []

    def report(column: str, rule: str, what: str, fix: str) -> None:
        value = record[column]
        problems.append(Problem(file, row, column, rule, what, fix, value=value))

    for column, text in record.items():
        if text != text.strip():
            report(column, "spaces", f"{column} has spaces around it", "remove them")
        elif not is_visible(text):
            what = f"{column} has a character nobody sees"
            report(column, "control_character", what, "remove it")
    if not record["attribute"]:
        report("attribute", "blank_text", "attribute is blank", "write such as gender")
    for column in ("n", "n_favourable"):
        if not _WHOLE.fullmatch(record[column]):
            what = f"{column} is '{record[column]}'"
            report(column, "count_range", what, "write a whole number of people, such as 1234")
    counts = [record[c] for c in ("n", "n_favourable")]
    if all(_WHOLE.fullmatch(text) for text in counts):
        n, x = (int(float(text)) for text in counts)
        if x > n:
            what = f"n_favourable is {x}, more than the {n} people of n"
            report("n_favourable", "count_range", what, "correct one of the two")
    if record.get("is_reference", "").lower() not in (*_YES, *_NO):
        what = f"is_reference is '{record['is_reference']}'"
        report("is_reference", "not_yes_or_no", what, "write yes or leave it blank")
    for column in PRINTED:
        text = record.get(column, "")
        if text and not _FIGURE.fullmatch(text):
            what = f"{column} is '{text}'"
            fix = "write a number such as 0.68, 68% or <0.001, or leave it blank"
            report(column, "not_a_number", what, fix)
    return problems


def _build_row(row: int, record: Mapping[str, str]) -> CountRow:
    return CountRow(
        row=row,
        stage=record.get("stage") or STAGE,
        measure=record.get("measure") or MEASURE,
        attribute=record["attribute"],
        group=record["group"] or NOT_STATED,
        n=int(float(record["n"])),
        n_favourable=int(float(record["n_favourable"])),
        is_reference=record.get("is_reference", "").lower() in _YES,
        printed={column: record[column] for column in PRINTED if record.get(column)},
    )


def _check_together(rows: Sequence[CountRow], file: str) -> list[Problem]:
    problems = []
    times = Counter((r.stage, r.measure, r.attribute, r.group) for r in rows)
    references = Counter((r.stage, r.measure, r.attribute) for r in rows if r.is_reference)
    for row in rows:
        key = (row.stage, row.measure, row.attribute)
        if times[(*key, row.group)] > 1:
            what = f"group '{row.group}' of '{row.attribute}' stands more than once"
            fix = "keep one row a group, or tell them apart by measure or stage"
            problems.append(Problem(file, row.row, "group", "duplicate_row", what, fix))
        if row.is_reference and references[key] > 1:
            what = f"'{row.attribute}' has {references[key]} references"
            fix = "mark one group of each attribute, measure and stage"
            problems.append(Problem(file, row.row, "is_reference", "several_references", what, fix))
        if row.is_reference and not row.is_known:
            what = f"'{row.group}' is marked as the reference"
            fix = "mark a group of people whose attribute is known"
            problems.append(Problem(file, row.row, "is_reference", "several_references", what, fix))
    return problems
