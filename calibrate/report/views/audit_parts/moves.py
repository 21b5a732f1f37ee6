"""Who was moved between the stages, by group."""

from __future__ import annotations

from calibrate.language import N_, _, ngettext
from calibrate.report.document import Cell, Column, Content, Section, Table, build_table
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.audit_parts.calibration import (
    is_single,
    name_group,
    say_range,
    say_signed,
    say_span,
)
from calibrate.report.views.sections import write_section
from calibrate.report.words import write_count, write_p

TITLE = N_("Who was moved between the stages")
LEAD = N_(
    "Each group's moves beside those of its reference. The p-value deals the "
    "groups out anew among the people of each manager. All rows are one "
    "exploratory family: a reason to look, no verdict."
)
PAIR_WORDS = {
    ("raw", "suggested"): N_("From raw to suggested bands: what the adjustment would do."),
    ("raw", "proposed"): N_("From raw to proposed bands: what managers did."),
    ("proposed", "final"): N_("From proposed to final bands: what the session did."),
}
#: Lines of a table; all others are in the files.
MOST_MOVES = 5


def build_moves(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Moves of each group beside those of its reference."""
    rows = list_rows(audit.tables["moves"]) if "moves" in audit.tables else []
    if not rows:
        return ()
    return (write_section(_(TITLE), _(LEAD), _say_moves(rows), _write_moves(rows)),)


def _say_moves(rows: list[Row]) -> tuple[str, ...]:
    tested = [r for r in rows if r["q_value"] is not None]
    if not tested:
        return (_("No group could be tested: too few people, or nobody was moved otherwise."),)
    found = sum(_stands_out(r) for r in tested)
    single = [
        float(r["detectable_difference"])
        for r in tested
        if is_single(r) and r["detectable_difference"] is not None
    ]
    said = [
        ngettext(
            "{n} comparison in this family; with q of 0.05 or less: {found}.",
            "{n} comparisons in this family; with q of 0.05 or less: {found}.",
            len(tested),
            found=found,
        )
    ]
    if single:
        could = _(
            "With 80% power a difference of {bands} bands would have been found, "
            "depending on the size of the group.",
            bands=say_range(single, 2),
        )
        said.append(could)
    where = _(
        "“Same band” compares people who started in the same band: whoever "
        "starts at the top can only go down. Below are the lines of smallest q: "
        "single attributes, and intersections that stand out. All are in "
        "audit/tables/moves."
    )
    return (" ".join(said), where)


def _write_moves(rows: list[Row]) -> tuple[Table, ...]:
    """One table for each pair of stages: single attributes, and intersections that stand out."""
    headings = (
        Column(_("Group / reference")),
        Column(_("People"), 16, "number"),
        Column(_("Up"), 12, "number"),
        Column(_("Down"), 12, "number"),
        Column(_("Difference, bands"), 26, "number"),
        Column(_("Same band"), 16, "number"),
        Column(_("p"), 14, "number"),
        Column(_("p by manager"), 18, "number"),
        Column(_("q"), 14, "number"),
    )
    grids = []
    for stages, words in PAIR_WORDS.items():
        chosen = [
            row
            for row in rows
            if (row["from_stage"], row["to_stage"]) == stages
            and row["q_value"] is not None
            and (is_single(row) or _stands_out(row))
        ]
        chosen.sort(key=lambda r: (float(r["q_value"]), -abs(float(r["difference"] or 0.0))))
        chosen = chosen[:MOST_MOVES]
        marked = [at for at, row in enumerate(chosen) if _stands_out(row)]
        if chosen:
            grids.append(
                build_table(
                    headings, [_write_move(r) for r in chosen], about=_(words), marked=marked
                )
            )
    return tuple(grids)


def _stands_out(row: Row) -> bool:
    return row["q_value"] is not None and float(row["q_value"]) <= 0.05


def _write_move(row: Row) -> tuple[Content, ...]:
    difference = say_signed(row["difference"])
    return (
        f"{name_group(row)} / {str(row['reference']).replace('*', ' × ')}",
        write_count(row["n"]),
        write_count(row["n_up"]),
        write_count(row["n_down"]),
        Cell(difference, say_span(row["low"], row["high"])),
        say_signed(row["difference_same_band"]),
        write_p(row["p_value"]),
        write_p(row["p_clustered"]),
        write_p(row["q_value"]),
    )
