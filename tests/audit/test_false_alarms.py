"""Without any gap the audit seldom calls for a look; with one it does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from calibrate.audit import AttributeTable, AuditSettings, Population, audit_population

MakeSettings = Callable[..., AuditSettings]

PEOPLE = 1_000
SHARES = {"gender": 2, "ethnicity": 5, "age": 4, "region": 3}  # 14 cells


def draw_world(rng: np.random.Generator, gap: float) -> tuple[Population, AttributeTable]:
    ids = tuple(f"E{i:04d}" for i in range(PEOPLE))
    columns = [rng.integers(0, size, PEOPLE) for size in SHARES.values()]
    chance = np.where(columns[0] == 1, 0.2 * gap, 0.2)
    draw = rng.random(PEOPLE)
    band = np.where(draw < chance, 2, np.where(draw > 0.9, 0, 1)).astype(np.int64)
    table = AttributeTable(
        tuple(SHARES),
        {employee: tuple(f"g{column[i]}" for column in columns) for i, employee in enumerate(ids)},
    )
    manager = rng.integers(0, 120, PEOPLE)
    population = Population(
        ids, np.ones(PEOPLE, bool), manager, ("Low", "Mid", "High"), (1, 2), {}, {"proposed": band}
    )
    return population, table


def count_alarms(settings: AuditSettings, gap: float, worlds: int) -> int:
    rng = np.random.default_rng(20261121)
    results = [audit_population(*draw_world(rng, gap), settings) for _ in range(worlds)]
    return sum(len(result.findings) > 0 for result in results)


def test_at_most_one_audit_in_twenty_calls_for_a_look_without_a_gap(
    make_settings: MakeSettings,
) -> None:
    # The rule is stricter than its nominal 5 %: 2 of 40 is the bound itself.
    assert count_alarms(make_settings(), gap=1.0, worlds=40) <= 2


def test_a_gap_well_above_the_detectable_one_is_found(make_settings: MakeSettings) -> None:
    # 0.2 against 0.08 among 500 and 500 people: about six standard errors.
    assert count_alarms(make_settings(), gap=0.4, worlds=5) == 5
