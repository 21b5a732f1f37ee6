"""What the calibration, the managers and the session did to gaps; for auditors alone."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract, columns

EQUAL_SHARES = Contract(
    "equal_shares",
    ("stage", "measure", "attribute", "group"),
    (
        Column(
            "stage", "text",
            "raw, adjusted, calibrated, calibrated_probability (sums of probabilities), "
            "proposed or final",
        ),
        Column("measure", "text", "favourable: in the top share; lowest_band: in the bottom share"),
        Column("attribute", "text", "attribute, or two joined by *"),
        Column("group", "text", "group, or two joined by *"),
        Column("reference", "text", "group compared with"),
        Column("n", "integer", "people of the group at this stage", "people"),
        Column("mean_forms", "number", "scored forms a person, mean", "forms"),
        Column("median_forms", "number", "scored forms a person, median", "forms"),
        Column("share", "number", "people counted over the whole company, as a share"),
        *columns("number", "", rate="share of the group that is counted",
                 ratio="rate over the reference's rate", ratio_low="lower end, 95 %",
                 ratio_high="upper end, 95 %",
                 raw_ratio="ratio of the same people at the same share by the raw score",
                 change="ratio - raw_ratio; empty at stage raw", change_low="lower end, 95 %",
                 change_high="upper end, 95 %",
                 detectable_ratio="smallest ratio found with 80 % power at 0.05, one test"),
        Column("suppressed", "boolean", "figures withheld: group or reference is too small"),
    ),
    meaning="each group beside its reference when every stage counts the same share of people; "
    "one row a stage, measure and group",
)  # fmt: skip

PASSTHROUGH = Contract(
    "passthrough",
    ("score", "attribute", "group"),
    (
        Column("score", "text", "adjusted or calibrated"),
        Column("attribute", "text", "attribute, or two joined by *"),
        Column("group", "text", "group, or two joined by *"),
        Column("reference", "text", "group compared with"),
        Column("n", "integer", "rated people of the group", "people"),
        Column("mean_forms", "number", "scored forms a person, mean", "forms"),
        *columns("number", "",
                 kept_real="share that is left of a gap in every form about the group",
                 rater_made_in_raw="gap in the raw scores if raters are stricter by 1 with forms "
                 "on the group alone, by 0 with none, in proportion between",
                 removed_rater_made="share of that gap that is taken out; empty below 0.005"),
        Column("suppressed", "boolean", "figures withheld: group or reference is too small"),
    ),
    meaning="what the fit does to an invented gap, its variances held; one row a score and group",
)  # fmt: skip

MOVES = Contract(
    "moves",
    ("from_stage", "to_stage", "attribute", "group"),
    (
        Column("from_stage", "text", "raw or proposed"),
        Column("to_stage", "text", "suggested, proposed or final"),
        Column("attribute", "text", "attribute, or two joined by *"),
        Column("group", "text", "group, or two joined by *"),
        Column("reference", "text", "group compared with"),
        Column("family", "text", "exploratory: all rows of this table"),
        *columns("integer", "people", n="people of the group with both bands",
                 n_up="moved to a higher band", n_down="moved to a lower band"),
        *columns("number", "bands", mean_change="mean change of the band, up is positive",
                 difference="group minus reference", low="of the difference, 95 %, Welch",
                 high="of the difference, 95 %, Welch",
                 difference_same_band="the same among people who started in the same band"),
        *columns("number", "",
                 excess="sum of the group's moves less that expected within each manager, in bands",
                 p_value="permutation of the groups within each manager, two-sided",
                 p_clustered="clustered by manager: CR2, Satterthwaite",
                 q_value="of the larger p-value, Benjamini-Hochberg over this table",
                 detectable_difference="smallest difference found with 80 % power among all "
                 "tests of this table, in bands"),
        Column("p_from", "text", "exact, or 2,000 draws where somebody has too many people"),
        Column("suppressed", "boolean", "figures withheld: group or reference is too small"),
    ),
    meaning="who was moved between two stages, by group; one row two stages and a group",
)  # fmt: skip
