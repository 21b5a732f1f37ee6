"""The timed agenda: who is worth the minutes, and who is safe to skip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.bands import BandTable
from calibrate.tables import AGENDA

FloatArray = npt.NDArray[np.float64]

#: Sources that lie further apart than this are a reason to talk: one step of a 1 to 5 scale.
SOURCES_DISAGREE = 25.0
#: A person is safe to skip if the band is this likely to stay.
SAFE = 0.85
#: Rule of a person whose band may well be another one; all others stand in :func:`_find_reasons`.
BAND_UNCERTAIN = "band_uncertain"


@dataclass(frozen=True)
class Evidence:
    """What the agenda may look at, one entry per employee; no attribute is among it.

    Parameters
    ----------
    employee_id, session, level, link : (I,) text
    manager_points, peer_points : (I,) points, NaN where that source is missing
    attainment : (I,) share of the person's goals reached, NaN without goals
    severity_moves : (I,) bands, NaN where it cannot be told
        Between how many bands an unlinked person may be if what sets the manager's
        people apart is severity, in part or whole.
    """

    employee_id: Sequence[str]
    session: Sequence[str]
    level: Sequence[str]
    link: Sequence[str]
    manager_points: FloatArray
    peer_points: FloatArray
    attainment: FloatArray
    severity_moves: FloatArray | None = None


def build_agenda(
    evidence: Evidence, bands: BandTable, *, minutes: float, minutes_per_person: float
) -> pd.DataFrame:
    r"""Order each session by what talking may change, within the minutes there are.

    .. math:: v_i = \sum_k P_i(k)\,|k - \mathrm{current}_i|

    Employees without probabilities are ordered by the number of rules that
    apply to them. Whoever has no reason, or no minutes left, gets 0 minutes.
    ``rules`` names the rules behind the words of ``reason``, joined by ``;``.

    Returns
    -------
    frame as :data:`calibrate.tables.AGENDA`
        Discussed people first, level by level; then those who can be skipped.
    """
    steps = np.abs(np.arange(len(bands.labels))[None, :] - bands.current[:, None])
    value = (bands.probabilities * steps).sum(axis=1)
    rows = []
    for i, employee_id in enumerate(evidence.employee_id):
        if bands.current[i] < 0:
            continue
        p_change = 1 - bands.probabilities[i, bands.current[i]]
        found = _find_reasons(evidence, bands, i)
        is_uncertain = p_change > 1 - SAFE
        rows.append(
            {
                "session": evidence.session[i], "employee_id": employee_id,
                "level": evidence.level[i],
                "rules": ";".join([*found, *[BAND_UNCERTAIN] * bool(is_uncertain)]),
                "reason": "; ".join(found.values()) or _say_why_open_or_safe(evidence, p_change, i),
                "p_change": p_change, "is_open": bool(found) or is_uncertain,
                "urgency": len(found) / 10 if np.isnan(value[i]) else value[i],
            }
        )  # fmt: skip
    if not rows:
        return AGENDA.empty()
    frame = pd.DataFrame(rows)
    places = int(minutes // minutes_per_person)
    return pd.concat(
        [_seat(people, places, minutes_per_person) for _, people in frame.groupby("session")]
    ).pipe(lambda agenda: AGENDA.conform(agenda[AGENDA.names]))


def _seat(people: pd.DataFrame, places: int, minutes_per_person: float) -> pd.DataFrame:
    ranked = people.sort_values(
        ["is_open", "urgency", "employee_id"], ascending=[False, False, True], kind="stable"
    ).reset_index(drop=True)
    is_seated = ranked["is_open"] & (ranked.index < places)
    ranked["minutes"] = np.where(is_seated, minutes_per_person, 0.0)
    waiting = ranked["is_open"] & ~is_seated
    ranked.loc[waiting, "reason"] = "if time is left: " + ranked.loc[waiting, "reason"]
    ranked["order"] = np.where(is_seated, 0, np.where(waiting, 1, 2))
    ranked["grade"] = ranked["level"].where(is_seated, "")
    seated = ranked.sort_values(
        ["order", "grade", "urgency", "employee_id"], ascending=[True, True, False, True],
        kind="stable",
    )  # fmt: skip
    return seated.assign(position=np.arange(1, len(seated) + 1))


def _find_reasons(evidence: Evidence, bands: BandTable, i: int) -> dict[str, str]:
    """Rules that apply to a person, each with its words."""
    if evidence.link[i] == "unrated":
        return {"nobody_marked": "a band is proposed and nobody marked this person"}
    reasons = {}
    label = bands.labels
    if bands.suggested[i] != bands.current[i]:
        given = "proposed band" if bands.proposed[i] >= 0 else "band of the raw marks"
        marks = "marks" if bands.suggested[i] == bands.raw[i] else "marks adjusted for severity"
        reasons["band_differs"] = f"the {given} differs from what the {marks} say"
    if evidence.link[i] in ("linked", "weak") and bands.adjusted[i] != bands.calibrated[i]:
        reasons["thin_evidence"] = "thin evidence: few or uncertain forms"
    apart = evidence.manager_points[i] - evidence.peer_points[i]
    if abs(apart) >= SOURCES_DISAGREE:
        way = "higher" if apart > 0 else "lower"
        reasons["sources_disagree"] = f"the manager marks {way} than peers do"
    if evidence.link[i] == "unlinked":
        top = len(label) - 1
        if bands.current[i] in (0, top) and top > 0:
            reasons["extreme"] = f"at the end of the scale: {label[bands.current[i]]}"
        if evidence.severity_moves is not None and evidence.severity_moves[i] > 0:
            reasons["depends_on_severity"] = "another band if managers differ in severity"
        against = _compare_with_goals(evidence.attainment[i], bands, i)
        if against:
            reasons["against_results"] = against
    return reasons


def _compare_with_goals(attainment: float, bands: BandTable, i: int) -> str:
    middle = (len(bands.labels) - 1) / 2
    if bands.current[i] > middle and attainment < 0.5:
        return "rated above the middle, goals below half"
    if bands.current[i] < middle and attainment >= 1:
        return "rated below the middle, goals reached"
    return ""


def _say_why_open_or_safe(evidence: Evidence, p_change: float, i: int) -> str:
    if np.isnan(p_change):
        if evidence.severity_moves is not None and evidence.severity_moves[i] == 0:
            return "safe to skip: same band, whether or not managers differ in severity"
        return "nothing stands out; the adjustment could not be told"
    if p_change > 1 - SAFE:
        return f"close to a cut: about {p_change:.0%} for another band"
    return f"safe to skip: about {1 - p_change:.0%} for this band"
