"""Whom a guideline would move if it were a quota. The engine moves nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.bands.cut import to_micro
from calibrate.bands.patterns import LEAST_PEOPLE
from calibrate.config import MICRO, MISSING
from calibrate.tables import QUOTA

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Ranges = Mapping[str, tuple[float, float]]

#: Shares such as 0.1 of 30 people are whole numbers, though their float is not.
ROUNDING = 1e-9


@dataclass(frozen=True)
class QuotaMoves:
    """Where a quota would put each person; all arrays are (I,).

    Parameters
    ----------
    from_band
        What the meeting starts from, -1 for none.
    to_band
        The same where nobody would be moved; of the tied, where those moved would go.
    is_tied
        Undecided: same band and same score as somebody on the other side.
    share_moved
        Of those tied; 1 for who would be moved, 0 for who would stay.
    margin : points
        To the nearest person of the band who stays; NaN where nobody does.
    is_ordered
        Has a band and a score, in a scope that the quota can be filled in.
    """

    from_band: IntArray
    to_band: IntArray
    is_tied: BoolArray
    share_moved: FloatArray
    margin: FloatArray
    is_ordered: BoolArray


def fill_quota(counts: Sequence[int], ranges: Sequence[tuple[float, float] | None]) -> list[int]:
    """People in each band after whole people are moved, as few bands as needed.

    From the top, who is too many in a band goes to the next lower one, and who misses
    comes from there; what is left wrong at the bottom is mended upwards. A band whose
    range holds no whole number of people has no limit.

    Returns
    -------
    (B,) people; empty where no whole numbers fill all ranges

    Examples
    --------
    >>> fill_quota([2, 4, 14], [None, None, (0.05, 0.10)])
    [2, 16, 2]
    >>> fill_quota([20, 0, 0], [None, None, (0.05, 0.10)])
    [19, 0, 1]
    """
    n, limits = sum(counts), []
    for limit in ranges:
        least, most = 0, n
        if limit is not None:
            wanted = int(np.ceil(limit[0] * n - ROUNDING)), int(np.floor(limit[1] * n + ROUNDING))
            least, most = wanted if wanted[0] <= wanted[1] else (0, n)
        limits.append((least, most))
    if not sum(least for least, _ in limits) <= n <= sum(most for _, most in limits):
        return []
    after, top = list(counts), len(counts) - 1
    steps = [(k, k - 1) for k in range(top, 0, -1)] + [(k, k + 1) for k in range(top)]
    for k, beside in steps:
        kept = min(max(after[k], limits[k][0]), limits[k][1])
        after[beside] += after[k] - kept
        after[k] = kept
    return after


def find_quota_moves(
    band: IntArray,
    points: FloatArray,
    scope: Sequence[str],
    labels: Sequence[str],
    guideline: Ranges,
) -> QuotaMoves:
    """Fill the quota in every scope: by band, and within a band by score.

    Parameters
    ----------
    band : (I,) position from low to high, -1 for none
    points : (I,) adjusted score, raw for unlinked people, NaN for none
    scope : (I,)
        Scope of each person; empty for none. Scopes of fewer than ten people with band
        and score are left alone.
    labels : (B,)
    guideline
        Band to its least and largest share.
    """
    micro = to_micro(points)
    size = len(band)
    moves = QuotaMoves(
        band.copy(), band.copy(), np.zeros(size, np.bool_), np.zeros(size),
        np.full(size, np.nan), np.zeros(size, np.bool_),
    )  # fmt: skip
    names, of = np.unique(np.array([str(s) for s in scope], dtype=object), return_inverse=True)
    has_order = (band >= 0) & (micro != MISSING)
    order = np.flatnonzero(has_order)
    order = order[np.lexsort((micro[order], band[order], of.reshape(-1)[order]))]
    bounds = np.searchsorted(of.reshape(-1)[order], np.arange(len(names) + 1))
    ranges = [guideline.get(label) for label in labels]
    for j, name in enumerate(names):
        members = order[bounds[j] : bounds[j + 1]]
        if name and len(members) >= LEAST_PEOPLE:
            counts = np.bincount(band[members], minlength=len(labels))
            after = fill_quota(counts.tolist(), ranges)
            if after:
                _move_scope(moves, members, micro, np.repeat(np.arange(len(labels)), after))
    return moves


def _move_scope(moves: QuotaMoves, members: IntArray, micro: IntArray, to: IntArray) -> None:
    """Fill in one scope; ``members`` are in order of band and score, ``to`` their new bands."""
    moves.is_ordered[members] = True
    old, score = moves.from_band[members], micro[members]
    moved = to != old
    begins = np.ones(len(members), np.bool_)
    begins[1:] = (old[1:] != old[:-1]) | (score[1:] != score[:-1])
    alike, starts = np.cumsum(begins) - 1, np.flatnonzero(begins)
    lowest, highest = to[starts], to[np.append(starts[1:], len(members)) - 1]
    n_moved = np.bincount(alike, weights=moved)
    share = (n_moved / np.bincount(alike))[alike]
    is_tied = (lowest != highest)[alike]
    goal = np.where(lowest < old[starts], lowest, highest)[alike]
    is_listed = moved | is_tied
    moves.to_band[members] = np.where(is_listed, np.where(is_tied, goal, to), old)
    moves.is_tied[members] = is_tied
    moves.share_moved[members] = share
    for band in np.unique(old[is_listed]):
        listed = np.flatnonzero((old == band) & is_listed)
        # Of the tied somebody stays, and nobody can say who.
        stays = score[(old == band) & (~is_listed | (is_tied & (share < 1)))]
        if len(stays):
            after = np.searchsorted(stays, score[listed])
            near = [stays[np.clip(after - step, 0, len(stays) - 1)] for step in (0, 1)]
            apart = np.minimum(*(np.abs(score[listed] - other) for other in near))
            moves.margin[members[listed]] = apart / MICRO


def tabulate_quota(
    moves: QuotaMoves | None,
    employee_ids: Sequence[str],
    scope: str,
    scope_ids: Sequence[str],
    labels: Sequence[str],
) -> pd.DataFrame:
    """List who would be moved or is tied, as :data:`calibrate.tables.QUOTA`."""
    if moves is None:
        return QUOTA.empty()
    at = np.flatnonzero(moves.share_moved > 0)
    listed = at.tolist()
    names = np.array(labels, dtype=object)
    return QUOTA.conform(
        pd.DataFrame(
            {
                "scope": scope,
                "scope_id": [str(scope_ids[i]) for i in listed],
                "employee_id": [employee_ids[i] for i in listed],
                "from_band": names[moves.from_band[at]],
                "to_band": names[moves.to_band[at]],
                "is_tied": moves.is_tied[at],
                "share_moved": moves.share_moved[at],
                "margin": moves.margin[at],
            }
        )
    )
