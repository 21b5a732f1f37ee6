"""Teams of every size and kind get a manager packet that is short, whole and says what is cut."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader

from calibrate import tables
from calibrate.language import speak
from calibrate.report import Material, draft_packet, render_packet
from calibrate.report.material import ASSIGNMENT_COLUMNS
from calibrate.report.views.manager import MOST_FULL_TEAM, build_manager_view

Invent = Callable[..., Material]
BOSS = "E000"


def gather_team(material: Material, n: int) -> Material:
    """Let the first n people after the three managers report to E000, and nobody else."""
    employees = material.employees.copy()
    ids = list(employees["employee_id"])
    employees["manager_id"] = [BOSS if 3 <= at < 3 + n else "" for at in range(len(ids))]
    return replace(material, employees=employees)


def read_pages(material: Material, manager: str = BOSS) -> list[str]:
    pdf = render_packet("manager", material, manager).pdf
    pages = PdfReader(io.BytesIO(pdf)).pages
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]


def read_html(material: Material, manager: str = BOSS) -> str:
    html = re.sub(r"<[^>]+>", " ", draft_packet("manager", material, manager).html)
    # Names from right to left stand between two marks without a shape.
    return re.sub(r"\s+", " ", re.sub(r"[\u2068\u2069]", "", html))


def assert_clean(text: str) -> None:
    assert not re.search(r"\b(None|nan|NaN|NaT)\b", text)


@pytest.mark.parametrize(("n", "most_pages"), [(1, 1), (12, 7)])
def test_a_team_has_a_card_for_each_person(invent: Invent, n: int, most_pages: int) -> None:
    material = gather_team(invent(n=40), n)
    pages = read_pages(material)
    text = " ".join(pages)
    assert len(pages) <= most_pages
    assert_clean(text)
    assert "In one line" not in text
    html = draft_packet("manager", material, BOSS).html
    assert html.count('<article class="card">') == n


@pytest.mark.parametrize(("n", "most_pages"), [(60, 17), (300, 60)])
def test_in_a_large_team_only_those_on_the_agenda_have_a_card(
    invent: Invent, n: int, most_pages: int
) -> None:
    material = gather_team(invent(n=n + 3), n)
    agenda = material.tables["agenda"]
    kept = list(agenda.loc[agenda["minutes"] > 0, "employee_id"])[:20]
    minutes = agenda["minutes"].where(agenda["employee_id"].isin(kept), 0.0)
    material = replace(
        material, tables={**material.tables, "agenda": agenda.assign(minutes=minutes)}
    )
    view = build_manager_view(material, BOSS)
    team = set(material.employees.loc[material.employees["manager_id"] == BOSS, "employee_id"])
    wanted = {person for person in kept if person in team}
    assert {card.person.employee_id for card in view.cards} == wanted
    short = {card.person.employee_id for card in view.short_cards}
    assert short == team - wanted
    assert len(team) > MOST_FULL_TEAM
    pages = read_pages(material)
    assert len(pages) <= most_pages
    text = " ".join(pages)
    assert f"The {len(wanted)} people on the agenda have a card each" in text
    assert_clean(text)


def test_of_more_than_300_people_the_packet_says_who_is_cut(invent: Invent) -> None:
    material = gather_team(invent(n=320), 310)
    view = build_manager_view(material, BOSS)
    assert len(view.team) == 300
    assert "The first 300 of 310 rows are shown" in read_html(material)


@pytest.mark.parametrize(
    "name",
    ["Wilhelmina-Theodora Featherstonehaugh-Cholmondeley van Beeck", "W" * 60],
    ids=["words", "unbroken"],
)
def test_a_name_of_60_characters_stays_whole_in_table_heat_and_card(
    name_one: Callable[[str], Material], name: str
) -> None:
    assert len(name) == 60
    material = name_one(name)
    text = "".join(read_pages(material)).replace(" ", "")
    # Team, criteria, card; the list of examples may name the person too.
    assert text.count(name.replace(" ", "")) >= 3


def test_a_manager_of_managers_reads_of_those_below_and_of_nobody_under_them(
    invent: Invent,
) -> None:
    material = invent()
    employees = material.employees.copy()
    is_manager = employees["employee_id"].isin(["E001", "E002"])
    employees.loc[is_manager, "manager_id"] = "E000"
    material = replace(material, employees=employees)
    view = build_manager_view(material, "E000")
    ids = {person.employee_id for person in view.team}
    assert {"E001", "E002"} <= ids
    under = set(employees.loc[employees["manager_id"].isin(["E001", "E002"]), "employee_id"])
    assert not ids & under
    assert_clean(" ".join(read_pages(material)))


def test_matrix_people_alone_have_cards_and_no_team_table(invent: Invent) -> None:
    material = replace(
        invent(),
        assignments=pd.DataFrame(
            [("E003", "X9", "matrix", "", "", True), ("E004", "X9", "acting", "", "", True)],
            columns=list(ASSIGNMENT_COLUMNS),
        ),
    )
    text = " ".join(read_pages(material, "X9"))
    assert "Nobody reports to you as line manager in this cycle." in text
    assert "Also reports to you as matrix manager" in text
    assert "Also reports to you as acting manager" in text
    assert "people in your team" not in text
    assert_clean(text)


def test_a_person_without_forms_gets_a_short_card_that_says_what_to_do(invent: Invent) -> None:
    material = invent()
    view = build_manager_view(material, BOSS)
    (card,) = [card for card in view.cards if card.person.employee_id == "E005"]
    assert not card.person.is_rated
    assert card.gaps == ()
    assert "When will there be one" in card.talk.points[0]
    text = " ".join(read_pages(material))
    assert "There is no mark yet." in text
    assert "Who is missing" in text
    assert "on leave" in text


def test_people_without_goals_are_asked_about_them(invent: Invent) -> None:
    material = invent()
    people = material.tables["scores"]["employee_id"]
    gaps = pd.DataFrame({"employee_id": people, "gap": "no_goal", "detail": "no own goal"})
    without = {"goals": tables.GOALS.empty(), "evidence_gaps": tables.EVIDENCE_GAPS.conform(gaps)}
    bare = replace(material, tables={**material.tables, **without})
    text = read_html(bare)
    assert "Goals: not yet known." in text
    assert "No goal is on record. What was agreed, and which outcome did it serve?" in text


def test_without_expectations_there_is_no_column_for_them(invent: Invent) -> None:
    material = invent()
    frame = material.tables["criterion_scores"].assign(expected=np.nan, gap=np.nan)
    bare = replace(material, tables={**material.tables, "criterion_scores": frame})
    assert "Expected" in read_html(material)
    assert "Expected" not in read_html(bare)
    assert "what the level asks for" not in read_html(bare)


def test_the_one_manager_of_a_company_is_told_that_there_is_nobody_to_compare_with(
    invent: Invent,
) -> None:
    material = gather_team(invent(n=10, is_linked=False), 7)
    text = " ".join(read_pages(material))
    assert "We cannot compare your marks with those of others" in text
    assert "A second pair of eyes helps." in text
    assert "Not adjusted, because nobody else marked enough" in text
    assert_clean(text)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_each_language_and_paper_gets_the_packet(invent: Invent, language: str, paper: str) -> None:
    with speak(language):
        pages = read_pages(invent(paper=paper))
    assert 3 <= len(pages) <= 6
    assert_clean(" ".join(pages))
    if language == "de":
        assert "3,0" in " ".join(pages)


def with_history(material: Material, rows: list[tuple[Any, ...]]) -> Material:
    columns = ["cycle", "employee_id", "band", "level", "raw_score"]
    return replace(material, history=pd.DataFrame(rows, columns=columns))


def test_bands_of_earlier_cycles_stand_beside_the_name(invent: Invent) -> None:
    material = with_history(
        invent(),
        [("2025-H2", "E003", "Meets", "L2", 51.0), ("2026-H1", "E003", "Exceeds", "L3", 71.0)],
    )
    assert dict(zip(material.employees["employee_id"], material.employees["level"], strict=True))[
        "E003"
    ] == "L3"  # fmt: skip
    text = read_html(material)
    assert "Before: 2025-H2 Meets at L2 → 2026-H1 Exceeds at L3" in text
    assert "Before: no earlier cycle" in text
    assert "scales may differ" in text
    # What was marked then may have been marked in confidence: 51 points are 3.04 of 1 to 5.
    assert "3.04" not in text
    assert "No earlier cycle was given." in read_html(invent())


def test_a_card_names_what_the_evidence_lacks(invent: Invent) -> None:
    material = invent()
    forms = material.tables["forms"]
    is_gone = (forms["employee_id"] == "E003") & forms["source"].isin(["self", "manager"])
    bare = replace(material, tables={**material.tables, "forms": forms[~is_gone]})
    (card,) = [
        card for card in build_manager_view(bare, BOSS).cards
        if card.person.employee_id == "E003"
    ]  # fmt: skip
    assert card.gaps[:2] == ("no form of a manager", "no self form")
    assert "no form of a manager; no self form" in read_html(bare)


def test_decided_bands_are_set_beside_the_proposed_ones(invent: Invent) -> None:
    material = invent()
    assert "What the session decided" not in read_html(material)
    scores = material.tables["scores"].copy()
    scores["final_band"] = scores["proposed_band"].fillna(scores["raw_band"])
    moved = scores[(scores["proposed_band"] == "Meets")]["employee_id"]
    team = material.employees.set_index("employee_id")["manager_id"]
    person = next(employee for employee in moved if team[employee] == BOSS)
    scores.loc[scores["employee_id"] == person, "final_band"] = "Exceeds"
    decided = replace(material, tables={**material.tables, "scores": scores})
    view = build_manager_view(decided, BOSS)
    names = material.employees.set_index("employee_id")["name"]
    first = view.decided[0]
    assert (first.name, first.proposed, first.decided) == (names[person], "Meets", "Exceeds")
    # Middles of the bands: 55 and 75 points on a strip of 640 with 40 on either side.
    marks = {mark.shape: mark.at for mark in first.chart.marks}
    assert (marks["diamond"], marks["dot"]) == ((348,), (460,))
    assert "arrow" in marks
    # Whose band nobody proposed is not shown beside one that the manager never gave.
    proposals = scores.dropna(subset="proposed_band")["employee_id"]
    assert len(view.decided) == sum(team[employee] == BOSS for employee in proposals)
    text = read_html(decided)
    for words in ("What the session decided", "After the session", "Your team after the"):
        assert words in text
    assert f"another band than you proposed for {first.name}." in text
