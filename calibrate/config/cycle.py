"""cycle.yaml → Cycle: every key, its default and what it may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    PrivateAttr,
    field_serializer,
    field_validator,
    model_validator,
)

from calibrate.config.audit import Audit
from calibrate.config.explain import Exact, Fault, Number, Strict, broken, broken_at, to_micro
from calibrate.config.inputs import Inputs
from calibrate.config.names import (
    SOURCES,
    say_known,
)
from calibrate.language import LANGUAGES
from calibrate.language.formats import find_formats

Percent = tuple[Number, Number]


class LabelScale(Strict):
    """Labels turned into marks: a declared, versioned scale."""

    version: int
    marks: Mapping[str, Exact]
    nulls: tuple[str, ...] = ()

    @field_validator("marks")
    @classmethod
    def _some_marks(cls, marks: Mapping[str, Exact]) -> Mapping[str, Exact]:
        if not marks:
            raise broken("no_marks", "no label is given", 'write labels such as {"Meets": 3}')
        return marks

    @model_validator(mode="after")
    def _labels_once(self) -> Self:
        both = sorted(set(self.nulls) & set(self.marks))
        if both:
            what = f"'{both[0]}' is a mark and a null label too"
            raise broken_at([(("nulls",), "label_twice", what, "keep one of the two")])
        return self

    @property
    def marks_micro(self) -> dict[str, int]:
        return {label: to_micro(mark) for label, mark in self.marks.items()}


class DisplayScale(Strict):
    """The scale on which points 0 to 100 are shown to readers."""

    lowest: Number = 1.0
    highest: Number = 5.0

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if not self.lowest < self.highest:
            raise broken(
                "scale_order", f"lowest {self.lowest:g} is not below highest {self.highest:g}",
                "swap or change them",
            )  # fmt: skip
        return self


class SourceConfig(Strict):
    """How many peer forms one form of this source counts for."""

    weight: Number

    @field_validator("weight")
    @classmethod
    def _not_negative(cls, weight: float) -> float:
        if weight < 0:
            raise broken("weight_negative", f"weight is {weight:g}", "use a number from 0 upwards")
        return weight


class Assumed(Strict):
    """What is declared about forms that nobody can compare; it makes intervals, no score."""

    rater_share: Percent
    reliability: Number

    @field_validator("rater_share")
    @classmethod
    def _ascending(cls, rater_share: Percent) -> Percent:
        if not 0 <= rater_share[0] <= rater_share[1] <= 1:
            what = f"{rater_share[0]:g} to {rater_share[1]:g} is no range of shares"
            fix = "write [low, high] with 0 <= low <= high <= 1, such as [0.3, 0.6]"
            raise broken("share_range", what, fix)
        return rater_share

    @field_validator("reliability")
    @classmethod
    def _inside(cls, reliability: float) -> float:
        if not 0 <= reliability < 1:
            what, fix = f"reliability is {reliability:g}", "use a number from 0 to below 1: 0.5"
            raise broken("reliability_range", what, fix)
        return reliability


class Effects(Strict):
    """How rater effects are estimated."""

    model: Literal["linear", "ordinal", "none"] = "linear"
    unit: Literal["team", "department", "none"] | None = None
    interval: Number = 0.90
    min_link: Number = 0.2
    assumed: Assumed | None = None

    @field_validator("interval")
    @classmethod
    def _inside(cls, interval: float) -> float:
        if not 0 < interval < 1:
            raise broken(
                "interval_range", f"interval is {interval:g}", "use a level between 0 and 1: 0.9"
            )
        return interval

    @field_validator("min_link")
    @classmethod
    def _share(cls, min_link: float) -> float:
        if not 0 <= min_link <= 1:
            raise broken("min_link_range", f"min_link is {min_link:g}", "use a number from 0 to 1")
        return min_link


class Bands(Strict):
    """Names of the bands from low to high, and the points that part them."""

    labels: tuple[str, ...] = ("Below", "Developing", "Meets", "Exceeds", "Outstanding")
    cuts: tuple[Exact, ...] = (Decimal(30), Decimal(45), Decimal(65), Decimal(85))

    @field_validator("labels")
    @classmethod
    def _labels(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        if len(labels) < 2:
            raise broken("too_few_bands", f"{len(labels)} label", "name at least two bands")
        if len(set(labels)) < len(labels) or any(not label.strip() for label in labels):
            raise broken("band_labels", "a label is blank or stands twice", "make each its own")
        return labels

    @field_validator("cuts")
    @classmethod
    def _cuts(cls, cuts: tuple[Exact, ...]) -> tuple[Exact, ...]:
        if any(not 0 <= cut <= 100 for cut in cuts):
            raise broken("cut_range", "a cut is outside 0 to 100", "cuts are points, 0 to 100")
        if any(low >= high for low, high in pairwise(cuts)):
            raise broken("cut_order", "cuts do not ascend", "order them from low to high")
        return cuts

    @model_validator(mode="after")
    def _one_more(self) -> Self:
        if len(self.labels) != len(self.cuts) + 1:
            raise broken(
                "band_count", f"{len(self.labels)} labels and {len(self.cuts)} cuts",
                "give one cut fewer than labels",
            )  # fmt: skip
        return self

    @property
    def cuts_micro(self) -> tuple[int, ...]:
        """Cuts in millionths of a point; a score on a cut belongs above it."""
        return tuple(to_micro(cut) for cut in self.cuts)


class Guideline(Strict):
    """Shares the company expects in each band; never a quota by itself."""

    mode: Literal["soft", "hard", "none"] = "soft"
    scope: Literal["company", "session", "department", "manager"] = "session"
    shares: Mapping[str, Percent] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _shares(self) -> Self:
        faults: list[Fault] = []
        for band, (low, high) in self.shares.items():
            if not 0 <= low <= high <= 1:
                what = f"{low:g} to {high:g} is no range of shares"
                fix = "write [low, high] with 0 <= low <= high <= 1"
                faults.append((("shares", band), "share_range", what, fix))
        if self.mode != "none" and not self.shares:
            fix = "add shares, or set mode: none"
            faults.append(((), "no_shares", "no band has a share", fix))
        lowest = sum(low for low, _ in self.shares.values())
        # Decimal fractions such as 0.1 + 0.2 overshoot 1 by rounding alone.
        if not faults and lowest > 1 + 1e-9:
            what = f"the low ends sum to {lowest:g}"
            faults.append((("shares",), "share_sum", what, "keep them within 1"))
        if faults:
            raise broken_at(faults)
        return self


class Agenda(Strict):
    """Time of one calibration session, in minutes."""

    minutes: Number = 90.0
    minutes_per_person: Number = 3.0

    @field_validator("minutes", "minutes_per_person")
    @classmethod
    def _positive(cls, minutes: float) -> float:
        if minutes <= 0:
            raise broken("minutes_range", f"{minutes:g} minutes", "use a number above 0")
        return minutes


class Cadence(Strict):
    """What was agreed about talks: days between two check-ins at most."""

    checkin_days: int = 30

    @field_validator("checkin_days")
    @classmethod
    def _positive(cls, days: int) -> int:
        if not 1 <= days <= 366:
            raise broken("cadence_range", f"{days} days", "use a whole number, 1 to 366")
        return days


class Privacy(Strict):
    """Smallest numbers of people behind a shown figure."""

    min_peers: int = 3
    min_cell: int = 10

    @field_validator("min_peers", "min_cell")
    @classmethod
    def _at_least_one(cls, people: int) -> int:
        if people < 1:
            raise broken("privacy_range", f"{people} people", "use a whole number from 1")
        return people


def _default_sources() -> dict[str, SourceConfig]:
    weights = dict.fromkeys(SOURCES, 1.0) | {"manager": 2.0, "self": 0.0}
    return {source: SourceConfig(weight=weight) for source, weight in weights.items()}


def _known_language(value: object) -> object:
    known = ", ".join(LANGUAGES)
    if not isinstance(value, str):
        raise broken("not_yet", "the language is no word", f"write one of {known}")
    if value not in LANGUAGES:
        raise broken("not_yet", f"language '{value}' is not available yet", f"write one of {known}")
    return value


def _known_formats(value: object) -> object:
    if isinstance(value, str) and value:
        try:
            find_formats(value)
        except ValueError as error:
            fix = "write a language and a country such as de-CH or en-GB"
            raise broken("unknown_formats", str(error), fix) from error
    return value


class Cycle(Strict):
    """One review cycle as its file describes it; ``path`` is where the file stands."""

    schema_: Literal[1] = Field(alias="schema")
    cycle: str
    title: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    inputs: Inputs
    strategy: str | None = None
    rubrics: tuple[str, ...]
    scales: Mapping[str, LabelScale] = Field(default_factory=dict)
    display_scale: DisplayScale = Field(default_factory=DisplayScale)
    sources: Mapping[str, SourceConfig] = Field(default_factory=_default_sources)
    effects: Effects = Field(default_factory=Effects)
    bands: Bands = Field(default_factory=Bands)
    guideline: Guideline | None = None
    show_suggested: Literal["never", "after_proposal", "always"] = "after_proposal"
    language: Annotated[Literal["en", "de"], BeforeValidator(_known_language)] = "en"
    formats: Annotated[str, BeforeValidator(_known_formats)] = ""
    agenda: Agenda = Field(default_factory=Agenda)
    cadence: Cadence = Field(default_factory=Cadence)
    privacy: Privacy = Field(default_factory=Privacy)
    audit: Audit = Field(default_factory=Audit)
    packets: tuple[Literal["session", "manager", "audit", "executive"], ...] = (
        "session", "manager", "audit", "executive",
    )  # fmt: skip
    on_problem: Literal["stop", "quarantine"] = "stop"
    seed: int = 0
    paper: Literal["A4", "Letter"] = "A4"
    theme: str | None = None

    _path: Path = PrivateAttr(default=Path("cycle.yaml"))

    @property
    def path(self) -> Path:
        return self._path

    @property
    def folder(self) -> Path:
        return self._path.parent

    def resolve(self, name: str) -> Path:
        """Return where a file named in the cycle stands: paths are relative to the cycle file."""
        return self.folder / name

    @property
    def attribute_names(self) -> tuple[str, ...]:
        """Names that may stand in the attributes file alone, as far as they are declared."""
        return self.audit.attributes or ()

    @field_validator("cycle")
    @classmethod
    def _folder_name(cls, cycle: str) -> str:
        if len(cycle) > 64 or not re.fullmatch(r"\w(?:[\w .-]*[\w-])?", cycle):
            raise broken(
                "cycle_name", f"'{cycle[:64]}' cannot name a folder",
                "use up to 64 letters, digits, - _ . such as 2026-H2",
            )  # fmt: skip
        return cycle

    @field_validator("theme")
    @classmethod
    def _theme(cls, theme: str | None) -> str | None:
        if theme is not None and not theme.strip():
            raise broken("theme_folder", "no folder is named", "name the folder of theme.yaml")
        return theme

    @field_serializer("theme")
    def _say_theme(self, theme: str | None) -> str | None:
        # A theme may lie on a drive that all cycles share; no file of a run names a place.
        return Path(theme).name if theme and Path(theme).is_absolute() else theme

    @field_validator("rubrics")
    @classmethod
    def _rubrics(cls, rubrics: tuple[str, ...]) -> tuple[str, ...]:
        if not rubrics or len(set(rubrics)) < len(rubrics):
            raise broken("rubric_list", "no rubric, or one twice", "name each rubric file once")
        return rubrics

    @field_validator("sources")
    @classmethod
    def _sources(cls, sources: Mapping[str, SourceConfig]) -> Mapping[str, SourceConfig]:
        faults: list[Fault] = []
        for name, source in sources.items():
            if name not in SOURCES:
                fix = say_known(name, SOURCES)
                faults.append(((name,), "unknown_source", f"'{name}' is no source", fix))
            if name == "self" and source.weight > 0:
                what = f"weight is {source.weight:g}"
                fix = "write 0: self forms are shown and compared, never scored"
                faults.append((("self", "weight"), "self_scored", what, fix))
        if not any(source.weight > 0 for source in sources.values()):
            fix = "give one a weight above 0"
            faults.append(((), "no_scored_source", "no source has a weight", fix))
        if faults:
            raise broken_at(faults)
        return sources

    @field_validator("seed")
    @classmethod
    def _seed(cls, seed: int) -> int:
        if not 0 <= seed < 2**63:
            raise broken("seed_range", f"seed is {seed}", "use a whole number from 0")
        return seed

    @field_validator("packets")
    @classmethod
    def _packets(cls, packets: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(packets)) < len(packets):
            raise broken("packet_twice", "a packet stands twice", "name each packet once")
        return packets
