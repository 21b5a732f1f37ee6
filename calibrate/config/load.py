"""Read cycle.yaml and check what no single key can know."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from calibrate.config.audit import Favourable
from calibrate.config.cycle import Cycle
from calibrate.config.explain import Fault, build_model
from calibrate.config.inputs import InputFile
from calibrate.config.names import COLUMNS, LONG_ONLY, is_protected_name, say_known
from calibrate.config.strict_yaml import Document, KeyPath, read_document, show_path
from calibrate.errors import InputError, Problem

#: Keys of an input that the reader of attributes does not follow.
_NOT_OF_ATTRIBUTES = ("layout", "join", "constants", "leave_out", "decimal", "dates")


def load_cycle(path: str | os.PathLike[str]) -> Cycle:
    """Read a cycle file and check everything that needs no other file.

    Parameters
    ----------
    path
        The cycle file, or the folder that holds ``cycle.yaml``.

    Raises
    ------
    InputError
        Listing every fault with key path, line, what is wrong and what is allowed.
    """
    path = Path(path)
    if path.is_dir():
        path = path / "cycle.yaml"
    document = read_document(path, path.name)
    cycle, problems = build_model(Cycle, document)
    if cycle is not None:
        problems += _check_across(cycle, document)
    if cycle is None or problems:
        raise InputError(sorted(problems, key=lambda p: (p.row or 0, p.column)))
    return _fill_in(cycle, path)


def shown_name(name: str) -> str:
    """Return the name of a file as problems and outputs print it: never an absolute path.

    Examples
    --------
    >>> shown_name("../rubrics/default.yaml"), shown_name("/srv/hr/ratings.csv")
    ('../rubrics/default.yaml', 'ratings.csv')
    """
    return Path(name).name if Path(name).is_absolute() else name


def show_place(part: InputFile, name: str) -> str:
    """Return what problems call one file of a part; a declared sheet is named with it.

    Examples
    --------
    >>> show_place(InputFile(file="reviews.xlsx", sheet="Answers"), "reviews.xlsx")
    'reviews.xlsx, sheet Answers'
    """
    return shown_name(name) + (f", sheet {part.sheet}" if part.sheet is not None else "")


def _fill_in(cycle: Cycle, path: Path) -> Cycle:
    labels = cycle.bands.labels
    audit = cycle.audit
    if audit.favourable is None:
        above_middle = Favourable(bands=labels[len(labels) // 2 + 1 :] or labels[-1:])
        audit = audit.model_copy(update={"favourable": above_middle})
    filled = cycle.model_copy(update={"audit": audit, "title": cycle.title or cycle.cycle})
    filled._path = path
    return filled


def _check_across(cycle: Cycle, document: Document) -> list[Problem]:
    found = [
        *_check_bands(cycle),
        *_check_dates(cycle),
        *_check_scale_names(cycle),
        *_check_columns(cycle),
        *_check_places(cycle),
        *_check_attributes(cycle),
    ]
    return [document.problem(path, rule, what, fix) for path, rule, what, fix in found]


def _check_bands(cycle: Cycle) -> Iterator[Fault]:
    labels = cycle.bands.labels
    shares: Mapping[str, tuple[float, float]] = cycle.guideline.shares if cycle.guideline else {}
    for band in shares:
        if band not in labels:
            path = ("guideline", "shares", band)
            yield path, "unknown_band", f"'{band}' is no band", say_known(band, labels)
    # Only a guideline over every band can leave people without a place.
    if set(shares) == set(labels) and sum(high for _, high in shares.values()) < 1 - 1e-9:
        what = "the high ends of all bands sum to less than 1"
        yield ("guideline", "shares"), "share_sum", what, "raise them to 1 or leave a band out"
    for i, band in enumerate(cycle.audit.favourable.bands if cycle.audit.favourable else ()):
        if band not in labels:
            where: KeyPath = ("audit", "favourable", "bands", i)
            yield where, "unknown_band", f"'{band}' is no band", say_known(band, labels)


def _check_dates(cycle: Cycle) -> Iterator[Fault]:
    if cycle.starts_on and cycle.ends_on and cycle.ends_on < cycle.starts_on:
        what = f"{cycle.ends_on} is before starts_on {cycle.starts_on}"
        yield ("ends_on",), "date_order", what, "swap or change them"


def _parts(cycle: Cycle, table: str) -> Iterator[tuple[KeyPath, InputFile]]:
    """Each part of a table and the key path that leads to it."""
    given = getattr(cycle.inputs, table)
    for i, part in enumerate(cycle.inputs.parts(table)):
        path: KeyPath = ("inputs", table)
        yield (path if isinstance(given, InputFile) else (*path, i)), part


def _check_scale_names(cycle: Cycle) -> Iterator[Fault]:
    first = cycle.inputs.rating_scale
    for table in type(cycle.inputs).model_fields:
        for path, part in _parts(cycle, table):
            where = (*path, "scale")
            if table != "ratings":
                if part.scale is not None:
                    yield where, "scale_elsewhere", "only ratings have a scale", "remove the key"
            elif part.scale is not None and part.scale not in cycle.scales:
                what = f"'{part.scale}' is not declared under scales"
                yield where, "unknown_scale", what, say_known(part.scale, list(cycle.scales))
            elif part.scale != first:
                what = "another scale than in the first part of the ratings"
                fix = "name the same scale in each part; translate labels under values.mark"
                yield where, "scale_differs", what, fix


def _check_columns(cycle: Cycle) -> Iterator[Fault]:
    for table in COLUMNS:
        for path, part in _parts(cycle, table):
            for below, rule, what, fix in _check_mapping(cycle, table, part):
                whole_path: KeyPath = (*path, *below)
                yield whole_path, rule, what, fix


def _check_places(cycle: Cycle) -> Iterator[Fault]:
    """Find two files that problems would call by one name."""
    names: dict[str, str] = {}
    for table in type(cycle.inputs).model_fields:
        for path, part in _parts(cycle, table):
            for name in part.files:
                shown = show_place(part, name)
                if names.setdefault(shown, name) != name:
                    what = f"two files are called {shown} where problems are listed"
                    fix = "rename one of them, or write both paths relative to the cycle file"
                    yield (*path, "file"), "same_name", what, fix


def _check_attributes(cycle: Cycle) -> Iterator[Fault]:
    for path, part in _parts(cycle, "attributes"):
        if part.database is not None:
            what = "attributes are not read from a database"
            fix = "export them to a file: it stays closed until the scores are written"
            yield (*path, "database"), "attributes_in_database", what, fix
        for key in _NOT_OF_ATTRIBUTES:
            if getattr(part, key) != InputFile.model_fields[key].get_default(
                call_default_factory=True
            ):
                what = "has no meaning for attributes: each column is read as it stands"
                yield (*path, key), "not_used", what, "remove the key; translate under values"
        for theirs in part.columns:
            if len(part.targets(theirs)) > 1:
                what = f"'{theirs}' serves as several columns"
                yield (*path, "columns", theirs), "column_twice", what, "keep one of them"


def _check_mapping(cycle: Cycle, table: str, part: InputFile) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for theirs, ours in part.ours:
        path: KeyPath = ("columns", theirs)
        if is_protected_name(theirs, cycle.attribute_names):
            yield (path, *_wall(theirs))
        elif is_protected_name(ours, cycle.attribute_names):
            yield (path, *_wall(ours))
        elif _is_unknown(table, part, ours):
            known = COLUMNS[table]
            yield path, "unknown_column", f"'{ours}' is no column", say_known(ours, known)
        elif ours in seen:
            what = f"'{seen[ours]}' and '{theirs}' both become {ours}"
            yield path, "column_twice", what, "keep one of the two"
        seen.setdefault(ours, theirs)
    for theirs in part.columns:
        if theirs in part.ignore:
            what = f"'{theirs}' is listed under ignore too"
            yield ("columns", theirs), "column_twice", what, "keep one of the two"
    yield from _check_constants(cycle, table, part, seen)
    for theirs in part.leave_out:
        if is_protected_name(theirs, cycle.attribute_names):
            yield (("leave_out", theirs), *_wall(theirs))
    if part.layout == "wide" and table != "ratings":
        what = "only ratings may be wide"
        yield ("layout",), "layout", what, "remove the key"


def _check_constants(
    cycle: Cycle, table: str, part: InputFile, mapped: Mapping[str, str]
) -> Iterator[Fault]:
    known = [name for name in COLUMNS[table] if not _is_unknown(table, part, name)]
    for ours, several in part.join.items():
        where: KeyPath = ("join", ours)
        closed = [n for n in (ours, *several) if is_protected_name(n, cycle.attribute_names)]
        if closed:
            yield (where, *_wall(closed[0]))
        elif ours not in known:
            yield where, "unknown_column", f"'{ours}' is no column", say_known(ours, known)
        elif ours in mapped or ours in part.constants:
            what = f"{ours} is filled under columns or constants too"
            yield where, "column_twice", what, "keep one of the two"
        elif len(set(several)) < 2 or set(several) & set(part.ignore):
            what = "fewer than two columns, or one that is listed under ignore"
            yield where, "join_columns", what, 'write such as ["First name", "Last name"]'
    for ours in part.constants:
        path: KeyPath = ("constants", ours)
        if is_protected_name(ours, cycle.attribute_names):
            yield (path, *_wall(ours))
        elif ours not in known:
            yield path, "unknown_column", f"'{ours}' is no column", say_known(ours, known)
        elif ours in mapped:
            what = f"'{mapped[ours]}' becomes {ours} too"
            yield path, "column_twice", what, "keep one of the two"
    for ours in part.values:
        if ours not in (*known, "mark" if part.layout == "wide" else ""):
            yield (
                ("values", ours),
                "unknown_column",
                f"'{ours}' is no column",
                say_known(ours, known),
            )


def _is_unknown(table: str, part: InputFile, ours: str) -> bool:
    if part.layout == "wide" and table == "ratings":
        # Any other name is a criterion; the rubrics know which there are.
        return ours in LONG_ONLY
    return ours not in COLUMNS[table]


def _wall(name: str) -> tuple[str, str, str]:
    what = f"'{name}' is a protected attribute and may stand in the attributes file alone"
    return "attribute_column", what, "list it under ignore, or remove the column"


__all__ = ["load_cycle", "show_path", "show_place", "shown_name"]
