"""The same ratings out of every format are the same table."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from .conftest import Folder

NAMES = ("employee_id", "rater_id", "source", "criterion", "mark", "rated_on")
ROWS = (
    ("E2", "E1", "manager", "clarity", 4.0, date(2026, 7, 1)),
    ("E2", "E1", "manager", "delivery", 3.5, date(2026, 12, 31)),
    ("E3", "E1", "manager", "clarity", None, None),
    ("E3", "E2", "peer", "clarity", 2.0, None),
)


def write_csv(folder: Path) -> str:
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in ROWS]
    (folder / "r.csv").write_text("\n".join([",".join(NAMES), *lines]) + "\n", encoding="utf-8")
    return "{file: r.csv}"


def write_xlsx(folder: Path) -> str:
    with xlsxwriter.Workbook(folder / "r.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, NAMES)
        day = book.add_format({"num_format": "d mmm yyyy"})
        for at, row in enumerate(ROWS, start=1):
            sheet.write_row(at, 0, row[:5])
            if row[5] is not None:
                sheet.write_datetime(at, 5, row[5], day)
    return "{file: r.xlsx, dates: '%d.%m.%Y'}"


def write_parquet(folder: Path) -> str:
    columns = zip(*ROWS, strict=True)
    table = dict(zip(NAMES, map(list, columns), strict=True))
    pq.write_table(pa.table(table), folder / "r.parquet")
    return "{file: r.parquet}"


def write_sqlite(folder: Path) -> str:
    connection = sqlite3.connect(folder / "hr.db")
    connection.execute(f"create table r ({', '.join(NAMES)})")
    shown = [(*row[:5], row[5] and row[5].isoformat()) for row in ROWS]
    connection.executemany("insert into r values (?, ?, ?, ?, ?, ?)", shown)
    connection.commit()
    connection.close()
    return "{database: HR_DB, query: select * from r order by rowid}"


@pytest.mark.parametrize("write", [write_csv, write_xlsx, write_parquet, write_sqlite])
def test_each_format_gives_the_same_table(
    folder: Folder,
    edit: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[[Path], str],
) -> None:
    monkeypatch.setenv("HR_DB", f"sqlite:///{folder.path}/hr.db")
    edit("ratings: {file: ratings.csv}", f"ratings: {write(folder.path)}")
    stream, (table,) = folder.stream()
    assert stream.problems == []
    assert stream.rater_ids == ("E1", "E2")
    missing = -(2**63)
    assert table.mark.tolist() == [4_000_000, 3_500_000, missing, 2_000_000]
    assert table.row.tolist() == [2, 3, 4, 5]
    assert table.employee.tolist() == [1, 1, 2, 2]
