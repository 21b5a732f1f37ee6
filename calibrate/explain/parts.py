"""Figures that add up to the printed digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from calibrate.report.words import Display, sign_number, write_number


@dataclass(frozen=True)
class Scale:
    """The display scale, counted in whole units of its last printed digit.

    Parameters
    ----------
    display
        The scale people know.
    decimals
        Printed digits after the point.

    Examples
    --------
    >>> scale = Scale(Display(1, 5), 2)
    >>> scale.count(62.5), scale.show(350), scale.show_change(-7)
    (350, '3.50', '−0.07')
    """

    display: Display
    decimals: int

    def count(self, points: float) -> int:
        """A score in units of the last digit, rounded as every packet rounds it."""
        return _to_units(self.display.value(points), self.decimals)

    def count_change(self, points: float) -> int:
        """A difference between scores in the same units."""
        return _to_units(self.stretch(points), self.decimals)

    def stretch(self, points: float) -> float:
        """A difference between scores on the display scale."""
        return (self.display.highest - self.display.lowest) * points / 100

    def show(self, units: int) -> str:
        return write_number(units / 10**self.decimals, self.decimals)

    def show_change(self, units: int) -> str:
        return sign_number(units / 10**self.decimals, self.decimals)

    def in_units(self, value: float) -> float:
        """A figure of the display scale in units, not rounded."""
        return value * 10.0**self.decimals


def _to_units(value: float, decimals: int) -> int:
    return int(f"{value:.{decimals}f}".replace(".", ""))


def share_out(parts: Sequence[float], total: int) -> list[int]:
    """Round parts to whole units that add up to ``total``: the largest remainders go up.

    Parameters
    ----------
    parts
        Units, not rounded; their sum is ``total`` but for rounding.

    Returns
    -------
    list of units, each within one of its part

    Examples
    --------
    >>> share_out([33.4, 33.3, 33.3], 100)
    [34, 33, 33]
    >>> share_out([-0.6, -0.6], -1)
    [0, -1]
    """
    rounded = [floor(part) for part in parts]
    left = total - sum(rounded)
    order = sorted(range(len(parts)), key=lambda at: (rounded[at] - parts[at], at))
    way = 1 if left > 0 else -1
    for at in (order if left > 0 else order[::-1])[: abs(left)]:
        rounded[at] += way
    return rounded
