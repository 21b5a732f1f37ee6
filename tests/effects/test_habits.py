"""Honest raters are left alone, planted habits are found, and nothing is said from little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from calibrate.demo.assignments import draw_assignments
from calibrate.demo.catalogue import SELF
from calibrate.demo.company import draw_company
from calibrate.demo.network import draw_forms
from calibrate.effects import Effects, Settings, estimate_effects
from calibrate.effects.habits import Habit, SelfForms, find_habits, sort_reports
from calibrate.effects.habits.deal import classify, shuffle_deck
from calibrate.effects.habits.judge import adjust_p

Array = NDArray[Any]
N_CRITERIA, N_PEOPLE = 5, 700
#: Level, variance of noise and source shift are those of the sample company.
SHIFT, NOISE = np.array([2.0, 4, 3, 8]), np.array([9.0, 10, 11, 10])


@dataclass(frozen=True)
class Cycle:
    """An invented cycle on a network like the sample's, and what was planted in it."""

    employee: Array
    rater: Array
    source: Array
    criteria: Array
    unit: Array
    severity: Array
    scale: Array
    halo: Array
    inflation: Array

    @property
    def n(self) -> int:
        return len(self.unit)

    def take(self, keep: Array) -> Cycle:
        return replace(
            self, employee=self.employee[keep], rater=self.rater[keep],
            source=self.source[keep], criteria=self.criteria[keep],
        )  # fmt: skip


def draw_cycle(
    seed: int, *, severity: float = 8.0, some_zero: bool = False, mean: float = 60.0,
    is_heavy: bool = False, is_whole: bool = True, rater_by_criterion: float = 0.0,
    scale: float = 1.0, halo: float = 1.0, inflation: float = 0.0, share: float = 0.06,
) -> Cycle:  # fmt: skip
    """Marks 1 to 5 on five criteria; ``share`` of the people each have one planted habit."""
    rng = np.random.default_rng(seed)
    company = draw_company(rng, N_PEOPLE)
    forms = draw_forms(rng, company, draw_assignments(rng, company))
    n, N = len(company), len(forms)
    i, j, s = forms.employee, forms.rater, forms.source
    unit = company.tree.manager.astype(np.int64)
    person = np.where(company.tree.span > 0, rng.normal(0, 5, n), 0)[unit] + rng.normal(0, 10, n)
    b = rng.normal(0, severity, n)
    if some_zero:
        b[rng.random(n) < 0.8] = 0.0
    draw = rng.random(n)
    scales = np.where(draw < share, scale, 1.0)
    halos = np.where((draw >= share) & (draw < 2 * share), halo, 1.0)
    inflations = np.where((draw >= 2 * share) & (draw < 3 * share), inflation, 0.0)
    is_self = s == SELF
    noise = rng.standard_t(4, N) / np.sqrt(2) if is_heavy else rng.standard_normal(N)
    each = rng.normal(0, 4, (n, N_CRITERIA))[i] + 8 * rng.standard_normal((N, N_CRITERIA))
    away = (person[i] + NOISE[s] * noise)[:, None] + halos[j, None] ** ~is_self[:, None] * each
    level = mean + SHIFT[s] + np.where(is_self, inflations[j], -b[j])
    points = level[:, None] + scales[j, None] ** ~is_self[:, None] * away
    points += rng.normal(0, rater_by_criterion, (n, N_CRITERIA))[j]
    marks = np.clip(np.rint(points / 25) * 25 if is_whole else points, 0, 100)
    open_ = np.flatnonzero(rng.random(N) < 0.02)
    marks[open_, rng.integers(0, N_CRITERIA, len(open_))] = np.nan
    return Cycle(i, j, s, marks, unit, b, scales, halos, inflations)


def judge_cycle(cycle: Cycle, seed: int = 1) -> tuple[Mapping[str, Habit], Effects]:
    points = np.nanmean(cycle.criteria, axis=1)
    own = cycle.source == SELF
    others, n = ~own, cycle.n
    i, j, s = cycle.employee[others], cycle.rater[others], cycle.source[others]
    effects = estimate_effects(
        i, j, s, points[others], np.ones(len(i)), cycle.unit, n, n, Settings()
    )
    reports = sort_reports(i, j, s, points[others], cycle.criteria[others], n)
    mine = SelfForms(cycle.employee[own], cycle.rater[own], points[own])
    return find_habits(reports, mine, effects, seed), effects


def count_flags(n_cycles: int, **world: Any) -> dict[str, tuple[int, int, int]]:
    """Habit → honest raters told of, flagged, and flagged over all raters."""
    total = {name: np.zeros(3, dtype=int) for name in ("severity", "spread", "halo", "self_gap")}
    for seed in range(n_cycles):
        cycle = draw_cycle(seed, **world)
        habits, _ = judge_cycle(cycle)
        is_honest = {
            "severity": cycle.severity == 0, "spread": cycle.scale == 1,
            "halo": (cycle.halo == 1) & (cycle.scale == 1), "self_gap": cycle.inflation == 0,
        }  # fmt: skip
        for name, habit in habits.items():
            told = np.isfinite(habit.p_value) & is_honest[name]
            total[name] += [told.sum(), (told & habit.flagged).sum(),
                            (told & (habit.q_value < 0.05)).sum()]  # fmt: skip
    return {name: (int(a), int(b), int(c)) for name, (a, b, c) in total.items()}


@pytest.mark.parametrize(
    "world",
    [
        {"some_zero": True},
        {"severity": 0.0},
        {"mean": 78.0},
        {"is_heavy": True},
        {"rater_by_criterion": 5.0},
        {"scale": 0.4, "halo": 0.3, "inflation": 25.0},
    ],
    ids=["usual", "nobody severe", "near the top", "long tails", "own criteria", "some planted"],
)
def test_at_most_one_honest_rater_in_twenty_is_flagged(world: dict[str, Any]) -> None:
    for name, (told, flagged, over_all) in count_flags(4, **world).items():
        if name == "severity" and not world.get("some_zero"):
            continue
        assert told > 700
        # Three standard errors: with so many figures, two are crossed by luck.
        assert flagged / told < 0.05 + 3 * np.sqrt(0.05 * 0.95 / told), name
        assert over_all / told < 0.01, name


@pytest.fixture(scope="module")
def planted() -> tuple[Cycle, Mapping[str, Habit]]:
    cycle = draw_cycle(3, scale=0.35, halo=0.2, inflation=45.0)
    return cycle, judge_cycle(cycle)[0]


@pytest.mark.parametrize(
    ("name", "column", "least", "sign"),
    [("spread", "scale", 0.5, -1), ("halo", "halo", 0.75, 1), ("self_gap", "inflation", 0.6, 1)],
)
def test_planted_habits_are_found(
    planted: tuple[Cycle, Mapping[str, Habit]], name: str, column: str, least: float, sign: int
) -> None:
    cycle, habits = planted
    habit, value = habits[name], getattr(cycle, column)
    is_planted = (value != (0 if column == "inflation" else 1)) & np.isfinite(habit.p_value)
    assert is_planted.sum() >= 8
    assert habit.flagged[is_planted].mean() >= least
    way = np.sign(habit.value - habit.expected)[is_planted & habit.flagged]
    assert (way == sign).all()


def test_the_interval_of_the_spread_holds_what_was_planted() -> None:
    inside, told = 0, 0
    for seed in range(6):
        cycle = draw_cycle(seed, scale=0.5, mean=50.0, is_whole=False)
        habit = judge_cycle(cycle)[0]["spread"]
        known = np.isfinite(habit.value) & (cycle.scale != 1)
        truth = np.log(0.5) + habit.expected[known]
        inside += int(((habit.low[known] <= truth) & (truth <= habit.high[known])).sum())
        told += int(known.sum())
    # 0.95 less three standard errors of that many raters.
    assert inside / told > 0.95 - 3 * np.sqrt(0.05 * 0.95 / told)


def test_a_rater_whose_criteria_never_differ_correlates_most() -> None:
    cycle = draw_cycle(5)
    busiest = int(np.bincount(cycle.rater[cycle.source != SELF]).argmax())
    flat = cycle.criteria.copy()
    flat[cycle.rater == busiest] = flat[cycle.rater == busiest][:, :1]
    habit = judge_cycle(replace(cycle, criteria=np.nan_to_num(flat, nan=50.0)))[0]["halo"]
    assert habit.value[busiest] == np.nanmax(habit.value)
    assert habit.value[busiest] > 0.95
    assert habit.q_value[busiest] < 0.01


def test_expected_correlation_is_the_share_of_the_form_in_a_mark() -> None:
    # Criteria of one form share person and noise of the form: 100 + 25 + about 100; each has
    # 16 + 64 of its own and, in whole marks, 25² / 12 more.
    habit = judge_cycle(draw_cycle(6, mean=50.0))[0]["halo"]
    own = 80 + 25**2 / 12
    assert np.nanmean(habit.expected) == pytest.approx(225 / (225 + own), abs=0.04)


def test_self_gap_is_own_form_less_those_of_others() -> None:
    cycle = draw_cycle(2)
    habits, effects = judge_cycle(cycle)
    points = np.nanmean(cycle.criteria, axis=1)
    own = int(
        np.flatnonzero((cycle.source == SELF) & np.isfinite(habits["self_gap"].value[cycle.rater]))[
            0
        ]
    )
    who = cycle.employee[own]
    forms = np.flatnonzero((cycle.employee == who) & (cycle.source != SELF))
    adjusted = (
        points[forms] + effects.raters.severity[cycle.rater[forms]]
        - effects.source_mean[cycle.source[forms]] + effects.mu
    )  # fmt: skip
    gap = habits["self_gap"]
    assert gap.value[cycle.rater[own]] == pytest.approx(points[own] - adjusted.mean(), abs=1e-9)
    assert gap.n[cycle.rater[own]] == len(forms)


def test_shuffled_rows_give_the_same_figures() -> None:
    cycle = draw_cycle(1)
    order = np.random.default_rng(9).permutation(len(cycle.rater))
    one, other = judge_cycle(cycle)[0], judge_cycle(cycle.take(order))[0]
    for name in one:
        np.testing.assert_array_equal(one[name].p_value, other[name].p_value)
        np.testing.assert_array_equal(one[name].value, other[name].value)


def test_where_nothing_links_severity_and_spread_cannot_be_told_but_halo_can() -> None:
    cycle = draw_cycle(1)
    by_managers = np.flatnonzero(cycle.source == 0)
    first = by_managers[np.unique(cycle.employee[by_managers], return_index=True)[1]]
    habits, effects = judge_cycle(cycle.take(first))
    assert not effects.fitted
    assert np.isnan(habits["severity"].value).all()
    assert np.isnan(habits["spread"].value).all()
    assert np.isfinite(habits["halo"].value).any()
    assert np.isnan(habits["self_gap"].value).all()


def test_nothing_is_said_from_a_few_forms() -> None:
    habits, _ = judge_cycle(draw_cycle(1))
    for name, fewest in {"severity": 5, "spread": 5, "halo": 4, "self_gap": 3}.items():
        told = np.isfinite(habits[name].value)
        assert habits[name].n[told].min() == fewest


@pytest.mark.filterwarnings("error")
def test_marks_that_are_all_the_same_tell_of_no_habit() -> None:
    cycle = draw_cycle(1)
    habits, _ = judge_cycle(replace(cycle, criteria=np.full_like(cycle.criteria, 50.0)))
    assert all(np.isnan(habit.p_value).all() for habit in habits.values())


def test_one_criterion_has_no_halo() -> None:
    cycle = draw_cycle(1)
    habits, _ = judge_cycle(replace(cycle, criteria=np.nan_to_num(cycle.criteria[:, :1], nan=50.0)))
    assert np.isnan(habits["halo"].value).all()
    assert np.isfinite(habits["spread"].value).any()


def test_forms_are_dealt_among_their_like_and_never_from_those_left_aside() -> None:
    kind = np.repeat([0, 1], [200, 3])
    level = np.arange(203.0)
    classes = classify(kind, level)
    assert np.bincount(classes).tolist() == [40, 40, 40, 40, 40, 3]
    is_aside = (level % 2 == 0) & (kind == 0)
    deck = shuffle_deck(classes, is_aside)
    for _deal in range(20):
        drawn = deck.draw(np.random.default_rng(_deal))
        assert (classes[drawn] == classes).all()
        assert not is_aside[drawn].any()


def test_false_discoveries_are_controlled_as_benjamini_and_hochberg_do() -> None:
    # Benjamini & Hochberg (1995), section 3.1: 15 p-values, four rejected at 0.05.
    p = np.array([0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459,
                  0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0])  # fmt: skip
    assert (adjust_p(p) < 0.05).sum() == 4
