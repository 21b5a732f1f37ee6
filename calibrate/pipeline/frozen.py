"""What the calibration made of the forms, for the audit; attributes are not among it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from calibrate.audit import Calibration
from calibrate.effects.frozen import FrozenFit, Passed
from calibrate.pipeline.stages import Scored, encode_units

FloatArray = npt.NDArray[np.float64]


def describe_calibration(scored: Scored) -> Calibration:
    """Put the fit in the audit's hands as a way from forms to scores.

    The scores are sealed by then. What the audit passes through the fit reaches
    no score of a person.
    """
    people, bands = scored.effects.employees, scored.bands
    is_told = np.isin(people.link, ["linked", "weak"])
    return Calibration(
        calibrated=people.calibrated,
        se=np.where(is_told, people.se, np.nan),
        df=people.df,
        suggested=bands.suggested,
        pass_through=freeze_fit(scored),
        is_what_if=bands.is_what_if,
    )


def freeze_fit(scored: Scored) -> Callable[[FloatArray], Passed] | None:
    """Hold the variances of the run; None where its scores are not linear in the points."""
    prepared = scored.prepared
    forms = prepared.forms
    if scored.effects.fitted and prepared.cycle.effects.model == "ordinal":
        return None
    chosen = forms.scored
    fit = FrozenFit(
        forms.employee[chosen], forms.rater[chosen], forms.source[chosen],
        forms.weight[chosen], encode_units(prepared), scored.effects,
    )  # fmt: skip
    return lambda points: fit.apply(points[chosen])
