"""Raters of a session: severity, other habits, and who can be compared with whom."""

from __future__ import annotations

from calibrate.language import _
from calibrate.report.document import (
    Block,
    Cell,
    Column,
    Content,
    Paragraph,
    Section,
    Strip,
    Table,
    build_table,
)
from calibrate.report.views.habits import HabitTable
from calibrate.report.views.network import Network
from calibrate.report.views.patterns import RaterTable


def lay_out_raters(raters: RaterTable) -> Section:
    """Severity of each rater, or the mean mark where no severity can be told."""
    blocks: list[Block] = [Paragraph(raters.sentence, is_held=bool(raters.rows))]
    if raters.rows:
        blocks.append(_tabulate_raters(raters))
    return Section(_("How the raters mark"), tuple(blocks))


def _tabulate_raters(raters: RaterTable) -> Table:
    has_severity = raters.has_severity
    columns = [
        Column(_("Rater")),
        Column(_("People") if has_severity else _("Here"), 16, "number"),
        Column(_("Forms"), 13, "number"),
        Column("", 56, ticks=raters.ticks),
        Column(_("Marks") if has_severity else _("Mean"), 14, "number"),
        Column(_("Range"), 16, "number")
        if has_severity
        else Column(_("Lowest to highest"), 22, "number"),
    ]
    if has_severity:
        columns.append(Column(_("Severity is"), 24))
    rows: list[list[Content]] = []
    for row in raters.rows:
        cells: list[Content] = [
            row.name, row.n_employees, row.n_forms, row.chart, row.value, row.span,
        ]  # fmt: skip
        if has_severity:
            cells.append(Cell(row.known, below=row.note))
        rows.append(cells)
    return build_table(columns, rows)


def lay_out_habits(habits: HabitTable) -> Section:
    """Habits other than severity that stand out."""
    blocks: list[Block] = [Paragraph(habits.sentence, is_held=bool(habits.rows))]
    if habits.rows:
        columns = (
            Column(_("Rater"), 34),
            Column(_("Stands out because")),
            Column(_("Value"), 14, "number"),
            Column(_("95% range"), 22, "number"),
            Column(_("Usual"), 14, "number"),
            Column(_("Forms"), 12, "number"),
            Column(_("That is"), 24),
        )
        rows = [
            (row.name, row.words, row.value, row.span, row.usual, row.n_forms, row.sure)
            for row in habits.rows
        ]
        key = _(
            "Closer together or further apart: 1 is the spread of others on the same people. "
            "Moving together: correlation between criteria, 1 is the highest. Own view: no figure, "
            "it would show what others said."
        )
        blocks.append(build_table(columns, rows, key=key))
    return Section(_("Other habits of the raters"), tuple(blocks), is_kept=len(habits.rows) < 12)


def lay_out_network(network: Network) -> tuple[Section, ...]:
    """Who can be compared, and which marks would help; nothing where nothing was fitted."""
    if not network.sentences:
        return ()
    said = tuple(Paragraph(text) for text in (*network.sentences, *network.fragile))
    strip = (Strip(network.chart, key=network.caption),) if network.chart is not None else ()
    blocks: list[Block] = [*said, *strip]
    sections = [Section(_("Who can be compared"), tuple(blocks), is_kept=True)]
    if network.rows:
        columns = (
            Column(_("Ask"), 48),
            Column(_("To mark"), 48),
            Column(_("Can know the work")),
            Column(_("Gives"), 30),
        )
        rows = [
            (
                Cell(row.rater, below=row.rater_line), Cell(row.person, below=row.person_line),
                row.why, row.gives,
            )
            for row in network.rows
        ]  # fmt: skip
        table = build_table(columns, rows, notice=network.notice)
        sections.append(Section(_("Whose marks would help"), (table,), level=3))
    return tuple(sections)
