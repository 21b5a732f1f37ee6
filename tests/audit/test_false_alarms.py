"""Without any gap the audit seldom calls for a look; with one it does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from calibrate.audit import AttributeTable, AuditSettings, Population, audit_population
from calibrate.audit.clustered import (
    ClusterCells,
    clustered_p,
    null_imposed_p,
    number_clusters,
)
from calibrate.audit.inference import fisher_midp
from calibrate.bands.guideline import false_discovery_rate

MakeSettings = Callable[..., AuditSettings]

PEOPLE = 1_000
SIZES = (2, 5, 4, 3)  # 14 cells in four attributes
World = tuple[list[np.ndarray], np.ndarray, np.ndarray]


def draw_world(rng: np.random.Generator, gap: float = 1.0) -> World:
    """Groups, bands and managers that know nothing of each other, but for the planted gap."""
    groups = [rng.integers(0, size, PEOPLE) for size in SIZES]
    chance = np.where(groups[0] == 1, 0.2 * gap, 0.2)
    draw = rng.random(PEOPLE)
    band = np.where(draw < chance, 2, np.where(draw > 0.9, 0, 1)).astype(np.int64)
    return groups, band, rng.integers(0, 120, PEOPLE)


def list_beyond(world: World) -> set[tuple[int, int, int]]:
    """The decision rule written down once more: (band, attribute, group)."""
    groups, band, manager = world
    tests: list[tuple[tuple[int, int, int], float, float, bool]] = []
    for attribute, group in enumerate(groups):
        cells = ClusterCells.build(group, number_clusters(manager))
        n = np.bincount(group).tolist()
        r = int(np.argmax(n))
        for counted in (2, 0):
            x = np.bincount(group, weights=band == counted).astype(int).tolist()
            sums = cells.add_up((band == counted).astype(float))
            for g in set(range(len(n))) - {r}:
                sides = [cells.spread_out(k, v) for k in (g, r) for v in (cells.n, sums)]
                p = max(fisher_midp(x[g], n[g], x[r], n[r]), clustered_p(*sides))
                largest = max(p, null_imposed_p(*sides, sides[1] + sides[3]))
                is_far = not 0.8 <= x[g] * n[r] / (n[g] * x[r]) <= 1.25
                tests.append(((counted, attribute, g), p, largest, is_far))
    q, q_imposed = (false_discovery_rate(np.array([t[at] for t in tests])) for at in (1, 2))
    return {
        name
        for (name, _, _, is_far), *q_values in zip(tests, q, q_imposed, strict=True)
        if is_far and max(q_values) <= 0.05
    }


def audit_world(world: World, settings: AuditSettings) -> set[tuple[int, int, int]]:
    groups, band, manager = world
    ids = tuple(f"E{i:04d}" for i in range(PEOPLE))
    rows = {employee: tuple(f"g{g[i]}" for g in groups) for i, employee in enumerate(ids)}
    table = AttributeTable(tuple("abcd"), rows)
    population = Population(
        ids, np.ones(PEOPLE, bool), manager, ("Low", "Mid", "High"), (1, 2), {}, {"proposed": band}
    )
    found = audit_population(population, table, settings).disparities
    found = found[(found["verdict"] == "beyond") & (found["family"] == "primary")]
    return {
        (
            2 if row.measure == "selection_rate" else 0,
            "abcd".index(row.attribute),
            int(row.group[1]),
        )
        for row in found.itertuples()
    }


@pytest.mark.parametrize("gap", [1.0, 0.4])
def test_the_audit_decides_as_the_rule_says(make_settings: MakeSettings, gap: float) -> None:
    world = draw_world(np.random.default_rng(11), gap)
    assert audit_world(world, make_settings()) == list_beyond(world)


def test_at_most_one_audit_in_twenty_calls_for_a_look_without_a_gap() -> None:
    rng = np.random.default_rng(20261121)
    alarms = sum(bool(list_beyond(draw_world(rng))) for _ in range(300))
    assert alarms <= 0.05 * 300


def test_a_gap_well_above_the_detectable_one_is_found() -> None:
    # 0.2 against 0.08 among about 500 and 500 people: five standard errors, either way round.
    rng = np.random.default_rng(20261121)
    for _ in range(20):
        assert {(2, 0, 0), (2, 0, 1)} & list_beyond(draw_world(rng, gap=0.4))
