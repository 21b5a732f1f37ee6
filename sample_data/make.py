"""Write the sample cycle: an invented company with known severities and one planted disparity.

``python sample_data/make.py`` rewrites the committed files byte for byte;
``--out DIR`` writes them elsewhere. The folder truth/ says what was planted.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import draw
import numpy as np
import yaml
from draw import Form, Person, Truth

#: In a company of this size the audit finds the planted gap for about two seeds
#: in three (six of the seeds 1 to 9); 1 is the first of them.
SEED = 1
LOCATIONS = ("Hamburg", "Gdańsk", "Piraeus", "Lisboa", "Rotterdam")
WORK_MODES = ("office", "hybrid", "remote")
# fmt: off
EMPLOYEE_COLUMNS = (
    "employee_id", "name", "manager_id", "department", "job_family", "level", "location",
    "work_mode", "hired_on", "not_rated_reason", "session", "proposed_band", "proposed_by",
    "proposed_on",
)
GOAL_COLUMNS = (
    "goal_id", "title", "kind", "employee_id", "department", "parent_id", "outcome", "weight",
    "unit", "baseline", "target", "actual", "due_on", "evidence",
)
# fmt: on


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_employees(
    rng: np.random.Generator, out: Path, people: Sequence[Person], proposed: Mapping[int, str]
) -> None:
    rows = []
    for k, person in enumerate(people):
        boss = people[person.manager].employee_id if person.manager >= 0 else ""
        hired = dt.date(2013, 1, 1) + dt.timedelta(days=int(rng.integers(0, 4900)))
        if person.absence.startswith("joined"):
            hired = dt.date(2026, 11, int(rng.integers(1, 29)))
        place, mode = rng.choice(LOCATIONS), rng.choice(WORK_MODES, p=[0.35, 0.45, 0.20])
        day = dt.date(2026, 12, int(rng.integers(8, 19)))
        rows.append(
            [
                *(person.employee_id, person.name, boss, person.department, person.job_family),
                *(person.level, place, mode, hired, person.absence, person.department),
                *((proposed[k], boss, day) if k in proposed else ("", "", "")),
            ]
        )
    write_csv(out / "employees.csv", EMPLOYEE_COLUMNS, rows)


def write_ratings(
    rng: np.random.Generator,
    out: Path,
    people: Sequence[Person],
    forms: Sequence[Form],
    marks: Sequence[list[int]],
) -> None:
    """One row per mark; one form in fifty leaves a criterion open, one in eight has a comment."""
    texts = {
        (row["criterion"], row["tone"]): row["text"] for row in draw.read_source("comments.csv")
    }
    rows: list[list[object]] = []
    for form, values in zip(forms, marks, strict=True):
        employee, rater = people[form.employee], people[form.rater]
        day = dt.date(2026, 11, 16) + dt.timedelta(days=int(rng.integers(0, 20)))
        blank = int(rng.integers(0, 5)) if rng.random() < 0.02 else -1
        spoken = int(rng.integers(0, 5)) if rng.random() < 0.12 and form.source != "self" else -1
        for c, (criterion, mark) in enumerate(
            zip(draw.read_criteria(employee.rubric), values, strict=True)
        ):
            tone = "low" if mark < 3 else "high" if mark > 3 else "middle"
            comment = texts[criterion, tone] if c == spoken and c != blank else ""
            shown = "" if c == blank else mark
            rows.append(
                [
                    *(employee.employee_id, rater.employee_id, form.source),
                    *(criterion, shown, comment, day),
                ]
            )
    header = ("employee_id", "rater_id", "source", "criterion", "mark", "comment", "rated_on")
    write_csv(out / "ratings.csv", header, rows)


def goal_row(
    rng: np.random.Generator, template: Mapping[str, str], expected: float
) -> tuple[object, ...]:
    """Unit, baseline, target and actual, drawn where it is not given: better people get further."""
    start, aim = float(template["baseline"]), float(template["target"])
    share = float(np.clip(0.80 + 0.012 * (expected - draw.MEAN) + rng.normal(0.0, 0.18), 0.0, 1.4))
    actual = start + share * (aim - start)
    if template["unit"].startswith("%"):
        actual = min(actual, 100.0)
    shown = template["actual"] or f"{actual:.0f}"
    return template["unit"], template["baseline"], template["target"], shown


def choose_goals(
    rng: np.random.Generator, templates: Sequence[Mapping[str, str]], person: Person
) -> list[Mapping[str, str]]:
    """One or two goals of the own department; some managers also have one about their people."""
    own = [t for t in templates if t["kind"] == "person" and t["department"] == person.department]
    n_goals = 2 if person.is_manager or rng.random() < 0.35 else 1
    chosen = [own[int(i)] for i in rng.choice(len(own), size=n_goals, replace=False)]
    if person.is_manager and rng.random() < 0.4:
        chosen[-1] = next(t for t in templates if t["department"] == "Leadership")
    return chosen


def write_goals(
    rng: np.random.Generator, out: Path, people: Sequence[Person], truth: Truth
) -> None:
    """Company goals, two per department, and one or two per person, linked upwards."""
    templates = draw.read_source("goals.csv")
    expected = truth.expected_score(people)
    strategy = yaml.safe_load((draw.HERE / "strategy.yaml").read_text(encoding="utf-8"))
    weights = {item["id"]: item["weight"] for item in strategy["outcomes"]}
    rows: list[list[object]] = []
    parents: dict[tuple[str, str], str] = {}

    def add(template: Mapping[str, str], employee: int, weight: int, score: float) -> None:
        kind, outcome = template["kind"], template["outcome"]
        department = "" if kind == "company" else template["department"]
        holder = people[employee] if kind == "person" else None
        goal_id = f"G{len(rows) + 1:04d}"
        above = "" if kind == "company" else parents["", outcome]
        if holder is not None:
            department = holder.department
            above = parents.get((department, outcome), above)
        else:
            parents[department, outcome] = goal_id
        due = "2026-12-31" if rng.random() < 0.7 else "2026-11-30"
        unit, start, aim, actual = goal_row(rng, template, score)
        rows.append(
            [
                *(goal_id, template["title"], kind, holder.employee_id if holder else ""),
                *(department, above, outcome, weight, unit, start, aim, actual, due),
                "goal review, December 2026" if holder else "quarterly report",
            ]
        )

    for template in templates:
        if template["kind"] != "person":
            weight = weights[template["outcome"]] if template["kind"] == "company" else 50
            add(template, -1, weight, draw.MEAN)
    for k, person in enumerate(people):
        if not person.absence:
            chosen = choose_goals(rng, templates, person)
            for goal in chosen:
                add(goal, k, 100 // len(chosen), float(expected[k]))
    write_csv(out / "goals.csv", GOAL_COLUMNS, rows)


def write_attributes(
    out: Path, people: Sequence[Person], gender: Sequence[str], ethnicity: Sequence[str]
) -> None:
    rows = zip((p.employee_id for p in people), gender, ethnicity, strict=True)
    write_csv(out / "attributes.csv", ("employee_id", "gender", "ethnicity"), rows)


def describe_plan(people: Sequence[Person]) -> dict[str, object]:
    """What was planted, for truth/planted.yaml."""
    attribute, group = draw.PLANTED_GROUP
    return {
        "seed": SEED,
        "unit": "points, 0 to 100; one mark is 25 points",
        "mean": draw.MEAN,
        "standard_deviations": {
            "employee": draw.EMPLOYEE_SD,
            "team": draw.TEAM_SD,
            "severity": draw.SEVERITY_SD,
            "residual": draw.RESIDUAL_SD,
            "criterion_of_an_employee": draw.PROFILE_SD,
            "criterion_within_a_form": draw.CRITERION_SD,
        },
        "source_shift": draw.SOURCE_SHIFT,
        "raters": [
            {"rater_id": people[j].employee_id, "name": people[j].name, "severity": value}
            for j, value in sorted(draw.planted_raters(people).items())
        ],
        "disparities": [
            {
                "attribute": attribute,
                "group": group,
                "stage": "proposed",
                "source": "manager",
                "points": draw.PLANTED_POINTS,
                "meaning": "managers mark and propose this group lower, all else equal",
            }
        ],
    }


def write_truth(out: Path, people: Sequence[Person], forms: Sequence[Form], truth: Truth) -> None:
    """The figures that an analysis tries to recover; see truth/planted.yaml for their meaning."""
    planted = draw.planted_raters(people)
    raters = sorted({form.rater for form in forms if form.source != "self"})
    write_csv(
        out / "truth" / "raters.csv",
        ("rater_id", "severity", "planted"),
        [
            (people[j].employee_id, f"{truth.severity[j]:.6f}", "yes" if j in planted else "no")
            for j in raters
        ],
    )
    expected = truth.expected_score(people)
    write_csv(
        out / "truth" / "employees.csv",
        ("employee_id", "unit", "unit_effect", "employee_effect", "expected_score"),
        [
            (
                person.employee_id,
                people[person.manager].employee_id,
                f"{truth.team[person.manager]:.6f}",
                f"{truth.employee[k]:.6f}",
                f"{expected[k]:.6f}",
            )
            for k, person in enumerate(people)
            if person.manager >= 0
        ],
    )
    text = yaml.safe_dump(describe_plan(people), sort_keys=False, allow_unicode=True)
    (out / "truth" / "planted.yaml").write_text(text, encoding="utf-8")


def write_sample(out: Path, seed: int = SEED) -> None:
    """Write all tables of the sample cycle and their truth into ``out``."""
    rng = np.random.default_rng(seed)
    people = draw.build_people(rng)
    gender = draw.draw_groups(rng, draw.GENDERS)
    ethnicity = draw.draw_groups(rng, draw.ETHNICITIES)
    truth = draw.draw_truth(rng, people)
    forms = draw.build_forms(rng, people)
    marks = draw.draw_marks(rng, people, forms, truth, gender)
    proposed = draw.propose_bands(rng, people, forms, marks)
    write_employees(rng, out, people, proposed)
    write_ratings(rng, out, people, forms, marks)
    write_goals(rng, out, people, truth)
    write_attributes(out, people, gender, ethnicity)
    write_truth(out, people, forms, truth)


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the sample cycle.")
    parser.add_argument("--out", type=Path, default=draw.HERE, help="folder to write into")
    write_sample(parser.parse_args().out)


if __name__ == "__main__":
    main()
