"""Gaps with other columns of the employees held constant, for auditors alone."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

ADJUSTED = Contract(
    "adjusted",
    ("stage", "measure", "attribute", "group", "controls"),
    (
        Column("stage", "text", "raw, calibrated, proposed or final"),
        Column("measure", "text", "selection_rate, lowest_band or mean_score"),
        Column("attribute", "text", "attribute, or two joined by *"),
        Column("group", "text", "group, or two joined by *"),
        Column("reference", "text", "group compared with"),
        Column("controls", "text", "columns held constant; none: the plain gap"),
        Column("family", "text", "secondary; exploratory for intersections"),
        Column("status", "text", "told, confounded, too_few or flat; only told has figures"),
        Column("n", "integer", "people of the group in the comparison", "people"),
        Column("n_reference", "integer", "people of the reference in the comparison", "people"),
        Column("n_left_out", "integer", "people alone in a value of a control", "people"),
        Column("gap", "number", "group minus reference at equal controls"),
        Column("se", "number", "standard error of the gap, HC3"),
        Column("low", "number", "lower end, 95 %"),
        Column("high", "number", "upper end, 95 %"),
        Column("p_value", "number", "of no gap; people taken as independent"),
        Column("q_value", "number", "after Benjamini-Hochberg within family and controls"),
        Column(
            "detectable_gap",
            "number",
            "smallest gap found with 80 % power among the tests of family and controls",
        ),
        Column("explained", "number", "part of the plain gap that goes with the controls"),
        Column("unexplained", "number", "the rest; both parts add up to the plain gap"),
        Column(
            "explained_by_reference", "number", "explained, with the reference's own coefficients"
        ),
        Column("mh_odds_ratio", "number", "common odds ratio over the strata of the controls"),
        Column("mh_low", "number", "lower end, 95 % (Robins, Breslow and Greenland)"),
        Column("mh_high", "number", "upper end, 95 % (Robins, Breslow and Greenland)"),
        Column("mh_p", "number", "Mantel-Haenszel, no continuity correction; mid-p if small"),
        Column("breslow_day_p", "number", "that the strata share one odds ratio, Tarone"),
        Column("n_strata_used", "integer", "strata with people of both groups", "strata"),
        Column("overlap", "number", "share of the people who are in these strata"),
        Column("suppressed", "boolean", "figures withheld: the group is too small"),
    ),
    meaning="each gap without and with controls; one row a stage, measure, group and controls",
)

CONTROLS = Contract(
    "controls",
    ("attribute", "control"),
    (
        Column("attribute", "text", "attribute, or two joined by *"),
        Column("control", "text", "column of the employees that is held constant"),
        Column("n", "integer", "people in groups that are large enough", "people"),
        Column("n_values", "integer", "different values of the control among them"),
        Column("association", "number", "Cramer's V, corrected for chance; 0 to 1"),
        Column("p_value", "number", "that the control does not differ by group, chi-squared"),
        Column("q_value", "number", "after Benjamini-Hochberg over this table"),
        Column("overlap", "number", "share of people whose value the reference and a group share"),
        Column("label", "text", "may_carry, no_sign, or not_told where nothing can be compared"),
    ),
    meaning="whether a control itself differs by group; one row an attribute and control",
)
