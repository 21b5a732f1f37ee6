"""Habits of raters beside severity: to oneself as a coach would say it, to HR the strongest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp

from calibrate.language import N_, _, ngettext
from calibrate.report.material import Row
from calibrate.report.views.base import Company
from calibrate.report.words import DASH, say_range, write_count, write_number
from calibrate.session.habits import LEVEL, say_phrase

#: Rows of the table; the tables of the run hold all.
MOST_HABITS = 10
#: Forms below which a pattern could point at one of them.
FEWEST_FORMS = 5
CHANCE = N_("This may be chance: one rater in twenty shows as much.")


@dataclass(frozen=True)
class HabitRow:
    """One habit of one rater that stands out."""

    name: str
    words: str
    value: str
    span: str
    usual: str
    n_forms: str
    sure: str


@dataclass(frozen=True)
class HabitTable:
    """The strongest habits of a session; ``sentence`` says how to take them."""

    rows: tuple[HabitRow, ...]
    sentence: str


def say_own_habits(company: Company, rater_id: str) -> list[str]:
    """Say to a rater what stands out in the own marks; nothing where nothing does."""
    rows = company.material.desk.find_rows("habits", "rater_id", [rater_id])
    said = []
    for row in rows:
        if row["habit"] == "severity" or not is_open(company, row):
            continue
        words = [_say_to_rater(row)]
        if row["q_value"] >= LEVEL:
            words.append(_(CHANCE))
        said.append(" ".join(words))
    return said


def is_open(company: Company, row: Row) -> bool:
    """Does the habit stand out, and rest on enough forms to show none of them?"""
    if not row.get("flagged") or int(row["n"]) < company.min_peers:
        return False
    if row["habit"] == "self_gap":
        # It tells people that others see them lower: not to be said on a maybe.
        return bool(row["q_value"] < LEVEL)
    return int(row["n"]) >= FEWEST_FORMS


def _say_to_rater(row: Row) -> str:
    is_above = row["value"] > row["expected"]
    if row["habit"] == "spread":
        return _say_spread(row, is_above)
    if row["habit"] == "halo":
        value, low, high, usual = (
            write_number(row[key], 2) for key in ("value", "low", "high", "expected")
        )
        return ngettext(
            "Your marks on different criteria move together more than usual: their correlation is "
            "{value} ({low} to {high}; usual is {usual}; {n} form). Take one criterion at a time, "
            "across the whole team.",
            "Your marks on different criteria move together more than usual: their correlation is "
            "{value} ({low} to {high}; usual is {usual}; {n} forms). Take one criterion at a time, "
            "across the whole team.",
            int(row["n"]), value=value, low=low, high=high, usual=usual,
        )  # fmt: skip
    if is_above:
        return _(
            "You see your own work higher than people do whom others mark alike. Ask two of those "
            "who know it what they saw."
        )
    return _(
        "You see your own work lower than people do whom others mark alike. Ask two of those who "
        "know it what they saw."
    )


def _say_spread(row: Row, is_above: bool) -> str:
    ratio, low, high = _find_ratio(row)
    n = int(row["n"])
    if is_above:
        return ngettext(
            "Your marks spread {ratio} times as widely as others' do for the same people ({low} to "
            "{high}; {n} form). Check the far ends against the anchors.",
            "Your marks spread {ratio} times as widely as others' do for the same people ({low} to "
            "{high}; {n} forms). Check the far ends against the anchors.",
            n, ratio=ratio, low=low, high=high,
        )  # fmt: skip
    return ngettext(
        "You use a narrower part of the scale than most: your marks spread {ratio} times as widely "
        "as others' do for the same people ({low} to {high}; {n} form). Where work clearly "
        "differs, let the marks differ too.",
        "You use a narrower part of the scale than most: your marks spread {ratio} times as widely "
        "as others' do for the same people ({low} to {high}; {n} forms). Where work clearly "
        "differs, let the marks differ too.",
        n, ratio=ratio, low=low, high=high,
    )  # fmt: skip


def _find_ratio(row: Row) -> tuple[str, str, str]:
    """Spread over the usual, and its interval."""
    usual = row["expected"]
    value, low, high = (write_number(exp(row[key] - usual), 2) for key in ("value", "low", "high"))
    return value, low, high


def build_habit_table(
    company: Company, raters: Iterable[str], employees: Iterable[str]
) -> HabitTable:
    """List the strongest habits of those who marked in a session, and own views of its people."""
    desk = company.material.desk
    people = set(employees)
    rows = desk.find_rows("habits", "rater_id", sorted({*raters, *people}))
    told = [row for row in rows if row["habit"] in ("spread", "halo") and row["value"] is not None]
    open_ = [
        row for row in rows
        if row["habit"] != "severity" and is_open(company, row)
        and (row["habit"] != "self_gap" or row["rater_id"] in people)
    ]  # fmt: skip
    open_.sort(key=lambda row: (row["p_value"], str(row["rater_id"]), str(row["habit"])))
    return HabitTable(
        tuple(_build_row(company, row) for row in open_[:MOST_HABITS]),
        _say_table(len({row["rater_id"] for row in told}), len(open_)),
    )


def _build_row(company: Company, row: Row) -> HabitRow:
    words = say_phrase(str(row["habit"]), is_above=row["value"] > row["expected"])
    # A figure about the own form would give away what others said.
    value, span, usual = DASH, DASH, DASH
    if row["habit"] == "spread":
        value, low, high = _find_ratio(row)
        span, usual = say_range(low, high), write_count(1)
    elif row["habit"] == "halo":
        value, low, high, usual = (
            write_number(row[key], 2) for key in ("value", "low", "high", "expected")
        )
        span = say_range(low, high)
    return HabitRow(
        name=company.name(str(row["rater_id"])),
        words=words[:1].upper() + words[1:],
        value=value, span=span, usual=usual, n_forms=write_count(row["n"]),
        sure=_("more than chance") if row["q_value"] < LEVEL else _("may be chance"),
    )  # fmt: skip


def _say_table(n_told: int, n_open: int) -> str:
    if not n_told and not n_open:
        return _("Nobody filed enough forms to tell habits other than severity.")
    said = [
        ngettext(
            "{n} rater filed enough forms to tell.", "{n} raters filed enough forms to tell.",
            n_told,
        )
    ]  # fmt: skip
    if not n_open:
        said.append(_("Nobody's marks lie closer together, or move together more, than usual."))
        return " ".join(said)
    said.append(
        _(
            "One ordinary rater in twenty stands out in each habit by chance. A habit is a reason "
            "to talk, not a fault."
        )
    )
    if n_open > MOST_HABITS:
        said.append(_("The {n} strongest are shown.", n=MOST_HABITS))
    return " ".join(said)
