"""Numbers, shares and dates as a language writes them, read from CLDR through Babel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Formats:
    """How numbers are written; see :func:`find_formats`.

    Parameters
    ----------
    locale
        Such as ``en``, ``de`` or ``de-CH``.
    decimal, group
        What stands before the decimals and between thousands.
    percent
        Pattern of a percentage, ``{}`` for the number.
    """

    locale: str
    decimal: str
    group: str
    percent: str

    def write(self, value: float, decimals: int = 0) -> str:
        """Write a number with a real minus sign; a zero has none.

        Examples
        --------
        >>> find_formats("de").write(-1234.5, 1), find_formats("en").write(-0.04, 1)
        ('−1.234,5', '0.0')
        """
        text = f"{value:,.{decimals}f}"
        if text[0] == "-":
            text = MINUS + text[1:] if text.strip("-0.,") else text[1:]
        if (self.group, self.decimal) == (",", "."):
            return text
        whole, point, rest = text.partition(".")
        return whole.replace(",", self.group) + (self.decimal + rest if point else "")

    def write_percent(self, number: str) -> str:
        """Put the percent sign where the language has it.

        Examples
        --------
        >>> find_formats("de").write_percent("12"), find_formats("en").write_percent("12")
        ('12\\xa0%', '12%')
        """
        return self.percent.format(number)

    def write_date(self, day: date) -> str:
        """Write a day in the middle length of CLDR.

        Examples
        --------
        >>> find_formats("en").write_date(date(2026, 7, 1))
        'Jul 1, 2026'
        >>> find_formats("de-CH").write_date(date(2026, 7, 1))
        '01.07.2026'
        """
        return str(format_date(day, format="medium", locale=Locale.parse(self.locale, sep="-")))


@lru_cache(maxsize=16)
def find_formats(locale: str) -> Formats:
    """Look a locale up.

    Raises
    ------
    ValueError
        If CLDR does not know it.
    """
    try:
        known = Locale.parse(locale, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(f"no number formats are known for '{locale}'") from error
    symbols = known.number_symbols.get("latn", known.number_symbols)
    pattern = known.percent_formats[None].pattern
    return Formats(
        locale=locale,
        decimal=str(symbols["decimal"]),
        group=str(symbols["group"]),
        percent=pattern.replace("#,##,##0", "{}").replace("#,##0", "{}"),
    )
