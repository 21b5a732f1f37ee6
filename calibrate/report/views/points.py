"""Points for the conversation: at most three questions, each from the person's own data.

No attribute stands in any of it, and no verdict on character; where there is one, a point
names the outcome of the strategy that it is about.
"""

from __future__ import annotations

from collections.abc import Iterator

from calibrate.language import _, ngettext
from calibrate.report.material import Row
from calibrate.report.views.base import Company
from calibrate.report.views.evidence import CriterionLine, Person
from calibrate.report.words import abridge, write_percent

#: Points for one conversation.
MOST_POINTS = 3
#: With so many points, what could be said of anybody is left out.
FEWEST_POINTS = 2
#: A difference worth a word, in points: half a step of a 1 to 5 scale.
NOTABLE = 12.5
#: Shares of a goal that are worth a question.
REACHED, NEARLY, MISSED = 1.0, 0.9, 0.5
#: Letters of a goal's title inside a sentence.
LONGEST_GOAL = 70


def list_points(company: Company, person: Person, score: Row) -> tuple[str, ...]:
    """Write the questions, those that say most first; no source gives more than one."""
    if not person.is_rated:
        return (_("There is no mark yet. When will there be one, and who tells the person?"),)
    sources = (
        _ask_results(company, person, score), _ask_below(company, person),
        _ask_goal(company, person), _ask_trend(company, person), _ask_self(company, person),
        _ask_evidence(company, person), _ask_next_level(company, person),
        _ask_strength(company, person),
    )  # fmt: skip
    found = [point for source in sources for point in list(source)[:1]]
    if len(found) < FEWEST_POINTS:
        found += _ask_spread(company, person)
    return tuple(found[:MOST_POINTS]) or (_("Which work is the person proud of, and why?"),)


def may_compare(person: Person) -> bool:
    """As marked in confidence, criteria are told as halves of the scale and never ranked."""
    return person.is_adjusted or not person.is_sealed


def rank_criteria(person: Person) -> list[CriterionLine]:
    """Criteria with a figure that may be compared, the lowest first."""
    known = [line for line in person.criteria if line.points is not None]
    return sorted(known, key=lambda line: line.points or 0.0)


def _find_goals(company: Company, person: Person) -> list[Row]:
    rows = company.material.desk.find_rows("goals", "employee_id", [person.employee_id])
    own = [row for row in rows if row.get("counts") is not False]
    return sorted(own, key=lambda goal: (-(goal.get("weight") or 0), str(goal["goal_id"])))


def _name_outcome(company: Company, outcome: object) -> str:
    titles = {one.id: one.title for one in company.material.outcomes}
    return abridge(titles.get(str(outcome or ""), ""), 60)


def _reach(company: Company, goal: Row) -> str:
    """Outcome that a goal reaches, by itself or through the goals above it."""
    traced = company.material.desk.find_one("cascade", "goal_id", str(goal["goal_id"]))
    return _name_outcome(company, goal.get("outcome") or traced.get("outcome"))


def _ask_results(company: Company, person: Person, score: Row) -> Iterator[str]:
    """The rating beside the goals: by the table where its score may be told, else by bands."""
    row = {}
    if may_compare(person) and not person.is_masked:
        rows = company.material.desk.find_rows("results", "scope_id", [person.employee_id])
        row = next((one for one in rows if one["scope"] == "person"), {})
    verdict = row.get("verdict") or _judge_bands(company, person, score)
    goals = _find_goals(company, person)
    outcome = next((title for goal in goals if (title := _reach(company, goal))), "")
    if verdict == "higher" and outcome:
        yield _("The rating is higher than the goals suggest. Which work for “{outcome}” do the "
                "goals leave out?", outcome=outcome)  # fmt: skip
    elif verdict == "higher":
        yield _("The rating is higher than the goals suggest. Which work do the goals leave out?")
    elif verdict == "lower" and outcome:
        yield _("The goals for “{outcome}” were reached, and the rating is lower than that "
                "suggests. What do the marks miss?", outcome=outcome)  # fmt: skip
    elif verdict == "lower":
        yield _("The goals were reached, and the rating is lower than that suggests. What do the "
                "marks miss?")  # fmt: skip


def _judge_bands(company: Company, person: Person, score: Row) -> str:
    known = [g for g in _find_goals(company, person) if g.get("attainment") is not None]
    weights = [_weigh(goal) for goal in known]
    if not sum(weights):
        return ""
    total = sum(w * float(g["attainment"]) for w, g in zip(weights, known, strict=True))
    reached = total / sum(weights)
    marked = "" if person.is_sealed else score.get("raw_band")
    band, middle = str(score.get("proposed_band") or marked or ""), (len(company.labels) - 1) / 2
    rank = company.labels.index(band) if band in company.labels else middle
    if reached >= REACHED and rank < middle:
        return "lower"
    return "higher" if reached < MISSED and rank > middle else ""


def _weigh(goal: Row) -> float:
    weight, share = goal.get("weight"), goal.get("in_force")
    return (1.0 if weight is None else float(weight)) * (1.0 if share is None else float(share))


def _ask_goal(company: Company, person: Person) -> Iterator[str]:
    """The goal furthest behind, else one that was reached."""
    goals = [g for g in _find_goals(company, person) if g.get("attainment") is not None]
    for goal in sorted(goals, key=lambda g: (float(g["attainment"]), str(g["goal_id"]))):
        title = abridge(str(goal.get("title") or goal["goal_id"]), LONGEST_GOAL)
        share, outcome = write_percent(float(goal["attainment"])), _reach(company, goal)
        if NEARLY <= float(goal["attainment"]) < REACHED and outcome:
            yield _("“{goal}” got to {share}. Does “{outcome}” need the rest of it, or "
                    "something else now?", goal=title, share=share, outcome=outcome)  # fmt: skip
        elif float(goal["attainment"]) < REACHED and outcome:
            yield _("“{goal}” got to {share}. What stood in the way, and what does it mean for "
                    "“{outcome}”?", goal=title, share=share, outcome=outcome)  # fmt: skip
        elif float(goal["attainment"]) < REACHED:
            yield _("“{goal}” got to {share} and serves no outcome yet. Which one should it serve?",
                    goal=title, share=share)  # fmt: skip
        elif outcome:
            yield _("“{goal}” was reached. What made it work, and what comes next for "
                    "“{outcome}”?", goal=title, outcome=outcome)  # fmt: skip
        else:
            yield _("“{goal}” was reached. What made it work, and which outcome does it serve?",
                    goal=title)  # fmt: skip


def _ask_below(company: Company, person: Person) -> Iterator[str]:
    """A criterion whose whole range lies below what the level asks for, the widest gap first."""
    if person.is_masked or not may_compare(person):
        return
    rows = company.material.desk.find_rows("criterion_scores", "employee_id", [person.employee_id])
    below = [
        row for row in rows
        if row.get("gap") is not None and row.get("se") is not None
        and float(row["gap"]) + company.z * float(row["se"]) < 0
        # As marked, a sealed figure is told as a half of the scale alone.
        and not (person.is_sealed and row.get("calibrated_score") == row.get("raw_score"))
    ]  # fmt: skip
    if not below:
        return
    worst = min(below, key=lambda row: (float(row["gap"]), str(row["criterion"])))
    label, outcome = _name_criterion(company, person, str(worst["criterion"]))
    if outcome:
        yield _("{criterion} lies clearly below what the level asks for, and “{outcome}” rests on "
                "it. What is in the way?", criterion=label, outcome=outcome)  # fmt: skip
    else:
        yield _("{criterion} lies clearly below what the level asks for. What is in the way?",
                criterion=label)  # fmt: skip


def _name_criterion(company: Company, person: Person, criterion: str) -> tuple[str, str]:
    """Label of a criterion and title of the outcome it serves most."""
    rubric = company.find_rubric(person.employee_id, [criterion])
    info = next((c for c in rubric.criteria if c.id == criterion), None) if rubric else None
    if info is None:
        return criterion, ""
    return info.label, _name_outcome(company, info.outcome)


def _ask_trend(company: Company, person: Person) -> Iterator[str]:
    """A criterion that has clearly risen or fallen over the cycles."""
    if person.is_masked or not may_compare(person):
        return
    rows = company.material.desk.find_rows("skill_trends", "scope_id", [person.employee_id])
    told = [r for r in rows if r["scope"] == "person" and r["verdict"] in ("up", "down")]
    for row in sorted(told, key=lambda r: (-abs(float(r["change"])), str(r["criterion"]))):
        label, outcome = _name_criterion(company, person, str(row["criterion"]))
        n = int(row["n_cycles"])
        if row["verdict"] == "down":
            yield ngettext("{criterion} has fallen over {n} cycle. What changed in the work?",
                           "{criterion} has fallen over {n} cycles. What changed in the work?",
                           n, criterion=label)  # fmt: skip
        elif outcome:
            yield ngettext(
                "{criterion} has risen over {n} cycle. What helped, and how could “{outcome}” gain "
                "from it?",
                "{criterion} has risen over {n} cycles. What helped, and how could “{outcome}” "
                "gain from it?", n, criterion=label, outcome=outcome,
            )  # fmt: skip
        else:
            yield ngettext("{criterion} has risen over {n} cycle. What helped?",
                           "{criterion} has risen over {n} cycles. What helped?", n,
                           criterion=label)  # fmt: skip


def _ask_self(company: Company, person: Person) -> Iterator[str]:
    forms = company.material.desk.find_rows("forms", "employee_id", [person.employee_id])
    own = [float(f["points"]) for f in forms if f["source"] == "self" and f["points"] is not None]
    score = company.material.desk.find_one("scores", "employee_id", person.employee_id)
    # A gap to confidential marks would tell them; the adjusted score hides them.
    others = score.get("adjusted_score" if person.is_sealed else "raw_score")
    if not own or others is None or (person.is_sealed and person.is_masked):
        return
    gap = sum(own) / len(own) - float(others)
    if abs(gap) < NOTABLE:
        return
    if person.is_masked or person.is_sealed:
        if gap > 0:
            yield _("Sees the own work higher than others do. How does the person see it?")
        else:
            yield _("Sees the own work lower than others do. How does the person see it?")
        return
    size = company.display.width(abs(gap))
    if gap > 0:
        yield _("Sees the own work higher than others do by {size}. How does the person see it?",
                size=size)  # fmt: skip
    else:
        yield _("Sees the own work lower than others do by {size}. How does the person see it?",
                size=size)  # fmt: skip


def _ask_evidence(company: Company, person: Person) -> Iterator[str]:
    rows = company.material.desk.find_rows("evidence_gaps", "employee_id", [person.employee_id])
    gaps = {str(row["gap"]) for row in rows}
    if "no_goal" in gaps:
        yield _("No goal is on record. What was agreed, and which outcome did it serve?")
    if "no_result" in gaps:
        yield _("No goal has a result yet. What was reached, and where can it be seen?")
    if "high_unsupported" in gaps:
        yield _("The rating is high and little stands behind it on record. Which example shows it?")
    if "only_recent" in gaps:
        yield _("What is on record is all recent. What did the first months show?")
    if "no_checkin" in gaps:
        yield _("No check-in is on record in this cycle. What has not been talked about?")
    if "one_form" in gaps:
        yield _("One form carries the rating. Who else saw the work?")


def _ask_next_level(company: Company, person: Person) -> Iterator[str]:
    """A reason to talk about the next level, no decision."""
    if person.is_masked or not may_compare(person):
        return
    row = company.material.desk.find_one("next_level", "employee_id", person.employee_id)
    if row.get("verdict") == "talk":
        yield _("A reason to talk about {level}, no decision: most criteria lie where it begins. "
                "What would the person like to show next?",
                level=str(row["next_level"]))  # fmt: skip


def _ask_strength(company: Company, person: Person) -> Iterator[str]:
    """The strongest criterion, and the heaviest outcome that too few work on."""
    ranked = rank_criteria(person)
    if len(ranked) < 2 or not may_compare(person):
        return
    high = ranked[-1]
    if (high.points or 0) - (ranked[0].points or 0) < NOTABLE / 2:
        return
    table = company.material.tables["coverage"]
    weak = table[table["verdict"].isin(["unserved", "thin"])]
    if len(weak):
        first = weak.sort_values("weight", ascending=False).iloc[0]
        title = abridge(str(first["title"]), 60)
        if first["perspective"] == "learning":
            yield _("Strongest: {criterion}. Too few work on “{outcome}”: who could learn from "
                    "this person?", criterion=high.label, outcome=title)  # fmt: skip
            return
        yield _("Strongest: {criterion}. Could it serve “{outcome}”, which too few work on?",
                criterion=high.label, outcome=title)  # fmt: skip


def _ask_spread(company: Company, person: Person) -> Iterator[str]:
    ranked = rank_criteria(person)
    if len(ranked) < 2 or not may_compare(person):
        return
    low, high = ranked[0], ranked[-1]
    if (high.points or 0) - (low.points or 0) < NOTABLE:
        goals = _find_goals(company, person)
        outcome = next((title for goal in goals if (title := _reach(company, goal))), "")
        if outcome:
            yield _("The criteria lie close together. Which of them helped “{outcome}” most, and "
                    "by which example?", outcome=outcome)  # fmt: skip
        else:
            yield _("The criteria lie close together. What went best?")
    elif person.is_masked:
        yield _("Strongest: {high}. Weakest: {low}. What is an example of each?",
                high=high.label, low=low.label)  # fmt: skip
    else:
        yield _("Strongest: {high} ({high_score}). Weakest: {low} ({low_score}). What is an "
                "example of each?", high=high.label, high_score=high.overall.text, low=low.label,
                low_score=low.overall.text)  # fmt: skip
