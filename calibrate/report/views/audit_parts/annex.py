"""The annex: every line of the table of disparities, with its intervals and tests."""

from __future__ import annotations

from itertools import groupby

from calibrate.language import N_, _
from calibrate.report.document import (
    Block,
    Column,
    Group,
    Heading,
    Note,
    Paragraph,
    Section,
    Table,
    say_columns,
)
from calibrate.report.document import Row as TableRow
from calibrate.report.material import Row
from calibrate.report.views.audit_parts.rates import (
    say_attribute,
    say_group,
    say_row_verdict,
    split_hidden,
)
from calibrate.report.words import (
    DASH,
    say_measure,
    say_stage,
    sign_number,
    write_count,
    write_number,
    write_p,
    write_percent,
)

TITLE = N_("Annex: every rate and ratio")
LEAD = N_(
    "Intervals (95%) stand in brackets. p is the exact test; “by manager” "
    "takes people of one manager together; the larger of the two is "
    "corrected to q. A line of small q that reads inconclusive failed the "
    "stricter test (q_null_imposed in the table). “Finds” is the ratio "
    "nearest to 1 that one test would find in 8 of 10 cases. Short of: "
    "people the group lacks at the reference’s rate; negative: it has more. "
    "For mean scores, rate is in points, ratio is the difference in points, "
    "and p is Welch’s test."
)
#: Lines the annex prints in all; single attributes come first.
MOST_LINES = 1_200
_STAGES = {"raw": 0, "calibrated": 1, "proposed": 2, "final": 3}


_COLUMNS = (
    Column(N_("Group")),
    Column(N_("Counted"), 22, "number"),
    Column(N_("Rate"), 38, "number"),
    Column(N_("Ratio"), 42, "number"),
    Column(N_("Impact ratio"), 14, "number"),
    Column(N_("p"), 14, "number"),
    Column(N_("p by manager"), 16, "number"),
    Column(N_("q"), 14, "number"),
    Column(N_("Finds"), 14, "number"),
    Column(N_("Short of"), 16, "number"),
    Column(N_("Verdict"), 26),
)


def build_annex(rows: list[Row]) -> Section | None:
    """Write every line, one table for each attribute and stage; none without attributes."""
    if not rows:
        return None
    ranked = sorted(
        rows,
        key=lambda r: (
            "*" in str(r["attribute"]),
            str(r["attribute"]),
            _STAGES.get(str(r["stage"]), 9),
        ),
    )
    kept, notice = ranked[:MOST_LINES], ""
    if len(ranked) > MOST_LINES:
        notice = _(
            "The first {n} of {total} lines are shown; all are in audit/tables/disparities.",
            n=MOST_LINES,
            total=len(ranked),
        )
    blocks: list[Block] = [Paragraph(_(LEAD), "small", is_held=True)]
    for (name, stage), lines in groupby(kept, key=lambda r: (r["attribute"], r["stage"])):
        blocks.append(
            Heading(
                _(
                    "{attribute}, stage: {stage}",
                    attribute=say_attribute(str(name)),
                    stage=say_stage(str(stage)),
                ),
                level=3,
            )
        )
        blocks.append(_build_table(list(lines)))
    if notice:
        blocks.append(Note((notice,)))
    return Section(_(TITLE), tuple(blocks), is_wide=True)


def _build_table(lines: list[Row]) -> Table:
    groups, hidden = [], []
    for measure, own in groupby(lines, key=lambda r: str(r["measure"])):
        shown, too_few = split_hidden(list(own))
        groups.append(Group(say_measure(measure), tuple(_build_row(row) for row in shown)))
        if too_few:
            hidden.append(f"{say_measure(measure)}: {too_few}")
    return Table(
        say_columns(_COLUMNS), tuple(groups), notice=" ".join(hidden), size="dense", is_kept=False
    )


def _build_row(row: Row) -> TableRow:
    if row["measure"] == "mean_score":
        counted = write_count(row.get("n"))
        rate = write_number(row.get("rate"), 1)
        ratio = _bracket(*(_sign(row.get(k)) for k in ("difference", "low", "high")))
    else:
        counted = _(
            "{n} of {total}",
            n=write_count(row.get("n_favourable")),
            total=write_count(row.get("n")),
        )
        rate = _bracket(*(write_percent(row.get(k)) for k in ("rate", "low", "high")))
        ends = (write_number(row.get(k), 2) for k in ("ratio", "ratio_low", "ratio_high"))
        ratio = _bracket(*ends)
    cells = (
        say_group(str(row["group"])),
        counted,
        rate,
        ratio,
        write_number(row.get("impact_ratio"), 2),
        write_p(row.get("p_value")),
        write_p(row.get("p_clustered")),
        write_p(row.get("q_value")),
        write_number(row.get("detectable_ratio"), 2),
        write_number(row.get("shortfall"), 1),
        say_row_verdict(row),
    )
    is_reference = row["group"] == row.get("reference")
    return TableRow(cells, "reference" if is_reference else "")


def _sign(value: float | None) -> str:
    return DASH if value is None else sign_number(value, 1)


def _bracket(figure: str, low: str, high: str) -> str:
    if low == DASH:
        return figure
    return (
        _("{figure} (from {low})", figure=figure, low=low)
        if high == DASH
        else _("{figure} ({low} to {high})", figure=figure, low=low, high=high)
    )
