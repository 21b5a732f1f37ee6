"""Suggestions wait for the proposal, in words, strips, other texts and in the order of people."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from calibrate.report import Material, draft_packet
from calibrate.report.views.manager import build_manager_view

Invent = Callable[..., Material]
BOSS = "E000"
LIKELIHOODS = ("very likely", "more likely than not", "open")


def suggest(material: Material, band: str) -> Material:
    """Suggest the same rare band to everybody, so that any trace of it is seen."""
    cycle = material.cycle
    scores = material.tables["scores"].assign(suggested_band=band)
    return replace(material, cycle=cycle, tables={**material.tables, "scores": scores})


def read(material: Material) -> str:
    """Words and alternative texts."""
    page = draft_packet("manager", material, BOSS).html
    page = page.partition("<main>")[2].replace("aria-label=", ">").replace("<title>", ">")
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def list_cuts(material: Material) -> dict[str, bool]:
    view = build_manager_view(material, BOSS)
    return {
        person.employee_id: any(mark.shape == "cuts" for mark in person.strip.marks)
        for person in view.team
        if person.is_rated
    }


def test_never_shows_no_suggestion_anywhere(invent: Invent) -> None:
    material = suggest(invent(shown="never"), "SUGGESTED")
    text = read(material)
    for words in ("SUGGESTED", "Suggested", "suggestion", "after the proposal", "very likely"):
        assert words not in text
    assert not any(list_cuts(material).values())
    assert "where the bands meet" not in text


def test_after_the_proposal_shows_it_to_those_who_proposed(invent: Invent) -> None:
    material = suggest(invent(), "SUGGESTED")
    scores = material.tables["scores"].set_index("employee_id")
    view = build_manager_view(material, BOSS)
    assert {person.is_revealed for person in view.team} == {True, False}
    for person in view.team:
        has_proposal = isinstance(scores.loc[person.employee_id, "proposed_band"], str)
        assert person.is_revealed is has_proposal
        if not person.is_rated:
            continue
        assert person.suggested == ("SUGGESTED" if has_proposal else "after the proposal")
        assert bool(person.likelihood) is has_proposal
    for employee, has_cuts in list_cuts(material).items():
        assert has_cuts is isinstance(scores.loc[employee, "proposed_band"], str)


def test_before_any_proposal_no_word_or_strip_tells_it(invent: Invent) -> None:
    material = suggest(invent(has_proposals=False), "SUGGESTED")
    text = read(material)
    assert "SUGGESTED" not in text
    assert "after the proposal" in text
    assert not any(words in text.partition("Person by person")[2] for words in LIKELIHOODS[:2])
    assert not any(list_cuts(material).values())


def test_always_shows_it_before_the_proposal(invent: Invent) -> None:
    material = suggest(invent(has_proposals=False, shown="always"), "SUGGESTED")
    text = read(material)
    assert "SUGGESTED" in text
    assert "after the proposal" not in text
    assert all(list_cuts(material).values())


@pytest.mark.parametrize("shown", ["never", "after_proposal"])
def test_whose_suggestion_waits_is_in_no_order_of_score(invent: Invent, shown: str) -> None:
    material = invent(shown=shown, has_proposals=False)
    team = [p for p in build_manager_view(material, BOSS).team if p.is_rated and not p.is_masked]
    ids = [person.employee_id for person in team]
    assert len(ids) > 2
    assert ids == sorted(ids)


def test_who_may_be_ordered_by_score_is(invent: Invent) -> None:
    material = invent(shown="always")
    scores = material.tables["scores"].set_index("employee_id")["adjusted_score"]
    team = [p for p in build_manager_view(material, BOSS).team if p.is_rated and not p.is_masked]
    heights = [scores[person.employee_id] for person in team]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize("shown", ["never", "after_proposal", "always"])
def test_evidence_stands_before_the_proposal_and_the_proposal_before_the_suggestion(
    invent: Invent, shown: str
) -> None:
    page = draft_packet("manager", invent(shown=shown), BOSS).html
    table = page[page.index("Your team</h2>") :].partition("</thead>")[0]
    heads = [re.sub(r"<[^>]+>", "", head) for head in re.findall(r"<th.*?</th>", table)]
    wanted = ["Person", "Forms", "12345", "Adjusted, 90% range", "Proposed"]
    assert heads == wanted + (["Suggested, how likely"] if shown != "never" else [])
    for card in page.split('<article class="card">')[1:]:
        rows = re.findall(r'<tr><th scope="row">([^<]*)</th><td>', card.partition("facts")[2])
        known = ["Raw score", "Adjusted", "90% range", "Raters", "Proposed", "Suggested"]
        places = [known.index(row) for row in rows if row in known]
        assert places == sorted(places)
        assert ("Suggested" in rows) is (shown != "never" and bool(rows))


def test_what_changed_never_names_a_band(invent: Invent) -> None:
    view = build_manager_view(invent(shown="always"), BOSS)
    labels = ("Below", "Developing", "Meets", "Exceeds", "Outstanding")
    for card in view.cards:
        assert not any(label in card.talk.changed for label in labels)
    for case in view.cases:
        assert not any(label in f"{case.title} {case.why} {case.say}" for label in labels)
