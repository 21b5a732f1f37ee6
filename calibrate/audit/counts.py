"""The same decision rule on somebody else's counts; what counts cannot carry is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calibrate.audit.compare import Rows, Sides, compare_rates
from calibrate.audit.counts_file import MEASURE, CountRow
from calibrate.audit.counts_printed import Block, find_contradictions
from calibrate.audit.findings import (
    NoRatio,
    find_without_ratio,
    list_records,
    note_power,
    say_evidence,
)
from calibrate.audit.groups import Grouping
from calibrate.audit.ll144 import (
    Counted,
    find_categories,
    find_pack,
    name_types,
    say_categories,
    tabulate_ll144,
)
from calibrate.audit.packs import tabulate_packs
from calibrate.audit.phrases import name_sides, refrain
from calibrate.audit.policy import (
    PRIMARY_MEASURES,
    Family,
    RulePack,
    name_family,
    name_primary_stage,
)
from calibrate.audit.suppress import suppress_small
from calibrate.audit.verdicts import judge_blocks
from calibrate.language import N_, _
from calibrate.language.figures import write_significant
from calibrate.tables import CONTRADICTIONS, DISPARITIES, FINDINGS, LL144, RULE_PACKS, Contract

#: Tables of an audit of counts.
COUNT_TABLES: tuple[Contract, ...] = (DISPARITIES, FINDINGS, CONTRADICTIONS, LL144, RULE_PACKS)

#: What to look at next.
ASK = N_(
    "Counts cannot say where it arises: ask for the data by manager, by job and level, and by "
    "step of the procedure."
)
#: Whether fewer of the group are counted than of its reference.
MORE_OR_FEWER = {
    True: N_(
        "{attribute}: fewer of the group '{group}' than of '{reference}' are counted ({measure})."
    ),
    False: N_(
        "{attribute}: more of the group '{group}' than of '{reference}' are counted ({measure})."
    ),
}
NOBODY_ELSE = N_(
    "{attribute}: people of the group '{group}' are counted ({measure}), nobody of "
    "'{reference}' is."
)

Key = tuple[str, str, str]


@dataclass(frozen=True)
class CountSettings:
    """What the file does not say.

    Parameters
    ----------
    min_cell
        Groups below this many people are withheld.
    packs
        Rule packs; the first one's bounds give the verdicts.
    """

    min_cell: int
    packs: tuple[RulePack, ...]


@dataclass(frozen=True)
class CountsResult:
    """Frames by the name of their contract, and what could not be told."""

    tables: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...]


def audit_counts(rows: Sequence[CountRow], settings: CountSettings) -> CountsResult:
    """Compare the groups of a table of counts, and its printed figures with its counts.

    Without a mark the largest group is the reference, of equal ones the first
    in sort order; a crossing's reference crosses those of its attributes where
    that group exists. The primary family holds single attributes at the latest
    of the stages ``final``, ``proposed`` and ``raw`` and the measures
    ``selection_rate`` and ``lowest_band``; where the file has none of these
    stages, or none of these measures, it holds all.

    Parameters
    ----------
    rows
        As :func:`calibrate.audit.counts_file.read_counts` gives them.
    settings
        Smallest cell and rule packs.
    """
    grouped = _group_rows(rows)
    references = _choose_references(grouped)
    rules = settings.packs[0]
    blocks, printed = [], []
    for key, block in grouped.items():
        compared = _compare(key, block, references[key], settings.min_cell, rules)
        blocks.append(compared)
        printed.append(
            Block(
                block, references[key], any(row.is_reference for row in block),
                compared["impact_ratio"].tolist(),
            )
        )  # fmt: skip
    judged = suppress_small(judge_blocks(blocks, rules, _name_families(rows)))
    contradictions = find_contradictions(printed)
    counted = NoRatio(dict.fromkeys(judged["measure"], NOBODY_ELSE), ASK)
    found = [
        *_find_beyond(judged),
        *find_without_ratio(judged, counted),
        *_find_contradicted(contradictions),
    ]
    tables = {
        "disparities": DISPARITIES.conform(judged[DISPARITIES.names]),
        "findings": FINDINGS.conform(pd.DataFrame(found, columns=FINDINGS.names)),
        "contradictions": contradictions,
        "ll144": _tabulate_ll144(grouped, settings),
        "rule_packs": tabulate_packs(settings.packs),
    }
    return CountsResult(tables, tuple(_write_notes(judged, rows, grouped, settings)))


def _group_rows(rows: Sequence[CountRow]) -> dict[Key, list[CountRow]]:
    grouped: dict[Key, list[CountRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.group):
        grouped[row.stage, row.measure, row.attribute].append(row)
    return dict(sorted(grouped.items()))


def _choose_references(grouped: Mapping[Key, Sequence[CountRow]]) -> dict[Key, int]:
    """Position of the reference in each block; single attributes before crossed ones."""
    chosen: dict[Key, int] = {}
    for key in sorted(grouped, key=lambda key: "*" in key[2]):
        block = grouped[key]
        labels = [row.group for row in block]
        marked = [at for at, row in enumerate(block) if row.is_reference]
        corner = "*".join(
            grouped[part][chosen[part]].group if chosen.get(part, -1) >= 0 else ""
            for part in ((*key[:2], name) for name in key[2].split("*"))
        )
        people = [row.n if row.is_known else -1 for row in block]
        if marked:
            chosen[key] = marked[0]
        elif "*" in key[2] and corner in labels:
            chosen[key] = labels.index(corner)
        else:
            chosen[key] = int(np.argmax(people)) if max(people) > 0 else -1
    return chosen


def _compare(
    key: Key, block: Sequence[CountRow], reference: int, min_cell: int, rules: RulePack
) -> Rows:
    stage, measure, attribute = key
    n = np.array([row.n for row in block], np.int64)
    x = np.array([row.n_favourable for row in block], np.int64)
    grouping = Grouping(
        attribute=attribute,
        labels=tuple(row.group for row in block),
        is_known=np.array([row.is_known for row in block], dtype=np.bool_),
        reference=reference,
        reference_label=block[reference].group if reference >= 0 else "",
        positions=(),
        shape=(),
        lookup=np.zeros(0, np.int64),
    )
    rates = np.where(n > 0, x / np.maximum(n, 1), np.nan)
    rows = compare_rates(
        Sides(grouping, n, min_cell, rules), x, rates, None, np.zeros(0),
        is_adverse=measure == "lowest_band",
    )  # fmt: skip
    names = {"stage": stage, "measure": measure}
    return rows | {name: np.full(len(n), text, dtype=object) for name, text in names.items()}


class _Families:
    """Names families for a file: its own stages and measures where ours are absent."""

    def __init__(self, rows: Sequence[CountRow]) -> None:
        self.stage = name_primary_stage(tuple({row.stage for row in rows}))
        self.has_ours = any(row.measure in PRIMARY_MEASURES for row in rows)

    def __call__(self, stage: str, measure: str, attribute: str) -> Family:
        stands_for = measure if self.has_ours else PRIMARY_MEASURES[0]
        return name_family(stage, stands_for, attribute, self.stage or stage)


def _name_families(rows: Sequence[CountRow]) -> _Families:
    return _Families(rows)


def _find_beyond(rows: pd.DataFrame) -> list[dict[str, str]]:
    chosen = rows[(rows["family"] == "primary") & (rows["verdict"] == "beyond")]
    found = []
    for row in list_records(chosen):
        same = (rows["stage"] == row["stage"]) & (rows["measure"] == row["measure"])
        same &= (rows["attribute"] == row["attribute"]) & (rows["group"] == row["reference"])
        (reference,) = list_records(rows[same])
        said = _(
            MORE_OR_FEWER[bool(row["ratio"] < 1)], measure=row["measure"], **name_sides(row),
        )  # fmt: skip
        found.append(
            {
                "finding_id": ":".join(
                    ["disparity", *(row[k] for k in ("stage", "measure", "attribute", "group"))]
                ),
                "kind": "disparity",
                "scope": "group",
                "scope_id": f"{row['attribute']}: {row['group']}",
                "level": "look",
                "headline": refrain(said),
                "evidence": f"{say_evidence(row, reference)} {_(ASK)}",
            }
        )
    return found


def _find_contradicted(contradictions: pd.DataFrame) -> list[dict[str, str]]:
    found = []
    for line in list_records(contradictions):
        figure = line["from_counts"]
        column = str(line["column"]).replace("_", " ")
        evidence = [
            _("The counts give no such figure.")
            if pd.isna(figure)
            else _("The counts give {figure}.", figure=write_significant(figure))
        ]
        if not pd.isna(line["note"]) and line["note"]:
            evidence.append(_("Note: {note}.", note=line["note"]))
        evidence.append(_("Ask which of the two is wrong before either is used."))
        found.append(
            {
                "finding_id": f"contradiction:{line['row']}:{line['column']}",
                "kind": "contradiction",
                "scope": "group",
                "scope_id": f"{line['attribute']}: {line['group']}",
                "level": "look",
                "headline": _(
                    "Row {row}: the printed {column} {printed} does not follow from its counts.",
                    row=str(line["row"]), column=column, printed=line["printed"],
                ),
                "evidence": " ".join(evidence),
            }
        )  # fmt: skip
    return found


def _tabulate_ll144(
    grouped: Mapping[Key, Sequence[CountRow]], settings: CountSettings
) -> pd.DataFrame:
    pack = find_pack(settings.packs)
    if pack is None:
        return LL144.empty()
    types = name_types(find_categories(_list_single(grouped), {}))
    counted = []
    for (stage, measure, attribute), block in grouped.items():
        if measure != MEASURE or attribute not in types:
            continue
        n, x, above, scored = (np.zeros(len(block), np.int64) for __ in range(4))
        scoring = {row.group: row for row in grouped.get((stage, "scoring_rate", attribute), ())}
        for at, row in enumerate(block):
            n[at], x[at] = row.n, row.n_favourable
            if row.group in scoring:
                scored[at], above[at] = scoring[row.group].n, scoring[row.group].n_favourable
        labels = tuple(row.group for row in block)
        is_known = np.array([row.is_known for row in block], dtype=np.bool_)
        scores = (scored, above) if scoring else (None, None)
        counted.append(Counted(stage, attribute, labels, is_known, n, x, *scores))
    return tabulate_ll144(counted, types, pack, settings.min_cell)


def _list_single(grouped: Mapping[Key, Sequence[CountRow]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for __, __, name in grouped if "*" not in name))


def _write_notes(
    judged: pd.DataFrame,
    rows: Sequence[CountRow],
    grouped: Mapping[Key, Sequence[CountRow]],
    settings: CountSettings,
) -> list[str]:
    notes = [
        _(
            "Counts do not say who works for whom. The p-values take people as independent; "
            "people under one manager are not, and then chance explains more than these p-values "
            "say."
        ),
        _("Nothing is held constant: a gap may be one between jobs, levels or places."),
        _("Counts cannot say where a gap arises, and they do not hold who was never counted."),
    ]
    if not any(row.is_reference for row in rows):
        notes.append(
            _(
                "The file marks no reference. The largest group of each attribute was taken; a "
                "ratio to another group is another number."
            )
        )
    notes += _note_totals(grouped)
    primary = judged[judged["family"] == "primary"]
    if not (primary["verdict"] == "beyond").any():
        notes += note_power(primary)
    if find_pack(settings.packs) is not None:
        crossed = [name for __, __, name in grouped if "*" in name]
        notes += say_categories(_list_single(grouped), {}, crossed)
    if any(pack.obligations for pack in settings.packs):
        notes.append(_("What is to be documented of a system stands in the audit of a whole run."))
    return notes


def _note_totals(grouped: Mapping[Key, Sequence[CountRow]]) -> list[str]:
    """Say where attributes of one stage and measure do not add up to the same people."""
    totals: dict[tuple[str, str], dict[str, tuple[int, int]]] = defaultdict(dict)
    for (stage, measure, attribute), block in grouped.items():
        people = sum(row.n for row in block), sum(row.n_favourable for row in block)
        totals[stage, measure][attribute] = people
    notes = []
    for (stage, measure), by_attribute in totals.items():
        if len(set(by_attribute.values())) > 1:
            said = "; ".join(
                _("{name}: {n} of {total}", name=name, n=x, total=n)
                for name, (n, x) in by_attribute.items()
            )
            notes.append(
                _(
                    "The attributes do not add up to the same people ({stage}, {measure}): "
                    "{counts}. Ask who is missing.",
                    stage=stage, measure=measure, counts=said,
                )
            )  # fmt: skip
    return notes
