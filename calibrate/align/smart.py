"""How well goals are put: rules with reasons, never a score."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.language import N_, _
from calibrate.tables import GOAL_CHECKS

FloatArray = npt.NDArray[np.float64]
FlagArray = npt.NDArray[np.bool_]

RULES = (
    "specific", "measurable", "achievable", "relevant", "time_bound", "owned", "current",
    "evidenced",
)  # fmt: skip
#: A title of fewer words says that something is to be done, not what.
FEWEST_WORDS = 3
#: Fewer other goals of the same unit and outcome say nothing of what can be reached.
FEWEST_PEERS = 5
#: No more than one in ten of the others got further.
USUAL = 0.9
#: A goal nobody looked at for so long before the cycle ended is stale.
STALE_DAYS = 90

#: Words that say nothing of what changes, in the languages of the packets.
_EMPTY = """
a all an and at be best better continue do even everything focus further general generally
good great harder help improve improvement improvements in increase keep more my of on our
overall performance quality some support team the things to try up various well with work
alle alles allgemein am arbeit besser bessere beste das dem den der die dinge ein eine
einiges gut gute im leistung mehr mein mit optimieren qualität sachen sich steigern um und
unser unterstützen verbessern verbesserung verschiedenes weiter weitermachen zu
"""
EMPTY_WORDS = frozenset(_EMPTY.split())
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d")

_REASONS = {
    "specific": N_("the title does not say what will be different; name it and its object"),
    "measurable": N_("no unit or no target; say by what it will be seen"),
    "measurable_objective": N_("an objective without key results; say by what it will be seen"),
    "achievable": N_(
        "ambitious, say how: 9 in 10 other goals in this unit of measure and for this outcome "
        "did not get as far"
    ),
    "relevant": N_("it reaches no outcome of the strategy that was in force with it"),
    "time_bound": N_("no day is named on which it is due"),
    "time_bound_outside": N_("it is due outside the cycle"),
    "owned": N_("nobody is named who answers for it"),
    "current": N_("nobody looked at it in the last {days} days of the cycle"),
    "current_open": N_("its day has passed and no result is entered"),
    "evidenced": N_("reached, and nothing is named where it can be seen"),
    "no_column": N_("the goals file has no column {column}"),
    "few_peers": N_(
        "fewer than {n} other goals in this unit of measure and for this outcome have a result"
    ),
    "no_strategy": N_("the cycle names no strategy"),
    "no_days": N_("the cycle does not say its first and last day"),
    "by_parts": N_("an objective is as ambitious as its key results"),
    "no_way": N_("no baseline or no target"),
    "not_reached": N_("asked only of goals that were reached"),
}


@dataclass(frozen=True)
class Setting:
    """What the rules need beside the goals.

    Parameters
    ----------
    declared
        Columns the goals file has: a rule whose column is not there cannot be told.
    days
        First and last day of the cycle; None where it has none.
    has_strategy
        Are there outcomes that goals can reach?
    owners
        Outcome → who answers for it.
    """

    declared: Collection[str]
    days: tuple[date, date] | None
    has_strategy: bool
    owners: Mapping[str, str]


@dataclass(frozen=True)
class Judged:
    """One rule over G goals: does it hold, can it be told, and why not."""

    holds: FlagArray
    is_told: FlagArray
    reason: npt.NDArray[np.object_]


def check_goals(goals: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    """Hold each goal against each rule.

    Parameters
    ----------
    goals
        Each goal once: goal_id, title, goal_type, employee_id, department, owner, unit,
        baseline, target, actual, due_on, updated_on, evidence, attainment, reached (outcome),
        has_parts (of an objective: are there key results?).

    Returns
    -------
    frame as :data:`calibrate.tables.GOAL_CHECKS`
        ``passed`` is empty where a rule cannot be told; ``reason`` then says why.
    """
    if not len(goals):
        return GOAL_CHECKS.empty()
    judges = {
        "specific": _judge_specific(goals),
        "measurable": _judge_measurable(goals, setting),
        "achievable": _judge_achievable(goals, setting),
        "relevant": _judge_relevant(goals, setting),
        "time_bound": _judge_time(goals, setting),
        "owned": _judge_owned(goals, setting),
        "current": _judge_current(goals, setting),
        "evidenced": _judge_evidence(goals, setting),
    }
    blocks = []
    for rule, judged in judges.items():
        passed = pd.array(judged.holds, dtype="boolean")
        passed[~judged.is_told] = pd.NA
        reason = np.where(judged.holds & judged.is_told, "", judged.reason)
        blocks.append(
            pd.DataFrame(
                {"goal_id": goals["goal_id"].to_numpy(), "rule": rule, "passed": passed,
                 "reason": reason}
            )
        )  # fmt: skip
    return GOAL_CHECKS.conform(pd.concat(blocks, ignore_index=True))


def is_specific(title: str) -> bool:
    """Tell whether a title says what changes: three words, and one that is not an empty one.

    Examples
    --------
    >>> is_specific("Improve things"), is_specific("Improve the quality of our work")
    (False, False)
    >>> is_specific("Answer within 4 hours"), is_specific("Kündigungen unter 5 % halten")
    (True, True)
    """
    words = [word.casefold() for word in _WORD.findall(title)]
    has_content = any(word not in EMPTY_WORDS for word in words)
    n_words = len(words) + bool(_NUMBER.search(title))
    return n_words >= FEWEST_WORDS and (has_content or bool(_NUMBER.search(title)))


def find_usual_reach(reached: FloatArray, group: npt.NDArray[np.int64]) -> FloatArray:
    r"""How far 9 in 10 of the other goals of the group got: for each goal without itself.

    .. math:: q_i = \min\{x : \#\{j \ne i : x_j \le x\} \ge 0.9\,(n - 1)\}

    Parameters
    ----------
    reached : (G,) ways covered, in the unit of the group; NaN has no result
    group : (G,) codes, -1 for none

    Returns
    -------
    (G,) in the unit of the group; NaN with fewer than 5 others

    Examples
    --------
    >>> find_usual_reach(np.arange(1.0, 7.0), np.zeros(6, int)).tolist()
    [6.0, 6.0, 6.0, 6.0, 6.0, 5.0]
    """
    usual = np.full(len(reached), np.nan)
    chosen = np.flatnonzero(group >= 0)
    for members in np.split(
        chosen[np.argsort(group[chosen], kind="stable")],
        np.flatnonzero(np.diff(np.sort(group[chosen], kind="stable"))) + 1,
    ):
        known = members[np.isfinite(reached[members])]
        ordered = np.sort(reached[known])
        n = len(ordered)
        # A goal with a result stands among the ordered; it is stepped over.
        for part, others in ((known, n - 1), (members[~np.isfinite(reached[members])], n)):
            if others < FEWEST_PEERS or not len(part):
                continue
            at = int(np.ceil(USUAL * others - 1e-9)) - 1
            place = np.searchsorted(ordered, reached[part]) if others < n else np.full(len(part), n)
            usual[part] = ordered[np.where(place <= at, at + 1, at)]
    return usual


def _all(goals: pd.DataFrame) -> FlagArray:
    return np.ones(len(goals), bool)


def _say(goals: pd.DataFrame, reason: str) -> npt.NDArray[np.object_]:
    return np.full(len(goals), reason, dtype=object)


def _judge_specific(goals: pd.DataFrame) -> Judged:
    known: dict[str, bool] = {title: is_specific(title) for title in goals["title"].unique()}
    holds = goals["title"].map(known).to_numpy(bool)
    return Judged(holds, _all(goals), _say(goals, _(_REASONS["specific"])))


def _judge_measurable(goals: pd.DataFrame, setting: Setting) -> Judged:
    is_objective = (goals["goal_type"] == "objective").to_numpy(bool)
    has_figures = (goals["unit"] != "").to_numpy(bool) & goals["target"].notna().to_numpy(bool)
    has_parts = is_objective & goals["has_parts"].to_numpy(bool)
    missing = _find_missing(setting, "unit", "target")
    is_told = has_parts | np.full(len(goals), not missing)
    reason = np.where(is_objective, _(_REASONS["measurable_objective"]), _(_REASONS["measurable"]))
    if missing:
        reason = _say(goals, _(_REASONS["no_column"], column=missing))
    return Judged(has_parts | has_figures, is_told, reason.astype(object))


def _judge_achievable(goals: pd.DataFrame, setting: Setting) -> Judged:
    baseline, target, actual = (
        goals[name].to_numpy(float, na_value=np.nan) for name in ("baseline", "target", "actual")
    )
    # A way is counted towards the goal's own target: to fall back is to get nowhere.
    way = np.abs(target - baseline)
    covered = np.maximum(np.sign(target - baseline) * (actual - baseline), 0.0)
    group = goals.groupby(["unit", "reached"], sort=False).ngroup().to_numpy().astype(np.int64)
    group = np.where((goals["unit"] != "").to_numpy(bool), group, np.int64(-1))
    usual = find_usual_reach(covered, group)
    is_told = np.isfinite(usual) & np.isfinite(way)
    has_parts = goals["has_parts"].to_numpy(bool)
    reason = np.select(
        [is_told, has_parts, ~np.isfinite(way)],
        [_(_REASONS["achievable"]), _(_REASONS["by_parts"]), _(_REASONS["no_way"])],
        _(_REASONS["few_peers"], n=FEWEST_PEERS),
    )
    missing = _find_missing(setting, "unit", "baseline", "target", "actual")
    if missing:
        reason = _say(goals, _(_REASONS["no_column"], column=missing))
    return Judged(is_told & (way <= usual + 1e-9), is_told, reason.astype(object))


def _find_missing(setting: Setting, *columns: str) -> str:
    """The first of the columns that the goals file does not have; "" if it has all."""
    return next((column for column in columns if column not in setting.declared), "")


def _judge_relevant(goals: pd.DataFrame, setting: Setting) -> Judged:
    told = np.full(len(goals), setting.has_strategy)
    said = _(_REASONS["relevant" if setting.has_strategy else "no_strategy"])
    return Judged((goals["reached"] != "").to_numpy(bool), told, _say(goals, said))


def _judge_time(goals: pd.DataFrame, setting: Setting) -> Judged:
    if "due_on" not in setting.declared:
        said = _(_REASONS["no_column"], column="due_on")
        return Judged(~_all(goals), ~_all(goals), _say(goals, said))
    due = goals["due_on"]
    is_given = (due != "").to_numpy(bool)
    inside = is_given
    if setting.days is not None:
        first, last = (day.isoformat() for day in setting.days)
        inside = is_given & ((due >= first) & (due <= last)).to_numpy(bool)
    reason = np.where(is_given, _(_REASONS["time_bound_outside"]), _(_REASONS["time_bound"]))
    return Judged(inside, _all(goals), reason.astype(object))


def _judge_owned(goals: pd.DataFrame, setting: Setting) -> Judged:
    named = [(goals[name] != "").to_numpy(bool) for name in ("employee_id", "department", "owner")]
    answered = {outcome for outcome, owner in setting.owners.items() if owner}
    answers = goals["reached"].isin(answered)
    is_part = (goals["goal_type"] == "key_result").to_numpy(bool)
    holds = np.logical_or.reduce([*named, answers.to_numpy(bool), is_part])
    return Judged(holds, _all(goals), _say(goals, _(_REASONS["owned"])))


def _judge_current(goals: pd.DataFrame, setting: Setting) -> Judged:
    if setting.days is None:
        return Judged(~_all(goals), ~_all(goals), _say(goals, _(_REASONS["no_days"])))
    last = setting.days[1]
    since = (last - timedelta(days=STALE_DAYS)).isoformat()
    by_parts = goals["has_parts"] & goals["attainment"].notna()
    has_result = (goals["actual"].notna() | by_parts).to_numpy(bool)
    is_due = ((goals["due_on"] != "") & (goals["due_on"] <= last.isoformat())).to_numpy(bool)
    is_open = is_due & ~has_result & ("actual" in setting.declared)
    has_updates = "updated_on" in setting.declared
    seen = (goals["updated_on"] >= since).to_numpy(bool) if has_updates else _all(goals)
    is_told = np.full(len(goals), has_updates) | is_open
    reason = np.where(
        is_open, _(_REASONS["current_open"]),
        _(_REASONS["current"], days=STALE_DAYS) if has_updates
        else _(_REASONS["no_column"], column="updated_on"),
    )  # fmt: skip
    return Judged(seen & ~is_open, is_told, reason.astype(object))


def _judge_evidence(goals: pd.DataFrame, setting: Setting) -> Judged:
    if "evidence" not in setting.declared:
        said = _(_REASONS["no_column"], column="evidence")
        return Judged(~_all(goals), ~_all(goals), _say(goals, said))
    reached = (goals["attainment"] >= 1 - 1e-9).fillna(False).to_numpy(bool)
    given = (goals["evidence"] != "").to_numpy(bool)
    reason = np.where(reached, _(_REASONS["evidenced"]), _(_REASONS["not_reached"]))
    return Judged(given, reached, reason.astype(object))
