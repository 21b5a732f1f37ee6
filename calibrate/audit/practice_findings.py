"""What check-ins, feedback and rewards by group give reason to look at, and what is not told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from calibrate.audit.inquiry import Inquiry
from calibrate.audit.phrases import LOOK_PRACTICE, name_sides, refrain
from calibrate.audit.practice import PLAIN, REWARDS, find_present
from calibrate.bands.guideline import say_p
from calibrate.language import N_, _, ngettext
from calibrate.language.figures import write_figure, write_share

Row = dict[str, Any]

#: Measure, and whether the group has less than its reference.
HEADLINES = {
    ("checkin_share", True): N_(
        "{attribute}: fewer of the group '{group}' than of '{reference}' had a check-in."
    ),
    ("checkin_share", False): N_(
        "{attribute}: more of the group '{group}' than of '{reference}' had a check-in."
    ),
    ("checkins_per_month", True): N_(
        "{attribute}: people of the group '{group}' have fewer check-ins a month than those of "
        "'{reference}'."
    ),
    ("checkins_per_month", False): N_(
        "{attribute}: people of the group '{group}' have more check-ins a month than those of "
        "'{reference}'."
    ),
    ("feedback_share", True): N_(
        "{attribute}: fewer of the group '{group}' than of '{reference}' were given feedback."
    ),
    ("feedback_share", False): N_(
        "{attribute}: more of the group '{group}' than of '{reference}' were given feedback."
    ),
    ("recognised_share", True): N_(
        "{attribute}: fewer of the group '{group}' than of '{reference}' were given recognition "
        "or praise."
    ),
    ("recognised_share", False): N_(
        "{attribute}: more of the group '{group}' than of '{reference}' were given recognition "
        "or praise."
    ),
    ("promoted_share", True): N_(
        "{attribute}: fewer of the group '{group}' than of '{reference}' were promoted."
    ),
    ("promoted_share", False): N_(
        "{attribute}: more of the group '{group}' than of '{reference}' were promoted."
    ),
    ("merit_percent", True): N_(
        "{attribute}: the merit increase of the group '{group}' is lower on average than that of "
        "'{reference}'."
    ),
    ("merit_percent", False): N_(
        "{attribute}: the merit increase of the group '{group}' is higher on average than that of "
        "'{reference}'."
    ),
    ("bonus_percent", True): N_(
        "{attribute}: the bonus of the group '{group}' is lower on average than that of "
        "'{reference}'."
    ),
    ("bonus_percent", False): N_(
        "{attribute}: the bonus of the group '{group}' is higher on average than that of "
        "'{reference}'."
    ),
}
#: The same of people who stand in the same band.
IN_BANDS = {
    ("promoted_share", True): N_(
        "{attribute}: with the same band fewer of the group '{group}' than of '{reference}' were "
        "promoted."
    ),
    ("promoted_share", False): N_(
        "{attribute}: with the same band more of the group '{group}' than of '{reference}' were "
        "promoted."
    ),
    ("merit_percent", True): N_(
        "{attribute}: with the same band the merit increase of the group '{group}' is lower than "
        "that of '{reference}'."
    ),
    ("merit_percent", False): N_(
        "{attribute}: with the same band the merit increase of the group '{group}' is higher than "
        "that of '{reference}'."
    ),
    ("bonus_percent", True): N_(
        "{attribute}: with the same band the bonus of the group '{group}' is lower than that of "
        "'{reference}'."
    ),
    ("bonus_percent", False): N_(
        "{attribute}: with the same band the bonus of the group '{group}' is higher than that of "
        "'{reference}'."
    ),
}
#: What a reward's gap within bands says about the gap in all.
BESIDE = {
    "beyond": N_("With the same band it stands as well: {difference} ({low} to {high})."),
    "significant_only": N_(
        "With the same band a small gap stands: {difference} ({low} to {high})."
    ),
    "within": N_("With the same band nothing of size is left: {difference} ({low} to {high})."),
    "inconclusive": N_("With the same band no gap is told: {difference} ({low} to {high})."),
}
DASH = "–"
GAP = N_("Difference {difference}, 95% interval {low} to {high}.")
GAP_IN_BANDS = N_("Difference band by band {difference}, 95% interval {low} to {high}.")
POINTS = N_("{figure} percentage points")
UNITS = {
    "checkins_per_month": N_("{figure} a month"),
    "merit_percent": N_("{figure} percent of salary"),
    "bonus_percent": N_("{figure} percent of salary"),
}


def find_practice(inquiry: Inquiry, table: pd.DataFrame) -> list[dict[str, str]]:
    """Write one finding for each line that is beyond both bounds.

    Returns
    -------
    rows of :data:`calibrate.tables.FINDINGS`
        A reward that differs as a whole says what is left of it within bands.
    """
    plain = table.astype(object).where(table.notna(), None)
    rows = [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]
    within = {_key(row): row for row in rows if row["stage"] != PLAIN}
    return [_write(row, within.get(_key(row))) for row in rows if row["verdict"] == "beyond"]


def _key(row: Row) -> tuple[str, str, str]:
    return str(row["measure"]), str(row["attribute"]), str(row["group"])


def _write(row: Row, within: Row | None) -> dict[str, str]:
    is_plain = row["stage"] == PLAIN
    words = HEADLINES if is_plain else IN_BANDS
    said = _(words[row["measure"], row["difference"] < 0], **name_sides(row))
    parts = [_count(row), _say_gap(row)]
    if is_plain and within is not None and within["verdict"] in BESIDE:
        parts.append(_(BESIDE[within["verdict"]], **_name_gap(within)))
    key = (row["stage"], row["measure"], row["attribute"], row["group"])
    return {
        "finding_id": ":".join(["practice", *(str(part) for part in key)]),
        "kind": "practice",
        "scope": "group",
        "scope_id": f"{row['attribute']}: {row['group']}",
        "level": "look",
        "headline": refrain(said),
        "evidence": " ".join([*parts, say_chance(row), _(LOOK_PRACTICE)]),
    }


def say_figure(measure: str, figure: float) -> str:
    """A share, a mean or a difference of either, with its unit.

    Examples
    --------
    >>> say_figure("merit_percent", 2.5), say_figure("checkin_share", 0.25)
    ('2.5 percent of salary', '25%')
    """
    if measure in UNITS:
        return _(UNITS[measure], figure=write_figure(figure, 1))
    return write_share(figure)


def say_difference(row: Row) -> str:
    """Group minus reference, with its unit and, if it is more, a plus.

    Examples
    --------
    >>> say_difference({"measure": "promoted_share", "difference": -0.042})
    '−4.2 percentage points'
    """
    measure = str(row["measure"])
    scale = 1 if measure in UNITS else 100
    figure = write_figure(scale * row["difference"], 1, has_sign=True)
    return _(UNITS.get(measure, POINTS), figure=figure)


def _count(row: Row) -> str:
    """Whom a share counts, or the two means."""
    sides = {"n": int(row["n"]), "n_reference": int(row["n_reference"])}
    if row["n_yes"] is not None:
        yes, yes_reference = int(row["n_yes"]), int(row["n_yes_reference"])
        return _(
            "{n} of {total} ({share}) against {n_reference} of {total_reference} "
            "({share_reference}).",
            n=yes, total=sides["n"], share=write_share(yes / sides["n"]),
            n_reference=yes_reference, total_reference=sides["n_reference"],
            share_reference=write_share(yes_reference / sides["n_reference"]),
        )  # fmt: skip
    return _(
        "{mean} against {mean_reference} on average ({n} and {n_reference} people).",
        mean=say_figure(str(row["measure"]), row["rate"]),
        mean_reference=say_figure(str(row["measure"]), row["rate_reference"]), **sides,
    )  # fmt: skip


def _say_gap(row: Row) -> str:
    return _(GAP if row["stage"] == PLAIN else GAP_IN_BANDS, **_name_gap(row))


def _name_gap(row: Row) -> dict[str, str]:
    """The difference with its unit, and the ends of its interval."""
    scale = 1 if row["measure"] in UNITS else 100
    ends = {
        name: DASH if row[name] is None else write_figure(scale * row[name], 1, has_sign=True)
        for name in ("low", "high")
    }
    return {"difference": say_difference(row), **ends}


def say_chance(row: Row) -> str:
    """The q-value, and over what it is corrected."""
    return _("{q} after Benjamini-Hochberg over all such lines.", q=say_p(row["q_value"]))


def note_practice(inquiry: Inquiry, table: pd.DataFrame) -> list[str]:
    """Say whom the figures leave out."""
    practice = inquiry.background.practice if inquiry.background else None
    if practice is None or not len(table):
        return []
    notes = []
    n_brief = int(np.count_nonzero(~find_present(practice)))
    if n_brief and (set(table["dimension"]) - {*REWARDS}):
        notes.append(
            ngettext(
                "{n} person was at work for less than a month of the cycle, and is in no figure "
                "of check-ins and feedback by group.",
                "{n} people were at work for less than a month of the cycle, and are in no figure "
                "of check-ins and feedback by group.",
                n_brief,
            )
        )
    has_none = (practice.promoted < 0) & np.isnan(practice.merit_percent)
    n_without = int(np.count_nonzero(has_none & np.isnan(practice.bonus_percent)))
    if n_without and (set(table["dimension"]) & {*REWARDS}):
        notes.append(
            ngettext(
                "{n} person has no reward in the files, not even one of zero, and is in no figure "
                "of rewards by group.",
                "{n} people have no reward in the files, not even one of zero, and are in no "
                "figure of rewards by group.",
                n_without,
            )
        )
    return notes
