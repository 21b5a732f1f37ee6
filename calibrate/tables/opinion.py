"""Two models beside each other: who would be in another band under the other one."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

_SCALE = "points, 0 to 100"

SECOND_OPINION = Contract(
    "second_opinion",
    ("employee_id",),
    (
        Column("employee_id", "text", "the person rated"),
        Column("adjusted_score", "number", "severity and source level taken out", _SCALE),
        Column("adjusted_band", "text", "its band; of the raw score where the link is weak"),
        Column("ordinal_adjusted", "number", "the same score by the ordinal model", _SCALE),
        Column("ordinal_band", "text", "the band it puts the person in"),
        Column("moves", "integer", "bands from adjusted to ordinal; + is higher"),
        Column("calibrated_score", "number", "estimate of this run", _SCALE),
        Column("ordinal_calibrated", "number", "estimate of the ordinal model", _SCALE),
        Column("ordinal_se", "number", "its standard error", "points"),
        Column("p_ordinal", "number", "probability of the ordinal band", "0 to 1"),
    ),
    meaning="who would be in another band if marks were steps, not distances; one row a person; "
    "empty unless the top mark is frequent",
)
