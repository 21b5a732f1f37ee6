"""Points for the conversation: questions from data, tied to outcomes, and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from calibrate import tables
from calibrate.config import load_cycle
from calibrate.pipeline.gather import gather_material
from calibrate.pipeline.stages import compute_scores, prepare_cycle
from calibrate.pipeline.tabulate import tabulate_everything
from calibrate.report import Material
from calibrate.report.material import list_rows
from calibrate.report.views.base import Company
from calibrate.report.views.evidence import build_person
from calibrate.report.views.manager import build_manager_view
from calibrate.report.views.points import MOST_POINTS, list_points

Invent = Callable[..., Material]

#: Attributes, verdicts on character, and words that promise more than data can.
FORBIDDEN = re.compile(
    r"\b(age|aged|old|young|gender|sex|woman|women|man|men|male|female|mother|father|pregnan\w*|"
    r"parent\w*|ethnic\w*|race|religio\w*|national\w*|disab\w*|health|ill|sick\w*|married|"
    r"lazy|stupid|weak person|difficult|emotional|aggressive|bossy|abrasive|"
    r"fair|unfair|unbiased|debiased|compliant|true score)\b",
    re.IGNORECASE,
)


def ask(material: Material) -> dict[str, tuple[str, ...]]:
    """Points of everybody, by id."""
    company = Company(material)
    return {
        str(row["employee_id"]): list_points(company, build_person(company, row), row)
        for row in list_rows(material.tables["scores"])
    }


@pytest.fixture(scope="module")
def sample(sample_data: Path) -> Material:
    scored = compute_scores(prepare_cycle(load_cycle(sample_data)))
    return gather_material(scored, tabulate_everything(scored), "run")


@pytest.fixture
def people(invent: Invent) -> Material:
    return invent()


def put(material: Material, table: str, rows: list[dict[str, object]]) -> Material:
    """The same company with other rows in one table."""
    contract = next(c for c in tables.PUBLIC if c.name == table)
    blank = {c.name: None for c in contract.columns}
    frame = contract.conform(pd.DataFrame([blank | row for row in rows]))
    return replace(material, tables={**material.tables, table: frame})


def test_each_card_has_one_to_three_questions(sample: Material) -> None:
    for points in ask(sample).values():
        assert 1 <= len(points) <= MOST_POINTS
        assert all(point.endswith("?") for point in points)


def test_no_point_speaks_of_an_attribute_of_character_or_promises(sample: Material) -> None:
    titles = {str(t) for t in sample.tables["goals"]["title"]}
    for points in ask(sample).values():
        for point in points:
            said = point
            for title in titles:
                said = said.replace(title, "")
            assert not FORBIDDEN.search(said), point


def test_hardly_two_cards_are_alike_and_most_name_an_outcome(sample: Material) -> None:
    asked = {k: points for k, points in ask(sample).items() if "no mark yet" not in points[0]}
    counted = Counter(asked.values())
    # People of a team hold the same goals: up to a third of the cards are like another one.
    assert sum(n for n in counted.values() if n > 1) <= len(asked) / 3
    titles = [outcome.title for outcome in sample.outcomes]
    named = sum(any(t in p for t in titles for p in points) for points in asked.values())
    assert named >= 0.9 * len(asked)


def test_a_rating_apart_from_the_goals_comes_first(people: Material) -> None:
    person = next(iter(people.tables["scores"].dropna(subset=["raw_score"])["employee_id"]))
    told = put(people, "results", [{"scope": "person", "scope_id": person, "verdict": "higher"}])
    assert ask(told)[person][0].startswith("The rating is higher than the goals suggest.")
    assert (
        "“Grow recurring revenue”" in ask(told)[person][0] or "outcome" not in ask(told)[person][0]
    )


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        ("only_recent", "What did the first months show?"),
        ("no_checkin", "What has not been talked about?"),
        ("high_unsupported", "Which example shows it?"),
        ("one_form", "Who else saw the work?"),
        ("no_goal", "which outcome did it serve?"),
    ],
)
def test_a_gap_in_the_evidence_becomes_a_question(people: Material, gap: str, said: str) -> None:
    bare = replace(people, tables={**people.tables, "goals": tables.GOALS.empty()})
    person = next(iter(people.tables["scores"].dropna(subset=["raw_score"])["employee_id"]))
    told = put(bare, "evidence_gaps", [{"employee_id": person, "gap": gap, "detail": "x"}])
    assert any(said in point for point in ask(told)[person])


def test_skills_of_a_card_that_shows_none_are_not_asked_about(people: Material) -> None:
    rows = [
        {"scope": "person", "scope_id": person, "criterion": "delivery", "verdict": "down",
         "change": -20.0, "n_cycles": 3}
        for person in people.tables["scores"]["employee_id"]
    ]  # fmt: skip
    told = put(people, "skill_trends", rows)
    company = Company(told)
    for row in list_rows(told.tables["scores"]):
        person = build_person(company, row)
        points = list_points(company, person, row)
        if person.is_masked or (person.is_sealed and not person.is_adjusted):
            assert not any("has fallen" in point for point in points)


def test_the_next_step_goes_to_what_lies_furthest_below_the_level(invent: Invent) -> None:
    """The weakest criterion is where the level asks for least: +15 points there, −15 elsewhere."""
    material = invent()
    first, *others = (c.id for c in material.rubrics[0].criteria)
    widest = others[-1]
    marked = material.tables["criterion_scores"].copy()
    scores = {first: 40.0, widest: 60.0}
    asked = {first: 25.0, widest: 75.0}
    for column in ("raw_score", "calibrated_score"):
        marked[column] = marked["criterion"].map(scores).fillna(60.0)
    marked["expected"] = marked["criterion"].map(asked).fillna(50.0)
    view = build_manager_view(
        replace(material, tables=dict(material.tables) | {"criterion_scores": marked}), "E000"
    )
    develop = {c.id: c.develop for c in material.rubrics[0].criteria}
    told = {card.talk.next_step for card in view.cards if card.person.is_rated}
    assert told == {develop[widest]}


@pytest.mark.parametrize(
    ("attainment", "said"),
    [
        (0.6, "got to 60%. What stood in the way"),
        (0.97, "got to 97%. Does “Grow recurring revenue” need the rest of it"),
        (1.2, "was reached. What made it work"),
    ],
)
def test_the_question_about_a_goal_fits_how_far_it_came(
    people: Material, attainment: float, said: str
) -> None:
    goals = people.tables["goals"].assign(attainment=attainment, outcome="grow")
    told = replace(people, tables={**people.tables, "goals": goals})
    points = [point for own in ask(told).values() for point in own]
    assert any(said in point for point in points)
    assert sum("What stood in the way" in point for point in points) == (
        len([p for p in points if "got to" in p]) if attainment < 0.9 else 0
    )
