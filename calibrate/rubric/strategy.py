"""strategy.yaml → Strategy: the outcomes a company wants, and what each one weighs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    PrivateAttr,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from calibrate.config.explain import Number, Strict, broken, broken_at
from calibrate.rubric.checks import check_id, check_percent, check_unique
from calibrate.rubric.from_file import FromFile
from calibrate.rubric.strategy_checks import (
    check_days,
    check_kpis,
    check_owners,
    check_parents,
    check_replaced,
    check_weights,
)


class Kpi(Strict):
    """A figure by which an outcome is judged; ``history`` is cycle → value, in order of time."""

    id: str
    title: str
    unit: str = ""
    baseline: Number | None = None
    target: Number | None = None
    actual: Number | None = None
    direction: Literal["up", "down"] = "up"
    history: Mapping[str, Number] = Field(default_factory=dict)

    @field_validator("id")
    @classmethod
    def _id(cls, name: str) -> str:
        return check_id(name)


def _one_parent(value: Any) -> Any:
    if isinstance(value, tuple | list):
        named = ", ".join(f"'{name}'" for name in value) or "an empty list"
        fix = "name the one it serves most, or take the key away"
        raise broken("two_parents", f"an outcome has one parent, and here stands {named}", fix)
    return value


class Outcome(Strict):
    """What the company wants to reach; ``weight`` in percent.

    ``valid_from`` and ``valid_to`` are its first and last day; ``replaces`` is the id of the
    outcome whose place it takes.
    """

    id: str
    title: str
    perspective: Literal["financial", "customer", "process", "learning"]
    weight: int
    owner: str | None = None
    parent: Annotated[
        str | None,
        BeforeValidator(_one_parent),
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "null"}]}),
    ] = None
    valid_from: date | None = None
    valid_to: date | None = None
    replaces: str | None = None
    kpis: tuple[Kpi, ...] = ()

    @field_validator("weight")
    @classmethod
    def _percent(cls, weight: int) -> int:
        return check_percent(weight, lowest=0)

    @field_validator("id")
    @classmethod
    def _id(cls, name: str) -> str:
        return check_id(name)


class Strategy(FromFile):
    """All outcomes; the weights in force on any one day sum to 100."""

    schema_: Literal[1] = Field(alias="schema")
    id: str
    outcomes: tuple[Outcome, ...]

    _worth: Mapping[str, Fraction] | None = PrivateAttr(default=None)

    @property
    def outcome_ids(self) -> tuple[str, ...]:
        return tuple(outcome.id for outcome in self.outcomes)

    @property
    def worth(self) -> Mapping[str, Fraction]:
        """Weight of each outcome in percent, by the days in force within the cycle.

        A strategy that no cycle has loaded does not know the days: then it is the
        declared weight.
        """
        if self._worth is not None:
            return self._worth
        return {outcome.id: Fraction(outcome.weight) for outcome in self.outcomes}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        wrong_days = [*check_days(self.outcomes)]
        faults = [
            *check_unique(self.outcome_ids, "outcomes"),
            *check_owners(self.outcomes),
            *check_parents(self.outcomes),
            *wrong_days,
            *check_replaced(self.outcomes),
            *check_kpis(self.outcomes),
            # Where an outcome ends before it begins, nobody knows which days lack its weight.
            *([] if wrong_days else check_weights(self.outcomes)),
        ]
        if faults:
            raise broken_at(faults)
        return self
