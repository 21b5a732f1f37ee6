"""Header → our columns: the declared mapping, and nothing that was not declared."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from calibrate.config import (
    COLUMNS,
    REQUIRED,
    InputFile,
    is_protected_name,
    say_known,
    suggest_name,
)
from calibrate.errors import Problem


@dataclass(frozen=True)
class Header:
    """Where each of our columns stands in one file."""

    position: dict[str, int]
    problems: tuple[Problem, ...]


def match_header(
    names: tuple[str, ...], table: str, file: InputFile, shown: str, attributes: Collection[str]
) -> Header:
    """Match a file's column names with a table's, through ``columns`` and ``ignore``.

    Parameters
    ----------
    names
        The header, without surrounding blanks.
    table
        employees, ratings or goals.
    file
        What the cycle declares about the file.
    shown
        What problems call the file.
    attributes
        Names the cycle declares as protected.

    Returns
    -------
    Header
        Positions by our names, and every fault; all of them concern the whole file.
    """
    position: dict[str, int] = {}
    faults = [*_check_names(names), *_check_declared(names, file)]
    theirs_by_ours: dict[str, str] = {}
    for at, theirs in enumerate(names):
        if is_protected_name(theirs, attributes):
            what = f"column {at + 1}: '{theirs}' is a protected attribute"
            fix = "remove the column; attributes stand in the attributes file alone"
            faults.append((theirs, "attribute_column", what, fix))
            continue
        if theirs in file.ignore or not theirs:
            continue
        ours = file.columns.get(theirs, theirs)
        if ours not in COLUMNS[table]:
            what = f"column {at + 1}: unknown name '{theirs[:60]}'"
            faults.append((theirs, "unknown_column", what, _mend_unknown(theirs, table)))
        elif ours in position:
            if theirs_by_ours[ours] != theirs:
                what = f"'{theirs_by_ours[ours]}' and '{theirs}' are both {ours}"
                faults.append((theirs, "column_twice", what, "list one of them under ignore"))
        else:
            position[ours] = at
            theirs_by_ours[ours] = theirs
    for ours in REQUIRED[table]:
        if ours not in position:
            what = f"the column {ours} is missing"
            fix = f"add it, or map yours to it: inputs.{table}.columns"
            faults.append((ours, "missing_column", what, fix))
    problems = [
        Problem(shown, 1, name[:60], rule, what, fix, whole=True)
        for name, rule, what, fix in faults
    ]
    return Header(position, tuple(problems))


Fault = tuple[str, str, str, str]


def _check_names(names: tuple[str, ...]) -> Iterator[Fault]:
    seen: set[str] = set()
    for at, name in enumerate(names):
        if not name:
            yield "", "blank_column", f"column {at + 1} has no name", "name it or remove it"
        elif name in seen:
            what = f"the column '{name[:60]}' stands twice"
            yield name, "column_twice", what, "keep one of the two"
        seen.add(name)


def _check_declared(names: tuple[str, ...], file: InputFile) -> Iterator[Fault]:
    for theirs in file.columns:
        if theirs not in names:
            what = f"the mapped column '{theirs}' is not in the file"
            yield theirs, "mapped_column_missing", what, say_known(theirs, names[:40])
    for theirs in file.ignore:
        if theirs not in names:
            what = f"the ignored column '{theirs}' is not in the file"
            yield theirs, "ignored_column_missing", what, say_known(theirs, names[:40])


def _mend_unknown(theirs: str, table: str) -> str:
    near = suggest_name(theirs, COLUMNS[table])
    start = f"did you mean '{near}'? " if near else ""
    return f"{start}map it under inputs.{table}.columns, or list it under inputs.{table}.ignore"
