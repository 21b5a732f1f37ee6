"""One rubric on one page, for the people who mark by it."""

from __future__ import annotations

from calibrate.language import _, ngettext
from calibrate.report.document import (
    Block,
    Cell,
    Column,
    Content,
    Document,
    Front,
    Paragraph,
    Section,
    Table,
    build_table,
)
from calibrate.report.pages.parts import lay_out_foot
from calibrate.report.views.rubric import RubricView


def lay_out_rubric(view: RubricView) -> Document:
    """Put the view on its page: how to mark, the anchors, what is expected and comes next."""
    rules = Paragraph(" ".join(view.rules), "small", opening=_("How to mark."))
    blocks: list[Block] = [rules, _lay_out_anchors(view)]
    if any(row.expected or row.develop for row in view.criteria):
        title = _("What is expected, and what to practise next")
        blocks.append(Section(title, (_lay_out_steps(view),), is_kept=True))
    # Set closer, so that it stays one page.
    front = Front((*blocks, lay_out_foot((view.note,))))
    return Document(view.head, (front,), density="close")


def _lay_out_anchors(view: RubricView) -> Table:
    columns = [Column(_("Criterion"), 30)]
    columns += [Column(_("Mark {mark}", mark=mark)) for mark in view.marks]
    rows: list[tuple[Content, ...]] = [
        (Cell(row.label, below=row.weight), *row.anchors) for row in view.criteria
    ]
    notice = ""
    if view.n_hidden:
        notice = ngettext(
            "{n} more mark has words; the rubric's file has them.",
            "{n} more marks have words; the rubric's file has them.",
            view.n_hidden,
        )
    return build_table(columns, rows, notice=notice, size="fine")


def _lay_out_steps(view: RubricView) -> Table:
    """What each criterion serves and expects; a column that nobody filled in is left out."""
    serves = any(row.serves for row in view.criteria)
    expects = any(row.expected for row in view.criteria)
    columns = [Column(_("Criterion"), 30)]
    columns += [Column(_("Serves"), 48)] if serves else []
    columns += [Column(_("Expected mark"), 30)] if expects else []
    columns.append(Column(_("Next step")))
    rows = []
    for row in view.criteria:
        expected = " · ".join(f"{levels}: {mark}" for levels, mark in row.expected)
        cells = [row.label, *([row.serves] if serves else []), *([expected] if expects else [])]
        rows.append((*cells, row.develop))
    return build_table(columns, rows, size="fine")
