"""The strategy on the executive page: what nobody serves, what is asked, whose figures hide."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader

from calibrate.config import load_cycle
from calibrate.language import speak
from calibrate.pipeline.gather import gather_material
from calibrate.pipeline.stages import compute_scores, prepare_cycle
from calibrate.pipeline.tabulate import tabulate_everything
from calibrate.report import Material, draft_packet, render_packet
from calibrate.report.views.base import Company
from calibrate.report.views.strategy import ask_who_serves, list_skills
from calibrate.report.views.talent import build_talent_map
from calibrate.tables import SKILL_GAPS

Invent = Callable[..., Material]


def read_text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def swap(material: Material, **tables: pd.DataFrame) -> Material:
    return replace(material, tables=dict(material.tables) | tables)


def test_the_outcome_nobody_serves_is_named_and_asked_for(invent: Invent) -> None:
    text = read_text(draft_packet("executive", invent()).html)
    assert "Nobody serves “Grow our own leaders” (weight 25%)." in text
    assert "Say who takes on “Grow our own leaders”, or take it off the strategy." in text


def test_of_many_unserved_outcomes_the_heaviest_is_named_first(invent: Invent) -> None:
    coverage = invent().tables["coverage"].assign(verdict="unserved")
    heaviest = coverage.loc[coverage["weight"].astype(float).idxmax(), "title"]
    (asked,) = ask_who_serves(coverage)
    assert asked.startswith(
        f"Say who takes on the {len(coverage)} outcomes that nobody serves, first “{heaviest}”"
    )
    assert ask_who_serves(coverage.assign(verdict="served")) == ()


@pytest.mark.parametrize(("n", "is_shown"), [(2, False), (3, True)])
def test_skills_of_fewer_than_three_people_are_no_figure_of_the_company(
    invent: Invent, n: int, is_shown: bool
) -> None:
    row = {"scope": "company", "scope_id": "all", "criterion": "delivery", "n": n, "gap": -20.0,
           "low": -30.0, "high": -10.0, "n_below": n}  # fmt: skip
    gaps = SKILL_GAPS.conform(pd.DataFrame([row]).reindex(columns=SKILL_GAPS.names))
    skills = list_skills(Company(swap(invent(), skill_gaps=gaps)))
    assert bool(skills) == is_shown


def test_the_shade_of_a_cell_does_not_tell_the_count_it_withholds(invent: Invent) -> None:
    talent = build_talent_map(Company(invent(n=12)))
    assert talent is not None
    hidden = {
        shade
        for row in talent.rows
        for count, shade in zip(row.counts, row.shades, strict=True)
        if count == "<3"
    }
    assert hidden == {"heat-1"}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_with_everything_on_them_the_pages_stay_three(
    sample_data: Path, language: str, paper: str
) -> None:
    cycle = load_cycle(sample_data)
    cycle = cycle.model_copy(update={"language": language, "paper": paper})
    with speak(language):
        scored = compute_scores(prepare_cycle(cycle))
        material = gather_material(scored, tabulate_everything(scored), "run")
        pages = PdfReader(io.BytesIO(render_packet("executive", material).pdf)).pages
    assert len(pages) == 3
