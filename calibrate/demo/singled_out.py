"""People of whom something is known: goals and bands that part, thin evidence, odd rewards."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from calibrate.demo.catalogue import BANDS, STARTS_ON, Flags, Ints, day
from calibrate.demo.company import Company
from calibrate.demo.people_files import pick_id
from calibrate.demo.table_file import TableFile, text

#: Share of the people without reports who have no goal, and whose evidence is all recent.
_NO_GOALS, _RECENT = 0.02, 0.02
#: Share of the people rated who are paid like those at the other end.
_PAID = 0.01
#: People whose goals say something else than the proposed band.
_MISSED, _REACHED = 3, 2
#: Whoever meets a manager so often has two check-ins in the last third of the cycle.
_OFTEN = 30
#: The last third of the cycle begins on 31 October; nothing of these people is older.
RECENT_FROM: Final = date(2026, 11, 3)


@dataclass(frozen=True)
class SingledOut:
    """Whom it concerns, by index, in order; nobody stands in two of the first six.

    Parameters
    ----------
    proposed_high_goals_missed, proposed_low_goals_reached
        Goals say something else than the band.
    without_goals
    only_recent_evidence
        Check-ins and feedback from November on alone.
    paid_above_band, paid_below_band
        Merit and bonus of those at the other end.
    manager_without_checkins
        Nobody of the team has one.
    """

    proposed_high_goals_missed: Ints
    proposed_low_goals_reached: Ints
    without_goals: Ints
    only_recent_evidence: Ints
    paid_above_band: Ints
    paid_below_band: Ints
    manager_without_checkins: Ints

    @property
    def counts(self) -> dict[str, int]:
        return {one.name: len(getattr(self, one.name)) for one in fields(self)}


def single_out(
    rng: np.random.Generator, company: Company, band: Ints, cadence: Ints, never: int
) -> SingledOut:
    """Choose people; a small company gets as many as it has people for.

    Parameters
    ----------
    band : (I,) proposed, -1 for none
    cadence : (I,) days between check-ins of each manager
    never
        The cadence of those who hold none.
    """
    n, rated = len(company), company.is_rated
    top, low = BANDS.index("Exceeds"), BANDS.index("Developing")
    missed = np.flatnonzero(band >= top)[:_MISSED]
    reached = np.flatnonzero((band >= 0) & (band <= low))[:_REACHED]
    is_free = np.ones(n, dtype=bool)
    is_free[np.concatenate([missed, reached])] = False

    def choose(fitting: Flags, share: float, of: Flags) -> Ints:
        found = rng.permutation(np.flatnonzero(fitting & is_free))[: round(share * int(of.sum()))]
        is_free[found] = False
        return np.sort(found)

    staff = rated & (company.tree.span == 0)
    is_whole = (company.present_share == 1) & (company.hired < day(STARTS_ON))
    often = np.asarray(cadence[company.tree.manager] <= _OFTEN)
    middle = (band >= low) & (band < top)
    is_manager = company.tree.span > 0
    return SingledOut(
        proposed_high_goals_missed=missed,
        proposed_low_goals_reached=reached,
        without_goals=choose(staff, _NO_GOALS, staff),
        only_recent_evidence=choose(staff & is_whole & often, _RECENT, staff),
        paid_above_band=choose(rated & middle, _PAID, rated),
        paid_below_band=choose(rated & (band >= top), _PAID, rated),
        manager_without_checkins=np.flatnonzero(is_manager & (cadence >= never)),
    )


def flag(people: Ints, n: int) -> Flags:
    """(I,) flags of the people with these indices.

    Examples
    --------
    >>> flag(np.array([0, 2]), 3).tolist()
    [True, False, True]
    """
    flags = np.zeros(n, dtype=np.bool_)
    flags[people] = True
    return flags


def write_singled_out(path: Path, ids: Any, people: SingledOut) -> int:
    """Write who it is and what for, and return the number of rows."""
    names = [one.name for one in fields(people)]
    parts = [getattr(people, name) for name in names]
    whom = np.concatenate(parts).astype(np.int64)
    what = np.repeat(np.arange(len(names)), [len(part) for part in parts])
    order = np.lexsort((whom, what))
    with TableFile(path) as table:
        table.write({"employee_id": pick_id(ids, whom[order]), "planted": text(names, what[order])})
        return table.n_rows
