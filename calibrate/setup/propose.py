"""Exports → a proposal: which file is which table, by what people are known, what is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from calibrate.config import Inputs
from calibrate.setup.exports import Column, read_exports
from calibrate.setup.people import propose_employees, propose_other
from calibrate.setup.proposal import Part, Proposal, has_days
from calibrate.setup.ratings import OVERALL, propose_ratings
from calibrate.setup.reading import Reading, read_columns
from calibrate.setup.words import KINDS, Kind, find_mark


def propose_cycle(paths: Sequence[Path]) -> Proposal:
    """Look into exports and propose how a cycle may read them.

    Raises
    ------
    InputError
        If a file cannot be read.
    """
    readings = [read_columns(export) for export in read_exports(paths)]
    lists = _choose_employees(readings)
    key = _choose_key(readings, lists[0] if lists else None)
    criteria: dict[str, str] = {}
    parts: dict[str, list[Part]] = {table: [] for table in ("employees", *Inputs.model_fields)}
    open_ = [f"{r.export.shown}: {fault}" for r in readings for fault in r.export.faults]
    unplaced: list[str] = []
    for reading in readings:
        placed = list(_place(reading, key, reading in lists, criteria, open_))
        for table, part in placed:
            parts[table].append(part)
        if not placed:
            names = ", ".join(column.name for column in reading.export.columns[:6])
            unplaced.append(f"{reading.export.shown} is no table we know (it has {names})")
    found = {table: tuple(each) for table, each in parts.items() if each}
    labels = _count_labels(readings)
    return Proposal(
        parts=found, labels=labels, criteria=criteria, numbers=_find_range(readings),
        open=tuple(dict.fromkeys([*open_, *_list_open(found, labels, criteria)])),
        unplaced=(*unplaced, *_list_unused(found, readings)),
        attributes=tuple(dict.fromkeys(c.name for c in _protected(readings))),
    )  # fmt: skip


def _place(
    reading: Reading, key: Kind, is_list: bool, criteria: dict[str, str], open_: list[str]
) -> Iterator[tuple[str, Part]]:
    """Say which tables an export is; a report with a row per person may be two."""
    if reading.other_table:
        yield reading.other_table, propose_other(reading, key)
        return
    if is_list:
        yield "employees", propose_employees(reading, key, open_)
    elif reading.is_attributes and reading.find("person", key):
        shown = reading.export.shown
        open_ += [f"{shown}: is {c.name} an attribute? if not, list it under ignore"
                  for c in reading.maybe_attributes]  # fmt: skip
        yield "attributes", propose_other(reading, key)
    if reading.is_ratings and reading.find("person", key):
        for part in propose_ratings(reading, key, criteria, open_):
            yield "ratings", part


def _choose_employees(readings: Sequence[Reading]) -> list[Reading]:
    """The list of people: one row each, best without marks and with most known columns.

    Further files of the same shape are parts of it.
    """
    lists = [r for r in readings if r.is_employees and not r.other_table and not r.is_attributes]
    best = max(lists, key=lambda r: (not r.has_marks, len(r.known), r.export.n_rows), default=None)
    if best is None:
        return []
    names = best.export.names
    return [best, *(r for r in lists if r is not best and r.export.names == names)]


def _choose_key(readings: Sequence[Reading], employees: Reading | None) -> Kind:
    """By what people are known in every file: the kind that joins most of the rated to the list."""
    rated = [r for r in readings if r.is_ratings]

    def rate(kind: Kind) -> tuple[int, float, int]:
        people = set(_texts(employees.find("person", kind)) if employees else ())
        n_missing = sum(
            r.find("person", kind) is None or (r.names_a_giver and r.giver(kind) is None)
            for r in rated
        ) + (employees is not None and not people)
        marked = {text for r in rated for text in _texts(r.find("person", kind))}
        share = len(marked & people) / len(marked) if marked and people else 0.0
        return -n_missing, share, -KINDS.index(kind)

    return max(KINDS, key=rate)


def _texts(column: Column | None) -> tuple[str, ...]:
    return tuple(column.counts) if column is not None else ()


def _list_open(
    parts: Mapping[str, Sequence[Part]], labels: Counter[str], criteria: Mapping[str, str]
) -> Iterator[str]:
    """What no file tells."""
    if "ratings" not in parts:
        yield "no file holds marks beside the people they are for: name the ratings"
    if "employees" not in parts:
        yield "no file lists the employees: without one there are no manager packets"
    for part in (part for found in parts.values() for part in found):
        if has_days(part) and len(part.dates) != 1 and "%Y-%m-%d" not in part.dates:
            yield f"{part.export.shown}: how are days written? see dates"
    n_open = sum(not find_mark(label) for label in labels)
    if n_open:
        yield f"labels without a mark: {n_open} of {len(labels)}; see scales"
    if criteria and list(criteria) != [OVERALL]:
        yield "rubrics/reviews.yaml: write the scale of your form, and weigh the criteria"


def _list_unused(parts: Mapping[str, Sequence[Part]], readings: Sequence[Reading]) -> Iterator[str]:
    """Columns of placed files that are read from nowhere."""
    used: dict[tuple[Path, str], set[str]] = {}
    for part in (part for found in parts.values() for part in found):
        read = {line.key for line in (*part.columns, *part.leave_out)}
        # The audit reads every column of the attributes file.
        rest = part.export.names if part in parts.get("attributes", ()) else ()
        used.setdefault((part.export.path, part.export.sheet), set()).update(read, rest)
    for export in (reading.export for reading in readings):
        place = (export.path, export.sheet)
        if place in used:
            names = (c.name for c in export.columns if not c.is_protected)
            left = [name for name in names if name not in used[place]]
            if left:
                yield f"{export.shown}: {', '.join(left)}"


def _marks(readings: Sequence[Reading]) -> list[Column]:
    columns = [
        reading.keep_marked(column)
        for reading in readings
        if reading.is_ratings
        for column in (*reading.criteria, *([reading.mark] if reading.mark else []))
    ]
    return [column for column in columns if column.counts]


def _count_labels(readings: Sequence[Reading]) -> Counter[str]:
    marks = _marks(readings)
    if all(column.is_numeric for column in marks):
        return Counter()
    return sum((column.counts for column in marks), Counter[str]())


def _find_range(readings: Sequence[Reading]) -> tuple[str, str] | None:
    marks = _marks(readings)
    if not marks or not all(column.is_numeric for column in marks):
        return None
    texts = {t for c in marks for t in c.counts if t not in c.odd_numbers}
    ordered = sorted(texts, key=lambda text: float(text.replace(",", ".")))
    return ordered[0], ordered[-1]


def _protected(readings: Sequence[Reading]) -> list[Column]:
    return [c for reading in readings for c in reading.export.columns if c.is_protected]
