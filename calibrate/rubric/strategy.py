"""strategy.yaml → Strategy: the outcomes a company wants, and what each one weighs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
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
    history: Mapping[str, Number] = Field(default_factory=dict)


class Outcome(Strict):
    """What the company wants to reach; ``weight`` in percent."""

    id: str
    title: str
    perspective: Literal["financial", "customer", "process", "learning"]
    weight: int
    owner: str | None = None
    parent: str | None = None
    kpis: tuple[Kpi, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    replaces: str | None = None

    def share_of(self, days: tuple[date, date] | None) -> Fraction:
        """Share of the days, both ends included, on which the outcome is in force; 1 without days.

        Examples
        --------
        >>> outcome = Outcome.model_validate({"id": "a", "title": "A", "perspective": "process",
        ...                                   "weight": 10, "valid_from": date(2026, 7, 16)})
        >>> outcome.share_of((date(2026, 7, 1), date(2026, 7, 30)))
        Fraction(1, 2)
        """
        if days is None:
            return Fraction(1)
        first = max(days[0], self.valid_from or days[0])
        last = min(days[1], self.valid_to or days[1])
        return Fraction(max((last - first).days + 1, 0), (days[1] - days[0]).days + 1)

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
