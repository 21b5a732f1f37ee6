"""A manager's own way of marking, beside raters of a like load, as a coach would say it."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import quantiles

from calibrate.report.charts import Drawing, draw_severity
from calibrate.report.material import Row
from calibrate.report.views.base import Company
from calibrate.report.views.habits import say_own_habits
from calibrate.report.views.network import say_own_sheet
from calibrate.report.views.patterns import find_reach
from calibrate.report.words import count_of, say_link_strength

#: Fewer comparable raters than this would point at persons.
FEWEST_COMPARABLE = 8
FEW_FORMS = 5
REREAD = "Before the session, reread the anchors of the two lowest marks you gave."


@dataclass(frozen=True)
class OwnPattern:
    """Sentences first; the strip only where the severity is known."""

    chart: Drawing | None
    ticks: tuple[str, ...]
    sentences: tuple[str, ...]
    has_chart: bool
    has_usual: bool


def build_own_pattern(company: Company, manager_id: str) -> OwnPattern:
    """Compare a rater with those who filed at least five and half to double as many forms."""
    rater = company.material.desk.find_one("raters", "rater_id", manager_id)
    if not rater:
        return _say_only("You filed no form that was scored, so there is no pattern to show.")
    severity = rater.get("severity")
    if severity is None:
        return _say_only(
            "We cannot compare your marks with those of others: nobody else marked enough of "
            "the people you marked. Your marks stand as you gave them.",
            say_own_sheet(company, manager_id)
            or "A second pair of eyes helps. Ask a colleague who knows the work to mark one or "
            "two people of your team before the session.",
            *say_own_habits(company, manager_id),
        )
    half = None if rater.get("se") is None else company.z * float(rater["se"])
    usual = _find_usual(company, rater)
    reach = find_reach([abs(severity) + (half or 0), *(abs(end) for end in usual or ())])
    chart = draw_severity(
        severity=float(severity), half=half, reach=reach, usual=usual,
        label=f"Your marks {company.display.change(-severity)} against others",
    )  # fmt: skip
    ticks = tuple(company.display.change(reach * at) for at in (-1, -0.5, 0, 0.5, 1))
    sentences = [_say_severity(company, rater, half), *_say_usual(company, rater, usual)]
    sentences += say_own_habits(company, manager_id) or [REREAD]
    return OwnPattern(chart, ticks, tuple(sentences), True, usual is not None)


def _say_only(*sentences: str) -> OwnPattern:
    return OwnPattern(None, (), sentences, False, False)


def _find_usual(company: Company, rater: Row) -> tuple[float, float] | None:
    raters = company.material.tables["raters"]
    n = int(rater.get("n_forms") or 0)
    is_like = raters["n_forms"].between(max(FEW_FORMS, n / 2), max(FEW_FORMS, n * 2))
    others = raters.loc[is_like & (raters["rater_id"] != rater["rater_id"]), "severity"].dropna()
    if len(others) < FEWEST_COMPARABLE:
        return None
    low, _, high = quantiles([float(value) for value in others], n=4, method="inclusive")
    return low, high


def _say_severity(company: Company, rater: Row, half: float | None) -> str:
    severity = float(rater["severity"])
    size = company.display.width(abs(severity))
    if half is not None and abs(severity) <= half:
        return (
            "Your marks lie close to those of others who marked the same people. The difference "
            f"of {size} may be chance."
        )
    way = "lower" if severity > 0 else "higher"
    span = "" if half is None else f", give or take {company.display.width(half)}"
    return f"Your marks ran about {size} {way} than those of others on the same people{span}."


def _say_usual(company: Company, rater: Row, usual: tuple[float, float] | None) -> list[str]:
    n = int(rater.get("n_forms") or 0)
    basis = f"This rests on {count_of(n, 'form')}"
    known = say_link_strength(rater.get("link_strength"))
    basis += "; take it as a hint." if n < FEW_FORMS else f" and is {known}."
    if usual is None:
        return [basis]
    high, low = (company.display.change(-end) for end in usual)
    return [
        basis,
        f"The shaded stretch, {low} to {high}, holds the middle half of raters with a like "
        "number of forms.",
    ]
