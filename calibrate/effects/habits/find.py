"""The entry: forms and the fit in, every habit of every rater out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from calibrate.effects.habits import halo, selfgap, severity, spread
from calibrate.effects.habits.judge import Habit
from calibrate.effects.habits.reports import Reports, SelfForms
from calibrate.effects.result import Effects

#: Habit → forms below which nothing is said.
FEWEST: Final[Mapping[str, int]] = {
    "severity": severity.FEWEST, "spread": spread.FEWEST, "halo": halo.FEWEST,
    "self_gap": selfgap.FEWEST,
}  # fmt: skip


def find_habits(
    reports: Reports, own: SelfForms, effects: Effects, seed: int
) -> Mapping[str, Habit]:
    """Judge each habit of each rater against raters of a like load.

    Parameters
    ----------
    reports
        Scored forms with their criteria.
    own
        Forms about oneself.
    effects
        The fit of the same forms.
    seed
        Of the deals.

    Returns
    -------
    habit → figures of all raters
    """
    rngs = np.random.default_rng(seed).spawn(2)
    spreads = spread.find_spread(reports, effects, rngs[0])
    is_narrow = spreads.flagged & (spreads.value < spreads.expected)
    narrow = np.where(is_narrow, np.exp(spreads.value - spreads.expected), 1.0)
    return {
        "severity": severity.find_severity(effects),
        "spread": spreads,
        "halo": halo.find_halo(reports, narrow, rngs[1]),
        "self_gap": selfgap.find_self_gap(reports, own, effects),
    }
