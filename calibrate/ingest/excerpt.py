"""Rows back from the input files, to be shown beside what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calibrate.config import COLUMNS, Cycle, InputFile, is_protected_name, show_place, shown_name
from calibrate.ingest.open import open_table
from calibrate.ingest.read import CsvReader, TableReader
from calibrate.ingest.values import IntArray

#: Longer cells are cut: who mends a row needs to recognise it, not to read it.
_LONGEST_CELL = 200
_MOST_COLUMNS = 60


@dataclass(frozen=True)
class Excerpt:
    """Some rows of one file, as text, under the file's own column names.

    Parameters
    ----------
    names : (C,)
        Columns that may be shown.
    row : (R,) in order
        Row numbers.
    columns : C arrays of (R,) text
    named : ours, or theirs, to the position in ``names``
        What a problem may call a column.
    raw : row number to text
        Rows that have too many cells or too few.
    """

    names: tuple[str, ...] = ()
    row: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    columns: tuple[pa.Array, ...] = ()
    named: dict[str, int] = field(default_factory=dict)
    raw: dict[int, str] = field(default_factory=dict)

    def find(self, rows: IntArray) -> IntArray:
        """Return where each row number stands, -1 where it is not here."""
        if not len(self.row):
            return np.full(len(rows), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.row, rows), len(self.row) - 1)
        return np.where(self.row[at] == rows, at, -1)

    def describe(self, rows: IntArray) -> pa.Array:
        """Write each row as ``name=value | name=value``; "" where it is not here."""
        at = self.find(rows)
        taken = pa.array(np.maximum(at, 0))
        if len(self.row):
            cells = [
                pc.binary_join_element_wise(f"{name}=", column.take(taken), "")
                for name, column in zip(self.names, self.columns, strict=True)
            ]
            text = pc.binary_join_element_wise(*cells, " | ")
            text = pc.if_else(pa.array(at >= 0), text, pa.scalar(""))
        else:
            text = pa.array([""] * len(rows), pa.string())
        if self.raw:
            raw = pa.array([self.raw.get(row) for row in rows.tolist()], pa.string())
            text = pc.coalesce(raw, text)
        return text


def read_excerpt(cycle: Cycle | None, cycle_path: Path, shown: str, rows: IntArray) -> Excerpt:
    """Read rows of a file of the cycle again, in one pass.

    No column under ``ignore``, no comment, no column that an attribute's name
    fits, and nothing of a file that holds attributes is read. Where two sheets
    of one name could be meant, there is no excerpt.

    Parameters
    ----------
    cycle, cycle_path
        The cycle, if it could be read, and its file.
    shown
        What problems call the file.
    rows
        Row numbers, in order and without repetition.
    """
    if shown in _list_closed(cycle):
        return Excerpt()
    document = _find_documents(cycle, cycle_path).get(shown)
    if document is not None:
        return _read_lines(document, rows)
    parts = [] if cycle is None else _find_parts(cycle, shown)
    if cycle is None or not parts or len({_read_as(part) for part, _ in parts}) > 1:
        return Excerpt()
    part, name = parts[0]
    reader = open_table(cycle, part, name)
    header = reader.read_header()
    visible = _choose_columns(cycle, header, [part for part, _ in parts])
    if not visible:
        return Excerpt()
    excerpt = _collect(reader, visible, rows)
    for part, _ in parts:
        for ours, at in _name_columns(part, excerpt.names):
            excerpt.named.setdefault(ours, at)
    if isinstance(reader, CsvReader) and not any(part.ignore for part, _ in parts):
        # A row with a cell too few would show an ignored column under another's name.
        wanted = set(reader.ragged) & set(rows.tolist())
        if wanted:
            for row, cells in CsvReader.read_rows(reader, wanted):
                excerpt.raw[row] = " | ".join(cell[:_LONGEST_CELL] for cell in cells)
    return excerpt


def _list_closed(cycle: Cycle | None) -> set[str]:
    """Files of tables whose columns are not ours: they hold attributes."""
    if cycle is None:
        return set()
    closed = set(type(cycle.inputs).model_fields) - set(COLUMNS)
    return {show_place(*place) for table in closed for place in cycle.inputs.places(table)}


def _find_documents(cycle: Cycle | None, cycle_path: Path) -> dict[str, Path]:
    path = cycle_path / "cycle.yaml" if cycle_path.is_dir() else cycle_path
    documents = {path.name: path}
    if cycle is not None:
        named = (*cycle.rubrics, *((cycle.strategy,) if cycle.strategy else ()))
        documents |= {shown_name(name): cycle.resolve(name) for name in named}
    return documents


def _find_parts(cycle: Cycle, shown: str) -> list[tuple[InputFile, str]]:
    return [
        (part, name)
        for table in COLUMNS
        for part, name in cycle.inputs.places(table)
        if show_place(part, name) == shown
    ]


def _read_as(part: InputFile) -> tuple[object, ...]:
    return (
        part.sheet, part.header_row, part.encoding, part.delimiter, part.database, part.table,
        part.query,
    )  # fmt: skip


def _choose_columns(
    cycle: Cycle, header: tuple[str, ...], parts: Collection[InputFile]
) -> dict[int, str]:
    visible = {
        at: name
        for at, name in enumerate(header)
        if name
        and not is_protected_name(name, cycle.attribute_names)
        and any(name not in part.ignore and part.targets(name) != ("comment",) for part in parts)
    }
    return dict(list(visible.items())[:_MOST_COLUMNS])


def _name_columns(part: InputFile, names: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for at, theirs in enumerate(names):
        yield theirs, at
        for ours in part.targets(theirs):
            yield ours, at


def _collect(reader: TableReader, visible: dict[int, str], rows: IntArray) -> Excerpt:
    found: list[IntArray] = []
    columns: list[list[pa.Array]] = [[] for _ in visible]
    for chunk in reader.chunks(tuple(visible)):
        is_wanted = np.isin(chunk.row, rows, assume_unique=True)
        if not is_wanted.any():
            continue
        found.append(chunk.row[is_wanted])
        for column, texts in zip(columns, chunk.columns, strict=True):
            used, codes = np.unique(texts.codes[is_wanted], return_inverse=True)
            cells = [str(text)[:_LONGEST_CELL] for text in texts.categories[used]]
            column.append(pa.array(cells, pa.string()).take(pa.array(codes)))
    if not found:
        return Excerpt(names=tuple(visible.values()))
    joined = tuple(pa.concat_arrays(column) for column in columns)
    return Excerpt(tuple(visible.values()), np.concatenate(found), joined)


def _read_lines(path: Path, rows: IntArray) -> Excerpt:
    try:
        lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    except OSError:
        return Excerpt()
    there = rows[(rows >= 1) & (rows <= len(lines))]
    texts = [lines[row - 1].strip()[:_LONGEST_CELL] for row in there.tolist()]
    return Excerpt(
        ("line",), there, (pa.array(texts, pa.string()),),
        raw=dict(zip(there.tolist(), texts, strict=True)),
    )  # fmt: skip
