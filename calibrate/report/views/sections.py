"""Sections of a packet that are a heading, some sentences and tables: one shape for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from calibrate.report.charts import Drawing
from calibrate.report.views.base import cap_rows

#: Width of a column in millimetres that ``print.css`` knows; 0 takes what is left.
WIDTHS = (0, 8, 10, 12, 13, 14, 16, 18, 20, 22, 24, 26, 30, 34, 38, 40, 42, 48, 56, 64, 120)
#: A table of so many rows stands on one page.
KEPT_ROWS = 7


@dataclass(frozen=True)
class Heading:
    """Head of a column.

    Parameters
    ----------
    ticks : five labels of an axis that stands in place of the text

    Raises
    ------
    ValueError
        If the style sheet has no such width: a bug of the view.
    """

    text: str
    width: int = 0
    is_number: bool = False
    ticks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.width not in WIDTHS:
            raise ValueError(f"print.css has no column of {self.width} mm")


@dataclass(frozen=True)
class Grid:
    """A table whose cells are written already; the first column heads its rows.

    Parameters
    ----------
    caption
        What the table shows and how to read it; may be empty.
    headings : (C,)
    rows : (R, C) text, or markup of a chart
    marked : positions of rows to be looked at first
    notice : what was cut, or withheld
    is_fine : to look things up in; set smaller
    """

    caption: str | Markup
    headings: tuple[Heading, ...]
    rows: tuple[tuple[str | Markup | Drawing, ...], ...]
    marked: frozenset[int] = frozenset()
    notice: str = ""
    is_fine: bool = False

    @property
    def is_kept(self) -> bool:
        """Is it short enough to stand on one page?"""
        return len(self.rows) <= KEPT_ROWS

    @property
    def is_drawn(self) -> bool:
        """Does a column hold charts?"""
        return any(heading.ticks for heading in self.headings)


@dataclass(frozen=True)
class Section:
    """One heading with what belongs to it.

    Parameters
    ----------
    lead : what it is about and how to read it, in one or two sentences
    sentences : what the figures say
    is_listed : the sentences are points of a list
    is_paired : its tables stand side by side
    level : 2, or 3 for a part of the section before
    anchor : where the contents point to; see :func:`set_anchors`
    """

    title: str
    lead: str = ""
    sentences: tuple[str | Markup, ...] = ()
    grids: tuple[Grid, ...] = ()
    is_listed: bool = False
    is_paired: bool = False
    level: int = 2
    anchor: str = ""


def stack(figure: str, below: str) -> str | Markup:
    """A figure with its interval, or what else explains it, under it.

    Examples
    --------
    >>> stack("0.80", "")
    '0.80'
    """
    if not below:
        return figure
    return Markup('{}<br><span class="small soft">{}</span>').format(escape(figure), below)


def set_anchors(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Number the sections, so that the contents can point to each.

    Examples
    --------
    >>> [section.anchor for section in set_anchors([Section("Scope"), Section("Scope")])]
    ['section-1', 'section-2']
    """
    return tuple(replace(s, anchor=f"section-{n}") for n, s in enumerate(sections, 1))


def build_grid(
    caption: str | Markup,
    headings: Sequence[Heading],
    rows: Sequence[tuple[str | Markup | Drawing, ...]],
    marked: Sequence[int] = (),
    noun: str = "rows",
) -> Grid:
    """Cut a table at the most rows a packet prints, and say so.

    Examples
    --------
    >>> build_grid("", [Heading("Group")], [("women",), ("men",)]).rows
    (('women',), ('men',))
    """
    kept, notice = cap_rows(list(rows))
    return Grid(caption, tuple(headings), tuple(kept), frozenset(marked), notice)
