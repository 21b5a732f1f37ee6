"""Blocks that more than one document has."""

from __future__ import annotations

from collections.abc import Sequence

from calibrate.language import _, ngettext
from calibrate.report.document import Column, Fact, Note, Table, build_table
from calibrate.report.views.base import RubricNote
from calibrate.report.views.patterns import ShareTable


def lay_out_facts(items: Sequence[Fact], label: str, value: str) -> Table:
    """Labels and figures under two headings."""
    columns = (Column(label), Column(value, 24, "number"))
    return build_table(columns, [(item.label, item.value) for item in items], size="plain")


def lay_out_shares(shares: ShareTable) -> Table:
    """Bands against the guideline."""
    key = _(
        "Bar: share by proposed band, else by that of the raw score. Whisker: 95% range, given how "
        "few people there are."
    )
    if shares.has_guideline:
        key += " " + _("Dashed box: guideline.")
    columns = (
        Column(_("Band"), 34),
        Column(_("People"), 14, "number"),
        Column("", 64, ticks=shares.ticks),
        Column(_("Share"), 14, "number"),
        Column(_("95% range"), 22, "number"),
        Column(_("Guideline"), 22, "number"),
    )
    rows = [(row.band, row.n, row.chart, row.share, row.span, row.guide) for row in shares.rows]
    return build_table(columns, rows, key=key if rows else "")


def lay_out_foot(rubrics: Sequence[RubricNote]) -> Note:
    """Which rubrics a packet rests on; the manifest has the whole hashes."""
    named = [
        _("{title}, version {version} ({hash})", title=rubric.title, version=rubric.version,
          hash=rubric.sha256[:12])
        for rubric in rubrics
    ]  # fmt: skip
    words = ngettext(
        "Rubric, and the first letters of its hash: {rubrics}.",
        "Rubrics, and the first letters of their hashes: {rubrics}.",
        len(named),
        rubrics=" · ".join(named),
    )
    return Note((words,), "foot")
