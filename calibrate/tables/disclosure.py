"""What is withheld, and why."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

DISCLOSURE = Contract(
    "disclosure",
    ("table", "stage", "attribute", "group"),
    (
        Column(
            "view", "text",
            "auditors: for auditors and counsel alone; distributed: may be handed on",
        ),
        Column("table", "text", "table whose figures are withheld; all: every table by group"),
        Column("stage", "text", "stage; people: everybody, rated or not; all: every stage"),
        Column("attribute", "text", "attribute, or two joined by *"),
        Column("group", "text", "group whose figures are withheld; all: every group"),
        Column(
            "reason", "text",
            "too_few, complement (else a hidden row could be worked out), earlier_run (hidden in "
            "a view handed on before), whole_grouping; withheld: not told in the view that is "
            "handed on",
        ),
        Column(
            "is_derivable", "boolean",
            "its people, or those of a band, can be worked out exactly from what is shown; "
            "auditors' view alone",
        ),
    ),
    meaning="every group whose figures are withheld; one row a table, stage and group",
)  # fmt: skip
