"""Gaps among people of the same manager, and verdicts that hang on one manager."""

from __future__ import annotations

from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.sections import Grid, Heading, Section, build_grid
from calibrate.report.words import (
    DASH,
    count_of,
    join_words,
    say_measure,
    sign_number,
    write_count,
    write_number,
    write_p,
)

TITLE = "Under the same manager"
LEAD = (
    "People of one manager are marked by the same eyes, so they are not independent. Each gap is "
    "split in two: what is left among people of the same manager, and what comes from the groups "
    "working under different managers."
)
LEADING = (
    "Strict raters cannot be told from weak teams in these data. Read the gaps within managers "
    "first: they cannot come from one manager being stricter than another."
)
CAPTION = (
    "Primary family. Gaps are group minus reference, in percentage points, with the 95% interval. "
    "A small p says that chance alone would seldom make such a gap. p: people taken as "
    "independent (Fisher, mid-p); clustered by manager (CR2); within managers (Mantel-Haenszel; "
    "* exact). Compared: people whose manager has people of both. Ratio: of the rates under the "
    "same manager."
)
_HEADINGS = (
    Heading("Measure and group"), Heading("Reference", 24),
    Heading("Compared", 18, is_number=True), Heading("Managers", 18, is_number=True),
    Heading("Gap", 14, is_number=True), Heading("Within managers", 38, is_number=True),
    Heading("Between", 16, is_number=True), Heading("p", 14, is_number=True),
    Heading("p clustered", 16, is_number=True), Heading("p within", 18, is_number=True),
    Heading("Ratio within", 34, is_number=True),
)  # fmt: skip


def build_dependence(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Say what each line of the primary family is within managers."""
    rows = list_rows(audit.tables["dependence"]) if "dependence" in audit.tables else []
    primary = [row for row in rows if row["family"] == "primary" and not row["suppressed"]]
    if not primary:
        return ()
    primary.sort(key=lambda row: (row["measure"] != "selection_rate", row["attribute"]))
    ids = {str(row["finding_id"]) for row in list_rows(audit.tables["findings"])}
    lead = f"{LEADING} {LEAD}" if "dependence:within" in ids else LEAD
    return (Section(TITLE, lead, _say(primary, audit), (_build_table(primary),), is_wide=True),)


def _say(primary: list[Row], audit: AuditMaterial) -> tuple[str, ...]:
    said = []
    told = [row for row in primary if row["within"] == "told"]
    if not told:
        said.append("Too few people have a manager with people of both groups: nothing is told.")
    else:
        said.append(
            f"{len(told)} of {count_of(len(primary), 'primary line')} can be compared under the "
            "same manager."
        )
    said.append(_say_removal(primary, is_named=not audit.is_distributed))
    said.append("All stages, mean scores and intersections are in audit/tables/dependence.")
    return tuple(said)


def _say_removal(primary: list[Row], *, is_named: bool) -> str:
    hanging = [row for row in primary if (row["n_reversing"] or 0) > 0]
    if not hanging:
        return "No verdict here hangs on one manager: without the people of any one, all stay."
    lines = [
        f"{say_measure(row['measure']).lower()}, {row['group']}"
        + (_name_manager(row) if is_named else "")
        for row in hanging
    ]
    return (
        f"{count_of(len(hanging), 'verdict changes', 'verdicts change')} between beyond and not "
        f"beyond without the people of one manager: {join_words(lines)}. The figures without that "
        "team are not printed, because the difference would give its counts away."
    )


def _name_manager(row: Row) -> str:
    others = int(row["n_reversing"]) - 1
    more = f", or one of {count_of(others, 'other')}" if others else ""
    return f" (manager {row['reverses_without']}{more})"


def _build_table(primary: list[Row]) -> Grid:
    hanging = [place for place, row in enumerate(primary) if (row["n_reversing"] or 0) > 0]
    return build_grid(CAPTION, _HEADINGS, [_write_row(row) for row in primary], hanging, "lines")


def _write_row(row: Row) -> tuple[str, ...]:
    start = (
        f"{say_measure(row['measure'])}: {row['group']}", str(row["reference"]),
    )  # fmt: skip
    p_values = (write_p(row["p_value"]), write_p(row["p_clustered"]))
    if row["within"] != "told":
        return (*start, "too few", DASH, _points(row["gap"]), DASH, DASH, *p_values, DASH, DASH)
    star = "*" if row["test_within"] == "exact" else ""
    return (
        *start, write_count(row["n_compared"]), write_count(row["n_managers"]),
        _points(row["gap"]), _span(row), _points(row["gap_between"]), *p_values,
        write_p(row["p_within"]) + star, _ratio(row),
    )  # fmt: skip


def _points(share: float | None) -> str:
    return DASH if share is None else sign_number(100 * share, 1)


def _span(row: Row) -> str:
    gap = _points(row["gap_within"])
    if row["within_low"] is None:
        return gap
    return f"{gap} ({_points(row['within_low'])} to {_points(row['within_high'])})"


def _ratio(row: Row) -> str:
    if row["ratio_within"] is None:
        return DASH
    ends = [write_number(row[name], 2) for name in ("ratio_within", "ratio_low", "ratio_high")]
    return "{} ({} to {})".format(*ends)
