"""Who was rated and who was not, by group."""

from __future__ import annotations

from dataclasses import replace

from calibrate.language import N_, _
from calibrate.report.document import Column, Section, build_table, say_columns
from calibrate.report.material import AuditMaterial, Material, list_rows
from calibrate.report.views.audit_parts.rates import say_attribute
from calibrate.report.views.sections import write_section
from calibrate.report.words import join_words, write_count

TITLE = N_("Who was rated")
LEAD = N_(
    "People of each group, and whether they have a score. “Left out” counts "
    "input rows about them that were set aside. Whether a group is rated "
    "less often is tested under “Where the gap arises”. Crossed groups are "
    "in audit/tables/groups."
)
#: Withheld groups that are named.
MOST_NAMED = 30
_HEADINGS = (
    Column(N_("Attribute"), 42), Column(N_("Group")), Column(N_("People"), 20, "number"),
    Column(N_("Rated"), 20, "number"), Column(N_("Not rated"), 22, "number"),
    Column(N_("Left out"), 22, "number"),
)  # fmt: skip


def build_people(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """One line a group; the withheld ones are named under the table."""
    rows = [r for r in list_rows(audit.tables["groups"]) if "*" not in str(r["attribute"])]
    if not rows:
        return ()
    lines = [
        (
            say_attribute(str(row["attribute"])), str(row["group"]),
            *(write_count(row.get(key)) for key in
              ("n_people", "n_rated", "n_not_rated", "n_quarantined")),
        )
        for row in rows
        if not row.get("suppressed")
    ]  # fmt: skip
    grid = build_table(say_columns(_HEADINGS), lines)
    hidden = [f"{row['group']} ({row['attribute']})" for row in rows if row.get("suppressed")]
    if hidden:
        grid = replace(grid, notice=f"{_say_hidden(hidden)} {grid.notice}".strip())
    return (write_section(_(TITLE), _(LEAD), (), (grid,)),)


def _say_hidden(groups: list[str]) -> str:
    n_more = len(groups) - MOST_NAMED
    if n_more > 0:
        return _("Too few: {names}, and {n} more.", names=", ".join(groups[:MOST_NAMED]), n=n_more)
    return _("Too few: {names}.", names=join_words(groups))
