"""Header → our columns: the declared mapping, and nothing that was not declared."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from calibrate.config import (
    COLUMNS,
    LONG_ONLY,
    REQUIRED,
    InputFile,
    ask_for,
    is_protected_name,
    say_known,
    suggest_names,
)
from calibrate.errors import Problem


@dataclass(frozen=True)
class Header:
    """Where each of our columns stands in one file.

    Parameters
    ----------
    position
        Our column to its position.
    criteria
        Criterion to its position, in a wide table.
    left_out
        Position of each column that tells rows which are no data, to its texts.
    joined
        Our column to the positions of the columns put together for it.
    theirs
        Our column, or the criterion, to its name in the file.
    """

    position: dict[str, int] = field(default_factory=dict)
    criteria: dict[str, int] = field(default_factory=dict)
    left_out: dict[int, frozenset[str]] = field(default_factory=dict)
    joined: dict[str, tuple[int, ...]] = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def match_header(
    names: tuple[str, ...],
    table: str,
    part: InputFile,
    shown: str,
    attributes: Collection[str],
    criteria: Collection[str] = (),
) -> Header:
    """Match a file's column names with a table's, through ``columns`` and ``ignore``.

    Parameters
    ----------
    names
        The header, without surrounding blanks.
    table
        employees, ratings, goals, …
    part
        What the cycle declares about the file.
    shown
        What problems call the file.
    attributes
        Names the cycle declares as protected.
    criteria
        Criteria of all rubrics; the other columns of a wide table.

    Returns
    -------
    Header
        Positions by our names, and every fault; all of them concern the whole file.
    """
    known = _known_columns(table, part)
    header = Header(left_out=_find_left_out(names, part), joined=_find_joined(names, part))
    header.theirs.update({ours: " + ".join(part.join[ours]) for ours in header.joined})
    joined = {name for several in part.join.values() for name in several}
    used = set(header.left_out) | {at for at, name in enumerate(names) if name in joined}
    other = _find_uncut(names, part) or _find_other(names, part)
    if other:
        return replace(header, problems=(Problem(shown, part.header_row, "", *other, whole=True),))
    faults = [*_check_names(names, part.ignore), *_check_declared(names, part)]
    for at, theirs in enumerate(names):
        if theirs in part.ignore or not theirs:
            continue
        if is_protected_name(theirs, attributes):
            what = f"column {at + 1}: '{theirs}' is a protected attribute"
            fix = (
                f"remove the column or list it under inputs.{table}.ignore;"
                " attributes stand in the attributes file alone"
            )
            faults.append((theirs, "attribute_column", what, fix))
            continue
        if at in used and theirs not in {*part.columns, *known, *criteria}:
            continue
        for ours in part.targets(theirs):
            faults += _place(header, at, theirs, ours, table, known, criteria)
    faults += _find_overwritten(header, part)
    for ours in REQUIRED[table]:
        is_filled = ours in {*header.position, *header.joined, *part.constants}
        if not is_filled and ours in known:
            what = f"the column {ours} is missing"
            fix = f"add it, map yours to it: inputs.{table}.columns, or fill it: constants"
            faults.append((ours, "missing_column", what, fix))
    if part.layout == "wide" and not header.criteria and not faults:
        fix = say_known("", list(criteria)) + "; or write layout: long"
        faults.append(("", "no_criterion", "no column is a criterion", fix))
    problems = tuple(
        Problem(shown, part.header_row, name[:60], rule, what, fix, whole=True)
        for name, rule, what, fix in faults
    )
    return replace(header, problems=problems)


def _place(
    header: Header,
    at: int,
    theirs: str,
    ours: str,
    table: str,
    known: Collection[str],
    criteria: Collection[str],
) -> Iterator[Fault]:
    is_criterion = len(known) < len(COLUMNS[table]) and ours in criteria and ours not in known
    places = header.criteria if is_criterion else header.position
    if ours not in known and not is_criterion:
        what = f"column {at + 1}: unknown name '{theirs[:60]}'"
        if ours != theirs:
            what = f"column {at + 1}: '{theirs[:60]}' is mapped to '{ours[:60]}', which is unknown"
        free = [name for name in (*known, *criteria) if name not in header.position]
        yield theirs, "unknown_column", what, _mend_unknown(ours, table, free)
    elif ours in places:
        if header.theirs[ours] != theirs:
            what = f"'{header.theirs[ours]}' and '{theirs}' are both {ours}"
            yield theirs, "column_twice", what, "list one of them under ignore"
    else:
        places[ours] = at
        header.theirs[ours] = theirs


def _find_overwritten(header: Header, part: InputFile) -> Iterator[Fault]:
    for ours, at in header.position.items():
        is_joined = ours in header.joined and at not in header.joined[ours]
        if is_joined or ours in part.constants:
            key, theirs = "join" if is_joined else "constants", header.theirs[ours]
            what = f"the column '{theirs[:60]}' is {ours}, and {key} fills it too"
            yield theirs, "column_twice", what, f"list the column under ignore, or correct {key}"


def _known_columns(table: str, part: InputFile) -> tuple[str, ...]:
    if part.layout == "wide":
        return tuple(name for name in COLUMNS[table] if name not in LONG_ONLY)
    return COLUMNS[table]


def _find_joined(names: tuple[str, ...], part: InputFile) -> dict[str, tuple[int, ...]]:
    there = {ours: several for ours, several in part.join.items() if set(several) <= set(names)}
    return {ours: tuple(names.index(name) for name in several) for ours, several in there.items()}


def _find_left_out(names: tuple[str, ...], part: InputFile) -> dict[int, frozenset[str]]:
    texts: Mapping[str, tuple[str, ...]] = part.leave_out
    return {names.index(theirs): frozenset(texts[theirs]) for theirs in texts if theirs in names}


Fault = tuple[str, str, str, str]


def _check_names(names: tuple[str, ...], ignored: Collection[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for at, name in enumerate(names):
        if not name:
            yield "", "blank_column", f"column {at + 1} has no name", "name it or remove it"
        elif name in seen and name not in ignored:
            what = f"the column '{name[:60]}' stands twice"
            yield name, "column_twice", what, "keep one of the two"
        seen.add(name)


def _check_declared(names: tuple[str, ...], file: InputFile) -> Iterator[Fault]:
    for theirs in dict.fromkeys(name for several in file.join.values() for name in several):
        if theirs not in names:
            what = f"the joined column '{theirs}' is not in the file"
            yield theirs, "joined_column_missing", what, say_known(theirs, names[:40])
    for theirs in file.leave_out:
        if theirs not in names:
            what = f"the column '{theirs}' of leave_out is not in the file"
            yield theirs, "left_out_column_missing", what, say_known(theirs, names[:40])
    for theirs in file.columns:
        if theirs not in names:
            what = f"the mapped column '{theirs}' is not in the file"
            yield theirs, "mapped_column_missing", what, say_known(theirs, names[:40])
    for theirs in file.ignore:
        if theirs not in names:
            what = f"the ignored column '{theirs}' is not in the file"
            yield theirs, "ignored_column_missing", what, say_known(theirs, names[:40])


def _find_uncut(names: tuple[str, ...], part: InputFile) -> tuple[str, str, str] | None:
    """Tell whether the names of all columns stand in one cell."""
    if len(names) != 1 or names[0] in part.columns:
        return None
    others = [mark for mark in (";", "\t", "|", ",") if names[0].count(mark) > 1]
    if not others:
        return None
    name = "\\t" if others[0] == "\t" else others[0]
    what = f"all column names stand in one cell: '{names[0][:60]}'"
    return "wrong_delimiter", what, f'declare the delimiter of the file: delimiter: "{name}"'


def _find_other(names: tuple[str, ...], part: InputFile) -> tuple[str, str, str] | None:
    """Tell whether this is another table: it has no name that the cycle speaks of."""
    declared = {*part.columns, *part.ignore, *part.leave_out}
    if len(declared) < 3 or declared & set(names):
        return None
    begins = ", ".join(f"'{name[:30]}'" for name in names[:3])
    what = f"none of the columns that the cycle names is here: the row begins {begins}"
    return "wrong_header", what, "look whether file, sheet and header_row are the right ones"


def _mend_unknown(name: str, table: str, known: Collection[str]) -> str:
    asked = ask_for(suggest_names(name, known))
    start = f"{asked} " if asked else ""
    return f"{start}map it under inputs.{table}.columns, or list it under inputs.{table}.ignore"
