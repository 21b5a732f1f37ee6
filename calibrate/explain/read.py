"""A finished run, read back: each file is held against the manifest before it is believed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from calibrate.config import ask_for, suggest_names
from calibrate.errors import IntegrityError, RunError
from calibrate.manifest import hash_bytes
from calibrate.report.theme import DEFAULT, THEME, Theme, parse_theme

#: One row of a table; a missing value is None.
Row = dict[str, Any]
#: More ids than these are not searched for one that looks alike.
MOST_COMPARED = 20_000


@dataclass(frozen=True)
class Run:
    """A run's folder and what its manifest says.

    Parameters
    ----------
    folder
        Holds ``manifest.json`` and ``tables/``.
    manifest
        The in-toto Statement.
    """

    folder: Path
    manifest: Mapping[str, Any]

    @cached_property
    def configuration(self) -> Mapping[str, Any]:
        """The cycle with all defaults, as it was run."""
        found: Mapping[str, Any] = self._definition["externalParameters"]["configuration"]
        return found

    @cached_property
    def cycle(self) -> str:
        return str(self._definition["externalParameters"]["cycle"])

    @cached_property
    def run_id(self) -> str:
        return str(self.manifest["predicate"]["runDetails"]["metadata"]["invocationId"])

    @cached_property
    def largest_step(self) -> float:
        """One step of the coarsest mark scale, points; the whole scale where it is not told."""
        told = self._definition.get("internalParameters", {})
        return float(told.get("largest_step", 100.0))

    @cached_property
    def theme(self) -> Theme:
        """The company's look that the run's packets have.

        Raises
        ------
        IntegrityError
            If the file is not the one the run wrote.
        RunError
            If another version wrote it.
        """
        if THEME not in self._hashes:
            return DEFAULT
        try:
            return parse_theme(self._read(THEME).decode("utf-8"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RunError(
                f"{self.folder / THEME}: is not the theme of a run of this version; run the cycle "
                "again"
            ) from error

    @cached_property
    def _definition(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.manifest["predicate"]["buildDefinition"]
        return found

    @cached_property
    def _hashes(self) -> Mapping[str, str]:
        return {file["name"]: file["digest"]["sha256"] for file in self.manifest["subject"]}

    def read_rows(self, table: str, employee_id: str | None = None) -> list[Row]:
        """Rows of a table, of one person where an id is given.

        Raises
        ------
        IntegrityError
            If the file is gone or is not the one the run wrote.
        """
        name = f"tables/{table}.parquet"
        found = _read_parquet(self._read(name))
        if employee_id is not None:
            found = found.filter(pc.field("employee_id") == employee_id)
        rows: list[Row] = found.to_pylist()
        return rows

    def read_column(self, table: str, column: str) -> list[Any]:
        """One column of a table."""
        content = self._read(f"tables/{table}.parquet")
        values: list[Any] = _read_parquet(content, [column])[column].to_pylist()
        return values

    def find_person(self, employee_id: str) -> Row:
        """The person's row of the scores.

        Raises
        ------
        RunError
            If nobody has that id.
        """
        rows = self.read_rows("scores", employee_id)
        if rows:
            return rows[0]
        known = self.read_column("scores", "employee_id")
        nearest = suggest_names(employee_id, known) if len(known) <= MOST_COMPARED else ()
        raise RunError(
            f"{self.folder}: nobody has the employee_id '{employee_id}' here; "
            + (ask_for(nearest) or f"the table tables/scores.csv lists all {len(known):,}")
        )

    def _read(self, name: str) -> bytes:
        path = self.folder / name
        if name not in self._hashes:
            raise IntegrityError(f"{path}: the manifest of the run does not name this file")
        try:
            content = path.read_bytes()
        except OSError as error:
            raise IntegrityError(f"{path}: cannot be read ({error.strerror})") from error
        if hash_bytes(content) != self._hashes[name]:
            raise IntegrityError(
                f"{path}: was changed after the run wrote it; nothing is explained from it. "
                "Run the cycle again into another folder and compare"
            )
        return content


def _read_parquet(content: bytes, columns: list[str] | None = None) -> pa.Table:
    """In this thread alone: one of pyarrow's own that still lets go of our bytes when the
    process ends takes it down."""
    with pq.ParquetFile(pa.BufferReader(content), pre_buffer=False) as file:
        return file.read(columns, use_threads=False)


def read_run(folder: Path) -> Run:
    """Open a run, or the latest one below an output folder.

    Raises
    ------
    RunError
        If no run stands there.
    """
    for place in (folder, folder / "latest"):
        path = place / "manifest.json"
        if not path.is_file():
            continue
        try:
            run = Run(place, json.loads(path.read_text(encoding="utf-8")))
            _ = run.configuration, run.run_id, run.largest_step, run._hashes
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(
                f"{path}: is not the manifest of a run of this version; run the cycle again"
            ) from error
        return run
    raise RunError(
        f"{folder}: there is no run here; name its folder, such as out/latest, "
        "or make one with calibrate run"
    )
