"""Which columns tell the group without naming it."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

PROXIES = Contract(
    "proxies",
    ("attribute", "group", "feature"),
    (
        Column("attribute", "text", "attribute"),
        Column("group", "text", "group to be told from the reference"),
        Column("reference", "text", "group compared with"),
        Column("feature", "text", "column or habit of review used alone; all: together"),
        Column("n", "integer", "people of the group", "people"),
        Column("n_reference", "integer", "people of the reference", "people"),
        Column("n_used", "integer", "people of both in the sample that was used", "people"),
        Column(
            "score",
            "number",
            "how often one of the group is ranked before one of the reference; 0.5 is a coin "
            "(area under the curve, on people not learned from)",
        ),
        Column("baseline", "number", "the same with groups dealt out at random, mean"),
        Column("baseline_high", "number", "95th percentile of the same"),
        Column(
            "p_value",
            "number",
            "share of random deals that score as high; above all of them, the normal tail",
        ),
        Column("q_value", "number", "after Benjamini-Hochberg over the attribute"),
        Column("suppressed", "boolean", "figures withheld: a side is too small"),
    ),
    meaning="can other columns tell the group; one row a group and column",
)
