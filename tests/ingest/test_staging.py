"""Large CSV goes through pyarrow: rows, row numbers and problems must be the exact reader's."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calibrate.errors import Problem
from calibrate.ingest import staging
from calibrate.ingest.read import CsvReader
from calibrate.ingest.staging import StagedCsvReader

Row = tuple[int, tuple[str, ...]]

CELLS = st.sampled_from(
    ["", "a", "007", "NA", "4.5", " x ", "é", "日本", '"q"', '"a ""b"" c"', '"x\ny"', '"a,b"',
     'o"dd', '"x"y', '""z', "'", '"', '"x\r\ny"', '"x\ry"', "\xa0"]
)  # fmt: skip
LINES = st.one_of(
    st.lists(CELLS, min_size=3, max_size=3).map(",".join),
    st.lists(CELLS, min_size=1, max_size=4).map(",".join),
    st.sampled_from(["", ",,", ",,x", "a,,"]),
)


def read(reader: CsvReader, wanted: tuple[int, ...]) -> tuple[list[Row], list[Problem], list[int]]:
    rows: list[Row] = []
    if reader.read_header():
        for chunk in reader.chunks(wanted):
            cells = zip(*chunk.columns, strict=True)
            rows += [(int(row), tuple(c)) for row, c in zip(chunk.row, cells, strict=True)]
    return rows, sorted(reader.problems), sorted(reader.ragged)


@pytest.fixture
def always_staged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "STAGED_BYTES", 0)
    monkeypatch.setattr(staging, "_BLOCK", 64)


@pytest.mark.usefixtures("always_staged")
@given(
    lines=st.lists(LINES, min_size=1, max_size=12),
    end=st.sampled_from(["\n", "\r\n"]),
    header=st.sampled_from(["a,b,c", '"a\nx",b,c']),
    wanted=st.sampled_from([(0, 1, 2), (0, 2)]),
    last=st.sampled_from(["", "\n", "\n\n\n", "\n,,\n"]),
)
@settings(
    max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_staged_rows_are_those_of_the_exact_reader(
    tmp_path: Path,
    lines: list[str],
    end: str,
    header: str,
    wanted: tuple[int, ...],
    last: str,
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes((header + end + end.join(lines) + last.replace("\n", end)).encode())
    exact = read(CsvReader(path, "t.csv"), wanted)
    staging._stage_csv.cache_clear()
    assert read(StagedCsvReader(path, "t.csv"), wanted) == exact


@pytest.mark.usefixtures("always_staged")
@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("a,b\n1,é\n", "cp1252"),
        ("a,b\n1,ж\n", "koi8-r"),
        ("a,b\n1,表|\n", "shift_jis"),
        ("a,b\n1,é\n", "utf-16"),
        ("\ufeffa,b\n1,é\n", "utf-8"),
    ],
)
def test_a_declared_encoding_is_read_alike(tmp_path: Path, content: str, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content.encode(encoding))
    exact = read(CsvReader(path, "t.csv", encoding), (0, 1))
    assert read(StagedCsvReader(path, "t.csv", encoding), (0, 1)) == exact
    assert len(exact[0]) == 1


@pytest.mark.usefixtures("always_staged")
def test_plain_rows_do_go_through_parquet(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b,c\n1,"x, ""y""",3\n1,2\n\n,,\n', encoding="utf-8")
    reader = StagedCsvReader(path, "t.csv")
    reader.read_header()
    assert reader._check_quotes() is not None
    staged = reader._stage((0, 1, 2), has_quotes=True)
    assert staged is not None
    assert staged[1] == [(3, 2)]


@pytest.mark.usefixtures("always_staged")
@pytest.mark.parametrize("block", [8, 64, 1 << 20])
def test_a_quote_that_is_never_closed_swallows_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(staging, "_BLOCK", block)
    path = tmp_path / "t.csv"
    # Read on to the next quote, rows 2 and 3 would be one row of three cells.
    path.write_text('a,b,c\n1,2,"open\n3,4,"shut"\n5,6,7\n', encoding="utf-8")
    rows, (problem,), _ = read(StagedCsvReader(path, "t.csv"), (0, 1))
    assert (rows, problem.rule, problem.whole) == ([], "csv_syntax", True)


@pytest.mark.usefixtures("always_staged")
@pytest.mark.parametrize("n_before", range(64))
def test_a_line_break_inside_quotes_stays_whole_across_blocks(
    tmp_path: Path, n_before: int
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n" + b"x" * n_before + b',"y\r\nz"\n1,2\n')
    rows, problems, _ = read(StagedCsvReader(path, "t.csv"), (1,))
    assert (rows, problems) == ([(2, ("y\r\nz",)), (3, ("2",))], [])


@pytest.mark.usefixtures("always_staged")
def test_what_is_not_utf8_is_refused_with_its_byte(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n3,\xe9\n")
    rows, (problem,), _ = read(StagedCsvReader(path, "t.csv"), (0, 1))
    assert (rows, problem.rule, problem.row) == ([], "not_utf8", 3)
    assert "byte 10 " in problem.what
