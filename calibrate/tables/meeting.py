"""Distribution and agenda: what the meeting needs."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

DISTRIBUTION = Contract(
    "distribution",
    ("scope", "scope_id", "band"),
    (
        Column("scope", "text", "company, session, department, site, level or manager"),
        Column("scope_id", "text", "which of them"),
        Column("band", "text", "band"),
        Column("n", "integer", "people in the band", "people"),
        Column("share", "number", "of the scope", "0 to 1"),
        Column("low", "number", "Wilson interval, 95 %", "0 to 1"),
        Column("high", "number", "Wilson interval, 95 %", "0 to 1"),
        Column("p_value", "number", "exact multinomial test of the scope against the guideline"),
        Column("q_value", "number", "after Benjamini-Hochberg over the scopes"),
        Column("verdict", "text", "within, outside, inconclusive, too_few or no_guideline"),
    ),
    meaning="people in each band, against the guideline; one row a scope and band",
)

AGENDA = Contract(
    "agenda",
    ("session", "position"),
    (
        Column("session", "text", "calibration session"),
        Column("position", "integer", "order of discussion"),
        Column("employee_id", "text", "whom to discuss"),
        Column("reason", "text", "why"),
        Column(
            "rules",
            "text",
            "rules that apply, joined by a semicolon: band_differs, thin_evidence, "
            "manager_higher, manager_lower, extreme, depends_on_severity, against_results, "
            "above_results, below_results, evidence_gap, nobody_marked, band_uncertain",
        ),
        Column("p_change", "number", "probability that another band is nearer the mark", "0 to 1"),
        Column("minutes", "number", "time planned; 0 is safe to skip", "minutes"),
    ),
    meaning="whom to discuss, in which order, and why; one row a person",
)
