"""One table on one sheet: types, number formats, widths, filters, emphasis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.utility import xl_rowcol_to_cell

from calibrate.language import N_, _
from calibrate.report.files import build_table
from calibrate.tables import Column, Contract

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

#: Longer tables are left out, whole: a part of a table would be taken for all of it, and
#: a spreadsheet of this size already takes a minute to open.
MOST_ROWS = 200_000
#: Half of what a cell holds: characters beyond the first plane count twice.
_SURE_TO_FIT = 32_767 // 2
#: Rows turned into cells at a time.
_ROWS = 1 << 14
_NARROW, _WIDE = 8, 60
#: Height of a line in points, and the most lines a row is made high for.
_LINE, _MOST_LINES = 15, 12
#: Columns that can be read on one printed page.
_PAGE = 14
_P_VALUES = ("p_value", "p_clustered", "p_null_imposed", "q_value", "q_null_imposed")
#: Three significant digits, whatever the size.
_P_FORMAT = "[<0.01]0.00E+00;[<0.1]0.0000;0.000"
_HEADER = {
    "bold": True, "bottom": 2, "text_wrap": True, "align": "center", "valign": "top",
    "bg_color": "#E4E4E4",
}  # fmt: skip
#: A value that makes its row stand out, in bold on grey: seen without colour.
_EMPHASIS: Mapping[str, tuple[str, ...]] = {
    "verdict": ("outside", "beyond"), "level": ("error",),
}  # fmt: skip
#: The same where heading and value are in the language of the cycle.
_SPOKEN: Mapping[str, tuple[str, ...]] = {N_("To discuss"): (N_("yes"),)}


@dataclass(frozen=True)
class Sheet:
    """A table under the name of its sheet.

    Parameters
    ----------
    place
        Where the table is whole, as a path inside the run without ``.csv``.
    n_fixed
        Columns on the left that stay when one scrolls.
    order
        Columns to sort by instead of the key, and the order of their values.
    """

    contract: Contract
    frame: pd.DataFrame
    place: str
    n_fixed: int = 1
    order: Mapping[str, tuple[str, ...]] | None = None

    @property
    def name(self) -> str:
        return self.contract.name.replace("_", " ").capitalize()

    @property
    def is_left_out(self) -> bool:
        return len(self.frame) > MOST_ROWS


@dataclass(frozen=True)
class Styles:
    """Formats shared by all sheets of a book."""

    book: Workbook
    text_header: Format
    number_header: Format
    strong: Format

    @classmethod
    def of(cls, book: Workbook) -> Styles:
        strong = {"bold": True, "bg_color": "#EDEDED"}
        left = {**_HEADER, "align": "left", "indent": 1}
        return cls(book, book.add_format(left), book.add_format(_HEADER), book.add_format(strong))

    def find_format(self, column: Column, *, is_wrapped: bool) -> Format:
        form = {"num_format": choose_number_format(column), "valign": "top"}
        # All scripts start on the left, and keep off the figure before them.
        text = {"align": "left", "indent": 1, "text_wrap": is_wrapped}
        return self.book.add_format(form | (text if column.kind == "text" else {}))


def choose_number_format(column: Column) -> str:
    """Digits a reader needs, by type and unit.

    Text is text for the spreadsheet too: what begins with = stays text when
    somebody edits the cell.

    Examples
    --------
    >>> choose_number_format(Column("share", "number", "of the scope", "0 to 1"))
    '0.0%'
    """
    if column.kind in ("text", "boolean"):
        return "@" if column.kind == "text" else "General"
    if column.kind == "date":
        return "yyyy-mm-dd"
    if column.kind == "integer":
        return "#,##0" if column.unit else "0"
    if column.name in _P_VALUES:
        return _P_FORMAT
    if column.unit.startswith("0 to 1"):
        return "0.0%"
    return "0.0" if column.unit else "0.000"


def write_sheet(worksheet: Worksheet, sheet: Sheet, styles: Styles) -> int:
    """Fill a worksheet with a table.

    Returns
    -------
    int
        Texts that are longer than a cell can hold and were cut.
    """
    contract = sheet.contract
    table = build_table(contract, sheet.frame)
    if sheet.order is not None:
        table = table.take(_find_order(table, contract, sheet.order))
    lines = _set_columns(worksheet, table, contract, styles)
    writers = [_find_writer(worksheet, column) for column in contract.columns]
    n_cut = 0
    for start in range(0, len(table), _ROWS):
        cells = [values.to_pylist() for values in table.slice(start, _ROWS).columns]
        for row, values in enumerate(zip(*cells, strict=True), start + 1):
            if lines[row - 1] > 1:
                worksheet.set_row(row, _LINE * int(lines[row - 1]))
            for place, (write, value) in enumerate(zip(writers, values, strict=True)):
                if value is not None and write(row, place, value) == -2:
                    n_cut += 1
    _arrange(worksheet, sheet, len(table), styles)
    return n_cut


def _set_columns(
    worksheet: Worksheet, table: pa.Table, contract: Contract, styles: Styles
) -> npt.NDArray[np.int64]:
    """Set widths, formats and headings; give the lines of text in each row."""
    lines = np.ones(len(table), np.int64)
    n_words = max(len(column.name.split()) for column in contract.columns)
    worksheet.set_row(0, _LINE * n_words)
    for place, column in enumerate(contract.columns):
        word = max(len(word) for word in column.name.split())
        # Room for the arrow of the filter.
        width, length = max(_NARROW, word + 4), np.zeros(len(table), np.int64)
        if column.kind == "text" and len(table):
            length = pc.utf8_length(table[column.name]).fill_null(0).to_numpy()
            width = min(_WIDE, max(width, int(length.max()) + 3))
        is_wrapped = bool((length > _WIDE - 3).any())
        if is_wrapped:
            lines = np.maximum(lines, np.ceil(length / _WIDE).astype(np.int64))
        style = styles.find_format(column, is_wrapped=is_wrapped)
        worksheet.set_column(place, place, width, style)
        header = styles.text_header if column.kind == "text" else styles.number_header
        worksheet.write_string(0, place, column.name, header)
    return np.minimum(lines, _MOST_LINES)


def _find_order(table: pa.Table, contract: Contract, order: Mapping[str, tuple[str, ...]]) -> Any:
    """Positions of the rows; values listed in ``order`` come as listed, others after them."""
    ranks = {}
    for name in contract.key:
        values = table[name].to_pandas()
        if name in order:
            values = values.map({value: n for n, value in enumerate(order[name])})
        ranks[name] = values
    return pd.DataFrame(ranks).sort_values(list(contract.key), kind="stable").index.to_numpy()


def _find_writer(worksheet: Worksheet, column: Column) -> Callable[[int, int, Any], object]:
    if column.kind == "text":
        return partial(write_text, worksheet)
    if column.kind == "boolean":
        return partial(_write_boolean, worksheet)
    if column.kind == "date":
        return partial(_write_date, worksheet)
    return partial(_write_number, worksheet)


def write_text(
    worksheet: Worksheet, row: int, place: int, text: str, form: Format | None = None
) -> int:
    """Write a text that is never run, linked or read as markup; -2 if it was cut."""
    if text.startswith("<r>"):
        # The writer would take this for its own markup; in pieces it does not.
        kept = text[:_SURE_TO_FIT]
        pieces = [kept[0], kept[1], kept[2:], *([form] if form is not None else [])]
        worksheet.write_rich_string(row, place, *pieces)
        return 0 if kept == text else -2
    return int(worksheet.write_string(row, place, text, form))


def _write_number(worksheet: Worksheet, row: int, place: int, value: float) -> int:
    if not isfinite(value):
        return write_text(worksheet, row, place, f"{value:g}")
    return int(worksheet.write_number(row, place, value))


def _write_boolean(worksheet: Worksheet, row: int, place: int, value: bool) -> int:
    return int(worksheet.write_boolean(row, place, value))


def _write_date(worksheet: Worksheet, row: int, place: int, text: str) -> int:
    day = date.fromisoformat(text)
    if day.year < 1900:  # a spreadsheet knows no earlier day
        return write_text(worksheet, row, place, text)
    return int(worksheet.write_datetime(row, place, day))


def _arrange(worksheet: Worksheet, sheet: Sheet, n_rows: int, styles: Styles) -> None:
    """Freeze, filter, emphasise, and set the page for print."""
    names = sheet.contract.names
    emphasis = {**_EMPHASIS, **{_(name): tuple(map(_, told)) for name, told in _SPOKEN.items()}}
    last = max(n_rows, 1)
    worksheet.freeze_panes(1, sheet.n_fixed)
    worksheet.autofilter(0, 0, last, len(names) - 1)
    worksheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
    for place, name in enumerate(names):
        for value in emphasis.get(name, ()):
            first = xl_rowcol_to_cell(1, place, col_abs=True)
            rule = {"type": "formula", "criteria": f'={first}="{value}"', "format": styles.strong}
            worksheet.conditional_format(1, 0, last, len(names) - 1, rule)
    set_page(worksheet, sheet.name, -(-len(names) // _PAGE))
    worksheet.repeat_rows(0)
    worksheet.repeat_columns(0, sheet.n_fixed - 1)


def set_page(worksheet: Worksheet, title: str, n_wide: int = 1) -> None:
    """Set a worksheet for print, on so many pages side by side."""
    worksheet.set_landscape()
    worksheet.fit_to_pages(n_wide, 0)
    worksheet.set_footer(f"&L{title}&R{_('Page')} &P {_('of')} &N")


def close_book(book: Workbook) -> None:
    """Write the last of a book to disk.

    Raises
    ------
    OSError
        In the disk's own words, for whoever explains them.
    """
    try:
        book.close()
    except FileCreateError as error:
        raise error.args[0] from error
