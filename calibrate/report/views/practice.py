"""How do we know that it works? Talks, rewards, what goes with what, and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from calibrate.language import N_, _, ngettext
from calibrate.report.material import Row, list_rows
from calibrate.report.views.base import Company
from calibrate.report.words import (
    DASH,
    NOT_KNOWN,
    abridge,
    say_range,
    write_count,
    write_date,
    write_number,
    write_percent,
)

#: Rows that leave the page a page.
MOST_LINES, MOST_LEVELS, MOST_CHANGES = 3, 6, 12
REWARDS = {
    "merit_percent": N_("Merit"),
    "bonus_percent": N_("Bonus"),
    "promoted": N_("Promotion"),
}
FOLLOWS = {
    "follows": N_("follows the bands"),
    "unclear": N_("unclear"),
    "against": N_("against the bands"),
    "not_told": N_("cannot be told"),
}
CHANGES = {
    "started": N_("begins"),
    "ended": N_("ends"),
    "replaced": N_("takes the place of another"),
    "retargeted": N_("other target"),
    "reweighted": N_("other weight"),
    "relinked": N_("other outcome"),
}
#: Lines that say most come first.
_ORDER = {"goes_with": 0, "goes_against": 0, "not_seen": 1, "alike": 2, "too_few": 3}


@dataclass(frozen=True)
class TalkRow:
    """Check-ins by level of the manager."""

    level: str
    n_managers: str
    n_leading: str
    per_month: str
    checkin_share: str


@dataclass(frozen=True)
class RewardRow:
    """Does a reward follow the bands?"""

    reward: str
    correlation: str
    verdict: str
    outliers: str
    cost: str


@dataclass(frozen=True)
class ChangeRow:
    """What changed in strategy or goals within the cycle."""

    day: str
    title: str
    change: str
    before: str
    after: str


@dataclass(frozen=True)
class PracticeView:
    """Everything on the page; no figure by group."""

    talks: tuple[TalkRow, ...]
    talks_said: str
    rewards: tuple[RewardRow, ...]
    impact: tuple[str, ...]
    impact_rest: str
    changed: str


def build_practice_view(company: Company) -> PracticeView:
    """Build the page from what there is."""
    tables = company.material.tables
    impact, rest = _list_impact(tables["impact"])
    return PracticeView(
        talks=_list_talks(tables["participation"]),
        talks_said=_say_talks(tables["activity"], tables["participation"]),
        rewards=_list_rewards(tables["reward_links"]),
        impact=impact, impact_rest=rest, changed=_say_changed(tables["strategy_changes"]),
    )  # fmt: skip


def _list_talks(table: pd.DataFrame) -> tuple[TalkRow, ...]:
    own = table[(table["dimension"] == "manager_level") & table["per_month"].notna()]
    rows = list_rows(own.sort_values("value", ascending=False, kind="stable"))
    return tuple(
        TalkRow(
            level=str(row["value"]),
            n_managers=_count(row["n_managers"]),
            n_leading=_count(row["n_leading"]),
            per_month=write_number(float(row["per_month"]), 1),
            checkin_share=write_percent(float(row["checkin_share"])),
        )
        for row in rows[:MOST_LEVELS]
    )


def _count(n: object) -> str:
    return DASH if n is None else write_count(int(str(n)))


def _say_talks(activity: pd.DataFrame, participation: pd.DataFrame) -> str:
    told = activity[activity["verdict"].isin(["none", "rare", "on_cadence"])]
    if told.empty:
        return ""
    n_none = int((told["verdict"] == "none").sum())
    n_rare = int((told["verdict"] == "rare").sum())
    said = [
        ngettext("{n} team of {total} has no check-in on record.",
                 "{n} teams of {total} have no check-in on record.", n_none, total=len(told)),
        ngettext("In {n} they are clearly rarer than agreed.",
                 "In {n} they are clearly rarer than agreed.", n_rare),
    ]  # fmt: skip
    company = list_rows(participation[participation["dimension"] == "company"])
    if company and company[0]["recognised_share"] is not None:
        share = write_percent(float(company[0]["recognised_share"]))
        said.append(_("{share} of people have praise or recognition on record.", share=share))
    return " ".join(said)


def _list_rewards(table: pd.DataFrame) -> tuple[RewardRow, ...]:
    return tuple(
        _build_reward(row)
        for measure in REWARDS
        for row in list_rows(table[table["measure"] == measure])
    )


def _build_reward(row: Row) -> RewardRow:
    correlation = _(NOT_KNOWN)
    if row["correlation"] is not None:
        span = say_range(write_number(float(row["low"]), 2), write_number(float(row["high"]), 2))
        correlation = f"{write_number(float(row['correlation']), 2)} ({span})"
    outliers, cost = DASH, DASH
    if row["n_above"] is not None:
        outliers = _("{above} above, {below} below", above=int(row["n_above"]),
                     below=int(row["n_below"]))  # fmt: skip
        cost = _("+{above}, −{below}", above=write_number(float(row["cost_above"]), 1),
                 below=write_number(float(row["cost_below"]), 1))  # fmt: skip
    return RewardRow(
        reward=_(REWARDS[str(row["measure"])]), correlation=correlation,
        verdict=_(FOLLOWS[str(row["verdict"])]), outliers=outliers, cost=cost,
    )  # fmt: skip


def _list_impact(table: pd.DataFrame) -> tuple[tuple[str, ...], str]:
    """Sentences, those that say most first; how many lines are not printed."""
    rows = sorted(
        list_rows(table),
        key=lambda row: (_ORDER[str(row["verdict"])], -abs(float(row["correlation"] or 0))),
    )
    told = [row for row in rows if row["verdict"] in ("goes_with", "goes_against", "not_seen")]
    shown = tuple(str(row["words"]) for row in told[:MOST_LINES])
    n_left = len(rows) - len(shown)
    rest = ngettext(
        "{n} more line stands in the table impact.", "{n} more lines stand in the table impact.",
        n_left,
    ) if n_left else ""  # fmt: skip
    return shown, rest


def _say_changed(table: pd.DataFrame) -> str:
    if table.empty:
        return ""
    return ngettext(
        "{n} change of strategy or goals within the cycle; the session packets list it.",
        "{n} changes of strategy or goals within the cycle; the session packets list them.",
        len(table),
    )


def list_changes(table: pd.DataFrame) -> tuple[tuple[ChangeRow, ...], str]:
    """The change log, the first rows of it, and what was cut."""
    rows = tuple(
        ChangeRow(
            day=write_date(date.fromisoformat(str(row["changed_on"])[:10])),
            title=abridge(str(row["title"]), 60),
            change=_(CHANGES[str(row["change"])]), before=str(row.get("before") or DASH),
            after=str(row.get("after") or DASH),
        )
        for row in list_rows(table.head(MOST_CHANGES))
    )  # fmt: skip
    notice = ""
    if len(table) > MOST_CHANGES:
        notice = _("The first {n} of {total} are shown.", n=MOST_CHANGES, total=len(table))
    return rows, notice


def count_risks(tables: Mapping[str, pd.DataFrame]) -> dict[str, int]:
    """Counts for the first page: outcomes nobody serves, thin ones, goals that reach nothing."""
    verdicts = tables["coverage"]["verdict"]
    return {
        "unserved": int((verdicts == "unserved").sum()),
        "thin": int((verdicts == "thin").sum()),
        "orphans": int((tables["cascade"]["verdict"] == "orphan").sum()),
    }
