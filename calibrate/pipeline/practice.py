"""Check-ins, feedback, rewards and impact, as the tables of the contract."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.align.activity import (
    Practice,
    Presence,
    find_away,
    follow_checkins,
    tabulate_activity,
    tabulate_participation,
)
from calibrate.align.rewards import PERCENTS, find_outliers, link_rewards
from calibrate.ingest import RecordTable
from calibrate.pipeline.decided_bands import choose_bands
from calibrate.pipeline.impact import tabulate_impact
from calibrate.pipeline.practice_arrays import RECOGNITION
from calibrate.pipeline.presence import find_present_shares
from calibrate.pipeline.stages import Prepared, Scored, encode_managers
from calibrate.tables import ACTIVITY, PARTICIPATION, REWARD_LINKS, REWARD_OUTLIERS

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
FlagArray = npt.NDArray[np.bool_]

#: Table → the column that says when.
_DAYS = {"checkins": "held_on", "feedback": "given_on"}
_FAR = {"first": "1900-01-01", "last": "2200-01-01"}
_YES = frozenset({"yes", "true", "TRUE"})
_PARTS = ("level", "department", "location", "work_mode")


def tabulate_practice(
    scored: Scored, tables: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Tables on check-ins, rewards and impact; ``tables`` holds goals and cascade."""
    practice = gather_practice(scored.prepared)
    manager = find_line_managers(scored.prepared)
    has_records = practice.talks is not None or practice.has_feedback is not None
    links, outliers = _tabulate_rewards(scored)
    return {
        "activity": _tabulate_teams(scored.prepared, practice, manager)
        if has_records and len(manager[0]) else ACTIVITY.empty(),
        "participation": _tabulate_parts(scored.prepared, practice, manager)
        if has_records else PARTICIPATION.empty(),
        "reward_links": links,
        "reward_outliers": outliers,
        "impact": tabulate_impact(scored, practice, tables),
    }  # fmt: skip


def gather_practice(prepared: Prepared) -> Practice:
    """Who was there when, and what check-ins and feedback say of each while there."""
    employees, records = prepared.employees, prepared.records
    n_people = len(employees.ids)
    days = {name: _list_days(records.get(name), column) for name, column in _DAYS.items()}
    who = {name: _list_people(prepared, name) for name in _DAYS}
    presence = _find_presence(prepared, np.concatenate([*days.values()]))
    talks = None
    if "checkins" in records:
        talks = follow_checkins(who["checkins"], days["checkins"], presence)
    has_feedback = is_recognised = None
    feedback = records.get("feedback")
    if feedback is not None:
        person = who["feedback"]
        is_then = presence.covers(person, days["feedback"])
        has_feedback = np.bincount(person[is_then], minlength=n_people) > 0
        if "kind" in feedback.declared:
            is_then &= feedback.frame["kind"].isin(RECOGNITION).to_numpy(bool)
            is_recognised = np.bincount(person[is_then], minlength=n_people) > 0
    return Practice(
        presence, talks, has_feedback, is_recognised, prepared.cycle.cadence.checkin_days
    )


def _list_days(records: RecordTable | None, column: str) -> IntArray:
    if records is None or not len(records):
        return np.zeros(0, np.int64)
    return _to_days(records.frame[column].to_numpy(dtype=object))


def _list_people(prepared: Prepared, table: str) -> IntArray:
    records = prepared.records.get(table)
    if records is None:
        return np.zeros(0, np.int64)
    return prepared.employees.codes.encode(records.frame["employee_id"])


def _to_days(texts: npt.NDArray[np.object_]) -> IntArray:
    return texts.astype("datetime64[D]").astype(np.int64)


def _find_presence(prepared: Prepared, days: IntArray) -> Presence:
    """Days inside the cycle; where it has none, from the first to the last thing on record."""
    cycle, employees = prepared.cycle, prepared.employees
    first, last = (int(days.min()), int(days.max())) if len(days) else (0, -1)
    if cycle.starts_on is not None:
        first = int(np.datetime64(cycle.starts_on, "D").astype(np.int64))
    if cycle.ends_on is not None:
        last = int(np.datetime64(cycle.ends_on, "D").astype(np.int64))
    hired, left = (
        _to_days(np.array([text or blank for text in employees.column(name)], dtype=object))
        for name, blank in (("hired_on", _FAR["first"]), ("left_on", _FAR["last"]))
    )
    came, went = np.maximum(hired, first), np.minimum(left, last)
    stated = find_present_shares(prepared)
    share = np.array([stated.get(name, 1.0) for name in employees.ids], np.float64)
    return Presence(came, went, find_away(came, went, share, last - first + 1))


def find_line_managers(prepared: Prepared) -> tuple[tuple[str, ...], IntArray]:
    """Ids of line managers and the code of each person's; -1 for nobody."""
    codes = encode_managers(prepared.employees)
    if codes is None:
        return (), np.full(len(prepared.employees.ids), -1, np.int64)
    names = sorted({str(name) for name in prepared.employees.column("manager_id") if name})
    return tuple(names), codes


def _tabulate_teams(
    prepared: Prepared, practice: Practice, manager: tuple[tuple[str, ...], IntArray]
) -> pd.DataFrame:
    names, codes = manager
    return tabulate_activity(practice, codes, names, _list_levels(prepared, names))


def _list_levels(prepared: Prepared, names: tuple[str, ...]) -> tuple[str, ...]:
    """Level of each manager; "" for one who is not among the employees."""
    employees = prepared.employees
    known = dict(zip(employees.ids, employees.column("level"), strict=True))
    return tuple(str(known.get(name, "")) for name in names)


def _tabulate_parts(
    prepared: Prepared, practice: Practice, manager: tuple[tuple[str, ...], IntArray]
) -> pd.DataFrame:
    employees, (names, codes) = prepared.employees, manager
    n_people = len(employees.ids)
    parts: dict[str, tuple[tuple[str, ...], IntArray]] = {
        "company": (("all",), np.zeros(n_people, np.int64))
    }
    levels = _list_levels(prepared, names)
    if any(levels):
        of_manager = np.array(["", *levels], dtype=object)[codes + 1]
        parts["manager_level"] = _encode(of_manager)
    for name in _PARTS:
        if name in employees.declared:
            parts[name] = _encode(np.array(employees.column(name), dtype=object))
    return tabulate_participation(practice, parts, codes)


def _encode(texts: npt.NDArray[np.object_]) -> tuple[tuple[str, ...], IntArray]:
    values = tuple(sorted({str(text) for text in texts if text}))
    place = {value: code for code, value in enumerate(values)}
    return values, np.array([place.get(str(text), -1) for text in texts], np.int64)


def _tabulate_rewards(scored: Scored) -> tuple[pd.DataFrame, pd.DataFrame]:
    records = scored.prepared.records.get("rewards")
    if records is None:
        return REWARD_LINKS.empty(), REWARD_OUTLIERS.empty()
    employees = scored.prepared.employees
    person = employees.codes.encode(records.frame["employee_id"])
    rewards: dict[str, FloatArray] = {}
    for measure in (*PERCENTS, "promoted"):
        if measure not in records.declared:
            continue
        texts = records.frame[measure].tolist()
        value = np.full(len(employees.ids), np.nan)
        value[person] = [_read_reward(text, is_flag=measure == "promoted") for text in texts]
        rewards[measure] = value
    stage, band = choose_bands(scored)
    outliers = find_outliers(employees.ids, band, scored.bands.labels, rewards)
    return link_rewards(band, stage, rewards, outliers), outliers


def _read_reward(text: str, *, is_flag: bool) -> float:
    if not text:
        return float("nan")
    return float(text in _YES) if is_flag else float(text)
