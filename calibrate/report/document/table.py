"""Tables of a packet: cells that are written already, headers with a scope, cut and said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from calibrate.language import _
from calibrate.report.charts import Drawing

#: Width of a column in millimetres that ``print.css`` knows; 0 takes what is left.
WIDTHS = (0, 8, 10, 12, 13, 14, 16, 18, 20, 22, 24, 26, 30, 34, 38, 40, 42, 48, 56, 64, 120)
#: Longest table; what is cut is said under it.
MOST_ROWS = 300
#: A table of so many rows stands on one page.
KEPT_ROWS = 7


@dataclass(frozen=True)
class Cell:
    """What a cell holds if it is more than a text.

    Parameters
    ----------
    below
        A smaller line under the text.
    look
        Class of the style sheet: strong, beyond, soft, or heat-1 to heat-5 and heat-none.
    href
        Where the text leads to: a file of the same run, for a page on a screen.
    """

    text: str
    below: str = ""
    look: str = ""
    href: str = ""

    def __str__(self) -> str:
        return f"{self.text} {self.below}".strip()


@dataclass(frozen=True)
class Column:
    """Head of a column.

    Parameters
    ----------
    kind
        How its cells stand: text, number (to the right), heat (in the middle) or chart.
    ticks
        Labels of an axis that stands above drawings in place of the text.

    Raises
    ------
    ValueError
        If the style sheet has no such width: a bug of the page.
    """

    text: str
    width: int = 0
    kind: Literal["text", "number", "heat", "chart"] = "text"
    ticks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.width not in WIDTHS:
            raise ValueError(f"print.css has no column of {self.width} mm")


Content = str | Cell | Drawing


@dataclass(frozen=True)
class Row:
    """One row; ``look`` is a class such as marked, reference or blank."""

    cells: tuple[Content, ...]
    look: str = ""


@dataclass(frozen=True)
class Group:
    """Rows under a heading of their own, which may be empty."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Table:
    """A table whose cells are written already; see :func:`build_table`.

    Parameters
    ----------
    columns : (C,)
    groups
        Rows, each of C cells.
    opening, about
        Bold words and a sentence before the table: what it shows and how to read it.
    notice
        What was cut or withheld, in a smaller line under the table.
    key
        How to read its drawings.
    heading
        Position of the cell that heads its row.
    size
        fine and dense are to look things up in; sheet leaves room to write by hand.
    is_kept
        Stands on one page; None decides by the number of rows.
    caption
        Name of the table on a screen, where it scrolls in a region of its own.
    """

    kind: ClassVar[str] = "table"
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    opening: str = ""
    about: str = ""
    notice: str = ""
    key: str = ""
    heading: int = 0
    size: Literal["", "fine", "dense", "sheet", "plain", "heat"] = ""
    is_kept: bool | None = None
    caption: str = ""

    def __post_init__(self) -> None:
        wrong = [row for row in self.rows if len(row.cells) != len(self.columns)]
        if wrong:
            raise ValueError(f"a row has {len(wrong[0].cells)} cells, not {len(self.columns)}")

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def keeps(self) -> bool:
        return len(self.rows) <= KEPT_ROWS if self.is_kept is None else self.is_kept

    @property
    def is_drawn(self) -> bool:
        """Does a column hold drawings?"""
        return any(column.ticks or column.kind == "chart" for column in self.columns)


def say_columns(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Columns that a module names once, in the language in force.

    Examples
    --------
    >>> [column.text for column in say_columns([Column("Group"), Column("", ticks=("0", "1"))])]
    ['Group', '']
    """
    return tuple(replace(c, text=_(c.text)) if c.text else c for c in columns)


def build_table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Content] | Row],
    *,
    opening: str = "",
    about: str = "",
    marked: Sequence[int] = (),
    notice: str = "",
    key: str = "",
    heading: int = 0,
    size: Literal["", "fine", "dense", "sheet", "plain", "heat"] = "",
    is_kept: bool | None = None,
) -> Table:
    """Put rows under columns; what is beyond the longest table is cut, and that is said.

    Examples
    --------
    >>> build_table([Column("Group")], [["women"], ["men"]]).rows[1].cells
    ('men',)
    """
    made = tuple(
        row if isinstance(row, Row) else Row(tuple(row), "marked" if at in marked else "")
        for at, row in enumerate(rows[:MOST_ROWS])
    )
    cut = "" if len(rows) <= MOST_ROWS else say_cut(MOST_ROWS, len(rows))
    return Table(
        columns=tuple(columns), groups=(Group("", made),), opening=opening, about=about,
        notice=" ".join(filter(None, (notice, cut))), key=key, heading=heading, size=size,
        is_kept=is_kept,
    )  # fmt: skip


def say_cut(n: int, total: int) -> str:
    """Say that a table was cut, and where the rest is.

    Examples
    --------
    >>> say_cut(300, 1500)
    'The first 300 of 1,500 rows are shown; the tables of the run hold all.'
    """
    return _(
        "The first {n} of {total} rows are shown; the tables of the run hold all.",
        n=n, total=total,
    )  # fmt: skip
