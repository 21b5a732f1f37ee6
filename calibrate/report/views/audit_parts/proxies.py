"""Which columns tell a group: all of them together, and the strongest alone."""

from __future__ import annotations

from collections.abc import Sequence

from calibrate.audit.proxies import say_feature
from calibrate.language import N_, _, ngettext
from calibrate.report.document import Column, Section, build_table
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.audit_parts.places import (
    ALPHA,
    MOST_LINES,
    head_people,
    head_q,
    head_who,
    say_people,
    say_who,
)
from calibrate.report.views.sections import write_section
from calibrate.report.words import write_number, write_p

TITLE = N_("Can other columns tell the group?")
LEAD = N_(
    "A column that tells a group without naming it is a proxy: a rule on "
    "that column may act on the group. The score says how often, of one "
    "person of each side, the column puts the one of the group first, for "
    "people it has not learned from; 0.50 is a coin. Beside it stands what "
    "95 of 100 random deals of the groups stay below."
)


def build_proxies(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Say whether other columns give a group away."""
    table = list_rows(audit.tables["proxies"]) if "proxies" in audit.tables else []
    known = [row for row in table if not row["suppressed"] and row["score"] is not None]
    if not known:
        return ()
    known.sort(key=lambda row: (row["q_value"], -row["score"], str(row["feature"])))
    together = [row for row in known if row["feature"] == "all"]
    alone = [row for row in known if row["feature"] != "all"]
    rows = [*together[:MOST_LINES], *alone[:MOST_LINES]]
    n_out = sum(row["q_value"] < ALPHA for row in known)
    said = (
        ngettext(
            "Of {total} lines, {n} scores higher than chance.",
            "Of {total} lines, {n} score higher than chance.",
            n_out,
            total=len(known),
        )
        if n_out
        else _(
            "After correction for {total} lines, none scores higher than chance would. One line in "
            "twenty passes its own bound by chance; weaker proxies stay hidden.",
            total=len(known),
        ),
        _("All lines stand in audit/tables/proxies."),
    )
    headings = (
        Column(_("Column or habit of review")), head_who(), head_people(),
        Column(_("Score"), 14, "number"), Column(_("By chance below"), 26, "number"), head_q(),
    )  # fmt: skip
    cells = [
        (
            say_feature(str(row["feature"])),
            say_who(row), say_people(row), write_number(row["score"], 2),
            write_number(row["baseline_high"], 2), write_p(row["q_value"]),
        )
        for row in rows
    ]  # fmt: skip
    return (
        write_section(
            _(TITLE), _(LEAD), said,
            (build_table(headings, cells, marked=_mark(rows)),),
        ),
    )  # fmt: skip


def _mark(rows: Sequence[Row]) -> list[int]:
    return [place for place, row in enumerate(rows) if row["q_value"] < ALPHA]
