"""Tables and queries of SQLite and of a PostgreSQL server that the tests start themselves."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest

from calibrate.config import InputFile
from calibrate.errors import Problem
from calibrate.ingest.database import DatabaseReader, stage_database

SECRETS = ("hr_reader", "s3cr3t-w0rd", "127.0.0.1", "hr_company")


def read_all(part: InputFile, *wanted: int) -> list[tuple[int | str, ...]]:
    """Row number and texts of each row; all columns unless some are named."""
    reader = DatabaseReader(part, chunk_rows=2)
    header = reader.read_header()
    assert reader.problems == []
    rows: list[tuple[int | str, ...]] = []
    for chunk in reader.chunks(wanted or tuple(range(len(header)))):
        rows += zip(chunk.row.tolist(), *map(list, chunk.columns), strict=True)
    assert reader.problems == []
    return rows


def find_problems(part: InputFile) -> list[Problem]:
    reader = DatabaseReader(part)
    header = reader.read_header()
    if header:
        assert list(reader.chunks(tuple(range(len(header))))) == []
    assert all(problem.whole and problem.fix for problem in reader.problems)
    return reader.problems


def only_rule(part: InputFile) -> str:
    (problem,) = find_problems(part)
    return problem.rule


# SQLite


@pytest.fixture
def sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    monkeypatch.setenv("HR_DB", f"sqlite:///{tmp_path}/hr.db")
    connection = sqlite3.connect(tmp_path / "hr.db")
    connection.executescript(
        """
        create table ratings (employee_id text, "Rater ID" text, mark real, day text, photo blob);
        insert into ratings values
            ('007', 'E1', 4.0, '2026-07-01', x'00'), ('E2', null, 3.5, '', x'01'),
            ('E2', 'E1', 3.25, 'NA', null);
        create view plain_ratings as select employee_id, mark from ratings;
        """
    )
    yield connection
    connection.close()


@pytest.mark.usefixtures("sqlite")
class TestSqlite:
    def test_a_table_is_read_in_the_order_of_the_columns_fetched(self) -> None:
        assert read_all(InputFile(database="HR_DB", table="ratings"), 0, 1, 2, 3) == [
            (2, "007", "E1", "4", "2026-07-01"),
            (3, "E2", "", "3.5", ""),
            (4, "E2", "E1", "3.25", "NA"),
        ]

    def test_the_order_is_that_of_wanted_columns_in_the_order_wanted(self) -> None:
        rows = read_all(InputFile(database="HR_DB", table="ratings"), 2, 0)
        assert rows == [(2, "3.25", "E2"), (3, "3.5", "E2"), (4, "4", "007")]

    def test_a_query_keeps_its_own_order(self) -> None:
        query = 'select employee_id "Reviewee: ID", mark from ratings order by mark desc; '
        assert read_all(InputFile(database="HR_DB", query=query)) == [
            (2, "007", "4"), (3, "E2", "3.5"), (4, "E2", "3.25"),
        ]  # fmt: skip

    def test_a_comment_colons_and_percent_signs_in_a_query_stay_text(self) -> None:
        query = "-- who?\nselect ':x' a, '100%' b, '12:30' c -- the end"
        assert read_all(InputFile(database="HR_DB", query=query)) == [(2, ":x", "100%", "12:30")]

    def test_a_view_is_read_like_a_table(self) -> None:
        assert len(read_all(InputFile(database="HR_DB", table="plain_ratings"))) == 3

    def test_a_second_pass_sees_the_rows_of_the_first(self, sqlite: sqlite3.Connection) -> None:
        part = InputFile(database="HR_DB", table="plain_ratings")
        first = read_all(part)
        sqlite.execute("delete from ratings")
        sqlite.commit()
        assert read_all(part) == first
        assert only_rule(InputFile(database="HR_DB", table="plain_ratings")) == "no_rows"

    def test_fewer_columns_are_read_from_what_was_fetched(self, tmp_path: Path) -> None:
        reader = DatabaseReader(InputFile(database="HR_DB", table="ratings"))
        reader.read_header()
        path = reader.stage((0, 2))
        (tmp_path / "hr.db").unlink()
        again = DatabaseReader(reader.part)
        assert again.read_header() == reader.header
        assert again.stage((2,)) == path
        (chunk,) = again.chunks((2,))
        # In the order of what was fetched: by employee, then by mark.
        assert list(chunk.columns[0]) == ["4", "3.25", "3.5"]

    def test_the_same_rows_give_the_same_bytes_whatever_their_order(
        self, sqlite: sqlite3.Connection, tmp_path: Path
    ) -> None:
        def digest() -> str:
            part = InputFile(database="HR_DB", table="ratings")
            staged = stage_database(part, ["employee_id", "mark"], tmp_path / "staged.parquet")
            return hashlib.sha256(staged.read_bytes()).hexdigest()

        before = digest()
        sqlite.executescript(
            "create table other as select * from ratings order by mark;"
            "delete from ratings; insert into ratings select * from other;"
        )
        assert digest() == before
        sqlite.execute("update ratings set mark = 3 where mark = 3.25")
        sqlite.commit()
        assert digest() != before

    def test_a_column_that_is_not_wanted_is_not_fetched(self, tmp_path: Path) -> None:
        part = InputFile(database="HR_DB", table="ratings")
        staged = stage_database(part, ["employee_id"], tmp_path / "staged.parquet")
        assert pq.read_schema(staged).names == ["employee_id"]

    def test_a_wanted_column_of_bytes_is_a_problem(self) -> None:
        (problem,) = find_problems(InputFile(database="HR_DB", table="ratings"))
        assert (problem.rule, problem.column) == ("nested_column", "photo")
        assert "bytes" in problem.what

    def test_a_missing_table_names_the_nearest_one(self) -> None:
        (problem,) = find_problems(InputFile(database="HR_DB", table="rating"))
        assert problem.rule == "unknown_table"
        assert "did you mean 'ratings'?" in problem.fix

    @pytest.mark.parametrize(
        "query",
        [
            "delete from ratings",
            "insert into ratings select * from ratings",
            "select 1) x; delete from ratings; --",
            "",
        ],
    )
    def test_a_query_that_changes_anything_is_refused(
        self, query: str, sqlite: sqlite3.Connection
    ) -> None:
        assert only_rule(InputFile(database="HR_DB", query=query)) == "not_a_query"
        assert sqlite.execute("select count(*) from ratings").fetchone() == (3,)

    def test_a_mistake_in_a_query_is_told_in_the_words_of_the_database(self) -> None:
        (problem,) = find_problems(InputFile(database="HR_DB", query="select nope from ratings"))
        assert problem.rule == "database_statement"
        assert "no such column: nope" in problem.what

    def test_an_sqlite_file_that_is_not_there_is_not_made(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HR_DB", f"sqlite:///{tmp_path}/none.db")
        assert only_rule(InputFile(database="HR_DB", table="ratings")) == "database_connection"
        assert not (tmp_path / "none.db").exists()

    def test_a_file_that_is_no_database_is_a_problem(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "text.db").write_text("employee_id\n" * 100)
        monkeypatch.setenv("HR_DB", f"sqlite:///{tmp_path}/text.db")
        (problem,) = find_problems(InputFile(database="HR_DB", table="ratings"))
        assert "not a database" in problem.what


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        (None, "database_variable"),
        (" ", "database_variable"),
        ("hr_company", "database_url"),
        ("postgresql://hr_reader:s3cr3t-w0rd@127.0.0.1:port/hr_company", "database_url"),
        ("nosql://hr_reader:s3cr3t-w0rd@127.0.0.1/hr_company", "database_package"),
        ("mysql+pymysql://hr_reader:s3cr3t-w0rd@127.0.0.1/hr_company", "database_package"),
        ("postgresql://hr_reader:s3cr3t-w0rd@127.0.0.1:1/hr_company", "database_connection"),
    ],
)
def test_a_wrong_address_is_explained_and_never_shown(
    url: str | None, rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HR_DB", raising=False)
    if url is not None:
        monkeypatch.setenv("HR_DB", url)
    (problem,) = find_problems(InputFile(database="HR_DB", table="ratings"))
    assert problem.rule == rule
    assert not [secret for secret in SECRETS if secret in str(problem)]


def test_without_sqlalchemy_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sqlalchemy", None)
    (problem,) = find_problems(InputFile(database="HR_DB", table="ratings"))
    assert problem.rule == "database_package"
    assert problem.fix == "pip install 'review-calibrate[db]'"


# PostgreSQL


@dataclass(frozen=True)
class Postgres:
    """A server of its own; ``url`` is that of a user who may only read, with a password."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"postgresql://hr_reader:s3cr3t-w0rd@127.0.0.1:{self.port}/hr_company"

    def run(self, statements: str, database: str = "hr_company") -> None:
        with psycopg.connect(
            f"host={self.folder} port={self.port} user=postgres dbname={database}", autocommit=True
        ) as connection:
            connection.execute(statements.encode())


def find_programs() -> Path:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("initdb")
    assert folders or found, "PostgreSQL is not installed: apt-get install postgresql"
    return folders[-1] if folders else Path(found or "").parent


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """Start a server in a folder of its own; PostgreSQL refuses to run as root."""
    programs = find_programs()
    # A path of a socket has at most 107 bytes: pytest's own folder may be longer.
    folder = Path(tempfile.mkdtemp(prefix="calibrate-pg-"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        as_user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def call(program: str, *options: str) -> None:
        command = [*as_user, str(programs / program), "-D", f"{folder}/data", *options]
        done = subprocess.run(  # as another user, who may not see this folder
            command, check=False, cwd="/", capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr

    call(
        "initdb", "--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256",
        "--encoding=UTF8", "--locale=C", "--no-sync",
    )  # fmt: skip
    settings = f"-k {folder} -p {port} -c listen_addresses=127.0.0.1 -c fsync=off"
    call("pg_ctl", "--wait", "--log", f"{folder}/log", "-o", settings, "start")
    try:
        postgres = Postgres(port, folder)
        postgres.run("create database hr_company", "postgres")
        postgres.run(TABLES)
        yield postgres
    finally:
        call("pg_ctl", "--wait", "--mode=immediate", "stop")
        shutil.rmtree(folder)


TABLES = """
    create role hr_reader login password 's3cr3t-w0rd';
    create schema hr;
    create table hr.ratings (
        "Reviewee ID" text, mark numeric(6, 3), score double precision, single real, n bigint,
        rated_on date, seen timestamp, done boolean, person uuid, gender text
    );
    insert into hr.ratings values
        ('007', 4.000, 0.1, 4.1, 9007199254740993, '2026-07-01', '2026-07-01 12:30', true,
         'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'x'),
        ('E1', 4.250, 1e-7, 'nan', null, null, '2026-07-02', false, null, 'y'),
        ('Ölçer', null, 1e22, null, -1, '0099-01-01', null, null, null, null);
    create table hr.secret (employee_id text);
    create table hr.lists (employee_id text, tags text[], extra jsonb);
    insert into hr.lists values ('E1', '{a}', '{}');
    create function hr.wipe() returns int language sql as 'delete from hr.lists returning 1';
    create table hr.many as
        select 'E' || (n % 1000) as employee_id, n % 5 + 1 as mark
        from generate_series(1, 300000) as n;
    grant usage on schema hr to hr_reader;
    grant select on hr.ratings, hr.lists, hr.many to hr_reader;
    grant delete on hr.lists to hr_reader;
"""


@pytest.fixture
def table(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Callable[..., InputFile]:
    monkeypatch.setenv("HR_DB", server.url)
    return lambda **keys: InputFile(database="HR_DB", **keys)


def test_postgres_types_become_the_text_a_person_would_write(
    table: Callable[..., InputFile],
) -> None:
    assert read_all(table(table="hr.ratings"), *range(9)) == [
        (
            2, "007", "4", "0.1", "4.1", "9007199254740993", "2026-07-01",
            "2026-07-01T12:30:00", "TRUE", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        ),
        (3, "E1", "4.25", "0.0000001", "nan", "", "", "2026-07-02", "FALSE", ""),
        (4, "Ölçer", "", "1" + "0" * 22, "", "-1", "0099-01-01", "", "", ""),
    ]  # fmt: skip


def test_postgres_fetches_no_column_that_is_not_wanted(
    server: Postgres, table: Callable[..., InputFile]
) -> None:
    server.run("revoke all on hr.ratings from hr_reader")
    server.run('grant select ("Reviewee ID", mark) on hr.ratings to hr_reader')
    try:
        part = table(query='select "Reviewee ID", mark from hr.ratings order by 1')
        assert read_all(part, 0) == [(2, "007"), (3, "E1"), (4, "Ölçer")]
        assert only_rule(table(table="hr.ratings")) == "database_permission"
    finally:
        server.run("grant select on hr.ratings to hr_reader")


def test_postgres_rows_stream_in_chunks(table: Callable[..., InputFile]) -> None:
    reader = DatabaseReader(table(table="hr.many"), chunk_rows=100_000)
    reader.read_header()
    chunks = list(reader.chunks((0, 1)))
    assert [len(chunk.row) for chunk in chunks] == [100_000] * 3
    assert chunks[-1].row[-1] == 300_001
    # 300,000 numbers from 1, each mark (n mod 5) + 1 equally often.
    marks = [text for chunk in chunks for text in chunk.columns[1]]
    assert {mark: marks.count(mark) for mark in set(marks)} == dict.fromkeys("12345", 60_000)


def test_postgres_lists_and_json_are_problems(table: Callable[..., InputFile]) -> None:
    assert only_rule(table(table="hr.lists")) == "nested_column"


def test_postgres_permission_denied_is_told(table: Callable[..., InputFile]) -> None:
    assert only_rule(table(table="hr.secret")) == "database_permission"


def test_postgres_missing_table_names_the_nearest_with_its_schema(
    table: Callable[..., InputFile],
) -> None:
    (problem,) = find_problems(table(table="hr.rating"))
    assert problem.rule == "unknown_table"
    assert "did you mean 'hr.ratings'?" in problem.fix
    assert only_rule(table(table="nowhere.ratings")) == "unknown_table"


def test_postgres_cannot_be_changed_through_a_function(
    server: Postgres, table: Callable[..., InputFile]
) -> None:
    (problem,) = find_problems(table(query="select hr.wipe() as employee_id"))
    assert "25006" in problem.what  # SQLSTATE of "read-only transaction"
    server.run("do $$ begin assert (select count(*) = 1 from hr.lists); end $$")


def test_postgres_says_what_is_wrong_with_a_query(table: Callable[..., InputFile]) -> None:
    (problem,) = find_problems(table(query="select nope from hr.ratings"))
    assert 'column "nope" does not exist' in problem.what


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("s3cr3t-w0rd", "wrong", "user or password were refused"),
        ("hr_reader:", "nobody:", "user or password were refused"),
        ("/hr_company", "/elsewhere", "there is no such database"),
        ("@127.0.0.1", "@127.0.0.1.invalid", "the host is not known"),
    ],
)
def test_postgres_refused_connection_is_explained_and_its_address_never_shown(
    server: Postgres, monkeypatch: pytest.MonkeyPatch, old: str, new: str, reason: str
) -> None:
    monkeypatch.setenv("HR_DB", server.url.replace(old, new))
    (problem,) = find_problems(InputFile(database="HR_DB", table="hr.ratings"))
    assert reason in problem.what
    shown = str(problem)
    assert not [secret for secret in (*SECRETS, "elsewhere", str(server.port)) if secret in shown]
