"""Figures by group, for auditors alone."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

DISPARITIES = Contract(
    "disparities",
    ("stage", "measure", "attribute", "group"),
    (
        Column("stage", "text", "raw, calibrated, proposed or final"),
        Column("measure", "text", "selection_rate, at_or_above:<band>, lowest_band, …"),
        Column("attribute", "text", "attribute, or two joined by *"),
        Column("group", "text", "group, or two joined by *"),
        Column("reference", "text", "group compared with"),
        Column("family", "text", "primary, secondary or exploratory"),
        Column("n", "integer", "people in the group", "people"),
        Column("n_favourable", "integer", "people the measure counts", "people"),
        Column("rate", "number", "n_favourable / n; for mean_score the mean in points"),
        Column("ratio", "number", "rate over the reference's rate"),
        Column("ratio_low", "number", "lower end, 95 %"),
        Column("ratio_high", "number", "upper end, 95 %"),
        Column("impact_ratio", "number", "rate over the highest rate the rule pack admits"),
        Column("difference", "number", "group minus reference"),
        Column("low", "number", "of the rate, 95 %; for mean_score of the difference"),
        Column("high", "number", "of the rate, 95 %; for mean_score of the difference"),
        Column("z_value", "number", "gap of the rates, pooled", "standard deviations"),
        Column("p_value", "number", "Fisher's mid-p; for mean_score Welch"),
        Column("p_clustered", "number", "clustered by manager: CR2, Satterthwaite"),
        Column(
            "p_null_imposed", "number", "clustered by manager, spread as if groups did not differ"
        ),
        Column("q_value", "number", "after Benjamini-Hochberg within the family"),
        Column("q_null_imposed", "number", "the same on the largest of the three p-values"),
        Column("detectable_ratio", "number", "smallest ratio found with 80 % power"),
        Column("detectable_difference", "number", "smallest difference found with 80 % power"),
        Column(
            "detectable_ratio_family", "number", "the same at 0.05 / number of tests of the family"
        ),
        Column(
            "detectable_difference_family",
            "number",
            "the same at 0.05 / number of tests of the family",
        ),
        Column(
            "flip_flop",
            "boolean",
            "one person of the group, counted or not, would reverse four fifths or the test",
        ),
        Column("shortfall", "number", "n x reference rate - n_favourable", "people"),
        Column("verdict", "text", "not_computable, too_few, beyond, significant_only, within, …"),
        Column("suppressed", "boolean", "figures withheld: the group is too small"),
    ),
    meaning="each group beside its reference; one row a stage, measure and group",
)
