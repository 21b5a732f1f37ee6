"""What was audited, how the data came here, and the proof that attributes touched no score."""

from __future__ import annotations

from collections.abc import Mapping

from calibrate.language import N_, _, ngettext
from calibrate.language.figures import write_scientific
from calibrate.report.document import Column, Section, Table, build_table, say_columns
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.base import Company
from calibrate.report.views.sections import write_section
from calibrate.report.words import join_words, say_code, say_stage, write_count

TITLE = N_("Scope and way of the data")
PROOF_TITLE = N_("Attributes did not touch the scores")
NO_ATTRIBUTES = N_("No attributes were given: there was nothing that could touch the scores.")
PROVEN = N_(
    "The scores were computed and their hash was taken before the attributes "
    "were opened. Then they were computed again with the attributes file "
    "withheld. Both hashes are the same."
)
NOT_PROVEN = N_(
    "The two hashes below differ. The scores computed without the attributes "
    "file are not the scores of this run. Stop here and ask why."
)
FLOW = {
    "n_people": N_("People in the employees table"),
    "n_rated": N_("With a score"),
    "n_unrated": N_("Without a score"),
    "n_forms": N_("Forms"),
    "n_raters": N_("Raters"),
    "n_problems": N_("Problems found in the input"),
    "n_quarantined": N_("Rows left out"),
    "n_notes": N_("Notes on rows"),
    "n_linked": N_("Well linked people"),
    "n_weak": N_("Weakly linked people"),
    "n_unlinked": N_("People whose raters cannot be compared"),
}
_SCOPE = (Column(N_("What"), 30), Column(N_("In this audit")))
_STEPS = (Column(N_("Step")), Column(N_("Count"), 18, "number"))
_HASHES = (Column(N_("What"), 56), Column(N_("Hash (SHA-256)")))


def build_scope(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Scope beside the way of the data, then the two hashes."""
    rows = list_rows(audit.tables["disparities"])
    grids = (_list_scope(Company(material), rows), _list_flow(material.readiness))
    return (write_section(_(TITLE), tables=grids, is_paired=True), _prove(material, audit, rows))


def name_favourable(company: Company) -> tuple[str, ...]:
    """Labels of the favourable bands: those declared, else those above the middle."""
    declared = company.material.cycle.audit.favourable
    bands = declared.bands if declared else company.labels[len(company.labels) // 2 + 1 :]
    return tuple(str(band) for band in bands)


def _list_scope(company: Company, rows: list[Row]) -> Table:
    cycle = company.material.cycle
    names = list(dict.fromkeys(str(r["attribute"]) for r in rows))
    single = [say_code(n) for n in names if "*" not in n]
    crossed = [say_code(n).replace("*", " × ") for n in names if "*" in n]
    stages = list(dict.fromkeys(str(r["stage"]) for r in rows))
    lines = (
        (_("Cycle"), cycle.title or cycle.cycle),
        (_("Attributes"), join_words(single) or _("none given; there are no pages by group")),
        (_("Crossed"), join_words(crossed) or _("none asked for")),
        (_("Stages"), join_words([say_stage(s) for s in stages]) or _("none")),
        (_("Favourable bands"), join_words(list(name_favourable(company)))),
        (_("Smallest group"), ngettext("{n} person", "{n} people", int(cycle.privacy.min_cell))),
        (_("Seed"), str(cycle.seed)),
    )
    return build_table(say_columns(_SCOPE), lines)


def _list_flow(ready: Mapping[str, int]) -> Table:
    lines = [(_(words), write_count(ready[key])) for key, words in FLOW.items() if key in ready]
    return build_table(say_columns(_STEPS), lines)


def _prove(material: Material, audit: AuditMaterial, rows: list[Row]) -> Section:
    is_proven = audit.scores_sha256 == audit.rescored_sha256
    said = [_(PROVEN) if is_proven else _(NOT_PROVEN)] if rows else [_(NO_ATTRIBUTES)]
    hashes = [(_("Scores of this run"), audit.scores_sha256)]
    if rows:
        hashes.append((_("The same, attributes withheld"), audit.rescored_sha256))
    if audit.cross_check is not None:
        said.append(
            _(
                "Every share and mean by group was computed twice: from counts, as "
                "printed here, and person by person with fairlearn, a library of others. "
                "The largest difference is {difference}.",
                difference=write_scientific(audit.cross_check),
            )
        )
    hashes.append((_("Run"), material.run_id))
    return write_section(
        _(PROOF_TITLE), "", tuple(said), (build_table(say_columns(_HASHES), hashes),)
    )
