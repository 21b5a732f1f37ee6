"""Forms that hold no mark, but a label that says why: too new to rate, and the like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from calibrate.config import InputFile, show_place
from calibrate.errors import Problem
from calibrate.score.combine import FormTable
from calibrate.score.reduce import ReducedForms


def find_null_labels(
    forms: FormTable,
    reduced: ReducedForms,
    places: Sequence[tuple[InputFile, str]],
    problems: Iterable[Problem],
) -> dict[int, str]:
    """Find the label of each form without a mark, as its first row has it.

    Parameters
    ----------
    forms, reduced
        The same forms, in points and as they stand in the files.
    places
        Part and name of each rating file, in the order of the codes.
    problems
        Those of the rows; notes on null labels name the place.

    Returns
    -------
    Position of the form → label that counts as not answered.
    """
    shown = [show_place(*place) for place in places]
    at: dict[tuple[str, int], list[int]] = {}
    for n in np.flatnonzero(np.isnan(forms.criterion_points).all(axis=1)).tolist():
        at.setdefault((shown[int(reduced.file[n])], int(reduced.row[n])), []).append(n)
    if not at:
        return {}
    return {
        n: problem.value
        for problem in problems
        if problem.rule == "null_label" and problem.row is not None
        for n in at.get((problem.file, problem.row), ())
        # Two parts may read one row, each its own column of marks.
        if problem.column not in places[int(reduced.file[n])][0].ignore
    }


def word_null_forms(
    notes: Sequence[Problem], labels: Mapping[int, str], forms: FormTable
) -> list[Problem]:
    """Say of forms with a null label what they say, not how much of them is answered.

    ``notes`` are those of :func:`combine_forms`: one for each form without points, in order.
    """
    thin = np.flatnonzero(np.isnan(forms.points)).tolist()
    return [
        _word(note, labels[n]) if n in labels else note for n, note in zip(thin, notes, strict=True)
    ]


def _word(note: Problem, label: str) -> Problem:
    what = f"the form that starts here says '{label[:40]}' and has no mark"
    fix = "it is left out of the scores; nothing to do if that is so"
    return replace(note, rule="form_without_mark", what=what, fix=fix)
