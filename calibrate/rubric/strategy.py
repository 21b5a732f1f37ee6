"""strategy.yaml → Strategy: the outcomes a company wants, and what each one weighs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr, field_validator, model_validator

from calibrate.config.explain import Number, Strict, broken, broken_at
from calibrate.rubric.checks import check_id, check_percent, check_unique
from calibrate.rubric.from_file import FromFile
from calibrate.rubric.strategy_rules import find_faults


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


def _one_parent(parent: object) -> object:
    if isinstance(parent, list | tuple):
        named = " and ".join(str(name)[:40] for name in parent[:4])
        fix = "name the one it serves most; what serves both is two outcomes"
        raise broken("two_parents", f"an outcome has one parent; here stand {named}", fix)
    return parent


class Outcome(Strict):
    """What the company wants to reach; ``weight`` in percent.

    ``valid_from`` and ``valid_to`` are both inclusive; a weight that changes within a cycle
    is another outcome that ``replaces`` this one.
    """

    id: str
    title: str
    perspective: Literal["financial", "customer", "process", "learning"]
    weight: int
    owner: str | None = None
    parent: Annotated[str | None, BeforeValidator(_one_parent)] = None
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
    """All outcomes; the weights of those in force sum to 100 on every day."""

    schema_: Literal[1] = Field(alias="schema")
    id: str
    outcomes: tuple[Outcome, ...]
    _days: tuple[date, date] | None = PrivateAttr(default=None)

    @property
    def outcome_ids(self) -> tuple[str, ...]:
        return tuple(outcome.id for outcome in self.outcomes)

    @property
    def worth(self) -> Mapping[str, Fraction]:
        """Outcome → weight in percent, by the days of the cycle on which it is in force."""
        return {
            outcome.id: outcome.weight * outcome.share_of(self._days) for outcome in self.outcomes
        }

    @model_validator(mode="after")
    def _whole(self) -> Self:
        faults = [*check_unique(self.outcome_ids, "outcomes"), *find_faults(self.outcomes)]
        if faults:
            raise broken_at(faults)
        return self
