"""The quick form of the rule against the audit itself, and worlds whose answer is known."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from calibrate.audit import AttributeTable, AuditSettings, Population, audit_population
from calibrate.audit.groups import build_groupings
from calibrate.audit.null import choose_moved, exchange_teams
from calibrate.audit.simulation import (
    RATIOS,
    build_simulation,
    count_alarms,
    count_found,
    find_alarms,
    open_network,
    tabulate_simulation,
    tally_here,
)
from calibrate.audit.simulation_rule import LOWEST, SELECTION, FirstFamily

MakeSettings = Callable[..., AuditSettings]
World = tuple[Population, AttributeTable]

TOP = frozenset({3})
MEASURES = ("selection_rate", "lowest_band")


def make_world(
    bands: np.ndarray, groups: list[np.ndarray], manager: np.ndarray | None, n_bands: int = 4
) -> World:
    ids = tuple(f"E{i:05d}" for i in range(len(bands)))
    labels = tuple("LMHX"[:n_bands])
    rows = {
        employee: tuple("" if g[i] < 0 else f"g{g[i]}" for g in groups)
        for i, employee in enumerate(ids)
    }
    names = tuple(f"a{a}" for a in range(len(groups)))
    population = Population(
        ids, np.ones(len(bands), bool), manager, labels, tuple(range(1, n_bands)), {},
        {"proposed": bands.astype(np.int64)},
    )  # fmt: skip
    return population, AttributeTable(names, rows)


def draw_case(rng: np.random.Generator) -> World:
    """A random world: small groups, people not stated, empty bands, gaps of any size."""
    people = int(np.exp(rng.uniform(np.log(30), np.log(4_000))))
    n_teams = max(1, people // int(rng.integers(2, 30)))
    manager = rng.integers(-1, n_teams, people) if rng.random() < 0.75 else None
    shares = [rng.dirichlet(np.full(int(rng.integers(2, 6)), 1.0)) for _ in range(3)]
    groups = [rng.choice(len(share), people, p=share) for share in shares]
    groups[1] = np.where(rng.random(people) < 0.1, -1, groups[1])
    start, slope = rng.choice(
        [(0.0, 0.0), (0.1, 0.3), (0.3, 0.3), (0.95, 0.1), (0.95, 0.1), (1, 0)]
    )
    chance = np.clip(start * (1 - slope * groups[0]), 0, 1)
    lowest = rng.choice([0.0, 0.05, 0.3]) * (1 + (groups[1] == 0))
    draw = rng.random(people)
    bands = np.where(draw < chance, 3, np.where(draw > 1 - lowest, 0, 1))
    if rng.random() < 0.3:
        bands = np.where(rng.random(people) < 0.1, -1, bands)
    return make_world(bands, groups, manager)


def quick_verdicts(world: World, settings: AuditSettings) -> dict[tuple[str, str, str], str]:
    opened = open_network(*world, settings)
    assert opened is not None
    network, singles = opened.network, opened.singles
    family = FirstFamily(network.panel, network.groups, network.counted)
    verdicts = family.judge_all()
    beyond = {line for line, verdict in verdicts.items() if verdict == "beyond"}
    assert family.has_beyond() == bool(beyond)
    assert {line for line in family.list_compared() if family.is_beyond(line)} == beyond
    return {
        (MEASURES[m], singles[a].attribute, singles[a].labels[g]): verdict
        for (m, a, g), verdict in verdicts.items()
    }


@pytest.mark.parametrize("seed", range(30))
def test_the_quick_rule_gives_the_verdicts_of_the_audit(
    make_settings: MakeSettings, seed: int
) -> None:
    rng = np.random.default_rng([20261121, seed])
    world, settings = (
        draw_case(rng),
        make_settings(favourable=TOP, min_cell=int(rng.choice([1, 5, 10, 30]))),
    )
    table = audit_population(*world, settings).disparities
    table = table[(table["family"] == "primary") & (table["group"] != table["reference"])]
    expected = {(r.measure, r.attribute, r.group): r.verdict for r in table.itertuples()}
    assert quick_verdicts(world, settings) == expected


def test_random_cases_hold_every_verdict(make_settings: MakeSettings) -> None:
    # The test above would prove little if the worlds were all alike.
    seen: set[str] = set()
    for seed in range(30):
        world = draw_case(np.random.default_rng([20261121, seed]))
        seen |= set(quick_verdicts(world, make_settings(favourable=TOP)).values())
    assert seen >= {"beyond", "inconclusive", "too_few", "not_computable", "significant_only"}


def test_people_moved_out_are_counted_as_if_they_had_been_banded_so(
    make_settings: MakeSettings,
) -> None:
    rng = np.random.default_rng(5)
    for to_lowest in (True, False):
        opened = open_network(*draw_case(rng), make_settings(favourable=TOP, min_cell=1))
        assert opened is not None
        network = opened.network
        before = FirstFamily(network.panel, network.groups, network.counted)
        moved = before.list_favourable(0, 0)[::2]
        counted = network.counted.copy()
        counted[SELECTION][moved] = False
        counted[LOWEST][moved] |= to_lowest
        afresh = FirstFamily(network.panel, network.groups, counted)
        carried = before.move_out(moved, to_lowest=to_lowest)
        assert carried.x == afresh.x
        assert carried.judge_all() == afresh.judge_all()


@pytest.mark.parametrize("seed", range(8))
def test_teams_exchange_groups_one_for_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cluster = rng.integers(0, 15, int(rng.integers(1, 120))) * 3
    order = exchange_teams(rng, cluster)
    assert sorted(order.tolist()) == list(range(len(cluster)))


def test_teams_that_sit_together_mostly_go_on_sitting_together() -> None:
    # Teams of 6 and 10, each of one group. A team meets one or two donors; the share of the
    # group then varies between teams by more than half of what it did (0.25). Single people
    # exchanged leave 0.25 / 8 or so.
    rng = np.random.default_rng(1)
    cluster = np.repeat(np.arange(200), np.tile([6, 10], 100))
    group = rng.integers(0, 2, 200)[cluster]

    def vary(drawn: np.ndarray) -> float:
        return float(np.var(np.bincount(cluster, drawn) / np.bincount(cluster)))

    assert vary(group[exchange_teams(rng, cluster)]) > 0.125
    assert vary(rng.permutation(group)) < 0.05


def test_exchanged_teams_know_nothing_of_bands() -> None:
    # Larger teams are favourable and all of one group: a gap of 1 before. Exchanging at random
    # keeps the expected gap at 0, whatever the sizes; four standard errors around it.
    rng = np.random.default_rng(2)
    cluster = np.repeat(np.arange(40), np.tile([5, 9, 7, 8], 10))
    group = cluster % 2
    gaps = []
    for _ in range(1_000):
        drawn = group[exchange_teams(rng, cluster)]
        gaps.append(np.mean(group[drawn == 1]) - np.mean(group[drawn == 0]))
    assert abs(np.mean(gaps)) < 4 * np.std(gaps) / 1_000**0.5


def test_a_planted_ratio_is_met_on_average_and_nests() -> None:
    favourable = np.arange(20_000)
    chance = np.random.default_rng(3).random(20_000)
    moved = [set(choose_moved(favourable, chance, ratio).tolist()) for ratio in RATIOS]
    for ratio, gone in zip(RATIOS, moved, strict=True):
        # Four binomial standard errors of 20,000 people.
        assert abs(1 - len(gone) / 20_000 - ratio) < 4 * (0.25 / 20_000) ** 0.5
    assert all(a <= b for a, b in pairwise(moved))


def make_company(people: int = 2_000, seed: int = 7) -> World:
    rng = np.random.default_rng(seed)
    team = np.arange(people) // 8
    lenient = rng.beta(0.3 * 7 / 3, 0.7 * 7 / 3, people // 8)[team]
    bands = np.where(rng.random(people) < lenient, 3, np.where(rng.random(people) < 0.07, 0, 2))
    together = rng.choice([0.2, 0.6], people // 8)[team]
    groups = [
        (rng.random(people) < together) * 1,
        rng.choice(4, people, p=[0.5, 0.3, 0.195, 0.005]),
    ]
    return make_world(bands, groups, team)


def test_false_alarms_stay_near_one_in_twenty_on_a_clustered_company(
    make_settings: MakeSettings,
) -> None:
    opened = open_network(*make_company(), make_settings(favourable=TOP))
    assert opened is not None
    network = opened.network
    for moved in network.nulls:
        # 5 % of 200 and three binomial standard errors: 10 + 3 * 3.08.
        assert count_alarms(network, moved, range(200)) <= 19


def test_a_large_planted_gap_is_found_more_often_than_a_small_one(
    make_settings: MakeSettings,
) -> None:
    opened = open_network(*make_company(), make_settings(favourable=TOP))
    assert opened is not None
    network = opened.network
    found = count_found(network, range(20))
    # Gender, 800 and 1,200 people, 0.30 against 0.15: six standard errors even with teams of 8
    # at an intraclass correlation of 0.3 (design effect about 1 + 7 * 0.3 * 0.16 and more).
    gender = [row for row, (a, _) in enumerate(network.planted) if a == 0]
    assert (found[gender, RATIOS.index(0.5)] >= 18).all()
    assert (found[gender, RATIOS.index(0.9)] <= 4).all()


def test_a_gap_of_the_largest_group_is_found_as_a_surplus_of_the_others(
    make_settings: MakeSettings,
) -> None:
    opened = open_network(*make_company(), make_settings(favourable=TOP))
    assert opened is not None
    network, singles = opened.network, opened.singles
    largest = network.planted.index((0, singles[0].reference))
    assert count_found(network, range(20))[largest, RATIOS.index(0.5)] >= 18


def test_draws_depend_on_their_number_alone(make_settings: MakeSettings) -> None:
    opened = open_network(*make_company(600), make_settings(favourable=TOP, seed=3))
    assert opened is not None
    network = opened.network
    whole = count_found(network, range(6))
    parts = count_found(network, [5, 1, 3]) + count_found(network, [0, 2, 4])
    assert whole.tolist() == parts.tolist()


def test_a_small_group_keeps_its_rows_and_loses_its_figures(make_settings: MakeSettings) -> None:
    opened = open_network(*make_company(600), make_settings(favourable=TOP))
    assert opened is not None
    table = tabulate_simulation(opened, tally_here(opened.network, 4, 2))
    hidden = table[(table["attribute"] == "a1") & (table["group"] == "g3")]
    assert len(hidden) == len(RATIOS)
    assert hidden["suppressed"].all()
    assert hidden[["n", "n_simulations", "n_found", "share", "low", "high"]].isna().all(axis=None)
    shown = table[(table["kind"] == "power") & ~table["suppressed"]]
    assert (shown["low"] <= shown["share"]).all()
    assert set(table.loc[table["kind"] == "false_alarm", "moved"]) == {"people", "teams"}


def test_without_managers_people_alone_exchange_groups(make_settings: MakeSettings) -> None:
    world = draw_case(np.random.default_rng(1))
    bare = Population(**(vars(world[0]) | {"manager": None}))
    opened = open_network(bare, world[1], make_settings(favourable=TOP))
    assert opened is not None
    assert opened.network.nulls == ("people",)


def test_an_audit_with_people_draws_two_hundred_and_one_with_counts_alone_none(
    make_settings: MakeSettings,
) -> None:
    population, attributes = make_company(240)
    settings = make_settings(favourable=TOP)
    aligned = attributes.aligned_to(population.employee_ids)
    desk = SimpleNamespace(
        population=population, settings=settings, background=object(),
        groupings=build_groupings(aligned, population, settings),
        codes=np.column_stack([aligned.codes[name] for name in aligned.names]),
    )  # fmt: skip
    table = build_simulation(desk)  # type: ignore[arg-type]
    drawn = table[~table["suppressed"]].groupby("kind")["n_simulations"].unique()
    assert drawn["false_alarm"].tolist() == [200]
    assert drawn["power"].tolist() == [100]
    desk.background = None
    assert build_simulation(desk).empty  # type: ignore[arg-type]


def test_a_finding_is_written_only_where_alarms_are_surely_too_many() -> None:
    row = {
        "kind": "false_alarm", "n_simulations": 200, "n_found": 24, "share": 0.12, "high": 0.17,
    }  # fmt: skip
    table = pd.DataFrame(
        [row | {"moved": "teams", "low": 0.08}, row | {"moved": "people", "low": 0.049}]
    )
    (finding,) = find_alarms(None, table)  # type: ignore[arg-type]
    assert finding["finding_id"] == "false_alarms:teams"
    assert "24 of 200 simulated audits had a primary 'beyond' (12%" in finding["evidence"]
