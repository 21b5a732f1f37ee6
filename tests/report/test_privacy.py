"""Nobody can read a single rater's mark off a packet."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from calibrate.report import Material, draft_packet
from calibrate.report.views.base import Company
from calibrate.report.views.evidence import build_person
from calibrate.report.views.manager import build_manager_view
from calibrate.report.views.veil import must_mask, must_pool

Invent = Callable[..., Material]


def find_masked(material: Material, manager_id: str) -> list[str]:
    view = build_manager_view(material, manager_id)
    return [person.employee_id for person in view.team if person.is_masked]


def test_two_peers_are_too_few_to_show(invent: Invent) -> None:
    material = invent()
    forms = material.tables["forms"]
    for manager in ("E000", "E001", "E002"):
        for employee in find_masked(material, manager):
            peers = forms[(forms["employee_id"] == employee) & (forms["source"] == "peer")]
            assert 0 < len(peers) < 3
    assert find_masked(material, "E000")


def test_a_masked_person_shows_bands_and_whole_marks_only(invent: Invent) -> None:
    material = invent()
    company = Company(material)
    employee = find_masked(material, "E000")[0]
    score = material.desk.find_one("scores", "employee_id", employee)
    person = build_person(company, score)
    assert (person.raw, person.adjusted, person.calibrated, person.change) == ("–", "–", "–", "")
    assert not re.search(r"\d", person.span)
    assert all(re.fullmatch(r"\d|–", line.overall.text) for line in person.criteria)
    labels = [source.label for source in person.sources]
    for line in person.criteria:
        shown = [cell for cell, label in zip(line.cells, labels, strict=True) if label != "Self"]
        assert set(shown) == {"–"}


def test_a_masked_strip_lies_on_cuts_only(invent: Invent) -> None:
    material = invent()
    employee = find_masked(material, "E000")[0]
    score = material.desk.find_one("scores", "employee_id", employee)
    marks = {mark.shape: mark.at for mark in build_person(Company(material), score).strip.marks}
    left, width = marks["stretch"]
    # The strip is 560 wide with 40 on either side: 4.8 a point.
    edges = {round(40 + 4.8 * points) for points in (0, 30, 45, 65, 85, 100)}
    assert {left, left + width} <= edges


def test_withheld_scores_do_not_order_the_team(invent: Invent) -> None:
    team = build_manager_view(invent(), "E000").team
    masked = [person.employee_id for person in team if person.is_masked]
    assert masked == sorted(masked)
    flags = [person.is_masked for person in team if person.is_rated]
    assert flags == sorted(flags)


@pytest.mark.parametrize(
    ("sources", "is_masked"),
    [
        (["manager"], False),
        (["manager", "peer", "peer"], True),
        (["manager", "peer", "peer", "peer"], False),
        (["manager", "skip_level"], True),
        (["manager", "peer", "peer", "peer", "direct_report"], True),
        (["manager", "self"], False),
        (["peer", "peer", "peer"], False),
        (["manager", "manager"], True),
        (["manager", "manager", "skip_level"], True),
        (["manager", "manager", "peer", "peer", "peer"], False),
        (["manager", "manager", "manager"], False),
    ],
)
def test_one_other_rater_could_be_worked_out(
    invent: Invent, sources: list[str], is_masked: bool
) -> None:
    forms = [{"source": source, "scored": source != "self"} for source in sources]
    assert must_mask(Company(invent()), forms, []) is is_masked


@pytest.mark.parametrize(
    ("n", "is_pooled"), [(0, False), (1, False), (2, True), (3, True), (4, False)]
)
def test_managers_are_parted_from_peers_only_where_enough_of_them_filed(
    invent: Invent, n: int, is_pooled: bool
) -> None:
    forms = [{"source": "manager", "scored": True}] * n + [{"source": "peer", "scored": True}] * 3
    assert must_pool(Company(invent()), forms) is is_pooled


def test_three_peers_of_whom_two_answered_a_criterion_are_too_few(invent: Invent) -> None:
    forms = [{"source": "manager", "scored": True}] + [{"source": "peer", "scored": True}] * 3
    cells = [{"source": "peer", "n_forms": 3}, {"source": "peer", "n_forms": 2}]
    assert must_mask(Company(invent()), forms, cells)


def test_a_manager_packet_names_nobody_outside_the_team(invent: Invent) -> None:
    material = invent()
    employees = material.employees.copy()
    employees["name"] = [f"Person{i:03d}x" for i in range(len(employees))]
    html = draft_packet("manager", replace(material, employees=employees), "E000").html
    team = set(employees.loc[employees["manager_id"] == "E000", "name"]) | {"Person000x"}
    assert set(re.findall(r"Person\d{3}x", html)) == team


def test_of_criteria_that_look_alike_the_next_step_does_not_tell_the_lowest(
    invent: Invent,
) -> None:
    material = invent(is_linked=False)
    view = build_manager_view(material, "E000")
    develop = {c.label: c.develop for c in material.rubrics[0].criteria}
    for card in view.cards:
        if not card.person.is_rated:
            continue
        looks = {line.label: line.overall.look for line in card.person.criteria}
        lowest = min(looks.values())
        first = next(label for label, look in looks.items() if look == lowest)
        assert card.talk.next_step == develop[first]
        assert not any("close together" in point for point in card.talk.points)
