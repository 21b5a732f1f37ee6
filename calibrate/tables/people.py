"""Forms, scores and who is ready: what is known of people."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

FORMS = Contract(
    "forms",
    ("employee_id", "source", "rater_id"),
    (
        Column("employee_id", "text", "the person rated"),
        Column("rater_id", "text", "who rated"),
        Column("source", "text", "manager, peer, direct_report, skip_level, self or other"),
        Column("points", "number", "score of the form", "points, 0 to 100"),
        Column("weight", "number", "how many peer forms it counts for", "peer forms"),
        Column("severity", "number", "the rater's severity; positive is harsher", "points"),
        Column("scored", "boolean", "does the form enter the scores?"),
    ),
    meaning="all marks of one rater on one person; one row a form",
)

SCORES = Contract(
    "scores",
    ("employee_id",),
    (
        Column("employee_id", "text", "the person rated"),
        Column("session", "text", "calibration session"),
        Column("unit", "text", "smallest declared unit: the manager's team or the department"),
        Column("component", "integer", "connected part of the network of raters; empty if unrated"),
        Column("n_forms", "integer", "forms that were scored", "forms"),
        Column("n_raters", "integer", "raters behind them", "raters"),
        Column("raw_score", "number", "weighted mean of the scored forms", "points, 0 to 100"),
        Column(
            "adjusted_score",
            "number",
            "the same with severity and source level taken out",
            "points, 0 to 100",
        ),
        Column("calibrated_score", "number", "the model's estimate", "points, 0 to 100"),
        Column("pull", "number", "calibrated minus adjusted: what shrinkage did", "points"),
        Column("se", "number", "standard error of the calibrated score", "points"),
        Column("low", "number", "lower end of the interval", "points"),
        Column("high", "number", "upper end of the interval", "points"),
        Column(
            "interval_from",
            "text",
            "model; pooled, from people with two raters; assumed, as the cycle declares; or empty",
        ),
        Column("link", "text", "linked, weak, unlinked or unrated"),
        Column("raw_band", "text", "band of the raw score"),
        Column("proposed_band", "text", "the manager's proposal"),
        Column("suggested_band", "text", "band of the adjusted score where it is linked, else raw"),
        Column("p_suggested", "number", "probability of the suggested band", "0 to 1"),
        Column("final_band", "text", "decided band; empty until the session is locked"),
    ),
    meaning="scores, bands and how sure they are; one row a person",
)

CRITERION_SCORES = Contract(
    "criterion_scores",
    ("employee_id", "criterion"),
    (
        Column("employee_id", "text", "the person rated"),
        Column("criterion", "text", "criterion of the rubric"),
        Column("raw_score", "number", "weighted mean over the scored forms", "points, 0 to 100"),
        Column("calibrated_score", "number", "the model's estimate", "points, 0 to 100"),
        Column("se", "number", "its standard error", "points"),
        Column("expected", "number", "expectation for the level", "points, 0 to 100"),
        Column("gap", "number", "calibrated minus expected", "points"),
    ),
    meaning="scores by criterion; one row a person and criterion",
)

GOALS = Contract(
    "goals",
    ("goal_id", "valid_from"),
    (
        Column("goal_id", "text", "goal"),
        Column("kind", "text", "company, unit or person"),
        Column("goal_type", "text", "objective, key_result or kpi"),
        Column("employee_id", "text", "whose goal, for kind person"),
        Column("department", "text", "whose goal, for kind unit"),
        Column("parent_id", "text", "goal above; of a key result its objective"),
        Column("title", "text", "what it says"),
        Column("outcome", "text", "strategic outcome served"),
        Column("weight", "number", "weight among the goals of whoever holds it", "weight"),
        Column("unit", "text", "unit of measure"),
        Column("due_on", "date", "day it is due"),
        Column("valid_from", "date", "first day of this version"),
        Column("valid_to", "date", "last day of this version"),
        Column("in_force", "number", "share of the cycle on which it was in force", "0 to 1"),
        Column("counts", "boolean", "does it enter means? no: a key result, or never in force"),
        Column("has_evidence", "boolean", "is evidence named?"),
        Column("present_share", "number", "part of the target that counts: absence", "0 to 1"),
        Column("attainment", "number", "share of the way from baseline to target", "0 to 1.5"),
    ),
    meaning="goals and how far they were reached; one row a goal, or a version of one",
)

READINESS = Contract(
    "readiness",
    ("employee_id",),
    (
        Column("employee_id", "text", "the person"),
        Column("session", "text", "calibration session"),
        Column("manager_id", "text", "line manager when the cycle ends"),
        Column("status", "text", "rated or not_rated"),
        Column("reason", "text", "why there is no score, or why it is not adjusted"),
        Column("detail", "text", "the reason in words"),
        Column("n_managers", "integer", "managers during the cycle", "people"),
        Column("missing_manager_form", "boolean", "is a manager form expected and not there?"),
    ),
    meaning="who has a score, who has none and why; one row a person",
)
