"""Words and figures on the printed manager packet of the sample company against the tables."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader

from calibrate.config import load_cycle
from calibrate.pipeline import compute_scores, prepare_cycle, tabulate_everything
from calibrate.pipeline.gather import gather_material
from calibrate.report import Material, render_packet

SAMPLE = Path(__file__).parents[2] / "sample_data" / "cycle.yaml"
#: Manager of 12 people.
MANAGER = "E0002"


@pytest.fixture(scope="module")
def sample() -> Material:
    scored = compute_scores(prepare_cycle(load_cycle(SAMPLE)))
    return gather_material(scored, tabulate_everything(scored), "2026-H2-0")


@pytest.fixture(scope="module")
def text(sample: Material) -> str:
    pages = PdfReader(io.BytesIO(render_packet("manager", sample, MANAGER).pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def list_team(material: Material) -> pd.DataFrame:
    employees = material.employees
    team = employees.loc[employees["manager_id"] == MANAGER, ["employee_id", "name"]]
    return team.merge(material.tables["scores"], on="employee_id", validate="one_to_one")


def on_scale(points: float) -> str:
    """Points to the scale of 1 to 5, one decimal: peers stand behind these scores."""
    return f"{1 + points / 25:.1f}"


def is_right_to_left(name: str) -> bool:
    return any("\u0590" <= letter <= "\u08ff" for letter in name)


def has_few_answers(material: Material, employee: str) -> bool:
    """Fewer than three peers, or direct reports, on any criterion."""
    rows = material.source_scores
    rows = rows[(rows["employee_id"] == employee) & rows["source"].isin(["peer", "direct_report"])]
    return bool((rows["n_forms"] < 3).any())


def test_every_person_of_the_team_is_named_with_the_id(sample: Material, text: str) -> None:
    team = list_team(sample)
    assert len(team) == 12
    for person in team.itertuples():
        assert f"· {person.employee_id}" in text
        if not is_right_to_left(person.name):
            assert text.count(person.name) >= 3


def test_adjusted_scores_and_ranges_are_those_of_the_table(sample: Material, text: str) -> None:
    cards = text.partition("Person by person")[2]
    shown = 0
    for person in list_team(sample).itertuples():
        card = cards.partition(f"· {person.employee_id} ")[2]
        facts = card.partition("Raters")[0]
        span = f"{on_scale(person.low)} to {on_scale(person.high)}"
        if has_few_answers(sample, person.employee_id):
            assert f"90% range {span}" not in facts
            continue
        assert f"Adjusted {on_scale(person.adjusted_score)} " in facts
        assert f"90% range {span}" in facts
        shown += 1
    assert shown == 10


def test_bands_are_those_of_the_table(sample: Material, text: str) -> None:
    cards = text.partition("Person by person")[2]
    for person in list_team(sample).itertuples():
        card = cards.partition(f"· {person.employee_id} ")[2].partition("Next step")[0]
        assert f"Proposed {person.proposed_band} " in card
        assert re.search(rf"Suggested {person.suggested_band}\b", card)


def test_the_team_table_has_score_range_and_bands_in_one_line(sample: Material, text: str) -> None:
    table = text.partition("Your team")[2].partition("What changed")[0]
    for person in list_team(sample).itertuples():
        if has_few_answers(sample, person.employee_id):
            continue
        score = on_scale(person.adjusted_score)
        span = f"{on_scale(person.low)} to {on_scale(person.high)}"
        line = rf"\b{person.n_forms} .{{0,30}}?{score} {span} .{{0,5}}?{person.proposed_band} "
        assert re.search(line, table), (person.employee_id, line)


def test_criteria_in_the_heat_table_are_those_of_the_table(sample: Material, text: str) -> None:
    heat = text.partition("By criterion")[2].partition("How you mark")[0]
    criteria = sample.tables["criterion_scores"]
    for person in list_team(sample).itertuples():
        if is_right_to_left(person.name) or has_few_answers(sample, person.employee_id):
            continue
        own = criteria[criteria["employee_id"] == person.employee_id].set_index("criterion")
        rubric = next(r for r in sample.rubrics if r.id == sample.rubric_of[person.employee_id])
        cells = [on_scale(own.loc[c.id, "calibrated_score"]) for c in rubric.criteria]
        assert f"{person.name} {' '.join(cells)}" in heat


def test_earlier_bands_are_those_of_the_history(sample: Material, text: str) -> None:
    history = sample.history
    people = set(list_team(sample)["employee_id"])
    rows = history[history["employee_id"].isin(people)]
    assert len(rows) > 0
    for row in rows.itertuples():
        assert f"{row.cycle} {row.band}" in text


def test_counts_on_the_first_page_are_those_of_the_tables(sample: Material, text: str) -> None:
    team = list_team(sample)
    agenda = sample.tables["agenda"]
    asked = agenda[(agenda["minutes"] > 0) & agenda["employee_id"].isin(team["employee_id"])]
    first = text.partition("Your team Filled")[0]
    assert re.search(rf"\b{len(team)} ?people in your team", first)
    assert re.search(rf"\b{len(asked)} ?on the agenda", first)
    assert re.search(rf"\b{team['proposed_band'].notna().sum()} ?with a band", first)


def test_no_page_prints_a_missing_value(text: str) -> None:
    assert not re.search(r"\b(None|nan|NaN|NaT|<NA>)\b", text)
