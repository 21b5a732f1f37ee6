"""Places that stand out, as reasons to look; and what could not be told."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from calibrate.audit.attributes import NOT_STATED
from calibrate.audit.inquiry import Inquiry
from calibrate.audit.origins.lines import BoolArray, Row, list_records
from calibrate.audit.origins.slices import SLICES
from calibrate.bands.guideline import false_discovery_rate, say_p
from calibrate.config import MICRO, MISSING

ALPHA = 0.05
#: A gap in points that matters, in standard deviations of the raw score.
MATTERS = 0.2
#: A ratio that matters, in either direction.
FOUR_FIFTHS = 0.8

_ABSENT = {
    "not_rated": "without a rating",
    "quarantined": "with rows left out of the data",
    "unlinked": "whose raters cannot be compared with others",
    "weak": "whose raters can hardly be compared with others",
}

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
    return [_write(rows) for _, rows in sorted(found.items())]


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
        return _say_criterion if figure == "points_given_total" and row["class"] == "C" else None
    if dimension == "source":
        return _say_source if is_wide else None
    if dimension == "team":
        return _say_teams if figure == "teams_standing_out" else None
    if dimension == "rater_group":
        return _say_raters if is_wide else None
    if dimension in SLICES and figure.startswith("heterogeneity"):
        return lambda one: _say_slices(one, table)
    if dimension in _ABSENT:
        return _say_absent if _is_ratio_wide(row) else None
    if dimension == "comment":
        return _say_comment if _is_ratio_wide(row) else None
    return None


def _is_ratio_wide(row: Row) -> bool:
    a, b = row["value"], row["value_reference"]
    return a is not None and b is not None and bool(min(a, b) < FOUR_FIFTHS * max(a, b))


def _write(rows: list[Said]) -> dict[str, str]:
    row, say = rows[0]
    headline, evidence = say(row)
    more = len(rows) - 1
    if more:
        lines = "1 more line" if more == 1 else f"{more} more lines"
        evidence += f" {lines} of this kind in audit/tables/origins."
    return {
        "finding_id": f"origin:{row['dimension']}:{row['attribute']}:{row['group']}",
        "kind": "origin",
        "scope": "group",
        "scope_id": f"{row['attribute']}: {row['group']}",
        "level": "look",
        "headline": f"{row['attribute']}: {headline} A reason to look.",
        "evidence": f"{evidence} Exploratory: no verdict rests on it.",
    }


def _sides(row: Row) -> str:
    return f"the group '{row['group']}' and '{row['reference']}'"


def _say_gap(row: Row, unit: str = "points") -> str:
    return (
        f"Gap {_signed(row['estimate'])} {unit}, 95% interval {_signed(row['low'])} to "
        f"{_signed(row['high'])}; {row['n']:,} people against {row['n_reference']:,}. {_say_q(row)}"
    )


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")


def _say_q(row: Row) -> str:
    return f"{say_p(row['q_value'])} over all lines of this kind."


def _direction(row: Row) -> str:
    return "lower" if row["estimate"] < 0 else "higher"


def _say_criterion(row: Row) -> tuple[str, str]:
    headline = (
        f"on the criterion '{row['item']}' the group '{row['group']}' is marked {_direction(row)} "
        f"than '{row['reference']}' with the same total."
    )
    return headline, (
        f"{_say_gap(row)} Large by the classes of educational testing (C). What one criterion "
        "gives here another takes: read all of them together."
    )


def _say_source(row: Row) -> tuple[str, str]:
    one, _, other = str(row["item"]).partition(" minus ")
    if other:
        headline = (
            f"beside {other.replace('_', ' ')} forms on the same people, {one.replace('_', ' ')} "
            f"forms are {_direction(row)} for the group '{row['group']}' than for "
            f"'{row['reference']}'."
        )
        return headline, _say_gap(row)
    headline = (
        f"{one.replace('_', ' ')} forms are {_direction(row)} for the group '{row['group']}' than "
        f"for '{row['reference']}'."
    )
    return headline, _say_gap(row)


def _say_raters(row: Row) -> tuple[str, str]:
    more = "higher" if row["estimate"] > 0 else "lower"
    headline = (
        f"raters of the group '{row['group']}' mark their own group {more}, beside "
        f"'{row['reference']}', than raters of '{row['reference']}' do."
    )
    return headline, f"{_say_gap(row)} Nobody dealt out the raters at random."


def _say_slices(row: Row, table: pd.DataFrame) -> tuple[str, str]:
    figure = str(row["figure"]).removeprefix("heterogeneity_of_")
    same = (table["dimension"] == row["dimension"]) & (table["figure"] == figure)
    same &= (table["attribute"] == row["attribute"]) & (table["group"] == row["group"])
    shown = table[same & table["estimate"].notna()].sort_values("estimate", kind="stable")
    scale, unit = (100, "percentage points") if figure == "share" else (1, "points")
    first, last = (
        f"{_signed(scale * float(shown['estimate'].iloc[at]))} in '{shown['item'].iloc[at]}'"
        for at in (0, -1)
    )
    what = "favourable share" if figure == "share" else "raw score"
    headline = (
        f"the gap in the {what} between {_sides(row)} is not the same in every "
        f"{str(row['dimension']).replace('_', ' ')}."
    )
    return headline, f"From {first} to {last}, {unit}. {_say_q(row)}"


def _say_absent(row: Row) -> tuple[str, str]:
    more = "more" if row["estimate"] > 0 else "fewer"
    headline = (
        f"{more} of the group '{row['group']}' than of '{row['reference']}' are people "
        f"{_ABSENT[row['dimension']]}."
    )
    return headline, _say_shares(row)


def _say_shares(row: Row) -> str:
    return (
        f"{100 * row['value']:.1f}% of {row['n']:,} against {100 * row['value_reference']:.1f}% "
        f"of {row['n_reference']:,}. {_say_q(row)}"
    )


def _say_comment(row: Row) -> tuple[str, str]:
    if row["figure"] == "share":
        what = "comments" if row["item"] == "any comment" else "comments that say what to do"
        more = "fewer" if row["estimate"] < 0 else "more"
        return f"{more} {what} for the group '{row['group']}' than for '{row['reference']}'.", (
            _say_shares(row)
        )
    longer = "shorter" if row["estimate"] < 0 else "longer"
    headline = f"comments on the group '{row['group']}' are {longer} than on '{row['reference']}'."
    if row["figure"] == "per_100_words":
        more = "fewer" if row["estimate"] < 0 else "more"
        headline = (
            f"comments on the group '{row['group']}' have {more} words about what the person is "
            f"like than comments on '{row['reference']}'."
        )
    unit = "words" if row["figure"] == "words" else "of 100 words"
    return headline, _say_gap(row, unit)


def _say_teams(row: Row) -> tuple[str, str]:
    n_out, n_tested = int(row["estimate"]), int(row["value"])
    teams = "1 team has" if n_out == 1 else f"{n_out} teams have"
    headline = f"{teams} a gap between {_sides(row)} that chance does not explain."
    return headline, (
        f"{n_tested:,} teams were large enough for an exact test within the team, adjusted over "
        "all of them. For auditors, a manager is named in audit/tables/origins where both sides of "
        "the team reach the smallest cell."
    )


def note_origins(inquiry: Inquiry, table: pd.DataFrame) -> list[str]:
    """Say what was not measured."""
    background = inquiry.background
    if background is None or not len(table):
        return []
    notes = []
    comments = background.comments
    if comments is None or not int(comments.n_comments.sum()):
        notes.append("No comments were given: their words were not compared.")
    else:
        n, n_read = int(comments.n_comments.sum()), int(comments.n_read.sum())
        if n_read < n:
            are = "comment is" if n - n_read == 1 else "comments are"
            notes.append(
                f"{n - n_read:,} of {n:,} {are} not English in Latin letters: the words of these "
                "were not measured."
            )
    if background.history is not None:
        away = int((background.history.employee < 0).sum())
        odd = int((background.history.band < 0).sum())
        said = ", ".join(
            f"{count:,} {what}"
            for count, what in ((away, "about others"), (odd, "with a band of another name"))
            if count
        )
        left_out = f" Rows of the history left out: {said}." if said else ""
        notes.append(f"Gaps of earlier cycles are those of people who are still here.{left_out}")
    return notes
