"""Tables in databases are fetched once, before anything is hashed or read."""

from __future__ import annotations

from pathlib import Path

from calibrate.config import COLUMNS, Cycle, is_protected_name
from calibrate.errors import InputError, Problem


def fetch_databases(cycle: Cycle) -> dict[str, Path]:
    """Fetch every table of a database that the cycle names; columns under ``ignore`` stay there.

    Returns
    -------
    dict
        Shown name of each table to the file that holds what was fetched.

    Raises
    ------
    InputError
        If a table cannot be fetched; no address is in any message.
    """
    fetched: dict[str, Path] = {}
    problems: list[Problem] = []
    for table in COLUMNS:
        for part, name in cycle.inputs.places(table):
            if part.database is None:
                continue
            from calibrate.ingest.database import DatabaseReader

            reader = DatabaseReader(part)
            names = reader.read_header()
            closed = {n for n in names if is_protected_name(n, cycle.attribute_names)}
            closed.update(part.ignore)
            wanted = tuple(at for at, theirs in enumerate(names) if theirs not in closed)
            path = reader.stage(wanted) if names else None
            problems += reader.problems
            if path is not None:
                fetched[name] = path
    if problems:
        raise InputError(problems)
    return fetched
