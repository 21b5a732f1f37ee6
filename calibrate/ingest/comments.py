"""A second pass over the ratings files: comments become numbers, and no text is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
import pandas as pd

from calibrate.config import SOURCES, Cycle, show_place
from calibrate.ingest.columns import match_header
from calibrate.ingest.open import open_table
from calibrate.ingest.recode import Codes
from calibrate.ingest.translate import Translator
from calibrate.ingest.values import EmployeeTable, IntArray

_KEY = ("employee_id", "rater_id", "source")
_COMMENT = "comment"


@dataclass(frozen=True)
class CommentTable:
    """Every comment as counts.

    Parameters
    ----------
    employee, rater, source : (R,) codes
        Of the employees, of the raters asked for, of :data:`calibrate.config.SOURCES`.
    counts : (R, M)
        What was counted in each.
    is_given
        Has a file a column of comments at all?
    """

    employee: IntArray
    rater: IntArray
    source: IntArray
    counts: IntArray
    is_given: bool


def read_comments(
    cycle: Cycle,
    employees: EmployeeTable,
    raters: Sequence[str],
    criteria: Sequence[str],
    count: Callable[[str], Sequence[int]],
) -> CommentTable:
    """Count the comments of every form; a text that a form repeats is counted once.

    Rows whose person, rater or source is not known were listed when the marks
    were read, and are passed over here.

    Parameters
    ----------
    raters : (J,) ids in sort order
    criteria
        Of all rubrics: columns of a wide table that are no comment.
    count
        Text to M whole numbers.
    """
    codes, is_given = Codes(raters), False
    blocks: list[IntArray] = []
    for part, name in cycle.inputs.places("ratings"):
        shown = show_place(part, name)
        reader = open_table(cycle, part, name)
        header = match_header(
            reader.read_header(), "ratings", part, shown, cycle.attribute_names, criteria
        )
        if _COMMENT not in {*header.position, *header.joined, *part.constants}:
            continue
        is_given = True
        unread = frozenset(header.position) - {*_KEY, _COMMENT}
        translator = Translator(part, replace(header, criteria={}), shown, unread)
        for chunk in translator.read(reader):
            blocks += list(_reduce(chunk.texts, employees, codes, count))
    rows = np.concatenate(blocks) if blocks else np.zeros((0, 4), np.int64)
    # The last of the first four columns tells texts of one form apart.
    first = np.unique(rows[:, :4], axis=0, return_index=True)[1]
    kept = rows[np.sort(first)]
    return CommentTable(kept[:, 0], kept[:, 1], kept[:, 2], kept[:, 4:], is_given)


def _reduce(
    texts: dict[str, pd.Categorical],
    employees: EmployeeTable,
    raters: Codes,
    count: Callable[[str], Sequence[int]],
) -> Iterator[IntArray]:
    comment = texts[_COMMENT]
    distinct = [str(text) for text in comment.categories]
    is_text = np.array([bool(text.strip()) for text in distinct], dtype=bool)
    chosen = np.flatnonzero(is_text[comment.codes]) if distinct else np.zeros(0, np.int64)
    if not len(chosen):
        return
    sources = {source: code for code, source in enumerate(SOURCES)}
    look_up: tuple[Callable[[str], int], ...] = (
        employees.codes.code_of, raters.code_of, lambda text: sources.get(text, -1),
    )  # fmt: skip
    key = [
        np.array([find(str(text)) for text in texts[name].categories], np.int64)[
            texts[name].codes[chosen]
        ]
        for name, find in zip(_KEY, look_up, strict=True)
    ]
    marks = [int.from_bytes(blake2b(t.encode(), digest_size=7).digest()) for t in distinct]
    counts = np.array(
        [[mark, *count(text)] for mark, text in zip(marks, distinct, strict=True)], np.int64
    )
    rows = np.column_stack([*key, counts[comment.codes[chosen]]])
    yield rows[(rows[:, :3] >= 0).all(axis=1)]
