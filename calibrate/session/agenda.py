"""The timed agenda: who is worth the minutes, and who is safe to skip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.bands import BandTable
from calibrate.session.reasons import (
    BAND_DIFFERS,
    BAND_UNCERTAIN,
    Case,
    say_reasons,
    say_safe,
    say_waiting,
)
from calibrate.tables import AGENDA

FloatArray = npt.NDArray[np.float64]

#: Sources that lie further apart than this are a reason to talk: one step of a 1 to 5 scale.
SOURCES_DISAGREE = 25.0
#: A person is safe to skip if the band is this likely to stay.
SAFE = 0.85

#: Verdict on a score beside results → rule.
_AGAINST = {"higher": "above_results", "lower": "below_results"}


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
    against : (I,) higher, lower, in_line, not_told or empty
        Score against that of people who reached as much of their goals.
    is_unsupported : (I,)
        Rated high with nothing to stand on beside the marks.
    """

    employee_id: Sequence[str]
    session: Sequence[str]
    level: Sequence[str]
    link: Sequence[str]
    manager_points: FloatArray
    peer_points: FloatArray
    attainment: FloatArray
    severity_moves: FloatArray | None = None
    against: Sequence[str] | None = None
    is_unsupported: Sequence[bool] | None = None


def build_agenda(
    evidence: Evidence, bands: BandTable, *, minutes: float, minutes_per_person: float
) -> pd.DataFrame:
    r"""Order each session by what talking may change, within the minutes there are.

    .. math:: v_i = \sum_k P_i(k)\,|k - \mathrm{current}_i|

    Employees without probabilities are ordered by the number of rules that
    apply to them. Whoever has no reason, or no minutes left, gets 0 minutes.
    ``rules`` names the rules, joined by ``;``; ``reason`` says them in words.

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
        rules = _find_rules(evidence, bands, i)
        n_found = len(rules)
        if p_change > 1 - SAFE:
            rules.append(BAND_UNCERTAIN)
        rows.append(
            {
                "session": evidence.session[i], "employee_id": employee_id,
                "level": evidence.level[i], "rules": ";".join(rules),
                "reason": _say_why(rules, p_change, evidence, bands, i),
                "p_change": p_change, "is_open": bool(rules),
                "urgency": n_found / 10 if np.isnan(value[i]) else value[i],
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
    ranked.loc[waiting, "reason"] = ranked.loc[waiting, "reason"].map(say_waiting)
    ranked["order"] = np.where(is_seated, 0, np.where(waiting, 1, 2))
    ranked["grade"] = ranked["level"].where(is_seated, "")
    seated = ranked.sort_values(
        ["order", "grade", "urgency", "employee_id"], ascending=[True, True, False, True],
        kind="stable",
    )  # fmt: skip
    return seated.assign(position=np.arange(1, len(seated) + 1))


def _find_rules(evidence: Evidence, bands: BandTable, i: int) -> list[str]:
    """Rules that apply to a person, :data:`BAND_UNCERTAIN` apart."""
    if evidence.link[i] == "unrated":
        return ["nobody_marked"]
    rules = []
    if bands.suggested[i] != bands.current[i]:
        rules.append(BAND_DIFFERS)
    if evidence.link[i] in ("linked", "weak") and bands.adjusted[i] != bands.calibrated[i]:
        rules.append("thin_evidence")
    apart = evidence.manager_points[i] - evidence.peer_points[i]
    if abs(apart) >= SOURCES_DISAGREE:
        rules.append("manager_higher" if apart > 0 else "manager_lower")
    if evidence.link[i] == "unlinked":
        top = len(bands.labels) - 1
        if bands.current[i] in (0, top) and top > 0:
            rules.append("extreme")
        if evidence.severity_moves is not None and evidence.severity_moves[i] > 0:
            rules.append("depends_on_severity")
    return [*rules, *_find_evidence_rules(evidence, bands, i)]


def _find_evidence_rules(evidence: Evidence, bands: BandTable, i: int) -> list[str]:
    """Rules on results and evidence; where too few people can be compared, a simple one."""
    against = evidence.against[i] if evidence.against is not None else ""
    rules = [_AGAINST[against]] if against in _AGAINST else []
    is_simple = against in ("", "not_told") and evidence.link[i] == "unlinked"
    if is_simple and _is_against_goals(evidence.attainment[i], bands, i):
        rules.append("against_results")
    if evidence.is_unsupported is not None and evidence.is_unsupported[i]:
        rules.append("evidence_gap")
    return rules


def _is_against_goals(attainment: float, bands: BandTable, i: int) -> bool:
    """Is the band above the middle and the goals below half, or the other way round?"""
    middle = (len(bands.labels) - 1) / 2
    current = bands.current[i]
    return bool((current > middle and attainment < 0.5) or (current < middle and attainment >= 1))


def _say_why(
    rules: Sequence[str], p_change: float, evidence: Evidence, bands: BandTable, i: int
) -> str:
    current = int(bands.current[i])
    known = None if np.isnan(p_change) else float(p_change)
    if not rules:
        moves = evidence.severity_moves
        return say_safe(known, is_same_band=moves is not None and moves[i] == 0)
    case = Case(
        current=bands.labels[current],
        is_upper=current > (len(bands.labels) - 1) / 2,
        has_proposal=bool(bands.proposed[i] >= 0),
        is_adjusted=bool(bands.suggested[i] != bands.raw[i]),
        p_change=known,
    )
    return say_reasons(rules, case)
