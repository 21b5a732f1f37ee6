"""What would a score be if part of what sets a team apart were its raters?"""

from __future__ import annotations

import numpy as np

from calibrate.effects.result import HIGHEST, LOWEST, FloatArray

#: Shares of the part that are taken out.
SHARES = (0.0, 0.5, 1.0)


def take_out(score: FloatArray, part: FloatArray) -> FloatArray:
    """Take none, half and all of a part out of each score.

    Parameters
    ----------
    score : (I,) points
    part : (I,) points
        Positive: what may have raised the score. NaN counts as nothing known.

    Returns
    -------
    (I, 3) points
        Kept within 0 to 100; the first column is the score itself.

    Examples
    --------
    >>> take_out(np.array([60.0]), np.array([8.0])).tolist()
    [[60.0, 56.0, 52.0]]
    """
    taken = score[:, None] - part[:, None] * np.array(SHARES)
    taken = np.clip(taken, LOWEST, HIGHEST)
    # The score itself, to the last digit, so that the first band is the band of the tables.
    taken[:, 0] = score
    return np.asarray(taken)
