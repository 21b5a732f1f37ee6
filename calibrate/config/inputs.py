"""The ``inputs`` of a cycle: which files or database tables, and how they are to be understood."""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from calibrate.config.explain import Fault, Strict, broken, broken_at

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
SPREADSHEET_ENDINGS = (".xlsx", ".xlsm")
PARQUET_ENDINGS = (".parquet",)
ENDINGS = (*TEXT_ENDINGS, *SPREADSHEET_ENDINGS, *PARQUET_ENDINGS)

#: Parts of a date a pattern may ask for; a time of day behind the day is not read.
_DATE_PARTS = re.compile(r"%[dmYyBb]")
#: Keys that mean something for some kinds of file only.
_TEXT_ONLY = ("encoding", "delimiter")


def _check_file(value: Any) -> Any:
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
        raise broken("wrong_type", "a file name is not text", "write such as ratings.csv")
    if not names or len(set(names)) < len(names) or not all(name.strip() for name in names):
        raise broken("file_list", "no file name, or one twice", "name each file once")
    for name in names:
        if "://" in name:
            raise broken(
                "address", f"'{name.partition(':')[0]}://…' is an address, no file",
                "put a database's URL into an environment variable and name that: database: HR_DB",
            )  # fmt: skip
        if PurePath(name).suffix.lower() not in ENDINGS:
            raise broken(
                "unknown_format", f"the ending of '{name}' is not known",
                f"save it as one of {', '.join(ENDINGS)}",
            )  # fmt: skip
    return value


class InputFile(Strict):
    """One input table, or a part of it: its files or database table, and how to read them.

    ``columns`` maps their names to ours; ``join`` puts several of theirs together,
    such as first and last name; ``ignore`` lists columns that are never read;
    ``constants`` fills columns the file lacks; ``values`` translates what stands in
    one of our columns; ``leave_out`` names rows that are no data.
    """

    file: Annotated[str | tuple[str, ...] | None, BeforeValidator(_check_file)] = None
    database: str | None = None
    table: str | None = None
    query: str | None = None
    layout: Literal["long", "wide"] = "long"
    columns: Mapping[str, str | tuple[str, ...]] = Field(default_factory=dict)
    join: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    constants: Mapping[str, str] = Field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    leave_out: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    scale: str | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: Literal[".", ","] = "."
    dates: str = "iso"
    sheet: str | None = None
    header_row: int = 1

    @property
    def files(self) -> tuple[str, ...]:
        """The file names as a tuple, also where the cycle names only one or a database."""
        if self.file is None:
            return ()
        return (self.file,) if isinstance(self.file, str) else tuple(self.file)

    @property
    def shown_database(self) -> str:
        """What problems call a database table; never its address."""
        if self.query is not None:
            return f"{self.database}:query-{zlib.crc32(self.query.encode()):08x}"
        return f"{self.database}:{self.table}"

    def targets(self, theirs: str) -> tuple[str, ...]:
        """Our names of one of their columns; a column may serve as several of ours."""
        ours = self.columns.get(theirs, theirs)
        return (ours,) if isinstance(ours, str) else tuple(ours)

    @property
    def ours(self) -> Iterator[tuple[str, str]]:
        """Pairs of their column and ours."""
        return ((theirs, ours) for theirs in self.columns for ours in self.targets(theirs))

    @field_validator("encoding")
    @classmethod
    def _encoding(cls, encoding: str) -> str:
        try:
            codec = codecs.lookup(encoding)
            " ".encode(codec.name)
        except (LookupError, ValueError):
            raise broken(
                "unknown_encoding", f"'{encoding[:40]}' is no text encoding", "write such as utf-8"
            ) from None
        return encoding

    @field_validator("delimiter")
    @classmethod
    def _delimiter(cls, delimiter: str) -> str:
        if delimiter not in {",", ";", "\t", "|"}:
            raise broken(
                "delimiter", f"'{delimiter[:8]}' is not allowed", 'use "," ";" "|" or "\\t"'
            )
        return delimiter

    @field_validator("dates")
    @classmethod
    def _dates(cls, dates: str) -> str:
        if dates == "iso":
            return dates
        if dates == "%Y-%d-%m":
            raise broken(
                "date_pattern", "the pattern reads 2026-02-01 as the 2nd of January",
                "turn day and month round in the file, and write iso",
            )  # fmt: skip
        parts = "".join(part[1] for part in _DATE_PARTS.findall(dates))
        has_each = all(sum(parts.count(p) for p in kind) == 1 for kind in ("d", "mbB", "yY"))
        if not has_each or "%" in _DATE_PARTS.sub("", dates):
            raise broken(
                "date_pattern", f"'{dates[:40]}' is no pattern of day, month and year",
                "write iso, or such as '%d.%m.%Y' or '%m/%d/%Y'",
            )  # fmt: skip
        return dates

    @field_validator("header_row")
    @classmethod
    def _header_row(cls, header_row: int) -> int:
        if not 1 <= header_row <= 1000:
            raise broken("header_row", f"row {header_row}", "write a row from 1 to 1000")
        return header_row

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        faults: list[Fault] = []
        if (self.file is None) == (self.database is None):
            what = "neither file nor database" if self.file is None else "file and database"
            faults.append(((), "input_place", what, "name one of the two"))
        if self.database is not None and (self.table is None) == (self.query is None):
            what = "neither table nor query" if self.table is None else "table and query"
            faults.append((("database",), "database_table", what, "name one of the two"))
        if self.database is not None and not re.fullmatch(r"[A-Za-z_]\w*", self.database):
            what = "this is no name of an environment variable"
            fix = "put the URL into the environment, such as HR_DB, and write database: HR_DB"
            faults.append((("database",), "database_name", what, fix))
        for key in ("table", "query"):
            if self.database is None and getattr(self, key) is not None:
                faults.append(((key,), "not_used", "there is no database", "remove the key"))
        for key in _find_idle(self):
            what = "has no meaning for this kind of file"
            faults.append(((key,), "not_used", what, "remove the key"))
        if faults:
            raise broken_at(faults)
        return self


def _find_idle(part: InputFile) -> Iterator[str]:
    """Name keys that would do nothing."""
    endings = {PurePath(name).suffix.lower() for name in part.files}
    given = part.model_fields_set
    is_text = bool(endings & set(TEXT_ENDINGS))
    is_spreadsheet = bool(endings & set(SPREADSHEET_ENDINGS))
    idle = [] if is_text else [*_TEXT_ONLY]
    idle += [] if is_spreadsheet else ["sheet"]
    idle += [] if is_text or is_spreadsheet else ["header_row"]
    return (key for key in idle if key in given)


def _is_list(value: Any) -> str:
    return "list" if isinstance(value, list | tuple) else "one"


#: One table, or a list of parts each with a mapping of its own.
Table = Annotated[
    Annotated[InputFile, Tag("one")] | Annotated[tuple[InputFile, ...], Tag("list")],
    Discriminator(_is_list),
]


class Inputs(Strict):
    """The tables of a cycle; ratings alone are required."""

    ratings: Table
    employees: Table | None = None
    attributes: Table | None = None
    assignments: Table | None = None
    goals: Table | None = None
    checkins: Table | None = None
    feedback: Table | None = None
    unit_measures: Table | None = None
    rewards: Table | None = None
    history: Table | None = None
    criterion_history: Table | None = None

    @field_validator("*")
    @classmethod
    def _some_part(cls, table: Any) -> Any:
        if table == ():
            raise broken("file_list", "the list is empty", "name at least one file")
        return table

    def parts(self, table: str) -> tuple[InputFile, ...]:
        """The parts of one table, none where the cycle does not have it."""
        value: InputFile | tuple[InputFile, ...] | None = getattr(self, table)
        if value is None:
            return ()
        return (value,) if isinstance(value, InputFile) else value

    def has(self, table: str) -> bool:
        """Does the cycle name this table?"""
        return bool(self.parts(table))

    def places(self, table: str) -> tuple[tuple[InputFile, str], ...]:
        """Each file of a table beside its part; a database has its shown name."""
        return tuple(
            (part, name)
            for part in self.parts(table)
            for name in (part.files or (part.shown_database,))
        )

    @property
    def rating_scale(self) -> str | None:
        """The scale of labels of the ratings."""
        return self.parts("ratings")[0].scale
