"""What a rubric lacks before people mark by it, and what it gives weight to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from calibrate.config.explain import Fault
from calibrate.rubric.rubric import NOTHING, MarkScale, Rubric
from calibrate.rubric.strategy import Strategy
from calibrate.rubric.worth import outcome_shares

#: Scales with more whole marks than this need words at both ends and in the middle.
_MOST_ANCHORS = 10
#: Order in which a reader should mend things.
RULES = (
    "missing_anchor",
    "duplicate_anchor",
    "character_word",
    "missing_expectation",
    "criterion_without_outcome",
    "criterion_without_develop",
    "weights_unknown",
)
#: Words that judge a character. Nobody can see one, and two raters mean two things by it.
_OF_CHARACTER = frozenset(
    (
        "ambitious", "arrogant", "charismatic", "energetic", "enthusiastic", "gifted",
        "hard-working", "intelligent", "lazy", "likeable", "loyal", "motivated", "passionate",
        "proactive", "talented", "unmotivated",
    )
)  # fmt: skip


@dataclass(frozen=True)
class OutcomeShare:
    """What one outcome, or one perspective, is worth and what serves it.

    Parameters
    ----------
    worth
        Percent in the strategy.
    served : (R,)
        Share of each rubric's weight in percent; None where it is not known.
    """

    name: str
    perspective: str
    worth: Fraction
    served: tuple[Fraction | None, ...]


def review_rubric(rubric: Rubric, strategy: Strategy | None) -> list[Fault]:
    """List what a sound rubric still lacks: nothing here stops a run.

    Parameters
    ----------
    rubric
        As loaded.
    strategy
        None: whether weights follow from outcomes cannot be told.

    Returns
    -------
    Key path, rule, what, fix; the gravest rule first, then in the order of criteria.

    Examples
    --------
    >>> rubric = Rubric.model_validate({
    ...     "schema": 1, "id": "r", "version": 1, "title": "R",
    ...     "scale": {"lowest": 1, "highest": 3},
    ...     "criteria": ({"id": "a", "label": "A", "weight": 100, "develop": "Try it.",
    ...                   "outcomes": {"x": 100}, "levels": {1: "Late.", 3: "On time."}},)})
    >>> review_rubric(rubric, None)[0][2]
    "'a' has no words for mark 2"
    """
    faults = [*_find_lacking(rubric), *_find_repeated(rubric), *_find_levels(rubric)]
    if rubric.weights == "from_outcomes" and strategy is None:
        what = "weights follow from outcomes, and no strategy is named"
        fix = "name it with --strategy or --cycle"
        faults.append((("weights",), "weights_unknown", what, fix))
    return sorted(faults, key=lambda fault: RULES.index(fault[1]))


def list_marks(scale: MarkScale) -> list[Decimal]:
    """Marks of a scale that need words: each whole one, or both ends and the middle.

    Examples
    --------
    >>> [int(mark) for mark in list_marks(MarkScale(lowest=1, highest=5))]
    [1, 2, 3, 4, 5]
    >>> [int(mark) for mark in list_marks(MarkScale(lowest=0, highest=100))]
    [0, 50, 100]
    """
    first, last = int(scale.lowest.to_integral_value("ROUND_CEILING")), int(scale.highest)
    marks = [Decimal(mark) for mark in range(first, last + 1)]
    if len(marks) > _MOST_ANCHORS:
        return [marks[0], marks[len(marks) // 2], marks[-1]]
    return marks


def _find_lacking(rubric: Rubric) -> Iterator[Fault]:
    wanted = list_marks(rubric.scale)
    for i, criterion in enumerate(rubric.criteria):
        path, name = ("criteria", i), f"'{criterion.id}'"
        absent = [mark for mark in wanted if not criterion.levels.get(mark, "").strip()]
        if absent:
            said = "mark" if len(absent) == 1 else "marks"
            marks = ", ".join(str(mark) for mark in absent)
            what = f"{name} has no words for {said} {marks}"
            yield (*path, "levels"), "missing_anchor", what, "write what one sees at this mark"
        if not criterion.outcomes:
            what = f"{name} serves no outcome"
            fix = "add outcomes: {id: 100}"
            yield (*path, "outcomes"), "criterion_without_outcome", what, fix
        if not criterion.develop.strip():
            what = f"{name} names no next step"
            fix = "add develop: one thing to practise"
            yield (*path, "develop"), "criterion_without_develop", what, fix


def _find_repeated(rubric: Rubric) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for i, criterion in enumerate(rubric.criteria):
        for mark, text in sorted(criterion.levels.items()):
            path = ("criteria", i, "levels", int(mark) if mark == int(mark) else str(mark))
            words = " ".join(text.casefold().split()).strip(".!?")
            here = f"'{criterion.id}' mark {mark}"
            if words and words in seen:
                what = f"{here} has the words of {seen[words]}"
                yield path, "duplicate_anchor", what, "say what differs, or leave one of them out"
            seen.setdefault(words, here)
            found = sorted(_OF_CHARACTER & {word.strip(".,;:()\"'") for word in words.split()})
            if found:
                what = f"{here} says '{found[0]}', which judges the person"
                yield path, "character_word", what, "say what one sees the person do"


def _find_levels(rubric: Rubric) -> Iterator[Fault]:
    levels = dict.fromkeys(level for k in rubric.criteria for level in k.expected)
    for i, criterion in enumerate(rubric.criteria):
        absent = [level for level in levels if level not in criterion.expected]
        if absent:
            what = f"'{criterion.id}' expects nothing of {', '.join(absent)}"
            fix = "add the mark expected there, as other criteria do"
            yield ("criteria", i, "expected"), "missing_expectation", what, fix


def share_outcomes(
    rubrics: Sequence[Rubric], strategy: Strategy
) -> tuple[list[OutcomeShare], list[OutcomeShare]]:
    r"""Set the share of each rubric's weight beside what an outcome is worth.

    .. math:: c_{or} = 100 \sum_k w_{rk} s_{rko}

    Parameters
    ----------
    rubrics : (R,)
        Each with its own weights.
    strategy
        O outcomes in P perspectives.

    Returns
    -------
    (O,) in the order of the strategy, and (P,) sums over perspectives, in the order in which
    the strategy names them
    """
    shares = [outcome_shares(rubric, strategy) for rubric in rubrics]
    by_outcome = [
        OutcomeShare(
            outcome.id, outcome.perspective, strategy.worth[outcome.id],
            tuple(100 * share[outcome.id] for share in shares),
        )
        for outcome in strategy.outcomes
    ]  # fmt: skip
    perspectives = dict.fromkeys(outcome.perspective for outcome in strategy.outcomes)
    by_perspective = []
    for name in perspectives:
        rows = [row for row in by_outcome if row.perspective == name]
        served = tuple(
            sum((row.served[r] or NOTHING for row in rows), NOTHING) for r in range(len(rubrics))
        )
        worth = sum((row.worth for row in rows), NOTHING)
        by_perspective.append(OutcomeShare(name, name, worth, served))
    return by_outcome, by_perspective


def find_unserved(
    rubrics: Sequence[Rubric], strategy: Strategy, of_goals: Collection[str] | None
) -> list[Fault]:
    """List the outcomes that no criterion serves, and no goal either where goals are known.

    Parameters
    ----------
    of_goals
        Outcomes that goals name; None: goals are not known, and the sentence says so.

    Returns
    -------
    Key path in the strategy, rule, what, fix.
    """
    served = {name for rubric in rubrics for k in rubric.criteria for name in k.outcomes}
    nobody = "no criterion" if of_goals is None else "no criterion and no goal"
    return [
        (
            ("outcomes", i), "outcome_unserved", f"{nobody} serves '{outcome.id}'",
            "give it a criterion or a goal, or take it out of the strategy",
        )
        for i, outcome in enumerate(strategy.outcomes)
        if outcome.id not in served and outcome.id not in (of_goals or ())
        and strategy.worth[outcome.id] > 0
    ]  # fmt: skip
