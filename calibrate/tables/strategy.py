"""Does the rating serve the strategy? Outcomes, goals, what links them, and what changed."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract, columns

COVERAGE = Contract(
    "coverage",
    ("outcome",),
    (
        Column("outcome", "text", "strategic outcome"),
        Column("title", "text", "what readers see"),
        Column("perspective", "text", "financial, customer, process or learning"),
        Column("parent", "text", "the outcome this one serves"),
        Column("owner", "text", "who answers for it"),
        Column("weight", "number", "weight in the strategy, by days in force", "percent"),
        Column("criteria_weight", "number", "share of the marks that serve it", "percent"),
        Column(
            "goal_weight",
            "number",
            "share of the goal weight that serves it; each person, department and the company "
            "weighs alike",
            "percent",
        ),
        Column("people_share", "number", "the same over people's own goals", "percent"),
        Column("n_criteria", "integer", "criteria that serve it", "criteria"),
        Column("n_goals", "integer", "goals that serve it, without key results", "goals"),
        Column("n_people", "integer", "people with a goal that serves it", "people"),
        Column("attainment", "number", "mean attainment of its KPIs", "0 to 1.5"),
        Column("goal_attainment", "number", "weighted mean of its goals' attainment", "0 to 1.5"),
        Column("verdict", "text", "served, thin, unserved or over"),
        Column("reason", "text", "the verdict in words"),
    ),
    meaning="what serves each strategic outcome, beside its weight; one row an outcome",
)

COVERAGE_SLICES = Contract(
    "coverage_slices",
    ("slice", "value", "outcome"),
    (
        Column("slice", "text", "department, location, work_mode or team"),
        Column("value", "text", "which of them; a team is its manager_id"),
        Column("outcome", "text", "strategic outcome; empty: goals that reach none"),
        Column("weight", "number", "weight in the strategy; empty for none", "percent"),
        Column("n_people", "integer", "people there with goals", "people"),
        Column("n_serving", "integer", "of these, with a goal that serves it", "people"),
        Column("n_goals", "integer", "their goals that serve it", "goals"),
        Column("goal_weight", "number", "share of their goal weight", "percent"),
    ),
    meaning="people's own goals by outcome; one row a part of the company and outcome",
)

BALANCE = Contract(
    "balance",
    ("perspective",),
    (
        Column("perspective", "text", "financial, customer, process or learning"),
        Column("n_outcomes", "integer", "outcomes", "outcomes"),
        Column("weight", "number", "of them in the strategy", "percent"),
        Column("criteria_weight", "number", "share of the marks", "percent"),
        Column("goal_weight", "number", "share of the goal weight", "percent"),
        Column("people_share", "number", "of people with goals: the part working on it", "percent"),
        Column("n_goals", "integer", "goals", "goals"),
        Column("attainment", "number", "mean attainment of the outcomes, by weight", "0 to 1.5"),
        Column("verdict", "text", "served, thin, unserved, over, or absent: no outcome"),
    ),
    meaning="the four perspectives of the scorecard, weight beside service; one row a perspective",
)

CASCADE = Contract(
    "cascade",
    ("goal_id",),
    (
        Column("goal_id", "text", "goal"),
        Column("kind", "text", "company, unit or person"),
        Column("parent_id", "text", "goal above"),
        Column("depth", "integer", "goals above it, over all steps", "goals"),
        Column("n_below", "integer", "goals below it, over all steps", "goals"),
        Column("outcome", "text", "outcome it reaches; empty: none"),
        Column("reaches", "text", "itself, above (through a goal above it) or no"),
        Column("verdict", "text", "linked, orphan, two_outcomes, upside_down or outcome_ended"),
        Column("reason", "text", "what is odd, in words; empty where linked"),
    ),
    meaning="each goal's way up to an outcome, by its last version in force; one row a goal",
)

LADDER = Contract(
    "ladder",
    ("outcome", "kind"),
    (
        Column("outcome", "text", "strategic outcome"),
        Column("kind", "text", "company, unit or person"),
        Column("n_goals", "integer", "goals of this kind that reach it", "goals"),
        Column("n_departments", "integer", "departments with such a goal", "departments"),
        Column("n_people", "integer", "people with such a goal", "people"),
        Column("verdict", "text", "there, or missing: the chain breaks here"),
    ),
    meaning="the cascade from company to person, step by step; one row an outcome and kind",
)

GOAL_CHECKS = Contract(
    "goal_checks",
    ("goal_id", "rule"),
    (
        Column("goal_id", "text", "goal"),
        Column(
            "rule",
            "text",
            "specific, measurable, achievable, relevant, time_bound, owned, current or evidenced",
        ),
        Column("passed", "boolean", "does it hold? empty: cannot be told"),
        Column("reason", "text", "why not, in words"),
    ),
    meaning="how well goals are put, rule by rule; one row a goal and rule",
)

STRATEGY_CHANGES = Contract(
    "strategy_changes",
    ("position",),
    (
        Column("position", "integer", "order by day"),
        Column("changed_on", "date", "first day of the change"),
        Column("subject", "text", "outcome or goal"),
        Column("subject_id", "text", "which of them"),
        Column("title", "text", "what it says"),
        Column("change", "text", "started, ended, replaced, retargeted, reweighted or relinked"),
        Column("before", "text", "what was in force; of a goal its target, weight, links or title"),
        Column("after", "text", "what is in force since"),
        Column(
            "n_people",
            "integer",
            "people with this goal or one below, or with a goal for the outcome",
            "people",
        ),
    ),
    meaning="what changed in strategy and goals within the cycle; one row a change",
)

KPIS = Contract(
    "kpis",
    ("outcome", "kpi", "position"),
    (
        Column("outcome", "text", "strategic outcome"),
        Column("kpi", "text", "figure by which it is judged"),
        Column("position", "integer", "order of the cycles"),
        Column("cycle", "text", "cycle, this one last"),
        *columns("text", title="what readers see", unit="unit", direction="up or down"),
        Column("baseline", "number", "where it started"),
        Column("target", "number", "where it should be"),
        Column("value", "number", "where it was at the end of the cycle"),
        Column("attainment", "number", "share of the way from baseline to target", "0 to 1.5"),
        Column("change", "number", "of attainment since the cycle before"),
    ),
    meaning="KPIs over the cycles; one row a KPI and cycle",
)
