"""strategy.yaml → Strategy: the outcomes a company wants, and what each one weighs."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from calibrate.config import say_known
from calibrate.config.explain import Fault, Number, Strict, broken_at
from calibrate.rubric.checks import check_id, check_percent, check_unique
from calibrate.rubric.from_file import FromFile


class Kpi(Strict):
    """A figure by which an outcome is judged."""

    id: str
    title: str
    unit: str = ""
    baseline: Number | None = None
    target: Number | None = None
    actual: Number | None = None
    direction: Literal["up", "down"] = "up"


class Outcome(Strict):
    """What the company wants to reach; ``weight`` in percent."""

    id: str
    title: str
    perspective: Literal["financial", "customer", "process", "learning"]
    weight: int
    owner: str | None = None
    parent: str | None = None
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
    """All outcomes; their weights sum to 100."""

    schema_: Literal[1] = Field(alias="schema")
    id: str
    outcomes: tuple[Outcome, ...]

    @property
    def outcome_ids(self) -> tuple[str, ...]:
        return tuple(outcome.id for outcome in self.outcomes)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        faults = [*check_unique(self.outcome_ids, "outcomes"), *self._parent_faults()]
        total = sum(outcome.weight for outcome in self.outcomes)
        if total != 100:
            what = f"weights sum to {total}"
            faults.append((("outcomes",), "weight_sum", what, "they must sum to 100"))
        if faults:
            raise broken_at(faults)
        return self

    def _parent_faults(self) -> list[Fault]:
        parents = {outcome.id: outcome.parent for outcome in self.outcomes}
        faults: list[Fault] = []
        for i, outcome in enumerate(self.outcomes):
            if outcome.parent is None:
                continue
            if outcome.parent not in parents:
                what = f"'{outcome.parent}' is no outcome"
                fix = say_known(outcome.parent, self.outcome_ids)
                faults.append((("outcomes", i, "parent"), "unknown_parent", what, fix))
            elif _is_in_loop(outcome.id, parents):
                what = f"the parents of '{outcome.id}' lead back to it"
                faults.append((("outcomes", i, "parent"), "parent_loop", what, "correct one"))
        return faults


def _is_in_loop(start: str, parents: dict[str, str | None]) -> bool:
    seen = {start}
    node = parents.get(start)
    while node is not None and node not in seen:
        seen.add(node)
        node = parents.get(node)
    return node == start
