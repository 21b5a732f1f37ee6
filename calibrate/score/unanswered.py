"""Forms that hold no mark, but a label that says why: too new to rate, and the like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from calibrate.errors import Problem
from calibrate.score.combine import FormTable
from calibrate.score.reduce import ReducedForms


def find_null_labels(
    forms: FormTable, reduced: ReducedForms, files: Sequence[str], problems: Iterable[Problem]
) -> dict[int, str]:
    """Find the label of each form without a mark, as its first row has it.

    Parameters
    ----------
    forms, reduced
        The same forms, in points and as they stand in the files.
    files
        What problems call the files, in the order of the codes.
    problems
        Those of the rows; notes on null labels name the place.

    Returns
    -------
    Position of the form → label that counts as not answered.
    """
    empty = np.flatnonzero(np.isnan(forms.criterion_points).all(axis=1))
    place = {(files[int(reduced.file[n])], int(reduced.row[n])): int(n) for n in empty}
    if not place:
        return {}
    return {
        place[p.file, p.row]: p.value
        for p in problems
        if p.rule == "null_label" and p.row is not None and (p.file, p.row) in place
    }


def word_null_forms(
    notes: Iterable[Problem],
    labels: Mapping[int, str],
    reduced: ReducedForms,
    files: Sequence[str],
) -> list[Problem]:
    """Say of forms with a null label what they say, not how much of them is answered."""
    of_place = {
        (files[int(reduced.file[n])], int(reduced.row[n])): label for n, label in labels.items()
    }
    return [
        _word(note, label) if (label := of_place.get((note.file, note.row or 0))) else note
        for note in notes
    ]


def _word(note: Problem, label: str) -> Problem:
    what = f"the form that starts here says '{label[:40]}' and has no mark"
    fix = "it is left out of the scores; nothing to do if that is so"
    return replace(note, rule="form_without_mark", what=what, fix=fix)
