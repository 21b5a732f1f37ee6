"""Which reader for which kind of table."""

from __future__ import annotations

from pathlib import Path

from calibrate.config import Cycle, InputFile, show_place
from calibrate.config.inputs import PARQUET_ENDINGS, SPREADSHEET_ENDINGS
from calibrate.ingest.read import CHUNK_ROWS, TableReader
from calibrate.ingest.staging import StagedCsvReader


def open_table(
    cycle: Cycle, part: InputFile, name: str, chunk_rows: int = CHUNK_ROWS
) -> TableReader:
    """Return a reader of one file of a part; nothing is opened yet.

    Parameters
    ----------
    cycle, part, name
        As ``cycle.inputs.places`` gives them.
    chunk_rows
        Rows held in memory at once.
    """
    if part.database is not None:
        from calibrate.ingest.database import DatabaseReader

        return DatabaseReader(part, chunk_rows)
    return open_file(cycle.resolve(name), show_place(part, name), part, chunk_rows)


def open_file(path: Path, shown: str, part: InputFile, chunk_rows: int = CHUNK_ROWS) -> TableReader:
    """Return the reader that a file's ending calls for; nothing is opened yet.

    Parameters
    ----------
    path, shown
        Where the file is, and what problems call it.
    part
        How it is to be read.
    chunk_rows
        Rows held in memory at once.
    """
    ending = path.suffix.lower()
    if ending in PARQUET_ENDINGS:
        from calibrate.ingest.parquet import ParquetReader

        return ParquetReader(path, shown, part, chunk_rows)
    if ending in SPREADSHEET_ENDINGS:
        from calibrate.ingest.spreadsheet import SpreadsheetReader

        return SpreadsheetReader(path, shown, part, chunk_rows)
    return StagedCsvReader(path, shown, part.encoding, part.delimiter, part.header_row, chunk_rows)
