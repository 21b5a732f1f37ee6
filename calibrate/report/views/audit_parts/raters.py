"""The raters, and where marks differ."""

from __future__ import annotations

from calibrate.language import N_, _, ngettext
from calibrate.report.document import Column, Section, build_table, say_columns
from calibrate.report.material import AuditMaterial, Material, list_rows
from calibrate.report.views.base import Company
from calibrate.report.views.sections import write_section
from calibrate.report.words import (
    DASH,
    TERM_WORDS,
    say_term,
    write_number,
    write_percent,
)
from calibrate.session.findings import FEW_FORMS
from calibrate.session.habits import count_notable

TITLE = N_("Raters, and where marks differ")
_HEADINGS = (
    Column(N_("Part")), Column(N_("Points squared"), 24, "number"),
    Column(N_("Standard error"), 24, "number"), Column(N_("Share"), 18, "number"),
)  # fmt: skip
CAPTION = N_(
    "How much of the differences between forms goes with what. More is in "
    "tables/raters and tables/variance."
)
NOISE = N_(
    "“Noise of a form” is the mean over all forms; the rows below it split "
    "it by source and are no further share."
)


def build_raters(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """What is known of the raters in sentences, the parts of the variance in a table."""
    order = list(TERM_WORDS)
    rows = list_rows(material.tables["variance"])
    rows.sort(key=lambda r: order.index(r["term"]) if r["term"] in order else len(order))
    lines = [
        (
            say_term(str(row["term"])), write_number(row["variance"], 1),
            DASH if row.get("se") is None else f"± {write_number(row['se'], 1)}",
            write_percent(row["share"]),
        )
        for row in rows
    ]  # fmt: skip
    is_split = any(str(row["term"]).startswith("residual:") for row in rows)
    caption = f"{_(CAPTION)} {_(NOISE)}" if is_split else _(CAPTION)
    grids = (build_table(say_columns(_HEADINGS), lines, about=caption),) if lines else ()
    return (write_section(_(TITLE), "", _describe_raters(Company(material)), grids),)


def _describe_raters(company: Company) -> tuple[str, ...]:
    raters = company.material.tables["raters"]
    known = raters["severity"].dropna()
    sentences = [
        ngettext(
            "{n} rater filed scored forms; severities that are known: {n_known}.",
            "{n} raters filed scored forms; severities that are known: {n_known}.",
            len(raters),
            n_known=len(known),
        )
    ]
    if len(known):
        low, high = (company.display.change(-float(known.quantile(q))) for q in (0.9, 0.1))
        sentences.append(
            _(
                "Eight of ten of them mark between {low} and {high} of others on the same people.",
                low=low,
                high=high,
            )
        )
    else:
        sentences.append(
            _("No severity can be told: a strict rater and a weak team look the same.")
        )
    n_forms = dict(zip(raters["rater_id"], raters["n_forms"], strict=True))
    n_found = count_notable(company.material.tables["habits"], n_forms, FEW_FORMS)
    n_thin = int((raters["severity"].notna() & (raters["n_forms"] < FEW_FORMS)).sum())
    sentences.append(
        ngettext(
            "{n} rater stands out in severity or a habit, more than chance over all raters.",
            "{n} raters stand out in severity or a habit, more than chance over all raters.",
            n_found,
        )
    )
    if n_thin:
        sentences.append(
            ngettext(
                "The severity of {n} rater rests on fewer than {few_forms} forms.",
                "The severity of {n} raters rests on fewer than {few_forms} forms.",
                n_thin,
                few_forms=FEW_FORMS,
            )
        )
    return (" ".join(sentences),)
