"""Check-ins, feedback and recognition: how often, how long ago, and who takes part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import chi2

from calibrate.bands.guideline import wilson_interval
from calibrate.tables import ACTIVITY, PARTICIPATION

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
FlagArray = npt.NDArray[np.bool_]

DAYS_A_MONTH = 30.4375
#: Fewer months of people say nothing of a habit.
FEWEST_MONTHS = 3.0


@dataclass(frozen=True)
class Presence:
    """First and last day of each person inside the cycle, as days since 1970.

    Parameters
    ----------
    first, last : (I,)
        ``last`` is before ``first`` for whoever was never there.
    away : (I,) days between the two on which the person was absent
    """

    first: IntArray
    last: IntArray
    away: FloatArray | float = 0.0

    @property
    def months(self) -> FloatArray:
        """(I,) months at work."""
        days = np.maximum(self.last - self.first + 1 - self.away, 0)
        return np.asarray(days / DAYS_A_MONTH, np.float64)

    def covers(self, employee: IntArray, day: IntArray) -> FlagArray:
        """(N,) was this person there on this day?"""
        inside: FlagArray = (day >= self.first[employee]) & (day <= self.last[employee])
        return inside


def find_away(first: IntArray, last: IntArray, share: FloatArray, n_days: int) -> FloatArray:
    r"""Count the days of absence, of which only the share of the cycle is known.

    .. math:: a_i = \max(0,\; d_i - s_i D)

    Parameters
    ----------
    first, last : (I,) days since 1970; d is the days from one to the other, both counted
    share : (I,) s, present share of the whole cycle; 1 where nobody said
    n_days
        D, days of the cycle.

    Examples
    --------
    >>> find_away(np.array([0, 50]), np.array([99, 99]), np.array([0.25, 0.5]), 100).tolist()
    [75.0, 0.0]
    """
    days = np.maximum(last - first + 1, 0)
    return np.asarray(np.maximum(days - share * n_days, 0.0), np.float64)


@dataclass(frozen=True)
class Talks:
    """What is known of each person's check-ins; all (I,).

    Parameters
    ----------
    n : check-ins
    since : days from the last one to the last day there; NaN without any
    longest : days, the longest time without one, from the first day to the last
    """

    n: IntArray
    since: FloatArray
    longest: FloatArray


def follow_checkins(employee: IntArray, day: IntArray, presence: Presence) -> Talks:
    """Count each person's check-ins and the longest time between two.

    Parameters
    ----------
    employee : (N,) codes; day : (N,) days since 1970
        A check-in before the first or after the last day there is left out.
    presence : of I people

    Examples
    --------
    >>> there = Presence(np.array([0, 0]), np.array([90, 90]))
    >>> talks = follow_checkins(np.array([0, 0]), np.array([10, 40]), there)
    >>> talks.n.tolist(), talks.since.tolist(), talks.longest.tolist()
    ([2, 0], [50.0, nan], [50.0, 91.0])
    """
    n_people = len(presence.first)
    inside = presence.covers(employee, day)
    order = np.lexsort((day[inside], employee[inside]))
    who, when = employee[inside][order], day[inside][order]
    n = np.bincount(who, minlength=n_people).astype(np.int64)
    last = np.full(n_people, -1, np.int64)
    last[who] = when
    since = np.where(n > 0, (presence.last - last).astype(float), np.nan)
    is_first = np.r_[True, who[1:] != who[:-1]] if len(who) else np.zeros(0, bool)
    before = np.where(is_first, presence.first[who], np.r_[0, when[:-1]] if len(who) else when)
    never = np.maximum(presence.last - presence.first + 1, 0)
    longest = np.where(n > 0, since, never).astype(float)
    np.maximum.at(longest, who, (when - before).astype(float))
    return Talks(n, since, longest)


def bound_rate(
    n: IntArray, months: FloatArray, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    r"""Exact interval of a rate of events that come singly.

    .. math:: \frac{\chi^2_{\alpha/2,\,2n}}{2T} \quad \text{to} \quad
              \frac{\chi^2_{1-\alpha/2,\,2n+2}}{2T}

    Parameters
    ----------
    n : (J,) events; months : (J,) T

    Returns
    -------
    (J,) low and high, events per month; NaN where T is 0.

    References
    ----------
    Garwood (1936), Biometrika 28.

    Examples
    --------
    >>> low, high = bound_rate(np.array([0, 10]), np.array([10.0, 10.0]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 0.48], [0.369, 1.839])
    """
    tail = (1 - level) / 2
    time = np.where(months > 0, months, np.nan)
    low = np.where(n > 0, chi2.ppf(tail, 2 * np.maximum(n, 1)), 0.0) / 2 / time
    high = chi2.ppf(1 - tail, 2 * n + 2) / 2 / time
    return low, high


@dataclass(frozen=True)
class Practice:
    """What is known of each person's check-ins, feedback and recognition; all (I,).

    Parameters
    ----------
    talks
        None where no check-ins are given.
    has_feedback, is_recognised
        None where no feedback is given.
    cadence
        Days agreed between two check-ins.
    """

    presence: Presence
    talks: Talks | None
    has_feedback: FlagArray | None
    is_recognised: FlagArray | None
    cadence: int

    @property
    def is_there(self) -> FlagArray:
        """(I,) was the person there at all?"""
        return self.presence.months > 0

    @property
    def is_on_cadence(self) -> FlagArray | None:
        """(I,) never longer without a check-in than agreed; None without check-ins.

        Nobody knows when in the cycle somebody was absent, so the days away count as part of
        the longest time without.
        """
        if self.talks is None:
            return None
        kept: FlagArray = self.talks.longest - self.presence.away <= self.cadence
        return kept


def tabulate_activity(
    practice: Practice, manager: IntArray, manager_ids: tuple[str, ...], level: tuple[str, ...]
) -> pd.DataFrame:
    """One row a manager: how often people are talked with.

    Parameters
    ----------
    manager : (I,) codes into ``manager_ids``, -1 for nobody
    level : (J,) level of each manager, "" where it is not known

    Returns
    -------
    frame as :data:`calibrate.tables.ACTIVITY`
        ``rare``: even the upper end of the rate lies below the agreed one; ``none``: nobody
        had one; ``too_few``: fewer than 3 months of people.
    """
    n_managers = len(manager_ids)
    chosen = (manager >= 0) & practice.is_there
    team, n_people = manager[chosen], np.bincount(manager[chosen], minlength=n_managers)

    def add(values: npt.NDArray[np.generic]) -> FloatArray:
        return np.bincount(team, values[chosen].astype(float), n_managers).astype(np.float64)

    months = add(practice.presence.months)
    frame = pd.DataFrame(
        {"manager_id": list(manager_ids), "level": list(level), "n_people": n_people,
         "months": months}
    )  # fmt: skip
    frame = frame.assign(
        n_checkins=np.nan, per_month=np.nan, low=np.nan, high=np.nan, days_since_last=np.nan,
        n_without=np.nan, n_on_cadence=np.nan, verdict="",
    )  # fmt: skip
    if practice.talks is not None and practice.is_on_cadence is not None:
        talks = practice.talks
        n = add(talks.n)
        low, high = bound_rate(n.astype(np.int64), months)
        since = pd.Series(talks.since[chosen]).groupby(team).median()
        agreed = DAYS_A_MONTH / practice.cadence
        frame = frame.assign(
            n_checkins=n, per_month=n / np.where(months > 0, months, np.nan), low=low, high=high,
            days_since_last=since.reindex(range(n_managers)).to_numpy(),
            n_without=add(talks.n == 0), n_on_cadence=add(practice.is_on_cadence),
            verdict=np.select(
                [months < FEWEST_MONTHS, n == 0, high < agreed], ["too_few", "none", "rare"],
                "on_cadence",
            ),
        )  # fmt: skip
    for name, flags in (("n_feedback", practice.has_feedback),
                        ("n_recognised", practice.is_recognised)):  # fmt: skip
        frame[name] = np.nan if flags is None else add(flags)
    return ACTIVITY.conform(frame[frame["n_people"] > 0])


def tabulate_participation(
    practice: Practice,
    parts: dict[str, tuple[tuple[str, ...], IntArray]],
    manager: IntArray,
) -> pd.DataFrame:
    """Who takes part, part of the company by part.

    Parameters
    ----------
    parts
        Dimension → (values, (I,) codes into them, -1 for none). ``manager_level`` is the level
        of a person's manager.
    manager : (I,) codes, -1 for nobody

    Returns
    -------
    frame as :data:`calibrate.tables.PARTICIPATION`
        A manager leads where at least half of the people are on cadence.
    """
    blocks = []
    for dimension, (values, code) in parts.items():
        n_values = len(values)
        chosen = (code >= 0) & practice.is_there
        of = code[chosen]
        n = np.bincount(of, minlength=n_values)
        block = pd.DataFrame({"dimension": dimension, "value": list(values), "n_people": n})
        block = block.assign(
            n_managers=np.nan, n_leading=np.nan, per_month=np.nan, checkin_share=np.nan,
            checkin_low=np.nan, checkin_high=np.nan,
        )  # fmt: skip
        if practice.talks is not None:
            months = np.bincount(of, practice.presence.months[chosen], n_values)
            talks = np.bincount(of, practice.talks.n[chosen].astype(float), n_values)
            had = np.bincount(of, (practice.talks.n[chosen] > 0).astype(float), n_values)
            bounds = [wilson_interval(int(k), int(m)) for k, m in zip(had, n, strict=True)]
            block = block.assign(
                per_month=talks / np.where(months > 0, months, np.nan),
                checkin_share=_share(had, n),
                checkin_low=[low for low, _high in bounds],
                checkin_high=[high for _low, high in bounds],
            )  # fmt: skip
            if dimension in ("company", "manager_level"):
                block = block.assign(**_count_leading(practice, code, manager, n_values))
        for name, flags in (("feedback_share", practice.has_feedback),
                            ("recognised_share", practice.is_recognised)):  # fmt: skip
            block[name] = (
                np.nan
                if flags is None
                else _share(np.bincount(of, flags[chosen].astype(float), n_values), n)
            )
        blocks.append(block[block["n_people"] > 0])
    return PARTICIPATION.conform(pd.concat(blocks, ignore_index=True))


def _share(part: npt.NDArray[Any], n: IntArray) -> FloatArray:
    return np.asarray(part / np.where(n > 0, n, np.nan), np.float64)


def _count_leading(
    practice: Practice, code: IntArray, manager: IntArray, n_values: int
) -> dict[str, IntArray]:
    chosen = (code >= 0) & (manager >= 0) & practice.is_there
    kept = practice.is_on_cadence
    if kept is None or not chosen.any():
        return {}
    teams = (
        pd.DataFrame({"manager": manager[chosen], "value": code[chosen], "kept": kept[chosen]})
        .groupby("manager")
        .agg(value=("value", "first"), share=("kept", "mean"))
    )
    value = teams["value"].to_numpy(np.int64)
    leads = (teams["share"] >= 0.5).to_numpy(bool)
    return {
        "n_managers": np.bincount(value, minlength=n_values),
        "n_leading": np.bincount(value[leads], minlength=n_values),
    }
