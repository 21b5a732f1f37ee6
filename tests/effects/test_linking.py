"""The plan of further marks: fewest pairs first, against counts by hand and invented truth."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from calibrate.effects import Settings, estimate_effects
from calibrate.effects.asking import MOST_PER_PERSON, Neighbours
from calibrate.effects.connect import find_components
from calibrate.effects.linking import LinkPlan, plan_links
from calibrate.effects.prospect import foresee_strength, probe_strength
from calibrate.effects.strength import measure_link_strength

MANAGER, PEER, OTHER = 0, 1, 5

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Teams:
    """Managers who mark their own team and nobody else."""

    n_teams: int = 30
    size: int = 8

    @property
    def n_people(self) -> int:
        return self.n_teams * self.size

    @property
    def employee(self) -> Codes:
        return np.arange(self.n_people)

    @property
    def rater(self) -> Codes:
        return np.repeat(np.arange(self.n_teams), self.size)

    @property
    def source(self) -> Codes:
        return np.full(self.n_people, MANAGER)

    @property
    def barred(self) -> Codes:
        return self.employee * self.n_teams + self.rater

    def neighbours(self, **changes: object) -> Neighbours:
        plain: dict[str, object] = {
            "place": np.arange(self.n_teams),
            "circle": np.zeros(self.n_teams, np.int64),
            "rater_home": np.zeros((self.n_teams, 1), np.int64),
            "employee_home": np.zeros((self.n_people, 1), np.int64),
            "may_mark": np.ones(self.n_teams, bool),
            "may_be_marked": np.ones(self.n_people, bool),
            "barred": self.barred,
        }
        return Neighbours(**{**plain, **changes})  # type: ignore[arg-type]

    def plan(self, marks: int = 2, seed: int = 1, **changes: object) -> LinkPlan:
        return plan_links(
            self.employee, self.rater, self.source, np.zeros(self.n_teams),
            self.neighbours(**changes), other=OTHER, marks=marks, gamma=1.0, min_link=0.2,
            seed=seed,
        )  # fmt: skip


def test_a_manager_alone_with_the_own_team_has_link_strength_exactly_zero() -> None:
    # Teams 0 to 2 share people with each other; manager 3 shares nobody, and manager 4 has
    # a team of the same component only through one person who has no other rater.
    employee = np.array([0, 0, 1, 1, 2, 2, 3, 4, 5])
    rater = np.array([0, 1, 1, 2, 2, 0, 3, 3, 3])
    parts = find_components(employee, rater, 6, 4)
    strength = measure_link_strength(employee, rater, 0 * rater, parts, gamma=3.0)
    assert strength[3] == 0.0
    assert (strength[:3] > 0.3).all()


def test_managers_only_are_linked_by_one_pair_fewer_than_there_are_teams() -> None:
    plan = Teams(n_teams=7, size=3).plan(marks=1)
    # A tree over 7 parts has 6 edges; the seventh pair is the manager's who was not asked yet.
    assert plan.components_after.tolist() == [6, 5, 4, 3, 2, 1, 1]
    # Two teams cannot be told apart; from the third on each pair adds one team of 3.
    assert plan.linked_after.tolist() == [0, 9, 12, 15, 18, 21, 21]
    assert plan.gain.tolist() == [0, 9, 3, 3, 3, 3, 0]


def test_largest_teams_come_first_among_those_next_to_the_whole() -> None:
    rater = np.repeat(np.arange(4), [2, 6, 2, 4])
    employee = np.arange(14)
    near = Neighbours(
        np.arange(4), np.zeros(4, np.int64), np.zeros((4, 1), np.int64),
        np.zeros((14, 1), np.int64), np.ones(4, bool), np.ones(14, bool), employee * 4 + rater,
    )  # fmt: skip
    plan = plan_links(employee, rater, 0 * rater, np.zeros(4), near, other=OTHER, marks=1,
                      gamma=1.0, min_link=0.2, seed=1)  # fmt: skip
    # From the team of 6 on a line 2-6-2-4: 6 + 2 (two raters, none told), then 2 more, then 4.
    assert plan.linked_after[:3].tolist() == [0, 10, 14]


@pytest.mark.parametrize("marks", [1, 2, 3])
def test_nobody_gives_more_marks_than_asked_for_or_gets_more_than_two(marks: int) -> None:
    teams = Teams(n_teams=12, size=4)
    plan = teams.plan(marks=marks)
    assert np.bincount(plan.rater).max() == marks
    assert np.bincount(plan.employee).max() <= MOST_PER_PERSON
    pairs = plan.employee * teams.n_teams + plan.rater
    assert len(np.unique(pairs)) == len(pairs)
    assert not np.isin(pairs, teams.barred).any()


def test_a_team_of_one_is_marked_by_two_outsiders_at_most() -> None:
    plan = Teams(n_teams=5, size=1).plan(marks=3)
    assert plan.components_after[-1] == 1
    assert np.bincount(plan.employee).max() <= MOST_PER_PERSON


def test_second_marks_shorten_the_way_between_raters() -> None:
    teams = Teams(n_teams=36, size=4)
    plan = teams.plan(marks=2)
    shifts = (teams.rater[plan.employee] - plan.rater) % teams.n_teams
    # The first marks go next door, the second ones six places on, the root of 36.
    assert np.median(shifts[plan.step == 1]) == 1
    assert np.median(shifts[plan.step == 2]) == 6
    assert plan.steps[0].mean_strength == 0
    assert all(a.mean_strength < b.mean_strength for a, b in pairwise(plan.steps))


def test_strength_of_a_ring_is_that_of_its_circulant_matrix() -> None:
    teams = Teams(n_teams=40, size=3)
    plan = teams.plan(marks=1)
    # Each pair compares two neighbours: M = I + γ/2 (2I - A). For a long ring the diagonal of
    # its inverse is 1/sqrt(1 + 2γ), here 1/sqrt(3); the sources' level and the mean taken out
    # of the contrast cost about one rater in 40 each.
    assert plan.steps[1].mean_strength == pytest.approx(1 - 1 / np.sqrt(3), abs=0.02)


def test_people_of_the_same_kind_of_work_are_chosen() -> None:
    teams = Teams(n_teams=6, size=4)
    # Each team has one person of each of four jobs; rater j knows job j mod 4.
    job = np.tile(np.arange(4), 6)[:, None]
    plan = teams.plan(rater_home=(np.arange(6) % 4)[:, None], employee_home=job)
    assert (job[plan.employee, 0] == plan.rater % 4).mean() > 0.9
    assert plan.alike.mean() > 0.9


def test_raters_who_left_are_not_asked_and_people_who_left_are_not_marked() -> None:
    teams = Teams(n_teams=8, size=4)
    may_mark = np.arange(8) != 3
    may_be_marked = np.arange(32) % 4 != 0
    plan = teams.plan(may_mark=may_mark, may_be_marked=may_be_marked)
    assert 3 not in plan.rater
    assert (plan.employee % 4 != 0).all()
    # Others mark the people of the team whose manager has left, so that it is linked too.
    assert plan.components_after[-1] == 1


def test_two_raters_get_no_plan_since_severity_takes_three() -> None:
    assert len(Teams(n_teams=2, size=5).plan()) == 0


def test_three_raters_alone_are_linked() -> None:
    plan = Teams(n_teams=3, size=2).plan(marks=2)
    assert plan.linked_after[1] == 6
    assert plan.components_after[-1] == 1


def test_a_linked_company_needs_nothing() -> None:
    employee, rater = np.repeat(np.arange(10), 4), np.tile(np.arange(4), 10)
    near = Neighbours(
        np.arange(4), np.zeros(4, np.int64), np.zeros((4, 1), np.int64),
        np.zeros((10, 1), np.int64), np.ones(4, bool), np.ones(10, bool), employee * 4 + rater,
    )  # fmt: skip
    plan = plan_links(employee, rater, 0 * rater, np.full(4, 0.8), near, other=OTHER, marks=2,
                      gamma=1.0, min_link=0.2, seed=1)  # fmt: skip
    assert len(plan) == 0
    assert plan.n_needy == 0
    assert [step.n_linked for step in plan.steps] == [10]


def test_a_stray_team_beside_a_linked_office_is_tied_to_it_twice() -> None:
    # Six raters who all mark the same six people, and one manager alone with three others.
    employee = np.concatenate([np.repeat(np.arange(6), 6), [6, 7, 8]])
    rater = np.concatenate([np.tile(np.arange(6), 6), [6, 6, 6]])
    near = Neighbours(
        np.arange(7), np.zeros(7, np.int64), np.zeros((7, 1), np.int64),
        np.zeros((9, 1), np.int64), np.ones(7, bool), np.ones(9, bool), employee * 7 + rater,
    )  # fmt: skip
    strength = np.array([0.8] * 6 + [0.0])
    plan = plan_links(employee, rater, 0 * rater, strength, near, other=OTHER, marks=2,
                      gamma=1.0, min_link=0.2, seed=1)  # fmt: skip
    assert plan.gain.tolist()[0] == 3
    assert plan.rater.tolist() == [6, 6]
    assert (plan.employee < 6).all()


@pytest.mark.parametrize(("gamma", "asked"), [(0.1, [3, 3]), (0.02, [])])
def test_a_weak_rater_is_asked_only_if_it_helps(gamma: float, asked: list[int]) -> None:
    # Raters 0 to 2 mark ten people together; rater 3 marks three, of whom one is shared.
    employee = np.concatenate([np.repeat(np.arange(10), 3), [9, 10, 11]])
    rater = np.concatenate([np.tile(np.arange(3), 10), [3, 3, 3]])
    near = Neighbours(
        np.arange(4), np.zeros(4, np.int64), np.zeros((4, 1), np.int64),
        np.zeros((12, 1), np.int64), np.ones(4, bool), np.ones(12, bool), employee * 4 + rater,
    )  # fmt: skip
    strength = np.array([0.5, 0.5, 0.5, 0.05])
    # Compared so far: 3/4 of a form. With two more c = 2.75: 0.1 gives 0.216, 0.02 gives 0.052.
    plan = plan_links(employee, rater, 0 * rater, strength, near, other=OTHER, marks=2,
                      gamma=gamma, min_link=0.2, seed=1)  # fmt: skip
    assert plan.rater.tolist() == asked
    assert (plan.employee < 10).all()


def test_the_same_seed_gives_the_same_plan_and_order_of_forms_does_not_matter() -> None:
    teams = Teams(n_teams=9, size=5)
    shuffled = np.random.default_rng(3).permutation(teams.n_people)
    one = teams.plan(seed=5)
    two = plan_links(
        teams.employee[shuffled], teams.rater[shuffled], teams.source, np.zeros(9),
        teams.neighbours(), other=OTHER, marks=2, gamma=1.0, min_link=0.2, seed=5,
    )  # fmt: skip
    assert one.rater.tolist() == two.rater.tolist()
    assert one.employee.tolist() == two.employee.tolist()


def test_probes_agree_with_the_exact_mean_strength() -> None:
    rng = np.random.default_rng(2)
    employee = np.concatenate([np.repeat(np.arange(500), 3), np.arange(500, 520)])
    rater = np.concatenate([rng.integers(0, 300, 1500), np.repeat([300, 301], 10)])
    source = rng.integers(0, 2, len(rater))
    parts = find_components(employee, rater, 520, 302)
    for gamma in (0.3, 3.0):
        n_rating = parts.n_raters.sum()
        exact = measure_link_strength(employee, rater, source, parts, gamma).sum() / n_rating
        # Probes err by 0.004 at this size (48 probes, 300 raters); sources cost 1 in 300.
        probed = probe_strength(employee, rater, parts, gamma, seed=1) / n_rating
        assert probed == pytest.approx(exact, abs=0.015)
        assert foresee_strength(
            employee, rater, source, parts, gamma, seed=1
        ) == pytest.approx(exact, abs=1e-12)  # fmt: skip


def correlate_with_truth(marks: int, seed: int) -> float:
    """Correlation of the score with the truth: 30 teams of 8, literature's shares of variance."""
    rng = np.random.default_rng(seed)
    teams = Teams()
    # Of the variance of a form 20 % is the person, 59 % the rater and 21 % noise; points.
    person, severity = rng.normal(0, 6.71, teams.n_people), rng.normal(0, 11.52, teams.n_teams)
    employee, rater, source = teams.employee, teams.rater, teams.source
    if marks:
        plan = teams.plan(marks=marks, seed=seed)
        employee = np.concatenate([employee, plan.employee])
        rater = np.concatenate([rater, plan.rater])
        source = np.concatenate([source, np.full(len(plan), OTHER)])
    x = 50 + person[employee] - severity[rater] + rng.normal(0, 6.87, len(employee))
    effects = estimate_effects(
        employee, rater, source, np.clip(x, 0, 100), np.ones(len(x)), teams.rater,
        teams.n_people, teams.n_teams, Settings(),
    )  # fmt: skip
    return float(np.corrcoef(effects.employees.calibrated, person)[0, 1])


def test_two_marks_for_each_manager_bring_what_the_literature_shares_promise() -> None:
    # 24 companies: the standard error of each mean is about 0.009.
    reached = [
        float(np.mean([correlate_with_truth(marks, seed) for seed in range(24)]))
        for marks in (0, 2, 3)
    ]
    assert reached[0] == pytest.approx(0.46, abs=0.025)
    assert reached[1] == pytest.approx(0.69, abs=0.025)
    assert reached[2] == pytest.approx(0.72, abs=0.025)
