"""The first rows of a text or a sheet → how it seems to be written: proposals, no decisions."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from calibrate.ingest.encoding import find_mark

#: Rows in which the names of the columns are looked for.
_HEADER_ROWS: Final = 30
#: Rows that tell how a file is delimited.
_LOOKED_AT: Final = 200
_DELIMITERS: Final = (",", ";", "\t", "|")
#: How days are written; two that look alike stand side by side.
_PATTERNS: Final = (
    "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d",
    "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%d.%m.%y", "%m/%d/%y",
)  # fmt: skip
_WORDS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


@dataclass(frozen=True)
class Guess:
    """A value for a key of the cycle and why; ``because`` is empty where it is the default."""

    value: str
    because: str = ""


UTF_8: Final = Guess("utf-8")
COMMA: Final = Guess(",")
FIRST_ROW: Final = Guess("1")


def guess_encoding(start: bytes, *, is_whole: bool = True) -> Guess | None:
    """Propose how the bytes of a text are encoded; ``None`` where nothing fits.

    Examples
    --------
    >>> guess_encoding("é".encode()).value, guess_encoding("é".encode("cp1252")).value
    ('utf-8', 'cp1252')
    """
    mark, meant = find_mark(start[:4])
    if mark and meant != "utf-8":
        family = meant.removesuffix("-le").removesuffix("-be")
        return Guess(family, f"the file begins with the mark of {family}")
    if b"\0" in start:
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start, final=is_whole)
    except UnicodeDecodeError as error:
        try:
            codecs.getincrementaldecoder("cp1252")().decode(start)
        except UnicodeDecodeError:
            return None
        because = f"byte {error.start} is not UTF-8, and Windows programs write cp1252"
        return Guess("cp1252", f"{because}; look at letters such as é, ü or ø")
    return Guess("utf-8")


def split_rows(text: str, delimiter: str, most: int) -> list[list[str]]:
    """Split the start of a delimited text into at most ``most`` rows."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter):
            rows.append(row)
            if len(rows) >= most:
                break
    except csv.Error:
        # A cell too long to be one: what was read so far still tells the delimiter.
        return rows
    return rows


def guess_delimiter(text: str) -> Guess:
    """Propose the sign between cells: the one that makes most rows equally wide.

    Examples
    --------
    >>> guess_delimiter("a;b\\n1,5;2\\n2,5;3\\n").value
    ';'
    """
    best, likelihood = ",", (0.0, 0)
    because = ""
    for delimiter in _DELIMITERS:
        rows = [row for row in split_rows(text, delimiter, _LOOKED_AT) if row]
        if not rows:
            continue
        width, n_rows = Counter(len(row) for row in rows).most_common(1)[0]
        if width > 1 and (n_rows / len(rows), width) > likelihood:
            best, likelihood = delimiter, (n_rows / len(rows), width)
            because = f"{n_rows} of the first {len(rows)} rows have {width - 1} {_WORDS[delimiter]}"
    return Guess(best, "" if best == "," else because)


def guess_header_row(rows: Sequence[Sequence[str]]) -> Guess:
    """Propose the row, counted from 1, that holds the names of the columns.

    Examples
    --------
    >>> guess_header_row([["Report"], [], ["Worker", "Rating"], ["Ada", "3"]]).value
    '3'
    """
    filled = [[cell.strip() for cell in row if cell.strip()] for row in rows[:_HEADER_ROWS]]
    widest = max((len(cells) for cells in filled), default=0)
    at = next(
        (i for i, cells in enumerate(filled) if len(cells) == widest and _are_names(cells)), 0
    )
    below = filled[at + 1] if at + 1 < len(filled) else []
    if _repeats(filled[at] if filled else [], below):
        because = f"row {at + 1} says the same in another spelling"
        return Guess(str(at + 2), because)
    if at:
        return Guess(str(at + 1), f"what stands above has fewer than {widest} cells: a title")
    return Guess("1")


def _are_names(cells: Sequence[str]) -> bool:
    return len(set(cells)) == len(cells) and not any(re.fullmatch(r"[-\d.,/: ]+", c) for c in cells)


def _repeats(names: Sequence[str], below: Sequence[str]) -> bool:
    """Does the row below say the names again, as files with keys and labels do?"""
    if len(names) != len(below) or len(names) < 2 or not _are_names(below):
        return False
    same = sum(_letters(a) == _letters(b) for a, b in zip(names, below, strict=True))
    return 2 * same > len(names)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def guess_dates(texts: Sequence[str]) -> tuple[str, ...]:
    """Return every pattern by which all texts are days: none, one, or two that look alike.

    Examples
    --------
    >>> guess_dates(["12/31/2026"]), guess_dates(["01/02/2026"])
    (('%m/%d/%Y',), ('%d/%m/%Y', '%m/%d/%Y'))
    """

    def fits(pattern: str) -> bool:
        try:
            return all(datetime.strptime(text, pattern) for text in texts)
        except ValueError:
            return False

    return tuple(pattern for pattern in _PATTERNS if fits(pattern)) if texts else ()
