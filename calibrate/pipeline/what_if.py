"""Who would be in another band if what sets a team apart were, in part or whole, its raters?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.bands import cut_bands
from calibrate.effects.what_if import take_out
from calibrate.pipeline.stages import Scored
from calibrate.pipeline.teams import Teams
from calibrate.tables import WHAT_IF

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
TextArray = npt.NDArray[np.object_]


def tabulate_what_if(scored: Scored, teams: Teams) -> pd.DataFrame:
    """One row a person and assumption, as :data:`calibrate.tables.WHAT_IF`.

    People whose severities cannot be told: the pooled difference of their manager's
    people. All others: the unit effect. In a small company, whose bands follow the
    raw score: the severity of the raters too.
    """
    people, bands = scored.effects.employees, scored.bands
    is_told = np.isin(people.link, ["linked", "weak"])
    markers = np.array([*teams.managers, ""], dtype=object)[teams.of]
    difference = np.append(teams.means.deviation, np.nan)[teams.of]
    units = np.array(scored.prepared.unit, dtype=object)
    follows_adjusted = (people.link == "linked") & (not bands.is_what_if)
    suggesting = np.where(follows_adjusted, people.adjusted, people.raw)
    blocks = [
        _build_rows(scored, "manager", people.link == "unlinked", people.raw, difference, markers)
    ]
    if any(term == "unit" for term, _, _ in scored.effects.variance):
        blocks.append(_build_rows(scored, "unit", is_told, suggesting, people.unit_effect, units))
    if bands.is_what_if:
        severity = people.raw - people.adjusted
        blocks.append(
            _build_rows(scored, "severity", is_told, people.raw, severity, np.full_like(units, ""))
        )
    return WHAT_IF.conform(pd.concat(blocks, ignore_index=True))


def count_moves(scored: Scored, what_if: pd.DataFrame) -> FloatArray:
    """(I,) bands between which a person may be if managers differ in severity; NaN: not told."""
    moves = what_if[what_if["kind"] == "manager"].set_index("employee_id")["moves"]
    known = moves.reindex(list(scored.prepared.employees.ids))
    return known.to_numpy(float, na_value=np.nan)


def _build_rows(
    scored: Scored, kind: str, chosen: npt.NDArray[np.bool_], score: FloatArray,
    part: FloatArray, of: TextArray,
) -> pd.DataFrame:  # fmt: skip
    rows = np.flatnonzero(chosen)
    scores = take_out(score[rows], part[rows])
    cuts = scored.prepared.cycle.bands.cuts_micro
    band = np.stack([cut_bands(scores[:, k], cuts) for k in range(3)], axis=1)
    moves = pd.array(np.ptp(band, axis=1), dtype="Int64")
    moves[(band < 0).any(axis=1)] = pd.NA
    names = scored.bands.names
    return pd.DataFrame(
        {
            "employee_id": [scored.prepared.employees.ids[i] for i in rows],
            "kind": kind,
            "of": of[rows],
            "part": part[rows],
            "score_0": scores[:, 0],
            "score_50": scores[:, 1],
            "score_100": scores[:, 2],
            "band_0": names(band[:, 0]),
            "band_50": names(band[:, 1]),
            "band_100": names(band[:, 2]),
            "moves": moves,
        }
    )
