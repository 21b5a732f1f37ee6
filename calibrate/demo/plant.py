"""The plant file: which severities, disparities and idle outcomes the invented company gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn, Self

from pydantic import Field, field_validator, model_validator

from calibrate.config import say_known
from calibrate.config.explain import Fault, Number, Strict, broken, broken_at, build_model
from calibrate.config.strict_yaml import Document, KeyPath, read_document
from calibrate.demo.catalogue import ATTRIBUTES, SOURCES
from calibrate.errors import InputError

#: Points of one severity or disparity; more would leave the scale of 0 to 100.
LARGEST_POINTS = 50.0


def _check_points(points: float) -> float:
    if not -LARGEST_POINTS <= points <= LARGEST_POINTS:
        raise broken(
            "points_range", f"{points:g} points", f"stay within -{LARGEST_POINTS:g} and 50"
        )
    return points


class PlantedSeverity(Strict):
    """One rater by id, or so many managers chosen by the seed; positive is harsher."""

    rater: str | None = None
    managers: int | None = None
    points: Number

    _points = field_validator("points")(_check_points)

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.rater is None) == (self.managers is None):
            what = "neither rater nor managers" if self.rater is None else "rater and managers"
            raise broken("planted_rater", what, "name a rater's id, or a number of managers")
        if self.managers is not None and self.managers < 1:
            fault = (("managers",), "planted_rater", f"{self.managers} managers", "write 1 or more")
            raise broken_at([fault])
        return self


class PlantedDisparity(Strict):
    """Raters of one source mark one group higher or lower, all else equal; negative is lower."""

    attribute: str
    group: str
    source: str
    points: Number

    _points = field_validator("points")(_check_points)

    @model_validator(mode="after")
    def _known(self) -> Self:
        faults: list[Fault] = []
        if self.attribute not in ATTRIBUTES:
            fix = say_known(self.attribute, tuple(ATTRIBUTES))
            what = f"'{self.attribute}' is no attribute of the invented company"
            faults.append((("attribute",), "unknown_attribute", what, fix))
        else:
            groups = [group for group in ATTRIBUTES[self.attribute] if group]
            if self.group not in groups:
                what = f"'{self.group}' is no group of {self.attribute}"
                faults.append((("group",), "unknown_group", what, say_known(self.group, groups)))
        if self.source not in SOURCES or self.source == "self":
            others = tuple(source for source in SOURCES if source != "self")
            what = f"'{self.source}' is no source of the invented company"
            faults.append((("source",), "unknown_source", what, say_known(self.source, others)))
        if faults:
            raise broken_at(faults)
        return self


class UnservedOutcome(Strict):
    """An outcome of the strategy that no criterion and no goal names."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    title: str = Field(min_length=1)
    perspective: Literal["financial", "customer", "process", "learning"]
    weight: int = Field(ge=1, le=50)


class Deviations(Strict):
    """Standard deviations in points; one mark is 25 points."""

    employee: Number = 10.0
    unit: Number = 5.0
    severity: Number = 8.0
    residual: Mapping[str, Number] = Field(
        default_factory=lambda: {
            "manager": 9.0, "peer": 10.0, "direct_report": 11.0, "self": 10.0
        }
    )  # fmt: skip
    criterion_of_employee: Number = 4.0
    criterion_within_form: Number = 8.0

    @model_validator(mode="after")
    def _in_bounds(self) -> Self:
        faults: list[Fault] = []
        for name in self.residual:
            if name not in SOURCES:
                what = f"'{name}' is no source of the invented company"
                fix = say_known(name, SOURCES)
                faults.append((("residual", name), "unknown_source", what, fix))
        for name in SOURCES:
            if name not in self.residual:
                fix = "give all of them, or leave residual out"
                faults.append((("residual",), "missing_source", f"{name} is missing", fix))
        for path, value in self._each():
            if not 0 <= value <= LARGEST_POINTS:
                fix = f"write points from 0 to {LARGEST_POINTS:g}"
                faults.append((path, "points_range", f"{value:g} points", fix))
        if faults:
            raise broken_at(faults)
        return self

    def _each(self) -> Iterator[tuple[KeyPath, float]]:
        for name in type(self).model_fields:
            if name != "residual":
                yield (name,), getattr(self, name)
        yield from ((("residual", name), value) for name, value in self.residual.items())


class Plant(Strict):
    """What is planted; every key but ``schema`` may be left out."""

    schema_: Literal[1] = Field(alias="schema")
    standard_deviations: Deviations = Field(default_factory=Deviations)
    severities: tuple[PlantedSeverity, ...] = ()
    disparities: tuple[PlantedDisparity, ...] = ()
    unserved_outcomes: tuple[UnservedOutcome, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        faults: list[Fault] = []
        for key, names in (
            ("severities", [one.rater for one in self.severities]),
            ("unserved_outcomes", [one.id for one in self.unserved_outcomes]),
        ):
            for i, name in enumerate(names):
                if name is not None and name in names[:i]:
                    faults.append(((key, i), "planted_twice", f"'{name}' again", "keep one"))
        weight = sum(one.weight for one in self.unserved_outcomes)
        if weight > 50:
            what, fix = f"the weights sum to {weight}", "keep their sum within 50"
            faults.append((("unserved_outcomes",), "weight_sum", what, fix))
        if faults:
            raise broken_at(faults)
        return self


@dataclass(frozen=True)
class Planting:
    """A plant file as read; ``is_asked`` is false for the one that ships with the program.

    What somebody asked for is planted or refused. Of the shipped file, a very
    small company gets as many severities as it has managers for.
    """

    plant: Plant
    document: Document
    is_asked: bool

    def refuse(self, path: KeyPath, rule: str, what: str, fix: str) -> NoReturn:
        """Refuse what does not fit the company that was drawn.

        Raises
        ------
        InputError
            Always; it names key path and line.
        """
        raise InputError([self.document.problem(path, rule, what, fix)])


def read_planting(path: Path, *, is_asked: bool) -> Planting:
    """Read a plant file.

    Raises
    ------
    InputError
        Listing every fault with key path, line, what is wrong and what is allowed.
    """
    document = read_document(path, path.name)
    plant, problems = build_model(Plant, document)
    if plant is None:
        raise InputError(sorted(problems, key=lambda p: (p.row or 0, p.column)))
    return Planting(plant, document, is_asked)
