"""The ``audit`` of a cycle: what is compared, with what, and by which rule packs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self

from pydantic import Field, field_validator, model_validator

from calibrate.config.explain import Fault, Strict, broken, broken_at
from calibrate.config.names import CONTROL_COLUMNS, is_protected_name, say_known
from calibrate.config.strict_yaml import KeyPath


class Favourable(Strict):
    """Bands whose share the audit compares between groups."""

    bands: tuple[str, ...]

    @field_validator("bands")
    @classmethod
    def _some(cls, bands: tuple[str, ...]) -> tuple[str, ...]:
        if not bands or len(set(bands)) < len(bands):
            raise broken("favourable_bands", "no band, or one twice", "name each band once")
        return bands


class Categories(Strict):
    """Which attribute holds a category that a rule pack asks for; absent: found by its name."""

    sex: str | None = None
    race_ethnicity: str | None = None


class Audit(Strict):
    """What the audit compares; ``attributes`` None means every column of the file."""

    attributes: tuple[str, ...] | None = None
    intersections: tuple[tuple[str, ...], ...] = ()
    references: Mapping[str, str] = Field(default_factory=dict)
    controls: tuple[str, ...] | None = None
    favourable: Favourable | None = None
    rules: str | tuple[str, ...] = "us-2026"
    categories: Categories = Field(default_factory=Categories)

    @property
    def packs(self) -> tuple[str, ...]:
        """Names of the rule packs; the first one's bounds hold for the verdicts."""
        return (self.rules,) if isinstance(self.rules, str) else self.rules

    @field_validator("rules")
    @classmethod
    def _each_pack_once(cls, rules: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if not rules or (not isinstance(rules, str) and len(set(rules)) < len(rules)):
            raise broken("rules_list", "no rule pack, or one twice", "name each pack once")
        return rules

    @model_validator(mode="after")
    def _known_attributes(self) -> Self:
        faults: list[Fault] = []
        for i, crossed in enumerate(self.intersections):
            path: KeyPath = ("intersections", i)
            if len(crossed) < 2 or len(set(crossed)) < len(crossed):
                what = "an intersection needs two names"
                faults.append((path, "intersection_size", what, "write [gender, ethnicity]"))
            for j, name in enumerate(crossed):
                faults += self._check_attribute((*path, j), name)
        for name in self.references:
            faults += self._check_attribute(("references", name), name)
        for category in Categories.model_fields:
            chosen = getattr(self.categories, category)
            if chosen is not None:
                faults += self._check_attribute(("categories", category), chosen)
        for i, name in enumerate(self.controls or ()):
            faults += self._check_control(("controls", i), name)
        if faults:
            raise broken_at(faults)
        return self

    def _check_attribute(self, path: KeyPath, name: str) -> Iterator[Fault]:
        if self.attributes is not None and name not in self.attributes:
            what = f"'{name}' is not among audit.attributes"
            yield path, "unknown_attribute", what, say_known(name, self.attributes)

    def _check_control(self, path: KeyPath, name: str) -> Iterator[Fault]:
        if is_protected_name(name, self.attributes or ()):
            what = f"'{name}' is an attribute and cannot be a control"
            yield path, "attribute_control", what, "remove it from the controls"
        elif name not in CONTROL_COLUMNS:
            what = f"'{name}' is no column to control for"
            yield path, "unknown_control", what, say_known(name, CONTROL_COLUMNS)
