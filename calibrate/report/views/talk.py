"""Goals, points for the conversation, and how to say what changed."""

from __future__ import annotations

from dataclasses import dataclass

from calibrate.language import N_, _
from calibrate.report.material import Row
from calibrate.report.views.base import Company
from calibrate.report.views.evidence import Person
from calibrate.report.views.points import list_points, may_compare, rank_criteria
from calibrate.report.words import HARDLY, write_percent

#: Goals on one card; a card never splits.
MOST_GOALS = 6


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
    own = [row for row in rows if row.get("counts") is not False]
    ranked = sorted(own, key=lambda g: (-(g.get("weight") or 0), str(g["goal_id"])))
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
    case, changed = _find_case(company, person, score)
    points = list_points(company, person, score)
    return Talk(points, case, changed, _find_next_step(company, person))


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
    """The rubric's advice on the criterion furthest below what the level asks for.

    Without expectations it is the weakest; where marks are told by halves alone, the first
    of those that look alike.
    """
    ranked = rank_criteria(person)
    if not ranked:
        return ""
    if may_compare(person):
        if all(line.gap is not None for line in ranked):
            ranked = sorted(ranked, key=lambda line: line.gap or 0.0)
    else:
        ranked = sorted(
            (line for line in person.criteria if line.points is not None),
            key=lambda line: line.overall.look,
        )
    rubric = company.find_rubric(person.employee_id, [])
    develop = {c.label: c.develop for c in rubric.criteria} if rubric else {}
    return develop.get(ranked[0].label, "")
