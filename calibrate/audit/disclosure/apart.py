"""Counts of a table that hides no further group, only itself: may it stand there?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from calibrate.audit.disclosure.attack import Attack
from calibrate.audit.disclosure.layers import Margins
from calibrate.audit.disclosure.plan import MOST_VARIABLES
from calibrate.audit.groups import Grouping

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def gives_away(
    grouping: Grouping, group: IntArray, place: IntArray, hidden: BoolArray, min_cell: int
) -> bool:
    """Tell whether the shown groups and the total tell the people of a hidden one.

    The same program as for the bands of a stage: a hidden group is given away
    if its people, or those counted, follow exactly, or if it cannot have
    ``min_cell`` people for all that is shown.

    Parameters
    ----------
    grouping
        One attribute.
    group : (P,) codes
        Of the people in the table.
    place : (P,)
        What each of them is counted as, from 0.
    hidden : (G,)
        Groups that show nothing.
    min_cell
        Least people of a group that is shown.

    Examples
    --------
    Of 12 people whom somebody was told of, 11 stand in the group that is shown:

    >>> pair = Grouping("g", ("a", "b"), np.ones(2, bool), 0, "a", (0,), (2,), np.arange(2))
    >>> group, is_hidden = np.repeat([0, 1], [11, 1]), np.array([False, True])
    >>> gives_away(pair, group, np.zeros(12, np.int64), is_hidden, 3)
    True
    """
    if not hidden.any() or not len(group):
        return False
    size, n_places = len(grouping.labels), int(place.max()) + 1
    if size * n_places > MOST_VARIABLES:
        return True
    counts = np.bincount(group * n_places + place, minlength=size * n_places)
    margins = Margins(
        (grouping,), tuple((grouping.attribute, label) for label in grouping.labels),
        np.eye(size, dtype=np.bool_), ("apart",), np.zeros(n_places, np.int64),
        counts.reshape(size, n_places).astype(np.float64),
        np.arange(size) == grouping.reference, ~grouping.is_known,
    )  # fmt: skip
    attack = Attack(margins, np.full((size, 1), -np.inf), np.full((size, 1), np.inf))
    reach = min(min_cell, len(group))
    for unit in np.flatnonzero(hidden).tolist():
        found = attack.bound(unit, hidden)
        is_exact = (found.slot_low == found.slot_high) & (found.slot_low > 0)
        if found.high[0] <= found.low[0] or found.high[0] < reach or is_exact.any():
            return True
    return False
