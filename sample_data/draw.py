"""The model behind the sample cycle: people, raters, and marks with known severities.

Nobody here exists. Names are drawn without regard to attributes, so that a
name says nothing about a group.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import yaml

HERE = Path(__file__).resolve().parent
BANDS = ("Below", "Developing", "Meets", "Exceeds", "Outstanding")
CUTS = (35.0, 45.0, 65.0, 75.0)

MEAN = 58.0
EMPLOYEE_SD = 10.0
TEAM_SD = 5.0
SEVERITY_SD = 8.0
RESIDUAL_SD = 10.0
PROFILE_SD = 4.0
CRITERION_SD = 8.0
SOURCE_SHIFT = {"manager": 2.0, "peer": 4.0, "direct_report": 3.0, "self": 8.0}

#: Managers mark this group lower by so many points, all else equal.
PLANTED_GROUP = ("gender", "female")
PLANTED_POINTS = -10.0
#: (department, which of its managers): severity in points, positive is harsher.
PLANTED_SEVERITY = {("Engineering", 0): 20.0, ("Sales", 1): 20.0, ("Customer Care", 0): -20.0}

#: department: (people with director and managers, managers, job families, rubric)
DEPARTMENTS = {
    "Engineering": (66, 8, ("Engineering",), "engineering"),
    "Data": (30, 4, ("Data",), "engineering"),
    "Sales": (50, 6, ("Sales",), "default"),
    "Customer Care": (52, 6, ("Customer Care",), "default"),
    "Operations": (41, 5, ("Operations", "Finance"), "default"),
}
GENDERS = {"male": 111, "female": 105, "nonbinary": 6, "": 18}
ETHNICITIES = {"white": 92, "asian": 48, "hispanic": 40, "black": 38, "": 22}

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True)
class Person:
    """One row of employees.csv, with its place in the hierarchy."""

    employee_id: str
    name: str
    manager: int
    department: str
    job_family: str
    level: str
    rubric: str
    absence: str = ""

    @property
    def is_manager(self) -> bool:
        return self.level in {"L5", "L6", "L7"}


@dataclass(frozen=True)
class Form:
    """All marks of one rater on one employee from one source."""

    employee: int
    rater: int
    source: str


@dataclass(frozen=True)
class Truth:
    """What a real company never knows."""

    severity: Floats
    team: Mapping[int, float]
    employee: Floats

    def expected_score(self, people: Sequence[Person]) -> Floats:
        """Mean over all possible raters: company mean, team effect and employee effect."""
        teams = np.array([self.team.get(person.manager, 0.0) for person in people])
        return MEAN + teams + self.employee


def read_source(name: str) -> list[dict[str, str]]:
    with (HERE / "source" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def read_criteria(rubric: str) -> dict[str, int]:
    """Criterion → weight, as the rubric file has them."""
    text = (HERE.parent / "rubrics" / f"{rubric}.yaml").read_text(encoding="utf-8")
    return {item["id"]: item["weight"] for item in yaml.safe_load(text)["criteria"]}


def draw_names(rng: np.random.Generator) -> list[str]:
    """Two and a half people for each typed pair of names, none of them twice."""
    pools: dict[str, list[dict[str, str]]] = {}
    for row in read_source("names.csv"):
        pools.setdefault(row["pool"], []).append(row)
    names = []
    for rows in pools.values():
        for k in range(len(rows) * 5 // 2):
            given = rows[k % len(rows)]
            family = rows[(k + k // len(rows)) % len(rows)]
            order = {
                "given_first": f"{given['given']} {family['family']}",
                "family_first": f"{family['family']} {given['given']}",
                "joined": f"{family['family']}{given['given']}",
            }
            names.append(order[given["order"]])
    return [names[k] for k in rng.permutation(len(names))]


def build_people(rng: np.random.Generator) -> list[Person]:
    """Chief executive, a director per department, managers, staff, in this order of ids."""
    places: list[tuple[int, str, str, str, str]] = [
        (-1, "Operations", "Operations", "L7", "default")
    ]
    for department, (_, _, families, rubric) in DEPARTMENTS.items():
        places.append((0, department, families[0], "L6", rubric))
    for head, (department, (_, n_managers, families, rubric)) in enumerate(DEPARTMENTS.items(), 1):
        places += [
            (head, department, families[k % len(families)], "L5", rubric) for k in range(n_managers)
        ]
    first = 1 + len(DEPARTMENTS)
    for department, (n_people, n_managers, _, rubric) in DEPARTMENTS.items():
        for k in range(n_people - n_managers - 1):
            boss = first + k % n_managers
            level = str(rng.choice(["L1", "L2", "L3", "L4"], p=[0.15, 0.30, 0.35, 0.20]))
            places.append((boss, department, places[boss][2], level, rubric))
        first += n_managers
    names = draw_names(rng)
    absences = draw_absences(rng, [k for k, place in enumerate(places) if place[3] < "L5"])
    return [
        Person(f"E{k + 1:04d}", names[k], *place, absence=absences.get(k, ""))
        for k, place in enumerate(places)
    ]


def draw_absences(rng: np.random.Generator, staff: Sequence[int]) -> dict[int, str]:
    away = [int(k) for k in rng.choice(staff, size=5, replace=False)]
    reasons = ["on leave for more than half of the cycle"] * 3 + ["joined in November 2026"] * 2
    return {0: "assessed by the board", **dict(zip(away, reasons, strict=True))}


def draw_groups(rng: np.random.Generator, counts: Mapping[str, int]) -> list[str]:
    pool = [group for group, n in counts.items() for _ in range(n)]
    return [pool[k] for k in rng.permutation(len(pool))]


def planted_raters(people: Sequence[Person]) -> dict[int, float]:
    """Index of each rater with a planted severity."""
    planted = {}
    for (department, which), severity in PLANTED_SEVERITY.items():
        managers = [
            k for k, p in enumerate(people) if p.department == department and p.level == "L5"
        ]
        planted[managers[which]] = severity
    return planted


def draw_truth(rng: np.random.Generator, people: Sequence[Person]) -> Truth:
    severity = rng.normal(0.0, SEVERITY_SD, len(people))
    for rater, value in planted_raters(people).items():
        severity[rater] = value
    managers = sorted({person.manager for person in people if person.manager >= 0})
    team = dict(zip(managers, rng.normal(0.0, TEAM_SD, len(managers)).tolist(), strict=True))
    return Truth(severity, team, rng.normal(0.0, EMPLOYEE_SD, len(people)))


def choose_peers(
    rng: np.random.Generator, people: Sequence[Person], present: Sequence[int], k: int
) -> list[int]:
    """Three or four peers; about two in five come from outside the own team.

    Peers from other teams are what tells a rater's severity from the team's level.
    """
    person = people[k]
    near = [
        j for j in present if j != k and people[j].manager == person.manager and j != person.manager
    ]
    far = [
        j
        for j in present
        if people[j].manager != person.manager
        and people[j].manager != k
        and j != person.manager
        and people[j].is_manager >= person.is_manager
        and j != 0
    ]
    peers: list[int] = []
    for _ in range(int(rng.integers(3, 5))):
        left = [j for j in near if j not in peers]
        pool = left if left and rng.random() >= 0.40 else [j for j in far if j not in peers]
        peers.append(int(rng.choice(pool)))
    return peers


def build_forms(rng: np.random.Generator, people: Sequence[Person]) -> list[Form]:
    present = [k for k, person in enumerate(people) if not person.absence or k == 0]
    forms: list[Form] = []
    for k in present[1:]:
        forms.append(Form(k, people[k].manager, "manager"))
        forms += [Form(k, peer, "peer") for peer in choose_peers(rng, people, present, k)]
        if rng.random() < 0.92:
            forms.append(Form(k, k, "self"))
        reports = [j for j in present if people[j].manager == k]
        if reports:
            chosen = rng.choice(reports, size=min(4, len(reports)), replace=False)
            forms += [Form(k, int(j), "direct_report") for j in sorted(chosen)]
    return forms


def draw_marks(
    rng: np.random.Generator,
    people: Sequence[Person],
    forms: Sequence[Form],
    truth: Truth,
    gender: Sequence[str],
) -> list[list[int]]:
    """Marks of each form: person, rater, source, planted gap and noise, put on the scale."""
    expected = truth.expected_score(people)
    profile = rng.normal(0.0, PROFILE_SD, (len(people), 5))
    marks = []
    for form in forms:
        points = expected[form.employee] + SOURCE_SHIFT[form.source]
        if form.source != "self":
            points -= truth.severity[form.rater]
        if form.source == "manager" and gender[form.employee] == PLANTED_GROUP[1]:
            points += PLANTED_POINTS
        points += rng.normal(0.0, RESIDUAL_SD)
        per_criterion = points + profile[form.employee] + rng.normal(0.0, CRITERION_SD, 5)
        marks.append([int(m) for m in np.clip(np.rint(1 + per_criterion / 25), 1, 5)])
    return marks


def points_of(marks: Sequence[int], weights: Iterable[int]) -> float:
    return sum(w * 25.0 * (m - 1) for w, m in zip(weights, marks, strict=True)) / 100


def propose_bands(
    rng: np.random.Generator,
    people: Sequence[Person],
    forms: Sequence[Form],
    marks: Sequence[list[int]],
) -> dict[int, str]:
    """The band of the manager's own form; one in twenty managers' proposals is still open."""
    proposed = {}
    for form, values in zip(forms, marks, strict=True):
        if form.source == "manager" and rng.random() >= 0.05:
            weights = read_criteria(people[form.employee].rubric).values()
            points = points_of(values, weights)
            proposed[form.employee] = BANDS[sum(points >= cut for cut in CUTS)]
    return proposed
