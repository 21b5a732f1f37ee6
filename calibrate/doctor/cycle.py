"""What this cycle needs of the machine: its files, databases and the letters of its names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from calibrate.doctor.check import Check
from calibrate.errors import CalibrateError, InputError

if TYPE_CHECKING:
    from calibrate.config import Cycle, InputFile

#: Columns whose text is printed letter by letter as it was written.
_PRINTED = ("name", "department", "job_family", "level", "session")
_FIRST = "mend what fails above"
_ENV = "export {}='…'  (a SQLAlchemy URL; ask whoever keeps the database)"


@dataclass(frozen=True)
class Needs:
    """What a cycle asks of a machine.

    Parameters
    ----------
    input_bytes, text_bytes
        Size of all its files, and of those that are text.
    databases
        Names of environment variables; never what they hold.
    characters
        Distinct characters of the texts that packets print.
    """

    checks: tuple[Check, ...]
    input_bytes: int = 0
    text_bytes: int = 0
    databases: tuple[str, ...] = ()
    characters: frozenset[str] = field(default=frozenset())


def read_needs(path: Path) -> Needs:
    """Read a cycle as far as a machine has to fit it; its faults become a check."""
    try:
        from calibrate.config import load_cycle, shown_name
        from calibrate.manifest import list_files
        from calibrate.report.theme import read_theme

        cycle = load_cycle(path)
        if cycle.theme is not None:
            read_theme(cycle.resolve(cycle.theme), shown_name(cycle.theme))
        names = list_files(cycle)
        missing = [shown_name(name) for name in names if not cycle.resolve(name).is_file()]
        sizes = {n: p.stat().st_size for n in names if (p := cycle.resolve(n)).is_file()}
    except (CalibrateError, ImportError, OSError) as error:
        return Needs((_explain(error, path),))
    checks = [_check_files(len(names), missing, path)]
    text = sum(size for name, size in sizes.items() if _is_text(name))
    characters: frozenset[str] = frozenset()
    try:
        characters = frozenset() if missing else _read_characters(cycle)
    except (CalibrateError, ImportError, OSError) as error:
        checks.append(Check("names", "look", f"cannot be read: {error}", _FIRST))
    return Needs(tuple(checks), sum(sizes.values()), text, _list_databases(cycle), characters)


def _explain(error: Exception, path: Path) -> Check:
    if isinstance(error, InputError):
        count = len(error.problems)
        found = f"{count:,} problem{'s' if count > 1 else ''}; the first: {error.problems[0]}"
        return Check("cycle", "fail", found, f"calibrate check {path} lists all of them")
    return Check("cycle", "fail", f"cannot be read: {error}", _FIRST)


def _check_files(count: int, missing: Collection[str], path: Path) -> Check:
    if missing:
        listed = ", ".join(list(missing)[:3]) + (" …" if len(missing) > 3 else "")
        found = f"{len(missing)} of its {count} files missing: {listed}"
        return Check("cycle", "fail", found, f"calibrate check {path} says more")
    return Check("cycle", "ok", f"all {count} files there")


def _is_text(name: str) -> bool:
    from calibrate.config.inputs import TEXT_ENDINGS

    return PurePath(name).suffix.lower() in TEXT_ENDINGS


def _list_databases(cycle: Cycle) -> tuple[str, ...]:
    tables = type(cycle.inputs).model_fields
    named = {part.database for table in tables for part in cycle.inputs.parts(table)}
    return tuple(sorted(name for name in named if name is not None))


def check_database(name: str, environment: Mapping[str, str]) -> Check:
    """Say whether the variable is set; what it holds stays unread and unsaid."""
    if environment.get(name):
        return Check(f"database {name}", "ok", "the variable is set")
    return Check(f"database {name}", "fail", "the variable is not set", _ENV.format(name))


def _read_characters(cycle: Cycle) -> frozenset[str]:
    """Collect the characters of names; no other column is decoded."""
    from calibrate.ingest.open import open_table

    found: set[str] = set()
    for part, name in cycle.inputs.places("employees"):
        if part.database is not None:
            continue
        reader = open_table(cycle, part, name)
        wanted = _find_printed(part, reader.read_header())
        for chunk in reader.chunks(wanted) if wanted else ():
            for column in chunk.columns:
                found.update("".join(map(str, column.categories)))
    return frozenset(c for c in found if not c.isspace())


def _find_printed(part: InputFile, header: Iterable[str]) -> tuple[int, ...]:
    theirs = {theirs for theirs, ours in part.ours if ours in _PRINTED}
    theirs |= set(_PRINTED) - set(part.columns)
    theirs -= set(part.ignore)
    return tuple(i for i, name in enumerate(header) if name in theirs)
