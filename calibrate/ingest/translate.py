"""Rows as they stand → rows in our columns and our words, as the cycle declares them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibrate.config import InputFile
from calibrate.config.inputs import TEXT_ENDINGS
from calibrate.errors import Problem
from calibrate.ingest.columns import Header
from calibrate.ingest.read import RawChunk, TableReader, as_categories

#: Columns that hold a number, and columns that hold a day; in any table.
NUMBERS = frozenset(
    {
        "mark", "present_share", "share", "weight", "baseline", "target", "actual", "value",
        "merit_percent", "bonus_percent", "raw_score", "calibrated_score", "se",
    }
)  # fmt: skip
DATES = frozenset(
    {
        "rated_on", "period_from", "period_to", "hired_on", "left_on", "proposed_on", "due_on",
        "valid_from", "valid_to", "updated_on", "from", "to", "held_on", "given_on", "as_of",
    }
)  # fmt: skip
_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+", re.ASCII)
_POINT = re.compile(r"[-+]?[0-9]*\.[0-9]+", re.ASCII)
#: A time of day behind the day, as spreadsheets and databases store it.
_TIME_OF_DAY = re.compile(
    r"(?<=[0-9])[ T][0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?"
    r"(?: ?[AaPp][Mm])?(?: ?(?:Z|[+-][0-9]{2}:?[0-9]{2}))?$",
    re.ASCII,
)
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True)
class Rows:
    """Consecutive rows of one file in our columns.

    Parameters
    ----------
    texts
        Our column to its text; "" is blank.
    row
        Row numbers.
    bad
        Rows that ``problems`` lists; they are to be left out.
    bad_marks
        Criterion of a wide table to the rows of which this mark alone is to be left out.
    """

    texts: dict[str, pd.Categorical]
    row: NDArray[np.int64]
    bad: NDArray[np.bool_]
    problems: tuple[Problem, ...] = ()
    bad_marks: dict[str, NDArray[np.bool_]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.row)


@dataclass
class Translator:
    """Applies one part's declarations to the rows of one file.

    Parameters
    ----------
    part, header
        What the cycle declares, and where the columns stand.
    shown
        What problems call the file.
    unread
        Columns of ours that nobody will read.
    """

    part: InputFile
    header: Header
    shown: str
    unread: frozenset[str] = frozenset()
    n_left_out: int = 0
    _n_read: int = 0
    _first_left_out: int = 0
    _wanted: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        read = {at for ours, at in self.header.position.items() if ours not in self.unread}
        read.update(self.header.criteria.values(), self.header.left_out)
        self._wanted = tuple(sorted(read.union(*self.header.joined.values())))

    def read(self, reader: TableReader) -> Iterator[Rows]:
        """Yield the rows of a reader whose header was matched."""
        for chunk in reader.chunks(self._wanted):
            rows = self._translate(chunk)
            if len(rows):
                yield rows

    def notes(self) -> Iterator[Problem]:
        """Say how many rows were left out as declared."""
        if self.n_left_out:
            columns = ", ".join(self.part.leave_out)
            said = f"leave_out in the cycle says so by {columns}"
            what = f"from here on {self.n_left_out:,} rows are left out: {said}"
            if self.n_left_out == 1:
                what = f"this row is left out: {said}"
            fix = "nothing to do"
            if self.n_left_out == self._n_read:
                what = f"no row is left: {said}"
                fix = "correct leave_out, or take the file out of the inputs"
                yield Problem(self.shown, None, columns[:60], "no_rows", what, fix, whole=True)
                return
            yield Problem(
                self.shown, self._first_left_out, columns[:60], "left_out", what, fix, "note"
            )

    def _translate(self, chunk: RawChunk) -> Rows:
        column_at = dict(zip(self._wanted, chunk.columns, strict=True))
        kept = self._keep(column_at, chunk.row)
        self._n_read += len(kept)
        row = chunk.row[kept]
        problems: list[Problem] = []
        texts: dict[str, pd.Categorical] = {}
        bad: dict[str, NDArray[np.bool_]] = {}
        for ours, at in {**self.header.position, **self.header.criteria}.items():
            if ours not in self.unread and ours not in self.header.joined:
                column = keep_rows(column_at[at], kept)
                texts[ours], bad[ours] = self._convert(ours, column, row, problems)
        for ours, several in self.header.joined.items():
            column = join_columns([keep_rows(column_at[at], kept) for at in several])
            texts[ours], bad[ours] = self._convert(ours, column, row, problems)
        for ours, text in self.part.constants.items():
            zeros = np.zeros(len(row), dtype=np.int8)
            texts[ours] = pd.Categorical.from_codes(
                zeros, categories=pd.Index([text], dtype=object)
            )
        bad_marks = {ours: bad.pop(ours) for ours in self.header.criteria}
        is_bad = np.any([np.zeros(len(row), dtype=bool), *bad.values()], axis=0)
        return Rows(texts, row, is_bad, tuple(problems), bad_marks)

    def _keep(
        self, column_at: Mapping[int, pd.Categorical], row: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        kept = np.ones(len(row), dtype=bool)
        for at, texts in self.header.left_out.items():
            column = column_at[at]
            is_no_data = np.array([text in texts for text in column.categories], dtype=bool)
            kept &= ~is_no_data[column.codes]
        if not kept.all():
            if not self.n_left_out:
                self._first_left_out = int(row[np.argmin(kept)])
            self.n_left_out += int((~kept).sum())
        return kept

    def _convert(
        self,
        ours: str,
        column: pd.Categorical,
        row: NDArray[np.int64],
        problems: list[Problem],
    ) -> tuple[pd.Categorical, NDArray[np.bool_]]:
        """Return the column in our words, and its rows that were refused."""
        bad = np.zeros(len(row), dtype=bool)
        is_mark = ours in self.header.criteria
        values = self.part.values.get("mark" if is_mark else ours, {})
        if values:
            column = map_texts(column, lambda text: values.get(text, text))
        if ours in DATES:
            column = map_texts(column, lambda text: write_iso(text, self.part.dates))
        if self.part.decimal == "," and (ours in NUMBERS or is_mark):
            if self._is_text:
                self._refuse_points(ours, column, row, bad, problems)
            column = map_texts(column, _write_point)
        return column, bad

    @property
    def _is_text(self) -> bool:
        endings = {PurePath(name).suffix.lower() for name in self.part.files}
        return bool(endings & set(TEXT_ENDINGS))

    def _refuse_points(
        self,
        ours: str,
        column: pd.Categorical,
        row: NDArray[np.int64],
        bad: NDArray[np.bool_],
        problems: list[Problem],
    ) -> None:
        name = self.header.theirs[ours]
        odd = np.array([bool(_POINT.fullmatch(text)) for text in column.categories], dtype=bool)
        for at in np.flatnonzero(odd[column.codes]).tolist():
            text = str(column.categories[column.codes[at]])
            what = f"{name} '{text[:40]}' has a point, and the decimal sign is a comma"
            fix = 'write a comma, or declare decimal: "."'
            problems.append(
                Problem(self.shown, int(row[at]), name, "decimal_point", what, fix, value=text)
            )
            bad[at] = True


def keep_rows(column: pd.Categorical, kept: NDArray[np.bool_]) -> pd.Categorical:
    """Leave rows out, and with them the texts that stand in no other row."""
    if kept.all():
        return column
    codes, used = pd.factorize(column.codes[kept])
    return pd.Categorical.from_codes(codes, categories=column.categories[used])


def join_columns(columns: Sequence[pd.Categorical]) -> pd.Categorical:
    """Put the texts of several columns together; blank ones leave no gap.

    Examples
    --------
    >>> list(join_columns([pd.Categorical(["Ada", "Bo"]), pd.Categorical(["Lovelace", ""])]))
    ['Ada Lovelace', 'Bo']
    """
    rows = zip(*(np.asarray(column) for column in columns), strict=True)
    joined = [" ".join(text for text in row if text.strip()) for row in rows]
    return as_categories(np.array(joined, dtype=object))


def map_texts(column: pd.Categorical, change: Callable[[str], str]) -> pd.Categorical:
    """Change each distinct text of a column; texts that become equal become one."""
    codes, distinct = pd.factorize(
        np.array([change(text) for text in column.categories], dtype=object)
    )
    return pd.Categorical.from_codes(
        codes[column.codes], categories=pd.Index(distinct, dtype=object)
    )


def write_iso(text: str, pattern: str) -> str:
    """Turn a day written by a pattern into its ISO form; any other text stays as it is.

    A time of day behind the day says nothing about the day and is not read.

    Examples
    --------
    >>> write_iso("31.12.2026", "%d.%m.%Y"), write_iso("12/31/2026 0:00", "%m/%d/%Y")
    ('2026-12-31', '2026-12-31')
    >>> write_iso("31.12.26", "%d.%m.%Y"), write_iso("2026-12-31", "%d.%m.%Y")
    ('31.12.26', '2026-12-31')
    """
    day = _TIME_OF_DAY.sub("", text)
    if pattern == "iso":
        return day if _ISO_DAY.fullmatch(day) else text
    try:
        return datetime.strptime(day, pattern).date().isoformat()
    except ValueError:
        return day if _ISO_DAY.fullmatch(day) else text


def _write_point(text: str) -> str:
    return text.replace(",", ".") if _COMMA.fullmatch(text) else text
