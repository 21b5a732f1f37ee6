"""The person's sheet as blocks, in the order in which somebody reads a result."""

from __future__ import annotations

from collections.abc import Sequence

from calibrate.explain.view import SheetView
from calibrate.language import _
from calibrate.report.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Columns,
    Document,
    Facts,
    Figures,
    Paragraph,
    Section,
    Signatures,
    Strip,
    Table,
    build_table,
)


def lay_out_sheet(view: SheetView) -> Document:
    """Put the view on its one or two pages."""
    blocks: list[Block] = [Figures(view.figures), _lay_out_result(view)]
    if view.steps:
        blocks.append(Section(_("How the score was made"), (_lay_out_steps(view),), is_kept=True))
    if view.sources:
        blocks.append(Section(_("Who answered"), _lay_out_sources(view), is_kept=True))
    if view.criteria:
        blocks.append(Section(_("By criterion"), _lay_out_criteria(view), is_kept=True))
    decided = (*((Facts(view.decided),) if view.decided else ()), Paragraph(view.decided_note))
    # Without the sum and the criteria all of it fits one page.
    is_long = bool(view.steps and view.criteria)
    blocks.append(Section(_("Who decides, and why"), decided, is_kept=True, is_fresh=is_long))
    used = (Bullets(view.used),)
    blocks.append(Section(_("What was used, and what was not"), used, is_kept=True))
    if view.words:
        words = (_lay_out_words(view.words),)
        blocks.append(Section(_("What the words mean"), words, is_kept=True))
    contest = _lay_out_contest(view)
    blocks.append(Section(_("If you see it differently"), contest, is_kept=True))
    return Document(view.head, tuple(blocks))


def _lay_out_result(view: SheetView) -> Section:
    said = [Paragraph(sentence) for sentence in view.result]
    said += [Paragraph(note, "soft") for note in view.notes]
    blocks: tuple[Block, ...] = tuple(said)
    if view.strip is not None:
        drawn = Strip(view.strip, view.ticks, key=view.strip_key)
        blocks = (Columns(blocks, (drawn,)),)
    return Section(_("Your result"), blocks, is_kept=True)


def _lay_out_steps(view: SheetView) -> Table:
    columns = (
        Column(_("Step"), 48),
        Column(_("Figure"), 22, "number"),
        Column(_("What it is")),
    )
    return build_table(columns, view.steps, size="plain")


def _lay_out_sources(view: SheetView) -> tuple[Block, ...]:
    columns = (
        Column(_("Source")),
        Column(_("Answers"), 30),
        Column(_("Mark"), 30),
        Column(_("Share of the score"), 34, "number"),
    )
    rows = [(row.source, row.who, row.mark, row.share) for row in view.sources]
    return (build_table(columns, rows, notice=view.sources_note),)


def _lay_out_criteria(view: SheetView) -> tuple[Block, ...]:
    columns = [Column(_("Criterion"))]
    if view.has_marked:
        columns.append(Column(_("As marked"), 24, "number"))
    if view.has_calibrated:
        columns += [Column(_("Estimate"), 24, "number"), Column(_("Give or take"), 24, "number")]
    if view.has_expected:
        columns.append(Column(_("Expected"), 24, "number"))
    rows = []
    for line in view.criteria:
        cells = [line.label, *([line.raw] if view.has_marked else [])]
        cells += [line.calibrated, line.give_or_take] if view.has_calibrated else []
        rows.append([*cells, line.expected] if view.has_expected else cells)
    return (build_table(columns, rows),)


def _lay_out_words(words: Sequence[tuple[str, str]]) -> Table:
    columns = (Column(_("Word"), 34), Column(_("What it means here")))
    rows = [(Cell(word, look="strong"), meaning) for word, meaning in words]
    return build_table(columns, rows, size="plain")


def _lay_out_contest(view: SheetView) -> tuple[Block, ...]:
    labels = (_("Date of the talk"), _("Manager"), _("Read, which is not to agree"))
    return (Bullets(view.contest, is_numbered=True), Signatures(labels))
