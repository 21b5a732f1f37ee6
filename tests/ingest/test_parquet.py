"""Values of each type against the text a person would write, and files that are not sound."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from calibrate.config import InputFile
from calibrate.ingest.parquet import ParquetReader

PART = InputFile(file="ratings.parquet")


def write(path: Path, table: dict[str, pa.Array], **options: object) -> Path:
    pq.write_table(pa.table(table), path / "ratings.parquet", **options)
    return path / "ratings.parquet"


def read_column(path: Path, values: pa.Array) -> list[str]:
    reader = ParquetReader(write(path, {"mark": values}), "ratings.parquet", PART)
    assert reader.read_header() == ("mark",)
    texts = [text for chunk in reader.chunks((0,)) for text in chunk.columns[0]]
    assert reader.problems == []
    return texts


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pa.array(["007", "", None, "NA", " x "]), ["007", "", "", "NA", " x "]),
        (pa.array(["a", "a", None]).dictionary_encode(), ["a", "a", ""]),
        (pa.array(["a"], pa.large_string()), ["a"]),
        (pa.array(["a", None, "a"], pa.string_view()), ["a", "", "a"]),
        (pa.array([7, -1, None, 2**63 - 1]), ["7", "-1", "", "9223372036854775807"]),
        (pa.array([255], pa.uint8()), ["255"]),
        (
            pa.array([4.0, 4.25, 1e-7, 1e22, -0.0, 0.1, None, float("nan"), float("inf")]),
            ["4", "4.25", "0.0000001", "1" + "0" * 22, "0", "0.1", "", "nan", "inf"],
        ),
        (pa.array([4.1, 4.0, None], pa.float32()), ["4.1", "4", ""]),
        (pa.array(np.array([4.1, 0.5], np.float16)), ["4.1", "0.5"]),
        (
            pa.array([Decimal("4.00"), Decimal("4.25"), Decimal("100.00"), None]),
            ["4", "4.25", "100", ""],
        ),
        (pa.array([True, False, None]), ["TRUE", "FALSE", ""]),
        (pa.array([date(2026, 7, 1), None, date(99, 1, 1)]), ["2026-07-01", "", "0099-01-01"]),
        (
            pa.array([datetime(2026, 7, 1), datetime(2026, 7, 1, 12, 30)], pa.timestamp("ns")),
            ["2026-07-01", "2026-07-01T12:30:00"],
        ),
        # 22:00 of the day before in UTC is midnight in Berlin's summer.
        (
            pa.array([datetime(2026, 6, 30, 22)], pa.timestamp("us", "UTC")).cast(
                pa.timestamp("us", "Europe/Berlin")
            ),
            ["2026-07-01"],
        ),
        (pa.array([time(9, 5)], pa.time64("us")), ["09:05:00"]),
        (pa.nulls(2), ["", ""]),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_each_type_becomes_plain_text(tmp_path: Path, values: pa.Array, texts: list[str]) -> None:
    assert read_column(tmp_path, values) == texts


def test_no_text_stands_twice_among_the_distinct_ones(tmp_path: Path) -> None:
    path = write(tmp_path, {"a": pa.array(["", None, "x"]), "b": pa.array([0.0, -0.0, None])})
    reader = ParquetReader(path, "ratings.parquet", PART)
    reader.read_header()
    (chunk,) = reader.chunks((0, 1))
    for column in chunk.columns:
        assert len(set(column.categories)) == len(column.categories) == 2
        assert column.codes.min() == 0


def test_rows_are_numbered_as_if_a_header_stood_above_across_row_groups(tmp_path: Path) -> None:
    ids = pa.array([f"E{n}" for n in range(10)])
    path = write(tmp_path, {" employee_id ": ids, "other": ids}, row_group_size=4)
    reader = ParquetReader(path, "ratings.parquet", PART, chunk_rows=3)
    assert reader.read_header() == ("employee_id", "other")
    found = [
        (row, text)
        for chunk in reader.chunks((0,))
        for row, text in zip(chunk.row.tolist(), chunk.columns[0], strict=True)
    ]
    assert found == [(n + 2, f"E{n}") for n in range(10)]


def test_wanted_columns_come_in_the_order_wanted(tmp_path: Path) -> None:
    path = write(tmp_path, {"a": pa.array(["1"]), "b.c": pa.array(["2"]), "d": pa.array(["3"])})
    reader = ParquetReader(path, "ratings.parquet", PART)
    reader.read_header()
    (chunk,) = reader.chunks((2, 1, 0))
    assert [list(column) for column in chunk.columns] == [["3"], ["2"], ["1"]]


def test_a_nested_column_is_a_problem_only_where_it_is_wanted(tmp_path: Path) -> None:
    table = {"a": pa.array(["1"]), "tags": pa.array([["x"]]), "photo": pa.array([b"x"])}
    reader = ParquetReader(write(tmp_path, table), "ratings.parquet", PART)
    reader.read_header()
    assert len(list(reader.chunks((0,)))) == 1
    assert reader.problems == []
    assert list(reader.chunks((0, 1, 2))) == []
    assert [(p.rule, p.column, p.whole) for p in reader.problems] == [
        ("nested_column", "tags", True), ("nested_column", "photo", True),
    ]  # fmt: skip


@pytest.mark.parametrize("kept", [0, 3, 100, -1, -9])
def test_a_cut_file_is_a_problem(tmp_path: Path, kept: int) -> None:
    path = write(tmp_path, {"a": pa.array(["x" * 100] * 100)})
    path.write_bytes(path.read_bytes()[:kept])
    reader = ParquetReader(path, "ratings.parquet", PART)
    assert reader.read_header() == ()
    assert [problem.rule for problem in reader.problems] == ["damaged_parquet"]


def test_a_file_damaged_in_the_middle_is_a_problem(tmp_path: Path) -> None:
    table = {"a": pa.array([str(n * 7919) for n in range(50_000)])}
    path = write(tmp_path, table, use_dictionary=False, compression="zstd")
    content = bytearray(path.read_bytes())
    content[20_000:20_100] = b"\xff" * 100
    path.write_bytes(content)
    reader = ParquetReader(path, "ratings.parquet", PART)
    assert reader.read_header() == ("a",)
    list(reader.chunks((0,)))
    assert [problem.rule for problem in reader.problems] == ["damaged_parquet"]


def test_text_that_is_not_utf8_is_a_problem(tmp_path: Path) -> None:
    latin = pa.array(["Müller".encode("latin-1")], pa.binary()).view(pa.string())
    reader = ParquetReader(write(tmp_path, {"a": latin}), "ratings.parquet", PART)
    reader.read_header()
    assert list(reader.chunks((0,))) == []
    assert [problem.rule for problem in reader.problems] == ["not_utf8"]


def test_missing_files_folders_and_empty_tables_are_problems(tmp_path: Path) -> None:
    def rule(path: Path) -> str:
        reader = ParquetReader(path, "ratings.parquet", PART)
        reader.read_header()
        (problem,) = reader.problems
        assert problem.whole
        return problem.rule

    assert rule(tmp_path / "none.parquet") == "missing_file"
    assert rule(tmp_path) == "missing_file"
    assert rule(write(tmp_path, {"a": pa.array([], pa.string())})) == "no_rows"
    assert rule(write(tmp_path, {})) == "empty_file"


def test_memory_does_not_grow_with_a_row_group_of_millions_of_texts(tmp_path: Path) -> None:
    ids = pa.array(np.arange(1_500_000)).cast(pa.string())
    path = write(tmp_path, {"a": ids, "b": ids, "c": ids}, row_group_size=len(ids))
    code = (
        "import sys; from pathlib import Path\n"
        "from calibrate.config import InputFile\n"
        "from calibrate.ingest.parquet import ParquetReader\n"
        "reader = ParquetReader(Path(sys.argv[1]), 'x', InputFile(file='x.parquet'), 1 << 16)\n"
        "reader.read_header()\n"
        "print(sum(len(chunk.row) for chunk in reader.chunks((0, 1, 2))))\n"
        # ru_maxrss would count what this very process held when it forked.
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True
    )
    n_rows, peak = map(int, done.stdout.split())
    assert n_rows == 1_500_000
    # As Python texts the 4.5 million values would take 280 MB; the packages alone take 130 MB.
    assert peak < 320 << 10
