"""What the audit is asked about, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from calibrate.audit.background import Background
from calibrate.audit.policy import RulePack, load_rules
from calibrate.config import Cycle

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

#: Order of the stages a rating goes through.
STAGES = ("raw", "calibrated", "proposed", "final")
#: Stages that have a score, not only a band.
SCORED_STAGES = ("raw", "calibrated")


@dataclass(frozen=True)
class Population:
    """Everybody in the cycle and where each stage put them; no attribute is among it.

    Parameters
    ----------
    employee_ids : (I,)
    rated : (I,) bool
        Has a score.
    manager : (I,) code, -1 for nobody; or None
        None where the company has no managers: p-values are then not clustered.
    band_labels : (B,) from low to high
    cuts_micro : (B - 1,) millionths of a point
    scores
        Stage (raw, calibrated) to (I,) millionths of a point, ``MISSING`` for none.
    bands
        Stage to (I,) position of the band, -1 for none. A stage that nobody
        has is absent. Stage ``calibrated`` is the band of the calibrated score.
    quarantined : (I,) rows, or None
        Rows left out of the data for this employee.
    background
        The company around the bands; None where it is not known.

    Raises
    ------
    ValueError
        If an array has another length, a stage another name: a bug of the caller.
    """

    employee_ids: tuple[str, ...]
    rated: BoolArray
    manager: IntArray | None
    band_labels: tuple[str, ...]
    cuts_micro: tuple[int, ...]
    scores: Mapping[str, IntArray]
    bands: Mapping[str, IntArray]
    quarantined: IntArray | None = None
    background: Background | None = None

    def __post_init__(self) -> None:
        columns = [self.rated, *self.scores.values(), *self.bands.values()]
        columns += [c for c in (self.manager, self.quarantined) if c is not None]
        if any(len(column) != len(self.employee_ids) for column in columns):
            raise ValueError("every array of a population has one entry per employee")
        if not (set(self.bands) <= set(STAGES) and set(self.scores) <= set(SCORED_STAGES)):
            raise ValueError("a stage of the population has an unknown name")

    @property
    def stages(self) -> tuple[str, ...]:
        """Stages that somebody has, in order."""
        return tuple(stage for stage in STAGES if stage in self.bands)


@dataclass(frozen=True)
class AuditSettings:
    """What to compare with what, declared before any figure is seen.

    Parameters
    ----------
    attributes
        Which attributes, in order; None takes all of the file.
    intersections
        Attributes to be crossed.
    references
        Attribute to the name of its reference group, or ``largest``.
    favourable
        Positions of the favourable bands.
    min_cell
        Groups below this many people are withheld.
    rules
        Bounds and definitions.
    seed
        Of every random draw of the audit.
    packs
        Every rule pack asked for; ``rules`` is the first.
    categories
        ``sex`` and ``race_ethnicity`` to the attribute that holds them, as declared.
    """

    attributes: tuple[str, ...] | None
    intersections: tuple[tuple[str, ...], ...]
    references: Mapping[str, str]
    favourable: frozenset[int]
    min_cell: int
    rules: RulePack
    seed: int = 0
    packs: tuple[RulePack, ...] = ()
    categories: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def from_cycle(cycle: Cycle) -> AuditSettings:
        """Read the settings from a cycle file.

        Raises
        ------
        InputError
            If the rule pack is unknown.
        """
        audit, labels = cycle.audit, list(cycle.bands.labels)
        packs = tuple(load_rules(name) for name in audit.packs)
        # Reading a cycle file fills in the default; a cycle made by hand may have none.
        favourable = audit.favourable.bands if audit.favourable else ()
        return AuditSettings(
            attributes=None if audit.attributes is None else tuple(audit.attributes),
            intersections=tuple(tuple(names) for names in audit.intersections),
            references=dict(audit.references),
            favourable=frozenset(labels.index(label) for label in favourable),
            min_cell=cycle.privacy.min_cell,
            rules=packs[0],
            packs=packs,
            categories=audit.categories.model_dump(exclude_none=True),
            seed=cycle.seed,
        )


@dataclass(frozen=True)
class AuditResult:
    """Every figure by group; for auditors alone.

    Parameters
    ----------
    tables
        Frames by the name of their contract: those of
        :data:`calibrate.audit.parts.AUDIT_TABLES` but the problems.
    cross_check
        Largest difference between the cube's figures and fairlearn row by row;
        None where nothing was compared.
    notes
        Plain sentences: what the verdicts are about and what could not be seen.
    rules
        The rule pack as plain values.
    """

    tables: Mapping[str, pd.DataFrame]
    cross_check: float | None
    notes: tuple[str, ...] = ()
    rules: Mapping[str, object] = field(default_factory=dict)

    @property
    def disparities(self) -> pd.DataFrame:
        """Each group beside its reference."""
        return self.tables["disparities"]

    @property
    def groups(self) -> pd.DataFrame:
        """Who was rated, who was not, and rows left out, by group."""
        return self.tables["groups"]

    @property
    def findings(self) -> pd.DataFrame:
        """Reasons to look."""
        return self.tables["findings"]
