"""The wall: the only reader of protected attributes, and only after scoring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from calibrate.config import Cycle, InputFile, say_known, show_place
from calibrate.errors import IntegrityError, Problem
from calibrate.ingest.contracts import is_visible
from calibrate.ingest.open import open_table
from calibrate.ingest.recode import Spellings
from calibrate.ingest.translate import map_texts

IntArray = npt.NDArray[np.int64]

NOT_STATED = "not stated"
LARGEST = "largest"
KEY = "employee_id"
HASH_LENGTH = 64


class AttributeTable:
    """Protected attributes behind a counter: ask for people, get their groups.

    It is no table to work with. It cannot be iterated, indexed, merged,
    pickled or printed; :meth:`aligned_to` is the one way to its content.

    Examples
    --------
    >>> table = AttributeTable(("gender",), {"E1": ("female",)})
    >>> table
    AttributeTable(names=('gender',), values withheld)
    >>> table.aligned_to(["E2", "E1"]).labels["gender"]
    ('female', 'not stated')
    """

    __slots__ = ("__groups", "__names")
    __iter__ = None
    __getitem__ = None
    __contains__ = None

    def __init__(self, names: Sequence[str], groups: Mapping[str, tuple[str, ...]]) -> None:
        self.__names = tuple(names)
        self.__groups = dict(groups)

    @property
    def names(self) -> tuple[str, ...]:
        """Attributes in the order they are audited."""
        return self.__names

    def aligned_to(self, employee_ids: Sequence[str]) -> AlignedAttributes:
        """Give each of these people their group of each attribute.

        Parameters
        ----------
        employee_ids : (I,)
            In the order of the arrays they will stand beside.

        Returns
        -------
        AlignedAttributes
            Blank and absent alike are the group "not stated".
        """
        unknown = ("",) * len(self.__names)
        rows = [self.__groups.get(employee_id, unknown) for employee_id in employee_ids]
        codes: dict[str, IntArray] = {}
        labels: dict[str, tuple[str, ...]] = {}
        for position, name in enumerate(self.__names):
            values = np.array([row[position] or NOT_STATED for row in rows], dtype=object)
            found, code = np.unique(values.astype(str), return_inverse=True)
            labels[name] = tuple(str(label) for label in found)
            codes[name] = code.astype(np.int64)
        return AlignedAttributes(self.__names, codes, labels)

    def __repr__(self) -> str:
        return f"AttributeTable(names={self.__names!r}, values withheld)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("attributes do not leave the audit's process")


@dataclass(frozen=True, repr=False)
class AlignedAttributes:
    """Groups of the people asked for, as codes; printing shows the names alone.

    Parameters
    ----------
    names : (A,)
    codes
        Attribute to the (I,) position of each person's label.
    labels
        Attribute to its group labels in sort order.
    """

    names: tuple[str, ...]
    codes: Mapping[str, IntArray]
    labels: Mapping[str, tuple[str, ...]]

    def __repr__(self) -> str:
        return f"AlignedAttributes(names={self.names!r}, values withheld)"


def read_attributes(
    cycle: Cycle,
    employee_ids: Sequence[str],
    scores_sha256: str,
    employee_columns: Collection[str] = (),
) -> tuple[AttributeTable, list[Problem]]:
    """Read the attributes file, once the scores are written and hashed.

    Parameters
    ----------
    cycle
        Names the file, the attributes to audit and their references.
    employee_ids : (I,)
        Everybody in the cycle.
    scores_sha256
        Hash of the scores table: the proof that scoring is over.
    employee_columns
        Columns the employees file has; an attribute may not stand there too.

    Returns
    -------
    AttributeTable
        Rows with a problem are left out. Without a file it has no attribute.
    list of Problem
        No message shows a value of the file.

    Raises
    ------
    IntegrityError
        If there is no hash: nothing may open this file before the scores exist.
    """
    if len(scores_sha256) != HASH_LENGTH:
        raise IntegrityError("the attributes stay closed until the scores are written and hashed")
    places = cycle.inputs.places("attributes")
    if not places:
        return AttributeTable((), {}), []
    first = show_place(*places[0])
    source = _read_source(cycle)
    header, problems = source.header, list(source.problems)
    if not header or any(problem.whole for problem in problems):
        return AttributeTable((), {}), problems
    problems += _check_columns(cycle, header, first, set(employee_columns) - {KEY})
    if KEY not in header:
        return AttributeTable((), {}), problems
    wanted = cycle.audit.attributes or tuple(name for name in header if name != KEY)
    names = tuple(name for name in wanted if name in header)
    groups, row_problems = _collect_groups(source.records, names, frozenset(employee_ids))
    problems += row_problems
    problems += _check_references(cycle, names, groups, first)
    return AttributeTable(names, groups), problems


@dataclass(frozen=True, repr=False)
class _Record:
    """One row: where it stands and what it says; printing shows nothing of it."""

    file: str
    row: int
    values: Mapping[str, str]


@dataclass(frozen=True, repr=False)
class _Source:
    """All rows of the file or files, under our column names.

    Parameters
    ----------
    header : names in the order of the first file
    records : rows that have a cell for each column
    problems : what could not be read
    """

    header: tuple[str, ...]
    records: tuple[_Record, ...]
    problems: tuple[Problem, ...]


def _read_source(cycle: Cycle) -> _Source:
    """Read the declared file, or files of the same columns; values stay as they stand."""
    header: tuple[str, ...] | None = None
    records: list[_Record] = []
    problems: list[Problem] = []
    for declared, name in cycle.inputs.places("attributes"):
        shown = show_place(declared, name)
        reader = open_table(cycle, declared, name)
        names = reader.read_header()
        ours, faults = _rename(names, declared, shown)
        header = ours if header is None else header
        if names and set(ours) != set(header):
            what, fix = "other columns than in the first file", "give all files the same columns"
            faults.append(Problem(shown, 1, "", "columns_differ", what, fix, whole=True))
        problems += faults
        if names and not faults:
            ignored = set(declared.ignore)
            positions = tuple(at for at, theirs in enumerate(names) if theirs not in ignored)
            for chunk in reader.chunks(positions):
                columns = [
                    map_texts(column, partial(_translate, declared.values.get(name, {})))
                    for name, column in zip(ours, chunk.columns, strict=True)
                ]
                for row, *cells in zip(chunk.row.tolist(), *columns, strict=True):
                    records.append(_Record(shown, row, dict(zip(ours, cells, strict=True))))
        # A number a spreadsheet could not hold may stand in an attribute's column.
        problems += [replace(problem, value="") for problem in reader.problems]
    return _Source(header or (), tuple(records), tuple(problems))


def _translate(values: Mapping[str, str], text: str) -> str:
    return values.get(text, text)


def _rename(
    names: tuple[str, ...], declared: InputFile, shown: str
) -> tuple[tuple[str, ...], list[Problem]]:
    problems: list[Problem] = []

    def report(column: str, rule: str, what: str, fix: str) -> None:
        problems.append(Problem(shown, 1, column, rule, what, fix, whole=True))

    if names:
        for name in sorted(set(declared.values) - {declared.targets(n)[0] for n in names}):
            report(name, "missing_column", f"values names '{name}', no column", "check the cycle")
    for theirs in (*declared.columns, *declared.ignore):
        if names and theirs not in names:
            report(theirs, "missing_column", f"there is no column '{theirs}'", "check the cycle")
    kept = [theirs for theirs in names if theirs not in declared.ignore]
    ours = tuple(declared.targets(theirs)[0] for theirs in kept)
    for name in sorted({name for name in ours if ours.count(name) > 1}):
        report(name, "duplicate_column", f"two columns are '{name}'", "rename or ignore one")
    if "" in ours:
        report("", "blank_column", "a column has no name", "name it or remove it")
    return ours, problems


def _check_columns(
    cycle: Cycle, header: Sequence[str], file: str, employee_columns: Collection[str]
) -> list[Problem]:
    problems = []

    def report(column: str, rule: str, what: str, fix: str) -> None:
        problems.append(Problem(file, None, column, rule, what, fix, whole=True))

    if KEY not in header:
        report(KEY, "missing_column", "column employee_id is missing", "add it")
    attributes = [name for name in header if name != KEY]
    for name in cycle.audit.attributes or ():
        if name not in header:
            what = f"attribute '{name}' has no column"
            report(name, "missing_column", what, say_known(name, attributes))
    taken = set(employee_columns) | set(cycle.audit.controls or ())
    for name in attributes:
        if name in taken:
            what = f"attribute '{name}' is a column of employees or a control"
            report(name, "attribute_column", what, "keep it in the attributes file alone")
        if "*" in name:
            report(name, "attribute_name", f"'{name}' holds a *", "rename it: * joins attributes")
    return problems


def _collect_groups(
    records: Sequence[_Record], names: tuple[str, ...], employees: Collection[str]
) -> tuple[dict[str, tuple[str, ...]], list[Problem]]:
    times = Counter(record.values[KEY] for record in records)
    spellings = Spellings(tuple(employees))
    groups: dict[str, tuple[str, ...]] = {}
    problems = []
    for record in records:
        employee_id = record.values[KEY]
        row = tuple(record.values[name] for name in names)
        fault = _find_fault(employee_id, row, times[employee_id], names)
        if fault:
            column, rule, what, fix = fault
            problems.append(Problem(record.file, record.row, column, rule, what, fix))
        elif employee_id not in employees and spellings.find_other(employee_id):
            what = "this employee_id looks like one of the employees, but is stored otherwise"
            fix = "copy the id of the employees file over it"
            problems.append(Problem(record.file, record.row, KEY, "id_spelling", what, fix))
        elif employee_id not in employees:
            what, fix = "nobody of this cycle has this employee_id", "the row is not used"
            problems.append(
                Problem(record.file, record.row, KEY, "unknown_employee", what, fix, "note")
            )
        else:
            groups[employee_id] = row
    return groups, problems


def _find_fault(
    employee_id: str, row: tuple[str, ...], times: int, names: tuple[str, ...]
) -> tuple[str, str, str, str] | None:
    if not employee_id:
        return KEY, "blank_id", "employee_id is blank", "fill it in or remove the row"
    if employee_id != employee_id.strip():
        return KEY, "spaces", "employee_id has spaces around it", "remove them"
    if not is_visible(employee_id):
        return KEY, "control_character", "employee_id has a character nobody sees", "remove it"
    if times > 1:
        return KEY, "duplicate", f"this employee_id stands in {times} rows", "keep one"
    for name, value in zip(names, row, strict=True):
        if value != value.strip():
            what = f"the value of '{name}' has spaces around it"
            return name, "spaces", what, "remove them; leave it blank for not stated"
        if not is_visible(value):
            what = f"the value of '{name}' has a character nobody sees"
            return name, "control_character", what, "remove it, or translate it under values"
        if "*" in value:
            what = f"the value of '{name}' holds a *, which joins groups that are crossed"
            return name, "group_name", what, "write it otherwise, or translate it under values"
    return None


def _check_references(
    cycle: Cycle, names: tuple[str, ...], groups: Mapping[str, tuple[str, ...]], file: str
) -> list[Problem]:
    problems = []
    for name, group in cycle.audit.references.items():
        if name not in names or group == LARGEST:
            continue
        position = names.index(name)
        known = {row[position] for row in groups.values()} - {"", NOT_STATED}
        if group not in known:
            problems.append(
                Problem(
                    file, None, name, "unknown_reference",
                    f"nobody of this cycle is in the group that audit.references.{name} names",
                    "name a group of the file, or write largest", whole=True,
                )
            )  # fmt: skip
    return problems
