"""Reasons to look, in plain words; and what could not have been seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from calibrate.audit.inference import ALPHA
from calibrate.audit.phrases import LOOK_WITHIN, name_sides, refrain, say_bands
from calibrate.audit.policy import name_primary_stage
from calibrate.audit.population import Population
from calibrate.bands.guideline import say_p
from calibrate.language import N_, _, ngettext
from calibrate.language.figures import write_figure, write_share

KEY = ("stage", "measure", "attribute", "group")

#: Measure, and whether fewer of the group are counted than of its reference.
MORE_OR_FEWER = {
    ("selection_rate", True): N_(
        "{attribute}: fewer of the group '{group}' than of '{reference}' are in the favourable "
        "bands ({bands})."
    ),
    ("selection_rate", False): N_(
        "{attribute}: more of the group '{group}' than of '{reference}' are in the favourable "
        "bands ({bands})."
    ),
    ("lowest_band", True): N_(
        "{attribute}: fewer of the group '{group}' than of '{reference}' are in the lowest band "
        "({bands})."
    ),
    ("lowest_band", False): N_(
        "{attribute}: more of the group '{group}' than of '{reference}' are in the lowest band "
        "({bands})."
    ),
}
NOBODY_ELSE = {
    "selection_rate": N_(
        "{attribute}: people of the group '{group}' are in the favourable bands, nobody of "
        "'{reference}' is ({bands})."
    ),
    "lowest_band": N_(
        "{attribute}: people of the group '{group}' are in the lowest band, nobody of "
        "'{reference}' is ({bands})."
    ),
}


@dataclass(frozen=True)
class NoRatio:
    """How a group is named that is counted where nobody of its reference is.

    Parameters
    ----------
    headlines
        Measure to a message with attribute, group, reference, measure and bands.
    look
        Message: what to look at next.
    """

    headlines: Mapping[str, str]
    look: str


OWN = NoRatio(NOBODY_ELSE, LOOK_WITHIN)


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


def find_without_ratio(rows: pd.DataFrame, words: NoRatio = OWN) -> list[dict[str, str]]:
    """Write one finding for each group that is counted where nobody of its reference is.

    There is no ratio then and the row reads ``not_computable``; that must not
    hide a gap. The largest of the mid-p and, with managers, the two p-values of
    clustered people is held against 0.05 over the number of such rows of the
    primary family (Bonferroni): they stand in no other comparison.

    Parameters
    ----------
    rows
        Judged and suppressed rows.
    words
        What is said of them.
    """
    primary = rows[(rows["family"] == "primary") & ~rows["is_small"].astype(bool)]
    candidates = []
    for row in list_records(primary[primary["verdict"] == "not_computable"]):
        reference = _find_row(rows, row, group=row["reference"])
        is_empty = bool(reference) and reference["n_favourable"] == 0
        if row["measure"] in words.headlines and is_empty and row["n_favourable"] > 0:
            candidates.append((row, reference))
    return [
        _write_without_ratio(row, reference, len(candidates), words)
        for row, reference in candidates
        if row["p_no_ratio"] * len(candidates) <= ALPHA
    ]


def _write_without_ratio(
    row: dict[str, Any], reference: dict[str, Any], n_rows: int, words: NoRatio
) -> dict[str, str]:
    said = _(
        words.headlines[row["measure"]], measure=row["measure"], bands=say_bands(row["stage"]),
        **name_sides(row),
    )  # fmt: skip
    corrected = _(
        "{p}, the largest of all tests made, corrected for all such rows (Bonferroni).",
        p=say_p(row["p_no_ratio"] * n_rows, "p"),
    )
    nothing = _("There is no ratio to nothing.")
    return {
        "finding_id": ":".join(["no_ratio", *(row[key] for key in KEY)]),
        "kind": "disparity",
        "scope": "group",
        "scope_id": f"{row['attribute']}: {row['group']}",
        "level": "look",
        "headline": refrain(said),
        "evidence": f"{_count(row, reference)} {nothing} {corrected} {_(words.look)}",
    }


def _write_finding(row: dict[str, Any], rows: pd.DataFrame) -> dict[str, str]:
    reference = _find_row(rows, row, group=row["reference"])
    said = _(
        MORE_OR_FEWER[row["measure"], bool(row["ratio"] < 1)], bands=say_bands(row["stage"]),
        **name_sides(row),
    )  # fmt: skip
    return {
        "finding_id": ":".join(["disparity", *(row[key] for key in KEY)]),
        "kind": "disparity",
        "scope": "group",
        "scope_id": f"{row['attribute']}: {row['group']}",
        "level": "look",
        "headline": refrain(said),
        "evidence": f"{say_evidence(row, reference)} {_say_origin(row, rows)}".strip(),
    }


def say_evidence(row: dict[str, Any], reference: dict[str, Any]) -> str:
    """Counts, ratio, p and people of a line beside its reference."""
    ratio = _(
        "Ratio {ratio}, 95% interval {low} to {high}.",
        ratio=write_figure(row["ratio"], 2), low=write_figure(row["ratio_low"], 2),
        high=write_figure(row["ratio_high"], 2),
    )  # fmt: skip
    said = f"{_count(row, reference)} {ratio} {_say_p(row)} {_say_people(row)}"
    flips = row.get("flip_flop")
    if not pd.isna(flips) and bool(flips):
        turned = _("One person of the group, counted or not, would turn the picture round.")
        return f"{said} {turned}"
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


def _count(row: dict[str, Any], reference: dict[str, Any]) -> str:
    return _(
        "{n} of {total} ({share}) against {n_reference} of {total_reference} "
        "({share_reference}).",
        n=int(row["n_favourable"]), total=int(row["n"]), share=write_share(row["rate"]),
        n_reference=int(reference["n_favourable"]), total_reference=int(reference["n"]),
        share_reference=write_share(reference["rate"]),
    )  # fmt: skip


def _say_p(row: dict[str, Any]) -> str:
    q_value = say_p(row["q_value"])
    is_larger = not pd.isna(row["p_clustered"])
    if not pd.isna(row["q_null_imposed"]):
        strict = say_p(row["q_null_imposed"])
        if is_larger:
            return _(
                "{q} after Benjamini-Hochberg, on the larger of both p-values; {strict} in the "
                "stricter test of people under one manager.",
                q=q_value, strict=strict,
            )  # fmt: skip
        return _(
            "{q} after Benjamini-Hochberg; {strict} in the stricter test of people under one "
            "manager.",
            q=q_value, strict=strict,
        )  # fmt: skip
    if is_larger:
        return _("{q} after Benjamini-Hochberg, on the larger of both p-values.", q=q_value)
    return _("{q} after Benjamini-Hochberg.", q=q_value)


def _say_people(row: dict[str, Any]) -> str:
    people = abs(row["shortfall"])
    n = 1 if round(people, 1) == 1 else 2
    number = write_figure(people, 1)
    if row["shortfall"] > 0:
        return ngettext(
            "That is {number} person fewer than at the reference's rate.",
            "That is {number} people fewer than at the reference's rate.", n, number=number,
        )  # fmt: skip
    return ngettext(
        "That is {number} person more than at the reference's rate.",
        "That is {number} people more than at the reference's rate.", n, number=number,
    )  # fmt: skip


def _say_origin(row: dict[str, Any], rows: pd.DataFrame) -> str:
    look = _(LOOK_WITHIN)
    if row["stage"] == "raw":
        return look
    before = _find_row(rows, row, stage="raw")
    if not before or pd.isna(before["ratio"]):
        return look
    compared = _(
        "By the raw scores the ratio is {ratio}: compare the two to see whether the gap was "
        "there before ({bands}).",
        ratio=write_figure(before["ratio"], 2), bands=say_bands(row["stage"]),
    )  # fmt: skip
    return f"{compared} {look}"


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
            _(
                "The cycle names attributes under audit.attributes ({names}), and has no "
                "attributes file: no figure by group was computed.",
                names=", ".join(named),
            ),
        )
    if not len(rows):
        return (_("No attributes were given: no figure by group was computed."),)
    stage = name_primary_stage(population.stages)
    notes = [] if stage is None else [*_note_stage(stage, population)]
    if population.manager is None:
        notes.append(
            _(
                "There are no managers in the data: p-values take people as independent, "
                "which people under one manager are not."
            )
        )
    primary = rows[rows["family"] == "primary"]
    if not (primary["verdict"] == "beyond").any():
        notes += note_power(primary)
    return (*notes, *_note_unanswered(primary["verdict"]))


def _note_stage(stage: str, population: Population) -> Iterator[str]:
    bands = say_bands(stage)
    yield _(
        "Verdicts of the primary family are about the favourable share and the lowest band, one "
        "attribute at a time ({bands}).",
        bands=bands,
    )
    n_rated = int(population.rated.sum())
    n_banded = int((population.bands[stage][population.rated] >= 0).sum())
    if n_banded < n_rated:
        yield _(
            "Of {rated} rated people {banded} have a band ({bands}).",
            rated=n_rated, banded=n_banded, bands=bands,
        )  # fmt: skip


def _note_unanswered(verdicts: pd.Series) -> Iterator[str]:
    if n := int((verdicts == "too_few").sum()):
        yield ngettext(
            "In the primary family {n} line is withheld or not compared: the group or its "
            "reference has too few people, or would give away one that has.",
            "In the primary family {n} lines are withheld or not compared: the group or its "
            "reference has too few people, or would give away one that has.",
            n,
        )
    if n := int((verdicts == "not_computable").sum()):
        yield ngettext(
            "In the primary family {n} line is not computable: there is no reference, or nobody "
            "of it is counted.",
            "In the primary family {n} lines are not computable: there is no reference, or "
            "nobody of it is counted.",
            n,
        )


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
    start = _("No row of the primary family is beyond both bounds. That is no proof of equality.")
    if not len(ratios):
        none = _("With these numbers no smaller favourable share could have been found.")
        return [f"{start} {none}"]
    notes = [f"{start} {_say_detectable(float(ratios.min()), float(ratios.max()))}"]
    strict = chosen["detectable_ratio_family"].dropna()
    if len(strict):
        notes.append(
            _(
                "Held against all tests of the family at once, the same holds for a ratio at or "
                "below {ratio} in the group with the most power.",
                ratio=write_figure(float(strict.max()), 2),
            )
        )
    if primary["p_clustered"].notna().any():
        notes.append(
            _(
                "Where people of one manager are alike, only larger gaps than these are found; "
                "the simulated audits of this company say how large (table simulation)."
            )
        )
    if n_blind:
        notes.append(
            ngettext(
                "For {n} group not even a favourable share of zero would have been found.",
                "For {n} groups not even a favourable share of zero would have been found.",
                n_blind,
            )
        )
    return notes


def _say_detectable(smallest: float, largest: float) -> str:
    low, high = write_figure(smallest, 2), write_figure(largest, 2)
    if low == high:
        return _(
            "With 80% power, a test of one group alone would have found a ratio of favourable "
            "shares at or below {ratio}.",
            ratio=high,
        )
    return _(
        "With 80% power, a test of one group alone would have found a ratio of favourable "
        "shares at or below {low} (smallest group) to {high} (largest).",
        low=low, high=high,
    )  # fmt: skip
