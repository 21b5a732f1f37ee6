"""Raters, variances and sources: what the rater model says."""

from __future__ import annotations

from calibrate.tables.contract import Column, Contract

RATERS = Contract(
    "raters",
    ("rater_id",),
    (
        Column("rater_id", "text", "who rated"),
        Column("component", "integer", "connected part of the network of raters"),
        Column("n_forms", "integer", "scored forms", "forms"),
        Column("n_employees", "integer", "people rated", "people"),
        Column("severity", "number", "positive is harsher; empty if unlinked", "points"),
        Column("se", "number", "prediction error of the severity", "points"),
        Column("link_strength", "number", "reliability of the severity contrast", "0 to 1"),
        Column("spread", "number", "log ratio of the spread to that of raters of a like load"),
        Column("halo", "number", "mean correlation between criteria less that of a like load"),
        Column("finding", "text", "what to look at; empty if nothing"),
    ),
    meaning="how severe each rater is, and how sure that is; one row a rater",
)

HABITS = Contract(
    "habits",
    ("rater_id", "habit"),
    (
        Column("rater_id", "text", "who rated"),
        Column("habit", "text", "severity, spread, halo or self_gap"),
        Column("value", "number", "points, log ratio, correlation, points; empty: cannot be told"),
        Column("low", "number", "95 % interval of the value"),
        Column("high", "number", "95 % interval of the value"),
        Column("n", "integer", "forms behind it; for self_gap forms of others", "forms"),
        Column("expected", "number", "what raters of a like load would show"),
        Column("p_value", "number", "chance of a value so far off from a rater like the others"),
        Column("q_value", "number", "the same after Benjamini-Hochberg over all raters"),
        Column("flagged", "boolean", "p below 0.05: one in twenty ordinary raters is, too"),
        Column("words", "text", "what a coach would say, or why nothing can be told"),
    ),
    meaning="how each rater marks, beside raters of a like load; one row a rater and habit. "
    "Recency is not measured: forms carry the day of filing, not the days of the work",
)

AGREEMENT = Contract(
    "agreement",
    ("scope", "scope_id", "measure"),
    (
        Column("scope", "text", "company, session, source or criterion"),
        Column("scope_id", "text", "which of them"),
        Column(
            "measure", "text", "icc1, icc2, icc3, the same with k, alpha_interval, alpha_ordinal"
        ),
        Column("value", "number", "1: full agreement, 0: chance; empty: not computable"),
        Column("low", "number", "95 % interval of the value"),
        Column("high", "number", "95 % interval of the value"),
        Column("n", "integer", "people with at least two forms", "people"),
    ),
    meaning="how far raters agree about the same people; one row a scope and measure",
)

VARIANCE = Contract(
    "variance",
    ("term",),
    (
        Column(
            "term",
            "text",
            "employee; unit; employee_source: what one source sees in a person; rater: severity; "
            "residual: noise of a form; residual:<source>: noise of one form of it",
        ),
        Column("variance", "number", "REML estimate", "points squared"),
        Column("share", "number", "of the sum of all terms; empty for a single source", "0 to 1"),
        Column("se", "number", "standard error of the variance", "points squared"),
        Column(
            "monte_carlo",
            "number",
            "what seeded probes add to the standard error, as a share; 0 if exact",
            "0 to 1",
        ),
    ),
    meaning="where the differences between forms come from; one row a part",
)

SOURCES_FITTED = Contract(
    "sources",
    ("source",),
    (
        Column("source", "text", "manager, peer, direct_report, skip_level, self or other"),
        Column("n_forms", "integer", "scored forms", "forms"),
        Column("weight", "number", "how many peer forms one such form counts for", "peer forms"),
        Column("declared_share", "number", "of the raw score, mean over people", "0 to 1"),
        Column("effective_share", "number", "of what the estimate rests on", "0 to 1"),
        Column("mean", "number", "estimated level of the source", "points, 0 to 100"),
        Column("level", "number", "mean less the overall level; taken out of forms", "points"),
        Column("residual", "number", "noise of one form", "points squared"),
    ),
    meaning="level, noise and share of each source; one row a source with scored forms",
)

LINKS = Contract(
    "links",
    ("order",),
    (
        Column("order", "integer", "place in the plan; the pairs that help most come first"),
        Column("step", "integer", "1 joins what is apart; each later step is one more mark each"),
        Column("rater_id", "text", "who would mark"),
        Column("employee_id", "text", "whom"),
        Column("session", "text", "calibration session of the person"),
        Column("why", "text", "why this rater can know the work"),
        Column("components_after", "integer", "separate parts once this pair is there", "parts"),
        Column(
            "people_linked_after", "integer", "people whose raters can then be compared", "people"
        ),
        Column("gain", "integer", "people this pair adds to them", "people"),
        Column(
            "link_strength_after", "number", "mean over raters once the whole step is there",
            "0 to 1",
        ),
    ),
    meaning="who would have to mark whom so that raters can be compared; one row a pair",
)  # fmt: skip
