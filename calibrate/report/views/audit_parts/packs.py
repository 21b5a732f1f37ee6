"""Rule packs on paper: their caveats, New York City's table, and what has to be documented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pandas as pd

from calibrate.audit.policy import PRIMARY_MEASURES
from calibrate.language import N_, _, ngettext
from calibrate.report.document import Column, Section, Table, build_table, say_columns
from calibrate.report.material import AuditMaterial, Material, Row, list_rows
from calibrate.report.views.sections import write_section
from calibrate.report.words import (
    DASH,
    join_words,
    say_code,
    say_measure,
    say_stage,
    write_count,
    write_date,
    write_number,
    write_p,
    write_percent,
)

SCREEN_PACK = "us-2026"
#: Stages from the latest decision back; the first that the table has is printed.
_LATEST_FIRST = ("final", "proposed", "calibrated", "raw")

#: Kinds of categories in the city's rule.
KINDS = {
    "sex": N_("By sex"),
    "race/ethnicity": N_("By race or ethnicity"),
    "intersection": N_("By both"),
}
DUTY_WORDS = {"given": N_("given"), "partly": N_("partly"), "not held": N_("not held")}
_CITY = (
    Column(N_("Category"), 48),
    Column(N_("People"), 16, "number"),
    Column(N_("Selected"), 18, "number"),
    Column(N_("Selection rate"), 18, "number"),
    Column(N_("Impact ratio"), 16, "number"),
    Column(N_("Note")),
)
_SCORES = (
    Column(N_("Category"), 48),
    Column(N_("People"), 16, "number"),
    Column(N_("Above the median"), 18, "number"),
    Column(N_("Scoring rate"), 18, "number"),
    Column(N_("Impact ratio"), 16, "number"),
    Column(N_("Note")),
)
_DUTIES = (
    Column(N_("Where it is asked for"), 38),
    Column(N_("What is to be documented"), 64),
    Column(N_("In this run"), 18),
    Column(N_("Where to look")),
)
_SCREEN = (
    Column(N_("Group / reference")),
    Column(N_("Impact ratio"), 16, "number"),
    Column(N_("z"), 14, "number"),
    Column(N_("p"), 16, "number"),
    Column(N_("Short of"), 18, "number"),
    Column(N_("Finds, family"), 18, "number"),
    Column(N_("One person"), 20),
)
_SOURCES = (Column(N_("Source"), 64), Column(N_("Dated"), 20), Column(N_("What rests on it")))
_CAVEATS = (Column(N_("Where it stands"), 48), Column(N_("What it says")))

Tables = Mapping[str, pd.DataFrame]


def build_packs(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Build the figures that the cycle's rule packs ask for."""
    return (*_build_screen(audit.tables), *_build_city(audit.tables))


def build_texts(material: Material, audit: AuditMaterial) -> tuple[Section, ...]:
    """Build what the packs say of themselves, and what is to be documented."""
    texts = _build_texts(audit.tables, _say_bounds(audit.rule_pack))
    return (*texts, *_build_duties(audit.tables))


def build_pack_sections(tables: Tables) -> tuple[Section, ...]:
    """Build both from the audit's tables alone."""
    return (*_build_city(tables), *_build_duties(tables), *_build_texts(tables, ()))


def _build_screen(tables: Tables) -> tuple[Section, ...]:
    """What the federal texts look at beside the verdict, for the lines that decide."""
    if not any(row["pack"] == SCREEN_PACK for row in _read(tables, "rule_packs")):
        return ()
    rows = [
        row
        for row in _read(tables, "disparities")
        if row["family"] == "primary" and row["group"] != row["reference"] and row["z_value"]
    ]
    if not rows:
        return ()
    flips = sum(bool(row["flip_flop"]) for row in rows)
    lead = _(
        "Beside the verdicts stands what the federal texts of the United States "
        "look at. The impact ratio is to the highest rate. z is the gap in "
        "standard deviations. “Short of” is how many people the group lacks at "
        "the reference's rate; negative: it has more. “Finds, family” is the "
        "ratio nearest to 1 found against all tests of the family at once."
    )
    said = ngettext(
        "“One person” says yes where one person of the group more or fewer would "
        "put the ratio across a bound or p across 0.05: {n} of {total} lines.",
        "“One person” says yes where one person of the group more or fewer would "
        "put the ratio across a bound or p across 0.05: {n} of {total} lines.",
        flips,
        total=len(rows),
    )
    grids = tuple(
        _list_screen(measure, [row for row in rows if row["measure"] == measure])
        for measure in PRIMARY_MEASURES
    )
    filled = tuple(grid for grid in grids if grid.rows)
    return (write_section(_("What stands beside the verdicts"), lead, (said,), filled),)


def _list_screen(measure: str, rows: list[Row]) -> Table:
    lines = [
        (
            f"{say_code(row['attribute'])}: {row['group']} / {row['reference']}",
            write_number(row["impact_ratio"], 2),
            write_number(row["z_value"], 2),
            write_p(row["p_value"]),
            write_number(row["shortfall"], 1),
            write_number(row["detectable_ratio_family"], 2),
            _("yes") if row["flip_flop"] else _("no"),
        )
        for row in rows
    ]
    marked = [at for at, row in enumerate(rows) if row["verdict"] == "beyond"]
    return build_table(say_columns(_SCREEN), lines, about=f"{say_measure(measure)}.", marked=marked)


def _read(tables: Tables, name: str) -> list[Row]:
    return list_rows(tables[name]) if name in tables else []


def _build_city(tables: Tables) -> tuple[Section, ...]:
    rows = _read(tables, "ll144")
    if not rows:
        return ()
    stages = {str(row["stage"]) for row in rows}
    stage = next((name for name in _LATEST_FIRST if name in stages), min(stages))
    grids = [
        _build_city_grid(
            _("{kind}. Selection, stage: {stage}.", kind=_(KINDS[kind]), stage=say_stage(stage)),
            say_columns(_CITY),
            _take(rows, stage, kind),
            ("n_selected", "selection_rate", "impact_ratio"),
        )
        for kind in _list_kinds(rows, stage)
    ]
    scored = [row for row in rows if row["n_above_median"] is not None]
    if scored:
        of_scores = "calibrated" if any(r["stage"] == "calibrated" for r in scored) else stage
        grids += [
            _build_city_grid(
                _(
                    "{kind}. Scores, stage: {stage}.",
                    kind=_(KINDS[kind]),
                    stage=say_stage(of_scores),
                ),
                say_columns(_SCORES),
                _take(rows, of_scores, kind),
                ("n_above_median", "scoring_rate", "scoring_impact_ratio"),
            )
            for kind in _list_kinds(scored, of_scores)
        ]
    lead = _(
        "Rates and impact ratios as the city's rule on automated decision tools "
        "lays them out: by sex, by race or ethnicity, and by both. The ratio is "
        "to the category with the highest rate. The rule names no bound and asks "
        "for no test; the verdicts of this audit stand elsewhere."
    )
    sentences = (
        _(
            "People whose category is unknown are counted and in no rate. A category "
            "under 2% of the known is shown, and is in no ratio. All stages are in "
            "audit/tables/ll144."
        ),
    )
    return (write_section(_("New York City’s table"), lead, sentences, tuple(grids)),)


def _list_kinds(rows: list[Row], stage: str) -> list[str]:
    present = {str(row["category_type"]) for row in rows if row["stage"] == stage}
    return [kind for kind in KINDS if kind in present]


def _take(rows: list[Row], stage: str, kind: str) -> list[Row]:
    own = [r for r in rows if r["stage"] == stage and r["category_type"] == kind]
    return sorted(own, key=lambda r: (not r["group"], str(r["category"])))


def _build_city_grid(
    caption: str, headings: tuple[Column, ...], rows: list[Row], figures: tuple[str, str, str]
) -> Table:
    """One line a category that is shown; the withheld ones are named under the table."""
    counted, rate, ratio = figures
    lines = [
        (
            str(row["category"]),
            write_count(row["n"]),
            write_count(row[counted]),
            write_percent(row[rate]),
            write_number(row[ratio], 2),
            str(row["note"] or ""),
        )
        for row in rows
        if not row["suppressed"]
    ]
    grid = build_table(headings, lines, about=caption)
    hidden = [str(row["category"]) for row in rows if row["suppressed"]]
    if not hidden:
        return grid
    withheld = _(
        "Withheld, too small or telling of one that is: {names}.", names=join_words(hidden)
    )
    return replace(grid, notice=f"{withheld} {grid.notice}".strip())


def _build_duties(tables: Tables) -> tuple[Section, ...]:
    rows = _read(tables, "obligations")
    if not rows:
        return ()
    counts = {status: sum(row["status"] == status for row in rows) for status in DUTY_WORDS}
    lead = _(
        "What the European Union’s AI Act wants documented of a high-risk "
        "system, and which file of this run holds it or a part of it. It is a "
        "list of places to look. It does not say that a duty is met, nor whose "
        "duty it is."
    )
    sentence = ngettext(
        "{n} item. Held by this run: {given}; a part of: {partly}; nothing of: {not_held}.",
        "{n} items. Held by this run: {given}; a part of: {partly}; nothing of: {not_held}.",
        len(rows),
        given=counts["given"],
        partly=counts["partly"],
        not_held=counts["not held"],
    )
    lines = [
        (
            str(row["article"]),
            str(row["requirement"]),
            _(DUTY_WORDS[str(row["status"])]),
            str(row["where"] or DASH),
        )
        for row in rows
    ]
    grid = build_table(say_columns(_DUTIES), lines)
    return (write_section(_("What has to be documented"), lead, (sentence,), (grid,)),)


def _say_bounds(pack: Mapping[str, object]) -> tuple[str, ...]:
    """Bounds that the verdicts of this run go by."""
    names = ("four_fifths_lower", "four_fifths_upper", "standardised_difference", "alpha")
    if not all(name in pack for name in (*names, "min_category_share")):
        return ()
    lower, upper, means, alpha = (write_number(float(str(pack[name])), 2) for name in names)
    return (
        _(
            "Bounds of pack {id}, which the verdicts go by: a ratio below {lower} or "
            "above {upper}, for means {means} standard deviations; q of at most "
            "{alpha}; groups under {share} of the known set no highest rate.",
            id=str(pack["id"]),
            lower=lower,
            upper=upper,
            means=means,
            alpha=alpha,
            share=write_percent(float(str(pack["min_category_share"]))),
        ),
    )


def _build_texts(tables: Tables, bounds: tuple[str, ...]) -> tuple[Section, ...]:
    rows = _read(tables, "rule_packs")
    packs = [row for row in rows if row["kind"] == "pack"]
    if not packs:
        return ()
    grids = []
    for pack in packs:
        own = [row for row in rows if row["pack"] == pack["pack"]]
        about = _(
            "Pack {pack}, version {version}, texts as of {dated}. {used_for}",
            pack=pack["pack"],
            version=pack["version"],
            dated=_write_dated(pack),
            used_for=pack["used_for"],
        )
        caveats = [(str(r["source"] or DASH), str(r["text"])) for r in own if r["kind"] == "caveat"]
        sources = [
            (str(r["text"]), _write_dated(r), str(r["used_for"]))
            for r in own
            if r["kind"] == "source"
        ]
        grids.append(
            build_table(
                say_columns(_CAVEATS), caveats, opening=f"{pack['text']}.", about=about, size="fine"
            )
        )
        if sources:
            grids.append(build_table(say_columns(_SOURCES), sources, size="fine"))
    lead = _(
        "The texts behind the bounds limit them themselves. Read the verdicts with these sentences."
    )
    return (write_section(_("Rule packs: bounds, caveats, sources"), lead, bounds, tuple(grids)),)


def _write_dated(row: Row) -> str:
    return write_date(date.fromisoformat(str(row["dated"]))) if row["dated"] else DASH
