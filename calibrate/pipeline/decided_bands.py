"""Whose bands hold: the decided ones, else the proposed, else those of the raw scores."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from calibrate.pipeline.stages import Scored


def choose_bands(scored: Scored) -> tuple[str, npt.NDArray[np.int64]]:
    """Stage and (I,) positions of the bands so far; -1 for none."""
    bands = scored.bands
    if (bands.proposed >= 0).any():
        return "proposed", bands.current
    return "raw", bands.raw
