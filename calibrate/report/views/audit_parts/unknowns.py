"""What people who have not stated an attribute could change."""

from __future__ import annotations

from dataclasses import replace

from calibrate.language import N_, _, ngettext
from calibrate.report.document import Column, Section, Table, build_table, say_columns
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.sections import write_section
from calibrate.report.words import (
    DASH,
    say_code,
    say_measure,
    say_verdict,
    write_count,
    write_number,
)

TITLE = N_("People whose group is not known")
LEAD = N_(
    "People who have not stated an attribute belong to some group all the "
    "same. Beside the ratio among people whose group is known stand the "
    "smallest and the largest ratio that any way of adding the others could "
    "give, and what the line would read then."
)
#: Lines of a table; those that could read otherwise come first.
MOST_LINES = 10
_HEADINGS = (
    Column(N_("Group / reference")),
    Column(N_("Not known (counted)"), 20, "number"),
    Column(N_("Ratio of the known"), 18, "number"),
    Column(N_("Possible"), 26, "number"),
    Column(N_("It reads"), 24),
    Column(N_("At the lower end"), 24),
    Column(N_("At the upper end"), 24),
)


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
    said = [
        ngettext(
            "Of {total} primary lines, {n} could read otherwise.",
            "Of {total} primary lines, {n} could read otherwise.",
            changing,
            total=len(shown),
        )
    ]
    n_hidden = len(primary) - len(shown)
    if n_hidden:
        said.append(
            ngettext(
                "{n} comparison is withheld: the group, its reference or the people who have not "
                "stated it are too few to be shown, or would give away a group that is.",
                "{n} comparisons are withheld: the group, its reference or the people who have "
                "not stated it are too few to be shown, or would give away a group that is.",
                n_hidden,
            )
        )
    said.append(_("All lines, other cuts and stages among them, are in audit/tables/unknowns."))
    return (write_section(_(TITLE), _(LEAD), (" ".join(said),), grids),)


def _list_lines(measure: str, rows: list[Row]) -> Table:
    chosen = rows[:MOST_LINES]
    marked = [place for place, row in enumerate(chosen) if row["could_change"]]
    lines = [
        (
            f"{say_code(str(row['attribute']))}: {row['group']} / {row['reference']}",
            f"{write_count(row['n_unknown'])} ({write_count(row['n_unknown_counted'])})",
            write_number(row["ratio_known"], 2),
            _say_ends(row),
            *(say_verdict(str(row[f"verdict_{end}"])) for end in ("known", "lowest", "highest")),
        )
        for row in chosen
    ]
    grid = build_table(
        say_columns(_HEADINGS), lines, about=f"{say_measure(measure)}.", marked=marked
    )
    if len(chosen) == len(rows):
        return grid
    return replace(grid, notice=_("{n} of {total} lines.", n=len(chosen), total=len(rows)))


def _say_ends(row: Row) -> str:
    """The two ends; none where nobody of the reference can be counted."""
    if row["ratio_lowest"] is None:
        return DASH
    low = write_number(row["ratio_lowest"], 2)
    if row["ratio_highest"] is None:
        return _("{low} and more", low=low)
    return _("{low} to {high}", low=low, high=write_number(row["ratio_highest"], 2))
