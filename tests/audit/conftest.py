"""People by group and band, typed by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from calibrate.audit import AttributeTable, AuditSettings, Population, load_rules
from calibrate.config import MICRO, MISSING, Cycle, load_cycle

LABELS = ("Below", "Meets", "Exceeds")
CUTS = (40 * MICRO, 70 * MICRO)
#: Points in the middle of each band.
MIDDLE = (20, 50, 80)

Counts = Mapping[tuple[str, ...], tuple[int, int, int]]
MakePeople = Callable[..., tuple[Population, AttributeTable]]


@pytest.fixture
def make_people() -> MakePeople:
    """Groups and how many of each stand in the lowest, middle and highest band."""

    def make(
        counts: Counts,
        names: tuple[str, ...] = ("gender",),
        stages: tuple[str, ...] = ("raw",),
        manager: list[int] | None = None,
        unrated: Mapping[tuple[str, ...], int] | None = None,
    ) -> tuple[Population, AttributeTable]:
        rows = [
            (group, band)
            for group, per_band in counts.items()
            for band, n in enumerate(per_band)
            for _ in range(n)
        ]
        rows += [(group, -1) for group, n in (unrated or {}).items() for _ in range(n)]
        ids = tuple(f"E{position:05d}" for position in range(len(rows)))
        band = np.array([band for _, band in rows], dtype=np.int64)
        points = np.array([MIDDLE[b] * MICRO if b >= 0 else MISSING for b in band], dtype=np.int64)
        population = Population(
            employee_ids=ids,
            rated=band >= 0,
            manager=None if manager is None else np.array(manager, dtype=np.int64),
            band_labels=LABELS,
            cuts_micro=CUTS,
            scores={stage: points for stage in stages if stage in ("raw", "calibrated")},
            bands=dict.fromkeys(stages, band),
        )
        groups = {employee: group for employee, (group, _) in zip(ids, rows, strict=True)}
        return population, AttributeTable(names, groups)

    return make


@pytest.fixture
def make_settings() -> Callable[..., AuditSettings]:
    def make(**other: object) -> AuditSettings:
        settings: dict[str, object] = {
            "attributes": None,
            "intersections": (),
            "references": {},
            "favourable": frozenset({2}),
            "min_cell": 10,
            "rules": load_rules("us-2026"),
        }
        return AuditSettings(**(settings | other))  # type: ignore[arg-type]

    return make


@pytest.fixture
def make_cycle(tmp_path: Path) -> Callable[..., Cycle]:
    """A cycle folder with this attributes file and this audit section."""

    def make(attributes: str, audit: str = "{}", declared: str = "{file: who.csv}") -> Cycle:
        (tmp_path / "who.csv").write_text(attributes, encoding="utf-8")
        (tmp_path / "ratings.csv").write_text(
            "employee_id,rater_id,source,criterion,mark\n", encoding="utf-8"
        )
        (tmp_path / "rubric.yaml").write_text(
            'schema: 1\nid: r\nversion: 1\ntitle: "R"\nscale: {lowest: 1, highest: 5, step: 1}\n'
            'criteria: [{id: c, label: "C", weight: 100, levels: {1: "a", 5: "b"}}]\n',
            encoding="utf-8",
        )
        path = tmp_path / "cycle.yaml"
        path.write_text(
            f'schema: 1\ncycle: "t"\ninputs:\n  ratings: {{file: ratings.csv}}\n'
            f"  attributes: {declared}\nrubrics: [rubric.yaml]\naudit: {audit}\n",
            encoding="utf-8",
        )
        return load_cycle(path)

    return make
