"""What every packet shares: its head, its people, its bands and its scale."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import TypeVar

from calibrate.bands import SMALL_COMPANY
from calibrate.report.document import MOST_ROWS, Head, say_cut
from calibrate.report.material import Material, Row, RubricInfo
from calibrate.report.privacy import hides_marks
from calibrate.report.words import Display, say_range, write_date, write_number, write_percent

MICRO = 1_000_000

T = TypeVar("T")


@dataclass(frozen=True)
class Item:
    """A term and what it means, or a label and its value."""

    label: str
    text: str


@dataclass(frozen=True)
class RubricNote:
    """A rubric and the hash of its file, as each packet prints it."""

    title: str
    version: str
    sha256: str


@dataclass(frozen=True)
class Company:
    """The material with the look-ups that every view needs."""

    material: Material

    @cached_property
    def display(self) -> Display:
        scale = self.material.cycle.display_scale
        return Display(float(scale.lowest), float(scale.highest))

    @cached_property
    def labels(self) -> tuple[str, ...]:
        return tuple(self.material.cycle.bands.labels)

    @cached_property
    def cuts(self) -> tuple[float, ...]:
        return tuple(cut / MICRO for cut in self.material.cycle.bands.cuts_micro)

    @cached_property
    def ticks(self) -> tuple[str, ...]:
        values = [self.display.value(at) for at in (0, 25, 50, 75, 100)]
        decimals = 0 if all(float(v).is_integer() for v in values) else 1
        return tuple(write_number(v, decimals) for v in values)

    @cached_property
    def interval(self) -> str:
        return write_percent(float(self.material.cycle.effects.interval))

    @cached_property
    def z(self) -> float:
        """Half-width of an interval in standard errors."""
        return NormalDist().inv_cdf((1 + float(self.material.cycle.effects.interval)) / 2)

    @cached_property
    def min_peers(self) -> int:
        return int(self.material.cycle.privacy.min_peers)

    @cached_property
    def is_small(self) -> bool:
        """Do bands follow the raw score because few people are rated?"""
        return int(self.material.tables["scores"]["raw_score"].notna().sum()) < SMALL_COMPANY

    @cached_property
    def hides_marks(self) -> bool:
        """Do raters differ enough for a score without severity to tell little of a mark?"""
        variance = self.material.tables["variance"]
        return hides_marks(dict(zip(variance["term"], variance["variance"].fillna(0), strict=True)))

    def find_band(self, points: float) -> int:
        """Index of the band; a score on a cut belongs above it, compared as integers."""
        return bisect_right(self.material.cycle.bands.cuts_micro, round(points * MICRO))

    def shade(self, points: float | None) -> str:
        """Heat class 1 (lightest, lowest band) to 5 (darkest, highest band)."""
        if points is None:
            return "heat-none"
        top = max(len(self.labels) - 1, 1)
        return f"heat-{1 + round(4 * self.find_band(points) / top)}"

    def find_employee(self, employee_id: str) -> Row:
        return self.material.desk.find_one("employees", "employee_id", employee_id)

    def name(self, employee_id: str | None) -> str:
        if not employee_id:
            return ""
        return str(self.find_employee(employee_id).get("name") or employee_id)

    def describe(self, employee_id: str) -> str:
        """Job family, level and id under a name."""
        employee = self.find_employee(employee_id)
        parts = [employee.get("job_family"), employee.get("level"), employee_id]
        return " · ".join(str(part) for part in parts if part)

    def find_rubric(self, employee_id: str, criteria: Sequence[str]) -> RubricInfo | None:
        """The employee's rubric; where it is not told, the first with all their criteria."""
        named = self.material.rubric_of.get(employee_id)
        for rubric in self.material.rubrics:
            if rubric.id == named:
                return rubric
        for rubric in self.material.rubrics:
            if set(criteria) <= {criterion.id for criterion in rubric.criteria}:
                return rubric
        return None

    def order_criteria(self, employee_id: str, criteria: Sequence[str]) -> dict[str, str]:
        """Criterion id → label, in the rubric's order."""
        rubric = self.find_rubric(employee_id, criteria)
        known = {c.id: c.label for c in rubric.criteria} if rubric else {}
        ordered = {key: label for key, label in known.items() if key in criteria}
        return ordered | {key: key for key in criteria if key not in known}

    def is_revealed(self, proposed: str | None) -> bool:
        """May a suggestion be shown? Evidence comes before it."""
        rule = self.material.cycle.show_suggested
        return rule == "always" or (rule == "after_proposal" and bool(proposed))

    @cached_property
    def rubric_notes(self) -> tuple[RubricNote, ...]:
        return tuple(RubricNote(r.title, r.version, r.sha256) for r in self.material.rubrics)

    @cached_property
    def is_fitted(self) -> bool:
        return bool((self.material.tables["scores"]["link"].isin(["linked", "weak"])).any())


def build_head(
    material: Material, title: str, subtitle: str, *, running: str, classification: str
) -> Head:
    cycle = material.cycle
    dates = [write_date(day) for day in (cycle.starts_on, cycle.ends_on) if day]
    return Head(
        title=title, subtitle=subtitle, running=running, cycle=cycle.title or cycle.cycle,
        dates=say_range(*dates) if len(dates) == 2 else "".join(dates),
        classification=classification, language=cycle.language,
        paper=cycle.paper,
    )  # fmt: skip


def cap_rows(rows: Sequence[T]) -> tuple[tuple[T, ...], str]:
    """Keep the first 300 rows and say what was cut."""
    if len(rows) <= MOST_ROWS:
        return tuple(rows), ""
    return tuple(rows[:MOST_ROWS]), say_cut(MOST_ROWS, len(rows))
