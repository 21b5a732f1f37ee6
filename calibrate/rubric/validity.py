"""From when to when something is in force, and what a weight is worth over a cycle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Protocol

ONE_DAY = timedelta(days=1)


class Dated(Protocol):
    """Something with a weight that may begin and end; both days belong to it."""

    @property
    def weight(self) -> int: ...

    @property
    def valid_from(self) -> date | None: ...

    @property
    def valid_to(self) -> date | None: ...


@dataclass(frozen=True)
class Stretch:
    """Days on which nothing begins or ends; ``None`` is open.

    Parameters
    ----------
    first, last
        Both days belong to it.
    total
        Sum of the weights in force.
    n_in_force
        How many things are in force.
    """

    first: date | None
    last: date | None
    total: int
    n_in_force: int


def is_in_force(thing: Dated, day: date) -> bool:
    """Tell whether something is in force on a day.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> half = SimpleNamespace(weight=1, valid_from=None, valid_to=date(2026, 9, 30))
    >>> is_in_force(half, date(2026, 9, 30)), is_in_force(half, date(2026, 10, 1))
    (True, False)
    """
    starts, ends = thing.valid_from, thing.valid_to
    return (starts is None or starts <= day) and (ends is None or day <= ends)


def list_stretches(things: Sequence[Dated]) -> list[Stretch]:
    """Cut time wherever something begins or ends, and sum the weights in each stretch.

    The first and the last stretch are open. Where a weight ends before it begins,
    it is in force on no day.

    Parameters
    ----------
    things : (O,)

    Returns
    -------
    In the order of time; one open stretch where nothing has a date.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> old = SimpleNamespace(weight=40, valid_from=None, valid_to=date(2026, 9, 30))
    >>> new = SimpleNamespace(weight=20, valid_from=date(2026, 10, 1), valid_to=None)
    >>> [(s.total, s.n_in_force) for s in list_stretches([old, new])]
    [(40, 1), (20, 1)]
    """
    starts = {thing.valid_from for thing in things if thing.valid_from is not None}
    lasts = {thing.valid_to for thing in things if thing.valid_to is not None}
    ends = {day + ONE_DAY for day in lasts if day < date.max}
    cuts: list[date | None] = [None, *sorted(starts | ends), None]
    stretches = []
    for first, after in pairwise(cuts):
        last = None if after is None else after - ONE_DAY
        day = first or last or date.min
        in_force = [thing.weight for thing in things if is_in_force(thing, day)]
        stretches.append(Stretch(first, last, sum(in_force), len(in_force)))
    return stretches


def find_uneven(things: Sequence[Dated]) -> Iterator[Stretch]:
    """Find each stretch whose weights do not sum to 100.

    Days before the first thing and after the last one are nobody's business; a gap
    between them is a stretch that sums to 0.
    """
    stretches = list_stretches(things)
    used = [at for at, stretch in enumerate(stretches) if stretch.n_in_force]
    if used:
        yield from (s for s in stretches[used[0] : used[-1] + 1] if s.total != 100)


def weigh_days(thing: Dated, starts_on: date, ends_on: date) -> Fraction:
    r"""Weigh something by the days on which it is in force.

    .. math:: v = \text{weight} \cdot \frac{\text{days in force within the cycle}}{
        \text{days of the cycle}}

    Parameters
    ----------
    thing
        Weight in percent.
    starts_on, ends_on
        First and last day of the cycle; both count.

    Returns
    -------
    percent, exact

    Examples
    --------
    92 of the 184 days from July to December:

    >>> from types import SimpleNamespace
    >>> late = SimpleNamespace(weight=40, valid_from=date(2026, 10, 1), valid_to=None)
    >>> weigh_days(late, date(2026, 7, 1), date(2026, 12, 31))
    Fraction(20, 1)
    """
    first = max(thing.valid_from or starts_on, starts_on)
    last = min(thing.valid_to or ends_on, ends_on)
    n_days = max((last - first).days + 1, 0)
    return Fraction(thing.weight * n_days, (ends_on - starts_on).days + 1)


def say_days(first: date | None, last: date | None) -> str:
    """Name a stretch of days.

    Examples
    --------
    >>> say_days(None, date(2026, 9, 30))
    'until 2026-09-30'
    """
    if first is None:
        return f"until {last}" if last is not None else "on all days"
    return f"from {first}" if last is None else f"from {first} to {last}"
