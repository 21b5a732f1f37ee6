"""Check-ins, feedback, recognition and rewards by group, for auditors alone."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

PRACTICE = Contract(
    "practice",
    ("stage", "dimension", "measure", "attribute", "group"),
    (
        Column(
            "stage", "text",
            "people: whatever their band; final, proposed or raw: people of the same band of "
            "that stage, compared band by band",
        ),
        Column(
            "dimension", "text", "checkins, feedback, recognition, promotion, merit or bonus"
        ),
        Column(
            "measure", "text",
            "checkin_share, checkins_per_month, feedback_share, recognised_share, "
            "promoted_share, merit_percent or bonus_percent",
        ),
        Column("attribute", "text", "attribute; intersections are not compared here"),
        Column("group", "text", "group"),
        Column("reference", "text", "group compared with"),
        Column("family", "text", "practice: all lines of this table; exploratory"),
        Column("n", "integer", "people of the group in this line", "people"),
        Column("n_reference", "integer", "people of the reference in this line", "people"),
        Column("n_yes", "integer", "of the group, whom a share counts; empty for means", "people"),
        Column("n_yes_reference", "integer", "the same of the reference", "people"),
        Column(
            "rate", "number",
            "share of the group, 0 to 1, or its mean: percent, or check-ins a month; by band with "
            "the weights of the difference",
        ),
        Column("rate_reference", "number", "the same of the reference"),
        Column("ratio", "number", "of shares: rate over rate_reference; by band Mantel-Haenszel"),
        Column("ratio_low", "number", "lower end, 95 %"),
        Column("ratio_high", "number", "upper end, 95 %"),
        Column("difference", "number", "group minus reference, in the unit of the rate"),
        Column("low", "number", "of the difference, 95 %, the wider of independent and clustered"),
        Column("high", "number", "of the difference, 95 %, the wider of independent and clustered"),
        Column(
            "p_value", "number",
            "shares: Fisher's mid-p; means: Welch; by band: Mantel-Haenszel and its extension",
        ),
        Column("p_clustered", "number", "clustered by manager; by band a score test"),
        Column(
            "p_null_imposed", "number",
            "clustered by manager, spread as if groups did not differ; not by band",
        ),
        Column("q_value", "number", "larger p after Benjamini-Hochberg over the table"),
        Column("q_null_imposed", "number", "the same on the largest of the three p-values"),
        Column("detectable_difference", "number", "smallest difference found with 80 % power"),
        Column(
            "detectable_difference_family", "number",
            "the same at 0.05 / number of tests of the table",
        ),
        Column("verdict", "text", "not_computable, too_few, beyond, significant_only, within, …"),
        Column("suppressed", "boolean", "figures withheld: a side of this line is too small"),
    ),
    meaning="check-ins, feedback and rewards of each group beside its reference; no verdict on "
    "bands depends on it; one row a measure and group",
)  # fmt: skip
