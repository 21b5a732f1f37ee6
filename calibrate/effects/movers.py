"""People whose manager changed between cycles: what if managers were compared through them?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from calibrate.effects.result import FloatArray, IntArray

#: With fewer people who moved their spread, and so every interval, is not known.
FEWEST_MOVERS = 3
FEWEST_STAYERS = 2


@dataclass(frozen=True)
class Side:
    """Change of score beyond that of people who stayed; arrays are (J,), one entry a manager.

    Parameters
    ----------
    n
        People who moved.
    gain, low, high : points
        Their change beyond that of stayers, on average, with its interval.
    """

    n: IntArray
    gain: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True)
class Moves:
    """Who came, who left, and how their scores changed.

    Parameters
    ----------
    came
        By the manager they came to. Positive: this manager may mark higher than those before.
    left
        By the manager they left. Positive: those after may mark higher than this manager.
    n_movers, n_stayers
        In all.
    spread_movers, spread_stayers : points
        Standard deviation of the change. Where managers mark alike, they are alike.
    """

    came: Side
    left: Side
    n_movers: int
    n_stayers: int
    spread_movers: float
    spread_stayers: float


def compare_moves(
    change: FloatArray, before: IntArray, now: IntArray, n_managers: int, level: float = 0.90
) -> Moves:
    r"""Compare people who changed manager with those who did not.

    .. math:: g_j = \bar d_{movers\ of\ j} - \bar d_{stayers}, \qquad
              g_j \pm t_{M-1}\, s_{movers} \sqrt{1/n_j + 1/n_{stayers}}

    d is the score of this cycle less that of the one before. Whoever moves may also have
    a new task or a new level; so this is a what-if and corrects nothing.

    Parameters
    ----------
    change : (I,) points; NaN is left out
    before, now : (I,) codes of the manager in either cycle; -1 is left out

    Examples
    --------
    >>> change = np.array([0.0, 2, -2, 12, 10, 14])
    >>> before, now = np.array([0, 0, 1, 0, 0, 0]), np.array([0, 0, 1, 1, 1, 1])
    >>> compare_moves(change, before, now, 2).came.gain.tolist()
    [nan, 12.0]
    """
    known = np.isfinite(change) & (before >= 0) & (now >= 0)
    moved, stayed = known & (before != now), known & (before == now)
    n_movers, n_stayers = int(moved.sum()), int(stayed.sum())
    usual = float(change[stayed].mean()) if n_stayers >= FEWEST_STAYERS else np.nan
    spread = float(np.std(change[moved], ddof=1)) if n_movers >= FEWEST_MOVERS else np.nan
    t = float(stdtrit(max(n_movers - 1, 1), 0.5 + level / 2))
    sides = []
    for side in (now, before):
        n = np.bincount(side[moved], minlength=n_managers)
        gain = np.full(n_managers, np.nan)
        total = np.bincount(side[moved], change[moved] - usual, n_managers)
        np.divide(total, n, out=gain, where=n > 0)
        half = t * spread * np.sqrt(1 / np.maximum(n, 1) + 1 / max(n_stayers, 1))
        sides.append(Side(n, gain, gain - half, gain + half))
    still = float(np.std(change[stayed], ddof=1)) if n_stayers >= FEWEST_STAYERS else np.nan
    return Moves(sides[0], sides[1], n_movers, n_stayers, spread, still)
