"""What was set differently from one run of a cycle to the next, for auditors alone."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

CONFIGURATIONS = Contract(
    "configurations",
    ("position", "key"),
    (
        Column("position", "integer", "which run setting of this cycle, counted from 1"),
        Column("key", "text", "key of the cycle file, or file, that is other than the time before"),
        Column("before", "text", "its value the time before; of a file the start of its SHA-256"),
        Column("after", "text", "its value this time"),
        Column("is_frozen", "boolean", "effects, bands or sources, after the first audit"),
        Column("reason", "text", "why, as given with --reason"),
        Column("is_opened", "boolean", "figures by group were made with these settings"),
        Column("is_current", "boolean", "these are the settings of this run"),
    ),
    meaning="settings that this cycle has been run with; one row a change",
)
