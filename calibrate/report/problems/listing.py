"""Every problem, as CSV and as a workbook, beside the row it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from calibrate.config import Cycle, load_cycle
from calibrate.errors import InputError, Problem
from calibrate.ingest.excerpt import Excerpt, read_excerpt
from calibrate.report.files import encode_rows
from calibrate.report.folder import explain_disk
from calibrate.report.problems.book import ProblemBook
from calibrate.tables import PROBLEMS, Column, Contract

#: The public table, and the row itself for whoever mends it.
LISTED = Contract(
    PROBLEMS.name,
    PROBLEMS.key,
    (*PROBLEMS.columns, Column("content", "text", "the row, as name=value")),
    is_key_unique=False,
    meaning=PROBLEMS.meaning,
)
_NAMES = ("problems.csv", "problems.xlsx")
_ROWS = 1 << 16


@dataclass(frozen=True)
class FileProblems:
    """The problems of one file in order of row, column and rule, and the rows they are about."""

    shown: str
    problems: Sequence[Problem]
    row: NDArray[np.int64]
    excerpt: Excerpt


def write_problems(out: Path, problems: Sequence[Problem], cycle_path: Path) -> tuple[Path, ...]:
    """Replace ``problems.csv`` and ``problems.xlsx`` below ``out``.

    Parameters
    ----------
    problems
        Errors and notes.
    cycle_path
        The cycle file or its folder; rows are read again through it.

    Returns
    -------
    The files written.
    """
    cycle = _load(cycle_path)
    paths = tuple(out / name for name in _NAMES)
    with explain_disk(out):
        out.mkdir(parents=True, exist_ok=True)
        beside = [path.with_name(f".{path.name}") for path in paths]
        try:
            with beside[0].open("wb") as stream, ProblemBook(beside[1], problems) as book:
                stream.write((",".join(LISTED.names) + "\n").encode())
                for part in _split_by_file(problems, cycle, cycle_path):
                    for table in _tabulate(part):
                        stream.write(encode_rows(LISTED, table))
                    book.add(part.shown, part.problems, part.row, part.excerpt)
            for written, path in zip(beside, paths, strict=True):
                written.replace(path)
        finally:
            for leftover in beside:
                leftover.unlink(missing_ok=True)
    return paths


def remove_problems(out: Path) -> None:
    """Take away the list of an earlier run: nothing stops this one."""
    with explain_disk(out):
        for name in _NAMES:
            (out / name).unlink(missing_ok=True)


def _load(cycle_path: Path) -> Cycle | None:
    try:
        return load_cycle(cycle_path)
    except InputError:
        return None


def _split_by_file(
    problems: Sequence[Problem], cycle: Cycle | None, cycle_path: Path
) -> Iterator[FileProblems]:
    codes, names = pd.factorize(np.array([p.file for p in problems], dtype=object), sort=True)
    row = np.array([p.row or 0 for p in problems], dtype=np.int64)
    ranks = [_rank([getattr(p, key) for p in problems]) for key in ("value", "rule", "column")]
    order = np.lexsort((*ranks, row, codes))
    bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
    for code, shown in enumerate(names.tolist()):
        at = order[bounds[code] : bounds[code + 1]]
        wanted = np.unique(row[at])
        excerpt = read_excerpt(cycle, cycle_path, shown, wanted[wanted > 0])
        yield FileProblems(shown, [problems[i] for i in at.tolist()], row[at], excerpt)


def _rank(texts: list[str]) -> NDArray[np.int64]:
    codes, _ = pd.factorize(np.array(texts, dtype=object), sort=True)
    return codes


def _tabulate(part: FileProblems) -> Iterator[pa.Table]:
    for start in range(0, len(part.problems), _ROWS):
        some, row = part.problems[start : start + _ROWS], part.row[start : start + _ROWS]
        columns: dict[str, pa.Array] = {
            "file": pa.array([part.shown] * len(some), pa.string()),
            "row": pa.array(row, mask=row == 0),
            "column": pa.array([p.column for p in some], pa.string()),
            "rule": pa.array([p.rule for p in some], pa.string()),
            "level": pa.array([p.level for p in some], pa.string()),
            "value": pa.array([p.value for p in some], pa.string()),
            "fix": pa.array([f"{p.what}; {p.fix}" for p in some], pa.string()),
            "content": part.excerpt.describe(row),
        }
        yield pa.table(columns)
