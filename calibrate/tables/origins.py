"""Where a gap arises: every line looked at, whatever it showed."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

ORIGINS = Contract(
    "origins",
    ("dimension", "item", "attribute", "group", "figure"),
    (
        Column(
            "dimension",
            "text",
            "criterion, source, manager, team, rater_group, location, work_mode, level, "
            "job_family, department, stage, not_rated, quarantined, unlinked, weak, comment, cycle",
        ),
        Column("item", "text", "which of them; all where the line is about the whole of it"),
        Column("attribute", "text", "attribute"),
        Column("group", "text", "group of the people rated"),
        Column("reference", "text", "group compared with"),
        Column("n", "integer", "people of the group in this line", "people"),
        Column("n_reference", "integer", "people of the reference in this line", "people"),
        Column(
            "figure",
            "text",
            "what estimate is: points, points_given_total, mean_points, share, ratio, odds_ratio, "
            "words, per_100_words, heterogeneity_of_share, heterogeneity_of_points (Welch's F), "
            "teams_standing_out (a count)",
        ),
        Column("value", "number", "mean or share of the group; for teams: how many were tested"),
        Column("value_reference", "number", "the same of the reference"),
        Column("estimate", "number", "group minus reference; ratios: group over reference"),
        Column("low", "number", "of the estimate, 95 %, the wider of independent and clustered"),
        Column("high", "number", "of the estimate, 95 %, the wider of independent and clustered"),
        Column("p_value", "number", "shares: Fisher's mid-p; means: Welch; criteria: Mantel"),
        Column("p_clustered", "number", "clustered by manager; rater_group: by rater and employee"),
        Column("q_value", "number", "after Benjamini-Hochberg over dimension and attribute"),
        Column("class", "text", "criteria: A negligible or chance, B moderate, C large"),
        Column("suppressed", "boolean", "figures withheld: a side of this line is too small"),
    ),
    meaning="each place a gap may arise in; exploratory; one row a line",
)
