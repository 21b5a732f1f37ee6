"""What somebody else's printed figures say beside their own counts."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

CONTRADICTIONS = Contract(
    "contradictions",
    ("row", "column"),
    (
        Column("row", "integer", "row of the counts file; the header is row 1"),
        Column("column", "text", "column of the printed figure"),
        Column("stage", "text", "stage as the file names it; given where it names none"),
        Column("measure", "text", "measure as the file names it"),
        Column("attribute", "text", "attribute, or two joined by *"),
        Column("group", "text", "group, or two joined by *"),
        Column("printed", "text", "the figure as it stands in the file"),
        Column("from_counts", "number", "the same figure computed from the counts"),
        Column("note", "text", "what the printed figure may be, where that can be told"),
    ),
    meaning="printed figures that their own counts do not give, beyond rounding; one row a figure",
)
