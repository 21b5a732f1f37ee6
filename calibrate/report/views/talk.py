"""Goals, points for the conversation, and how to say what changed."""

from __future__ import annotations

from dataclasses import dataclass

from calibrate.report.charts import Drawing, draw_progress
from calibrate.report.material import Row
from calibrate.report.views.base import Company
from calibrate.report.views.evidence import CriterionLine, Person
from calibrate.report.views.presence import say_reason
from calibrate.report.words import HARDLY, write_number, write_percent

#: Goals on one card; a card never splits.
MOST_GOALS = 6
#: A difference worth a word, in points: half a step of a 1 to 5 scale.
NOTABLE = 12.5


@dataclass(frozen=True)
class GoalRow:
    """A goal, the outcome it serves and how far it got."""

    title: str
    outcome: str
    weight: str
    attainment: str
    chart: Drawing


@dataclass(frozen=True)
class Talk:
    """What to speak about, what changed and why, and words to say it in."""

    points: tuple[str, ...]
    changed: str
    say: str
    next_step: str


def list_goals(company: Company, employee_id: str) -> tuple[GoalRow, ...]:
    """The person's goals, heaviest first, at most six."""
    rows = company.material.desk.find_rows("goals", "employee_id", [employee_id])
    titles = {outcome.id: outcome.title for outcome in company.material.outcomes}
    ranked = sorted(rows, key=lambda g: (-(g.get("weight") or 0), str(g["goal_id"])))
    return tuple(
        GoalRow(
            title=str(goal.get("title") or goal["goal_id"]),
            outcome=titles.get(goal.get("outcome") or "", "serves no outcome yet"),
            weight=write_number(goal.get("weight"), 0),
            attainment=write_percent(goal.get("attainment")),
            chart=draw_progress(
                share=goal.get("attainment"),
                label=_say_reached(goal.get("attainment")),
                width=200,
            ),
        )
        for goal in ranked[:MOST_GOALS]
    )


def _say_reached(share: float | None) -> str:
    return "Not yet known" if share is None else f"Reached {write_percent(share)}"


def build_talk(company: Company, person: Person, score: Row) -> Talk:
    """Write the conversation part of a card."""
    points = [
        *_compare_criteria(person),
        *_compare_self(company, person),
        *_compare_goals(company, person, score),
    ]
    if not person.is_rated:
        points = ["There is no mark for this person. Say so, and say when there will be one."]
    elif not points:
        is_close = len(_rank_criteria(person)) > 1
        points = ["The criteria lie close together. " * is_close
                  + "Ask which work the person is proud of."]  # fmt: skip
    changed, say = _say_what_changed(company, person, score)
    return Talk(tuple(points), changed, say, _find_next_step(company, person))


def _rank_criteria(person: Person) -> list[CriterionLine]:
    known = [line for line in person.criteria if line.points is not None]
    return sorted(known, key=lambda line: line.points or 0.0)


def _compare_criteria(person: Person) -> list[str]:
    ranked = _rank_criteria(person)
    if len(ranked) < 2 or (person.is_sealed and not person.is_adjusted):
        return []
    low, high = ranked[0], ranked[-1]
    if (high.points or 0) - (low.points or 0) < NOTABLE:
        return []
    if person.is_masked:
        return [f"Strongest: {high.label}. Weakest: {low.label}."]
    return [
        f"Strongest: {high.label} ({high.overall.text}). "
        f"Weakest: {low.label} ({low.overall.text}). Ask for an example of each."
    ]


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
    way = "higher" if gap > 0 else "lower"
    is_told = not (person.is_masked or person.is_sealed)
    size = f" by {company.display.width(abs(gap))}" if is_told else ""
    return [f"Sees the own work {way} than others do{size}. Start with the person's own view."]


def _compare_goals(company: Company, person: Person, score: Row) -> list[str]:
    goals = company.material.desk.find_rows("goals", "employee_id", [person.employee_id])
    known = [g for g in goals if g.get("attainment") is not None]
    if not goals:
        return []
    if not known:
        return ["No goal has a result yet. Ask what was reached."]
    weights = [float(g.get("weight") or 1) for g in known]
    total = sum(w * float(g["attainment"]) for w, g in zip(weights, known, strict=True))
    reached = total / sum(weights) if sum(weights) else 0.0
    marked = "" if person.is_sealed else score.get("raw_band")
    band, middle = str(score.get("proposed_band") or marked or ""), (len(company.labels) - 1) / 2
    rank = company.labels.index(band) if band in company.labels else middle
    if reached >= 1 and rank < middle:
        return ["Goals were reached, the rating is below the middle. Ask what the marks miss."]
    if reached < 0.5 and rank > middle:
        return ["Less than half of the goals was reached, the rating is above the middle. Say why."]
    return []


def _say_what_changed(company: Company, person: Person, score: Row) -> tuple[str, str]:
    if not person.is_rated:
        return f"Not rated: {say_reason(company, person.employee_id)}.", ""
    if not person.is_adjusted:
        return (
            "Not adjusted, because nobody else marked enough of the people these raters marked. "
            "The raw score stands.",
            "“Your rating rests on the marks as they were given.”",
        )
    if person.is_sealed:
        return (
            "How severe these raters mark, measured on people others marked too, is not in the "
            "adjusted score. By how much it moved is not told: it would give single answers away.",
            "“We compared the people who rated you with others who rated the same colleagues, and "
            "took out what was strict or mild in their marks. It says nothing about your work.”",
        )
    change = float(score["adjusted_score"]) - float(score["raw_score"])
    if abs(change) < HARDLY:
        return (
            "The adjustment hardly moved this score: the raters mark much like others.",
            "“Comparing raters changed nothing of note in your rating.”",
        )
    way, kind = ("up", "lower") if change > 0 else ("down", "higher")
    size = "" if person.is_masked else f" by {company.display.width(abs(change))}"
    return (
        f"The score went {way}{size}: taken together, these raters mark {kind} than others do "
        "on the same people.",
        f"“The people who rated you tend to mark {kind} than others. We took that into account. "
        "It says nothing about your work.”",
    )


def _find_next_step(company: Company, person: Person) -> str:
    ranked = _rank_criteria(person)
    if not ranked:
        return ""
    rubric = company.find_rubric(person.employee_id, [])
    develop = {c.label: c.develop for c in rubric.criteria} if rubric else {}
    return develop.get(ranked[0].label, "")
