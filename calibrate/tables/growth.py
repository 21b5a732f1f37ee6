"""Ratings beside results, evidence, skills and growth."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

_SCALE = "points, 0 to 100"

RESULTS = Contract(
    "results",
    ("scope", "scope_id"),
    (
        Column("scope", "text", "company, department, team or person"),
        Column("scope_id", "text", "which of them; a team is its manager_id"),
        Column("n", "integer", "people with a score and goals that have a result", "people"),
        Column("score", "number", "mean score: adjusted where linked, else raw", _SCALE),
        Column("attainment", "number", "mean attainment of their own goals", "0 to 1.5"),
        Column("attainment_low", "number", "lower end of its interval, for a group", "0 to 1.5"),
        Column("attainment_high", "number", "upper end of its interval, for a group", "0 to 1.5"),
        Column("expected", "number", "mean score of people who reached as much", _SCALE),
        Column("difference", "number", "score less expected; + is rated higher", "points"),
        Column("low", "number", "lower end of its interval", "points"),
        Column("high", "number", "upper end of its interval", "points"),
        Column("correlation", "number", "rank correlation of score and attainment", "-1 to 1"),
        Column("correlation_low", "number", "lower end of its interval", "-1 to 1"),
        Column("correlation_high", "number", "upper end of its interval", "-1 to 1"),
        Column("detectable", "number", "smallest correlation seen in 4 of 5 cases", "0 to 1"),
        Column(
            "cause",
            "text",
            "for teams: manager_or_team: it cannot be told which; else severity_told",
        ),
        Column(
            "verdict",
            "text",
            "higher, lower, in_line or not_told; of the company in_line where the interval of "
            "the correlation lies above 0, else not_told",
        ),
        Column("reason", "text", "the verdict in words; empty where in_line"),
    ),
    meaning="scores beside the attainment of goals; one row a company, department, team or person",
)

EVIDENCE_GAPS = Contract(
    "evidence_gaps",
    ("employee_id", "gap"),
    (
        Column("employee_id", "text", "the person rated"),
        Column(
            "gap",
            "text",
            "high_unsupported, one_form, only_recent, no_goal, no_result or no_checkin",
        ),
        Column("detail", "text", "the gap in words"),
    ),
    meaning="what a rating lacks to stand on; one row a person and gap",
)

SKILL_GAPS = Contract(
    "skill_gaps",
    ("scope", "scope_id", "criterion"),
    (
        Column("scope", "text", "company, department, team, outcome or person"),
        Column("scope_id", "text", "which of them; a team is its manager_id"),
        Column("criterion", "text", "criterion; empty for an outcome over all its criteria"),
        Column("n", "integer", "people with a score and an expectation", "people"),
        Column("score", "number", "of a person calibrated; else mean raw score", _SCALE),
        Column("expected", "number", "mean of what their levels ask for", _SCALE),
        Column("gap", "number", "score less expected; negative is below", "points"),
        Column("low", "number", "lower end of its interval", "points"),
        Column("high", "number", "upper end of its interval", "points"),
        Column(
            "n_below",
            "integer",
            "people clearly below, by the whole interval; for an outcome on any of its criteria; "
            "empty: of nobody can it be told",
            "people",
        ),
        Column("verdict", "text", "below, about, above or not_told"),
    ),
    meaning="skills against what levels ask for; one row a scope and criterion",
)

SKILL_TRENDS = Contract(
    "skill_trends",
    ("scope", "scope_id", "criterion"),
    (
        Column("scope", "text", "company, department, team or person"),
        Column("scope_id", "text", "which of them; a team is its manager_id"),
        Column("criterion", "text", "criterion"),
        Column("n", "integer", "people marked in this cycle and before", "people"),
        Column("n_cycles", "integer", "cycles, this one included", "cycles"),
        Column("since", "text", "first of these cycles"),
        Column("change", "number", "per cycle", "points"),
        Column("low", "number", "lower end of its interval", "points"),
        Column("high", "number", "upper end of its interval", "points"),
        Column("verdict", "text", "up, down, unclear or not_told"),
    ),
    meaning="criterion scores over cycles; one row a scope and criterion",
)

NEXT_LEVEL = Contract(
    "next_level",
    ("employee_id",),
    (
        Column("employee_id", "text", "the person rated"),
        Column("level", "text", "level now"),
        Column("next_level", "text", "the level after it in the rubric"),
        Column(
            "basis",
            "text",
            "next_level: held against its expectations; own_level: marks say how far above the own",
        ),
        Column("n_criteria", "integer", "criteria that can be told", "criteria"),
        Column("n_at", "integer", "at or above the bar, by the whole interval", "criteria"),
        Column("n_unclear", "integer", "the interval holds the bar", "criteria"),
        Column("n_below", "integer", "below, by the whole interval", "criteria"),
        Column("holding_back", "text", "criterion furthest below the bar; empty: none is"),
        Column("verdict", "text", "talk, growing, not_yet or not_told"),
    ),
    meaning="how marks stand to the next level: a reason to talk, no decision; one row a person",
)

TRAINING_PLAN = Contract(
    "training_plan",
    ("position",),
    (
        Column(
            "position", "integer", "order: people clearly below times the weight of the outcome"
        ),
        Column("criterion", "text", "criterion"),
        Column("rubric", "text", "rubric"),
        Column("department", "text", "department; empty without"),
        Column("outcome", "text", "outcome it serves most"),
        Column("n", "integer", "people with a score and an expectation", "people"),
        Column("n_below", "integer", "of these, clearly below", "people"),
        Column("gap", "number", "mean gap of those clearly below", "points"),
        Column("develop", "text", "next step, from the rubric"),
        Column("employee_ids", "text", "those clearly below, joined by a semicolon"),
    ),
    meaning="where practice would help most; one row a criterion and department",
)
