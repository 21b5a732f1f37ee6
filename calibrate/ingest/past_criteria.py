"""What scores by criterion of earlier cycles must be before a trend may rest on them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pandas as pd

from calibrate.errors import Problem
from calibrate.ingest.table import TextTable

_SCORES = ("raw_score", "calibrated_score")
#: Where no score of a cycle lies above this, they are marks of a scale rather than points.
HIGHEST_MARK = 10.0


def check_past_criteria(text: TextTable, criteria: Collection[str]) -> Iterator[Problem]:
    """Find rows without a score, cycles that look like marks, and criteria no longer marked.

    Parameters
    ----------
    criteria
        Of all rubrics of this cycle. Others are noted once each: rubrics change.
    """
    frame = text.frame
    if not len(frame):
        return
    is_blank = (frame[list(_SCORES)] == "").all(axis=1).to_numpy()
    for index in is_blank.nonzero()[0].tolist():
        what, fix = "neither raw_score nor calibrated_score is given", "fill one in, in points"
        yield text.problem(index, "raw_score", "score_missing", what, fix)
    yield from _note_marks(text)
    for name, rows in frame.groupby("criterion", sort=True):
        if not name or name in criteria:
            continue
        shown, __ = text.places[int(rows.index[0])]
        n = f"{len(rows)} {'row is' if len(rows) == 1 else 'rows are'}"
        yield Problem(
            shown, None, "criterion", "criterion_retired",
            f"criterion '{str(name)[:60]}' is in no rubric of this cycle; {n} not used",
            "nothing to do if the rubric changed; else spell it as the rubric does",
            "note", str(name),
        )  # fmt: skip


def _note_marks(text: TextTable) -> Iterator[Problem]:
    """Note each cycle whose scores are all so low that they were hardly meant as points."""
    values = text.frame[list(_SCORES)].apply(pd.to_numeric, errors="coerce").max(axis=1)
    for cycle, highest in values.groupby(text.frame["cycle"], sort=True).max().items():
        if not 0 < highest <= HIGHEST_MARK:
            continue
        shown, __ = text.places[int((text.frame["cycle"] == cycle).to_numpy().argmax())]
        yield Problem(
            shown, None, "raw_score", "looks_like_marks",
            f"no score of {str(cycle)[:60]} lies above {highest:g}; scores are points, 0 to 100",
            "if these are marks of a scale, turn them into 100 (mark - lowest) / "
            "(highest - lowest)",
            "note", f"{highest:g}",
        )  # fmt: skip
