"""Whom a quota would move, and what that would do by group; nobody is moved."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

QUOTA = Contract(
    "quota",
    ("scope", "scope_id", "employee_id"),
    (
        Column("scope", "text", "kind of scope the guideline speaks of"),
        Column("scope_id", "text", "which of them"),
        Column("employee_id", "text", "who would be moved, or is tied with somebody who would"),
        Column("from_band", "text", "band the meeting starts from"),
        Column("to_band", "text", "band if the guideline were enforced"),
        Column("is_tied", "boolean", "undecided: same band and same score on both sides"),
        Column("share_moved", "number", "of those tied; 1 for who is not tied", "0 to 1"),
        Column("margin", "number", "to the nearest person of the band who stays", "points"),
    ),
    meaning="whom the guideline would move if it were a quota; the engine moves nobody; "
    "one row a person",
)

QUOTA_IMPACT = Contract(
    "quota_impact",
    ("attribute", "group"),
    (
        Column("attribute", "text", "attribute, or two joined by *"),
        Column("group", "text", "group, or two joined by *"),
        Column("reference", "text", "group compared with"),
        Column("family", "text", "secondary, or exploratory for intersections"),
        Column(
            "n",
            "integer",
            "people with a band and a score, where the shares can be filled",
            "people",
        ),
        Column("n_down", "integer", "would be moved down, ties left out", "people"),
        Column("n_up", "integer", "would be moved up, ties left out", "people"),
        Column("n_tied", "integer", "undecided: tied with somebody who would stay", "people"),
        Column("rate_before", "number", "share in the favourable bands", "0 to 1"),
        Column("rate_after", "number", "the same after; ties count by their share", "0 to 1"),
        Column("ratio_before", "number", "rate_before over the reference's"),
        Column("ratio_after", "number", "rate_after over the reference's"),
        Column(
            "detectable_ratio",
            "number",
            "smallest ratio of the shares moved down that would have been found with 80 % power "
            "by a single test at 0.05 over the tests of the family",
        ),
        Column("p_value", "number", "Fisher's mid-p of being moved down"),
        Column("p_clustered", "number", "the same with people of one manager as one cluster"),
        Column("q_value", "number", "larger p after Benjamini-Hochberg over the family"),
        Column("suppressed", "boolean", "figures withheld: group or reference is too small"),
    ),
    meaning="what a quota would do by group; nobody is moved; one row a group",
)
