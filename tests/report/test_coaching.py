"""Things to try before the session come from the manager's own marks, and from nobody else's."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from calibrate.report import Material
from calibrate.report.views.base import Company
from calibrate.report.views.pattern import MOST_STEPS, OwnPattern, build_own_pattern

Invent = Callable[..., Material]
BOSS = "E000"


def mark(
    material: Material, given: dict[str, float], *, severity: float | None = 0.0, se: float = 2.0
) -> Material:
    """Let E000 mark exactly these people, in points, and mark so severely."""
    forms = material.tables["forms"]
    is_own = (forms["rater_id"] == BOSS) & (forms["source"] == "manager")
    forms = forms[~is_own | forms["employee_id"].isin(given)].copy()
    is_own = (forms["rater_id"] == BOSS) & (forms["source"] == "manager")
    forms.loc[is_own, "points"] = forms.loc[is_own, "employee_id"].map(given)
    raters = material.tables["raters"].copy()
    raters.loc[raters["rater_id"] == BOSS, ["severity", "se"]] = [severity, se]
    return replace(material, tables={**material.tables, "forms": forms, "raters": raters})


def propose(material: Material, bands: dict[str, str]) -> Material:
    scores = material.tables["scores"].copy()
    scores["proposed_band"] = scores["employee_id"].map(bands).astype(scores["proposed_band"].dtype)
    return replace(material, tables={**material.tables, "scores": scores})


def strip(step: str) -> str:
    """Without the marks that set off a name written from right to left."""
    return re.sub("[\u2068\u2069]", "", step)


def name(material: Material, employee: str) -> str:
    return str(material.employees.set_index("employee_id").loc[employee, "name"])


def coach(material: Material) -> OwnPattern:
    return build_own_pattern(Company(material), BOSS)


def test_a_strict_rater_rereads_the_anchors_of_the_two_lowest_marks(invent: Invent) -> None:
    material = invent(has_proposals=False)
    material = mark(material, {"E003": 20.0, "E006": 30.0, "E007": 60.0}, severity=10.0)
    pattern = coach(material)
    # 10 points are 0.40 of 1 to 5; 1.645 times 2 points are 0.13.
    assert pattern.sentences[0].startswith(
        "Your marks ran about 0.40 lower than those of others on the same people, give or take "
        "0.13."
    )
    assert strip(pattern.steps[0]) == (
        f"Reread the anchors of the two lowest marks you gave, for {name(material, 'E003')} and "
        f"{name(material, 'E006')}. Would the work you saw also match the anchor above?"
    )


def test_a_mild_rater_rereads_the_anchors_of_the_two_highest_marks(invent: Invent) -> None:
    material = invent(has_proposals=False)
    material = mark(material, {"E003": 20.0, "E006": 30.0, "E007": 60.0}, severity=-10.0)
    step = coach(material).steps[0]
    assert f"{name(material, 'E007')} and {name(material, 'E006')}" in step
    assert step.endswith("Would the work you saw also match the anchor below?")


def test_a_severity_that_may_be_chance_asks_for_no_rereading(invent: Invent) -> None:
    material = mark(invent(), {"E003": 20.0, "E006": 30.0}, severity=3.0, se=2.0)
    pattern = coach(material)
    # 3 points are 0.12; the half of the range is 3.29 points.
    assert "The difference of 0.12 may be chance." in pattern.sentences[0]
    assert not any("Reread" in step for step in pattern.steps)


def test_a_proposal_that_is_another_band_than_the_own_marks_is_asked_about(invent: Invent) -> None:
    material = mark(invent(), {"E003": 50.0, "E006": 50.0, "E007": 90.0})
    # 50 points are Meets, 90 Outstanding: the proposal for E007 is two bands lower.
    material = propose(material, {"E003": "Meets", "E006": "Exceeds", "E007": "Meets"})
    assert coach(material).steps[0] == (
        f"For {name(material, 'E007')} you proposed Meets; your own marks lie in Outstanding. "
        "What do the marks miss?"
    )


def test_people_with_the_same_mark_are_asked_to_be_told_apart(invent: Invent) -> None:
    material = mark(invent(has_proposals=False), {"E003": 75.0, "E006": 75.0, "E007": 40.0})
    first, last = coach(material).steps
    assert strip(first) == (
        f"You gave {name(material, 'E003')} and {name(material, 'E006')} the same mark, 4.0. "
        "Whose work was harder, and what shows it?"
    )
    assert last.startswith(f"Your lowest mark, 2.6, is for {name(material, 'E007')}; your highest,")


def test_a_lone_mark_is_held_against_its_anchor(invent: Invent) -> None:
    material = mark(invent(has_proposals=False), {"E003": 75.0})
    (step,) = coach(material).steps
    assert step.startswith(f"Your mark for {name(material, 'E003')} is 4.0.")


def test_a_rater_without_forms_is_asked_who_knows_the_work(invent: Invent) -> None:
    material = invent()
    raters = material.tables["raters"]
    bare = replace(
        material, tables={**material.tables, "raters": raters[raters["rater_id"] != BOSS]}
    )
    pattern = coach(bare)
    assert pattern.sentences == (
        "You filed no form that was scored, so there is no pattern to show.",
    )
    assert pattern.steps[0].startswith("Who knows the work of your people best?")


@pytest.mark.parametrize("is_linked", [True, False])
def test_there_are_never_more_than_three_and_never_a_word_of_blame(
    invent: Invent, is_linked: bool
) -> None:
    for manager in ("E000", "E001", "E002"):
        pattern = build_own_pattern(Company(invent(is_linked=is_linked)), manager)
        assert 1 <= len(pattern.steps) <= MOST_STEPS == 3
        text = " ".join((*pattern.sentences, *pattern.steps)).lower()
        for word in ("wrong", "fault", "mistake", "bias", "should", "must", "too strict", "fair"):
            assert word not in text


def test_people_of_other_teams_are_not_named(invent: Invent) -> None:
    material = invent()
    employees = material.employees.copy()
    employees["name"] = [f"Person{at:03d}x" for at in range(len(employees))]
    forms = material.tables["forms"].copy()
    # E000 marked E014 as a manager before E014 came to E001.
    other = employees.loc[employees["manager_id"] == "E001", "employee_id"].iloc[0]
    is_other = (forms["employee_id"] == other) & (forms["source"] == "manager")
    forms.loc[is_other, ["rater_id", "points"]] = [BOSS, 0.0]
    moved = replace(material, employees=employees, tables={**material.tables, "forms": forms})
    assert not any(name(moved, other) in step for step in coach(moved).steps)
