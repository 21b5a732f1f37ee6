"""Everything a packet may be made of, gathered once by the pipeline."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from calibrate.report.theme import DEFAULT, Theme

if TYPE_CHECKING:
    from calibrate.config import Cycle

#: Who manages whom in which way; ``is_current`` is in force when the cycle ends.
ASSIGNMENT_COLUMNS = ("employee_id", "manager_id", "kind", "from", "to", "is_current")

#: Earlier cycles; scores in points where they were given.
HISTORY_COLUMNS = ("cycle", "employee_id", "band", "level", "raw_score")

#: One row of a table; a missing value is None.
Row = dict[Hashable, Any]


@dataclass(frozen=True)
class CriterionInfo:
    """A criterion as a reader sees it; ``levels`` maps a mark to its anchor.

    ``outcome`` is the id of the outcome that it serves most.
    """

    id: str
    label: str
    weight: str
    levels: Mapping[str, str] = field(default_factory=dict)
    develop: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class RubricInfo:
    """A rubric with the hash of the file it was read from."""

    id: str
    version: str
    title: str
    sha256: str
    criteria: tuple[CriterionInfo, ...]


@dataclass(frozen=True)
class OutcomeInfo:
    """A strategic outcome; ``attainment`` of its KPIs is a share, None if not known."""

    id: str
    title: str
    perspective: str
    weight: float
    attainment: float | None = None


@dataclass(frozen=True)
class Material:
    """What the views read; no protected attribute is among it.

    Parameters
    ----------
    cycle
        The cycle as configured.
    tables
        Frames by contract name: forms, scores, raters, criterion_scores, variance,
        distribution, agenda, goals, readiness, findings, problems.
    employees
        Columns of the employees table as text, blank = not given.
    source_scores
        employee_id, criterion, source, n_forms, points: means over all forms, self included.
    readiness
        Counts such as n_people, n_rated, n_forms, n_quarantined.
    notes
        Sentences of the fit: refusals, variances on their boundary.
    rubric_of
        employee_id → rubric id; may be empty where one rubric serves all.
    assignments
        Columns as :data:`ASSIGNMENT_COLUMNS`, in order of person and time.
    largest_step
        One step of the coarsest mark scale, points.
    theme
        The company's look and texts.
    history
        Columns as :data:`HISTORY_COLUMNS`, earlier cycles alone, in their order.
    """

    cycle: Cycle
    tables: Mapping[str, pd.DataFrame]
    employees: pd.DataFrame
    rubrics: tuple[RubricInfo, ...]
    source_scores: pd.DataFrame
    outcomes: tuple[OutcomeInfo, ...]
    readiness: Mapping[str, int]
    notes: tuple[str, ...]
    run_id: str
    rubric_of: Mapping[str, str] = field(default_factory=dict)
    assignments: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(ASSIGNMENT_COLUMNS))
    )
    largest_step: float = 25.0
    theme: Theme = DEFAULT
    history: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(HISTORY_COLUMNS))
    )

    @cached_property
    def usual_sources(self) -> frozenset[str]:
        """Sources from which at least half of the people with a form have one."""
        forms = self.tables["forms"]
        people = forms.groupby("source")["employee_id"].nunique()
        return frozenset(people.index[2 * people >= forms["employee_id"].nunique()])

    @cached_property
    def desk(self) -> Desk:
        """The same tables, indexed by the key the views ask for."""
        beside = {
            "employees": self.employees, "sources": self.source_scores,
            "assignments": self.assignments, "history": self.history,
        }  # fmt: skip
        return Desk({**self.tables, **beside})


@dataclass(frozen=True)
class AuditMaterial:
    """What the audit packet reads beside :class:`Material`; for auditors alone.

    Parameters
    ----------
    tables
        Frames of the audit by the name of their contract.
    scores_sha256, rescored_sha256
        Hash of the scores before the attributes were opened, and of the scores computed
        again with the attributes file withheld.
    input_hashes
        (name, SHA-256) of every input file.
    rule_pack
        Identity and thresholds of the rule pack.
    cross_check
        Largest difference between the cube and fairlearn row by row.
    notes
        Sentences on what could not be computed.
    is_distributed
        More is withheld than small groups, so that it may be handed on.
    """

    tables: Mapping[str, pd.DataFrame]
    scores_sha256: str
    rescored_sha256: str
    input_hashes: tuple[tuple[str, str], ...]
    rule_pack: Mapping[str, object]
    cross_check: float | None
    notes: tuple[str, ...] = ()
    is_distributed: bool = False


class Desk:
    """Rows of the tables by key, without searching whole frames for each packet."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self._tables = dict(tables)
        self._positions: dict[tuple[str, str], dict[Hashable, Any]] = {}
        self._columns: dict[str, dict[Hashable, Any]] = {}

    def find_rows(self, table: str, column: str, keys: Iterable[str]) -> list[Row]:
        """Rows of ``table`` whose ``column`` is one of ``keys``, in the order of the keys."""
        index = self._positions.get((table, column))
        if index is None:
            index = dict(self._tables[table].groupby(column, sort=False).indices)
            self._positions[table, column] = index
        found = [index[key] for key in keys if key in index]
        if not found:
            return []
        return self._take_rows(table, np.concatenate(found))

    def find_one(self, table: str, column: str, key: str) -> Row:
        """The first row for ``key``; an empty row if there is none."""
        rows = self.find_rows(table, column, [key])
        return rows[0] if rows else {}

    def _take_rows(self, table: str, positions: Any) -> list[Row]:
        # Slicing a frame costs a hundred times what reading a few cells does.
        columns = self._columns.get(table)
        if columns is None:
            frame = self._tables[table]
            columns = {name: to_objects(frame[name]) for name in frame.columns}
            self._columns[table] = columns
        return [{name: values[at] for name, values in columns.items()} for at in positions]


def to_objects(values: pd.Series[Any]) -> Any:
    """Plain Python values in an array; a missing one is None."""
    return values.astype(object).where(values.notna(), None).to_numpy(object)


def list_rows(frame: pd.DataFrame) -> list[Row]:
    """Turn a frame into plain rows in which a missing value is None.

    Examples
    --------
    >>> list_rows(pd.DataFrame({"a": [1.0, None]}))
    [{'a': 1.0}, {'a': None}]
    """
    plain = {name: to_objects(frame[name]).tolist() for name in frame.columns}
    names = list(plain)
    return [dict(zip(names, values, strict=True)) for values in zip(*plain.values(), strict=True)]
