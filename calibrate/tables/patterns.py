"""Odd distributions: what stands against chance in every scope."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

PATTERNS = Contract(
    "patterns",
    ("scope", "scope_id", "test"),
    (
        Column("scope", "text", "company, session, department, site, level or manager"),
        Column("scope_id", "text", "which of them"),
        Column(
            "test",
            "text",
            "guideline: people beyond its shares; compression, inflation, deflation: share in the "
            "middle, favourable and lowest bands; ties: pairs of people with the same raw score; "
            "spread: standard deviation of the raw scores",
        ),
        Column("n", "integer", "people compared", "people"),
        Column("value", "number", "what the scope shows", "share; spread: points"),
        Column(
            "expected",
            "number",
            "guideline: 0; shares: of everybody else at the same levels; ties and spread: mean of "
            "people drawn from the company at the same levels",
            "share; spread: points",
        ),
        Column("low", "number", "95 % of scopes lie above by chance alone", "as value"),
        Column("high", "number", "95 % of scopes lie below by chance alone", "as value"),
        Column(
            "detectable",
            "number",
            "nearest value that would have been found with 80 % power in this family; empty: "
            "not even the most extreme one, or not computed",
            "as value",
        ),
        Column("p_value", "number", "exact or drawn; see the method"),
        Column("q_value", "number", "after Benjamini-Hochberg over this kind of scope and test"),
        Column(
            "verdict",
            "text",
            "beyond, significant_only, inconclusive, too_few or not_computable",
        ),
    ),
    meaning="distributions that differ by more than chance; one row a scope and test",
)
