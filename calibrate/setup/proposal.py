"""What is proposed: values for the keys of a cycle, each with its reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from calibrate.ingest.translate import DATES
from calibrate.setup.exports import Export


@dataclass(frozen=True)
class Line:
    """One ``key: value`` and why; without a value it waits for a person, as a comment."""

    key: str
    value: str | tuple[str, ...] | None
    because: str = ""


@dataclass(frozen=True)
class Part:
    """One part of a table: an export and how to understand it.

    ``leave_out`` holds their column, their texts and why; an open one is written
    as a comment.
    """

    export: Export
    because: str
    layout: str = "long"
    dates: tuple[str, ...] = ()
    decimal: str = "."
    columns: tuple[Line, ...] = ()
    constants: tuple[Line, ...] = ()
    values: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    leave_out: tuple[Line, ...] = ()
    open_leave_out: tuple[Line, ...] = ()
    ignore: tuple[Line, ...] = ()


def has_days(part: Part) -> bool:
    """Does any mapped column of days hold a text?"""
    return any(line.value in DATES and part.export.find(line.key).counts for line in part.columns)


@dataclass(frozen=True)
class Proposal:
    """Parts of each table, labels of the scale, criteria of the rubric, and what is open.

    Parameters
    ----------
    parts
        Table to its parts.
    labels
        Labels that stand where marks are, and how often; empty for numbers.
    criteria
        Id of a criterion to the text it has in the exports.
    numbers
        Lowest and highest number seen as a mark, as text; None for labels.
    open
        What a person has to decide before ``calibrate check`` is content.
    unplaced
        What stands in the exports and is not used.
    """

    parts: dict[str, tuple[Part, ...]]
    labels: Counter[str]
    criteria: dict[str, str]
    numbers: tuple[str, str] | None = None
    open: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
