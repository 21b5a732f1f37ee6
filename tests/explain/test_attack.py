"""A manager with own forms, own packets and two runs tries to work out an answer.

Everything printed becomes a linear constraint with its rounding; linear programming then
says between which ends each unknown mark may lie. He is granted the weights, the levels
of the sources, and that no severity exceeds half the scale and none moves between the runs.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from calibrate.explain import explain_person
from calibrate.report.privacy import ANONYMOUS, Behind, cut_mean
from calibrate.report.views.base import Company
from calibrate.report.views.evidence import Person, build_person

STEP = 25.0
#: Largest severity the attacker reckons with, and how far it may move between two runs, points.
WORST, DRIFT = 50.0, 2.0

Row = dict[str, str]
FormKey = tuple[str, str]


def points_of(text: str) -> float:
    return 25 * (float(text) - 1)


@dataclass
class Attack:
    """Unknown marks (form, criterion) and severities, and what is known of their sums."""

    weights: dict[str, float]
    place: dict[object, int] = field(default_factory=dict)
    rows: list[dict[int, float]] = field(default_factory=list)
    ends: list[tuple[float, float]] = field(default_factory=list)

    def find(self, unknown: object) -> int:
        return self.place.setdefault(unknown, len(self.place))

    def form(self, key: object, factor: float) -> dict[int, float]:
        """A form's score: the weighted mean of its criteria."""
        return {self.find((key, c)): factor * w for c, w in self.weights.items()}

    def learn(self, terms: Iterator[dict[int, float]], low: float, high: float) -> None:
        row: dict[int, float] = {}
        for term in terms:
            for at, factor in term.items():
                row[at] = row.get(at, 0.0) + factor
        self.rows.append(row)
        self.ends.append((low, high))

    def bound(self, target: dict[int, float]) -> tuple[float, float]:
        """Least and largest value of a sum of unknowns that fits all that was printed."""
        n = len(self.place)
        matrix = np.zeros((len(self.rows), n))
        for row, terms in zip(matrix, self.rows, strict=True):
            row[list(terms)] = list(terms.values())
        low, high = np.array(self.ends).T
        cost = np.zeros(n)
        cost[list(target)] = list(target.values())
        limits = [
            (-WORST, WORST) if isinstance(u, tuple) and u[0] == "severity" else (0.0, 100.0)
            for u in self.place
        ]
        ends = []
        for way in (1, -1):
            found = linprog(
                way * cost, np.vstack([matrix, -matrix]), np.concatenate([high, -low]),
                bounds=limits,
            )  # fmt: skip
            assert found.status == 0, found.message
            ends.append(way * found.fun)
        return ends[0], ends[1]


def to_float(value: object) -> float:
    return float("nan") if pd.isna(value) else float(value)


def forms_of(run, employee: str) -> list[dict]:
    """Scored forms of a person with the marks the attacker is after."""
    prepared = run.scored.prepared
    forms, ids = prepared.forms, prepared.employees.ids
    chosen = np.flatnonzero((forms.employee == ids.index(employee)) & forms.scored)
    told = run.material.tables["forms"].set_index(["employee_id", "source", "rater_id"])
    found = []
    for n in chosen:
        rater = prepared.raters[forms.rater[n]]
        source = ("manager", "peer", "direct_report", "skip_level", "self", "other")[
            forms.source[n]
        ]
        marks = dict(zip(prepared.rules.criteria, forms.criterion_points[n], strict=True))
        row = told.loc[(employee, source, rater)]
        found.append({
            "rater": rater, "source": source, "points": float(forms.points[n]),
            "weight": float(row["weight"]), "marks": marks, "severity": to_float(row["severity"]),
        })  # fmt: skip
    return found


def weights_of(run, employee: str) -> dict[str, float]:
    company = Company(run.material)
    rubric = company.find_rubric(employee, [])
    assert rubric is not None
    return {c.id: float(c.weight.rstrip("%")) / 100 for c in rubric.criteria}


def read_stretch(text: str) -> tuple[float, float] | None:
    """``3 to 5`` in points; anything else says nothing of marks."""
    low, to, high = text.partition(" to ")
    return (points_of(low), points_of(high)) if to and low[:1].isdigit() else None


def read_bands(company: Company, text: str) -> tuple[float, float] | None:
    """Ends of one band, or of ``Exceeds to Outstanding``; nothing for no band."""
    first, _, last = text.partition(" to ")
    if first not in company.labels:
        return None
    ends = (0.0, *company.cuts, 100.0)
    return ends[company.labels.index(first)], ends[company.labels.index(last or first) + 1]


def read_figure(text: str) -> tuple[float, float]:
    """Ends of the figures that are printed like this."""
    half = 0.5 * 10.0 ** -len(text.partition(".")[2])
    return points_of(str(float(text) - half)), points_of(str(float(text) + half))


def listen(attack: Attack, run, employee: str, manager: str, names: Callable) -> Person:
    """Turn all that one run prints about a person into constraints."""
    company = Company(run.material)
    score = run.material.desk.find_one("scores", "employee_id", employee)
    person = build_person(company, score)
    told = explain_person(run.folder, employee)
    forms = forms_of(run, employee)
    known = [f for f in forms if f["rater"] == manager]
    unknown = [f for f in forms if f["rater"] != manager]
    total = sum(f["weight"] for f in forms)
    own = sum(f["weight"] * f["points"] for f in known)
    labels = {"Peers": "peer", "Direct reports": "direct_report"}
    steps = {step.term: step.shown for step in told.steps}

    def learn_raw(low: float, high: float) -> None:
        attack.learn(
            (attack.form(names(f), f["weight"]) for f in unknown),
            low * total - own, high * total - own,
        )  # fmt: skip

    def learn_adjusted(low: float, high: float) -> None:
        level = run.material.tables["sources"].set_index("source")["level"]
        rest = sum(f["weight"] * float(level[f["source"]]) for f in forms)
        rest -= own + sum(f["weight"] * f["severity"] for f in known)
        slack = DRIFT * sum(f["weight"] for f in unknown)
        attack.learn(
            (
                attack.form(names(f), f["weight"])
                | {attack.find(("severity", f["rater"])): f["weight"]}
                for f in unknown
            ),
            low * total + rest - slack, high * total + rest + slack,
        )  # fmt: skip

    for shown in (person.raw, steps.get("raw_score", "")):
        stretch = read_stretch(shown)
        if stretch:
            learn_raw(*stretch)
    for shown in (person.raw_band, dict(told.bands).get("raw_band", "")):
        bands = read_bands(company, shown)
        if bands:
            learn_raw(*bands)
    for shown in (person.adjusted, steps.get("adjusted_score", "")):
        if shown[:1].isdigit():
            learn_adjusted(*read_figure(shown))
    for line in told.forms:
        stretch = read_stretch(line.mark)
        pool = [f for f in forms if f["source"] == line.source]
        if stretch and line.source in ANONYMOUS:
            attack.learn(
                (attack.form(names(f), 1.0) for f in pool),
                *(end * len(pool) for end in stretch),
            )
    for row in person.criteria:
        criterion = next(i for i, label in order(company, employee).items() if label == row.label)
        everybody = read_stretch(row.overall.text)
        if everybody:
            answered = [f for f in forms if not np.isnan(f["marks"][criterion])]
            weight = sum(f["weight"] for f in answered)
            sure = sum(f["weight"] * f["marks"][criterion] for f in answered if f in known)
            attack.learn(
                (
                    {attack.find((names(f), criterion)): f["weight"]}
                    for f in answered
                    if f not in known
                ),
                *(end * weight - sure for end in everybody),
            )
        for column, cell in zip(person.sources, row.cells, strict=True):
            stretch = read_stretch(cell)
            pool = [f for f in forms if f["source"] == labels.get(column.label)]
            if stretch and pool:
                attack.learn(
                    ({attack.find((names(f), criterion)): 1.0} for f in pool),
                    *(end * len(pool) for end in stretch),
                )
    return person


def order(company: Company, employee: str) -> dict[str, str]:
    rubric = company.find_rubric(employee, [])
    assert rubric is not None
    return company.order_criteria(employee, [c.id for c in rubric.criteria])


def lead_manager(run, employee: str) -> str:
    return str(run.material.desk.find_one("employees", "employee_id", employee)["manager_id"])


def choose_forms(rows: list[Row], seed: int) -> dict[str, str]:
    """For every person with four or more peers the rater of one form, at random."""
    raters: dict[str, set[str]] = {}
    for row in rows:
        if row["source"] == "peer":
            raters.setdefault(row["employee_id"], set()).add(row["rater_id"])
    rng = random.Random(seed)
    return {e: rng.choice(sorted(r)) for e, r in sorted(raters.items()) if len(r) >= 4}


@pytest.fixture(scope="module")
def chosen(finished) -> dict[str, str]:
    forms = finished.material.tables["forms"]
    rows = forms[["employee_id", "rater_id", "source"]].astype(str).to_dict("records")
    return choose_forms(rows, 11)


@pytest.fixture(scope="module")
def before_one_came(run_with, chosen):
    """An earlier run: one peer of each person had not filed yet."""
    return run_with(
        lambda rows: [
            row for row in rows
            if not (row["source"] == "peer" and chosen.get(row["employee_id"]) == row["rater_id"])
        ]
    )  # fmt: skip


@pytest.fixture(scope="module")
def before_one_changed(run_with, chosen):
    """An earlier run: one peer of each person had given the other end of the scale."""

    def change(rows: list[Row]) -> list[Row]:
        return [
            row | {"mark": "1" if int(row["mark"]) >= 3 else "5"}
            if row["source"] == "peer" and chosen.get(row["employee_id"]) == row["rater_id"]
            and row["mark"] else row
            for row in rows
        ]  # fmt: skip

    return run_with(change)


def attack_person(runs, employee: str, target: str, *, is_changed: bool) -> Attack:
    """Combine the runs; a changed form is another unknown in the earlier one."""
    attack = Attack(weights_of(runs[-1], employee))
    manager = lead_manager(runs[-1], employee)
    for at, run in enumerate(runs):
        listen(
            attack, run, employee, manager,
            lambda f, at=at: (f["rater"], at if is_changed and f["rater"] == target else "same"),
        )  # fmt: skip
    return attack


def pick_people(run, chosen: dict[str, str], n: int) -> list[str]:
    """Half of them where the form is near an end of the scale, which is the easiest prey."""
    forms = run.material.tables["forms"].set_index(["employee_id", "rater_id"])
    of = {e: float(forms.loc[(e, r), "points"].max()) for e, r in chosen.items()}
    managed = [e for e in of if lead_manager(run, e)]
    extreme = sorted(managed, key=lambda e: -abs(of[e] - 50))[: n // 2]
    rest = [e for e in managed if e not in extreme]
    return [*extreme, *random.Random(3).sample(rest, n - len(extreme))]


def count_marks(low: float, high: float) -> int:
    return int(np.floor(high / STEP + 1e-6) - np.ceil(low / STEP - 1e-6)) + 1


def expect_room(attack: Attack, key: FormKey | tuple) -> None:
    assert attack.rows
    low, high = attack.bound(attack.form(key, 1.0))
    assert high - low >= STEP
    for criterion in attack.weights:
        low, high = attack.bound({attack.find((key, criterion)): 1.0})
        assert high - low >= STEP
        assert count_marks(low, high) >= 2


def test_one_run_tells_no_answer(finished, chosen) -> None:
    for employee in pick_people(finished, chosen, 12):
        attack = attack_person([finished], employee, "", is_changed=False)
        for form in forms_of(finished, employee):
            if form["source"] in ANONYMOUS:
                expect_room(attack, (form["rater"], "same"))


def test_what_the_attacker_concludes_is_true(finished, chosen) -> None:
    for employee in pick_people(finished, chosen, 12):
        attack = attack_person([finished], employee, "", is_changed=False)
        truth = np.zeros(len(attack.place))
        for form in forms_of(finished, employee):
            key = (form["rater"], "same")
            for criterion, mark in form["marks"].items():
                if (key, criterion) in attack.place:
                    truth[attack.place[key, criterion]] = mark
            if ("severity", form["rater"]) in attack.place:
                truth[attack.place["severity", form["rater"]]] = form["severity"]
        for terms, (low, high) in zip(attack.rows, attack.ends, strict=True):
            assert low - 1e-6 <= sum(truth[at] * w for at, w in terms.items()) <= high + 1e-6


def test_one_run_that_adjusts_nothing_tells_no_answer(run_with, chosen) -> None:
    raw = run_with(lambda rows: rows, "{model: none}")
    for employee in pick_people(raw, chosen, 16):
        attack = attack_person([raw], employee, "", is_changed=False)
        for form in forms_of(raw, employee):
            if form["source"] in ANONYMOUS:
                expect_room(attack, (form["rater"], "same"))


def test_an_answer_that_came_between_two_runs_is_not_told(
    finished, before_one_came, chosen
) -> None:
    for employee in pick_people(finished, chosen, 16):
        rater = chosen[employee]
        attack = attack_person([before_one_came, finished], employee, rater, is_changed=False)
        expect_room(attack, (rater, "same"))


def test_an_answer_that_changed_between_two_runs_is_not_told(
    finished, before_one_changed, chosen
) -> None:
    for employee in pick_people(finished, chosen, 16):
        rater = chosen[employee]
        attack = attack_person([before_one_changed, finished], employee, rater, is_changed=True)
        for at in (0, 1):
            expect_room(attack, (rater, at))


def test_no_severity_of_a_peer_is_told(finished, before_one_came, chosen) -> None:
    for employee in pick_people(finished, chosen, 6):
        rater = chosen[employee]
        attack = attack_person([before_one_came, finished], employee, rater, is_changed=False)
        unknown = ("severity", rater)
        if unknown in attack.place:
            low, high = attack.bound({attack.find(unknown): 1.0})
            assert high - low >= STEP


def test_the_attack_succeeds_where_the_mean_has_a_decimal(
    finished, before_one_came, chosen
) -> None:
    """Otherwise the tests above would prove nothing: these are the figures we do not print."""
    employee = pick_people(finished, chosen, 1)[0]
    rater = chosen[employee]
    attack = Attack(weights_of(finished, employee))
    for run in (before_one_came, finished):
        peers = [f for f in forms_of(run, employee) if f["source"] == "peer"]
        for criterion in attack.weights:
            mean = sum(f["marks"][criterion] for f in peers) / len(peers)
            low, high = read_figure(f"{1 + mean / 25:.1f}")
            attack.learn(
                ({attack.find(((f["rater"], "same"), criterion)): 1.0} for f in peers),
                low * len(peers), high * len(peers),
            )  # fmt: skip
    form = next(f for f in forms_of(finished, employee) if f["rater"] == rater)
    for criterion in attack.weights:
        low, high = attack.bound({attack.find(((rater, "same"), criterion)): 1.0})
        assert high - low < STEP
        assert low - 1e-6 <= form["marks"][criterion] <= high + 1e-6


@pytest.mark.parametrize(("n_marks", "n_most"), [(5, 7), (7, 4), (10, 3)])
@pytest.mark.parametrize("weight", [1, 2, 3])
def test_halves_leave_two_marks_whatever_was_filed(n_marks: int, n_most: int, weight: int) -> None:
    """Every sum of the answers, beside every mark of a manager, one answer apart."""
    step = Fraction(100, n_marks - 1)
    marks = [step * k for k in range(n_marks)]
    for own in (None, *marks):
        known = (0, 0) if own is None else (weight, weight * own)
        for n in range(1, n_most + 1):
            single, came, changed = enumerate_answers(n, known, marks, step)
            assert all(len(found) >= 2 for found in (*single, *came, *changed))


def enumerate_answers(n: int, known, marks, step):
    """Marks an answer may have, for each outcome of one run and of two."""
    single, came, changed = {}, {}, {}

    def tell(total, count):
        weight, points = known
        behind = Behind((1.0,) * count, float(weight), float(points))
        return cut_mean(float((points + total) / (weight + count)), behind, float(step))

    top = marks[-1]
    for k in range(n * (len(marks) - 1) + 1):
        total = step * k
        first = tell(total, n)
        for mark in marks:
            came.setdefault((first, tell(total + mark, n + 1)), set()).add(mark)
            if not 0 <= total - mark <= top * (n - 1):
                continue
            single.setdefault(first, set()).add(mark)
            for other in marks:
                if other != mark:
                    second = tell(total - mark + other, n)
                    changed.setdefault((first, second, "old"), set()).add(mark)
                    changed.setdefault((first, second, "new"), set()).add(other)
    return single.values(), came.values(), changed.values()
