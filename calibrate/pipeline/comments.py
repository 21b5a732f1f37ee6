"""Comments and earlier cycles in the audit's hands: counts and bands, no text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from calibrate.audit import CommentEvidence, HistoryEvidence, count_words
from calibrate.ingest import read_comments

if TYPE_CHECKING:
    from calibrate.pipeline.stages import Prepared

IntArray = npt.NDArray[np.int64]


def gather_comments(prepared: Prepared) -> CommentEvidence | None:
    """Count the words of the comments, form by form; None where nobody wrote one."""
    forms = prepared.forms
    table = read_comments(
        prepared.cycle, prepared.employees, prepared.raters, prepared.rules.criteria, count_words
    )
    if not len(table.employee) or not len(forms.employee):
        return None
    shape = (len(prepared.employees.ids), max(1, len(prepared.raters)), 16)
    keys = _name_forms((forms.employee, forms.rater, forms.source), shape)
    wanted = _name_forms((table.employee, table.rater, table.source), shape)
    order = np.argsort(keys, kind="stable")
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    # A comment on a form whose every mark was refused has no form to stand with.
    is_known = keys[order][at] == wanted
    form, counts = order[at[is_known]], table.counts[is_known]
    columns = (np.ones(len(form), np.int64), *counts.T)
    sums = (np.bincount(form, column, minlength=len(keys)).astype(np.int64) for column in columns)
    return CommentEvidence(*sums)


def _name_forms(parts: tuple[IntArray, IntArray, IntArray], shape: tuple[int, ...]) -> IntArray:
    return np.ravel_multi_index(parts, shape).astype(np.int64)


def gather_history(prepared: Prepared) -> HistoryEvidence | None:
    """Bands of earlier cycles; None without a history."""
    history = prepared.records.get("history")
    if history is None:
        return None
    labels = {label: place for place, label in enumerate(prepared.cycle.bands.labels)}
    rows = history.frame[history.frame["cycle"] != prepared.cycle.cycle]
    cycles = tuple(sorted({str(name) for name in rows["cycle"]}))
    place = {name: at for at, name in enumerate(cycles)}
    return HistoryEvidence(
        cycles=cycles,
        cycle=np.array([place[str(name)] for name in rows["cycle"]], np.int64),
        employee=prepared.employees.codes.encode(rows["employee_id"]),
        band=np.array([labels.get(str(name), -1) for name in rows["band"]], np.int64),
    )
