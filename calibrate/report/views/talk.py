"""Goals, points for the conversation, and how to say what changed."""

from __future__ import annotations

from dataclasses import dataclass

from calibrate.language import N_, _
from calibrate.report.material import Row
from calibrate.report.views.base import Company
from calibrate.report.views.evidence import CriterionLine, Person
from calibrate.report.words import HARDLY, write_percent

#: Goals on one card; a card never splits.
MOST_GOALS = 6
#: Points for one conversation.
MOST_POINTS = 3
#: A difference worth a word, in points: half a step of a 1 to 5 scale.
NOTABLE = 12.5
#: Shares of the goals that speak against a rating.
REACHED, MISSED = 1.0, 0.5


@dataclass(frozen=True)
class GoalRow:
    """A goal, the outcome it serves and how far it got."""

    title: str
    outcome: str
    attainment: str


@dataclass(frozen=True)
class Case:
    """What became of a score between raw and adjusted: once for all to whom it happened."""

    key: str
    title: str
    why: str
    say: str


@dataclass(frozen=True)
class Talk:
    """What to speak about, what changed and the next step.

    Parameters
    ----------
    case
        Key of :data:`CASES`.
    changed
        The same with this person's figure.
    """

    points: tuple[str, ...]
    case: str
    changed: str
    next_step: str


#: In the order in which they are explained: title, why, how to say it.
CASES: dict[str, tuple[str, str, str]] = {
    "taken_out": (
        N_("Severity is taken out"),
        N_(
            "How severe these raters mark, measured on people others marked too, is not in the "
            "adjusted score. By how much it moved is not told: it would give single answers away."
        ),
        N_(
            "“We compared the people who rated you with others who rated the same colleagues, and "
            "took out what was strict or mild in their marks. It says nothing about your work.”"
        ),
    ),
    "raised": (
        N_("Score went up"),
        N_("Taken together, these raters mark lower than others do on the same people."),
        N_(
            "“The people who rated you tend to mark lower than others. We took that into account. "
            "It says nothing about your work.”"
        ),
    ),
    "lowered": (
        N_("Score went down"),
        N_("Taken together, these raters mark higher than others do on the same people."),
        N_(
            "“The people who rated you tend to mark higher than others. We took that into "
            "account. It says nothing about your work.”"
        ),
    ),
    "hardly": (
        N_("Score hardly moved"),
        N_("The raters mark much like others."),
        N_("“Comparing raters changed nothing of note in your rating.”"),
    ),
    "not_adjusted": (
        N_("Not adjusted"),
        N_(
            "Not adjusted, because nobody else marked enough of the people these raters marked. "
            "The raw score stands."
        ),
        N_("“Your rating rests on the marks as they were given.”"),
    ),
    "not_rated": (
        N_("Not rated"),
        N_("There is no mark, so there is nothing to adjust."),
        N_("“There is no rating yet. This is when there will be one.”"),
    ),
}


def list_goals(company: Company, employee_id: str) -> tuple[GoalRow, ...]:
    """The person's goals, heaviest first, at most six."""
    rows = company.material.desk.find_rows("goals", "employee_id", [employee_id])
    titles = {outcome.id: outcome.title for outcome in company.material.outcomes}
    ranked = sorted(rows, key=lambda g: (-(g.get("weight") or 0), str(g["goal_id"])))
    return tuple(
        GoalRow(
            title=str(goal.get("title") or goal["goal_id"]),
            outcome=_say_outcome(titles.get(goal.get("outcome") or "", "")),
            attainment=write_percent(goal.get("attainment")),
        )
        for goal in ranked[:MOST_GOALS]
    )


def _say_outcome(title: str) -> str:
    return _("serves: {outcome}", outcome=title) if title else _("serves no outcome yet")


def list_cases(keys: set[str]) -> tuple[Case, ...]:
    """What to say about changes, for those that occur.

    Examples
    --------
    >>> [case.title for case in list_cases({"hardly", "raised"})]
    ['Score went up', 'Score hardly moved']
    """
    return tuple(
        Case(key, _(title), _(why), _(say))
        for key, (title, why, say) in CASES.items()
        if key in keys
    )


def build_talk(company: Company, person: Person, score: Row) -> Talk:
    """Write the conversation part of a card."""
    points = [
        *_compare_criteria(person),
        *_compare_expected(company, person),
        *_compare_self(company, person),
        *_compare_goals(company, person, score),
    ]
    if not person.is_rated:
        points = [_("There is no mark for this person. Say so, and say when there will be one.")]
    elif not points and len(_rank_criteria(person)) > 1 and _may_compare(person):
        points = [_("The criteria lie close together. What went best?")]
    elif not points:
        points = [_("Which work is the person proud of?")]
    case, changed = _find_case(company, person, score)
    return Talk(tuple(points[:MOST_POINTS]), case, changed, _find_next_step(company, person))


def _rank_criteria(person: Person) -> list[CriterionLine]:
    known = [line for line in person.criteria if line.points is not None]
    return sorted(known, key=lambda line: line.points or 0.0)


def _may_compare(person: Person) -> bool:
    """As marked in confidence, criteria are told as halves of the scale and never ranked."""
    return person.is_adjusted or not person.is_sealed


def _compare_criteria(person: Person) -> list[str]:
    ranked = _rank_criteria(person)
    if len(ranked) < 2 or not _may_compare(person):
        return []
    low, high = ranked[0], ranked[-1]
    if (high.points or 0) - (low.points or 0) < NOTABLE:
        return []
    if person.is_masked:
        return [
            _("Strongest: {high}. Weakest: {low}. What is an example of each?",
              high=high.label, low=low.label)
        ]  # fmt: skip
    return [
        _("Strongest: {high} ({high_score}). Weakest: {low} ({low_score}). What is an example of "
          "each?",
          high=high.label, high_score=high.overall.text,
          low=low.label, low_score=low.overall.text)
    ]  # fmt: skip


def _compare_expected(company: Company, person: Person) -> list[str]:
    """A criterion whose whole range lies below what the level asks for, the widest gap first."""
    if person.is_masked or not _may_compare(person):
        return []
    rows = company.material.desk.find_rows("criterion_scores", "employee_id", [person.employee_id])
    below = [
        row for row in rows
        if row.get("gap") is not None and row.get("se") is not None
        and float(row["gap"]) + company.z * float(row["se"]) < 0
        # As marked, a sealed figure is told as a half of the scale alone.
        and not (person.is_sealed and row.get("calibrated_score") == row.get("raw_score"))
    ]  # fmt: skip
    if not below:
        return []
    labels = company.order_criteria(person.employee_id, [str(row["criterion"]) for row in below])
    worst = min(below, key=lambda row: (float(row["gap"]), str(row["criterion"])))
    label = labels[str(worst["criterion"])]
    return [_("Clearly below what the level asks for: {criterion}. What is in the way?",
              criterion=label)]  # fmt: skip


def _compare_self(company: Company, person: Person) -> list[str]:
    forms = company.material.desk.find_rows("forms", "employee_id", [person.employee_id])
    own = [float(f["points"]) for f in forms if f["source"] == "self" and f["points"] is not None]
    score = company.material.desk.find_one("scores", "employee_id", person.employee_id)
    # A gap to confidential marks would tell them; the adjusted score hides them.
    others = score.get("adjusted_score" if person.is_sealed else "raw_score")
    if not own or others is None or (person.is_sealed and person.is_masked):
        return []
    gap = sum(own) / len(own) - float(others)
    if abs(gap) < NOTABLE:
        return []
    if person.is_masked or person.is_sealed:
        if gap > 0:
            return [_("Sees the own work higher than others do. How does the person see it?")]
        return [_("Sees the own work lower than others do. How does the person see it?")]
    size = company.display.width(abs(gap))
    if gap > 0:
        return [_("Sees the own work higher than others do by {size}. How does the person see it?",
                  size=size)]  # fmt: skip
    return [_("Sees the own work lower than others do by {size}. How does the person see it?",
              size=size)]  # fmt: skip


def _compare_goals(company: Company, person: Person, score: Row) -> list[str]:
    goals = company.material.desk.find_rows("goals", "employee_id", [person.employee_id])
    known = [g for g in goals if g.get("attainment") is not None]
    if not goals:
        return [_("No goal is on record. What was agreed, and what came of it?")]
    if not known:
        return [_("No goal has a result yet. What was reached?")]
    weights = [float(g.get("weight") or 1) for g in known]
    total = sum(w * float(g["attainment"]) for w, g in zip(weights, known, strict=True))
    reached = total / sum(weights) if sum(weights) else 0.0
    marked = "" if person.is_sealed else score.get("raw_band")
    band, middle = str(score.get("proposed_band") or marked or ""), (len(company.labels) - 1) / 2
    rank = company.labels.index(band) if band in company.labels else middle
    if reached >= REACHED and rank < middle:
        return [_("Goals were reached, the rating is below the middle. What do the marks miss?")]
    if reached < MISSED and rank > middle:
        return [_("Less than half of the goals was reached, the rating is above the middle. Why?")]
    return []


def _find_case(company: Company, person: Person, score: Row) -> tuple[str, str]:
    """Which change, and how large where that may be told; never which band is suggested."""
    if not person.is_rated:
        return "not_rated", _(CASES["not_rated"][0])
    if not person.is_adjusted:
        return "not_adjusted", _(CASES["not_adjusted"][0])
    if person.is_sealed:
        return "taken_out", _(CASES["taken_out"][0])
    change = float(score["adjusted_score"]) - float(score["raw_score"])
    if abs(change) < HARDLY:
        return "hardly", _(CASES["hardly"][0])
    case = "raised" if change > 0 else "lowered"
    if person.is_masked:
        return case, _(CASES[case][0])
    size = company.display.width(abs(change))
    if change > 0:
        return case, _("Score went up by {size}", size=size)
    return case, _("Score went down by {size}", size=size)


def _find_next_step(company: Company, person: Person) -> str:
    """The rubric's advice on the weakest criterion; of those that look alike, the first."""
    ranked = _rank_criteria(person)
    if not ranked:
        return ""
    if not _may_compare(person):
        ranked = sorted(
            (line for line in person.criteria if line.points is not None),
            key=lambda line: line.overall.look,
        )
    rubric = company.find_rubric(person.employee_id, [])
    develop = {c.label: c.develop for c in rubric.criteria} if rubric else {}
    return develop.get(ranked[0].label, "")
