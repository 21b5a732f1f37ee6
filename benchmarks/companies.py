"""Invented forms whose truth is known: who marks whom, and how raters differ from the model."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr

from calibrate.demo.network import pick_distinct

SIZE = 8  # people of a team; their manager is a rater from outside it
MANAGER, PEER, OTHER = range(3)
LEVEL = np.array([52.0, 55.0, 56.0])
HONEST = 0.10  # share of raters whose severity is exactly the company's mean
SEVERE, SEVERE_BY = 0.10, 25.0  # share of severe raters, and by how many points
MEAN_WITH_SEVERE = SEVERE * SEVERE_BY / (1 - HONEST)  # severity of all, honest raters included
NARROW, NARROW_TO = 0.30, 0.5  # share of raters who use half of the range


@dataclass(frozen=True)
class Scenario:
    """One kind of company; spreads are standard deviations in points.

    Raters make 55 % of the variance of a form, performance (unit and employee) 25 %, as in field
    studies.

    Parameters
    ----------
    inside
        Share of peers from the own team.
    n_forms
        Forms from the manager, from peers and from others.
    holds
        Is all that the model assumes true here?
    with_unit
        Is the unit told to the model?
    """

    label: str
    holds: bool = True
    inside: float = 0.6
    n_forms: tuple[int, int, int] = (1, 4, 0)
    unit: float = 3.0
    employee: float = 6.0
    rater: float = 10.0
    residual: tuple[float, float, float] = (6.0, 6.0, 6.0)
    employee_source: float = 0.0
    severe: bool = False
    narrow: bool = False
    with_unit: bool = True
    marks: float | None = None

    @property
    def noise(self) -> float:
        """Spread of one form about the expected score, raters included."""
        mean = sum(n * r**2 for n, r in zip(self.n_forms, self.residual, strict=True))
        within = mean / sum(self.n_forms)
        return float((self.rater**2 + self.employee_source**2 + within) ** 0.5)


SCENARIOS = (
    Scenario("peers across teams"),
    Scenario("teams do not differ", unit=0.0, employee=6.7),
    Scenario("teams differ much", unit=6.0),
    Scenario("teams differ much, unit left out of the model", unit=6.0, with_unit=False,
             holds=False),
    Scenario("noise differs by source", residual=(3.0, 7.0, 7.0)),
    Scenario("people differ by source", n_forms=(1, 3, 2), employee_source=5.0),
    Scenario("peers only within the team", inside=1.0),
    Scenario("severe raters (one in ten, 25 points)", severe=True, holds=False),
    Scenario("three raters in ten use half of the range", narrow=True, holds=False),
    Scenario("marks 1 to 5, half of them at the top", marks=87.0, holds=False),
    Scenario("managers only", n_forms=(1, 0, 0), holds=False),
    Scenario("managers only, teams differ as they do", n_forms=(1, 0, 0), unit=10.0, holds=False),
)  # fmt: skip


@dataclass(frozen=True)
class Forms:
    """What a cycle would hold, and beside it what no cycle knows.

    Parameters
    ----------
    employee, rater, source : (N,) codes
    points : (N,) points
    unit : (I,) codes
    n_raters
        J.
    truth : (I,) points
        Expected score over all raters of the company, at the mean level of the sources.
    honest : (J,) bool
        Whose severity is exactly the mean of the company.
    """

    employee: np.ndarray
    rater: np.ndarray
    source: np.ndarray
    points: np.ndarray
    unit: np.ndarray
    n_raters: int
    truth: np.ndarray
    honest: np.ndarray = field(repr=False)


def draw_network(
    rng: np.random.Generator, scenario: Scenario, n: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Employee, rater and source of every form; rater ``n + t`` is the manager of team t."""
    team = np.arange(n) // SIZE
    slots = scenario.n_forms[PEER] + scenario.n_forms[OTHER]
    n_inside = rng.binomial(slots, scenario.inside, n)
    near = pick_distinct(rng, np.full(n, SIZE - 1), slots)
    near = team[:, None] * SIZE + near + (near >= (np.arange(n) % SIZE)[:, None])
    far = pick_distinct(rng, np.full(n, n - SIZE), slots)
    far = far + SIZE * (far >= team[:, None] * SIZE)
    colleagues = np.where(np.arange(slots) < n_inside[:, None], near, far)
    if slots:
        colleagues = rng.permuted(colleagues, axis=1)
    rater = np.column_stack([(n + team)[:, None], colleagues])
    source = np.repeat([MANAGER, PEER, OTHER], scenario.n_forms)
    return np.repeat(np.arange(n), 1 + slots), rater.ravel(), np.tile(source, n)


def draw_forms(rng: np.random.Generator, scenario: Scenario, n_employees: int) -> Forms:
    """Draw one company; ``n_employees`` is cut to whole teams."""
    n = n_employees // SIZE * SIZE
    employee, rater, source = draw_network(rng, scenario, n)
    unit, n_raters = np.arange(n) // SIZE, n + n // SIZE
    person = rng.normal(0, scenario.employee, n) + rng.normal(0, scenario.unit, n // SIZE)[unit]
    severity = rng.normal(0, scenario.rater, n_raters)
    kind = rng.random(n_raters)
    usual_severity = MEAN_WITH_SEVERE if scenario.severe else 0.0
    severity[kind < HONEST] = usual_severity
    if scenario.severe:
        severity[kind > 1 - SEVERE] = SEVERE_BY
    width = np.where(scenario.narrow & (rng.random(n_raters) < NARROW), NARROW_TO, 1.0)
    both = rng.normal(0, scenario.employee_source, (n, 3))[employee, source]
    noise = rng.normal(0, np.array(scenario.residual)[source])
    level = LEVEL - usual_severity
    points = LEVEL[source] - severity[rater] + width[rater] * (person[employee] + both + noise)
    usual = 1 - NARROW * (1 - NARROW_TO) if scenario.narrow else 1.0
    truth = np.bincount(employee, level[source]) / np.bincount(employee) + usual * person
    if scenario.marks is not None:
        shift = scenario.marks - LEVEL.mean()
        points, truth = round_to_marks(points + shift), expect_marks(truth + shift, scenario.noise)
    return Forms(employee, rater, source, points.clip(0, 100), unit, n_raters, truth,
                 kind < HONEST)  # fmt: skip


def round_to_marks(points: np.ndarray) -> np.ndarray:
    """Points of the nearest of the marks 1 to 5."""
    return 25.0 * np.clip(np.rint(points / 25.0), 0, 4)


def expect_marks(points: np.ndarray, noise: float) -> np.ndarray:
    """Mean of the rounded marks of somebody whose forms are spread by ``noise`` about ``points``.

    Examples
    --------
    Nearly no noise: 90 points are the top mark, 80 the one below.

    >>> expect_marks(np.array([90.0, 80.0]), 0.01)
    array([100.,  75.])
    """
    cuts = np.array([12.5, 37.5, 62.5, 87.5])
    return np.asarray(25.0 * ndtr((points[:, None] - cuts) / noise).sum(axis=1))
