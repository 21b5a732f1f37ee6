"""The annex: every line of the table of disparities, with its intervals and tests."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from calibrate.report.material import Row
from calibrate.report.views.audit_parts.rates import (
    say_attribute,
    say_group,
    say_verdict,
    split_hidden,
)
from calibrate.report.words import (
    DASH,
    say_measure,
    sign_number,
    write_count,
    write_number,
    write_p,
    write_percent,
)

TITLE = "Annex: every rate and ratio"
LEAD = (
    "Intervals (95%) stand in brackets. p is the exact test; “by manager” takes people of one "
    "manager together; the larger of the two is corrected to q. A line of small q that reads "
    "inconclusive failed the stricter test (q_null_imposed in the table). “Finds” is the ratio "
    "nearest to 1 that one test would find in 8 of 10 cases. Short of: people the group lacks at "
    "the reference’s rate; negative: it has more. For mean scores, rate is in points, ratio is the "
    "difference in points, and p is Welch’s test."
)
#: Lines the annex prints in all; single attributes come first.
MOST_LINES = 1_200
_STAGES = {"raw": 0, "calibrated": 1, "proposed": 2, "final": 3}


@dataclass(frozen=True)
class AnnexRow:
    """Every figure of one line of the disparities table."""

    group: str
    is_reference: bool
    counted: str
    rate: str
    ratio: str
    impact: str
    p: str
    p_clustered: str
    q: str
    detectable: str
    shortfall: str
    verdict: str


@dataclass(frozen=True)
class AnnexBlock:
    """One measure."""

    measure: str
    rows: tuple[AnnexRow, ...]
    too_few: str


@dataclass(frozen=True)
class AnnexTable:
    """One attribute at one stage."""

    title: str
    blocks: tuple[AnnexBlock, ...]


@dataclass(frozen=True)
class Annex:
    """Everything behind the last section."""

    title: str
    lead: str
    tables: tuple[AnnexTable, ...]
    notice: str
    anchor: str = "annex"
    level: int = 2


def build_annex(rows: list[Row]) -> Annex | None:
    """Write every line, one table for each attribute and stage; none without attributes."""
    if not rows:
        return None
    ranked = sorted(
        rows,
        key=lambda r: (
            "*" in str(r["attribute"]), str(r["attribute"]), _STAGES.get(str(r["stage"]), 9),
        ),
    )  # fmt: skip
    kept, notice = ranked[:MOST_LINES], ""
    if len(ranked) > MOST_LINES:
        notice = (
            f"The first {MOST_LINES:,} of {len(ranked):,} lines are shown; all are in "
            "audit/tables/disparities."
        )
    tables = []
    for (name, stage), lines in groupby(kept, key=lambda r: (r["attribute"], r["stage"])):
        blocks = tuple(
            _build_block(str(measure), list(own))
            for measure, own in groupby(lines, key=lambda r: r["measure"])
        )
        tables.append(AnnexTable(f"{say_attribute(str(name))}, stage {stage}", blocks))
    return Annex(TITLE, LEAD, tuple(tables), notice)


def _build_block(measure: str, rows: list[Row]) -> AnnexBlock:
    shown, too_few = split_hidden(rows)
    return AnnexBlock(say_measure(measure), tuple(_build_row(r) for r in shown), too_few)


def _build_row(row: Row) -> AnnexRow:
    if row["measure"] == "mean_score":
        counted = write_count(row.get("n"))
        rate = write_number(row.get("rate"), 1)
        ratio = _bracket(*(_sign(row.get(k)) for k in ("difference", "low", "high")))
    else:
        counted = f"{write_count(row.get('n_favourable'))} of {write_count(row.get('n'))}"
        rate = _bracket(*(write_percent(row.get(k)) for k in ("rate", "low", "high")))
        ends = (write_number(row.get(k), 2) for k in ("ratio", "ratio_low", "ratio_high"))
        ratio = _bracket(*ends)
    return AnnexRow(
        group=say_group(str(row["group"])),
        is_reference=row["group"] == row.get("reference"),
        counted=counted,
        rate=rate,
        ratio=ratio,
        impact=write_number(row.get("impact_ratio"), 2),
        p=write_p(row.get("p_value")),
        p_clustered=write_p(row.get("p_clustered")),
        q=write_p(row.get("q_value")),
        detectable=write_number(row.get("detectable_ratio"), 2),
        shortfall=write_number(row.get("shortfall"), 1),
        verdict=say_verdict(row),
    )


def _sign(value: float | None) -> str:
    return DASH if value is None else sign_number(value, 1)


def _bracket(figure: str, low: str, high: str) -> str:
    if low == DASH:
        return figure
    return f"{figure} (from {low})" if high == DASH else f"{figure} ({low} to {high})"
