"""What people of unknown group could change."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

UNKNOWNS = Contract(
    "unknowns",
    ("stage", "measure", "attribute", "group"),
    (
        Column("stage", "text", "raw, calibrated, proposed or final"),
        Column("measure", "text", "selection_rate, at_or_above:<band>, lowest_band, …"),
        Column("attribute", "text", "attribute that some people have not stated"),
        Column("group", "text", "group"),
        Column("reference", "text", "group compared with"),
        Column("n_unknown", "integer", "people whose attribute is not stated", "people"),
        Column("n_unknown_counted", "integer", "those of them the measure counts", "people"),
        Column("ratio_known", "number", "among people whose attribute is known"),
        Column("ratio_lowest", "number", "over all assignments of the unknown to groups"),
        Column("ratio_highest", "number", "the same; empty where it has no upper end"),
        Column("bound", "text", "inside, outside or either: where the ratios lie, 0.80 to 1.25"),
        Column("verdict_known", "text", "primary family: as the audit reads now"),
        Column("verdict_lowest", "text", "by the same rule where the ratio is lowest"),
        Column("verdict_highest", "text", "by the same rule where the ratio is highest"),
        Column("could_change", "boolean", "the verdict differs at one of the two ends"),
        Column("suppressed", "boolean", "figures withheld: a group is too small"),
    ),
    meaning="bounds over all assignments of people with unknown attribute; one row a comparison",
)
