"""One figure over all groups, beside what it would be if the groups were alike."""

from __future__ import annotations

from calibrate.audit.policy import PRIMARY_MEASURES, name_primary_stage
from calibrate.language import N_, _, ngettext
from calibrate.report.document import Column, Section, Table, build_table, say_columns
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.sections import write_section
from calibrate.report.words import (
    DASH,
    join_words,
    say_code,
    say_measure,
    say_stage,
    write_number,
)

TITLE = N_("All groups at once")
LEAD = N_(
    "One figure for a whole attribute, over its groups that are large enough "
    "to be shown. The smallest of several shares is small by luck alone, the "
    "more so the smaller the groups. So each figure stands beside what it "
    "would be if all groups were alike: its mean, and where 9 of 10 such "
    "figures would lie."
)
RATIO = "smallest_over_largest"
STATISTIC_WORDS = {
    RATIO: N_("Smallest over largest share"),
    "largest_minus_smallest": N_("Largest minus smallest share"),
    "mean_gap_to_reference": N_("Mean distance to the reference"),
}
_HEADINGS = (
    Column(N_("Attribute")), Column(N_("Groups"), 16, "number"), Column(N_("Figure"), 42),
    Column(N_("Value"), 14, "number"), Column(N_("95% interval"), 26, "number"),
    Column(N_("If alike"), 14, "number"), Column(N_("9 of 10 between"), 26, "number"),
    Column(N_("Unusual"), 16),
)  # fmt: skip


def build_composites(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """The favourable share and the lowest band of the stage that the verdicts are about."""
    rows = list_rows(audit.tables["composites"]) if "composites" in audit.tables else []
    stage = name_primary_stage(tuple({str(row["stage"]) for row in rows}))
    primary = [row for row in rows if row["stage"] == stage and "*" not in str(row["attribute"])]
    grids = [_build_grid(measure, primary) for measure in PRIMARY_MEASURES]
    filled = tuple(grid for grid in grids if grid is not None)
    if not filled:
        return ()
    said = _say([row for row in primary if row["measure"] in PRIMARY_MEASURES], str(stage))
    return (write_section(_(TITLE), _(LEAD), said, filled),)


def _build_grid(measure: str, rows: list[Row]) -> Table | None:
    order = list(STATISTIC_WORDS)
    shown = [r for r in rows if r["measure"] == measure and r["value"] is not None]
    shown.sort(key=lambda row: (str(row["attribute"]), order.index(str(row["statistic"]))))
    marked = [place for place, row in enumerate(shown) if _is_unusual(row)]
    cells = [_write_row(row) for row in shown]
    return (
        build_table(say_columns(_HEADINGS), cells, about=say_measure(measure), marked=marked)
        if cells
        else None
    )


def _say(rows: list[Row], stage: str) -> tuple[str, ...]:
    shown = [row for row in rows if row["value"] is not None]
    unusual = [row for row in shown if _is_unusual(row)]
    said = [
        ngettext(
            "Of {total} figures of the stage “{stage}”, {n} is unusual: further out than 19 of "
            "20 would be if all groups were alike. By luck alone 1 in 20 is, and "
            "more where people of one manager are alike. No verdict rests on these "
            "figures.",
            "Of {total} figures of the stage “{stage}”, {n} are unusual: further out than 19 of "
            "20 would be if all groups were alike. By luck alone 1 in 20 is, and "
            "more where people of one manager are alike. No verdict rests on these "
            "figures.",
            len(unusual),
            total=len(shown),
            stage=say_stage(stage),
        )
    ]
    without = sum(row["low"] is None for row in shown)
    if without:
        said.append(
            ngettext(
                "{n} figure has no interval: a group has fewer than 10 people, or fewer than 5 "
                "on either side of the cut.",
                "{n} figures have no interval: a group has fewer than 10 people, or fewer than 5 "
                "on either side of the cut.",
                without,
            )
        )
    hidden = sorted({say_code(str(row["attribute"])) for row in rows if row["suppressed"]})
    if hidden:
        said.append(
            _(
                "Nothing is shown for {attributes}: fewer than two groups are shown, or "
                "a withheld one would be told.",
                attributes=join_words(hidden),
            )
        )
    said.append(
        _(
            "Intervals come from 2,000 draws of the counts, each group keeping its "
            "people. All cuts, stages and crossed attributes are in "
            "audit/tables/composites."
        )
    )
    return tuple(said)


def _is_unusual(row: Row) -> bool:
    if row["statistic"] == RATIO:
        return bool(row["value"] < row["null_low"])
    return bool(row["value"] > row["null_high"])


def _write_row(row: Row) -> tuple[str, ...]:
    return (
        say_code(str(row["attribute"])).capitalize(), str(row["n_groups"]),
        _(STATISTIC_WORDS[str(row["statistic"])]), write_number(row["value"], 2),
        _write_range(row["low"], row["high"]), write_number(row["null_value"], 2),
        _write_range(row["null_low"], row["null_high"]), _("yes") if _is_unusual(row) else _("no"),
    )  # fmt: skip


def _write_range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return DASH
    return _("{low} to {high}", low=write_number(low, 2), high=write_number(high, 2))
