"""Blocks of a table end in a file that other programs read as it was meant."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from calibrate.demo.table_file import TableFile, dates, numbers, text

TEXTS = ("", "plain", "a, b", 'she said "yes"', "two\nlines", "Ọlámìdé")


def write(path: Path) -> None:
    codes = np.arange(6)
    with TableFile(path) as table:
        for part in (codes[:4], codes[4:], codes[:0]):
            table.write(
                {
                    "text": text(TEXTS, part),
                    "day": dates(np.where(part == 2, -1, 20_000 + part)),
                    "share": numbers(np.where(part == 3, np.nan, part / 4), 2),
                    "mark": pa.array(part, mask=part == 1),
                }
            )
        assert table.n_rows == 6


def test_csv_is_read_back_by_the_csv_module(tmp_path: Path) -> None:
    write(tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, strict=True))
    assert rows[0] == ["text", "day", "share", "mark"]
    # 1970-01-01 plus 20,000 days is 2024-10-04.
    assert rows[1] == ["", "2024-10-04", "0", "0"]
    assert rows[2] == ["plain", "2024-10-05", "0.25", ""]
    assert rows[3] == ["a, b", "", "0.5", "2"]
    assert rows[4] == ['she said "yes"', "2024-10-07", "", "3"]
    assert [row[0] for row in rows[5:]] == ["two\nlines", "Ọlámìdé"]


def test_parquet_has_types_and_missing_values(tmp_path: Path) -> None:
    write(tmp_path / "t.parquet")
    table = pq.read_table(tmp_path / "t.parquet").to_pydict()
    assert table["text"] == [None, *TEXTS[1:]]
    assert table["day"][0] == dt.date(2024, 10, 4)
    assert table["day"][2] is None
    assert table["share"] == [0.0, 0.25, 0.5, None, 1.0, 1.25]
    assert table["mark"] == [0, None, 2, 3, 4, 5]
