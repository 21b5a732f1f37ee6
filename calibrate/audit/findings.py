"""Reasons to look, in plain words; and what could not have been seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from calibrate.audit.inference import ALPHA
from calibrate.audit.policy import name_primary_stage
from calibrate.audit.population import STAGES, Population
from calibrate.bands.guideline import say_p

KEY = ("stage", "measure", "attribute", "group")
MEANING = {
    "selection_rate": "in the favourable bands",
    "lowest_band": "in the lowest band",
}

#: Tables of the audit that answer the next questions.
LOOK = (
    "Look next whether it stands within managers too (table dependence), at the same level and "
    "job (adjusted), and on which criterion and source it arises (origins)."
)
UNANSWERED = {
    "too_few": "withheld or not compared: the group or its reference has too few people, or would "
    "give away one that has.",
    "not_computable": "not computable: there is no reference, or nobody of it is counted.",
}


def find_disparities(rows: pd.DataFrame) -> list[dict[str, str]]:
    """Write one finding for each row of the primary family that is beyond both bounds.

    Parameters
    ----------
    rows
        Judged and suppressed rows.

    Returns
    -------
    rows of :data:`calibrate.tables.FINDINGS`
    """
    if not len(rows):
        return []
    chosen = rows[(rows["family"] == "primary") & (rows["verdict"] == "beyond")]
    found = [_write_finding(row, rows) for row in list_records(chosen)]
    return found + find_without_ratio(rows)


def find_without_ratio(
    rows: pd.DataFrame, meaning: Mapping[str, str] = MEANING, look: str = LOOK
) -> list[dict[str, str]]:
    """Write one finding for each group that is counted where nobody of its reference is.

    There is no ratio then and the row reads ``not_computable``; that must not
    hide a gap. The largest of the mid-p and, with managers, the two p-values of
    clustered people is held against 0.05 over the number of such rows of the
    primary family (Bonferroni): they stand in no other comparison.

    Parameters
    ----------
    rows
        Judged and suppressed rows.
    meaning
        Measure to what its people are.
    look
        What to look at next.
    """
    primary = rows[(rows["family"] == "primary") & ~rows["is_small"].astype(bool)]
    candidates = []
    for row in list_records(primary[primary["verdict"] == "not_computable"]):
        reference = _find_row(rows, row, group=row["reference"])
        is_empty = bool(reference) and reference["n_favourable"] == 0
        if row["measure"] in meaning and is_empty and row["n_favourable"] > 0:
            candidates.append((row, reference))
    return [
        _write_without_ratio(row, reference, len(candidates), meaning[row["measure"]], look)
        for row, reference in candidates
        if row["p_no_ratio"] * len(candidates) <= ALPHA
    ]


def _write_without_ratio(
    row: dict[str, Any], reference: dict[str, Any], n_rows: int, meaning: str, look: str
) -> dict[str, str]:
    where = f" ({row['stage']} bands)" if row["stage"] in STAGES else ""
    return {
        "finding_id": ":".join(["no_ratio", *(row[key] for key in KEY)]),
        "kind": "disparity",
        "scope": "group",
        "scope_id": f"{row['attribute']}: {row['group']}",
        "level": "look",
        "headline": (
            f"{row['attribute']}: people of the group '{row['group']}' are "
            f"{meaning}, nobody of '{row['reference']}' is{where}. A reason to look."
        ),
        "evidence": (
            f"{_count(row)} against {_count(reference)}. There is no ratio to nothing. "
            f"{say_p(row['p_no_ratio'] * n_rows, 'p')}, the largest of all tests made, corrected "
            f"for all such rows (Bonferroni). {look}"
        ),
    }


def _write_finding(row: dict[str, Any], rows: pd.DataFrame) -> dict[str, str]:
    reference = _find_row(rows, row, group=row["reference"])
    meaning = MEANING[row["measure"]]
    more = "fewer" if row["ratio"] < 1 else "more"
    headline = (
        f"{row['attribute']}: {more} of the group '{row['group']}' than of "
        f"'{row['reference']}' are {meaning} ({row['stage']} bands). A reason to look."
    )
    evidence = f"{say_evidence(row, reference)} {_say_origin(row, rows)}".strip()
    return {
        "finding_id": ":".join(["disparity", *(row[key] for key in KEY)]),
        "kind": "disparity",
        "scope": "group",
        "scope_id": f"{row['attribute']}: {row['group']}",
        "level": "look",
        "headline": headline,
        "evidence": evidence,
    }


def say_evidence(row: dict[str, Any], reference: dict[str, Any]) -> str:
    """Counts, ratio, p and people of a line beside its reference."""
    said = (
        f"{_count(row)} against {_count(reference)}. "
        f"Ratio {row['ratio']:.2f}, 95% interval {row['ratio_low']:.2f} to "
        f"{row['ratio_high']:.2f}. {_say_p(row)} {_say_people(row)}"
    )
    flips = row.get("flip_flop")
    if not pd.isna(flips) and bool(flips):
        said += " One person of the group, counted or not, would turn the picture round."
    return said


def _find_row(rows: pd.DataFrame, like: dict[str, Any], **other: str) -> dict[str, Any]:
    wanted = {key: like[key] for key in KEY} | other
    chosen = rows
    for key, value in wanted.items():
        chosen = chosen[chosen[key] == value]
    records = list_records(chosen)
    return records[0] if records else {}


def list_records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain dictionaries."""
    return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]


def _count(row: dict[str, Any]) -> str:
    return f"{row['n_favourable']:,} of {row['n']:,} ({100 * row['rate']:.0f}%)"


def _say_p(row: dict[str, Any]) -> str:
    said = f"{say_p(row['q_value'])} after Benjamini-Hochberg"
    if not pd.isna(row["p_clustered"]):
        said += ", on the larger of both p-values"
    if not pd.isna(row["q_null_imposed"]):
        said += f"; {say_p(row['q_null_imposed'])} in the stricter test of people under one manager"
    return f"{said}."


def _say_people(row: dict[str, Any]) -> str:
    people = abs(row["shortfall"])
    direction = "fewer" if row["shortfall"] > 0 else "more"
    noun = "person" if round(people, 1) == 1 else "people"
    return f"That is {people:.1f} {noun} {direction} than at the reference's rate."


def _say_origin(row: dict[str, Any], rows: pd.DataFrame) -> str:
    look = LOOK
    if row["stage"] == "raw":
        return look
    before = _find_row(rows, row, stage="raw")
    if not before or pd.isna(before["ratio"]):
        return look
    return (
        f"By the raw scores the ratio is {before['ratio']:.2f}: compare the two to see "
        f"whether the gap was there before the {row['stage']} bands. {look}"
    )


def write_notes(
    rows: pd.DataFrame, population: Population, named: Sequence[str] = ()
) -> tuple[str, ...]:
    """Say what the verdicts are about, and what a gap would have needed to be seen.

    Parameters
    ----------
    rows
        Judged and suppressed rows; may be empty.
    population
        Everybody and where each stage put them.
    named
        Attributes that the cycle names and no file holds.
    """
    if named:
        return (
            f"The cycle names {' and '.join(named)} under audit.attributes, and has no "
            "attributes file: no figure by group was computed.",
        )
    if not len(rows):
        return ("No attributes were given: no figure by group was computed.",)
    stage = name_primary_stage(population.stages)
    notes = [
        f"Verdicts of the primary family are about the {stage} bands: "
        "the favourable share and the lowest band, one attribute at a time."
    ]
    n_rated = int(population.rated.sum())
    n_banded = int((population.bands[stage][population.rated] >= 0).sum()) if stage else 0
    if n_banded < n_rated:
        notes.append(f"Of {n_rated:,} rated people {n_banded:,} have a {stage} band.")
    if population.manager is None:
        notes.append(
            "There are no managers in the data: p-values take people as independent, "
            "which people under one manager are not."
        )
    primary = rows[rows["family"] == "primary"]
    if not (primary["verdict"] == "beyond").any():
        notes += note_power(primary)
    for verdict, meaning in UNANSWERED.items():
        n = int((primary["verdict"] == verdict).sum())
        if n:
            lines_are = "line is" if n == 1 else "lines are"
            notes.append(f"In the primary family {n} {lines_are} {meaning}")
    return tuple(notes)


def note_power(primary: pd.DataFrame) -> list[str]:
    """Say what the tests of the primary family could have found, in words.

    Parameters
    ----------
    primary
        Rows of the primary family, none of them beyond.
    """
    chosen = primary[(primary["measure"] == "selection_rate") & ~primary["is_reference"]]
    ratios = chosen["detectable_ratio"].dropna()
    was_compared = chosen["verdict"].isin(["inconclusive", "within", "significant_only"])
    n_blind = int((chosen["detectable_ratio"].isna() & was_compared).sum())
    start = "No row of the primary family is beyond both bounds. That is no proof of equality:"
    if not len(ratios):
        return [f"{start} with these numbers no smaller favourable share could have been found."]
    span = f"{ratios.max():.2f}"
    if f"{ratios.min():.2f}" != span:
        span = f"{ratios.min():.2f} (smallest group) to {span} (largest)"
    notes = [
        f"{start} with 80% power, a test of one group alone would have found a ratio of "
        f"favourable shares at or below {span}."
    ]
    strict = chosen["detectable_ratio_family"].dropna()
    if len(strict):
        notes.append(
            "Held against all tests of the family at once, the same holds for a ratio at or "
            f"below {strict.max():.2f} in the group with the most power."
        )
    if primary["p_clustered"].notna().any():
        notes.append(
            "Where people of one manager are alike, only larger gaps than these are found; the "
            "simulated audits of this company say how large (table simulation)."
        )
    if n_blind:
        groups = "one group" if n_blind == 1 else f"{n_blind} groups"
        notes.append(f"For {groups} not even a favourable share of zero would have been found.")
    return notes
