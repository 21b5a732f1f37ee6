"""What a table of the engine is: its columns with type, unit and meaning, and its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

Kind = Literal["text", "integer", "number", "boolean", "date"]

#: pandas extension types, so that "missing" survives in every kind of column.
DTYPES: dict[Kind, str] = {
    "text": "string",
    "integer": "Int64",
    "number": "Float64",
    "boolean": "boolean",
    "date": "string",
}

SIGNIFICANT_DIGITS = 12


@dataclass(frozen=True)
class Column:
    """One column: its name, type, unit and meaning, as the data dictionary prints it."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""


@dataclass(frozen=True)
class Contract:
    """A table's columns in order, the key that sorts it, and what a row is."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    is_key_unique: bool = True
    meaning: str = ""

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Order, type and sort ``frame`` as the contract says.

        Raises
        ------
        ValueError
            If a column is missing or one too many: a bug, never the user's fault.
        """
        if set(frame.columns) != set(self.names):
            odd = sorted(set(frame.columns) ^ set(self.names))
            raise ValueError(f"table {self.name}: columns do not match: {odd}")
        typed = frame[self.names].astype({c.name: DTYPES[c.kind] for c in self.columns})
        ordered = typed.sort_values(list(self.key), kind="stable", na_position="first")
        return ordered.reset_index(drop=True)

    def empty(self) -> pd.DataFrame:
        return self.conform(pd.DataFrame({name: [] for name in self.names}))


def columns(kind: Kind, unit: str = "", /, **meanings: str) -> Sequence[Column]:
    return [Column(name, kind, meaning, unit) for name, meaning in meanings.items()]
