"""The list of recipients → which packet goes to whom, behind which password."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from calibrate.config import ask_for, suggest_names
from calibrate.errors import InputError, Problem

#: What did not happen when the list is at fault.
UNDONE = "no copy was made"
SHORTEST, LONGEST = 12, 127
_NEEDED = ("file", "recipient")
_DELIMITERS = ",;\t"
#: Letters and figures without look-alikes: no 0, 1, i, l, o.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_N_LETTERS, _GROUP = 20, 5

#: One line of the list: its row as a spreadsheet counts it, and its cells by column.
Line = tuple[int, dict[str, str]]


@dataclass(frozen=True)
class Recipient:
    """One copy: of which packet, for whom, and what opens it.

    Parameters
    ----------
    file
        Place of the packet in the run.
    is_made
        The password was made here, and must be told.
    """

    file: str
    recipient: str
    password: str = field(repr=False)
    is_made: bool


def read_recipients(path: Path, packets: Collection[str]) -> tuple[Recipient, ...]:
    """Read who gets what; columns other than file, recipient and password are left alone.

    Parameters
    ----------
    path
        CSV in UTF-8, with commas, semicolons or tabs.
    packets
        Places of the run's packets.

    Raises
    ------
    InputError
        All rows that cannot be used, at once. No password is shown.
    """
    lines = _read_lines(path)
    problems = [
        Problem(path.name, row, *said) for row, cells in lines for said in _check(cells, packets)
    ]
    first: dict[tuple[str, str], int] = {}
    for row, cells in lines:
        before = first.setdefault((cells["file"], cells["recipient"]), row)
        if before != row and cells["recipient"]:
            what = f"the same packet for the same recipient as in row {before}"
            problems.append(Problem(path.name, row, "", "repeated_row", what, "keep one"))
    if problems:
        raise InputError(sorted(problems, key=lambda one: one.row or 0), UNDONE)
    return tuple(
        Recipient(
            cells["file"], cells["recipient"], cells["password"] or make_password(),
            not cells["password"],
        )
        for __, cells in lines
    )  # fmt: skip


def make_password() -> str:
    """Draw a password of 99 bits that can be read out on the telephone.

    Examples
    --------
    >>> [len(group) for group in make_password().split("-")]
    [5, 5, 5, 5]
    """
    drawn = "".join(secrets.choice(_LETTERS) for __ in range(_N_LETTERS))
    return "-".join(drawn[at : at + _GROUP] for at in range(0, _N_LETTERS, _GROUP))


def _read_lines(path: Path) -> list[Line]:
    def refuse(rule: str, what: str, fix: str, row: int | None = None) -> InputError:
        return InputError([Problem(path.name, row, "", rule, what, fix, whole=True)], UNDONE)

    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse("not_utf8", "is not written in UTF-8", "save it as CSV in UTF-8") from error
    except FileNotFoundError as error:
        raise refuse("unreadable_file", "is not there", "write who gets what") from error
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise refuse("unreadable_file", what, "name a CSV file") from error
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise refuse("csv_syntax", f"cannot be parted into cells ({error})", "mend it") from error
    names = [name.strip() for name in rows[0]] if rows else []
    lacking = [name for name in _NEEDED if name not in names]
    if lacking:
        what = f"has no column {' and no column '.join(lacking)}"
        raise refuse("missing_column", what, "the first row names the columns")
    twice = [name for name in (*_NEEDED, "password") if names.count(name) > 1]
    if twice:
        raise refuse("column_twice", f"has the column {twice[0]} twice", "keep one")
    used = [(row, cells) for row, cells in enumerate(rows[1:], 2) if any(map(str.strip, cells))]
    ragged = [(row, cells) for row, cells in used if len(cells) != len(names)]
    for row, cells in ragged[:1]:
        what = f"has {len(cells)} cells, the first row {len(names)}"
        raise refuse("ragged_row", what, "put a text with a comma in quotes", row)
    if not used:
        raise refuse("no_rows", "names no recipient", "write a row for each copy")
    return [(row, _name_cells(names, cells)) for row, cells in used]


def _name_cells(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    named = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
    return {name: named.get(name, "") for name in (*_NEEDED, "password")}


def _check(cells: dict[str, str], packets: Collection[str]) -> Iterator[tuple[str, str, str, str]]:
    """Column, rule, what and fix of each fault of one row."""
    file, password = cells["file"], cells["password"]
    for name in _NEEDED:
        if not cells[name]:
            yield name, "missing_value", f"{name} is blank", "fill it in or remove the row"
        elif not cells[name].isprintable():
            what = f"{name} has a character that cannot be printed"
            yield name, "control_character", what, "take it out"
    if file and file not in packets:
        what = f"the run has no packet '{file[:60]}'"
        nearest = ask_for(suggest_names(file, packets))
        yield "file", "unknown_packet", what, nearest or "packets/index.csv lists them all"
    if password and not (password.isascii() and password.isprintable()):
        what = "the password has letters that programs read in different ways"
        fix = "use letters, figures and signs of an English keyboard, or leave it blank"
        yield "password", "password_letters", what, fix
    elif password and not SHORTEST <= len(password) <= LONGEST:
        what = f"the password has {len(password)} letters"
        fix = f"use {SHORTEST} to {LONGEST}, or leave it blank: one is made then"
        yield "password", "password_length", what, fix
