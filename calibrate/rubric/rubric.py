"""A rubric file → Rubric: what is measured, on which scale, for which outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from calibrate.config import MICRO, to_micro
from calibrate.config.explain import Exact, Fault, Strict, broken, broken_at
from calibrate.config.strict_yaml import KeyPath
from calibrate.errors import InputError, Problem
from calibrate.rubric.checks import check_id, check_percent, check_unique
from calibrate.rubric.from_file import FromFile
from calibrate.rubric.strategy import Strategy

#: What is known of a person who has reports; nobody gives it, it follows from who manages whom.
MANAGES_PEOPLE = "manages_people"
#: What may decide which rubric applies: columns of employees, and what follows from them.
APPLIES_TO = ("job_family", "level", "department", "location", MANAGES_PEOPLE)
_YES_NO = ("yes", "no")
NOTHING = Fraction()


def _to_step(value: Any) -> Any:
    # "any" is kept as 0: every mark within the scale is allowed.
    if value == "any":
        return 0
    if value == 0:
        raise broken("step_range", "the step is 0", "use a number above 0, or any")
    return value


class MarkScale(Strict):
    """Lowest and highest mark, and the step between marks; step 0 allows any."""

    lowest: Exact
    highest: Exact
    step: Annotated[
        Exact,
        BeforeValidator(_to_step),
        WithJsonSchema({"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"const": "any"}]}),
    ] = Decimal(1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.lowest < self.highest:
            raise broken(
                "scale_order", f"lowest {self.lowest} is not below highest {self.highest}",
                "swap or change them",
            )  # fmt: skip
        if self.step < 0:
            what, fix = f"the step is {self.step}", "use a number above 0, or any"
            raise broken_at([(("step",), "step_range", what, fix)])
        if self.step and (self.highest - self.lowest) % self.step:
            what = f"steps of {self.step} do not lead from {self.lowest} to {self.highest}"
            raise broken_at([(("step",), "step_range", what, "change step, lowest or highest")])
        return self

    def holds(self, mark: Decimal | int) -> bool:
        return self.lowest <= mark <= self.highest


class Criterion(Strict):
    """One thing that is marked.

    ``weight`` and the shares of ``outcomes`` are whole percents; ``expected``
    maps a level to its mark, ``levels`` a mark to the words that anchor it.
    """

    id: str
    label: str
    weight: int | None = None
    outcomes: Mapping[str, int] = Field(default_factory=dict)
    expected: Mapping[str, Exact] = Field(default_factory=dict)
    levels: Mapping[Exact, str] = Field(default_factory=dict)
    develop: str = ""
    scale: str | None = None

    @field_validator("id")
    @classmethod
    def _id(cls, name: str) -> str:
        return check_id(name)

    @field_validator("weight")
    @classmethod
    def _percent(cls, weight: int | None) -> int | None:
        return None if weight is None else check_percent(weight, lowest=0)

    @field_validator("outcomes")
    @classmethod
    def _shares(cls, outcomes: Mapping[str, int]) -> Mapping[str, int]:
        faults: list[Fault] = [
            ((name,), "percent_range", f"{share} is no share", "use a whole number, 1 to 100")
            for name, share in outcomes.items()
            if not 1 <= share <= 100
        ]
        total = sum(outcomes.values())
        if outcomes and not faults and total != 100:
            faults.append(((), "share_sum", f"shares sum to {total}", "they must sum to 100"))
        if faults:
            raise broken_at(faults)
        return outcomes

    @property
    def expected_micro(self) -> dict[str, int]:
        """Expected mark of each level in millionths."""
        return {level: to_micro(mark) for level, mark in self.expected.items()}


class Rubric(FromFile):
    """One rubric: what is measured, on which scale, for which outcomes."""

    schema_: Literal[1] = Field(alias="schema")
    id: str
    version: int
    title: str
    applies_to: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    marks: Literal["relative", "absolute"] = "relative"
    scale: MarkScale
    weights: Literal["from_outcomes"] | None = None
    criteria: tuple[Criterion, ...]

    @property
    def criterion_ids(self) -> tuple[str, ...]:
        return tuple(criterion.id for criterion in self.criteria)

    @field_validator("id")
    @classmethod
    def _id(cls, name: str) -> str:
        return check_id(name)

    @field_validator("applies_to")
    @classmethod
    def _columns(cls, applies_to: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        faults: list[Fault] = []
        for name, values in applies_to.items():
            if name not in APPLIES_TO:
                fix = f"allowed: {', '.join(APPLIES_TO)}"
                faults.append(((name,), "applies_to_column", f"'{name}' cannot decide", fix))
            elif not values:
                faults.append(((name,), "applies_to_empty", "the list is empty", "fill it in"))
            elif name == MANAGES_PEOPLE:
                fix = 'write ["yes"] or ["no"]'
                faults += [
                    ((name, i), "not_yes_or_no", f"'{value}' is neither yes nor no", fix)
                    for i, value in enumerate(values)
                    if value not in _YES_NO
                ]
        if faults:
            raise broken_at(faults)
        return applies_to

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.criteria:
            fix = "add at least one criterion"
            raise broken_at([(("criteria",), "no_criteria", "no criterion is given", fix)])
        faults = [*check_unique(self.criterion_ids, "criteria"), *self._weight_faults()]
        for i, criterion in enumerate(self.criteria):
            faults += self._criterion_faults(("criteria", i), criterion)
        if faults:
            raise broken_at(faults)
        return self

    def _weight_faults(self) -> Iterator[Fault]:
        given = [criterion.weight for criterion in self.criteria]
        if self.weights == "from_outcomes":
            for i, weight in enumerate(given):
                if weight is not None:
                    what = "a weight stands beside weights: from_outcomes"
                    yield ("criteria", i, "weight"), "weight_beside_outcomes", what, "remove one"
            return
        absent = [i for i, weight in enumerate(given) if weight is None]
        for i in absent:
            fix = "give a whole number, or set weights: from_outcomes"
            yield ("criteria", i, "weight"), "missing_key", "the key is missing", fix
        total = sum(weight or 0 for weight in given)
        if not absent and total != 100:
            yield ("criteria",), "weight_sum", f"weights sum to {total}", "they must sum to 100"

    def _criterion_faults(self, path: KeyPath, criterion: Criterion) -> Iterator[Fault]:
        allowed = f"the scale allows {self.scale.lowest} to {self.scale.highest}"
        for level, mark in criterion.expected.items():
            if not self.scale.holds(mark):
                what = f"{mark} is outside the scale"
                yield (*path, "expected", level), "expected_out_of_scale", what, allowed
        for mark in criterion.levels:
            if not self.scale.holds(mark):
                key = int(mark) if mark == int(mark) else str(mark)
                what = f"mark {mark} is outside the scale"
                yield (*path, "levels", key), "level_out_of_scale", what, allowed
        if self.marks == "absolute" and not criterion.expected:
            what = "marks: absolute needs the expected mark of each level"
            yield (*path, "expected"), "expected_missing", what, "add expected: {L3: 3, …}"
        if self.weights == "from_outcomes" and not criterion.outcomes:
            what = "weights: from_outcomes needs the outcomes of each criterion"
            yield (*path, "outcomes"), "outcomes_missing", what, "add outcomes: {id: 100}"


def criterion_weights(rubric: Rubric, strategy: Strategy | None) -> tuple[Fraction, ...]:
    r"""Return the exact weight of each criterion of a rubric.

    .. math:: w_k = \frac{\sum_o v_o s_{ko}}{\sum_k \sum_o v_o s_{ko}}

    with ``weights: from_outcomes``; otherwise w_k is the declared percent over 100.

    Parameters
    ----------
    rubric
        K criteria; s_ko is the percent share of outcome o in criterion k.
    strategy
        v_o is the worth of outcome o, its weight by days in force; needed for
        ``from_outcomes`` alone.

    Returns
    -------
    (K,) fractions that sum to exactly 1.

    Raises
    ------
    InputError
        If ``from_outcomes`` has no strategy, or all its weights are 0.

    Examples
    --------
    >>> rubric = Rubric.model_validate({
    ...     "schema": 1, "id": "r", "version": 1, "title": "R",
    ...     "scale": {"lowest": 1, "highest": 5},
    ...     "criteria": ({"id": "a", "label": "A", "weight": 25},
    ...                  {"id": "b", "label": "B", "weight": 75})})
    >>> criterion_weights(rubric, None)
    (Fraction(1, 4), Fraction(3, 4))
    """
    if rubric.weights is None:
        parts = [Fraction(criterion.weight or 0) for criterion in rubric.criteria]
    else:
        worth = strategy.worth if strategy is not None else {}
        parts = [
            sum((worth.get(o, NOTHING) * share for o, share in k.outcomes.items()), NOTHING)
            for k in rubric.criteria
        ]
    total = sum(parts, Fraction())
    if not total:
        what = "weights: all criteria weigh 0"
        fix = "name a strategy whose outcomes weigh something"
        raise InputError([Problem(rubric.file, None, "weights", "weight_sum", what, fix,
                                  whole=True)])  # fmt: skip
    return tuple(part / total for part in parts)


def step_micro(scale: MarkScale) -> int:
    """Return the step in millionths; 0 allows any mark.

    Examples
    --------
    >>> step_micro(MarkScale.model_validate({"lowest": 1, "highest": 5, "step": "any"}))
    0
    """
    return int(scale.step * MICRO)
