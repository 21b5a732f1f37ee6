"""How far a gap hangs on who the managers are, for auditors alone."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

DEPENDENCE = Contract(
    "dependence",
    ("stage", "measure", "attribute", "group"),
    (
        Column("stage", "text", "raw, calibrated, proposed or final"),
        Column("measure", "text", "selection_rate, lowest_band or mean_score"),
        Column("attribute", "text", "attribute, or two joined by *"),
        Column("group", "text", "group, or two joined by *"),
        Column("reference", "text", "group compared with"),
        Column("family", "text", "primary, secondary or exploratory"),
        Column("n", "integer", "people in the group", "people"),
        Column("n_managers", "integer", "managers with people of both groups", "managers"),
        Column("n_compared", "integer", "people of both groups under these managers", "people"),
        Column("gap", "number", "group minus reference; for mean_score in points"),
        Column("gap_within", "number", "the gap among people under the same manager"),
        Column("within_low", "number", "lower end, 95 %, managers as clusters"),
        Column("within_high", "number", "upper end, 95 %, managers as clusters"),
        Column("gap_between", "number", "the rest: the groups work under different managers"),
        Column("p_value", "number", "as in disparities: people taken as independent"),
        Column("p_clustered", "number", "as in disparities: clustered by manager"),
        Column("p_within", "number", "Mantel-Haenszel within managers, no continuity correction"),
        Column("q_within", "number", "p_within after Benjamini-Hochberg within the family"),
        Column("test_within", "text", "normal, exact (mid-p), or none: nothing to test"),
        Column(
            "detectable_within",
            "number",
            "smallest gap within managers found with 80 % power among the tests of the family",
        ),
        Column("ratio_within", "number", "common ratio of the rates within managers"),
        Column("ratio_low", "number", "lower end, 95 % (Greenland and Robins)"),
        Column("ratio_high", "number", "upper end, 95 % (Greenland and Robins)"),
        Column(
            "mh_odds_ratio",
            "number",
            "common odds ratio within managers, not tested for being the same in each",
        ),
        Column("mh_low", "number", "lower end, 95 % (Robins, Breslow and Greenland)"),
        Column("mh_high", "number", "upper end, 95 % (Robins, Breslow and Greenland)"),
        Column("within", "text", "told, or too_few people under managers with both groups"),
        Column(
            "reverses_without",
            "text",
            "first id of a manager without whose people the verdict would, or would not, be beyond",
        ),
        Column("n_reversing", "integer", "how many managers would, each alone", "managers"),
        Column("suppressed", "boolean", "figures withheld: the group is too small"),
    ),
    meaning="each gap within and between managers; one row a stage, measure and group",
)
