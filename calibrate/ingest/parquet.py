"""Parquet file → header and chunks of text; columns nobody wants are never decoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from calibrate.config import InputFile
from calibrate.errors import Problem
from calibrate.ingest.cells import show_cell
from calibrate.ingest.read import CHUNK_ROWS, RawChunk

#: Read at a time from each column, whatever the size of a row group.
_BUFFER: Final = 1 << 20
#: As if a header stood in row 1.
_FIRST_ROW: Final = 2


@dataclass
class ParquetReader:
    """Reads a Parquet file in chunks; numbers, dates and truth values become plain text.

    Nothing (null) is the blank text. The first row has number 2, as if a header
    stood above it.

    Parameters
    ----------
    path, shown
        Where the file is, and what problems call it.
    part
        What the cycle declares; nothing of it changes how Parquet is read.
    chunk_rows
        Rows held in memory at once.
    """

    path: Path
    shown: str
    part: InputFile
    chunk_rows: int = CHUNK_ROWS
    problems: list[Problem] = field(default_factory=list)
    header: tuple[str, ...] = ()
    ragged: list[int] = field(default_factory=list)

    def _refuse(self, rule: str, what: str, fix: str, column: str = "") -> None:
        self.problems.append(Problem(self.shown, None, column, rule, what, fix, whole=True))

    def read_header(self) -> tuple[str, ...]:
        if self.path.is_dir():
            self._refuse("missing_file", "this is a folder", "name a file")
            return ()
        try:
            with pq.ParquetFile(self.path) as file:
                self.header = tuple(str(name).strip() for name in file.schema_arrow.names)
                n_rows = file.metadata.num_rows
        except FileNotFoundError:
            self._refuse("missing_file", "there is no such file", "check name and folder")
        except (pa.ArrowException, OSError, UnicodeError):
            self._refuse_file()
        else:
            if not any(self.header) or not n_rows:
                self.header = self.header if any(self.header) else ()
                what = "there is no row" if self.header else "there is no column"
                fix = "export the file again, or take it out of the inputs"
                self._refuse("no_rows" if self.header else "empty_file", what, fix)
        return self.header

    def _refuse_file(self) -> None:
        self._refuse("damaged_parquet", "this is no sound Parquet file", "export the file again")

    def chunks(self, wanted: tuple[int, ...]) -> Iterator[RawChunk]:
        try:
            with pq.ParquetFile(self.path) as file:
                names, types = file.schema_arrow.names, file.schema_arrow.types
            if not self._are_plain([(self.header[at], types[at]) for at in wanted]):
                return
            yield from self._read_batches([names[at] for at in wanted])
        except UnicodeError:
            self._refuse("not_utf8", "a column of text is not UTF-8", "export the file again")
        except (pa.ArrowException, OSError):
            self._refuse_file()

    def _read_batches(self, names: list[str]) -> Iterator[RawChunk]:
        row = _FIRST_ROW
        # Without Arrow's own dictionaries: in a row group of millions of texts they never end.
        with pq.ParquetFile(self.path, pre_buffer=False, buffer_size=_BUFFER) as file:
            for batch in file.iter_batches(self.chunk_rows, columns=names, use_threads=False):
                columns = tuple(to_categories(batch.column(name)) for name in names)
                yield RawChunk(columns, np.arange(row, row + batch.num_rows))
                row += batch.num_rows

    def _are_plain(self, columns: list[tuple[str, pa.DataType]]) -> bool:
        other = [(name, kind) for name, kind in columns if not _is_plain(kind)]
        for name, kind in other:
            what = f"the column '{name[:60]}' holds {str(kind)[:40]}, which is no plain value"
            fix = "export it as text, number or date; or list it under ignore"
            self._refuse("nested_column", what, fix, name[:60])
        return not other


def _is_plain(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_plain(kind.value_type)
    is_one_of = (
        _is_text, pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal,
        pa.types.is_boolean, pa.types.is_date, pa.types.is_timestamp, pa.types.is_time,
        pa.types.is_null,
    )  # fmt: skip
    return any(check(kind) for check in is_one_of)


def _is_text(kind: pa.DataType) -> bool:
    is_one_of = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(check(kind) for check in is_one_of)


def to_categories(column: pa.Array) -> pd.Categorical:
    """Turn a column into codes and distinct texts; only values that occur become text."""
    if pa.types.is_null(column.type):
        return pd.Categorical.from_codes(np.zeros(len(column), np.int8), _as_index([""]))
    if pa.types.is_string_view(column.type):
        column = column.cast(pa.large_string())
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    n_values = len(encoded.dictionary)
    codes = pc.fill_null(encoded.indices.cast(pa.int64()), n_values).to_numpy()
    used = np.flatnonzero(np.bincount(codes, minlength=n_values + 1))
    has_blank = bool(len(used)) and used[-1] == n_values
    texts = _show_values(encoded.dictionary.take(pa.array(used[:-1] if has_blank else used)))
    # Two values may have one text: null and "", or 0 and -0.
    text_codes, distinct = pd.factorize(np.array([*texts, ""] if has_blank else texts, object))
    place = np.zeros(n_values + 1, dtype=np.int64)
    place[used] = text_codes
    return pd.Categorical.from_codes(place[codes], categories=_as_index(distinct))


def _as_index(texts: list[str] | NDArray[np.object_]) -> pd.Index[Any]:
    return pd.Index(texts, dtype=object)


def _show_values(values: pa.Array) -> list[str]:
    kind = values.type
    if pa.types.is_timestamp(kind):
        local = values if kind.tz is None else pc.local_timestamp(values)
        values = local.cast(pa.timestamp("us"), safe=False)
    elif pa.types.is_float16(kind) or pa.types.is_float32(kind):
        # Shortest text of the short number: as a long one 4.1 is 4.099999904632568.
        return [show_cell(float(str(number))) for number in values.to_numpy(zero_copy_only=False)]
    texts: list[str] = values.to_pylist()
    return texts if _is_text(kind) else [show_cell(value) for value in texts]
