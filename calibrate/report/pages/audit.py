"""The audit packet: a first page, the contents, one section after the other, the annex."""

from __future__ import annotations

from collections.abc import Sequence

from calibrate.language import _
from calibrate.report.document import (
    Block,
    Bullets,
    Column,
    Document,
    Figures,
    Front,
    Link,
    Look,
    Note,
    Paragraph,
    Section,
    build_table,
    list_contents,
)
from calibrate.report.views.audit import AuditView
from calibrate.report.views.audit_front import AuditFront, Finding
from calibrate.report.views.audit_parts.counts import CountsView


def lay_out_audit(view: AuditView) -> Document:
    """Put the view on its pages; the annex stands on pages turned sideways."""
    sections = (*view.sections, *((view.annex,) if view.annex else ()))
    return Document(
        view.head,
        (_lay_out_front(view.front), list_contents(_("Contents"), sections), *sections),
        density="close",
    )


def lay_out_counts(view: CountsView) -> Document:
    """The audit of somebody else's counts: figures, then sections."""
    return Document(view.head, (Figures(view.figures), *view.sections), density="close")


def _lay_out_front(front: AuditFront) -> Front:
    columns = (
        Column(_("Verdict"), 30),
        Column(_("Count"), 16, "number"),
        Column(_("What it means")),
    )
    rows = [(row.verdict, row.n, row.meaning) for row in front.verdicts]
    blocks: list[Block] = [
        Figures(front.figures),
        *(Paragraph(sentence) for sentence in front.compared),
        Section(_("What the primary comparisons say"), (build_table(columns, rows),)),
        Section(_("What to look at next"), _lay_out_looks(front)),
    ]
    if front.unknowns:
        blocks.append(Section(_("What could not be known"), (Bullets(front.unknowns),)))
    return Front(tuple(blocks))


def _lay_out_looks(front: AuditFront) -> tuple[Block, ...]:
    if not front.findings:
        return (Paragraph(front.nothing),)
    said = _("A finding is a reason to look. It does not say why there is a gap.")
    more = (Note((front.more,)),) if front.more else ()
    looks = (_lay_out_look(finding) for finding in front.findings)
    return (Paragraph(said, "soft"), *looks, *more)


def _lay_out_look(finding: Finding) -> Look:
    return Look(
        finding.headline,
        finding.evidence,
        opening=_("Look next:") if finding.nexts else "",
        links=_list_links(finding.nexts),
    )


def _list_links(sections: Sequence[Section]) -> tuple[Link, ...]:
    return tuple(Link(section.title, section.anchor) for section in sections)
