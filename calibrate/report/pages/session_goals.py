"""Goals and skills on a page of the session packet."""

from __future__ import annotations

from calibrate.language import _
from calibrate.report.document import (
    Block,
    Bullets,
    Column,
    Paragraph,
    Section,
    build_table,
)
from calibrate.report.pages.strategy import build_change_table
from calibrate.report.views.session_goals import SessionGoals


def lay_out_session_goals(view: SessionGoals | None) -> list[Section]:
    """Rules and examples, changes, evidence, next steps; what there is none of is left out."""
    if view is None:
        return []
    sections: list[Section] = []
    if view.rules:
        columns = (
            Column(_("Rule")), Column(_("Goals that keep it"), 38, "number"),
            Column(_("That do not"), 30, "number"),
        )  # fmt: skip
        rows = [(row.rule, row.n_kept, row.n_failed) for row in view.rules]
        blocks: list[Block] = [build_table(columns, rows, size="plain")]
        if view.examples:
            named = (Column(_("Goal"), 56), Column(_("Person"), 34), Column(_("Why")))
            told = [(row.title, row.holder, row.reason) for row in view.examples]
            blocks.append(build_table(named, told, notice=view.examples_notice))
        sections.append(Section(_("How the goals are put"), tuple(blocks)))
    if view.changes:
        table = build_change_table(view.changes, view.changes_notice)
        sections.append(Section(_("What changed within the cycle"), (table,), is_kept=True))
    if view.gaps:
        said = _("What ratings of this session lack to stand on:")
        blocks = [Paragraph(said, is_held=True), Bullets(view.gaps)]
        sections.append(Section(_("Evidence that is missing"), tuple(blocks), is_kept=True))
    if view.steps:
        columns = (
            Column(_("Criterion"), 34), Column(_("Clearly below"), 48), Column(_("Next step")),
        )  # fmt: skip
        rows = [(row.criterion, row.people, row.step) for row in view.steps]
        sections.append(Section(_("Where practice would help most"), (build_table(columns, rows),)))
    return sections
