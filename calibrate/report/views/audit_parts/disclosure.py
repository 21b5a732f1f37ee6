"""What is withheld, why, and what could be worked out all the same."""

from __future__ import annotations

from dataclasses import replace

from calibrate.report.document import Column, Section, Table, build_table
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.sections import write_section
from calibrate.report.words import count_of, say_code, write_count

TITLE = "What is withheld and why"
#: Lines of the table; the others stand in the file.
_MOST_ROWS = 24
_FOR_AUDITORS = (
    Column("Attribute", 34), Column("Group"), Column("Stages", 42),
    Column("Can be worked out", 34),
)  # fmt: skip
_TO_HAND_ON = (Column("Attribute", 34), Column("Group"), Column("Where", 64))


def build_disclosure(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """List the withheld rows: for auditors with what gives them away, else without."""
    if "disclosure" not in audit.tables or not len(audit.tables["groups"]):
        return ()
    rows = list_rows(audit.tables["disclosure"])
    least = count_of(int(material.cycle.privacy.min_cell), "person", "people")
    if audit.is_distributed:
        return (_build_to_hand_on(rows, least),)
    return (_build_for_auditors(rows, least),)


def _build_for_auditors(rows: list[Row], least: str) -> Section:
    lead = (
        f"Figures of groups of fewer than {least} are withheld in every table, and nothing else "
        "is. Whoever subtracts the groups that are shown from the totals may work some of them "
        "out. So do not hand this audit on: calibrate audit --distribute makes a view for that."
    )
    if not rows:
        return write_section(TITLE, lead, ("No group is so small: nothing is withheld.",))
    groups = _gather(rows)
    known = [group for group, found in groups.items() if any(r["is_derivable"] for r in found)]
    said = [f"{count_of(len(groups), 'group is', 'groups are')} withheld at one stage or more."]
    said.append(
        "None of them can be worked out exactly from what is shown."
        if not known
        else f"{write_count(len(known))} of them can be worked out exactly, in full or for a "
        "band. They come first below, in bold. Do not hand them on."
    )
    order = [*known, *(group for group in groups if group not in set(known))]
    n_stages = len({row["stage"] for row in rows})
    lines = [_write_group(*group, groups[group], n_stages) for group in order]
    return write_section(TITLE, lead, tuple(said), (_cut("", _FOR_AUDITORS, lines, len(known)),))


def _build_to_hand_on(rows: list[Row], least: str) -> Section:
    lead = (
        f"This view may be handed on. Groups of fewer than {least} are withheld, and with them "
        "as many others as it takes, so that no count of theirs follows from the other counts of "
        "this run or of views handed on before. Why a group is withheld is not told: that, too, "
        "would tell who is few."
    )
    if not rows:
        return write_section(TITLE, lead, ("No group is so small: nothing is withheld.",))
    everywhere = [r for r in rows if r["table"] == "all"]
    blocks = [r for r in rows if r["table"] != "all"]
    said = [
        f"{count_of(len(everywhere), 'line is', 'lines are')} withheld in every table by group.",
        "A withheld line reads 'too few' in this view, whether it is small itself or would give "
        "a small one away. Tests are corrected over the lines that are shown alone, so a q, or a "
        "verdict near its bound, may differ from the auditors' view.",
        "Hand on the folder audit/ alone. Somebody who also has the scores person by person may "
        "find out who makes up a group's mean.",
    ]
    if blocks:
        said.append(
            f"{count_of(len(blocks), 'block', 'blocks')} of other tables "
            f"{'is' if len(blocks) == 1 else 'are'} withheld as a whole."
        )
    lines = [_write_place(row) for row in (*everywhere, *blocks)]
    return write_section(TITLE, lead, tuple(said), (_cut("", _TO_HAND_ON, lines),))


def _gather(rows: list[Row]) -> dict[tuple[str, str], list[Row]]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((str(row["attribute"]), str(row["group"])), []).append(row)
    return groups


def _write_group(attribute: str, group: str, rows: list[Row], n_stages: int) -> tuple[str, ...]:
    known = "exactly" if any(row["is_derivable"] for row in rows) else "not exactly"
    stages = ", ".join(str(row["stage"]) for row in rows) if len(rows) < n_stages else "all"
    return attribute.replace("*", " × "), group.replace("*", " × "), stages, known


def _write_place(row: Row) -> tuple[str, ...]:
    where = "every table"
    if row["table"] != "all":
        where = f"table {row['table']}"
    if row["stage"] != "all":
        where += f", {say_code(row['stage'])}"
    is_group = row["table"] == "all" and row["stage"] == "all"
    group = str(row["group"]).replace("*", " × ") if is_group else "all groups"
    return str(row["attribute"]).replace("*", " × "), group, where


def _cut(
    caption: str, headings: tuple[Column, ...], lines: list[tuple[str, ...]], n_marked: int = 0
) -> Table:
    kept = lines[:_MOST_ROWS]
    grid = build_table(headings, kept, about=caption, marked=range(min(n_marked, len(kept))))
    if len(lines) == len(kept):
        return grid
    notice = f"The first {_MOST_ROWS} of {len(lines):,} lines; all are in audit/tables/disclosure."
    return replace(grid, notice=notice)
