"""What controls do to the gaps that call for a look, and where they could not be held constant."""

from __future__ import annotations

from typing import Any

import pandas as pd

from calibrate.audit.adjusted import NO_CONTROLS
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.phrases import say_label
from calibrate.language import N_, _, ngettext
from calibrate.language.figures import write_figure

Row = dict[str, Any]

CANNOT_TELL = {
    "selection_rate": N_(
        "The gap ({group}) in the favourable share cannot be told at equal {controls}"
    ),
    "lowest_band": N_("The gap ({group}) in the lowest band cannot be told at equal {controls}"),
}
AT_EQUAL = {
    "selection_rate": N_(
        "At equal {controls} the gap ({group}) in the favourable share is {gap} percentage "
        "points, without them {plain}"
    ),
    "lowest_band": N_(
        "At equal {controls} the gap ({group}) in the lowest band is {gap} percentage points, "
        "without them {plain}"
    ),
}
#: Columns of the employees inside a sentence.
CONTROL_WORDS = {
    "level": N_("level"),
    "job_family": N_("job family"),
    "department": N_("department"),
    "location": N_("location"),
    "work_mode": N_("work mode"),
}
KEY = ["stage", "measure", "attribute", "group"]


def find_adjusted(inquiry: Inquiry, table: pd.DataFrame) -> list[dict[str, str]]:
    """For each line of the primary family that is beyond, the gap with all controls.

    Returns
    -------
    rows of :data:`calibrate.tables.FINDINGS`, level ``note``
    """
    if not len(table):
        return []
    rows = inquiry.rows
    beyond = rows[(rows["verdict"] == "beyond") & (rows["family"] == "primary")]
    keys = set(zip(*(beyond[name] for name in KEY), strict=True))
    all_controls = max(table["controls"], key=lambda name: (name != NO_CONTROLS, name.count(",")))
    if all_controls == NO_CONTROLS:
        return []
    objects = table.astype(object).where(table.notna(), None)
    records = [{str(k): v for k, v in row.items()} for row in objects.to_dict("records")]
    lines = {tuple(row[name] for name in (*KEY, "controls")): row for row in records}
    pairs = [
        (lines[(*key, NO_CONTROLS)], lines[(*key, all_controls)])
        for key in sorted(keys)
        if (*key, all_controls) in lines
    ]
    return [
        _say(plain, adjusted)
        for plain, adjusted in pairs
        if plain["status"] == "told" and not (plain["suppressed"] or adjusted["suppressed"])
    ]


def note_adjusted(inquiry: Inquiry, table: pd.DataFrame) -> list[str]:
    """Say where controls determine a group, and who was left out of a comparison."""
    if not len(table):
        return []
    if not (table["controls"] != NO_CONTROLS).any():
        return [_("The employees have no level and no job family: no gap is adjusted for them.")]
    single = table[(table["family"] != "exploratory") & ~table["suppressed"].astype(bool)]
    notes = []
    n_confounded = int((single["status"] == "confounded").sum())
    if n_confounded:
        notes.append(
            ngettext(
                "{n} adjusted gap could not be told: the controls determine who is in the group.",
                "{n} adjusted gaps could not be told: the controls determine who is in the group.",
                n_confounded,
            )
        )
    n_alone = int(single["n_left_out"].fillna(0).max()) if len(single) else 0
    if n_alone:
        notes.append(
            _(
                "Of one comparison up to {n} of the people have a value of a control that nobody "
                "else there has. They could not change the adjusted gap, and are not in it.",
                n=n_alone,
            )
        )
    return notes


def _say(plain: Row, adjusted: Row) -> dict[str, str]:
    *most, last = (say_control(name) for name in str(adjusted["controls"]).split(", "))
    controls = _("{most} and {last}", most=", ".join(most), last=last) if most else last
    group = f"{adjusted['attribute']}: {say_label(adjusted['group'])}"
    if adjusted["status"] != "told":
        headline = _(CANNOT_TELL[adjusted["measure"]], group=group, controls=controls)
        evidence = _("The groups share too few values of these columns. The plain gap stands.")
    else:
        headline = _(
            AT_EQUAL[adjusted["measure"]], group=group, controls=controls,
            gap=_points(adjusted["gap"]), plain=_points(plain["gap"]),
        )  # fmt: skip
        evidence = _(
            "95% interval {low} to {high}, {n} people against {n_reference}. A control that "
            "differs by group may itself carry the disparity: see the labels beside the adjusted "
            "gaps.",
            low=_points(adjusted["low"]), high=_points(adjusted["high"]),
            n=int(adjusted["n"]), n_reference=int(adjusted["n_reference"]),
        )  # fmt: skip
    return {
        "finding_id": ":".join(["gap_with_controls", *(str(adjusted[name]) for name in KEY)]),
        "kind": "adjusted",
        "scope": "group",
        "scope_id": f"{adjusted['attribute']}: {adjusted['group']}",
        "level": "note",
        "headline": headline,
        "evidence": evidence,
    }


def say_control(name: str) -> str:
    """Name a column of the employees inside a sentence; one of their own keeps its name."""
    return _(CONTROL_WORDS[name]) if name in CONTROL_WORDS else name.replace("_", " ")


def _points(share: float) -> str:
    return write_figure(100 * share, 1, has_sign=True)
