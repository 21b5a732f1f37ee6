"""Column contracts of every table the engine writes: name, type, unit, meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

Kind = Literal["text", "integer", "number", "boolean", "date"]

#: pandas extension types, so that "missing" survives in every kind of column.
DTYPES: dict[Kind, str] = {
    "text": "string",
    "integer": "Int64",
    "number": "Float64",
    "boolean": "boolean",
    "date": "string",
}

SIGNIFICANT_DIGITS = 12


@dataclass(frozen=True)
class Column:
    """One column: its name, type, unit and meaning, as the data dictionary prints it."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""


@dataclass(frozen=True)
class Contract:
    """A table's columns in order, the key that sorts it, and what a row is."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    is_key_unique: bool = True
    meaning: str = ""

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Order, type and sort ``frame`` as the contract says.

        Raises
        ------
        ValueError
            If a column is missing or one too many: a bug, never the user's fault.
        """
        if set(frame.columns) != set(self.names):
            odd = sorted(set(frame.columns) ^ set(self.names))
            raise ValueError(f"table {self.name}: columns do not match: {odd}")
        typed = frame[self.names].astype({c.name: DTYPES[c.kind] for c in self.columns})
        ordered = typed.sort_values(list(self.key), kind="stable", na_position="first")
        return ordered.reset_index(drop=True)

    def empty(self) -> pd.DataFrame:
        return self.conform(pd.DataFrame({name: [] for name in self.names}))


def _columns(kind: Kind, unit: str = "", /, **meanings: str) -> Sequence[Column]:
    return [Column(name, kind, meaning, unit) for name, meaning in meanings.items()]


PROBLEMS = Contract(
    "problems",
    ("file", "row", "column", "rule", "value", "fix"),
    (
        Column("file", "text", "file as the cycle names it"),
        Column("row", "integer", "row as a spreadsheet counts it; the header is row 1"),
        Column("column", "text", "column, or key path in a YAML file"),
        Column("rule", "text", "name of the rule that is broken"),
        Column("level", "text", "error or note; a note never stops a run"),
        Column("value", "text", "what stands there; empty for attributes"),
        Column("fix", "text", "what to do"),
    ),
    is_key_unique=False,
    meaning="what was wrong in the input files; one row a problem",
)

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
        Column("link", "text", "linked, weak, unlinked or unrated"),
        Column("raw_band", "text", "band of the raw score"),
        Column("proposed_band", "text", "the manager's proposal"),
        Column("suggested_band", "text", "band of the adjusted score where it is linked, else raw"),
        Column("p_suggested", "number", "probability of the suggested band", "0 to 1"),
        Column("final_band", "text", "decided band; empty until the session is locked"),
    ),
    meaning="scores, bands and how sure they are; one row a person",
)

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
        Column("spread", "number", "log ratio of the rater's spread to the pool's"),
        Column("halo", "number", "mean correlation between criteria minus the pool's"),
        Column("finding", "text", "what to look at; empty if nothing"),
    ),
    meaning="how severe each rater is, and how sure that is; one row a rater",
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

VARIANCE = Contract(
    "variance",
    ("term",),
    (
        Column("term", "text", "employee, unit, rater or residual"),
        Column("variance", "number", "REML estimate", "points squared"),
        Column("share", "number", "of the sum of all terms", "0 to 1"),
    ),
    meaning="where the differences between forms come from; one row a source",
)

DISTRIBUTION = Contract(
    "distribution",
    ("scope", "scope_id", "band"),
    (
        Column("scope", "text", "company, session, department or manager"),
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
        Column("p_change", "number", "probability that another band is nearer the mark", "0 to 1"),
        Column("minutes", "number", "time planned; 0 is safe to skip", "minutes"),
    ),
    meaning="whom to discuss, in which order, and why; one row a person",
)

GOALS = Contract(
    "goals",
    ("goal_id",),
    (
        Column("goal_id", "text", "goal"),
        Column("kind", "text", "company, unit or person"),
        Column("employee_id", "text", "whose goal, for kind person"),
        Column("title", "text", "what it says"),
        Column("outcome", "text", "strategic outcome served"),
        Column("weight", "number", "weight among the person's goals", "weight"),
        Column("present_share", "number", "part of the target that counts: absence", "0 to 1"),
        Column("attainment", "number", "share of the way from baseline to target", "0 to 1.5"),
    ),
    meaning="goals and how far they were reached; one row a goal",
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

DISPARITIES = Contract(
    "disparities",
    ("stage", "measure", "attribute", "group"),
    (
        Column("stage", "text", "raw, calibrated, proposed or final"),
        Column("measure", "text", "selection_rate, at_or_above:<band>, lowest_band, …"),
        Column("attribute", "text", "attribute, or two joined by *"),
        Column("group", "text", "group, or two joined by *"),
        Column("reference", "text", "group compared with"),
        Column("family", "text", "primary, secondary or exploratory"),
        Column("n", "integer", "people in the group", "people"),
        Column("n_favourable", "integer", "people the measure counts", "people"),
        Column("rate", "number", "n_favourable / n; for mean_score the mean in points"),
        Column("ratio", "number", "rate over the reference's rate"),
        Column("ratio_low", "number", "lower end, 95 %"),
        Column("ratio_high", "number", "upper end, 95 %"),
        Column("impact_ratio", "number", "rate over the highest rate the rule pack admits"),
        Column("difference", "number", "group minus reference"),
        Column("low", "number", "of the rate, 95 %; for mean_score of the difference"),
        Column("high", "number", "of the rate, 95 %; for mean_score of the difference"),
        Column("p_value", "number", "Fisher's mid-p; for mean_score Welch"),
        Column("p_clustered", "number", "clustered by manager: CR2, Satterthwaite"),
        Column("q_value", "number", "after Benjamini-Hochberg within the family"),
        Column("detectable_ratio", "number", "smallest ratio found with 80 % power"),
        Column("detectable_difference", "number", "smallest difference found with 80 % power"),
        Column("shortfall", "number", "n x reference rate - n_favourable", "people"),
        Column("verdict", "text", "not_computable, too_few, beyond, significant_only, within, …"),
        Column("suppressed", "boolean", "figures withheld: the group is too small"),
    ),
    meaning="each group beside its reference; one row a stage, measure and group",
)

FINDINGS = Contract(
    "findings",
    ("finding_id",),
    (
        Column("finding_id", "text", "stable name"),
        Column("kind", "text", "distribution, rater, network, disparity or input"),
        Column("scope", "text", "company, session, rater, unit or group"),
        Column("scope_id", "text", "which of them"),
        Column("level", "text", "look or note"),
        Column("headline", "text", "one sentence"),
        Column("evidence", "text", "the figures behind it"),
    ),
    meaning="reasons to look; one row a finding",
)

PACKET_INDEX = Contract(
    "index",
    ("file",),
    (
        Column("file", "text", "path inside the run"),
        Column("kind", "text", "session, manager, executive or audit"),
        Column("session", "text", "session, if it is one's packet"),
        Column("manager_id", "text", "manager, if it is one's packet"),
        Column("packet_id", "text", "hash of the content"),
        Column("sha256", "text", "hash of the file"),
        Column("pages", "integer", "pages", "pages"),
        Column("run_id", "text", "run that made it"),
        Column("manager", "text", "the manager's name"),
    ),
    meaning="every PDF of the run; one row a file",
)

#: Tables under ``tables/``: no figure by group stands in any of them.
PUBLIC = (
    FORMS, SCORES, RATERS, CRITERION_SCORES, VARIANCE, DISTRIBUTION, AGENDA, GOALS,
    READINESS, FINDINGS, PROBLEMS,
)  # fmt: skip
