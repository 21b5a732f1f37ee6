"""Views that were handed on before: what they showed, and of whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from calibrate.audit.disclosure.layers import PEOPLE, Layer, Margins

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class EarlierView:
    """One view that may be in other hands.

    Parameters
    ----------
    run
        Name of its folder.
    shown
        (layer, attribute, group) to people, for each row that had figures.
    hidden
        (attribute, group) of rows that had none in any table.
    blocks
        (table, stage, attribute) that had no figure of any group.
    members
        Layer to the ids of the people counted in it.
    groups
        Attribute to its groups, shown or not.
    """

    run: str
    shown: Mapping[tuple[str, str, str], int]
    hidden: frozenset[tuple[str, str]]
    blocks: frozenset[tuple[str, str, str]]
    members: Mapping[str, frozenset[str]]
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def is_near(self, employee_ids: Sequence[str], min_cell: int) -> bool:
        """Tell whether so few came or left that both views together show them.

        Examples
        --------
        >>> view = EarlierView("r", {}, frozenset(), frozenset(), {"people": frozenset("abc")})
        >>> view.is_near(list("bcd"), 3), view.is_near(list("bcd"), 2)
        (True, False)
        """
        return len(self.members[PEOPLE] ^ frozenset(employee_ids)) < max(1, min_cell)


def bound_by_earlier(
    views: Sequence[EarlierView],
    margins: Margins,
    layers: Sequence[Layer],
    employee_ids: Sequence[str],
) -> tuple[FloatArray, FloatArray]:
    r"""Ends of each unit's count that follow from the views before.

    .. math:: n'_u - L \;\le\; n_u \;\le\; n'_u + J

    Parameters
    ----------
    views
        n' people of unit u, if that view shows it.
    layers
        In the order of ``margins.layers``; J people are in the layer now and
        were not then, L the other way.

    Returns
    -------
    two (U, L) arrays, people; infinite where no view says anything
    """
    shape = (len(margins.labels), len(margins.layers))
    low, high = np.full(shape, -np.inf), np.full(shape, np.inf)
    ids = np.array(employee_ids, dtype=object)
    for at, layer in enumerate(layers):
        now = frozenset(ids[layer.place >= 0].tolist()) if views else frozenset()
        for view in views:
            then = view.members.get(layer.name, frozenset())
            came, left = len(now - then), len(then - now)
            for unit, (attribute, group) in enumerate(margins.labels):
                n = view.shown.get((layer.name, attribute, group))
                if n is not None:
                    low[unit, at] = max(low[unit, at], n - left)
                    high[unit, at] = min(high[unit, at], n + came)
    return low, high
