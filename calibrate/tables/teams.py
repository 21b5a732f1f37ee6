"""Teams beside each other, and what would be if their managers differed in severity."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

_SCALE = "points, 0 to 100"

TEAMS = Contract(
    "teams",
    ("manager_id",),
    (
        Column("manager_id", "text", "who filed the manager form that weighs most"),
        Column("n", "integer", "people with a score", "people"),
        Column("n_unlinked", "integer", "of these, not adjusted", "people"),
        Column("cause", "text", "manager_or_team: it cannot be told which; else severity_told"),
        Column("raw_mean", "number", "mean of the raw scores", _SCALE),
        Column("pooled_mean", "number", "the same, pulled towards all teams", _SCALE),
        Column("low", "number", "lower end of its interval", _SCALE),
        Column("high", "number", "upper end of its interval", _SCALE),
        Column("difference", "number", "pooled mean less that of all; + is rated higher", "points"),
        Column("n_distinct", "integer", "different raw scores", "scores"),
        Column("tied_share", "number", "of all pairs of people: with the same score", "0 to 1"),
        Column("sd", "number", "standard deviation within the team", "points"),
        Column("spread", "number", "the same over that within all teams; 1 is usual"),
        Column("spread_low", "number", "lower end of its interval"),
        Column("spread_high", "number", "upper end of its interval; empty if sd is 0"),
        Column("p_value", "number", "people drawn from all teams spread so little or so much"),
        Column("q_value", "number", "after Benjamini-Hochberg over the teams"),
        Column("n_with_goals", "integer", "people whose goals have an attainment", "people"),
        Column("attainment", "number", "their mean attainment", "0 to 1.5"),
        Column("n_goals", "integer", "goals behind it", "goals"),
        Column("reached_share", "number", "of these goals: target reached", "0 to 1"),
        Column("capped_share", "number", "of these goals: half as much again or more", "0 to 1"),
    ),
    meaning="people by the manager who marked them, partially pooled; one row a manager",
)

TEAM_BANDS = Contract(
    "team_bands",
    ("manager_id", "band"),
    (
        Column("manager_id", "text", "who filed the manager form that weighs most"),
        Column("band", "text", "band"),
        Column("n", "integer", "people in the raw band", "people"),
        Column("share", "number", "of the team", "0 to 1"),
        Column("pooled_share", "number", "the same, pulled towards all teams", "0 to 1"),
        Column("low", "number", "lower end of its interval", "0 to 1"),
        Column("high", "number", "upper end of its interval", "0 to 1"),
    ),
    meaning="raw bands by manager, partially pooled; one row a manager and band",
)

MOVERS = Contract(
    "movers",
    ("manager_id", "direction"),
    (
        Column("manager_id", "text", "manager"),
        Column("direction", "text", "came: people new to the manager; left: people who had been"),
        Column("n", "integer", "people who changed manager since the cycle before", "people"),
        Column("change", "number", "of their raw score, beyond that of who stayed", "points"),
        Column("low", "number", "lower end of its interval", "points"),
        Column("high", "number", "upper end of its interval", "points"),
    ),
    meaning="what if: scores of people after a change of manager; one row a manager and direction",
)

WHAT_IF = Contract(
    "what_if",
    ("employee_id", "kind"),
    (
        Column("employee_id", "text", "the person rated"),
        Column(
            "kind",
            "text",
            "what is taken out: manager, what sets the manager's people apart; unit, the unit "
            "effect; severity, that of the raters, where the company is small",
        ),
        Column("of", "text", "manager or unit concerned"),
        Column("part", "number", "the whole of what is taken out", "points"),
        Column("score_0", "number", "score that suggests the band", _SCALE),
        Column("score_50", "number", "half of it taken out", _SCALE),
        Column("score_100", "number", "all of it taken out", _SCALE),
        Column("band_0", "text", "band of the first score: as suggested"),
        Column("band_50", "text", "band with half of it taken out"),
        Column("band_100", "text", "band with all of it taken out"),
        Column("moves", "integer", "bands between the lowest and highest; empty: cannot be told"),
    ),
    meaning="who would be in another band under another assumption; one row a person and kind",
)
