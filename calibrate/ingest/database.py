"""Database table or query → header and chunks of text; only wanted columns are fetched.

The address, with its password and host, stands in an environment variable and in
no message: what a driver says is shown only where it speaks of the statement.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from calibrate.config import InputFile, ask_for, suggest_names
from calibrate.errors import InputError, Problem
from calibrate.ingest.cells import show_cell
from calibrate.ingest.parquet import ParquetReader
from calibrate.ingest.read import CHUNK_ROWS, RawChunk
from calibrate.ingest.staging import new_file

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

#: Rows fetched at a time, and rows of a row group of the staged file.
_FETCH: Final = 10_000
_CONNECT_SECONDS: Final = 30
#: Classes of SQLSTATE that speak of the statement, not of the server.
_STATEMENT: Final = "42"
_NO_PERMISSION: Final = "42501"


def _refuse(part: InputFile, rule: str, what: str, fix: str, column: str = "") -> InputError:
    problem = Problem(part.shown_database, None, column, rule, what, fix, whole=True)
    return InputError([problem])


@dataclass
class DatabaseReader:
    """Reads a table ordered by all columns fetched, or a query in its own order.

    The rows are fetched once, into a Parquet file that is read from then on: a
    second pass sees the same rows, whatever happens in the database.

    Parameters
    ----------
    part
        Its ``database``, the name of an environment variable with a SQLAlchemy
        URL, and its ``table`` or ``query``.
    chunk_rows
        Rows held in memory at once.
    """

    part: InputFile
    chunk_rows: int = CHUNK_ROWS
    problems: list[Problem] = field(default_factory=list)
    header: tuple[str, ...] = ()
    ragged: list[int] = field(default_factory=list)
    shown: str = field(init=False)

    def __post_init__(self) -> None:
        self.shown = self.part.shown_database

    def read_header(self) -> tuple[str, ...]:
        fetched = _fetched_of(self.part)
        try:
            fetched.names = fetched.names or read_columns(self.part)
        except InputError as error:
            self.problems += error.problems
        self.header = tuple(name.strip() for name in fetched.names)
        return self.header

    def stage(self, wanted: tuple[int, ...]) -> Path | None:
        """Return a file with at least the columns at the ``wanted`` positions, fetched once.

        ``None`` where they cannot be fetched.
        """
        fetched = _fetched_of(self.part)
        names = tuple(fetched.names[position] for position in wanted)
        path = next((file for had, file in fetched.files.items() if {*names} <= {*had}), None)
        if path is not None:
            return path
        try:
            path = fetched.files[names] = stage_database(self.part, names, new_file())
        except InputError as error:
            self.problems += error.problems
        return path

    def chunks(self, wanted: tuple[int, ...]) -> Iterator[RawChunk]:
        path = self.stage(wanted)
        if path is None:
            return
        staged = ParquetReader(path, self.shown, self.part, self.chunk_rows)
        header = staged.read_header()
        if header and not staged.problems:
            yield from staged.chunks(tuple(header.index(self.header[at]) for at in wanted))
        self.problems += staged.problems


@dataclass
class _Fetched:
    """What was fetched for one part: all column names, and files by the columns in them."""

    names: tuple[str, ...] = ()
    files: dict[tuple[str, ...], Path] = field(default_factory=dict)


_FETCHED: dict[int, _Fetched] = {}


def _fetched_of(part: InputFile) -> _Fetched:
    """What was fetched for this very part; a cycle that is loaded again fetches again."""
    if id(part) not in _FETCHED:
        _FETCHED[id(part)] = _Fetched()
        weakref.finalize(part, _FETCHED.pop, id(part), None)
    return _FETCHED[id(part)]


def read_columns(part: InputFile) -> tuple[str, ...]:
    """Return the column names of a table or query; no row is fetched.

    Raises
    ------
    InputError
        If the database cannot be reached or has no such table.
    """
    with _connect(part) as connection:
        _check_table(connection, part)
        statement = f"SELECT * FROM {_name_rows(connection, part)} WHERE 1 = 0"
        return tuple(map(str, connection.exec_driver_sql(statement).keys()))


def stage_database(part: InputFile, names: Sequence[str], path: Path) -> Path:
    """Fetch columns of a table or query into a Parquet file of text.

    The same rows give the same bytes: a table is ordered by all columns fetched,
    a query as it says.

    Parameters
    ----------
    part
        Which database, table or query.
    names
        The columns to fetch, as the database spells them; no other is asked for.
    path
        The file to write.

    Raises
    ------
    InputError
        If rows cannot be fetched, or a column holds no plain values.
    """
    schema = pa.schema([(name, pa.string()) for name in names])
    with (
        _connect(part) as connection,
        pq.ParquetWriter(path, schema, compression="zstd") as writer,
    ):
        listed = ", ".join(_quote(connection, name) for name in names)
        statement = f"SELECT {listed} FROM {_name_rows(connection, part)}"
        if part.query is None:
            statement += f" ORDER BY {listed}"
        rows = connection.exec_driver_sql(
            statement,
            execution_options={
                "no_parameters": True, "stream_results": True, "yield_per": _FETCH,
            },
        )  # fmt: skip
        for batch in _batch(rows.partitions(_FETCH), CHUNK_ROWS):
            columns = [_show_column(part, n, [r[at] for r in batch]) for at, n in enumerate(names)]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
    return path


def _batch(partitions: Iterable[Sequence[Any]], size: int) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for rows in partitions:
        batch += rows
        if len(batch) >= size:
            yield batch[:size]
            batch = batch[size:]
    if batch:
        yield batch


def _show_column(part: InputFile, name: str, cells: list[Any]) -> pa.Array:
    try:
        texts = [cell if type(cell) is str else show_cell(cell) for cell in cells]
    except TypeError as error:
        what = f"the column '{name[:60]}' holds {error}, which is no plain value"
        fix = "turn it into text in a query, or list it under ignore"
        raise _refuse(part, "nested_column", what, fix, name[:60]) from None
    return pa.array(texts, pa.string())


def _name_rows(connection: Connection, part: InputFile) -> str:
    """Say where rows come from; a query stands in brackets, where it can change nothing."""
    if part.query is not None:
        # The line break ends a comment that would swallow the bracket.
        return f"(\n{part.query.strip().rstrip(';').rstrip()}\n) calibrate_rows"
    schema, table = _find_table(connection, part.table or "")
    names = (schema, table) if schema else (table,)
    return ".".join(_quote(connection, name) for name in names)


def _quote(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _find_table(connection: Connection, table: str) -> tuple[str | None, str]:
    import sqlalchemy

    schema, _, name = table.partition(".")
    if not name or sqlalchemy.inspect(connection).has_table(table):
        return None, table
    return schema, name


def _check_table(connection: Connection, part: InputFile) -> None:
    import sqlalchemy

    if part.table is None:
        _check_query(part)
        return
    inspector = sqlalchemy.inspect(connection)
    schema, name = _find_table(connection, part.table)
    if inspector.has_table(name, schema=schema):
        return
    there = [*inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema)]
    near = [f"{schema}.{table}" if schema else table for table in suggest_names(name, there)]
    fix = "check the name, and write schema.table where it is in a schema of its own"
    fix = f"{ask_for(near)} {fix}" if near else fix
    raise _refuse(part, "unknown_table", f"there is no table '{part.table[:60]}'", fix)


def _check_query(part: InputFile) -> None:
    query = (part.query or "").strip().rstrip(";")
    if ";" in query or not query.lower().startswith(("select", "with", "--", "/*")):
        fix = "write one query that begins with select or with, and no semicolon"
        raise _refuse(part, "not_a_query", "the query does more than read, or nothing", fix)


@contextmanager
def _connect(part: InputFile) -> Iterator[Connection]:
    """Open a connection that only reads, and turn what drivers say into problems."""
    url = _read_url(part)
    import sqlalchemy

    engine = _make_engine(part, url)
    is_open = False
    try:
        with engine.connect() as connection:
            is_open = True
            _make_read_only(connection)
            yield connection
            connection.rollback()
    except sqlalchemy.exc.SQLAlchemyError as error:
        origin = getattr(error, "orig", None) or error
        raise (_explain(part, url, origin) if is_open else _explain_connect(part, origin)) from None
    finally:
        engine.dispose()


def _read_url(part: InputFile) -> URL:
    variable = part.database or ""
    try:
        import sqlalchemy
    except ImportError:
        what, fix = "SQLAlchemy is not installed", "pip install 'review-calibrate[db]'"
        raise _refuse(part, "database_package", what, fix) from None
    text = os.environ.get(variable, "").strip()
    if not text:
        what = f"the environment variable {variable} is not set"
        fix = f"export {variable}='…' with a SQLAlchemy URL; ask whoever keeps the database"
        raise _refuse(part, "database_variable", what, fix)
    try:
        url = sqlalchemy.make_url(text)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        what = f"what stands in {variable} is no SQLAlchemy URL"
        fix = "write such as postgresql://user:password@host/database"
        raise _refuse(part, "database_url", what, fix) from None
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    is_file = url.get_backend_name() == "sqlite" and not str(url.database).startswith("file:")
    if is_file and not Path(url.database or "").is_file():
        # SQLite would make an empty database of this name.
        what = f"{variable} names an SQLite file that is not there"
        fix = "check the path; an absolute one begins with four slashes"
        raise _refuse(part, "database_connection", what, fix)
    return url


def _make_engine(part: InputFile, url: URL) -> Engine:
    import sqlalchemy

    is_psycopg = url.drivername == "postgresql+psycopg"
    options = {"connect_timeout": _CONNECT_SECONDS} if is_psycopg else {}
    try:
        return sqlalchemy.create_engine(
            url, connect_args=options, poolclass=sqlalchemy.NullPool, hide_parameters=True
        )
    except (ImportError, sqlalchemy.exc.NoSuchModuleError):
        what = f"there is no driver for '{url.drivername[:40]}'"
        fix = "pip install 'review-calibrate[db]' for PostgreSQL, else the package of your database"
        raise _refuse(part, "database_package", what, fix) from None
    except (sqlalchemy.exc.ArgumentError, TypeError, ValueError):
        what = f"what stands in {part.database} has an option the driver does not know"
        raise _refuse(part, "database_url", what, "check the part behind the '?'") from None


def _make_read_only(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execution_options(postgresql_readonly=True)
    elif connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")


def _explain_connect(part: InputFile, origin: BaseException) -> InputError:
    said, fix = str(origin).lower(), f"check the URL in {part.database}, and that the server runs"
    reasons = {
        "password": "user or password were refused",
        "authentication": "user or password were refused",
        "role": "user or password were refused",
        "timeout": "the server does not answer",
        "refused": "nothing answers at this host and port",
        "resolve": "the host is not known",
        "translate": "the host is not known",
        "does not exist": "there is no such database",
    }
    reason = next((text for word, text in reasons.items() if word in said), "")
    what = "cannot connect to the database" + (f": {reason}" if reason else "")
    return _refuse(part, "database_connection", what, fix)


def _explain(part: InputFile, url: URL, origin: BaseException) -> InputError:
    state = getattr(origin, "sqlstate", None) or ""
    said = str(origin).partition("\n")[0][:200]
    if state == _NO_PERMISSION or "permission denied" in said.lower():
        what = "the database user may not read this"
        fix = "ask whoever keeps the database for the right to read it"
        return _refuse(part, "database_permission", what, fix)
    if state.startswith(_STATEMENT) or url.get_backend_name() == "sqlite":
        secrets = [url.password, url.host, url.username, url.database]
        if not any(secret and str(secret) in said for secret in secrets):
            fix = "correct the query" if part.query else "check the table"
            return _refuse(part, "database_statement", f"the database says: {said}", fix)
    what = f"the database gave up while reading ({state or type(origin).__name__})"
    return _refuse(part, "database_reading", what, "try again; else ask whoever keeps the database")
