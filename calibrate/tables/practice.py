"""Check-ins, feedback, recognition, rewards, and what goes with what: never by group."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

ACTIVITY = Contract(
    "activity",
    ("manager_id",),
    (
        Column("manager_id", "text", "line manager"),
        Column("level", "text", "level of the manager"),
        Column("n_people", "integer", "people in the team", "people"),
        Column("months", "number", "months these people were there, summed", "person-months"),
        Column("n_checkins", "integer", "check-ins with them", "check-ins"),
        Column("per_month", "number", "check-ins a person and month", "per month"),
        Column("low", "number", "exact Poisson interval, 95 %", "per month"),
        Column("high", "number", "exact Poisson interval, 95 %", "per month"),
        Column("days_since_last", "number", "median over the people, when the cycle ends", "days"),
        Column("n_without", "integer", "people without any", "people"),
        Column("n_on_cadence", "integer", "people never longer without than agreed", "people"),
        Column("n_feedback", "integer", "people with feedback of any kind", "people"),
        Column("n_recognised", "integer", "people with recognition or praise", "people"),
        Column("verdict", "text", "on_cadence, rare, none or too_few"),
    ),
    meaning="check-ins, feedback and recognition by team; one row a manager",
)

PARTICIPATION = Contract(
    "participation",
    ("dimension", "value"),
    (
        Column(
            "dimension", "text", "company, manager_level, level, department, location, work_mode"
        ),
        Column("value", "text", "which of them"),
        Column("n_managers", "integer", "managers there, for company and manager_level", "people"),
        Column("n_people", "integer", "people there, for a manager_level their people", "people"),
        Column("per_month", "number", "check-ins a person and month", "per month"),
        Column("checkin_share", "number", "people with at least one check-in", "0 to 1"),
        Column("checkin_low", "number", "lower end of its 95 % interval", "0 to 1"),
        Column("checkin_high", "number", "upper end of its 95 % interval", "0 to 1"),
        Column("feedback_share", "number", "people with feedback", "0 to 1"),
        Column("recognised_share", "number", "people with recognition or praise", "0 to 1"),
        Column("n_leading", "integer", "managers whose people are mostly on cadence", "people"),
    ),
    meaning="who takes part in check-ins and feedback; one row a part of the company",
)

REWARD_LINKS = Contract(
    "reward_links",
    ("measure",),
    (
        Column("measure", "text", "merit_percent, bonus_percent or promoted"),
        Column("stage", "text", "final, proposed or raw: whose bands"),
        Column("n", "integer", "people with a band and the reward", "people"),
        Column("correlation", "number", "rank correlation of band and reward", "-1 to 1"),
        Column("low", "number", "lower end of its 95 % interval", "-1 to 1"),
        Column("high", "number", "upper end of its 95 % interval", "-1 to 1"),
        Column("detectable", "number", "smallest correlation seen in 4 of 5 cases", "0 to 1"),
        Column("n_above", "integer", "above the middle of the next higher band", "people"),
        Column("n_below", "integer", "below the middle of the next lower band", "people"),
        Column("cost_above", "number", "what they got beyond the middle of their band", "percent"),
        Column("cost_below", "number", "what they lack to the middle of their band", "percent"),
        Column("verdict", "text", "follows, unclear, against or not_told"),
    ),
    meaning="do rewards follow bands? One row a reward; cost in percent of one salary, summed",
)

REWARD_OUTLIERS = Contract(
    "reward_outliers",
    ("measure", "employee_id"),
    (
        Column("measure", "text", "merit_percent or bonus_percent"),
        Column("employee_id", "text", "the person"),
        Column("band", "text", "band"),
        Column("value", "number", "reward", "percent"),
        Column("usual", "number", "median of the band", "percent"),
        Column("neighbour", "number", "median of the band beyond which it lies", "percent"),
        Column("difference", "number", "reward less the median of the own band", "percent"),
        Column("direction", "text", "above or below"),
    ),
    meaning="rewards beyond the middle of a neighbouring band; one row a person and reward",
)

IMPACT = Contract(
    "impact",
    ("question", "measure", "kind"),
    (
        Column(
            "question",
            "text",
            "what is held beside it: alignment, attainment, checkins, recognition or score",
        ),
        Column("measure", "text", "attainment, score, or a measure of units such as engagement"),
        Column("kind", "text", "level: units beside each other; change: since the cycle before"),
        Column("unit", "text", "team or department"),
        Column("n_units", "integer", "units with both", "units"),
        Column("correlation", "number", "rank correlation over the units", "-1 to 1"),
        Column("low", "number", "lower end of its 95 % interval", "-1 to 1"),
        Column("high", "number", "upper end of its 95 % interval", "-1 to 1"),
        Column("p_value", "number", "of no association"),
        Column("q_value", "number", "after Benjamini-Hochberg over all lines"),
        Column("detectable", "number", "smallest correlation seen in 4 of 5 cases", "0 to 1"),
        Column("verdict", "text", "goes_with, goes_against, not_seen, alike or too_few"),
        Column("words", "text", "the line as a sentence: association only"),
    ),
    meaning="what goes with what over the units: association only; one row a pair",
)
