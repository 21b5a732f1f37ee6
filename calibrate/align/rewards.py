"""Do rewards follow bands? Rank correlation, rewards beyond a neighbouring band, their cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.align.results import correlate
from calibrate.tables import REWARD_LINKS, REWARD_OUTLIERS

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

#: Rewards in percent of pay, for which a middle means something.
PERCENTS = ("merit_percent", "bonus_percent")
#: Fewer people in a band have no middle to be held against.
FEWEST = 3


def find_outliers(
    employee_ids: Sequence[str], band: IntArray, labels: Sequence[str],
    rewards: Mapping[str, FloatArray],
) -> pd.DataFrame:  # fmt: skip
    r"""List rewards beyond the middle of a neighbouring band.

    .. math:: x_i > \tilde x_{b+1} \quad \text{or} \quad x_i < \tilde x_{b-1}

    with the median of the next band above, or below, that has at least 3 people.

    Parameters
    ----------
    band : (I,) positions, -1 for none
    rewards
        Measure → (I,) percent; NaN is not given.

    Returns
    -------
    frame as :data:`calibrate.tables.REWARD_OUTLIERS`
    """
    rows = []
    for measure in PERCENTS:
        value = rewards.get(measure)
        if value is None:
            continue
        known = np.isfinite(value) & (band >= 0)
        middles = _find_middles(value, band, known, len(labels))
        for i in np.flatnonzero(known).tolist():
            b, x = int(band[i]), float(value[i])
            above = next((m for m in middles[b + 1 :] if np.isfinite(m)), None)
            below = next((m for m in reversed(middles[:b]) if np.isfinite(m)), None)
            own = middles[b]
            beyond = None
            if above is not None and x > above:
                beyond = ("above", above)
            elif below is not None and x < below:
                beyond = ("below", below)
            if beyond is None or not np.isfinite(own):
                continue
            rows.append(
                {"measure": measure, "employee_id": employee_ids[i], "band": labels[b], "value": x,
                 "usual": own, "neighbour": beyond[1], "difference": x - own,
                 "direction": beyond[0]}
            )  # fmt: skip
    return REWARD_OUTLIERS.conform(pd.DataFrame(rows)) if rows else REWARD_OUTLIERS.empty()


def _find_middles(
    value: FloatArray, band: IntArray, known: npt.NDArray[np.bool_], n_bands: int
) -> list[float]:
    """Median of each band; NaN below 3 people."""
    parts = (value[known & (band == b)] for b in range(n_bands))
    return [float(np.median(part)) if len(part) >= FEWEST else np.nan for part in parts]


def link_rewards(
    band: IntArray, stage: str, rewards: Mapping[str, FloatArray], outliers: pd.DataFrame
) -> pd.DataFrame:
    """Correlate each reward with the bands, and add up what lies beyond.

    Parameters
    ----------
    band : (I,) positions, -1 for none
    stage
        Whose bands: final, proposed or raw.
    rewards
        Measure → (I,) percent, or 1 and 0 for promoted; NaN is not given.
    outliers
        As :func:`find_outliers` gives them.

    Returns
    -------
    frame as :data:`calibrate.tables.REWARD_LINKS`
        ``not_told`` below 10 people, or where all have the same band or reward.
    """
    rows = []
    rank = np.where(band >= 0, band, np.nan).astype(float)
    for measure, value in rewards.items():
        found = correlate(rank, value)
        own = outliers[outliers["measure"] == measure]
        is_above = (own["direction"] == "above").to_numpy(bool)
        difference = own["difference"].to_numpy(float)
        is_percent = measure in PERCENTS
        rows.append(
            {
                "measure": measure, "stage": stage,
                "n": int((np.isfinite(value) & (band >= 0)).sum()),
                "correlation": found.value, "low": found.low, "high": found.high,
                "detectable": found.detectable,
                "n_above": int(is_above.sum()) if is_percent else None,
                "n_below": int((~is_above).sum()) if is_percent else None,
                "cost_above": float(difference[is_above].sum()) if is_percent else None,
                "cost_below": float(-difference[~is_above].sum()) if is_percent else None,
                "verdict": judge_link(found.low, found.high),
            }
        )  # fmt: skip
    return REWARD_LINKS.conform(pd.DataFrame(rows)) if rows else REWARD_LINKS.empty()


def judge_link(low: float, high: float) -> str:
    """Say whether rewards go with bands.

    Examples
    --------
    >>> judge_link(0.1, 0.5), judge_link(-0.5, -0.1), judge_link(-0.1, 0.2)
    ('follows', 'against', 'unclear')
    >>> judge_link(float("nan"), float("nan"))
    'not_told'
    """
    if np.isnan(low) or np.isnan(high):
        return "not_told"
    return "follows" if low > 0 else "against" if high < 0 else "unclear"
