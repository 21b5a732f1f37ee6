"""What the packets say of the network: who can be compared, and what would help."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from calibrate.config import load_cycle
from calibrate.pipeline import compute_scores, prepare_cycle
from calibrate.pipeline.gather import gather_material
from calibrate.pipeline.tabulate import tabulate_everything
from calibrate.report.html import write_document, write_drawing
from calibrate.report.material import Material
from calibrate.report.pages.session import lay_out_session
from calibrate.report.views.base import Company
from calibrate.report.views.manager import build_manager_view
from calibrate.report.views.network import MOST_PAIRS, say_own_sheet
from calibrate.report.views.session import build_session_view


def gather(company: Any) -> Material:
    scored = compute_scores(prepare_cycle(load_cycle(company.cycle)))
    return gather_material(scored, tabulate_everything(scored), "run")


@pytest.fixture
def alone(company: Any) -> Material:
    """Managers only."""
    return gather(company)


@pytest.fixture
def linked(company: Any) -> Material:
    """Each person also marked by the two next managers."""
    rows = []
    for team in range(company.n_teams):
        for k in range(company.size):
            for step in (1, 2):
                rater = f"0{(team + step) % company.n_teams}"
                for criterion in ("delivery", "quality"):
                    mark = 1 + (team + 2 * k + step) % 5
                    rows.append(f"0{team}{k},{rater},peer,{criterion},{mark}")
    with (company.folder / "ratings.csv").open("a", encoding="utf-8") as stream:
        stream.write("\n".join(rows) + "\n")
    return gather(company)


def test_the_page_names_who_cannot_be_compared_and_whom_to_ask(alone: Material) -> None:
    view = build_session_view(alone, "D0").network
    assert view.sentences[0].startswith("None of the 3 raters of this session can be compared")
    assert "Manager 0, Manager 1 and Manager 2" in view.sentences[1]
    links = alone.tables["links"]
    touched = links[(links["session"] == "D0") | links["rater_id"].isin(["00", "01", "02"])]
    assert len(view.rows) == min(len(touched), MOST_PAIRS)
    assert view.chart is not None
    html, __ = write_document(lay_out_session(build_session_view(alone, "D0")))
    assert "Who can be compared" in html


def test_the_drawing_holds_no_text_but_its_description(alone: Material) -> None:
    drawing = build_session_view(alone, "D0").network.chart
    assert drawing is not None
    chart = write_drawing(drawing)
    assert "<text" not in chart
    assert "Manager" not in chart
    assert "3 raters, 0 comparable" in chart


def test_where_all_is_linked_one_sentence_says_so(linked: Material) -> None:
    view = build_session_view(linked, "D0").network
    assert "can be compared with each other." in view.sentences[0]
    assert len(view.sentences) == 1
    assert (view.rows, view.chart) == ((), None)
    assert len(linked.tables["links"]) == 0


def test_a_manager_who_cannot_be_compared_is_told_what_would_help(
    alone: Material, linked: Material
) -> None:
    said = build_manager_view(alone, "00").pattern.steps
    assert any("your marks on 2 people of other teams" in sentence for sentence in said)
    assert say_own_sheet(Company(linked), "00") == ""


def test_a_lone_tie_between_two_halves_is_a_finding(company: Any) -> None:
    # Managers 0 to 2 mark each other's people, so do 3 to 5; manager 2 alone marks over there.
    rows = []
    for team in range(6):
        half = [j for j in range(6) if j // 3 == team // 3 and j != team]
        raters = half + ([2] if team == 3 else [])
        for k in range(company.size):
            for j in raters:
                for criterion in ("delivery", "quality"):
                    rows.append(f"0{team}{k},0{j},peer,{criterion},{1 + (team + k * j) % 5}")
    with (company.folder / "ratings.csv").open("a", encoding="utf-8") as stream:
        stream.write("\n".join(rows) + "\n")
    material = gather(company)
    findings = material.tables["findings"]
    ties = findings[(findings["kind"] == "network") & (findings["scope"] == "rater")]
    look = ties[ties["level"] == "look"]
    assert look["scope_id"].tolist() == ["02"]
    # Without manager 2 the halves part: 12 people on either side.
    assert look["headline"].iloc[0] == "Rater 02 alone links 12 people with the others"
    page = build_session_view(material, "D0").network
    assert "Rater Manager 2 alone links 12 people with the others." in page.fragile


def test_links_stay_empty_where_nothing_is_adjusted(company: Any) -> None:
    company.change("seed: 11", "seed: 11\neffects: {model: none}")
    material = gather(company)
    assert len(material.tables["links"]) == 0
    assert build_session_view(material, "D0").network.sentences == ()


def test_the_table_adds_up(alone: Material) -> None:
    links: pd.DataFrame = alone.tables["links"]
    assert links["order"].tolist() == list(range(1, len(links) + 1))
    assert links["gain"].sum() == 24
    assert (np.diff(links["people_linked_after"].astype(int)) == links["gain"].iloc[1:]).all()
    assert links["link_strength_after"].nunique() == 2


def test_a_unit_seen_from_outside_by_one_form_is_a_finding(company: Any) -> None:
    pairs = [(team, k, (team + 1) % 5) for team in range(5) for k in range(company.size)]
    rows = [
        f"0{team}{k},0{rater},peer,{criterion},{1 + (team + k) % 5}"
        for team, k, rater in [*pairs, (5, 0, 0)]
        for criterion in ("delivery", "quality")
    ]
    with (company.folder / "ratings.csv").open("a", encoding="utf-8") as stream:
        stream.write("\n".join(rows) + "\n")
    findings = gather(company).tables["findings"]
    unit = findings[(findings["kind"] == "network") & (findings["scope"] == "unit")]
    assert unit["scope_id"].tolist() == ["05"]
    assert unit["evidence"].tolist() == ["1 form by raters of another unit"]
