"""What a real company never knows: severities, units, people, and what was planted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibrate.demo.catalogue import ATTRIBUTES, SOURCES, Floats, Ints, apportion, read_criteria
from calibrate.demo.company import Company
from calibrate.demo.network import Forms
from calibrate.demo.plant import Deviations, Planting

MEAN = 58.0
#: How much higher each source marks, in points, in the order of ``SOURCES``.
SOURCE_SHIFT = (2.0, 4.0, 3.0, 8.0)
#: A manager whose severity is planted has at least so many direct reports.
_FEWEST_REPORTS = 4


@dataclass(frozen=True)
class Truth:
    """The figures an analysis tries to recover, in points.

    Parameters
    ----------
    severity : (I,)
        Positive is harsher; the same for every person and criterion.
    unit : (I,)
        Of the team a person manages, 0 for people without reports.
    employee : (I,)
    profile : (I, K)
        How each criterion departs from a person's score; weighted sum 0.
    planted : (I,) bool
        Whose severity was set by hand.
    """

    severity: Floats
    unit: Floats
    employee: Floats
    profile: Floats
    planted: np.ndarray[tuple[int], np.dtype[np.bool_]]

    def expected_scores(self, company: Company) -> Floats:
        """(I,) mean over all possible raters of the company, before marks are rounded."""
        return MEAN + self.unit[company.tree.manager] + self.employee


def draw_truth(rng: np.random.Generator, company: Company, planting: Planting) -> Truth:
    """Draw all effects, then put the planted severities in their place.

    Raises
    ------
    InputError
        If the company has no such rater, or too few managers.
    """
    n, spread = len(company), planting.plant.standard_deviations
    severity = rng.normal(0.0, spread.severity, n)
    unit = np.where(company.tree.span > 0, rng.normal(0.0, spread.unit, n), 0.0)
    employee = rng.normal(0.0, spread.employee, n)
    criteria = read_criteria()
    profile = rng.normal(0.0, spread.criterion_of_employee, (n, len(criteria[0])))
    weights = np.array([list(one.values()) for one in criteria]) / 100
    profile -= (profile * weights[company.rubric]).sum(axis=1, keepdims=True)
    planted = _plant_severities(rng, company, planting, severity)
    return Truth(severity, unit, employee, profile, planted)


def _plant_severities(
    rng: np.random.Generator, company: Company, planting: Planting, severity: Floats
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    planted = np.zeros(len(company), dtype=bool)
    wanted = planting.plant.severities
    ids = make_ids(len(company))
    position = {name: index for index, name in enumerate(ids)} if wanted else {}
    for i, one in enumerate(wanted):
        if one.rater is not None:
            if one.rater not in position:
                what = f"'{one.rater}' is nobody in this company"
                fix = f"the ids run from {ids[0]} to {ids[-1]}"
                planting.refuse(("severities", i, "rater"), "unknown_rater", what, fix)
            planted[position[one.rater]] = True
            severity[position[one.rater]] = one.points
    free = rng.permutation(
        np.flatnonzero((company.tree.span >= _FEWEST_REPORTS) & company.is_rated & ~planted)
    )
    for i, one in enumerate(wanted):
        if one.managers is not None:
            if one.managers > len(free) and planting.is_asked:
                what = f"{one.managers} managers are asked for, {len(free)} are left"
                fix = "ask for fewer, or make a larger company"
                planting.refuse(("severities", i, "managers"), "too_few_managers", what, fix)
            chosen, free = free[: one.managers], free[one.managers :]
            planted[chosen] = True
            severity[chosen] = one.points
    return planted


def make_ids(n_employees: int) -> list[str]:
    """Ids of all people, E0001 at the top; longer where there are more people.

    Examples
    --------
    >>> make_ids(12)[-1]
    'E0012'
    """
    width = max(4, len(str(n_employees)))
    return [f"E{k:0{width}d}" for k in range(1, n_employees + 1)]


def draw_groups(rng: np.random.Generator, n_employees: int) -> dict[str, Ints]:
    """Group of each person by attribute, drawn without regard to anything else."""
    groups = {}
    for attribute, shares in ATTRIBUTES.items():
        counts = apportion(n_employees, tuple(shares.values()))
        groups[attribute] = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    return groups


def form_means(
    company: Company, truth: Truth, forms: Forms, groups: dict[str, Ints], planting: Planting
) -> Floats:
    """(N,) points a form has before noise: person, source, rater and planted disparities.

    x = mu + shift_source + u_unit + theta_employee - b_rater + planted; a self form has no b.
    """
    expected = truth.expected_scores(company)
    self_code = SOURCES.index("self")
    shift = np.array(SOURCE_SHIFT)[forms.source]
    severity = np.where(forms.source == self_code, 0.0, truth.severity[forms.rater])
    points: Floats = expected[forms.employee] + shift - severity
    for one in planting.plant.disparities:
        group = list(ATTRIBUTES[one.attribute]).index(one.group)
        is_hit = forms.source == SOURCES.index(one.source)
        is_hit &= groups[one.attribute][forms.employee] == group
        points[is_hit] += one.points
    return points


def form_noise(forms: Forms, spread: Deviations) -> Floats:
    """(N,) standard deviation of what is left in a form, by its source."""
    return np.array([spread.residual[source] for source in SOURCES])[forms.source]
