"""Rates and ratios of each group at the stage that the verdicts are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from calibrate.language import N_, _, ngettext
from calibrate.report.charts import draw_ratio
from calibrate.report.document import (
    Cell,
    Column,
    Content,
    Section,
    Table,
    build_table,
    say_columns,
)
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.sections import write_section
from calibrate.report.words import (
    VERDICT_WORDS,
    join_words,
    say_code,
    say_measure,
    say_stage,
    say_verdict,
    write_count,
    write_number,
    write_p,
    write_percent,
)

TITLE = N_("Rates and ratios by group")
LEAD = N_(
    "Each group beside its reference. A rate is the counted people over all "
    "people of the group; the ratio is the group’s rate over the "
    "reference’s. In the drawing, the bar is the 95% interval of the ratio "
    "on an axis where halves and doubles are equally far from 1. Shaded: "
    "0.80 to 1.25. Open diamond: the reference. Dot: a group. Square: beyond. "
    "Arrowhead: further than the axis."
)
TESTS = N_(
    "q says how easily chance alone would make such a gap, corrected for all "
    "comparisons of its family: the primary one for single attributes, the "
    "exploratory one for crossed attributes. “Finds” is the ratio nearest to "
    "1 that would have been found in 8 of 10 cases, held against all tests "
    "of its family; a dash means that none would. Where people of one "
    "manager are alike it takes more: see what this audit would have found. "
    "Every stage and cut is in the annex and in audit/tables/disparities."
)
MEASURES = ("selection_rate", "lowest_band")
ALPHA = 0.05
#: Crossed groups that a table shows: those of smallest q.
MOST_CROSSED = 12
#: Ticks with their decimals.
RATIO_TICKS = ((0.25, 2), (0.5, 1), (1, 0), (2, 0), (4, 0))
RATIO_AXIS = Column("", 56)
_HEADINGS = (
    Column(N_("Group")), Column(N_("People"), 16, "number"), Column(N_("Rate"), 12, "number"),
    Column(N_("Ratio"), 12, "number"), RATIO_AXIS, Column(N_("q"), 14, "number"),
    Column(N_("Finds"), 13, "number"), Column(N_("Verdict"), 24),
)  # fmt: skip


def build_rates(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Build one part for each attribute, then for each intersection."""
    rows = list_rows(audit.tables["disparities"])
    if not rows:
        return (
            write_section(
                _(TITLE), "", (_("No attributes were given. Disparities are not yet known."),)
            ),
        )
    names = dict.fromkeys(str(row["attribute"]) for row in rows)
    return (
        write_section(_(TITLE), _(LEAD), (_(TESTS),)),
        *(_build_part(name, rows) for name in sorted(names, key=lambda n: ("*" in n, n))),
    )


def _build_part(name: str, rows: list[Row]) -> Section:
    own = [row for row in rows if row["attribute"] == name]
    stage = _find_lead_stage(own, rows)
    lines = [row for row in own if row["stage"] == stage and row["measure"] in MEASURES]
    grids = (_build_forest(m, [r for r in lines if r["measure"] == m]) for m in MEASURES)
    title = say_attribute(name)
    if "*" in name:
        title = _("{attributes} (exploratory)", attributes=title)
    filled = tuple(grid for grid in grids if grid.rows or grid.notice)
    return write_section(title, "", (_say_verdicts(lines),), filled, level=3)


def _find_lead_stage(own: list[Row], rows: list[Row]) -> str:
    for candidates in (own, rows):
        stages = [str(r["stage"]) for r in candidates if r["family"] == "primary"]
        if stages:
            return stages[0]
    return str(own[0]["stage"])


def mark_ratios(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Write the ticks of the axis that :data:`RATIO_AXIS` holds a place for.

    Examples
    --------
    >>> mark_ratios([Column("Ratio"), RATIO_AXIS])[1].ticks
    ('0.25', '0.5', '1', '2', '4')
    """
    ticks = tuple(write_number(at, n_decimals) for at, n_decimals in RATIO_TICKS)
    return tuple(replace(c, ticks=ticks) if c is RATIO_AXIS else c for c in columns)


def _build_forest(measure: str, rows: list[Row]) -> Table:
    shown, hidden = split_hidden(rows)
    reference = next((str(row["reference"]) for row in shown if row.get("reference")), "")
    kept, cut = _choose(shown)
    about = [_("Stage: {stage}.", stage=say_stage(str(rows[0]["stage"])))] if rows else []
    if reference:
        about.append(_("Compared with {group}.", group=say_group(reference)))
    marked = [at for at, row in enumerate(kept) if row["verdict"] == "beyond"]
    return build_table(
        mark_ratios(say_columns(_HEADINGS)),
        [_write_row(row) for row in kept],
        opening=f"{say_measure(measure)}.",
        about=" ".join(about),
        marked=marked,
        notice=" ".join(filter(None, (hidden, cut, _say_stricter(kept)))),
    )


def _say_stricter(rows: list[Row]) -> str:
    """Lines whose q is small and whose gap does not stand in the stricter test."""
    failed = [
        f"{say_group(str(row['group']))} ({write_p(row.get('q_null_imposed'))})"
        for row in rows
        if row["verdict"] == "inconclusive"
        and row.get("q_value") is not None
        and row["q_value"] <= ALPHA
        and row.get("q_null_imposed") is not None
    ]
    if not failed:
        return ""
    return _(
        "q is small, but the gap does not stand in the stricter test of people "
        "under one manager (its q in brackets): {names}.",
        names=join_words(failed),
    )


def _choose(rows: list[Row]) -> tuple[list[Row], str]:
    """All groups of an attribute; of crossed ones the reference and those of smallest q."""
    if len(rows) <= MOST_CROSSED or "*" not in str(rows[0]["attribute"]):
        return rows, ""
    ranked = sorted(rows, key=lambda r: (r["group"] != r["reference"], r["q_value"] or 0.0))
    kept = {id(row) for row in ranked[:MOST_CROSSED]}
    return [row for row in rows if id(row) in kept], (
        _(
            "Shown are {n} of {total} groups, those of smallest q; the others are in the annex.",
            n=MOST_CROSSED,
            total=len(rows),
        )
    )


def _write_row(row: Row) -> tuple[Content, ...]:
    is_reference = row["group"] == row.get("reference")
    is_beyond = row["verdict"] == "beyond"
    ratio = write_number(row.get("ratio"), 2)
    chart = draw_ratio(
        ratio=row.get("ratio"), low=row.get("ratio_low"), high=row.get("ratio_high"),
        is_beyond=is_beyond, is_reference=is_reference, label=_("Ratio {ratio}", ratio=ratio),
    )  # fmt: skip
    verdict: Content = say_row_verdict(row)
    if is_beyond:
        verdict = Cell(say_row_verdict(row), look="beyond")
    return (
        say_group(str(row["group"])), write_count(row.get("n")), write_percent(row.get("rate")),
        ratio, chart, write_p(row.get("q_value")),
        write_number(row.get("detectable_ratio_family"), 2), verdict,
    )  # fmt: skip


def _say_verdicts(lines: list[Row]) -> str:
    compared = [row for row in lines if row["group"] != row.get("reference")]
    counts = {v: sum(row["verdict"] == v for row in compared) for v in VERDICT_WORDS}
    n = len(compared)
    if n == 0:
        return _("There is only one group, so nothing can be compared.")
    if counts["beyond"]:
        return ngettext(
            "Of {total} comparisons, {n} lies beyond chance and beyond the practical bound. "
            "That is a reason to look, not a verdict on anybody.",
            "Of {total} comparisons, {n} lie beyond chance and beyond the practical bound. "
            "That is a reason to look, not a verdict on anybody.",
            counts["beyond"],
            total=n,
        )
    if counts["within"] == n:
        return ngettext(
            "{n} comparison was made; it lies within {low} to {high}.",
            "{n} comparisons were made; all lie within {low} to {high}.",
            n, low=write_number(0.8, 2), high=write_number(1.25, 2),
        )  # fmt: skip
    if counts["too_few"] + counts["not_computable"] == n:
        return _("The groups are too small, or the rates cannot be divided. Nothing can be said.")
    return ngettext(
        "{n} comparison was made; it does not lie beyond both bounds. Told neither way: "
        "{n_open}. See what each one finds.",
        "{n} comparisons were made; none lies beyond both bounds. Told neither way: "
        "{n_open}. See what each one finds.",
        n,
        n_open=counts["inconclusive"],
    )


def split_hidden(rows: list[Row]) -> tuple[list[Row], str]:
    """Rows with figures, and a line that names the others: their rows would be empty."""
    hidden = [say_group(str(row["group"])) for row in rows if row.get("suppressed")]
    shown = [row for row in rows if not row.get("suppressed")]
    return shown, _("Too few: {names}.", names=join_words(hidden)) if hidden else ""


def say_row_verdict(row: Row) -> str:
    """Say the verdict of a line; that of a reference on itself is none."""
    if row["group"] == row.get("reference") and row["verdict"] == "within":
        return _("reference")
    return say_verdict(str(row["verdict"]))


def say_attribute(name: str) -> str:
    """Name an attribute or a crossing of several.

    Examples
    --------
    >>> say_attribute("work_mode*gender")
    'Work mode × Gender'
    """
    return " × ".join(say_code(part).capitalize() for part in name.split("*"))


def say_group(name: str) -> str:
    """Name a group or a crossing of several."""
    return " × ".join(name.split("*"))
