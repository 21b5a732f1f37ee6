"""One figure over all groups of an attribute, for auditors alone."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

COMPOSITES = Contract(
    "composites",
    ("stage", "measure", "attribute", "statistic"),
    (
        Column("stage", "text", "raw, calibrated, proposed or final"),
        Column("measure", "text", "selection_rate, at_or_above:<band>, lowest_band, …"),
        Column("attribute", "text", "attribute, or two joined by *"),
        Column(
            "statistic", "text",
            "smallest_over_largest (fairlearn's demographic_parity_ratio), "
            "largest_minus_smallest, mean_gap_to_reference (weighted by people)",
        ),
        Column(
            "value", "number",
            "over the groups of at least min_cell people with a known attribute; "
            "of mean_score in points",
        ),
        Column("low", "number", "lower end, 95 %, from the replicates; empty for small groups"),
        Column("high", "number", "upper end, 95 %, from the replicates; empty for small groups"),
        Column("null_value", "number", "mean of the figure if all groups were alike"),
        Column("null_low", "number", "5 of 100 such figures lie below"),
        Column("null_high", "number", "5 of 100 such figures lie above"),
        Column("n_groups", "integer", "groups compared", "groups"),
        Column("n_replicates", "integer", "times that the counts were drawn again"),
        Column("suppressed", "boolean", "fewer than two groups are large enough"),
    ),
    meaning="one figure over all groups of an attribute; one row a stage, measure and statistic",
)  # fmt: skip
