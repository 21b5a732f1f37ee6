"""One rubric as the people read it who mark by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from calibrate.config import Cycle
from calibrate.language import N_, _
from calibrate.report.document import Head
from calibrate.report.views.base import RubricNote
from calibrate.report.words import say_range, write_date, write_percent
from calibrate.rubric import Criterion, Rubric, Strategy, criterion_weights

#: More marks do not fit beside each other on a page held upright.
MOST_MARKS = 6

_APPLIES_WORDS = {
    "job_family": N_("job family"),
    "level": N_("level"),
    "department": N_("department"),
    "location": N_("location"),
}


@dataclass(frozen=True)
class CriterionRow:
    """One criterion; every figure is written already.

    Parameters
    ----------
    weight
        Its share of the score.
    serves
        Outcomes with their shares; empty if none.
    anchors : (M,) what one sees at each mark of the page
    every_anchor
        Mark and words, also of marks that the page has no room for.
    expected
        Runs of levels and the mark expected there.
    """

    label: str
    weight: str
    serves: str
    anchors: tuple[str, ...]
    every_anchor: tuple[tuple[str, str], ...]
    expected: tuple[tuple[str, str], ...]
    develop: str


@dataclass(frozen=True)
class RubricView:
    """What stands on the page.

    Parameters
    ----------
    about
        Whom it is for.
    marks : (M,) marks that have a column
    n_hidden
        Marks with words that have none.
    rules
        How to mark.
    """

    head: Head
    about: str
    marks: tuple[str, ...]
    n_hidden: int
    criteria: tuple[CriterionRow, ...]
    rules: tuple[str, ...]
    note: RubricNote


def view_rubric(
    rubric: Rubric,
    strategy: Strategy | None,
    cycle: Cycle | None = None,
    *,
    language: str = "en",
    paper: str = "A4",
) -> RubricView:
    """Put a rubric in words.

    Parameters
    ----------
    rubric
        As loaded.
    strategy
        Gives outcomes their titles, and weights where they follow from outcomes; None: the
        page names outcomes by their ids.
    cycle
        For the title block; None: the page stands for any cycle.
    """
    known = {outcome.id: outcome.title for outcome in strategy.outcomes} if strategy else {}
    weights = _find_weights(rubric, strategy)
    worded = sorted({mark for criterion in rubric.criteria for mark in criterion.levels})
    marks = choose_marks(worded)
    return RubricView(
        head=_build_head(rubric, cycle, language, paper),
        about=say_applies(rubric),
        marks=tuple(_say_mark(mark) for mark in marks),
        n_hidden=len(worded) - len(marks),
        criteria=tuple(
            CriterionRow(
                label=criterion.label,
                weight=_say_weight(weight),
                serves=_say_served(criterion, known),
                anchors=tuple(criterion.levels.get(mark, "") for mark in marks),
                every_anchor=tuple(
                    (_say_mark(mark), text) for mark, text in sorted(criterion.levels.items())
                ),
                expected=group_levels(criterion.expected),
                develop=criterion.develop,
            )
            for criterion, weight in zip(rubric.criteria, weights, strict=True)
        ),
        rules=_list_rules(rubric),
        note=RubricNote(rubric.title, str(rubric.version), rubric.sha256),
    )


def choose_marks(worded: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Choose the marks that have a column: all, or both ends and some between.

    Examples
    --------
    >>> [int(mark) for mark in choose_marks([Decimal(n) for n in range(11)])]
    [0, 2, 4, 6, 8, 10]
    """
    if len(worded) <= MOST_MARKS:
        return tuple(worded)
    last = len(worded) - 1
    return tuple(worded[(last * step) // (MOST_MARKS - 1)] for step in range(MOST_MARKS))


def group_levels(expected: Mapping[str, Decimal]) -> tuple[tuple[str, str], ...]:
    """Join neighbouring levels of which the same mark is expected.

    Examples
    --------
    >>> group_levels({"L1": Decimal(3), "L2": Decimal(3), "L3": Decimal("3.5")})
    (('L1–L2', '3'), ('L3', '3.5'))
    """
    runs = []
    for mark, pairs in groupby(expected.items(), key=lambda pair: pair[1]):
        names = [name for name, _mark in pairs]
        shown = names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}"
        runs.append((shown, _say_mark(mark)))
    return tuple(runs)


def say_applies(rubric: Rubric) -> str:
    """Say for whom a rubric is."""
    said = []
    for name, values in rubric.applies_to.items():
        if name == "manages_people":
            leads, alone = _("people who manage others"), _("people who manage nobody")
            said += [leads if value == "yes" else alone for value in dict.fromkeys(values)]
        else:
            word = _(_APPLIES_WORDS[name])
            said.append(_("{word} {values}", word=word, values=", ".join(values)))
    if not said:
        return _("For everybody to whom no rubric named before it applies.")
    return _("For {whom}.", whom="; ".join(said))


def _find_weights(rubric: Rubric, strategy: Strategy | None) -> Sequence[Fraction | None]:
    if rubric.weights == "from_outcomes" and strategy is None:
        return [None] * len(rubric.criteria)
    return criterion_weights(rubric, strategy)


def _say_weight(weight: Fraction | None) -> str:
    if weight is None:
        return _("weighs as its outcomes do")
    return _("{share} of the score", share=write_percent(float(weight)))


def _say_served(criterion: Criterion, known: Mapping[str, str]) -> str:
    return ", ".join(
        f"{known.get(name, name)} ({write_percent(share / 100)})" if share < 100
        else known.get(name, name)
        for name, share in criterion.outcomes.items()
    )  # fmt: skip


def _say_mark(mark: Decimal) -> str:
    return f"{mark.normalize():f}"


def _build_head(rubric: Rubric, cycle: Cycle | None, language: str, paper: str) -> Head:
    named = _("Rubric, version {version}", version=str(rubric.version))
    title, dates = named, ""
    if cycle is not None:
        title = cycle.title or cycle.cycle
        days = [write_date(day) for day in (cycle.starts_on, cycle.ends_on) if day is not None]
        dates = say_range(*days) if len(days) == 2 else ""
    return Head(
        title=rubric.title,
        subtitle=say_applies(rubric),
        running=_("Rubric {title}", title=rubric.title),
        cycle=title,
        dates=dates,
        classification=_("Internal · for everybody who marks"),
        language=language,
        paper=paper,
    )


def _list_rules(rubric: Rubric) -> tuple[str, ...]:
    first = _(
        "Marks are meant for the level of the person: compare with what is expected there, not "
        "with colleagues of another level."
    )
    if rubric.marks == "absolute":
        first = _(
            "A mark means the same at every level. The score compares it with the mark that is "
            "expected at the level of the person."
        )
    return (
        first,
        _(
            "Mark each criterion on its own. Think of examples from the whole period, then take "
            "the mark whose words fit most of them."
        ),
        _("Write an example beside a high and a low mark. Leave blank what you could not see."),
    )
