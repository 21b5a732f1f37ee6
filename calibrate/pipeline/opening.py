"""A cycle, and everything beside it that must be there before a run begins."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from calibrate.config import Cycle, load_cycle, shown_name
from calibrate.errors import InputError, Problem
from calibrate.ingest import fetch_databases
from calibrate.manifest import Provenance, list_files
from calibrate.report.theme import DEFAULT, THEME, Theme, read_theme, write_theme


@dataclass(frozen=True)
class Opened:
    """A cycle with what it names.

    Parameters
    ----------
    fetched
        Table of a database to the file that holds what was fetched.
    theme_files
        SHA-256 of each file of the theme, by the name that problems give it.
    """

    cycle: Cycle
    fetched: Mapping[str, Path]
    theme: Theme = DEFAULT
    theme_files: Mapping[str, str] = field(default_factory=dict)

    def add_theme(self, provenance: Provenance) -> Provenance:
        """Name the theme among the inputs; it is no setting that figures follow from."""
        return replace(provenance, inputs={**provenance.inputs, **self.theme_files})


def open_cycle(source: Cycle | Path) -> Opened:
    """Load a cycle, make sure its files are there, read its theme, fetch from databases.

    Raises
    ------
    InputError
        If the cycle or the theme is at fault, or a file is not there.
    """
    cycle = source if isinstance(source, Cycle) else load_cycle(source)
    require_files(cycle)
    theme, files = read_own_theme(cycle)
    return Opened(cycle, fetch_databases(cycle), theme, files)


def read_own_theme(cycle: Cycle) -> tuple[Theme, dict[str, str]]:
    """Read the theme that a cycle names; the default if it names none."""
    if cycle.theme is None:
        return DEFAULT, {}
    return read_theme(cycle.resolve(cycle.theme), shown_name(cycle.theme))


def require_files(cycle: Cycle) -> None:
    """Say which files are missing or closed to us before any is read."""
    problems = []
    for name in list_files(cycle):
        path, shown = cycle.resolve(name), shown_name(name)
        if not path.is_file():
            fix = "put it beside the cycle file or change its name there"
            what = "there is no such file"
            problems.append(Problem(shown, None, "", "missing_file", what, fix, whole=True))
        elif not os.access(path, os.R_OK):
            what, fix = "you may not read this file", "ask its owner for the right to read it"
            problems.append(Problem(shown, None, "", "unreadable_file", what, fix, whole=True))
    if problems:
        raise InputError(problems)


def keep_theme(folder: Path, theme: Theme) -> None:
    """Write the theme into a run; nothing for the default."""
    if theme != DEFAULT:
        (folder / THEME).write_text(write_theme(theme), encoding="utf-8")
