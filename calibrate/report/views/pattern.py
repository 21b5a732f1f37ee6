"""A manager's own way of marking, beside raters of a like load, as a coach would say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import quantiles

from calibrate.language import _, ngettext
from calibrate.report.charts import Drawing, draw_severity
from calibrate.report.material import Row
from calibrate.report.views.base import Company
from calibrate.report.views.habits import say_own_habits
from calibrate.report.views.network import say_own_sheet
from calibrate.report.views.patterns import find_reach
from calibrate.report.words import HARDLY, join_words, say_link_strength, say_range

#: Fewer comparable raters than this would point at persons.
FEWEST_COMPARABLE = 8
FEW_FORMS = 5
#: Things to try before the session.
MOST_STEPS = 3
#: Names in one sentence.
MOST_NAMES = 4
#: Marks are the same within so many points.
TINY = 1e-9


@dataclass(frozen=True)
class OwnPattern:
    """Sentences first; the strip only where the severity is known.

    Parameters
    ----------
    steps
        Up to three things to try, each made from the own marks or habits.
    """

    chart: Drawing | None
    ticks: tuple[str, ...]
    sentences: tuple[str, ...]
    steps: tuple[str, ...]
    has_usual: bool


@dataclass(frozen=True)
class OwnMark:
    """What this manager gave one person, points; the manager knows it already."""

    employee_id: str
    name: str
    points: float


def build_own_pattern(company: Company, manager_id: str) -> OwnPattern:
    """Compare a rater with those who filed at least five and half to double as many forms."""
    rater = company.material.desk.find_one("raters", "rater_id", manager_id)
    if not rater:
        return OwnPattern(None, (), (_say_no_form(),), (_ask_for_forms(),), False)
    steps = _list_steps(company, manager_id, rater)
    severity = rater.get("severity")
    if severity is None:
        said = _(
            "We cannot compare your marks with those of others: nobody else marked enough of the "
            "people you marked. Your marks stand as you gave them."
        )
        return OwnPattern(None, (), (said,), steps, False)
    half = None if rater.get("se") is None else company.z * float(rater["se"])
    usual = _find_usual(company, rater)
    reach = find_reach([abs(severity) + (half or 0), *(abs(end) for end in usual or ())])
    chart = draw_severity(
        severity=float(severity), half=half, reach=reach, usual=usual,
        label=_(
            "Your marks against others: {change}", change=company.display.change(-severity)
        ),
    )  # fmt: skip
    ticks = tuple(company.display.change(reach * at) for at in (-1, -0.5, 0, 0.5, 1))
    said, *beside = _say_basis(company, rater, usual)
    sentences = (f"{_say_severity(company, rater, half)} {said}", *beside)
    return OwnPattern(chart, ticks, sentences, steps, usual is not None)


def _say_no_form() -> str:
    return _("You filed no form that was scored, so there is no pattern to show.")


def _ask_for_forms() -> str:
    return _(
        "Who knows the work of your people best? Ask them for two examples each before the session."
    )


def _list_steps(company: Company, manager_id: str, rater: Row) -> tuple[str, ...]:
    """Habits that stand out, then what cannot be compared, then questions to the own marks."""
    steps = list(say_own_habits(company, manager_id))
    if rater.get("severity") is None:
        sheet = say_own_sheet(company, manager_id)
        steps.append(
            sheet
            or _(
                "A second pair of eyes helps. Could a colleague who knows the work mark one or two "
                "people of your team before the session?"
            )
        )
    steps += _ask_own_marks(company, _list_own_marks(company, manager_id), rater)
    return tuple(steps[:MOST_STEPS])


def _list_own_marks(company: Company, manager_id: str) -> list[OwnMark]:
    """Marks given to the own team as their manager, the lowest first."""
    desk = company.material.desk
    team = {
        str(row["employee_id"]) for row in desk.find_rows("employees", "manager_id", [manager_id])
    }
    forms = [
        form for form in desk.find_rows("forms", "rater_id", [manager_id])
        if form["source"] == "manager" and form["points"] is not None
        and str(form["employee_id"]) in team
    ]  # fmt: skip
    marks = [
        OwnMark(str(f["employee_id"]), company.name(str(f["employee_id"])), float(f["points"]))
        for f in forms
    ]
    return sorted(marks, key=lambda mark: (mark.points, mark.employee_id))


def _ask_own_marks(company: Company, marks: list[OwnMark], rater: Row) -> Iterator[str]:
    """Questions that the own marks ask; each is skipped where they do not."""
    yield from _ask_severity(company, marks, rater)
    yield from _ask_proposals(company, marks)
    yield from _ask_ties(company, marks)
    if len(marks) > 1 and marks[-1].points - marks[0].points > HARDLY:
        low, high = marks[0], marks[-1]
        yield _(
            "Your lowest mark, {low_mark}, is for {low}; your highest, {high_mark}, for {high}. "
            "Which example from this cycle shows each?",
            low=low.name, low_mark=company.display.mark(low.points),
            high=high.name, high_mark=company.display.mark(high.points),
        )  # fmt: skip
    elif len(marks) == 1:
        yield _(
            "Your mark for {name} is {mark}. Which example from this cycle shows it, and which "
            "anchor of the rubric does it match?",
            name=marks[0].name, mark=company.display.mark(marks[0].points),
        )  # fmt: skip
    elif not marks:
        yield _ask_for_forms()


def _ask_severity(company: Company, marks: list[OwnMark], rater: Row) -> Iterator[str]:
    severity = rater.get("severity")
    half = company.z * float(rater.get("se") or 0)
    if severity is None or abs(severity) <= half or len(marks) < 2:
        return
    chosen = marks[:2] if severity > 0 else marks[:-3:-1]
    names = join_words([mark.name for mark in chosen])
    if severity > 0:
        yield _(
            "Reread the anchors of the two lowest marks you gave, for {names}. Would the work you "
            "saw also match the anchor above?",
            names=names,
        )
    else:
        yield _(
            "Reread the anchors of the two highest marks you gave, for {names}. Would the work you "
            "saw also match the anchor below?",
            names=names,
        )


def _ask_proposals(company: Company, marks: list[OwnMark]) -> Iterator[str]:
    """A proposal that is another band than the own marks; the widest gap asks."""
    asked = []
    for mark in marks:
        score = company.material.desk.find_one("scores", "employee_id", mark.employee_id)
        proposed = str(score.get("proposed_band") or "")
        if proposed in company.labels:
            gap = company.labels.index(proposed) - company.find_band(mark.points)
            asked.append((abs(gap), mark, proposed))
    widest = max(asked, key=lambda case: case[0], default=None)
    if widest is None or widest[0] == 0:
        return
    __, mark, proposed = widest
    band = company.labels[company.find_band(mark.points)]
    yield _(
        "For {name} you proposed {proposed}; your own marks lie in {band}. What do the marks miss?",
        name=mark.name, proposed=proposed, band=band,
    )  # fmt: skip


def _ask_ties(company: Company, marks: list[OwnMark]) -> Iterator[str]:
    """The largest group of people with the same mark, if it is at least two."""
    groups: list[list[OwnMark]] = [marks[:1]] if marks else []
    for before, mark in pairwise(marks):
        if mark.points - before.points <= TINY:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    largest = max(groups, key=len, default=[])
    if len(largest) < 2:
        return
    names = [mark.name for mark in largest[:MOST_NAMES]]
    more = len(largest) - len(names)
    yield _(
        "You gave {names} the same mark, {mark}. Whose work was harder, and what shows it?",
        names=join_words([*names, _("{n} more", n=more)] if more else names),
        mark=company.display.mark(largest[0].points),
    )


def _find_usual(company: Company, rater: Row) -> tuple[float, float] | None:
    raters = company.material.tables["raters"]
    n = int(rater.get("n_forms") or 0)
    is_like = raters["n_forms"].between(max(FEW_FORMS, n / 2), max(FEW_FORMS, n * 2))
    others = raters.loc[is_like & (raters["rater_id"] != rater["rater_id"]), "severity"].dropna()
    if len(others) < FEWEST_COMPARABLE:
        return None
    low, __, high = quantiles([float(value) for value in others], n=4, method="inclusive")
    return low, high


def _say_severity(company: Company, rater: Row, half: float | None) -> str:
    severity = float(rater["severity"])
    size = company.display.width(abs(severity))
    if half is not None and abs(severity) < HARDLY:
        return _("Your marks lie close to those of others who marked the same people.")
    if half is not None and abs(severity) <= half:
        return _(
            "Your marks lie close to those of others who marked the same people. The difference "
            "of {size} may be chance.",
            size=size,
        )
    if half is None:
        if severity > 0:
            return _("Your marks ran about {size} lower than those of others on the same people.",
                     size=size)  # fmt: skip
        return _("Your marks ran about {size} higher than those of others on the same people.",
                 size=size)  # fmt: skip
    give = company.display.width(half)
    if severity > 0:
        return _(
            "Your marks ran about {size} lower than those of others on the same people, give or "
            "take {give}.",
            size=size, give=give,
        )  # fmt: skip
    return _(
        "Your marks ran about {size} higher than those of others on the same people, give or take "
        "{give}.",
        size=size, give=give,
    )  # fmt: skip


def _say_basis(company: Company, rater: Row, usual: tuple[float, float] | None) -> list[str]:
    n = int(rater.get("n_forms") or 0)
    if n < FEW_FORMS:
        basis = ngettext(
            "This rests on {n} form; take it as a hint.",
            "This rests on {n} forms; take it as a hint.",
            n,
        )
    else:
        basis = ngettext(
            "This rests on {n} form and is {known}.",
            "This rests on {n} forms and is {known}.",
            n, known=say_link_strength(rater.get("link_strength")),
        )  # fmt: skip
    if usual is None:
        return [basis]
    high, low = (company.display.change(-end) for end in usual)
    return [
        basis,
        _(
            "The shaded stretch, {range}, holds the middle half of raters with a like number of "
            "forms.",
            range=say_range(low, high),
        ),
    ]
