"""The executive pages against the tables, by a few lines of arithmetic of their own."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
from pypdf import PdfReader

from calibrate.language import speak
from calibrate.report import render_packet
from calibrate.report.views.base import Company
from calibrate.report.views.talent import build_talent_map


def read_pages(pdf: bytes) -> list[str]:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]


def percent(share: float) -> str:
    return "<1%" if 0 < share < 0.005 else f"{round(100 * share)}%"


def with_history(material):
    scores = material.tables["scores"]
    ids = scores["employee_id"].tolist()
    bands = ["Meets", "Meets", "Exceeds", "Below"]
    rows = [
        {"cycle": cycle, "employee_id": person, "band": bands[(at + shift) % 4], "level": "L1",
         "raw_score": mean}
        for cycle, shift, mean in (("2025-H2", 0, 50.0), ("2026-H1", 1, 60.0))
        for at, person in enumerate(ids[:28])
    ]  # fmt: skip
    return replace(material, history=pd.DataFrame(rows))


def test_figures_on_the_page_are_those_of_the_tables(invent) -> None:
    material = invent()
    first, second = read_pages(render_packet("executive", material).pdf)
    scores = material.tables["scores"]
    rated = scores[scores["raw_score"].notna()]
    assert f"{round(100 * len(rated) / len(scores))}%" in first
    # The rater's share of the variance is 0.24 by hand.
    assert "24%" in first
    shares = material.tables["distribution"]
    company = shares[shares["scope"] == "company"]
    for row in company.itertuples():
        assert f"{percent(row.low)} to {percent(row.high)}" in first
    agenda = material.tables["agenda"]
    asked = agenda[agenda["minutes"] > 0]
    assert f"{len(asked)} people are on the agendas" in first
    for outcome in material.outcomes:
        assert outcome.title in second


def test_earlier_cycles_stand_beside_this_one(invent) -> None:
    material = with_history(invent())
    first = read_pages(render_packet("executive", material).pdf)[0]
    now = material.tables["scores"]["raw_score"].dropna().mean()
    # 50 and 60 points are 3.00 and 3.40 of 1 to 5; of four bands two are Meets: 50%.
    assert "3.00 in 2025-H2 and 3.40 in 2026-H1" in first
    assert f"{1 + 0.04 * now:.2f} now" in first
    assert re.search(r"Meets.*?50% 50%", first)


def test_bands_of_another_scale_are_not_set_beside_todays(invent) -> None:
    material = with_history(invent())
    history = material.history.assign(band="A+")
    first = read_pages(render_packet("executive", replace(material, history=history)).pdf)[0]
    assert "2025-H2 2026-H1" not in first


def test_the_talent_map_counts_every_person_with_a_score_once(invent) -> None:
    material = invent(n=240)
    talent = build_talent_map(Company(material))
    scores = material.tables["scores"]
    rated = scores[scores["raw_score"].notna()].fillna({"proposed_band": ""})
    level = material.employees.set_index("employee_id")["level"]
    wanted = Counter(
        (row.proposed_band or row.raw_band, level[row.employee_id]) for row in rated.itertuples()
    )
    for row in talent.rows:
        for name, shown in zip(talent.levels, row.counts, strict=True):
            n = wanted[row.band, name]
            assert shown == ("–" if n == 0 else "<3" if n < 3 else str(n))


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize(
    "company",
    [{}, {"is_linked": False, "has_guideline": False}, {"has_outcomes": False}, {"n": 4},
     {"has_proposals": False}],
    ids=["all", "unlinked", "no strategy", "four people", "no proposals"],
)  # fmt: skip
def test_the_packet_is_two_pages(invent, company, paper: str, language: str) -> None:
    with speak(language):
        pages = read_pages(render_packet("executive", invent(paper=paper, **company)).pdf)
    assert len(pages) == 2
    assert not re.search(r"\b(None|nan|NaN|NaT)\b", " ".join(pages))


def test_many_sessions_are_cut_and_that_is_said(invent) -> None:
    material = invent(n=240)
    scores = material.tables["scores"]
    names = [f"Session {at % 200:03d}" for at in range(len(scores))]
    agenda = material.tables["agenda"].copy()
    agenda["session"] = agenda["employee_id"].map(
        dict(zip(scores["employee_id"], names, strict=True))
    )
    frames = {**material.tables, "scores": scores.assign(session=names), "agenda": agenda}
    pages = read_pages(render_packet("executive", replace(material, tables=frames)).pdf)
    assert len(pages) == 2
    assert "The first 5 of 200 are shown." in pages[0]


def test_the_document_is_in_the_language_of_the_cycle(invent) -> None:
    material = invent()
    german = replace(material, cycle=material.cycle.model_copy(update={"language": "de"}))
    with speak("de"):
        pdf = render_packet("executive", german).pdf
    assert PdfReader(io.BytesIO(pdf)).root_object["/Lang"] == "de"
