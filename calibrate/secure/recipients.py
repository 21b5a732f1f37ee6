"""The list of recipients → which packet goes to whom, behind which password."""

from __future__ import annotations

import csv
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from calibrate.config import ask_for, say_known, suggest_names
from calibrate.errors import InputError, Problem
from calibrate.ingest.contracts import check_contract, recipient_contract

#: What an :class:`InputError` of this package says did not happen.
UNDONE = "no copy was made"
#: Columns of the list that say which packet is meant; all that are filled in must fit.
CHOOSING = ("file", "kind", "session", "manager_id")
COLUMNS = ("recipient", *CHOOSING, "password", "password_env")
SHORTEST, LONGEST = 12, 127
_DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Packet:
    """One row of a run's ``packets/index.csv``."""

    file: str
    kind: str
    session: str
    manager_id: str
    packet_id: str
    sha256: str


@dataclass(frozen=True)
class Recipient:
    """One copy that is asked for; ``password`` is empty where one is to be made."""

    row: int
    name: str
    packet: Packet
    password: str = field(repr=False)


def read_recipients(
    path: Path, packets: Sequence[Packet], variables: Mapping[str, str]
) -> tuple[Recipient, ...]:
    """Read the list; every fault of it is told at once, with its row.

    Parameters
    ----------
    path
        CSV in UTF-8, with commas, semicolons or tabs.
    packets
        Those of the run.
    variables
        The environment, where ``password_env`` looks up passwords.

    Raises
    ------
    InputError
        If the list cannot be read, or a row is at fault. No problem shows a password.
    """
    frame, places, problems = _read_table(path)
    shown = path.name
    if not problems:
        kinds = sorted({packet.kind for packet in packets})
        checked = frame.drop(columns="password").astype("category")
        problems += check_contract(
            checked, recipient_contract(kinds), lambda index: (shown, places[index])
        )
        if frame["password"].any() and _is_open(path):
            problems.append(_refuse_open(path))
    if problems:
        raise InputError(problems, UNDONE)
    found: list[Recipient] = []
    for row, cells in zip(places, frame.to_dict("records"), strict=True):
        line = _Line(shown, row, {str(name): str(text) for name, text in cells.items()})
        packet = _choose_packet(line, packets, problems)
        password = _choose_password(line, variables, problems)
        if packet is not None:
            found.append(Recipient(row, line.cells["recipient"], packet, password))
    problems += _find_repeated(shown, found)
    if problems:
        raise InputError(sorted(problems, key=lambda one: one.row or 0), UNDONE)
    return tuple(found)


@dataclass(frozen=True)
class _Line:
    file: str
    row: int
    cells: Mapping[str, str]

    def refuse(self, column: str, rule: str, what: str, fix: str) -> Problem:
        return Problem(self.file, self.row, column, rule, what, fix)


def _read_table(path: Path) -> tuple[pd.DataFrame, list[int], list[Problem]]:
    """Cells as text, the row of each as a spreadsheet counts it, and what cannot be read."""
    nothing = pd.DataFrame()

    def refuse(rule: str, what: str, fix: str, row: int | None = None) -> Problem:
        return Problem(path.name, row, "", rule, what, fix, whole=True)

    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        fix = "save it as CSV in UTF-8"
        return nothing, [], [refuse("not_utf8", "is not written in UTF-8", fix)]
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        return nothing, [], [refuse("unreadable_file", what, "name the list of recipients")]
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    try:
        lines = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return nothing, [], [refuse("csv_syntax", f"is no CSV ({error})", "save it as CSV")]
    names = [name.strip() for name in lines[0]] if lines else []
    problems = [refuse(*said) for said in _check_header(names)]
    rows = {n: cells for n, cells in enumerate(lines[1:], 2) if any(map(str.strip, cells))}
    problems += [
        refuse("ragged_row", f"has {len(cells)} cells, the header {len(names)}", "mend it", n)
        for n, cells in rows.items()
        if len(cells) != len(names)
    ]
    if not problems and not rows:
        problems.append(refuse("no_rows", "has no row", "write a row for each copy"))
    if problems:
        return nothing, [], problems
    frame = pd.DataFrame(list(rows.values()), columns=names, dtype=object)
    return frame.reindex(columns=list(COLUMNS), fill_value=""), list(rows), []


def _check_header(names: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for name in dict.fromkeys(names):
        if name not in COLUMNS:
            yield "unknown_column", f"unknown column '{name[:60]}'", say_known(name, COLUMNS)
        elif names.count(name) > 1:
            yield "column_twice", f"column '{name}' stands twice", "keep one of them"
    if "recipient" not in names:
        yield "missing_column", "column 'recipient' is missing", "add it: who gets the copy"
    if not set(CHOOSING) & set(names):
        yield (
            "missing_column", "no column says which packet is meant",
            f"add one of {', '.join(CHOOSING)}",
        )  # fmt: skip


def _choose_packet(
    line: _Line, packets: Sequence[Packet], problems: list[Problem]
) -> Packet | None:
    asked = {name: line.cells[name] for name in CHOOSING if line.cells[name]}
    said = ", ".join(f"{name} '{text[:60]}'" for name, text in asked.items())
    fitting = [p for p in packets if all(getattr(p, name) == asked[name] for name in asked)]
    if not asked:
        problems.append(
            line.refuse("", "no_packet_named", "names no packet", f"fill in {CHOOSING[0]}, "
                        f"or kind with session or manager_id")
        )  # fmt: skip
    elif not fitting:
        problems.append(
            line.refuse("", "unknown_packet", f"the run has no packet with {said}",
                        _suggest(asked, packets))
        )  # fmt: skip
    elif len(fitting) > 1:
        files = ", ".join(packet.file for packet in fitting[:3])
        problems.append(
            line.refuse("", "several_packets", f"{len(fitting)} packets have {said}",
                        f"name the file, such as {files}")
        )  # fmt: skip
    elif fitting[0].kind == "archive":
        problems.append(
            line.refuse("", "archive_packet", f"{fitting[0].file} is for keeping and must open "
                        "without a password", "send audit/audit.pdf instead")
        )  # fmt: skip
    else:
        return fitting[0]
    return None


def _suggest(asked: Mapping[str, str], packets: Sequence[Packet]) -> str:
    for name, text in asked.items():
        known = sorted({getattr(packet, name) for packet in packets} - {""})
        if text not in known:
            nearest = ask_for(suggest_names(text, known))
            return nearest or "packets/index.csv of the run lists all packets"
    return "packets/index.csv of the run lists which go together"


def _choose_password(line: _Line, variables: Mapping[str, str], problems: list[Problem]) -> str:
    """Give the row's own password, empty if it has none; no problem shows it."""
    given, variable = line.cells["password"], line.cells["password_env"]
    if given and variable:
        problems.append(
            line.refuse("password", "two_passwords", "has both password and password_env",
                        "keep one of them")
        )  # fmt: skip
        return ""
    column, password = ("password_env", variables.get(variable, "")) if variable else (
        "password", given
    )  # fmt: skip
    if variable and not password:
        problems.append(
            line.refuse(column, "password_not_set", f"the variable {variable[:60]} is not set",
                        "set it, or leave the cell blank: a password is made then")
        )  # fmt: skip
    elif password and not is_typable(password):
        problems.append(
            line.refuse(column, "weak_password", "the password cannot be used",
                        f"use {SHORTEST} to {LONGEST} plain letters, digits and signs without "
                        "accents, or leave it blank: one is made then")
        )  # fmt: skip
    return password


def is_typable(password: str) -> bool:
    """Tell whether a password is long enough and means the same bytes to every reader.

    Letters beyond ASCII are prepared in different ways by different readers.

    Examples
    --------
    >>> is_typable("correct horse battery"), is_typable("short"), is_typable("zwölf Boxkämpfer")
    (True, False, False)
    """
    is_plain = password.isascii() and password.isprintable() and password == password.strip()
    return is_plain and SHORTEST <= len(password) <= LONGEST


def _find_repeated(file: str, found: Sequence[Recipient]) -> Iterator[Problem]:
    rows: dict[tuple[str, str], int] = {}
    owners: dict[str, Recipient] = {}
    for one in found:
        first = rows.setdefault((one.name, one.packet.file), one.row)
        if first != one.row:
            what = f"'{one.name[:60]}' gets {one.packet.file} already in row {first}"
            yield Problem(file, one.row, "", "duplicate_row", what, "keep one of them")
        owner = owners.setdefault(one.password, one)
        if one.password and owner.name != one.name:
            what = f"has the password of row {owner.row}, which is for somebody else"
            fix = "give each recipient another one"
            yield Problem(file, one.row, "password", "password_twice", what, fix)


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _refuse_open(path: Path) -> Problem:
    return Problem(
        path.name, None, "password", "readable_by_others",
        "holds passwords and can be read by others",
        f"chmod 600 {path.name}, or leave the column password out", whole=True,
    )  # fmt: skip
