"""A list of people, or a table by our own names → a part of the cycle."""

from __future__ import annotations

from collections.abc import Sequence

from calibrate.config import COLUMNS
from calibrate.ingest.translate import DATES
from calibrate.setup.dialect import guess_dates
from calibrate.setup.exports import Column
from calibrate.setup.proposal import Line, Part
from calibrate.setup.reading import Reading
from calibrate.setup.words import KINDS, Kind, Role, is_nobody, spell

_SAID = {"id": "id", "email": "email", "username": "user name", "name": "name"}


def propose_employees(reading: Reading, key: Kind, open_: list[str]) -> Part:
    """Map the list of employees; what cannot be told is added to ``open_``."""
    shown = reading.export.shown
    columns: list[Line] = []
    person = reading.find("person", key)
    if person is None:
        open_.append(f"{shown} has no {_SAID[key]} of people as the ratings have")
    else:
        because = f"each row has its own, and the ratings know people by their {_SAID[key]}"
        columns.append(Line(person.name, "employee_id", because))
    manager, values = _find_manager(reading, key, person)
    if manager is None:
        open_.append(f"{shown} has no {_SAID[key]} of the manager: without it no manager packets")
    else:
        because = "it names the manager as employee_id names people"
        columns.append(Line(manager.name, "manager_id", because))
    name = _find_name(reading, person, manager)
    if name is not None:
        columns.append(Line(name.name, "name", "it is how people are called here"))
    elif any(identity.kind == "name" for identity in reading.identities):
        open_.append(f"{shown} has first and last names apart: packets show the id")
    columns += [
        Line(
            column.name,
            ours,
            "it is called so"
            if spell(column.name) == spell(ours)
            else f"it is another word for {ours}",
        )
        for ours, column in reading.known.items()
        if column not in (person, manager, name)
    ]
    return Part(
        reading.export, "each row is another person",
        dates=find_patterns(reading, columns), columns=tuple(columns),
        values={"manager_id": values} if values else {}, ignore=list_ignored(reading, columns),
    )  # fmt: skip


def _find_manager(
    reading: Reading, key: Kind, person: Column | None
) -> tuple[Column | None, tuple[Line, ...]]:
    """The column whose texts are the ids of people; words for "nobody" are translated."""
    people = set(person.counts) if person is not None else set()
    roles: tuple[Role, ...] = ("manager", "facilitator", "rater")
    kinds: tuple[Kind, ...] = (key, "", *KINDS)
    candidates = [c for role in roles for kind in kinds
                  if (c := reading.find(role, kind)) is not None]  # fmt: skip
    for role in roles:
        candidates += [c for i, c in reading.identities.items() if i.role == role]
    for column in dict.fromkeys(candidates):
        nobody = [text for text in column.counts if is_nobody(text)]
        known = people & set(column.counts)
        named = len(column.counts) - len(nobody)
        # The head of the company may stand in no list.
        if named and len(known) >= max(1, named - 1):
            because = "it is no id and reads like: nobody is above"
            return column, tuple(Line(text, "", because) for text in nobody)
    return None, ()


def _find_name(reading: Reading, *taken: Column | None) -> Column | None:
    exact = [c for c in reading.export.columns if spell(c.name) in {"name", "full name"}]
    bare = [c for i, c in reading.identities.items() if i.role == "person" and i.kind == ""]
    whole = [
        c for i, c in reading.identities.items()
        if i.role == "person" and i.kind == "name" and "first" not in spell(c.name)
        and "last" not in spell(c.name)
    ]  # fmt: skip
    usernames = [
        c for i, c in reading.identities.items() if i.role == "person" and i.kind == "username"
    ]
    candidates = (*exact, *whole, *bare, *usernames)
    return next((c for c in candidates if c not in taken), None)


def propose_other(reading: Reading, key: Kind) -> Part:
    """A table whose columns have our names, or a file of attributes: only the id is mapped."""
    table = reading.other_table
    ours = COLUMNS.get(table, ())
    columns: list[Line] = []
    for column in reading.export.columns:
        name = next((name for name in ours if spell(name) == spell(column.name)), "")
        if name:
            columns.append(Line(column.name, name, "it has our name"))
    person = reading.find("person", key)
    if not table and person is not None:
        columns.append(Line(person.name, "employee_id", "it names people as the other files do"))
        because = "it holds people and attributes"
        return Part(
            reading.export, because, columns=tuple(columns),
            ignore=tuple(
                Line(c.name, None, "it names people once more")
                for c in reading.identities.values() if c is not person
            ),
        )  # fmt: skip
    return Part(
        reading.export, "it has the columns of this table by our names",
        dates=find_patterns(reading, columns), columns=tuple(columns),
        ignore=list_ignored(reading, columns),
    )  # fmt: skip


def find_patterns(reading: Reading, columns: Sequence[Line]) -> tuple[str, ...]:
    """Patterns by which every day of the mapped columns can be read; two leave a choice open."""
    texts = [
        text
        for line in columns
        if line.value in DATES
        for text in reading.export.find(line.key).counts
    ]
    return guess_dates(texts)


def list_ignored(reading: Reading, *read: Sequence[Line]) -> tuple[Line, ...]:
    """Columns of the export that are not read, attributes said to be such."""
    used = {line.key for lines in read for line in lines}
    return tuple(
        Line(
            column.name, None,
            "it is a protected attribute: it may stand in the attributes file alone"
            if column.is_protected else "this table has no use for it",
        )
        for column in reading.export.columns if column.name not in used
    )  # fmt: skip
