"""Places that stand out, as reasons to look; and what could not be told."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from calibrate.audit.attributes import NOT_STATED
from calibrate.audit.background import HistoryEvidence
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.origins.lines import BoolArray, Row, list_records
from calibrate.audit.origins.phrases import (
    ABSENT,
    say_absent,
    say_comment,
    say_criterion,
    say_raters,
    say_slices,
    say_source,
    say_teams,
)
from calibrate.audit.origins.slices import SLICES
from calibrate.audit.phrases import refrain
from calibrate.bands.guideline import false_discovery_rate
from calibrate.config import MICRO, MISSING
from calibrate.language import _, ngettext

ALPHA = 0.05
#: A gap in points that matters, in standard deviations of the raw score.
MATTERS = 0.2
#: A ratio that matters, in either direction.
FOUR_FIFTHS = 0.8

#: A line, and how its headline and evidence are written.
Said = tuple[Row, Callable[[Row], tuple[str, str]]]


def find_origins(inquiry: Inquiry, table: pd.DataFrame) -> list[dict[str, str]]:
    """Write one finding for each dimension and group where something stands out.

    Many families are looked at, so that a q-value below 0.05 alone would give
    one in four audits a false lead. A family (dimension and attribute) counts
    if its smallest q-value, which is Simes' p of the family, survives
    Benjamini-Hochberg over all families; a line of it if its q-value is at most
    0.05 times the share of families that count (Benjamini and Bogomolov 2014).
    The gap must matter too: 0.2 standard deviations of the raw score, ETS class
    C, or a ratio of shares beyond 0.80 in either direction. Of several lines
    the one of the smallest q-value is written and the others are counted.
    """
    deviation = _measure_deviation(inquiry)
    known = table[_is_selected(table) & (table["group"] != NOT_STATED)]
    chosen: list[Said] = [
        (row, say)
        for row in list_records(known)
        if (say := _find_words(row, deviation, table)) is not None
    ]
    found: dict[tuple[str, str, str], list[Said]] = {}
    for row, say in sorted(chosen, key=lambda each: _order(each[0])):
        key = (row["dimension"], row["attribute"], row["group"])
        found.setdefault(key, []).append((row, say))
    return [_write(rows) for __, rows in sorted(found.items())]


def _order(row: Row) -> tuple[float, str]:
    return (float(row["q_value"] or 0.0), str(row["item"]))


def _is_selected(table: pd.DataFrame) -> BoolArray:
    """Lines that stand out over all families together."""
    q_value = table["q_value"].astype(float).to_numpy()
    smallest = table.assign(q=q_value).groupby(["dimension", "attribute"])["q"].transform("min")
    simes = table.assign(q=smallest).drop_duplicates(["dimension", "attribute"])["q"].to_numpy()
    simes = simes[~np.isnan(simes)]
    n_counting = int((false_discovery_rate(simes) <= ALPHA).sum())
    # Families that count are those of the smallest p.
    bound = np.sort(simes)[n_counting - 1] if n_counting else -1.0
    share = n_counting / max(1, len(simes))
    return np.asarray((smallest.to_numpy() <= bound) & (q_value <= ALPHA * share), np.bool_)


def _measure_deviation(inquiry: Inquiry) -> float:
    raw = inquiry.population.scores.get("raw", np.full(1, MISSING))
    known = raw[raw != MISSING] / MICRO
    return float(known.std(ddof=1)) if len(known) > 1 else float("inf")


def _find_words(
    row: Row, deviation: float, table: pd.DataFrame
) -> Callable[[Row], tuple[str, str]] | None:
    """How to say this line; None where the gap is too small to matter or is no place."""
    dimension, figure = row["dimension"], row["figure"]
    is_wide = figure == "points" and abs(row["estimate"]) >= MATTERS * deviation
    if dimension == "criterion":
        return say_criterion if figure == "points_given_total" and row["class"] == "C" else None
    if dimension == "source":
        return say_source if is_wide else None
    if dimension == "team":
        return say_teams if figure == "teams_standing_out" else None
    if dimension == "rater_group":
        return say_raters if is_wide else None
    if dimension in SLICES and figure.startswith("heterogeneity"):
        return lambda one: say_slices(one, table)
    if dimension in ABSENT:
        return say_absent if _is_ratio_wide(row) else None
    if dimension == "comment":
        return say_comment if _is_ratio_wide(row) else None
    return None


def _is_ratio_wide(row: Row) -> bool:
    a, b = row["value"], row["value_reference"]
    return a is not None and b is not None and bool(min(a, b) < FOUR_FIFTHS * max(a, b))


def _write(rows: list[Said]) -> dict[str, str]:
    row, say = rows[0]
    headline, evidence = say(row)
    said = [evidence]
    if more := len(rows) - 1:
        said.append(
            ngettext(
                "{n} more line of this kind in audit/tables/origins.",
                "{n} more lines of this kind in audit/tables/origins.",
                more,
            )
        )
    said.append(_("Exploratory: no verdict rests on it."))
    return {
        "finding_id": f"origin:{row['dimension']}:{row['attribute']}:{row['group']}",
        "kind": "origin",
        "scope": "group",
        "scope_id": f"{row['attribute']}: {row['group']}",
        "level": "look",
        "headline": refrain(headline),
        "evidence": " ".join(said),
    }


def note_origins(inquiry: Inquiry, table: pd.DataFrame) -> list[str]:
    """Say what was not measured."""
    background = inquiry.background
    if background is None or not len(table):
        return []
    notes = []
    comments = background.comments
    if comments is None or not int(comments.n_comments.sum()):
        notes.append(_("No comments were given: their words were not compared."))
    else:
        n, n_read = int(comments.n_comments.sum()), int(comments.n_read.sum())
        if n_read < n:
            notes.append(
                ngettext(
                    "{n} of {total} comments is not English in Latin letters: its words were not "
                    "measured.",
                    "{n} of {total} comments are not English in Latin letters: the words of these "
                    "were not measured.",
                    n - n_read, total=n,
                )
            )  # fmt: skip
    return notes + _note_history(background.history)


def _note_history(history: HistoryEvidence | None) -> list[str]:
    if history is None:
        return []
    notes = [_("Gaps of earlier cycles are those of people who are still here.")]
    if away := int((history.employee < 0).sum()):
        notes.append(
            ngettext(
                "{n} row of the history is left out: it is about somebody else.",
                "{n} rows of the history are left out: they are about others.",
                away,
            )
        )
    if odd := int((history.band < 0).sum()):
        notes.append(
            ngettext(
                "{n} row of the history is left out: its band has another name.",
                "{n} rows of the history are left out: their bands have other names.",
                odd,
            )
        )
    return notes
