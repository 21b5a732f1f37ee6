"""Tables written block by block, as CSV or Parquet, in memory that does not grow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

#: People or forms per block; part of the recipe, since noise is drawn block by block.
BLOCK = 1 << 17


class TableFile:
    """One table of the demo; every block has the same columns in the same order.

    CSV is UTF-8 with a header, commas, quotes where a cell needs them, ISO
    dates, and nothing for a missing value.

    Parameters
    ----------
    path
        Where the file is written; its ending says the format.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.n_rows = 0
        self._stream = path.open("wb")
        self._parquet: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if self._parquet is not None:
            self._parquet.close()
        self._stream.close()

    def write(self, columns: Mapping[str, Any]) -> None:
        """Append a block: Arrow arrays by column name."""
        table = pa.table(dict(columns))
        is_first = self.n_rows == 0
        self.n_rows += len(table)
        if self.path.suffix == ".parquet":
            if is_first:
                self._parquet = pq.ParquetWriter(self._stream, table.schema, compression="zstd")
            self._parquet.write_table(table, row_group_size=max(len(table), 1))
            return
        if is_first:
            self._stream.write((",".join(columns) + "\n").encode())
        self._stream.write(_join_rows(columns))


def _join_rows(columns: Mapping[str, Any]) -> bytes:
    texts = [_quote(column) for column in columns.values()]
    if not texts or not len(texts[0]):
        return b""
    rows = pc.binary_join_element_wise(*texts, ",", null_handling="replace", null_replacement="")
    ended = pc.binary_join_element_wise(rows, "", "\n").cast(pa.large_string())
    # The texts of an array stand one behind the other: that is the file.
    _, offsets, content = ended.buffers()
    return bytes(content[: int.from_bytes(offsets[-8:], "little")]) if offsets else b""


def _quote(column: Any) -> Any:
    text = column.cast(pa.string())
    needs = pc.match_substring_regex(text, '[",\r\n]')
    if not pc.any(needs).as_py():
        return text
    doubled = pc.replace_substring(text, '"', '""')
    quoted = pc.binary_join_element_wise('"', doubled, '"', "")
    return pc.if_else(needs, quoted, text)


def text(values: list[str] | tuple[str, ...], codes: Any) -> Any:
    """Texts by code; a text that is "" becomes a missing value."""
    options = pa.array([value or None for value in values], pa.string())
    return options.take(pa.array(codes))


def dates(days: Any) -> Any:
    """Days since 1970 as dates; -1 becomes a missing value."""
    return pa.array(days.astype("int32"), mask=days < 0).cast(pa.date32())


def numbers(values: Any, decimals: int) -> Any:
    """Numbers with so many decimals at most; nan becomes a missing value."""
    rounded = values.round(decimals)
    return pa.array(rounded + 0.0, mask=rounded != rounded)
