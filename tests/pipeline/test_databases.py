"""Tables in a database: the figures of files, and nothing of the address anywhere."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from calibrate.errors import InputError
from calibrate.pipeline import Options, run_cycle
from calibrate.pipeline.progress import Clock
from calibrate.pipeline.summary import RunResult

CYCLE = """\
schema: 1
cycle: "c"
inputs:
  employees: {database: HR_DB, table: people, ignore: [gender]}
  ratings: {database: HR_DB, query: "select * from ratings where state = 'sent' order by mark",
            leave_out: {state: [draft]}}
rubrics: [rubric.yaml]
"""
RUBRIC = """\
schema: 1
id: one
version: 1
title: "One"
scale: {lowest: 1, highest: 5, step: 1}
criteria: [{id: overall, label: "Overall", weight: 100}]
"""
RATINGS = [
    ("007", "001", "peer", "overall", 5, "sent"), ("007", "002", "peer", "overall", 4, "sent"),
    ("008", "001", "peer", "overall", 2, "sent"), ("008", "002", "peer", "overall", 1, "draft"),
]  # fmt: skip


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sqlite3.Connection:
    (tmp_path / "cycle.yaml").write_text(CYCLE, encoding="utf-8")
    (tmp_path / "rubric.yaml").write_text(RUBRIC, encoding="utf-8")
    monkeypatch.setenv("HR_DB", f"sqlite:///{tmp_path}/secret-place.db")
    connection = sqlite3.connect(tmp_path / "secret-place.db")
    connection.execute("create table people (employee_id text, level text, gender text)")
    connection.executemany(
        "insert into people values (?, ?, ?)", [("007", "L1", "f"), ("008", "L2", "m")]
    )
    connection.execute(
        "create table ratings (employee_id text, rater_id text, source text, criterion text,"
        " mark integer, state text)"
    )
    connection.executemany("insert into ratings values (?, ?, ?, ?, ?, ?)", RATINGS)
    connection.commit()
    return connection


def run(folder: Path) -> RunResult:
    silent = Clock(Console(quiet=True))
    return run_cycle(folder / "cycle.yaml", folder / "out", Options(only="audit"), silent)


def test_scores_are_those_of_the_rows_in_the_database(
    database: sqlite3.Connection, tmp_path: Path
) -> None:
    folder = Path(run(tmp_path).folder)
    scores = pd.read_parquet(folder / "tables" / "scores.parquet").set_index("employee_id")
    # (100 + 75) / 2; the draft of 008 is not among the rows of the query.
    assert scores["raw_score"].to_dict() == {"007": 87.5, "008": 25.0}


def test_the_same_rows_are_recognised_and_other_rows_make_another_run(
    database: sqlite3.Connection, tmp_path: Path
) -> None:
    first = run(tmp_path)
    assert run(tmp_path).is_repeated
    database.execute("update ratings set mark = 3 where employee_id = '008'")
    database.commit()
    assert run(tmp_path).folder != first.folder


def test_neither_the_address_nor_an_ignored_column_is_in_any_file(
    database: sqlite3.Connection, tmp_path: Path
) -> None:
    run(tmp_path)
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(files) > 20
    assert [path for path in files if b"secret-place" in path.read_bytes()] == []
    manifest = next(path for path in files if path.name == "manifest.json").read_text()
    assert '"HR_DB:people"' in manifest


def test_attributes_in_a_database_are_refused(database: sqlite3.Connection, tmp_path: Path) -> None:
    text = CYCLE.replace("rubrics:", "  attributes: {database: HR_DB, table: people}\nrubrics:")
    (tmp_path / "cycle.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        run(tmp_path)
    (problem,) = caught.value.problems
    assert (problem.rule, problem.column) == (
        "attributes_in_database",
        "inputs.attributes.database",
    )
