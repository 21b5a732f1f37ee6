"""What gaps within managers give reason to look at, and what they could not tell."""

from __future__ import annotations

from typing import Any

import pandas as pd

from calibrate.audit.dependence import is_within_leading
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.phrases import LOOK_MANAGERS, refrain, say_bands, say_label
from calibrate.bands.guideline import say_p
from calibrate.language import N_, _, ngettext
from calibrate.language.figures import write_figure

Row = dict[str, Any]

#: Measure, and whether fewer of the group are in these bands than of its reference.
MORE_OR_FEWER = {
    ("selection_rate", True): N_(
        "Under the same manager fewer of the group '{group}' than of '{reference}' are in the "
        "favourable bands ({bands})."
    ),
    ("selection_rate", False): N_(
        "Under the same manager more of the group '{group}' than of '{reference}' are in the "
        "favourable bands ({bands})."
    ),
    ("lowest_band", True): N_(
        "Under the same manager fewer of the group '{group}' than of '{reference}' are in the "
        "lowest band ({bands})."
    ),
    ("lowest_band", False): N_(
        "Under the same manager more of the group '{group}' than of '{reference}' are in the "
        "lowest band ({bands})."
    ),
}
NOBODY = {
    "selection_rate": N_("No ratio: there nobody of '{group}' is in the favourable bands."),
    "lowest_band": N_("No ratio: there nobody of '{group}' is in the lowest band."),
}
HANGS = {
    "selection_rate": N_(
        "{attribute}: the verdict on '{group}' in the favourable bands hangs on one manager"
    ),
    "lowest_band": N_(
        "{attribute}: the verdict on '{group}' in the lowest band hangs on one manager"
    ),
}


def find_dependence(inquiry: Inquiry, table: pd.DataFrame) -> list[dict[str, str]]:
    """Name the leading figure where nothing is linked, and verdicts that hang on one manager.

    Returns
    -------
    rows of :data:`calibrate.tables.FINDINGS`
        ``look`` only where severities could not be told apart, q within
        managers is at most alpha, the interval with managers as clusters
        leaves out 0, and the ratio is beyond the practical bound.
    """
    if not len(table):
        return []
    primary = [row for row in _list_rows(table) if row["family"] == "primary"]
    told = [row for row in primary if row["within"] == "told"]
    found: list[dict[str, str]] = []
    if is_within_leading(inquiry) and primary:
        found.append(_say_leading(told))
        found += [_say_within(row) for row in told if _stands_out(row, inquiry)]
    rows = inquiry.rows
    beyond = rows[(rows["verdict"] == "beyond") & (rows["family"] == "primary")]
    keys = set(zip(beyond["measure"], beyond["attribute"], beyond["group"], strict=True))
    return found + [
        _say_reversal(row)
        for row in primary
        if (row["n_reversing"] or 0) > 0
        and (row["measure"], row["attribute"], row["group"]) in keys
    ]


def note_dependence(inquiry: Inquiry, table: pd.DataFrame) -> list[str]:
    """Say how many lines could not be compared within managers."""
    primary = [
        row for row in _list_rows(table) if row["family"] == "primary" and not row["suppressed"]
    ]
    n_blind = sum(row["within"] == "too_few" for row in primary)
    if not n_blind:
        return []
    return [
        ngettext(
            "{n} line of the primary family could not be compared within managers: fewer than "
            "{least} people of the group or its reference have a manager with people of both.",
            "{n} lines of the primary family could not be compared within managers: fewer than "
            "{least} people of the group or its reference have a manager with people of both.",
            n_blind, least=max(1, inquiry.settings.min_cell),
        )
    ]  # fmt: skip


def _list_rows(table: pd.DataFrame) -> list[Row]:
    plain = table.astype(object).where(table.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]


def _stands_out(row: Row, inquiry: Inquiry) -> bool:
    rules = inquiry.settings.rules
    if row["q_within"] is None or row["q_within"] > rules.alpha:
        return False
    low, high = row["within_low"], row["within_high"]
    if low is not None and low <= 0 <= high:
        return False  # p_within takes a gap that differs from manager to manager for one of all.
    # No ratio: nobody of one side is counted, which is further than any bound.
    ratio = row["ratio_within"]
    return ratio is None or not float(rules.lower) <= ratio <= float(rules.upper)


def _say_leading(told: list[Row]) -> dict[str, str]:
    evidence = _(
        "Raters mark hardly anybody in common. A gap between groups who work under different "
        "managers may therefore be one between raters. Among people of one manager it cannot "
        "come from one manager being stricter than another."
    )
    read = (
        ngettext(
            "{n} line of the primary family can be compared that way.",
            "{n} lines of the primary family can be compared that way.",
            len(told),
        )
        if told
        else _(
            "Here too few people have a manager with both groups: no gap within managers is told."
        )
    )
    return {
        "finding_id": "dependence:within",
        "kind": "dependence",
        "scope": "company",
        "scope_id": "company",
        "level": "note",
        "headline": _(
            "Strict raters cannot be told from weak teams: read gaps within managers first"
        ),
        "evidence": f"{evidence} {read}",
    }


def _say_within(row: Row) -> dict[str, str]:
    said = _(
        MORE_OR_FEWER[row["measure"], bool(row["gap_within"] < 0)], group=say_label(row["group"]),
        reference=say_label(row["reference"]), bands=say_bands(row["stage"]),
    )  # fmt: skip
    compared = _(
        "{n} people under {managers} managers with both.",
        n=int(row["n_compared"]), managers=int(row["n_managers"]),
    )  # fmt: skip
    chance = _("{q} after Benjamini-Hochberg.", q=say_p(row["q_within"]))
    return _finding(
        "within", row, "look", refrain(said),
        f"{_say_ratio(row)} {compared} {chance} {_(LOOK_MANAGERS)}",
    )  # fmt: skip


def _say_ratio(row: Row) -> str:
    if row["ratio_within"] is None:
        nobody = row["group"] if row["gap_within"] < 0 else row["reference"]
        return _(NOBODY[row["measure"]], group=say_label(nobody))
    ratio, low, high = (
        write_figure(row[name], 2) for name in ("ratio_within", "ratio_low", "ratio_high")
    )
    return _("Ratio {ratio}, 95% interval {low} to {high}.", ratio=ratio, low=low, high=high)


def _say_reversal(row: Row) -> dict[str, str]:
    withheld = _(
        "Look at the bands of that team. No figures without the team are printed: the "
        "difference would give its counts away."
    )
    return _finding(
        "removal", row, "note",
        _(HANGS[row["measure"]], attribute=row["attribute"], group=say_label(row["group"])),
        f"{_say_without(int(row['n_reversing']), row['reverses_without'])} {withheld}",
    )  # fmt: skip


def _say_without(n: int, name: object) -> str:
    """In a view that is handed on, nobody is named."""
    if n > 1 and isinstance(name, str):
        return _(
            "Without the people of any one of {n} managers, manager {name} for one, the line "
            "would no longer be beyond the bounds.",
            n=n, name=name,
        )  # fmt: skip
    if n > 1:
        return _(
            "Without the people of any one of {n} managers the line would no longer be beyond "
            "the bounds.",
            n=n,
        )
    if isinstance(name, str):
        return _(
            "Without the people of manager {name} the line would no longer be beyond the bounds.",
            name=name,
        )
    return _("Without the people of one manager the line would no longer be beyond the bounds.")


def _finding(what: str, row: Row, level: str, headline: str, evidence: str) -> dict[str, str]:
    key = [str(row[name]) for name in ("stage", "measure", "attribute", "group")]
    return {
        "finding_id": ":".join(["dependence", what, *key]),
        "kind": "dependence",
        "scope": "group",
        "scope_id": f"{row['attribute']}: {row['group']}",
        "level": level,
        "headline": headline,
        "evidence": evidence,
    }
