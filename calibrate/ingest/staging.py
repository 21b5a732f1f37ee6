"""Large text files and database tables become Parquet once, so that later passes are quick."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from calibrate.ingest.encoding import plain_name, read_past_mark
from calibrate.ingest.read import CsvReader, RawChunk

IntArray = NDArray[np.int64]

#: Smaller files are read directly: staging them would cost more than it saves.
STAGED_BYTES = 1 << 20
_BLOCK = 8 << 20
_TAIL = 1 << 20
_TEXT = pa.dictionary(pa.int32(), pa.string())
_QUOTE, _FEED, _RETURN = b'"\n\r'


@cache
def staging_folder() -> Path:
    """The folder of this process for staged tables; it vanishes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="calibrate-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def new_file() -> Path:
    """An empty file of a new name in the staging folder."""
    handle, name = tempfile.mkstemp(suffix=".parquet", dir=staging_folder())
    os.close(handle)
    return Path(name)


class StagedCsvReader(CsvReader):
    """Reads a large delimited file through pyarrow; hands odd ones to the exact reader.

    Rows, row numbers and problems are those of :class:`CsvReader`.
    """

    def chunks(self, wanted: tuple[int, ...]) -> Iterator[RawChunk]:
        quotes = self._check_quotes()
        staged = None if quotes is None else self._stage(wanted, has_quotes=quotes.has_any)
        if staged is None:
            yield from super().chunks(wanted)
            return
        path, skipped = staged
        for number, n_cells in skipped:
            if n_cells:
                self._note_ragged(number, n_cells)
        numbers = np.array([number for number, _ in skipped], dtype=np.int64)
        yield from read_staged(path, numbers, self.header_row + 1, self.chunk_rows)

    def _check_quotes(self) -> _QuoteCheck | None:
        """Look through a large file; ``None`` where the exact reader must read it."""
        if len(self.header) < 2 or self.path.stat().st_size < STAGED_BYTES:
            return None
        if not _holds_ascii(self.encoding):
            return None
        quotes = _QuoteCheck(ord(self.delimiter))
        has_return, has_feed = False, False
        with self.path.open("rb") as stream:
            read_past_mark(stream, self.encoding)
            # Not mapped into memory: the pages of a mapped file count as held.
            while block := stream.read(_BLOCK - stream.tell() % _BLOCK):
                if b"\0" in block or not quotes.are_right(block):
                    return None
                has_return, has_feed = has_return or b"\r" in block, has_feed or b"\n" in block
        return quotes if quotes.are_closed and (has_feed or not has_return) else None

    def _stage(
        self, wanted: tuple[int, ...], *, has_quotes: bool
    ) -> tuple[Path, list[tuple[int, int]]] | None:
        status = self.path.stat()
        key = (
            str(self.path.resolve()), status.st_mtime_ns, status.st_size, self.encoding,
            self.delimiter, self.header_row, wanted,
        )  # fmt: skip
        return _stage_csv(key, self.header_lines, len(self.header), has_quotes=has_quotes)


@dataclass
class _QuoteCheck:
    """Tells, block by block, whether each quote begins a cell, ends one, or stands twice.

    Any other quote, such as one that is never closed, is for the exact reader to judge.
    """

    delimiter: int
    is_inside: bool = False
    has_any: bool = False
    _last: int = _FEED

    @property
    def are_closed(self) -> bool:
        return not self.is_inside

    def are_right(self, block: bytes) -> bool:
        """Judge the quotes of the next block; the byte after its last one comes with the next."""
        first, before = block[0], self._last
        self._last = block[-1]
        if self.is_inside and before == _RETURN and first == _FEED:
            # pyarrow reads blocks of this size, and loses a line feed cut off like this.
            return False
        is_open_end = before == _QUOTE and not self.is_inside
        if is_open_end and first not in (_QUOTE, self.delimiter, _FEED, _RETURN):
            return False
        if _QUOTE not in block:
            return True
        self.has_any = True
        text = np.frombuffer(block, dtype=np.uint8)
        at = np.flatnonzero(text == _QUOTE)
        opens = at[int(self.is_inside) :: 2]
        closes = at[1 - int(self.is_inside) :: 2]
        self.is_inside ^= bool(len(at) % 2)
        ahead = np.where(opens > 0, text[opens - 1], before)
        behind = text[closes[closes < len(text) - 1] + 1]
        starts = (ahead == self.delimiter) | (ahead == _FEED) | (ahead == _QUOTE)
        ends = (behind == self.delimiter) | (behind == _FEED) | (behind == _RETURN)
        return bool(starts.all() and (ends | (behind == _QUOTE)).all())


def _holds_ascii(encoding: str) -> bool:
    """Do quotes and delimiters stand in the bytes as they do in ASCII?"""
    plain = bytes(range(128))
    try:
        return plain.decode(encoding) == plain.decode("ascii")
    except UnicodeError:
        return False


Key = tuple[str, int, int, str, str, int, tuple[int, ...]]


@cache
def _stage_csv(
    key: Key, header_lines: int, n_columns: int, *, has_quotes: bool
) -> tuple[Path, list[tuple[int, int]]] | None:
    """Convert the wanted columns; ``None`` where the exact reader must look."""
    source, _, _, encoding, delimiter, header_row, wanted = key
    names = [f"c{position}" for position in range(n_columns)]
    kept = [names[position] for position in wanted]
    skipped: list[tuple[int, int]] = []

    def skip(row: pc.InvalidRow) -> str:
        # pyarrow counts the lines it skips, of which a header with a line break has several.
        is_blank = not row.text.replace('""', "").strip(delimiter)
        n_cells = 0 if is_blank else row.actual_columns
        skipped.append((row.number - header_lines + header_row, n_cells))
        return "skip"

    path = new_file()
    try:
        batches = pc.open_csv(
            source,
            pc.ReadOptions(
                use_threads=False, block_size=_BLOCK, column_names=names,
                skip_rows=header_lines, encoding=_name_encoding(encoding),
            ),
            pc.ParseOptions(
                delimiter=delimiter, newlines_in_values=has_quotes, ignore_empty_lines=False,
                invalid_row_handler=skip,
            ),
            pc.ConvertOptions(
                column_types=dict.fromkeys(names, _TEXT), include_columns=kept,
                strings_can_be_null=False,
            ),
        )  # fmt: skip
        is_whole = _write(batches, path, kept, Path(source))
    except (pa.ArrowException, UnicodeError, OSError):
        is_whole = False
    if not is_whole or not (any(n for _, n in skipped) or pq.read_metadata(path).num_rows):
        path.unlink(missing_ok=True)
        return None
    return path, sorted(skipped)


def _write(batches: pc.CSVStreamingReader, path: Path, kept: list[str], source: Path) -> bool:
    """Write batches; say no where a blank row stands among others."""
    schema = pa.schema([(name, _TEXT) for name in kept])
    n_blank = 0
    with pq.ParquetWriter(path, schema, compression="lz4", write_statistics=False) as writer:
        for batch in batches:
            is_blank = _blank_rows(batch)
            n_filled = int(np.argmax(np.append(is_blank, True)))
            if (n_filled and n_blank) or not is_blank[n_filled:].all():
                return False
            n_blank += len(batch) - n_filled
            if n_filled:
                writer.write_batch(batch.slice(0, n_filled))
    return not n_blank or _ends_blank(source, n_blank)


def _blank_rows(batch: pa.RecordBatch) -> NDArray[np.bool_]:
    blank = np.ones(len(batch), dtype=bool)
    for column in batch.columns:
        code = column.dictionary.index("").as_py() if len(column.dictionary) else -1
        blank &= column.indices.to_numpy() == code
        if not blank.any():
            break
    return blank


def _ends_blank(source: Path, n_blank: int) -> bool:
    """Are the last rows nothing but delimiters, or do columns nobody wanted say something?"""
    with source.open("rb") as stream:
        stream.seek(-min(_TAIL, source.stat().st_size), os.SEEK_END)
        tail = stream.read()
    # The last row that says something ends with a line feed too.
    n_ends = tail[len(tail.rstrip(b"\r\n,;\t|")) :].count(b"\n")
    return n_ends >= n_blank + tail.endswith(b"\n")


def _name_encoding(encoding: str) -> str:
    # By this one name pyarrow knows that there is nothing to convert.
    return "utf8" if plain_name(encoding) == "utf-8" else encoding


def read_staged(path: Path, skipped: IntArray, first: int, chunk_rows: int) -> Iterator[RawChunk]:
    """Yield the rows of a staged table.

    Parameters
    ----------
    skipped
        Row numbers that are not in it, ascending.
    first
        Row number of the first row below the header.
    """
    file = pq.ParquetFile(path, read_dictionary=pq.read_schema(path).names)
    # How many rows are kept before each skipped one.
    kept_before = skipped - first - np.arange(len(skipped))
    start = 0
    for batch in file.iter_batches(batch_size=chunk_rows):
        kept = np.arange(start, start + len(batch))
        row = first + kept + np.searchsorted(kept_before, kept, side="right")
        start += len(batch)
        yield RawChunk(tuple(_as_categories(column) for column in batch.columns), row)


def _as_categories(column: pa.DictionaryArray) -> pd.Categorical:
    # A blank cell is the text "": nothing is missing, and no text stands twice.
    distinct = pd.Index(column.dictionary.to_pylist(), dtype=object)
    return pd.Categorical.from_codes(column.indices.to_numpy(), categories=distinct)
