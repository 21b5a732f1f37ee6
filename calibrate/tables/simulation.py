"""What the audit would have found, by simulation."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

SIMULATION = Contract(
    "simulation",
    ("kind", "moved", "attribute", "group", "ratio"),
    (
        Column("kind", "text", "false_alarm (no gap is left) or power (a gap was planted)"),
        Column("moved", "text", "who exchanges groups: people, or whole teams"),
        Column("attribute", "text", "of the planted gap; empty for false alarms"),
        Column("group", "text", "group whose people were moved out of the favourable bands"),
        Column("ratio", "number", "favourable share kept; expected ratio to everybody else"),
        Column("n", "integer", "people in the group", "people"),
        Column("n_simulations", "integer", "simulated audits", "audits"),
        Column("n_found", "integer", "with a primary beyond; for power: for this gap", "audits"),
        Column("share", "number", "n_found / n_simulations"),
        Column("low", "number", "of the share, 95 %, Clopper-Pearson"),
        Column("high", "number", "of the share, 95 %, Clopper-Pearson"),
        Column("suppressed", "boolean", "figures withheld: the group is too small"),
    ),
    meaning="what this audit would have found; one row a kind, group and planted ratio",
)
