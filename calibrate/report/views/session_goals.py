"""Goals and skills of a session's people: what changed, how goals are put, where practice helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calibrate.language import N_, _, ngettext
from calibrate.report.material import Row, list_rows
from calibrate.report.views.base import Company
from calibrate.report.views.practice import ChangeRow, list_changes
from calibrate.report.words import abridge, write_count

#: Rows that leave the part a page.
MOST_EXAMPLES, MOST_STEPS, MOST_GAPS = 6, 8, 6
RULES = {
    "specific": N_("says what will be different"),
    "measurable": N_("can be measured"),
    "achievable": N_("no further than others got"),
    "relevant": N_("reaches an outcome"),
    "time_bound": N_("due within the cycle"),
    "owned": N_("somebody answers for it"),
    "current": N_("looked at of late"),
    "evidenced": N_("shown where reached"),
}


@dataclass(frozen=True)
class RuleRow:
    """One rule: how many goals keep it, of those of which it can be told."""

    rule: str
    n_kept: str
    n_failed: str


@dataclass(frozen=True)
class Example:
    """A goal that breaks a rule, and why."""

    title: str
    holder: str
    reason: str


@dataclass(frozen=True)
class StepRow:
    """Where practice would help most."""

    criterion: str
    department: str
    people: str
    step: str


@dataclass(frozen=True)
class SessionGoals:
    """The part of a session packet on goals and skills."""

    rules: tuple[RuleRow, ...]
    examples: tuple[Example, ...]
    examples_notice: str
    changes: tuple[ChangeRow, ...]
    changes_notice: str
    steps: tuple[StepRow, ...]
    gaps: tuple[str, ...]


def build_session_goals(company: Company, scores: Sequence[Row]) -> SessionGoals | None:
    """Build the part; None where the session's people have neither goals nor skill gaps."""
    desk = company.material.desk
    people = [str(row["employee_id"]) for row in scores]
    goals = {str(goal["goal_id"]): goal for goal in desk.find_rows("goals", "employee_id", people)}
    checks = desk.find_rows("goal_checks", "goal_id", list(goals))
    failed = [row for row in checks if row["passed"] is False]
    known = set(goals)
    changes = company.material.tables["strategy_changes"]
    own = changes[(changes["subject"] == "outcome") | changes["subject_id"].isin(known)]
    listed, notice = list_changes(own)
    part = SessionGoals(
        rules=_count_rules(checks),
        examples=_list_examples(company, failed, goals),
        examples_notice=_say_rest(len({row["goal_id"] for row in failed})),
        changes=listed, changes_notice=notice,
        steps=_list_steps(company, set(people)),
        gaps=_count_gaps(company, people),
    )  # fmt: skip
    return part if part.rules or part.changes or part.steps or part.gaps else None


def _count_rules(checks: Sequence[Row]) -> tuple[RuleRow, ...]:
    rows = []
    for rule, words in RULES.items():
        told = [
            row["passed"] for row in checks if row["rule"] == rule and row["passed"] is not None
        ]
        if told:
            n_kept = sum(bool(passed) for passed in told)
            rows.append(RuleRow(_(words), write_count(n_kept), write_count(len(told) - n_kept)))
    return tuple(rows)


def _list_examples(
    company: Company, failed: Sequence[Row], goals: dict[str, Row]
) -> tuple[Example, ...]:
    """Goals that break most rules first; reasons of one goal stand together."""
    reasons: dict[str, list[str]] = {}
    for row in failed:
        reasons.setdefault(str(row["goal_id"]), []).append(str(row["reason"]))
    worst = sorted(reasons, key=lambda goal: (-len(reasons[goal]), goal))
    return tuple(
        Example(
            title=abridge(str(goals[goal]["title"]), 60),
            holder=company.name(str(goals[goal]["employee_id"])),
            reason="; ".join(reasons[goal]),
        )
        for goal in worst[:MOST_EXAMPLES]
    )


def _say_rest(n_goals: int) -> str:
    if n_goals <= MOST_EXAMPLES:
        return ""
    return _("The first {n} of {total} are shown.", n=MOST_EXAMPLES, total=n_goals)


def _list_steps(company: Company, people: set[str]) -> tuple[StepRow, ...]:
    labels = {c.id: c.label for rubric in company.material.rubrics for c in rubric.criteria}
    rows = []
    for row in list_rows(company.material.tables["training_plan"]):
        own = [one for one in str(row["employee_ids"]).split(";") if one in people]
        if not own:
            continue
        names = ", ".join(company.name(one) for one in own[:4])
        rest = len(own) - 4
        said = names if rest <= 0 else ngettext(
            "{names} and {n} more", "{names} and {n} more", rest, names=names
        )  # fmt: skip
        rows.append(
            StepRow(labels.get(str(row["criterion"]), str(row["criterion"])),
                    str(row["department"] or ""), said, str(row["develop"] or ""))
        )  # fmt: skip
    return tuple(rows[:MOST_STEPS])


def _count_gaps(company: Company, people: Sequence[str]) -> tuple[str, ...]:
    rows = company.material.desk.find_rows("evidence_gaps", "employee_id", people)
    counts: dict[str, int] = {}
    for row in rows:
        counts[str(row["detail"])] = counts.get(str(row["detail"]), 0) + 1
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return tuple(
        ngettext("{n} person: {gap}", "{n} people: {gap}", n, gap=gap)
        for gap, n in ordered[:MOST_GAPS]
    )
