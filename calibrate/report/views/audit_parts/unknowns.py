"""What people who have not stated an attribute could change."""

from __future__ import annotations

from dataclasses import replace

from calibrate.report.document import Column, Section, Table, build_table
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.sections import write_section
from calibrate.report.words import (
    DASH,
    VERDICT_WORDS,
    count_of,
    say_code,
    say_measure,
    write_count,
    write_number,
)

TITLE = "People whose group is not known"
LEAD = (
    "People who have not stated an attribute belong to some group all the same. Beside the ratio "
    "among people whose group is known stand the smallest and the largest ratio that any way of "
    "adding the others could give, and what the line would read then."
)
#: Lines of a table; those that could read otherwise come first.
MOST_LINES = 10
_HEADINGS = (
    Column("Group / reference"), Column("Not known (counted)", 20, "number"),
    Column("Ratio of the known", 18, "number"), Column("Possible", 26, "number"),
    Column("It reads", 24), Column("At the lower end", 24), Column("At the upper end", 24),
)  # fmt: skip


def build_unknowns(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """One line for each primary comparison, one table for each measure."""
    rows = list_rows(audit.tables["unknowns"]) if "unknowns" in audit.tables else []
    primary = [row for row in rows if row["verdict_known"] is not None]
    if not primary:
        return ()
    shown = [row for row in primary if not row["suppressed"]]
    shown.sort(key=lambda row: (row["measure"] != "selection_rate", not row["could_change"]))
    grids = tuple(
        _list_lines(measure, [row for row in shown if row["measure"] == measure])
        for measure in dict.fromkeys(str(row["measure"]) for row in shown)
    )
    changing = sum(bool(row["could_change"]) for row in shown)
    said = [f"{changing} of {count_of(len(shown), 'primary line')} could read otherwise."]
    n_hidden = len(primary) - len(shown)
    if n_hidden:
        said.append(
            f"{count_of(n_hidden, 'comparison is', 'comparisons are')} withheld: the group, its "
            "reference or the people who have not stated it are too few to be shown, or would give "
            "away a group that is."
        )
    said.append("All lines, other cuts and stages among them, are in audit/tables/unknowns.")
    return (write_section(TITLE, LEAD, (" ".join(said),), grids),)


def _list_lines(measure: str, rows: list[Row]) -> Table:
    chosen = rows[:MOST_LINES]
    marked = [place for place, row in enumerate(chosen) if row["could_change"]]
    lines = [
        (
            f"{say_code(str(row['attribute']))}: {row['group']} / {row['reference']}",
            f"{write_count(row['n_unknown'])} ({write_count(row['n_unknown_counted'])})",
            write_number(row["ratio_known"], 2), _say_ends(row),
            *(VERDICT_WORDS[str(row[f"verdict_{end}"])] for end in ("known", "lowest", "highest")),
        )
        for row in chosen
    ]  # fmt: skip
    grid = build_table(_HEADINGS, lines, about=f"{say_measure(measure)}.", marked=marked)
    if len(chosen) == len(rows):
        return grid
    return replace(grid, notice=f"{len(chosen)} of {len(rows)} lines.")


def _say_ends(row: Row) -> str:
    """The two ends; none where nobody of the reference can be counted."""
    if row["ratio_lowest"] is None:
        return DASH
    low = write_number(row["ratio_lowest"], 2)
    if row["ratio_highest"] is None:
        return f"{low} and more"
    return f"{low} to {write_number(row['ratio_highest'], 2)}"
