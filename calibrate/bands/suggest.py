"""Raw, proposed and suggested band of each employee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibrate.bands.cut import band_probabilities, cut_bands
from calibrate.effects import SMALL_COMPANY

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class BandTable:
    """Bands as positions from low to high, -1 where there is none.

    Parameters
    ----------
    raw, adjusted, calibrated, proposed, suggested, current : (I,)
        ``current`` is what the meeting starts from: proposed, else raw.
    probabilities : (I, B)
        NaN rows where the score has no probability.
    p_suggested : (I,)
    is_what_if : bool
        The company is small: suggested bands follow the raw score.
    """

    labels: tuple[str, ...]
    raw: IntArray
    adjusted: IntArray
    calibrated: IntArray
    proposed: IntArray
    suggested: IntArray
    current: IntArray
    probabilities: FloatArray
    p_suggested: FloatArray
    is_what_if: bool

    def names(self, band: IntArray) -> list[str]:
        return [self.labels[b] if b >= 0 else "" for b in band]


def assign_bands(
    raw: FloatArray,
    adjusted: FloatArray,
    calibrated: FloatArray,
    se: FloatArray,
    link: npt.NDArray[np.object_],
    proposed: Sequence[str],
    labels: Sequence[str],
    cuts_micro: Sequence[int],
    df: FloatArray | None = None,
) -> BandTable:
    """Cut the three scores and choose the suggested band.

    The suggestion follows the adjusted score where the employee is linked and
    the raw score elsewhere, so pull alone never moves a person across a cut.

    Parameters
    ----------
    raw, adjusted, calibrated, se : (I,) points
    link : (I,) ``linked``, ``weak``, ``unlinked`` or ``unrated``
    proposed : (I,) band labels, empty where none was given
    df : (I,) degrees of freedom of ``se``; None and infinite: normal
    """
    place = {label: k for k, label in enumerate(labels)}
    raw_band = cut_bands(raw, cuts_micro)
    adjusted_band = cut_bands(adjusted, cuts_micro)
    is_small = int(np.count_nonzero(raw_band >= 0)) < SMALL_COMPANY
    follows_adjusted = (link == "linked") & (not is_small)
    suggested = np.where(follows_adjusted, adjusted_band, raw_band)
    told = np.isin(link, ["linked", "weak"])
    probabilities = band_probabilities(calibrated, np.where(told, se, np.nan), cuts_micro, df)
    p_suggested = np.full(len(raw), np.nan)
    known = np.flatnonzero(suggested >= 0)
    p_suggested[known] = probabilities[known, suggested[known]]
    proposed_band = np.array([place.get(label, -1) for label in proposed], np.int64)
    return BandTable(
        tuple(labels), raw_band, adjusted_band, cut_bands(calibrated, cuts_micro), proposed_band,
        suggested, np.where(proposed_band >= 0, proposed_band, raw_band), probabilities,
        p_suggested, is_small,
    )  # fmt: skip
