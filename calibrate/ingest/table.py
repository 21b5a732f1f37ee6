"""Small tables read whole: every column of the contract as text, with the place of each row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from calibrate.config import COLUMNS, Cycle, show_place
from calibrate.errors import Problem
from calibrate.ingest.columns import match_header
from calibrate.ingest.contracts import Contract, check_contract
from calibrate.ingest.open import open_table
from calibrate.ingest.read import as_categories
from calibrate.ingest.translate import Translator


@dataclass(frozen=True)
class TextTable:
    """The rows of a table in file order, as text; ``places`` says where each one stands."""

    frame: pd.DataFrame
    places: tuple[tuple[str, int], ...]
    declared: frozenset[str]
    problems: tuple[Problem, ...]

    def check(self, contract: Contract) -> list[Problem]:
        """Check the contract; nothing to check where the file could not be read."""
        if not len(self.frame):
            return []
        used = {
            name: as_categories(self.frame[name].to_numpy()) for name in contract.schema.columns
        }
        return check_contract(pd.DataFrame(used), contract, lambda index: self.places[index])

    def problem(self, index: int, column: str, rule: str, what: str, fix: str) -> Problem:
        """Make a problem at a row and column."""
        shown, row = self.places[index]
        value = str(self.frame[column].iloc[index])
        return Problem(shown, row, column, rule, what, fix, value=value)

    def without(self, problems: list[Problem]) -> pd.DataFrame:
        """Return the rows that no error-level problem names."""
        bad = {(p.file, p.row) for p in problems if p.level == "error"}
        kept = np.array([place not in bad for place in self.places], dtype=bool)
        return self.frame[kept]


def read_text_table(cycle: Cycle, table: str) -> TextTable:
    """Read all files of a table; faults are listed, never raised."""
    parts: list[pd.DataFrame] = []
    places: list[tuple[str, int]] = []
    declared: set[str] = set()
    problems: list[Problem] = []
    for part, name in cycle.inputs.places(table):
        shown = show_place(part, name)
        reader = open_table(cycle, part, name)
        names = reader.read_header()
        if names:
            header = match_header(names, table, part, shown, cycle.attribute_names)
            problems += header.problems
            declared |= header.position.keys() | header.joined.keys() | part.constants.keys()
            if not header.problems:
                translator = Translator(part, header, shown)
                for rows in translator.read(reader):
                    columns = {ours: np.asarray(text) for ours, text in rows.texts.items()}
                    parts.append(pd.DataFrame(columns, dtype=object))
                    places += [(shown, int(row)) for row in rows.row]
                    problems += rows.problems
                problems += translator.notes()
        problems += reader.problems
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    frame = frame.reindex(columns=list(COLUMNS[table])).astype(object)
    return TextTable(
        frame.where(frame.notna(), ""), tuple(places), frozenset(declared), tuple(problems)
    )


def find_loops(parents: list[int]) -> list[list[int]]:
    """Return the loops of a graph in which each node has at most one parent.

    Parameters
    ----------
    parents
        Parent of each node, -1 for none.

    Examples
    --------
    >>> find_loops([1, 2, 0, 0, -1])
    [[0, 1, 2]]
    """
    seen_by = [-1] * len(parents)
    loops = []
    for start in range(len(parents)):
        node = start
        path = []
        while node >= 0 and seen_by[node] < 0:
            seen_by[node] = start
            path.append(node)
            node = parents[node]
        if node >= 0 and seen_by[node] == start:
            loops.append(path[path.index(node) :])
    return loops
