"""The ``inputs`` of a cycle: which files, and whose column is whose."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from pathlib import PurePath
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from calibrate.config.explain import Strict, broken

_TEXT_ENDINGS = (".csv", ".tsv", ".txt")


def _check_file(value: Any) -> Any:
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
        raise broken("wrong_type", "a file name is not text", "write such as ratings.csv")
    if not names or len(set(names)) < len(names) or not all(name.strip() for name in names):
        raise broken("file_list", "no file name, or one twice", "name each file once")
    for name in names:
        if "://" in name:
            raise broken(
                "not_yet", "databases are not read by this version yet", "export a CSV file"
            )
        if PurePath(name).suffix.lower() not in _TEXT_ENDINGS:
            raise broken(
                "not_yet", f"'{name}' is no CSV file; this version reads no other kind yet",
                "save it as CSV in UTF-8: .csv, .tsv or .txt",
            )  # fmt: skip
    return value


def _check_layout(value: Any) -> Any:
    if value == "wide":
        raise broken(
            "not_yet", "layout wide is not read by this version yet",
            "write one row per mark: employee_id, rater_id, source, criterion, mark",
        )  # fmt: skip
    return value


class InputFile(Strict):
    """One input table: its file or files, and how its columns are to be understood.

    ``columns`` maps their names to ours; ``ignore`` lists columns to leave out.
    """

    file: Annotated[str | tuple[str, ...], BeforeValidator(_check_file)]
    layout: Annotated[Literal["long"], BeforeValidator(_check_layout)] = "long"
    columns: Mapping[str, str] = Field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    scale: str | None = None
    encoding: str = "utf-8"
    delimiter: str = ","

    @property
    def files(self) -> tuple[str, ...]:
        """The file names as a tuple, also where the cycle names only one."""
        return (self.file,) if isinstance(self.file, str) else tuple(self.file)

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


class Inputs(Strict):
    """The tables of a cycle; ratings alone are required."""

    ratings: InputFile
    employees: InputFile | None = None
    attributes: InputFile | None = None
    goals: InputFile | None = None
