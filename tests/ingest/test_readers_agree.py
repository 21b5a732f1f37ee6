"""The same dirty ratings through every reader, in chunks of any size: one answer."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calibrate.ingest import staging

from .conftest import CYCLE, Folder

PEOPLE = st.sampled_from(["E1", "E2", "E3", "E2", "E3", "X9", "", " E2", "e2"])
RATERS = st.sampled_from(["E1", "E1", "R1", "Jose\u0301", "Jos\u00e9", "", "E2"])
SOURCES = st.sampled_from(["manager", "peer", "peer", "self", "boss"])
MARKS = st.sampled_from(["4", "4", "3.5", "", "9", "nan", "x", "4.25", " 4"])
CRITERIA = st.sampled_from(["clarity", "delivery", "claritty"])
KINDS, DAYS = st.sampled_from(["a", "a", "T"]), st.sampled_from(["", "2026-01-01", "2026-13-01"])
WIDE = ["employee_id", "rater_id", "source", "clarity", "delivery", "kind", "rated_on"]
LONG = ["employee_id", "rater_id", "source", "criterion", "mark", "kind", "rated_on"]


def rows_of(first: st.SearchStrategy[str]) -> st.SearchStrategy[list[tuple[str, ...]]]:
    filled = st.tuples(PEOPLE, RATERS, SOURCES, first, MARKS, KINDS, DAYS)
    return st.lists(st.one_of(filled, filled, st.just(("",) * 7)), min_size=1, max_size=15)


def write_csv(header: list[str], rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


def write_xlsx(header: list[str], rows: list[tuple[str, ...]]) -> bytes:
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, row in enumerate([header, *rows]):
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(at, column, cell)
    book.close()
    return written.getvalue()


def write_parquet(header: list[str], rows: list[tuple[str, ...]]) -> bytes:
    written = io.BytesIO()
    columns = dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))
    pq.write_table(pa.table(columns), written, row_group_size=4)
    return written.getvalue()


def read(folder: Folder, name: str, keys: str, chunk_rows: int) -> tuple[object, ...]:
    """Rows kept, raters, rows read, rows lost by person, and each fault."""
    declared = f"{{file: {name}, {keys}leave_out: {{kind: [T]}}}}"
    cycle = CYCLE.replace("{file: ratings.csv}", declared)
    folder.write("cycle.yaml", cycle.replace("  goals: {file: goals.csv}\n", ""))
    stream, tables = folder.stream(chunk_rows)
    kept = [
        (table.employee[i], table.rater[i], table.source[i], table.criterion[i], table.mark[i], row)
        for table in tables
        for i, row in enumerate(table.row.tolist())
    ]
    faults = [(p.row, p.column, p.rule, p.what, p.value, p.level) for p in stream.problems]
    return kept, stream.rater_ids, stream.n_rows, stream.quarantined.tolist(), faults


@given(
    case=st.one_of(
        st.tuples(st.just(("layout: wide, ", WIDE)), rows_of(MARKS)),
        st.tuples(st.just(("", LONG)), rows_of(CRITERIA)),
    )
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_reader_tells_the_same_of_the_same_rows(
    folder: Folder,
    monkeypatch: pytest.MonkeyPatch,
    case: tuple[tuple[str, list[str]], list[tuple[str, ...]]],
) -> None:
    (keys, header), rows = case
    rows = [*rows, ("E2", "E1", "manager", *(("4", "4") if keys else ("clarity", "4")), "a", "")]
    folder.write("r.csv", write_csv(header, rows))
    folder.write("r.xlsx", write_xlsx(header, rows))
    whole = read(folder, "r.csv", keys, 1000)
    assert read(folder, "r.csv", keys, 2) == whole
    assert read(folder, "r.xlsx", keys, 3) == whole
    if all(any(row) for row in rows):
        # Parquet knows no blank line: a row of blanks is a row.
        folder.write("r.parquet", write_parquet(header, rows))
        assert read(folder, "r.parquet", keys, 3) == whole
    with monkeypatch.context() as patched:
        patched.setattr(staging, "STAGED_BYTES", 0)
        for chunk_rows in (2, 1000):
            staging._stage_csv.cache_clear()
            assert read(folder, "r.csv", keys, chunk_rows) == whole
