"""Typed values of spreadsheets, Parquet and databases as the plain text a CSV file would have."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID


def show_cell(cell: Any) -> str:
    """Turn a value into text; a whole number has no decimals, a date is ISO.

    Nothing (``None``) is the blank text. A time of day stays unless it is
    midnight. Numbers never have an exponent.

    Raises
    ------
    TypeError
        If the value is a list, bytes or anything else that is no plain value.

    Examples
    --------
    >>> show_cell(7.0), show_cell(4.25), show_cell(1e-7), show_cell(True)
    ('7', '4.25', '0.0000001', 'TRUE')
    >>> show_cell(Decimal("4.00")), show_cell(Decimal("1E+3")), show_cell(None)
    ('4', '1000', '')
    >>> show_cell(date(2026, 7, 1)), show_cell(datetime(2026, 7, 1, 12, 30))
    ('2026-07-01', '2026-07-01T12:30:00')
    >>> show_cell(timedelta(hours=30, minutes=5))
    '30:05:00'
    """
    if cell is None or isinstance(cell, str | UUID):
        return "" if cell is None else str(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float | Decimal):
        return _show_decimal(cell)
    if isinstance(cell, datetime):
        at_midnight = cell.replace(tzinfo=None).time() == time()
        return cell.date().isoformat() if at_midnight else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return _show_duration(cell)
    raise TypeError(type(cell).__name__)


def _show_decimal(number: float | Decimal) -> str:
    if not math.isfinite(number):
        return str(number).lower()
    text = format(Decimal(repr(number)) if isinstance(number, float) else number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _show_duration(span: timedelta) -> str:
    seconds, fraction = divmod(abs(span), timedelta(seconds=1))
    hours, rest = divmod(seconds, 3600)
    text = f"{hours:02}:{rest // 60:02}:{rest % 60:02}"
    text += f".{fraction.microseconds:06}".rstrip("0") if fraction else ""
    return f"-{text}" if span < timedelta() else text
