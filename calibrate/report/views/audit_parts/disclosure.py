"""What is withheld, why, and what could be worked out all the same."""

from __future__ import annotations

from dataclasses import replace

from calibrate.language import N_, _, ngettext
from calibrate.report.document import Column, Section, Table, build_table, say_columns
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.sections import write_section
from calibrate.report.words import join_words, say_stage

TITLE = N_("What is withheld and why")
#: Lines of the table; the others stand in the file.
_MOST_ROWS = 24
_FOR_AUDITORS = (
    Column(N_("Attribute"), 34), Column(N_("Group")), Column(N_("Stages"), 42),
    Column(N_("Can be worked out"), 34),
)  # fmt: skip
_TO_HAND_ON = (Column(N_("Attribute"), 34), Column(N_("Group")), Column(N_("Where"), 64))


def build_disclosure(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """List the withheld rows: for auditors with what gives them away, else without."""
    if "disclosure" not in audit.tables or not len(audit.tables["groups"]):
        return ()
    rows = list_rows(audit.tables["disclosure"])
    least = ngettext("{n} person", "{n} people", int(material.cycle.privacy.min_cell))
    if audit.is_distributed:
        return (_build_to_hand_on(rows, least),)
    return (_build_for_auditors(rows, least),)


def _build_for_auditors(rows: list[Row], least: str) -> Section:
    lead = _(
        "Figures of groups of fewer than {least} are withheld in every table, "
        "and nothing else is. Whoever subtracts the groups that are shown from "
        "the totals may work some of them out. So do not hand this audit on: "
        "calibrate audit --distribute makes a view for that.",
        least=least,
    )
    if not rows:
        return write_section(_(TITLE), lead, (_("No group is so small: nothing is withheld."),))
    groups = _gather(rows)
    known = [group for group, found in groups.items() if any(r["is_derivable"] for r in found)]
    said = [
        ngettext(
            "{n} group is withheld at one stage or more.",
            "{n} groups are withheld at one stage or more.",
            len(groups),
        )
    ]
    said.append(
        _("None of them can be worked out exactly from what is shown.")
        if not known
        else _(
            "{n} of them can be worked out exactly, in full or for a band. They come "
            "first below, in bold. Do not hand them on.",
            n=len(known),
        )
    )
    order = [*known, *(group for group in groups if group not in set(known))]
    n_stages = len({row["stage"] for row in rows})
    lines = [_write_group(*group, groups[group], n_stages) for group in order]
    return write_section(
        _(TITLE), lead, tuple(said), (_cut("", say_columns(_FOR_AUDITORS), lines, len(known)),)
    )


def _build_to_hand_on(rows: list[Row], least: str) -> Section:
    lead = _(
        "This view may be handed on. Groups of fewer than {least} are withheld, "
        "and with them as many others as it takes, so that no count of theirs "
        "follows from the other counts of this run or of views handed on before. "
        "Why a group is withheld is not told: that, too, would tell who is few.",
        least=least,
    )
    if not rows:
        return write_section(_(TITLE), lead, (_("No group is so small: nothing is withheld."),))
    everywhere = [r for r in rows if r["table"] == "all"]
    blocks = [r for r in rows if r["table"] != "all"]
    said = [
        ngettext(
            "{n} line is withheld in every table by group.",
            "{n} lines are withheld in every table by group.",
            len(everywhere),
        ),
        _(
            "A withheld line reads 'too few' in this view, whether it is small "
            "itself or would give a small one away. Tests are corrected over the "
            "lines that are shown alone, so a q, or a verdict near its bound, may "
            "differ from the auditors' view."
        ),
        _(
            "Hand on the folder audit/ alone. Somebody who also has the scores "
            "person by person may find out who makes up a group's mean."
        ),
    ]
    if blocks:
        said.append(
            ngettext(
                "{n} block of other tables is withheld as a whole.",
                "{n} blocks of other tables are withheld as a whole.",
                len(blocks),
            )
        )
    lines = [_write_place(row) for row in (*everywhere, *blocks)]
    return write_section(_(TITLE), lead, tuple(said), (_cut("", say_columns(_TO_HAND_ON), lines),))


def _gather(rows: list[Row]) -> dict[tuple[str, str], list[Row]]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((str(row["attribute"]), str(row["group"])), []).append(row)
    return groups


def _write_group(attribute: str, group: str, rows: list[Row], n_stages: int) -> tuple[str, ...]:
    known = _("exactly") if any(row["is_derivable"] for row in rows) else _("not exactly")
    named = join_words([say_stage(str(row["stage"])) for row in rows])
    stages = named if len(rows) < n_stages else _("all")
    return attribute.replace("*", " × "), group.replace("*", " × "), stages, known


def _write_place(row: Row) -> tuple[str, ...]:
    where = _("every table")
    if row["table"] != "all":
        where = _("table {table}", table=row["table"])
    if row["stage"] != "all":
        where = f"{where}, {say_stage(str(row['stage']))}"
    is_group = row["table"] == "all" and row["stage"] == "all"
    group = str(row["group"]).replace("*", " × ") if is_group else _("all groups")
    return str(row["attribute"]).replace("*", " × "), group, where


def _cut(
    caption: str, headings: tuple[Column, ...], lines: list[tuple[str, ...]], n_marked: int = 0
) -> Table:
    kept = lines[:_MOST_ROWS]
    grid = build_table(headings, kept, about=caption, marked=range(min(n_marked, len(kept))))
    if len(lines) == len(kept):
        return grid
    notice = _(
        "The first {n} of {total} lines; all are in audit/tables/disclosure.",
        n=_MOST_ROWS,
        total=len(lines),
    )
    return replace(grid, notice=notice)
