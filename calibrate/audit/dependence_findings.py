"""What gaps within managers give reason to look at, and what they could not tell."""

from __future__ import annotations

from typing import Any

import pandas as pd

from calibrate.audit.dependence import is_within_leading
from calibrate.audit.inquiry import Inquiry
from calibrate.bands.guideline import say_p

Row = dict[str, Any]

WHERE = {
    "selection_rate": "in the favourable bands",
    "lowest_band": "in the lowest band",
    "mean_score": "in mean score",
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
    lines = "line" if n_blind == 1 else "lines"
    return [
        f"{n_blind} {lines} of the primary family could not be compared within managers: fewer "
        f"than {max(1, inquiry.settings.min_cell)} people of the group or its reference have a "
        "manager with people of both."
    ]


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
    lines = "line" if len(told) == 1 else "lines"
    read = (
        f"{len(told)} {lines} of the primary family can be compared that way."
        if told
        else "Here too few people have a manager with both groups: no gap within managers is told."
    )
    return {
        "finding_id": "dependence:within",
        "kind": "dependence",
        "scope": "company",
        "scope_id": "company",
        "level": "note",
        "headline": "Strict raters cannot be told from weak teams: read gaps within managers first",
        "evidence": (
            "Raters mark hardly anybody in common. A gap between groups who work under different "
            "managers may therefore be one between raters. Among people of one manager it cannot "
            "come from one manager being stricter than another. " + read
        ),
    }


def _say_within(row: Row) -> dict[str, str]:
    amount = "fewer" if row["gap_within"] < 0 else "more"
    return _finding(
        "within", row, "look",
        f"Under the same manager {amount} of the group '{row['group']}' than of "
        f"'{row['reference']}' are {WHERE[row['measure']]} ({row['stage']} bands). "
        "A reason to look.",
        f"{_say_ratio(row)}, {row['n_compared']:,} people under {row['n_managers']:,} "
        f"managers with both. {say_p(row['q_within'])} after Benjamini-Hochberg. Look next at "
        "the bands of each manager.",
    )  # fmt: skip


def _say_ratio(row: Row) -> str:
    if row["ratio_within"] is None:
        nobody = row["group"] if row["gap_within"] < 0 else row["reference"]
        return f"No ratio: there nobody of '{nobody}' is {WHERE[row['measure']]}"
    low, high = row["ratio_low"], row["ratio_high"]
    return f"Ratio {row['ratio_within']:.2f}, 95% interval {low:.2f} to {high:.2f}"


def _say_reversal(row: Row) -> dict[str, str]:
    n = int(row["n_reversing"])
    name = row["reverses_without"]
    # In a view that is handed on, nobody is named.
    is_named = isinstance(name, str)
    who = "the people of " + (f"manager {name}" if is_named else "one manager")
    if n > 1:
        example = f", manager {name} for one," if is_named else ""
        who = f"the people of any one of {n} managers{example}"
    return _finding(
        "removal", row, "note",
        f"{row['attribute']}: the verdict on '{row['group']}' {WHERE[row['measure']]} hangs on "
        "one manager",
        f"Without {who} the line would no longer be beyond the bounds. "
        "Look at the bands of that team. No figures without the team are printed: the "
        "difference would give its counts away.",
    )  # fmt: skip


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
