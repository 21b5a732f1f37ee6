"""What rule packs ask for: their texts, one city's table, and a list of what to document."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

RULE_PACKS = Contract(
    "rule_packs",
    ("pack", "kind", "position"),
    (
        Column("pack", "text", "rule pack that the cycle asks for"),
        Column("version", "integer", "its version"),
        Column("kind", "text", "pack, source or caveat"),
        Column("position", "integer", "order within its kind"),
        Column("text", "text", "title of the pack or the source; the caveat's sentence"),
        Column("dated", "text", "date of the text; of the pack the day its texts are as of"),
        Column("used_for", "text", "of a pack its status; of a source what rests on it"),
        Column("source", "text", "where a caveat stands; of a pack its jurisdiction"),
    ),
    meaning="rule packs with their sources and caveats; one row a text",
)

LL144 = Contract(
    "ll144",
    ("stage", "category_type", "attribute", "category"),
    (
        Column("stage", "text", "raw, calibrated, proposed or final"),
        Column("category_type", "text", "sex, race/ethnicity or intersection"),
        Column("attribute", "text", "attribute that holds it, or two joined by *"),
        Column("category", "text", "category; 'unknown' counts people without one"),
        Column("group", "text", "the same as the group of the other tables; empty for unknown"),
        Column("n", "integer", "people", "people"),
        Column("n_selected", "integer", "people in the favourable bands", "people"),
        Column("selection_rate", "number", "n_selected / n"),
        Column("impact_ratio", "number", "selection_rate over the highest of its category type"),
        Column("n_above_median", "integer", "people strictly above the median of all", "people"),
        Column("scoring_rate", "number", "n_above_median / people with a score"),
        Column("scoring_impact_ratio", "number", "scoring_rate over the highest of its type"),
        Column("is_left_out", "boolean", "under 2 % of the known: shown, but in no ratio"),
        Column("note", "text", "why a figure is missing"),
        Column("suppressed", "boolean", "figures withheld: the group is too small"),
    ),
    meaning="rates and impact ratios as New York City's rule lays them out; one row a category",
)

OBLIGATIONS = Contract(
    "obligations",
    ("pack", "position"),
    (
        Column("pack", "text", "rule pack"),
        Column("position", "integer", "order in the pack"),
        Column("article", "text", "article or annex"),
        Column("requirement", "text", "what is to be documented, in short"),
        Column("status", "text", "given, partly or not held: what this run has of it"),
        Column("where", "text", "files of this run; empty where it holds nothing"),
    ),
    meaning="what a system of this kind has to document, and where to look; one row a duty",
)
