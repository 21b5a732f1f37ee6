"""An invented gap sent through the fit: how much of a real one is kept, of a rater's taken out?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit.background import FormEvidence
from calibrate.audit.groups import Grouping
from calibrate.audit.inquiry import Inquiry
from calibrate.language import _
from calibrate.tables import PASSTHROUGH

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
PassThrough = Callable[[FloatArray], tuple[FloatArray, FloatArray, FloatArray]]

SCORES = ("adjusted", "calibrated")
#: A gap that raters can hardly make has no share to take out.
SMALLEST_GAP = 0.005
FIGURES = ("n", "mean_forms", "kept_real", "rater_made_in_raw", "removed_rater_made")


def lower_group(forms: FormEvidence, is_group: BoolArray) -> FloatArray:
    """A real gap: every form about the group is worth one less; whoever wrote it.

    Raters who are stricter with the group alone all do the same to its forms, so that
    no fit can tell the two apart.

    Parameters
    ----------
    forms
        Every form.
    is_group : (I,)

    Returns
    -------
    (N,) points
    """
    return -is_group[forms.employee].astype(np.float64)


def sharpen_raters(forms: FormEvidence, is_group: BoolArray) -> FloatArray:
    r"""A gap made by raters: each is stricter by the share of the own forms that are on the group.

    .. math:: q_n = -\frac{|\{m : j(m) = j(n),\ i(m) \in g\}|}{|\{m : j(m) = j(n)\}|}

    Scored forms alone count. A rater is as strict with everybody else.

    Parameters
    ----------
    forms
        Every form.
    is_group : (I,)

    Returns
    -------
    (N,) points
    """
    n_raters = int(forms.rater.max(initial=-1)) + 1
    rater, on_group = forms.rater[forms.scored], is_group[forms.employee[forms.scored]]
    n = np.bincount(rater, minlength=n_raters)
    share = np.bincount(rater, on_group, n_raters) / np.maximum(n, 1)
    return np.asarray(-share[forms.rater], np.float64)


def pass_gap(
    pass_through: PassThrough, points: FloatArray, is_group: BoolArray, is_reference: BoolArray
) -> tuple[float, float, float]:
    """Mean of the group less mean of the reference, in raw, adjusted and calibrated scores.

    Parameters
    ----------
    points : (N,)
        Invented points of every form.
    is_group, is_reference : (I,)
        Rated people.
    """
    raw, adjusted, calibrated = (
        float(score[is_group].mean() - score[is_reference].mean()) for score in pass_through(points)
    )
    return raw, adjusted, calibrated


def build_passthrough(inquiry: Inquiry) -> pd.DataFrame:
    """Send both gaps through the fit for every group, as :data:`PASSTHROUGH`."""
    background = inquiry.background
    known = background.calibration if background else None
    groupings = [g for g in inquiry.groupings if g.reference >= 0]
    if known is None or known.pass_through is None or not groupings:
        return PASSTHROUGH.empty()
    frames = [_send(inquiry, grouping, known.pass_through) for grouping in groupings]
    return PASSTHROUGH.conform(pd.concat(frames))


def _send(inquiry: Inquiry, grouping: Grouping, pass_through: PassThrough) -> pd.DataFrame:
    if inquiry.background is None:
        raise ValueError("a fit was given without its forms")
    forms, rated = inquiry.background.forms, inquiry.population.rated
    group, size, r = inquiry.group_of(grouping), len(grouping.labels), grouping.reference
    hidden = inquiry.hides(grouping, rated)
    hidden |= hidden[r]
    n = np.bincount(group[rated], minlength=size)
    n_forms = np.bincount(group[rated], inquiry.background.n_forms[rated], size)
    figures = np.full((3, 2, size), np.nan)  # kept, made in raw, removed × score × group
    for g in np.flatnonzero(~hidden).tolist():
        if g == r:
            continue
        sides = (group == g) & rated, (group == r) & rated
        real = pass_gap(pass_through, lower_group(forms, group == g), *sides)
        made = pass_gap(pass_through, sharpen_raters(forms, group == g), *sides)
        figures[0, :, g] = np.array(real[1:]) / real[0]
        figures[1, :, g] = -made[0]
        if abs(made[0]) >= SMALLEST_GAP:
            figures[2, :, g] = 1 - np.array(made[1:]) / made[0]
    frames = []
    for at, score in enumerate(SCORES):
        frame = pd.DataFrame(
            {
                "score": score, "attribute": grouping.attribute, "group": list(grouping.labels),
                "reference": grouping.reference_label, "n": pd.array(n, dtype="Int64"),
                "mean_forms": n_forms / np.maximum(n, 1), "kept_real": figures[0, at],
                "rater_made_in_raw": figures[1, at], "removed_rater_made": figures[2, at],
            }
        )  # fmt: skip
        frame.loc[hidden, list(FIGURES)] = pd.NA
        frames.append(frame.assign(suppressed=hidden))
    return pd.concat(frames)


def note_passthrough(inquiry: Inquiry, table: pd.DataFrame) -> list[str]:
    """Say why there is no such table, or why it says that nothing changes."""
    background = inquiry.background
    known = background.calibration if background else None
    if background is None or known is None or not inquiry.groupings:
        return []
    if known.pass_through is None:
        return [
            _(
                "The ordinal model does not weigh marks in a straight line: which share of a gap "
                "it keeps depends on the gap, and is not stated."
            )
        ]
    if not background.is_fitted:
        return [
            _(
                "No severity was taken out of any score: all of a real gap is kept, and nothing "
                "of a gap that raters make is removed."
            )
        ]
    return []
